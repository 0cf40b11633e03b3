//! What a pool has paid to one operator.

use {
    crate::{constants::VERSION, error::RewardsError, ID},
    anchor_lang::{address_eq, prelude::*},
    core::mem::{offset_of, size_of},
    trestle_core::{seeds::SEED_CLAIM, units::TokenAmount},
};

/// PDA `["claim", pool, operator]`.
#[account]
pub struct Claim {
    /// Layout version.
    pub version: u8,
    /// Bump of this account's own address.
    pub bump: u8,
    /// Zero.
    pub _pad: [u8; 6],
    /// The pool that pays.
    pub pool: Address,
    /// The operator (staking account) that is paid.
    pub operator: Address,
    /// Token account that the pay goes to: a copy of the operator's.
    pub payout: Address,
    /// Tokens ever paid, in base units; never more than the operator's leaf says.
    pub claimed_tokens: u64,
    /// Stablecoin ever paid, in 1e-6 USD.
    pub claimed_stable: u64,
    /// Zero; room for held rewards.
    pub _reserved: [u8; 32],
}

const _: () = assert!(size_of::<Claim>() == 152);
const _: () = assert!(offset_of!(Claim, pool) == 8);
const _: () = assert!(offset_of!(Claim, payout) == 72);
const _: () = assert!(offset_of!(Claim, claimed_tokens) == 104);

impl Claim {
    /// Writes a fresh claim that was paid nothing.
    pub fn open(&mut self, bump: u8, pool: Address, operator: Address, payout: Address) {
        self.version = VERSION;
        self.bump = bump;
        self.pool = pool;
        self.operator = operator;
        self.payout = payout;
    }

    /// Whether `address` is the one that the pool and the operator give.
    #[inline(never)]
    pub fn is_at(&self, address: &Address) -> bool {
        let seeds = [SEED_CLAIM, self.pool.as_ref(), self.operator.as_ref()];
        address_eq(
            address,
            &Address::derive_address(&seeds, Some(self.bump), &ID),
        )
    }

    /// Takes over the operator's payout account. Returns the one before.
    pub fn sync(&mut self, payout: Address) -> Address {
        core::mem::replace(&mut self.payout, payout)
    }

    /// What a leaf with these tokens still grants. An older leaf than the last one paid grants
    /// nothing: its counter is not above what was paid.
    #[inline(always)]
    pub fn due(&self, leaf_tokens: u64) -> TokenAmount {
        TokenAmount(leaf_tokens.saturating_sub(self.claimed_tokens))
    }

    /// Counts tokens as paid.
    #[inline(always)]
    pub fn pay(&mut self, amount: TokenAmount) -> Result<()> {
        self.claimed_tokens = self
            .claimed_tokens
            .checked_add(amount.0)
            .ok_or(RewardsError::MathOverflow)?;
        Ok(())
    }

    /// What holds after every instruction that changes a claim.
    ///
    /// - It has this layout.
    /// - It pays for somebody, to somewhere.
    #[inline(always)]
    pub fn invariant(&self) -> Result<()> {
        let holds = self.version == VERSION
            && self.operator != Address::default()
            && self.payout != Address::default();
        require!(holds, RewardsError::InvariantViolated);
        Ok(())
    }
}
