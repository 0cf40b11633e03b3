//! What a customer has with a network: free credits, and credits in leases.

use {
    crate::{address::is_derived, constants::VERSION, error::CreditsError, ID},
    anchor_lang::prelude::*,
    core::mem::{offset_of, size_of},
    trestle_core::{seeds::SEED_CUSTOMER, units::Credits},
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
    /// Leases that are not closed.
    pub lease_count: u32,
    /// The network whose credits it holds.
    pub network: Address,
    /// The wallet that alone withdraws and leases.
    pub customer: Address,
    /// Free credits.
    pub balance: u64,
    /// Credits in leases.
    pub escrowed: u64,
    /// Credits that leases have ever used up.
    pub consumed: u64,
    /// Zero; room for spending limits.
    pub _reserved: [u8; 32],
}

const _: () = assert!(size_of::<CustomerAccount>() == 128);
const _: () = assert!(offset_of!(CustomerAccount, network) == 8);
const _: () = assert!(offset_of!(CustomerAccount, customer) == 40);
const _: () = assert!(offset_of!(CustomerAccount, balance) == 72);

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
    pub fn escrow(&mut self, credits: Credits) -> Result<()> {
        self.withdraw(credits)?;
        self.escrowed = self
            .escrowed
            .checked_add(credits.0)
            .ok_or(CreditsError::MathOverflow)?;
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

    /// Takes credits out of a lease: used up, or free again.
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
    /// - Without leases nothing is in leases.
    #[inline(never)]
    pub fn invariant(&self) -> Result<()> {
        let holds = self.version == VERSION
            && self.customer != Address::default()
            && (self.lease_count > 0 || self.escrowed == 0);
        require!(holds, CreditsError::InvariantViolated);
        Ok(())
    }
}
