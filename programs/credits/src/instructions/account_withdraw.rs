//! Withdraw credits.
//!
//! Moves free credits from the account into the customer's wallet.
//!
//! Specification:
//! - The wallet's credits grow by what the account's balance falls.
//! - Only the account's own customer withdraws.
//! - More than the free balance is refused.
//! - A paused network lets credits out.

use {
    crate::{error::CreditsError, event::AccountWithdrawn, groups},
    anchor_lang::prelude::*,
    trestle_core::units::Credits,
};

#[derive(Accounts)]
pub struct AccountWithdraw {
    /// The account that the credits leave, and the wallet that takes them in.
    pub to: Nested<groups::CustomerWallet>,
}

impl AccountWithdraw {
    fn validate(&self, credits: Credits) -> Result<()> {
        require!(credits.0 > 0, CreditsError::ZeroCredits);
        Ok(())
    }

    pub fn account_withdraw(&mut self, credits: Credits) -> Result<AccountWithdrawn> {
        self.validate(credits)?;
        let to = &mut *self.to;
        to.account.withdraw(credits)?;
        to.credits.market.withdraw(credits)?;
        to.credits.mint(credits)?;
        to.invariant()?;
        Ok(AccountWithdrawn {
            account: *to.account.address(),
            credits: credits.0,
            balance: to.account.balance,
        })
    }
}
