//! Where the rewards of a network's delegators lie until they are claimed.

use {
    crate::{constants::VERSION, error::StakingError, versioned::Layout, ID},
    anchor_lang::{address_eq, prelude::*},
    core::mem::{offset_of, size_of},
    trestle_core::{
        seeds::SEED_DELEGATOR_VAULTS,
        units::{StableAmount, TokenAmount},
    },
};

/// PDA `["delegator_vaults", network]`. It is the authority of both vaults.
#[account]
pub struct DelegatorVaults {
    /// Layout version.
    pub version: u8,
    /// Bump of this account's own address.
    pub bump: u8,
    /// Zero.
    pub _pad: [u8; 6],
    /// The network whose delegators are paid.
    pub network: Address,
    /// Token account with rewards in the network's token.
    pub token_vault: Address,
    /// Token account with rewards in stablecoin.
    pub stable_vault: Address,
    /// What the token vault owes to delegators, base units.
    pub owed_tokens: u64,
    /// What the stablecoin vault owes to delegators, base units.
    pub owed_stable: u64,
    /// Zero; room for what is to come.
    pub _reserved: [u8; 32],
}

const _: () = assert!(size_of::<DelegatorVaults>() == 152);
const _: () = assert!(offset_of!(DelegatorVaults, token_vault) == 40);
const _: () = assert!(offset_of!(DelegatorVaults, owed_tokens) == 104);

impl Layout for DelegatorVaults {
    const VERSION: u8 = VERSION;
}

/// The seeds with which the record signs for the vaults.
pub struct VaultsSigner {
    network: Address,
    bump: [u8; 1],
}

impl VaultsSigner {
    #[inline(always)]
    pub fn seeds(&self) -> [&[u8]; 3] {
        [SEED_DELEGATOR_VAULTS, self.network.as_ref(), &self.bump]
    }
}

impl DelegatorVaults {
    /// Writes a record that owes nothing.
    pub fn open(
        &mut self,
        bump: u8,
        network: Address,
        token_vault: Address,
        stable_vault: Address,
    ) {
        self.version = VERSION;
        self.bump = bump;
        self.network = network;
        self.token_vault = token_vault;
        self.stable_vault = stable_vault;
    }

    /// Whether `address` is the one that the network gives.
    #[inline(never)]
    pub fn is_at(&self, address: &Address) -> bool {
        let seeds = [SEED_DELEGATOR_VAULTS, self.network.as_ref()];
        address_eq(
            address,
            &Address::derive_address(&seeds, Some(self.bump), &ID),
        )
    }

    /// Owes more.
    pub fn owe(&mut self, tokens: TokenAmount, stable: StableAmount) -> Result<()> {
        let sum = |owed: u64, more: u64| owed.checked_add(more).ok_or(StakingError::MathOverflow);
        self.owed_tokens = sum(self.owed_tokens, tokens.0)?;
        self.owed_stable = sum(self.owed_stable, stable.0)?;
        Ok(())
    }

    /// Owes less.
    pub fn pay(&mut self, tokens: TokenAmount, stable: StableAmount) -> Result<()> {
        let rest = |owed: u64, less: u64| {
            owed.checked_sub(less)
                .ok_or(StakingError::InvariantViolated)
        };
        self.owed_tokens = rest(self.owed_tokens, tokens.0)?;
        self.owed_stable = rest(self.owed_stable, stable.0)?;
        Ok(())
    }

    #[inline(always)]
    pub fn signer(&self) -> VaultsSigner {
        VaultsSigner {
            network: self.network,
            bump: [self.bump],
        }
    }

    /// What holds after every instruction that changes the record.
    ///
    /// - It has this layout.
    /// - Vaults with these balances can pay what they owe.
    #[inline(never)]
    pub fn invariant(&self, token_balance: u64, stable_balance: u64) -> Result<()> {
        require!(self.version == VERSION, StakingError::InvariantViolated);
        require!(
            token_balance >= self.owed_tokens && stable_balance >= self.owed_stable,
            StakingError::VaultShortfall
        );
        Ok(())
    }
}
