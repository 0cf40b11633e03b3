//! A network: one token, its parameters, its authorities and what its vaults owe.

use {
    crate::{
        constants::{
            CHALLENGE_WINDOW_EPOCHS_MAX, CHALLENGE_WINDOW_SECONDS_MIN, EPOCH_SECONDS_MAX,
            EPOCH_SECONDS_MIN, SERVICES_MAX, STABLE_DECIMALS, UNBONDING_SECONDS_MAX, VERSION,
        },
        error::StakingError,
        versioned::Layout,
        ID,
    },
    anchor_lang::{address_eq, prelude::*},
    core::mem::{offset_of, size_of},
    trestle_core::{
        change::{due_epoch_after, epochs_covering},
        epoch::epoch_at,
        pause,
        seeds::SEED_NETWORK,
        slash::SlashShares,
        units::{Bps, Epoch, TokenAmount, UnixSeconds, BPS_ONE},
    },
};

/// PDA `["network", token_mint]`.
#[account]
pub struct Network {
    /// Layout version.
    pub version: u8,
    /// Bump of this account's own address.
    pub bump: u8,
    /// Areas that are paused, as a mask of `core::pause`.
    pub paused: u8,
    /// Decimals of the network's token.
    pub token_decimals: u8,
    /// Services created so far; the next one gets this index.
    pub service_count: u16,
    /// Share of its bond that a verifier loses for signing a root that is proven wrong.
    pub bond_slash_bps: u16,
    /// Creates services, admits verifiers, pauses and resumes. Can move nobody's stake.
    pub authority: Address,
    /// Who may take over as authority; zero when nobody is proposed.
    pub pending_authority: Address,
    /// Can pause, and nothing else.
    pub guardian: Address,
    /// Mint of the network's token.
    pub token_mint: Address,
    /// Mint of the stablecoin that credits are sold for.
    pub stable_mint: Address,
    /// Token account with every operator's stake; its authority is this account.
    pub stake_vault: Address,
    /// Token account with every verifier's bond; its authority is this account.
    pub bond_vault: Address,
    /// Token account with the insurance share of slashes; its authority is this account.
    pub insurance_vault: Address,
    /// Unix seconds at which epoch 0 begins.
    pub genesis: i64,
    /// Length of an epoch in seconds.
    pub epoch_seconds: u32,
    /// Seconds during which a root with a quorum can be challenged before it is final.
    pub challenge_window_seconds: u32,
    /// Seconds between asking for stake or bond back and getting it.
    pub unbonding_seconds: u32,
    /// Share of a slash that is burned.
    pub burn_bps: u16,
    /// Share of a slash that goes to the insurance vault.
    pub insurance_bps: u16,
    /// Share of a slash that goes to whoever proved the fault.
    pub challenger_bps: u16,
    /// Zero.
    pub _pad: [u8; 6],
    /// Smallest bond a verifier can register with, in base units of the token.
    pub verifier_bond_min: u64,
    /// What the stake vault owes: stake and unbonding stake of all operators, in base units.
    pub total_stake: u64,
    /// What the bond vault owes: bonds and exiting bonds of all verifiers, in base units.
    pub total_bond: u64,
    /// Changes of parameters that were applied so far.
    pub params_version: u32,
    /// By how much a newcomer's bond must exceed the smallest to displace it; zero: it cannot.
    pub displacement_margin_bps: u16,
    /// Zero; room for parameters to come.
    pub _reserved: [u8; 58],
}

const _: () = assert!(size_of::<Network>() == 384);
const _: () = assert!(offset_of!(Network, authority) == 8);
const _: () = assert!(offset_of!(Network, token_mint) == 104);
const _: () = assert!(offset_of!(Network, stake_vault) == 168);
const _: () = assert!(offset_of!(Network, genesis) == 264);
const _: () = assert!(offset_of!(Network, verifier_bond_min) == 296);

impl Layout for Network {
    const VERSION: u8 = VERSION;
}

/// What a network is created with. A change with notice can replace all of it but the length of
/// epochs, which the numbers of all epochs depend on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, AnchorSerialize, AnchorDeserialize, IdlType)]
pub struct NetworkParams {
    /// Can pause, and nothing else.
    pub guardian: Address,
    /// Length of an epoch in seconds: 60 to 604,800.
    pub epoch_seconds: u32,
    /// Challenge window in seconds: 10 to four epochs.
    pub challenge_window_seconds: u32,
    /// Unbonding time in seconds: above an epoch, a challenge window and the vote on a dispute,
    /// which takes a window or an epoch, whichever is shorter.
    pub unbonding_seconds: u32,
    /// Smallest bond of a verifier in base units of the token.
    pub verifier_bond_min: u64,
    /// Share of a bond that a lost root costs.
    pub bond_slash_bps: u16,
    /// Share of a slash that is burned.
    pub burn_bps: u16,
    /// Share of a slash that goes to insurance.
    pub insurance_bps: u16,
    /// Share of a slash that goes to the challenger.
    pub challenger_bps: u16,
    /// By how much a newcomer's bond must exceed the smallest of the verifiers to displace it; zero
    /// if the authority alone admits verifiers.
    pub displacement_margin_bps: u16,
}

impl NetworkParams {
    /// Seconds for which stake and bond must stay within reach: until a root over the last epoch of
    /// work is final, and the vote on one that is disputed in the last second of its window has
    /// ended.
    pub fn reach_seconds(&self) -> u32 {
        let vote_seconds = self.challenge_window_seconds.min(self.epoch_seconds);
        self.epoch_seconds
            .saturating_add(self.challenge_window_seconds)
            .saturating_add(vote_seconds)
    }

    pub fn validate(&self) -> Result<()> {
        require!(
            (EPOCH_SECONDS_MIN..=EPOCH_SECONDS_MAX).contains(&self.epoch_seconds),
            StakingError::BadEpochSeconds
        );
        let window_max = self
            .epoch_seconds
            .saturating_mul(CHALLENGE_WINDOW_EPOCHS_MAX);
        require!(
            (CHALLENGE_WINDOW_SECONDS_MIN..=window_max).contains(&self.challenge_window_seconds),
            StakingError::BadChallengeWindow
        );
        require!(
            self.unbonding_seconds > self.reach_seconds()
                && self.unbonding_seconds <= UNBONDING_SECONDS_MAX,
            StakingError::BadUnbonding
        );
        require!(self.verifier_bond_min > 0, StakingError::BadBondMinimum);
        require!(
            (1..=BPS_ONE).contains(&self.bond_slash_bps),
            StakingError::BadBondSlash
        );
        slash_shares(self.burn_bps, self.insurance_bps, self.challenger_bps)?;
        require!(
            self.displacement_margin_bps <= BPS_ONE,
            StakingError::BadDisplacementMargin
        );
        require!(
            self.guardian != Address::default(),
            StakingError::BadGuardian
        );
        Ok(())
    }
}

/// Addresses and bumps that are found while a network's accounts are created.
pub struct NetworkAccounts {
    pub bump: u8,
    pub authority: Address,
    pub token_mint: Address,
    pub token_decimals: u8,
    pub stable_mint: Address,
    pub stake_vault: Address,
    pub bond_vault: Address,
    pub insurance_vault: Address,
}

/// The seeds with which a network signs for its vaults.
pub struct NetworkSigner {
    token_mint: Address,
    bump: [u8; 1],
}

impl NetworkSigner {
    #[inline(always)]
    pub fn seeds(&self) -> [&[u8]; 3] {
        [SEED_NETWORK, self.token_mint.as_ref(), &self.bump]
    }
}

impl Network {
    /// Writes a fresh network whose epoch 0 begins `now`.
    pub fn create(&mut self, accounts: &NetworkAccounts, params: &NetworkParams, now: i64) {
        self.version = VERSION;
        self.bump = accounts.bump;
        self.token_decimals = accounts.token_decimals;
        self.authority = accounts.authority;
        self.token_mint = accounts.token_mint;
        self.stable_mint = accounts.stable_mint;
        self.stake_vault = accounts.stake_vault;
        self.bond_vault = accounts.bond_vault;
        self.insurance_vault = accounts.insurance_vault;
        self.genesis = now;
        self.epoch_seconds = params.epoch_seconds;
        self.set_params(params);
    }

    /// Replaces the parameters by those of a change that is due, and counts it.
    pub fn change(&mut self, params: &NetworkParams) -> Result<()> {
        self.set_params(params);
        self.params_version = self
            .params_version
            .checked_add(1)
            .ok_or(StakingError::MathOverflow)?;
        Ok(())
    }

    fn set_params(&mut self, params: &NetworkParams) {
        self.guardian = params.guardian;
        self.challenge_window_seconds = params.challenge_window_seconds;
        self.unbonding_seconds = params.unbonding_seconds;
        self.verifier_bond_min = params.verifier_bond_min;
        self.bond_slash_bps = params.bond_slash_bps;
        self.burn_bps = params.burn_bps;
        self.insurance_bps = params.insurance_bps;
        self.challenger_bps = params.challenger_bps;
        self.displacement_margin_bps = params.displacement_margin_bps;
    }

    /// Whether `address` is the one that the token mint gives.
    #[inline(never)]
    pub fn is_at(&self, address: &Address) -> bool {
        let seeds = [SEED_NETWORK, self.token_mint.as_ref()];
        address_eq(
            address,
            &Address::derive_address(&seeds, Some(self.bump), &ID),
        )
    }

    /// The gate of everything that brings in new stake, new operators or new verifiers.
    #[inline(always)]
    pub fn require_running(&self) -> Result<()> {
        require!(
            !self.is_paused(pause::AREA_STAKING),
            StakingError::NetworkPaused
        );
        Ok(())
    }

    /// Whether this area is paused.
    #[inline(always)]
    pub const fn is_paused(&self, area: u8) -> bool {
        pause::is_paused(self.paused, area)
    }

    /// Pauses or resumes areas and returns the mask before. Whether `by` may do so depends on the
    /// direction: resuming is the authority's alone, so a stolen guardian key can stop a network
    /// but not restart it.
    pub fn set_paused(&mut self, by: &Address, areas: u8, paused: bool) -> Result<u8> {
        require!(pause::is_valid(areas), StakingError::BadAreas);
        let is_authority = address_eq(by, &self.authority);
        if paused {
            let is_guardian = address_eq(by, &self.guardian);
            require!(is_authority || is_guardian, StakingError::NotGuardian);
        } else {
            require!(is_authority, StakingError::NotNetworkAuthority);
        }
        let before = self.paused;
        let after = if paused {
            pause::paused(before, areas)
        } else {
            pause::resumed(before, areas)
        };
        require!(before != after, StakingError::PauseUnchanged);
        self.paused = after;
        Ok(before)
    }

    /// Names who may take over. The zero address withdraws an earlier proposal.
    pub fn propose_authority(&mut self, candidate: Address) {
        self.pending_authority = candidate;
    }

    /// Hands over to the proposed authority and returns the former one.
    pub fn accept_authority(&mut self) -> Address {
        let former = self.authority;
        self.authority = self.pending_authority;
        self.pending_authority = Address::default();
        former
    }

    /// Takes the next service index.
    pub fn add_service(&mut self) -> Result<u16> {
        let index = self.service_count;
        require!(index < SERVICES_MAX, StakingError::TooManyServices);
        self.service_count = index.checked_add(1).ok_or(StakingError::MathOverflow)?;
        Ok(index)
    }

    /// The parameters as they are.
    pub const fn params(&self) -> NetworkParams {
        NetworkParams {
            guardian: self.guardian,
            epoch_seconds: self.epoch_seconds,
            challenge_window_seconds: self.challenge_window_seconds,
            unbonding_seconds: self.unbonding_seconds,
            verifier_bond_min: self.verifier_bond_min,
            bond_slash_bps: self.bond_slash_bps,
            burn_bps: self.burn_bps,
            insurance_bps: self.insurance_bps,
            challenger_bps: self.challenger_bps,
            displacement_margin_bps: self.displacement_margin_bps,
        }
    }

    /// First epoch in which a change proposed in `epoch` can be applied. Besides the two whole
    /// epochs it waits for as many as a challenge window takes: a proposal is attested within an
    /// epoch, so all that was voted before anybody knew of the change is settled by then, and
    /// neither its window nor what it costs to lose can change meanwhile.
    pub fn change_due(&self, epoch: Epoch) -> Result<Epoch> {
        let window = epochs_covering(self.challenge_window_seconds, self.epoch_seconds)
            .ok_or(StakingError::InvariantViolated)?;
        Ok(due_epoch_after(epoch, window))
    }

    /// The epoch that runs at `now`.
    pub fn epoch_at(&self, now: i64) -> Result<Epoch> {
        epoch_at(
            UnixSeconds(self.genesis),
            self.epoch_seconds,
            UnixSeconds(now),
        )
        .ok_or_else(|| StakingError::BeforeGenesis.into())
    }

    /// When stake or bond that is asked for at `now` can be withdrawn.
    pub fn unlock_at(&self, now: i64) -> Result<i64> {
        now.checked_add(i64::from(self.unbonding_seconds))
            .ok_or_else(|| StakingError::MathOverflow.into())
    }

    #[inline(always)]
    pub fn stake_in(&mut self, amount: TokenAmount) -> Result<()> {
        self.total_stake = self
            .total_stake
            .checked_add(amount.0)
            .ok_or(StakingError::MathOverflow)?;
        Ok(())
    }

    #[inline(always)]
    pub fn stake_out(&mut self, amount: TokenAmount) -> Result<()> {
        self.total_stake = self
            .total_stake
            .checked_sub(amount.0)
            .ok_or(StakingError::InvariantViolated)?;
        Ok(())
    }

    pub fn bond_in(&mut self, amount: TokenAmount) -> Result<()> {
        self.total_bond = self
            .total_bond
            .checked_add(amount.0)
            .ok_or(StakingError::MathOverflow)?;
        Ok(())
    }

    pub fn bond_out(&mut self, amount: TokenAmount) -> Result<()> {
        self.total_bond = self
            .total_bond
            .checked_sub(amount.0)
            .ok_or(StakingError::InvariantViolated)?;
        Ok(())
    }

    /// How a slash is divided.
    pub fn slash_shares(&self) -> Result<SlashShares> {
        slash_shares(self.burn_bps, self.insurance_bps, self.challenger_bps)
    }

    /// By how much a bond must exceed the smallest to displace it.
    pub fn displacement_margin(&self) -> Result<Bps> {
        Bps::new(self.displacement_margin_bps)
            .ok_or_else(|| StakingError::BadDisplacementMargin.into())
    }

    #[inline(always)]
    pub fn signer(&self) -> NetworkSigner {
        NetworkSigner {
            token_mint: self.token_mint,
            bump: [self.bump],
        }
    }

    /// What holds after every instruction that changes a network.
    ///
    /// - It has this layout and an authority.
    /// - Only areas that exist are paused.
    /// - It lists no more services than clients can.
    #[inline(never)]
    pub fn invariant(&self) -> Result<()> {
        let holds = self.version == VERSION
            && self.authority != Address::default()
            && self.paused <= pause::ALL
            && self.service_count <= SERVICES_MAX;
        require!(holds, StakingError::InvariantViolated);
        Ok(())
    }
}

/// Shares that make up the whole.
fn slash_shares(burn: u16, insurance: u16, challenger: u16) -> Result<SlashShares> {
    let bps = |value| Bps::new(value).ok_or(StakingError::BadSlashShares);
    SlashShares::new(bps(burn)?, bps(insurance)?, bps(challenger)?)
        .ok_or_else(|| StakingError::BadSlashShares.into())
}

/// A stablecoin that credits can be priced in.
pub fn is_stable_mint(stable_mint: &Address, decimals: u8, token_mint: &Address) -> bool {
    decimals == STABLE_DECIMALS && stable_mint != token_mint
}
