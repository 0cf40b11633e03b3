//! A top-up: a customer's account that buys credits by itself when it runs low.
//!
//! The customer approves this account as the spender of a stablecoin account of its own: what the
//! token program allows is the most that can ever be taken, and the customer revokes it there.

use {
    crate::{
        address::is_derived,
        constants::{TOPUP_PERIOD_EPOCHS_MAX, VERSION},
        error::CreditsError,
        ID,
    },
    anchor_lang::prelude::*,
    core::mem::{offset_of, size_of},
    trestle_core::{seeds::SEED_TOPUP, units::Credits},
    trestle_staking::versioned::Layout,
};

/// PDA `["topup", account]`.
#[account]
pub struct Topup {
    /// Layout version.
    pub version: u8,
    /// Bump of this account's own address.
    pub bump: u8,
    /// Zero.
    pub _pad: [u8; 2],
    /// Epochs between two top-ups.
    pub period_epochs: u32,
    /// The customer's account that is filled.
    pub account: Address,
    /// The stablecoin account that pays.
    pub source: Address,
    /// Below this balance it buys.
    pub floor: u64,
    /// Credits that it buys at a time.
    pub amount: u64,
    /// First epoch in which it may buy again.
    pub next_epoch: u64,
    /// Credits ever bought.
    pub bought: u64,
}

const _: () = assert!(size_of::<Topup>() == 104);
const _: () = assert!(offset_of!(Topup, account) == 8);
const _: () = assert!(offset_of!(Topup, floor) == 72);

impl Layout for Topup {
    const VERSION: u8 = VERSION;
}

/// When and how much the account buys.
#[derive(Clone, Copy, Debug, PartialEq, Eq, AnchorSerialize, AnchorDeserialize, IdlType)]
pub struct TopupParams {
    /// Below this balance it buys.
    pub floor: u64,
    /// Credits that it buys at a time, at 0.00001 dollars each.
    pub amount: u64,
    /// Epochs between two top-ups: 1 to 365.
    pub period_epochs: u32,
}

impl TopupParams {
    pub fn validate(&self) -> Result<()> {
        let is_sane = self.amount > 0 && i64::try_from(self.floor).is_ok();
        require!(is_sane, CreditsError::BadTopup);
        require!(
            (1..=TOPUP_PERIOD_EPOCHS_MAX).contains(&self.period_epochs),
            CreditsError::BadTopupPeriod
        );
        Ok(())
    }
}

/// The seeds with which a top-up signs for the stablecoin that it may spend.
pub struct TopupSigner {
    account: Address,
    bump: [u8; 1],
}

impl TopupSigner {
    #[inline(always)]
    pub fn seeds(&self) -> [&[u8]; 3] {
        [SEED_TOPUP, self.account.as_ref(), &self.bump]
    }
}

impl Topup {
    /// Writes the rules. When it bought last counts on.
    pub fn set(&mut self, bump: u8, account: Address, source: Address, params: &TopupParams) {
        self.version = VERSION;
        self.bump = bump;
        self.account = account;
        self.source = source;
        self.floor = params.floor;
        self.amount = params.amount;
        self.period_epochs = params.period_epochs;
    }

    /// Whether `address` is the one that the account gives.
    pub fn is_at(&self, address: &Address) -> bool {
        let seeds = [SEED_TOPUP, self.account.as_ref(), &[]];
        is_derived(address, seeds, self.bump, &ID)
    }

    #[inline(always)]
    pub fn signer(&self) -> TopupSigner {
        TopupSigner {
            account: self.account,
            bump: [self.bump],
        }
    }

    /// Decides to buy, given the free balance, and returns how much.
    pub fn run(&mut self, balance: u64, epoch: u64) -> Result<Credits> {
        require!(balance < self.floor, CreditsError::TopupNotNeeded);
        require!(epoch >= self.next_epoch, CreditsError::TopupTooEarly);
        self.next_epoch = epoch
            .checked_add(u64::from(self.period_epochs))
            .ok_or(CreditsError::MathOverflow)?;
        self.bought = self
            .bought
            .checked_add(self.amount)
            .ok_or(CreditsError::MathOverflow)?;
        Ok(Credits(self.amount))
    }

    /// What holds after every instruction that changes a top-up.
    ///
    /// - It has this layout, an account and a source.
    /// - It buys something, and not twice in an epoch.
    #[inline(never)]
    pub fn invariant(&self) -> Result<()> {
        let holds = self.version == VERSION
            && self.account != Address::default()
            && self.source != Address::default()
            && self.amount > 0
            && self.period_epochs > 0;
        require!(holds, CreditsError::InvariantViolated);
        Ok(())
    }
}
