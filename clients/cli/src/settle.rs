//! Which final root a lease is settled with next, as the program itself decides it.

use trestle_core::{bytemuck::must_cast_ref, maintenance::EpochRange, root::RootRing};
use trestle_credits::constants::LEASE_SETTLED;
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

/// Runs the program's own rules on a copy of the lease. `maintenance` are the operator's declared
/// windows.
pub fn next_settlement(
    lease: &Lease,
    commitment: Option<&Commitment>,
    ring: &RootRing,
    maintenance: &[EpochRange],
) -> NextSettlement {
    let mut lease = *lease;
    if lease.status == LEASE_SETTLED {
        return NextSettlement::Done;
    }
    let commitment = commitment.map(must_cast_ref);
    if lease.end_with_commitment(commitment).is_err() {
        return NextSettlement::Done;
    }
    if lease.is_settled() {
        return NextSettlement::Finish;
    }
    match lease.next_root(ring, maintenance) {
        Ok(next) => NextSettlement::Leaf {
            epoch: next.root().epoch,
        },
        Err(_) => NextSettlement::NotDue,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use trestle_core::{bytemuck::Zeroable, root::FinalRoot};
    use trestle_credits::constants::LEASE_ACTIVE;

    fn ring(epochs: &[u64]) -> Box<RootRing> {
        let mut ring: Box<RootRing> = Box::new(empty());
        for epoch in epochs {
            let root = FinalRoot {
                epoch: *epoch,
                ..Default::default()
            };
            ring.push(&root).unwrap();
        }
        ring
    }

    fn empty() -> RootRing {
        RootRing {
            version: 1,
            bump: 0,
            stalled: 0,
            _pad: [0; 5],
            service: [0; 32],
            latest_epoch: 0,
            count: 0,
            entries: [FinalRoot::default(); 64],
        }
    }

    /// Epochs 5 to 8, settled one by one.
    fn lease() -> Lease {
        let nobody = Default::default();
        Lease {
            version: 1,
            bump: 0,
            status: LEASE_ACTIVE,
            reason: 0,
            sla_bps: 9_500,
            credit_bps: 1_000,
            period_epochs: 1,
            network: nobody,
            service: nobody,
            operator: nobody,
            customer: nobody,
            commitment: nobody,
            rate_per_epoch: 10,
            start_epoch: 5,
            end_epoch: 8,
            baseline_epoch: 0,
            registered_epoch: 0,
            deposited: 40,
            escrow: 40,
            consumed: 0,
            refunded: 0,
            ..Zeroable::zeroed()
        }
    }

    fn commitment(ended_epoch: u64) -> Commitment {
        let nobody = Default::default();
        Commitment {
            version: 1,
            bump: 0,
            status: 1,
            ended_by: 0,
            leaf_count: 1,
            service: nobody,
            operator: nobody,
            customer: nobody,
            root: [0; 32],
            size_bytes: 1,
            registered_epoch: 4,
            ended_epoch,
        }
    }

    #[test]
    fn the_baseline_comes_first_and_then_each_period() {
        let active = commitment(u64::MAX);
        let next = |lease: &Lease, epochs: &[u64]| {
            next_settlement(lease, Some(&active), &ring(epochs), &[])
        };
        assert_eq!(next(&lease(), &[3, 4]), NextSettlement::NotDue);
        assert_eq!(
            next(&lease(), &[3, 4, 5]),
            NextSettlement::Leaf { epoch: 4 }
        );
        let begun = Lease {
            baseline_known: 1,
            baseline_epoch: 4,
            ..lease()
        };
        assert_eq!(
            next(&begun, &[3, 4, 5, 6]),
            NextSettlement::Leaf { epoch: 5 }
        );
        let over = Lease {
            baseline_epoch: 8,
            ..begun
        };
        assert_eq!(next(&over, &[8]), NextSettlement::Finish);
        let settled = Lease {
            status: LEASE_SETTLED,
            ..over
        };
        assert_eq!(next(&settled, &[8, 9]), NextSettlement::Done);
    }

    #[test]
    fn a_lease_ends_with_its_commitment() {
        let begun = Lease {
            baseline_known: 1,
            baseline_epoch: 6,
            ..lease()
        };
        let ring = ring(&[4, 5, 6, 7]);
        let next =
            |commitment: Option<&Commitment>| next_settlement(&begun, commitment, &ring, &[]);
        assert_eq!(
            next(Some(&commitment(7))),
            NextSettlement::Leaf { epoch: 7 }
        );
        assert_eq!(next(Some(&commitment(6))), NextSettlement::Finish);
        assert_eq!(next(None), NextSettlement::Finish);
    }
}
