//! Deposit credits.
//!
//! Moves credits from the customer's wallet into the account. Credits in accounts are numbers, not
//! tokens: the wallet's tokens are burned and come back with a withdrawal.
//!
//! Specification:
//! - The wallet's credits fall by what the account's balance grows.
//! - Only the account's own customer deposits.
//! - A wallet with fewer credits is refused.
//! - A paused network takes no deposit.

use {
    crate::{error::CreditsError, event::AccountDeposited, groups},
    anchor_lang::prelude::*,
    trestle_core::units::Credits,
};

#[derive(Accounts)]
pub struct AccountDeposit {
    /// The wallet that the credits leave, and the account that takes them in.
    pub from: Nested<groups::CustomerWallet>,
}

impl AccountDeposit {
    fn validate(&self, credits: Credits) -> Result<()> {
        self.from.credits.require_running()?;
        require!(credits.0 > 0, CreditsError::ZeroCredits);
        Ok(())
    }

    pub fn account_deposit(&mut self, credits: Credits) -> Result<AccountDeposited> {
        self.validate(credits)?;
        let from = &mut *self.from;
        from.account.deposit(credits)?;
        from.credits.market.deposit(credits)?;
        from.credits.burn(credits)?;
        from.invariant()?;
        Ok(AccountDeposited {
            account: *from.account.address(),
            credits: credits.0,
            balance: from.account.balance,
        })
    }
}
