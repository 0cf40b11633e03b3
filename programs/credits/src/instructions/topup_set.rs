//! Let a customer's account fill itself.
//!
//! The customer names a stablecoin account and, with the token program, approves the account of the
//! top-up as its spender. The approved amount is the most that can ever be taken.
//!
//! Specification:
//! - Only the customer sets the top-up of the customer's own account.
//! - Rules out of bounds are refused.
//! - New rules count at once, and the time of the last top-up counts on.

use {
    crate::{
        error::CreditsError,
        event::TopupSet,
        state::{CustomerAccount, State, Topup, TopupParams},
    },
    anchor_lang::prelude::*,
    trestle_core::seeds::SEED_TOPUP,
};

#[derive(Accounts)]
pub struct TopupSetRules {
    /// The customer: pays for the account of the top-up.
    #[account(mut, address = account.customer @ CreditsError::NotCustomer)]
    pub customer: Signer,
    /// The customer's account.
    #[account(constraint = account.is_at(account.address()) @ CreditsError::WrongAddress)]
    pub account: State<CustomerAccount>,
    /// The stablecoin account that will pay. The token program checks, when it pays, that the
    /// top-up may spend from it.
    pub source: UncheckedAccount,
    /// The top-up.
    #[account(init_if_needed, payer = customer, seeds = [SEED_TOPUP, account], bump)]
    pub topup: State<Topup>,
    /// Creates the account.
    pub system_program: Program<System>,
}

impl TopupSetRules {
    pub fn topup_set(
        &mut self,
        params: &TopupParams,
        bumps: &TopupSetRulesBumps,
    ) -> Result<TopupSet> {
        params.validate()?;
        let (account, source) = (*self.account.address(), *self.source.address());
        self.topup.set(bumps.topup, account, source, params);
        self.topup.invariant()?;
        Ok(TopupSet {
            account,
            customer: self.account.customer,
            source,
            floor: params.floor,
            amount: params.amount,
            period_epochs: params.period_epochs,
            _pad: [0; 4],
        })
    }
}
