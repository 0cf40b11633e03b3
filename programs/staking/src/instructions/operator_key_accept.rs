//! Accept to act for an operator.
//!
//! Second step of changing the key: the candidate proves that it can sign.
//!
//! Specification:
//! - Only the proposed controller can accept.
//! - The former controller loses its power at once, also where it is the registering wallet.
//! - A proposal can be accepted once.
//! - It works while the network is paused.

use {
    crate::{
        error::StakingError,
        event::OperatorKeyAccepted,
        state::{Operator, State},
    },
    anchor_lang::prelude::*,
};

#[derive(Accounts)]
pub struct OperatorKeyAccept {
    /// The proposed controller.
    #[account(address = operator.pending_controller @ StakingError::NotPendingController)]
    pub candidate: Signer,
    /// The operator to take over.
    #[account(
        mut,
        constraint = operator.is_at(operator.address()) @ StakingError::WrongAddress,
    )]
    pub operator: State<Operator>,
}

impl OperatorKeyAccept {
    pub fn operator_key_accept(&mut self) -> Result<OperatorKeyAccepted> {
        let former = self.operator.accept_controller();
        self.operator.invariant()?;
        Ok(OperatorKeyAccepted {
            operator: *self.operator.address(),
            former,
            controller: self.operator.controller,
        })
    }
}
