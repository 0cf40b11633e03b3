//! Which final root a lease is settled with next, as the program itself decides it.

use trestle_core::root::RootRing;
use trestle_credits::constants::{LEASE_SETTLED, REASON_COMMITMENT_ENDED};
use trestle_sdk::fetch::{Commitment, Lease};

/// The next thing to do for a lease.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NextSettlement {
    /// Show the operator's leaf of this epoch.
    Leaf { epoch: u64 },
    /// No epoch is left to pay for: it only has to be closed off, without a leaf.
    Finish,
    /// The root that is needed is not final yet.
    NotDue,
    /// Everything is settled.
    Done,
}

/// Runs the program's own rules on a copy of the lease.
pub fn next_settlement(
    lease: &Lease,
    commitment: Option<&Commitment>,
    ring: &RootRing,
) -> NextSettlement {
    let mut lease = *lease;
    if lease.status == LEASE_SETTLED {
        return NextSettlement::Done;
    }
    let last = served_until(&lease, commitment).max(lease.settled_epoch());
    if last < lease.end_epoch && lease.end_at(last, REASON_COMMITMENT_ENDED).is_err() {
        return NextSettlement::Done;
    }
    if lease.is_settled() {
        return NextSettlement::Finish;
    }
    match lease.next_root(ring) {
        Ok(next) => NextSettlement::Leaf {
            epoch: next.root().epoch,
        },
        Err(_) => NextSettlement::NotDue,
    }
}

/// A lease ends with its commitment.
fn served_until(lease: &Lease, commitment: Option<&Commitment>) -> u64 {
    match commitment {
        Some(one) if one.customer == lease.customer => one.ended_epoch.min(lease.end_epoch),
        _ => lease.settled_epoch(),
    }
}
