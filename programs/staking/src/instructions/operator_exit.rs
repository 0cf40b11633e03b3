//! Leave a service for good.
//!
//! All stake starts to unbond at once, and the operator takes no new stake and no new work. What
//! is due to it is still paid: claims, pushes and settlements do not ask whether it has left.
//!
//! The account stays. Its leaf counts from genesis, and so does `slashed_applied`: were the account
//! closed and registered anew, the same slashes would be taken once more, and what a claim has paid
//! would no longer belong to anybody. For the same reason a wallet that has left cannot register
//! with the service again.
//!
//! Specification:
//! - Only the operator's controller can exit.
//! - All stake waits in one free ticket for the unbonding time, and can be slashed until then.
//! - Without a free ticket it is refused, unless there is no stake.
//! - New deposits, commitments and leases are refused afterwards; a second exit is too.
//! - Matured tickets can be withdrawn, and the wallet cannot register again.
//! - It works while the network is paused.

use {
    crate::{
        error::StakingError,
        event::OperatorExited,
        state::{Network, Operator, State},
    },
    anchor_lang::prelude::*,
};

#[derive(Accounts)]
pub struct OperatorExit {
    /// The operator's controller.
    #[account(address = operator.controller @ StakingError::NotOperatorAuthority)]
    pub controller: Signer,
    /// The operator's network: it knows the unbonding time.
    #[account(
        constraint = network.is_at(network.address()) @ StakingError::WrongAddress,
        address = operator.network @ StakingError::WrongNetwork,
    )]
    pub network: State<Network>,
    /// The operator that leaves.
    #[account(
        mut,
        constraint = operator.is_at(operator.address()) @ StakingError::WrongAddress,
    )]
    pub operator: State<Operator>,
}

impl OperatorExit {
    pub fn operator_exit(&mut self) -> Result<OperatorExited> {
        let unlock_at = self.network.unlock_at(Clock::get()?.unix_timestamp)?;
        let amount = self.operator.leave(unlock_at)?;
        self.operator.invariant()?;
        Ok(OperatorExited {
            operator: *self.operator.address(),
            amount: amount.0,
            unlock_at,
        })
    }
}
