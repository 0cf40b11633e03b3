//! A plan: what a user paid a gateway for.
//!
//! Anybody may settle and close a lease without asking this program, so a plan keeps no tally of
//! its own calls: what it has used up is read from the customer's account, which serves no other
//! plan meanwhile.

use {
    crate::{
        address::is_derived,
        constants::{PLAN_LEASED, PLAN_OPEN, SEED_PLAN, VERSION},
        error::GatewayError,
        money::price_of,
    },
    anchor_lang::prelude::*,
    core::mem::{offset_of, size_of},
    trestle_core::units::{Credits, StableAmount},
    trestle_credits::state::CustomerAccount,
};

/// PDA `["plan", gateway]`.
#[account]
pub struct Plan {
    /// Layout version.
    pub version: u8,
    /// Bump of this account's own address.
    pub bump: u8,
    /// 1 paid, 2 leased.
    pub status: u8,
    /// Zero.
    pub _pad: [u8; 5],
    /// The gateway that serves it.
    pub gateway: Address,
    /// Who paid, and gets back what is left.
    pub user: Address,
    /// The lease; zero before there is one.
    pub lease: Address,
    /// What the lease pays for; zero before there is one.
    pub commitment: Address,
    /// Credits that were paid for.
    pub credits: u64,
    /// Credits that the customer had used up before the plan.
    pub consumed_before: u64,
    /// Credits that the plan has used up.
    pub consumed: u64,
    /// Lamports of the lease's rent, which come back with it.
    pub lease_rent: u64,
    /// Lamports of the commitment's rent, which come back with it.
    pub commitment_rent: u64,
}

const _: () = assert!(size_of::<Plan>() == 176);
const _: () = assert!(offset_of!(Plan, credits) == 136);

/// What serves a plan.
pub struct PlanLease {
    pub lease: Address,
    pub commitment: Address,
    pub lease_rent: u64,
    pub commitment_rent: u64,
}

impl Plan {
    /// Writes a fresh plan of this many credits.
    pub fn open(
        &mut self,
        bump: u8,
        gateway: Address,
        user: Address,
        credits: Credits,
        account: &CustomerAccount,
    ) {
        self.version = VERSION;
        self.bump = bump;
        self.status = PLAN_OPEN;
        self.gateway = gateway;
        self.user = user;
        self.credits = credits.0;
        self.consumed_before = account.consumed;
    }

    /// Whether it stands at the address that its gateway gives.
    pub fn is_at(&self, address: &Address) -> bool {
        is_derived(&[SEED_PLAN, self.gateway.as_ref()], self.bump, address)
    }

    /// Records the lease.
    pub fn lease(&mut self, served: &PlanLease) -> Result<()> {
        self.require_open()?;
        self.status = PLAN_LEASED;
        self.lease = served.lease;
        self.commitment = served.commitment;
        self.lease_rent = served.lease_rent;
        self.commitment_rent = served.commitment_rent;
        Ok(())
    }

    /// Reads from the customer's account what the plan has used up.
    pub fn settle(&mut self, account: &CustomerAccount) -> Result<()> {
        self.consumed = account
            .consumed
            .checked_sub(self.consumed_before)
            .ok_or(GatewayError::InvariantViolated)?;
        Ok(())
    }

    /// What the user gets back unless more is used up.
    pub fn owed(&self) -> Result<StableAmount> {
        let left = self
            .credits
            .checked_sub(self.consumed)
            .ok_or(GatewayError::InvariantViolated)?;
        price_of(Credits(left))
    }

    pub fn require_open(&self) -> Result<()> {
        require!(self.status == PLAN_OPEN, GatewayError::PlanLeased);
        Ok(())
    }

    pub fn require_leased(&self) -> Result<()> {
        require!(self.status == PLAN_LEASED, GatewayError::PlanNotLeased);
        Ok(())
    }

    /// What holds after every instruction that changes a plan.
    ///
    /// - It has this layout and a user.
    /// - It has a lease and a commitment exactly if it is leased.
    /// - It has not used up more than was paid for.
    pub fn invariant(&self) -> Result<()> {
        let none = Address::default();
        let is_leased = self.status == PLAN_LEASED;
        let holds = self.version == VERSION
            && self.user != none
            && is_leased == (self.lease != none)
            && is_leased == (self.commitment != none)
            && self.consumed <= self.credits;
        require!(holds, GatewayError::InvariantViolated);
        Ok(())
    }
}
