//! End a lease group before its term.
//!
//! The customer keeps the notice of the group, in which the members go on serving and being paid. A
//! member leaves by ending its commitment, with the notice of its service.
//!
//! Specification:
//! - Only the customer ends a group.
//! - A group ends after its notice.
//! - A group that has not begun by then never begins.
//! - An end is only ever moved forward.
//! - A reason is one that a party can give.
//! - A paused network lets groups end.

use {
    crate::{
        clock::network_epoch,
        error::CreditsError,
        event::LeaseGroupEnded,
        state::{LeaseGroup, State},
    },
    anchor_lang::prelude::*,
    trestle_core::lease::Reason,
    trestle_staking::state::Network,
};

#[derive(Accounts)]
pub struct LeaseGroupEnd {
    /// The customer: leaves with the notice of the group.
    #[account(address = group.customer @ CreditsError::NotCustomer)]
    pub customer: Signer,
    /// The group's network: its clock counts the epochs.
    #[account(address = group.network @ CreditsError::WrongNetwork)]
    pub network: State<Network>,
    /// The group.
    #[account(mut, constraint = group.is_at(group.address()) @ CreditsError::WrongAddress)]
    pub group: State<LeaseGroup>,
}

impl LeaseGroupEnd {
    pub fn lease_group_end(&mut self, reason: u8) -> Result<LeaseGroupEnded> {
        let given = Reason::given(reason).ok_or(CreditsError::BadReason)?;
        let epoch = network_epoch(&self.network, Clock::get()?.unix_timestamp)?;
        let end_epoch_before = self.group.leave(epoch, given)?;
        self.group.invariant()?;
        Ok(LeaseGroupEnded {
            group: *self.group.address(),
            customer: self.group.customer,
            end_epoch_before,
            end_epoch: self.group.end_epoch,
            reason,
            _pad: [0; 7],
        })
    }
}
