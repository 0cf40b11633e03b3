//! What a customer has with a network: free credits, and credits in leases and meters.

use {
    crate::{address::is_derived, constants::VERSION, error::CreditsError, ID},
    anchor_lang::prelude::*,
    core::mem::{offset_of, size_of},
    trestle_core::{seeds::SEED_CUSTOMER, units::Credits},
    trestle_staking::versioned::Layout,
};

/// PDA `["customer", network, customer]`.
#[account]
pub struct CustomerAccount {
    /// Layout version.
    pub version: u8,
    /// Bump of this account's own address.
    pub bump: u8,
    /// Zero.
    pub _pad: [u8; 2],
    /// Leases and groups that are not closed.
    pub lease_count: u32,
    /// The network whose credits it holds.
    pub network: Address,
    /// The wallet that alone withdraws and leases.
    pub customer: Address,
    /// Free credits.
    pub balance: u64,
    /// Credits in leases, groups and meters.
    pub escrowed: u64,
    /// Credits that leases and meters have ever used up.
    pub consumed: u64,
    /// Credits that a chargeback froze; not part of the balance.
    pub frozen: u64,
    /// Meters that are not closed.
    pub meter_count: u32,
    /// Meters ever opened; the next one gets this number.
    pub meters_opened: u32,
    /// Zero; room for counters to come.
    pub _reserved: [u8; 16],
}

const _: () = assert!(size_of::<CustomerAccount>() == 128);
const _: () = assert!(offset_of!(CustomerAccount, network) == 8);
const _: () = assert!(offset_of!(CustomerAccount, customer) == 40);
const _: () = assert!(offset_of!(CustomerAccount, balance) == 72);
const _: () = assert!(offset_of!(CustomerAccount, frozen) == 96);

impl Layout for CustomerAccount {
    const VERSION: u8 = VERSION;
}

impl CustomerAccount {
    /// Writes a fresh account without credits.
    pub fn open(&mut self, bump: u8, network: Address, customer: Address) {
        self.version = VERSION;
        self.bump = bump;
        self.network = network;
        self.customer = customer;
    }

    /// Whether `address` is the one that the network and the customer give.
    pub fn is_at(&self, address: &Address) -> bool {
        let seeds = [SEED_CUSTOMER, self.network.as_ref(), self.customer.as_ref()];
        is_derived(address, seeds, self.bump, &ID)
    }

    /// Takes in credits.
    pub fn deposit(&mut self, credits: Credits) -> Result<()> {
        self.balance = self
            .balance
            .checked_add(credits.0)
            .ok_or(CreditsError::MathOverflow)?;
        Ok(())
    }

    /// Gives out free credits.
    pub fn withdraw(&mut self, credits: Credits) -> Result<()> {
        self.balance = self
            .balance
            .checked_sub(credits.0)
            .ok_or(CreditsError::InsufficientCredits)?;
        Ok(())
    }

    /// Moves free credits into a lease.
    /// Moves free credits out of reach until the chargeback is decided: all of `credits`, or as
    /// many as there are. Returns how many.
    pub fn freeze(&mut self, credits: Credits) -> Result<Credits> {
        let frozen = credits.min(Credits(self.balance));
        self.withdraw(frozen)?;
        self.frozen = self
            .frozen
            .checked_add(frozen.0)
            .ok_or(CreditsError::MathOverflow)?;
        Ok(frozen)
    }

    /// Makes frozen credits free again.
    pub fn unfreeze(&mut self, credits: Credits) -> Result<()> {
        self.frozen = self
            .frozen
            .checked_sub(credits.0)
            .ok_or(CreditsError::InvariantViolated)?;
        self.deposit(credits)
    }

    /// Moves free credits into a lease or a meter.
    pub fn escrow(&mut self, credits: Credits) -> Result<()> {
        self.withdraw(credits)?;
        self.escrowed = self
            .escrowed
            .checked_add(credits.0)
            .ok_or(CreditsError::MathOverflow)?;
        Ok(())
    }

    /// Moves free credits into a new meter and returns its number.
    pub fn open_meter(&mut self, deposit: Credits) -> Result<u32> {
        self.escrow(deposit)?;
        let number = self.meters_opened;
        self.meters_opened = number.checked_add(1).ok_or(CreditsError::MathOverflow)?;
        self.meter_count = self
            .meter_count
            .checked_add(1)
            .ok_or(CreditsError::MathOverflow)?;
        Ok(number)
    }

    /// Counts one meter less.
    pub fn close_meter(&mut self) -> Result<()> {
        self.meter_count = self
            .meter_count
            .checked_sub(1)
            .ok_or(CreditsError::InvariantViolated)?;
        Ok(())
    }

    /// Moves free credits into a new lease.
    pub fn open_lease(&mut self, escrow: Credits) -> Result<()> {
        self.escrow(escrow)?;
        self.lease_count = self
            .lease_count
            .checked_add(1)
            .ok_or(CreditsError::MathOverflow)?;
        Ok(())
    }

    /// Takes credits out of a lease or a meter: used up, or free again.
    #[inline(never)]
    pub fn settle(&mut self, consumed: Credits, refunded: Credits) -> Result<()> {
        let out = consumed
            .0
            .checked_add(refunded.0)
            .ok_or(CreditsError::MathOverflow)?;
        self.escrowed = self
            .escrowed
            .checked_sub(out)
            .ok_or(CreditsError::InvariantViolated)?;
        self.consumed = self
            .consumed
            .checked_add(consumed.0)
            .ok_or(CreditsError::MathOverflow)?;
        self.deposit(refunded)
    }

    /// Counts one lease less.
    pub fn close_lease(&mut self) -> Result<()> {
        self.lease_count = self
            .lease_count
            .checked_sub(1)
            .ok_or(CreditsError::InvariantViolated)?;
        Ok(())
    }

    /// What holds after every instruction that changes a customer's account.
    ///
    /// - It has this layout and a customer.
    /// - Without leases and meters nothing is in them.
    #[inline(never)]
    pub fn invariant(&self) -> Result<()> {
        let holds = self.version == VERSION
            && self.customer != Address::default()
            && (self.lease_count > 0 || self.meter_count > 0 || self.escrowed == 0);
        require!(holds, CreditsError::InvariantViolated);
        Ok(())
    }
}
