//! What customers paid for one service: the layout is that of
//! `trestle_core::revenue::RevenueState`, spelled out here so that it describes itself in the
//! interface.

use {
    crate::{address::is_derived, constants::VERSION, error::CreditsError, ID},
    anchor_lang::prelude::*,
    core::mem::{offset_of, size_of},
    trestle_core::{
        revenue::{RevenueState, REVENUE_VERSION},
        seeds::SEED_REVENUE,
        units::Credits,
    },
    trestle_staking::versioned::Layout,
};

/// PDA `["revenue", service]`: emission and the release of stablecoin follow it.
#[account]
pub struct ServiceRevenue {
    /// Layout version.
    pub version: u8,
    /// Bump of this account's own address.
    pub bump: u8,
    /// Zero.
    pub _pad: [u8; 6],
    /// The network of the service.
    pub network: Address,
    /// The service that was paid for.
    pub service: Address,
    /// Credits ever used up by work that final roots show.
    pub consumed: u64,
    /// Credits of `consumed` whose stablecoin has been released.
    pub released_credits: u64,
    /// Stablecoin ever released to the service's operators, in millionths of a dollar.
    pub released_stable: u64,
    /// Zero; room for what is to come.
    pub _reserved: [u8; 32],
}

const _: () = {
    assert!(VERSION == REVENUE_VERSION);
    assert!(size_of::<ServiceRevenue>() == size_of::<RevenueState>());
    assert!(offset_of!(ServiceRevenue, network) == offset_of!(RevenueState, network));
    assert!(offset_of!(ServiceRevenue, service) == offset_of!(RevenueState, service));
    assert!(offset_of!(ServiceRevenue, consumed) == offset_of!(RevenueState, consumed));
    assert!(
        offset_of!(ServiceRevenue, released_credits) == offset_of!(RevenueState, released_credits)
    );
    assert!(
        offset_of!(ServiceRevenue, released_stable) == offset_of!(RevenueState, released_stable)
    );
};

impl Layout for ServiceRevenue {
    const VERSION: u8 = REVENUE_VERSION;
}

impl ServiceRevenue {
    /// Writes a fresh account of a service that nobody has paid for.
    pub fn open(&mut self, bump: u8, network: Address, service: Address) {
        self.version = VERSION;
        self.bump = bump;
        self.network = network;
        self.service = service;
    }

    /// Whether `address` is the one that the service gives.
    pub fn is_at(&self, address: &Address) -> bool {
        let seeds = [SEED_REVENUE, self.service.as_ref(), &[]];
        is_derived(address, seeds, self.bump, &ID)
    }

    /// Counts credits that delivered work has used up.
    #[inline(never)]
    pub fn consume(&mut self, credits: Credits) -> Result<()> {
        self.consumed = self
            .consumed
            .checked_add(credits.0)
            .ok_or(CreditsError::MathOverflow)?;
        Ok(())
    }

    /// What holds after every instruction that changes a service's revenue.
    ///
    /// - It has this layout and a service.
    /// - Stablecoin is released for credits that were used up, and for no others.
    #[inline(never)]
    pub fn invariant(&self) -> Result<()> {
        let holds = self.version == VERSION
            && self.service != Address::default()
            && self.released_credits <= self.consumed;
        require!(holds, CreditsError::InvariantViolated);
        Ok(())
    }
}
