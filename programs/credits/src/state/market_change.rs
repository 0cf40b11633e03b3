//! A proposed change of a market's rules, which everybody can see before it takes effect.

use {
    crate::{address::is_derived, constants::VERSION, error::CreditsError, state::MarketTerms, ID},
    anchor_lang::prelude::*,
    core::mem::{offset_of, size_of},
    trestle_core::{
        change::{change_state, due_epoch, ChangeState},
        seeds::SEED_CHANGE,
        units::Epoch,
    },
    trestle_staking::versioned::Layout,
};

/// PDA `["change", market]`.
#[account]
pub struct MarketChange {
    /// Layout version.
    pub version: u8,
    /// Bump of this account's own address.
    pub bump: u8,
    /// Widest confidence interval to come.
    pub max_conf_bps: u16,
    /// Greatest age of a price to come, in seconds.
    pub max_age_seconds: u32,
    /// The market that changes.
    pub market: Address,
    /// Who proposed it, and paid the rent.
    pub proposer: Address,
    /// First epoch in which it can be applied.
    pub due_epoch: u64,
    /// Cap of the biller to come.
    pub biller_cap: u64,
    /// Share of the treasury to come.
    pub protocol_fee_bps: u16,
    /// Share of the insurance to come.
    pub insurance_fee_bps: u16,
    /// Zero.
    pub _pad: [u8; 4],
}

const _: () = assert!(size_of::<MarketChange>() == 96);
const _: () = assert!(offset_of!(MarketChange, market) == 8);
const _: () = assert!(offset_of!(MarketChange, due_epoch) == 72);

impl Layout for MarketChange {
    const VERSION: u8 = VERSION;
}

impl MarketChange {
    /// Writes a change that is proposed in this epoch.
    pub fn propose(
        &mut self,
        bump: u8,
        market: Address,
        proposer: Address,
        terms: &MarketTerms,
        epoch: u64,
    ) {
        self.version = VERSION;
        self.bump = bump;
        self.market = market;
        self.proposer = proposer;
        self.due_epoch = due_epoch(Epoch(epoch)).0;
        self.max_age_seconds = terms.max_age_seconds;
        self.max_conf_bps = terms.max_conf_bps;
        self.protocol_fee_bps = terms.protocol_fee_bps;
        self.insurance_fee_bps = terms.insurance_fee_bps;
        self.biller_cap = terms.biller_cap;
    }

    /// Whether `address` is the one that the market gives.
    pub fn is_at(&self, address: &Address) -> bool {
        let seeds = [SEED_CHANGE, self.market.as_ref(), &[]];
        is_derived(address, seeds, self.bump, &ID)
    }

    /// The rules to come.
    pub fn terms(&self) -> MarketTerms {
        MarketTerms {
            biller_cap: self.biller_cap,
            max_age_seconds: self.max_age_seconds,
            max_conf_bps: self.max_conf_bps,
            protocol_fee_bps: self.protocol_fee_bps,
            insurance_fee_bps: self.insurance_fee_bps,
        }
    }

    /// Refuses a change that is not due in this epoch.
    pub fn require_due(&self, epoch: u64) -> Result<()> {
        match change_state(Epoch(self.due_epoch), Epoch(epoch)) {
            ChangeState::Waiting => Err(CreditsError::ChangeNotDue.into()),
            ChangeState::Due => Ok(()),
            ChangeState::Lapsed => Err(CreditsError::ChangeLapsed.into()),
        }
    }

    /// What holds after every instruction that writes a change.
    ///
    /// - It has this layout and a market.
    /// - The rules to come are within their bounds.
    #[inline(never)]
    pub fn invariant(&self) -> Result<()> {
        let holds = self.version == VERSION && self.market != Address::default();
        require!(holds, CreditsError::InvariantViolated);
        self.terms().validate()
    }
}
