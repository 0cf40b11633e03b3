//! Propose a new controller of an operator.
//!
//! First step of changing the key that acts for an operator. Nothing changes until the candidate
//! accepts with its own key, so a mistyped address cannot orphan the stake. The operator's address
//! goes on to be derived from the wallet that registered it.
//!
//! Specification:
//! - Only the operator's controller can propose.
//! - A second proposal replaces the first.
//! - Proposing the zero address withdraws the proposal.
//! - It works while the network is paused.

use {
    crate::{
        error::StakingError,
        event::OperatorKeyProposed,
        state::{Operator, State},
    },
    anchor_lang::prelude::*,
};

#[derive(Accounts)]
pub struct OperatorKeyPropose {
    /// The operator's controller.
    #[account(address = operator.controller @ StakingError::NotOperatorAuthority)]
    pub controller: Signer,
    /// The operator to hand over.
    #[account(
        mut,
        constraint = operator.is_at(operator.address()) @ StakingError::WrongAddress,
    )]
    pub operator: State<Operator>,
}

impl OperatorKeyPropose {
    pub fn operator_key_propose(&mut self, candidate: Address) -> Result<OperatorKeyProposed> {
        self.operator.propose_controller(candidate);
        self.operator.invariant()?;
        Ok(OperatorKeyProposed {
            operator: *self.operator.address(),
            controller: self.operator.controller,
            candidate,
        })
    }
}
