//! Settle a lease.
//!
//! Pays for the next period of a lease by the operator's windows in final roots, and gives the
//! rest of the period's price back to the customer. Anybody may do it.
//!
//! The first settlement may only take the baseline: the counters of the newest root before the
//! lease. It consumes nothing then, and the next one pays.
//!
//! Specification:
//! - A period is settled with the oldest final root that reaches its end, and no other.
//! - What is consumed counts as revenue of the service.
//! - Credits are consumed in proportion to good windows, and the rest is refunded.
//! - A period below the service level gives a service credit besides.
//! - Worse periods give what the deeper steps of the schedule say.
//! - Service credits of a lease stop at its cap.
//! - Declared maintenance is settled apart, without pay and without penalty.
//! - Maintenance that shares a root with other epochs costs those no service credit.
//! - Renewed epochs cost their own rate.
//! - The same root settles a lease once.
//! - The first settlement takes the baseline from the newest root before the lease.
//! - An operator without a leaf before the lease starts from zero.
//! - Epochs whose baseline has left the ring are refunded.
//! - Epochs after the end are not paid, and the last settlement empties the lease.
//! - A lease ends with its commitment.
//! - A notice that the customer cut short by ending the commitment is paid in full.
//! - A leaf that is not in the root is refused.
//! - A paused network settles.

use {
    crate::{
        commitment::Commitment,
        constants::LEASE_SETTLED,
        error::CreditsError,
        event::LeaseSettled,
        groups, roots,
        state::{
            load_existing, Lease, Maintenance, ServiceRevenue, Settled, SettlementRoot, State,
        },
    },
    anchor_lang::{address_eq, prelude::*},
    trestle_core::maintenance::EpochRange,
    trestle_staking::{leaf::LeafProof, ring::FinalRoots},
};

#[derive(Accounts)]
pub struct LeaseSettle {
    /// The lease, its customer's account and the market.
    pub refund: Nested<groups::LeaseRefund>,
    /// The final roots of the lease's service.
    #[account(
        constraint = ring.is_of(&refund.lease.service, ring.address())
            @ CreditsError::WrongService,
    )]
    pub ring: State<FinalRoots>,
    /// What is served. Its account may be gone by now: then the lease has ended too.
    #[account(address = refund.lease.commitment @ CreditsError::WrongCommitment)]
    pub commitment: UncheckedAccount,
    /// What customers paid for the lease's service: rises by what the lease uses up.
    #[account(
        mut,
        constraint = revenue.is_at(revenue.address()) @ CreditsError::WrongAddress,
        constraint = address_eq(&revenue.service, &refund.lease.service)
            @ CreditsError::WrongService,
    )]
    pub revenue: State<ServiceRevenue>,
    /// The maintenance of the lease's operator, which may never have declared any.
    #[account(
        constraint = refund.lease.is_maintenance(maintenance.address())
            @ CreditsError::WrongMaintenance,
    )]
    pub maintenance: UncheckedAccount,
}

impl LeaseSettle {
    fn validate(&self) -> Result<()> {
        require!(
            self.refund.lease.status != LEASE_SETTLED,
            CreditsError::LeaseSettled
        );
        Ok(())
    }

    pub fn lease_settle(&mut self, leaf: &LeafProof) -> Result<LeaseSettled> {
        self.validate()?;
        let refund = &mut *self.refund;
        let commitment: Option<State<Commitment>> = load_existing(&self.commitment)?;
        refund
            .lease
            .end_with_commitment(commitment.as_ref().map(|one| &***one))?;
        let settled = if refund.lease.is_settled() {
            refund.lease.finish()?
        } else {
            let maintenance: Option<State<Maintenance>> = load_existing(&self.maintenance)?;
            let windows = maintenance.as_ref().map_or(&[][..], |one| one.ranges());
            settle_next(&mut refund.lease, &self.ring, windows, leaf)?
        };
        refund.book(settled.consumed, settled.refunded)?;
        self.revenue.consume(settled.consumed)?;
        refund.invariant()?;
        self.revenue.invariant()?;
        Ok(event(refund, &settled))
    }
}

fn settle_next(
    lease: &mut Lease,
    ring: &FinalRoots,
    maintenance: &[EpochRange],
    leaf: &LeafProof,
) -> Result<Settled> {
    let next = lease.next_root(ring, maintenance)?;
    let counters = roots::verify_leaf(leaf, next.root(), &lease.operator)?;
    match next {
        SettlementRoot::Baseline(root) => lease.set_baseline(root.epoch, &counters),
        SettlementRoot::Period(root) => lease.settle(root.epoch, &counters, maintenance),
    }
}

fn event(refund: &groups::LeaseRefund, settled: &Settled) -> LeaseSettled {
    let lease = &refund.lease;
    LeaseSettled {
        lease: *lease.address(),
        customer: lease.customer,
        epoch: lease.settled_epoch(),
        epochs: settled.epochs,
        consumed: settled.consumed.0,
        refunded: settled.refunded.0,
        credit: settled.credit.0,
        notice_paid: settled.notice_paid.0,
        escrow: lease.escrow,
        balance: refund.funds.account.balance,
        end_epoch: lease.end_epoch,
        windows_ok: settled.windows_ok,
        windows_total: settled.windows_total,
        status: lease.status,
        reason: lease.reason,
        verdict: settled.verdict.code(),
        _pad: [0; 5],
    }
}
