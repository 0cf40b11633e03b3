//! Settle a lease group.
//!
//! Pays for the running period by what was recorded of the members, and gives the rest of the
//! period's price back to the customer. Anybody may do it.
//!
//! Specification:
//! - A period is settled once all members that serve are recorded.
//! - A member that is silent four epochs after the first record has delivered nothing.
//! - Members are paid by what each delivered, and k whole deliveries at most.
//! - What is consumed counts as revenue of the service.
//! - A period in which all members together are below the service level gives a service credit
//!   besides.
//! - Service credits of a group stop at its cap.
//! - A period is settled once.
//! - Epochs after the end are not paid, and the last settlement empties the group.
//! - A paused network settles.

use {
    crate::{
        clock::network_epoch,
        error::CreditsError,
        event::LeaseGroupSettled,
        groups,
        state::{GroupSettled, ServiceRevenue, State},
    },
    anchor_lang::{address_eq, prelude::*},
};

#[derive(Accounts)]
pub struct LeaseGroupSettle {
    /// The group, its customer's account and the market.
    pub refund: Nested<groups::GroupRefund>,
    /// What customers paid for the group's service: rises by what the group uses up.
    #[account(
        mut,
        constraint = revenue.is_at(revenue.address()) @ CreditsError::WrongAddress,
        constraint = address_eq(&revenue.service, &refund.group.service)
            @ CreditsError::WrongService,
    )]
    pub revenue: State<ServiceRevenue>,
}

impl LeaseGroupSettle {
    pub fn lease_group_settle(&mut self) -> Result<LeaseGroupSettled> {
        let refund = &mut *self.refund;
        let epoch = network_epoch(&refund.funds.network, Clock::get()?.unix_timestamp)?;
        let settled = refund.group.settle(epoch)?;
        refund.funds.book(settled.consumed, settled.refunded)?;
        self.revenue.consume(settled.consumed)?;
        refund.invariant()?;
        self.revenue.invariant()?;
        Ok(event(refund, &settled))
    }
}

fn event(refund: &groups::GroupRefund, settled: &GroupSettled) -> LeaseGroupSettled {
    let group = &refund.group;
    LeaseGroupSettled {
        group: *group.address(),
        customer: group.customer,
        epoch: group.settled_epoch,
        epochs: settled.epochs,
        consumed: settled.consumed.0,
        refunded: settled.refunded.0,
        credit: settled.credit.0,
        escrow: group.escrow,
        balance: refund.funds.account.balance,
        end_epoch: group.end_epoch,
        earned: settled.earned,
        member_count: group.member_count,
        status: group.status,
        reason: group.reason,
        _pad: [0; 5],
    }
}
