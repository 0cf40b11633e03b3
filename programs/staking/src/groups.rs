//! Account groups that several instructions share, with their constraints.

use {
    crate::{
        error::StakingError,
        state::{
            DelegationPool, DelegatorVaults, Network, Operator, Service, ServicePolicy, State,
            VerifierSet,
        },
        token_calls,
    },
    anchor_lang::{address_eq, prelude::*},
    anchor_spl::token::TokenAccount,
    trestle_core::units::{Epoch, TokenAmount},
};

/// An operator whose stake changes, with the vault that holds it.
#[derive(Accounts)]
pub struct StakeVault {
    /// The operator's network: its account of what the vault owes changes.
    #[account(
        mut,
        constraint = network.is_at(network.address()) @ StakingError::WrongAddress,
        address = operator.network @ StakingError::WrongNetwork,
    )]
    pub network: State<Network>,
    /// The operator whose stake changes.
    #[account(
        mut,
        constraint = operator.is_at(operator.address()) @ StakingError::WrongAddress,
    )]
    pub operator: State<Operator>,
    /// The network's vault of stake: its balance changes.
    #[account(mut, address = network.stake_vault @ StakingError::WrongVault)]
    pub stake_vault: Account<TokenAccount>,
    /// The token program of the network's token.
    pub token_program: Program<Token>,
}

impl StakeVault {
    /// Checks that the vault can pay what it owes, after tokens moved.
    #[inline(never)]
    pub fn invariant(&self) -> Result<()> {
        self.network.invariant()?;
        self.operator.invariant()?;
        require!(
            self.stake_vault.amount() >= self.network.total_stake,
            StakingError::VaultShortfall
        );
        Ok(())
    }
}

/// The verifier set of a network when bonds change, with the vault that holds them.
#[derive(Accounts)]
pub struct BondVault {
    /// The network: its account of what the vault owes changes.
    #[account(
        mut,
        constraint = network.is_at(network.address()) @ StakingError::WrongAddress,
    )]
    pub network: State<Network>,
    /// The network's verifiers: entries change.
    #[account(
        mut,
        constraint = address_eq(&verifiers.network, network.address())
            @ StakingError::WrongVerifierSet,
        constraint = verifiers.is_at(verifiers.address()) @ StakingError::WrongAddress,
    )]
    pub verifiers: State<VerifierSet>,
    /// The network's vault of bonds: its balance changes.
    #[account(mut, address = network.bond_vault @ StakingError::WrongVault)]
    pub bond_vault: Account<TokenAccount>,
    /// The token program of the network's token.
    pub token_program: Program<Token>,
}

impl BondVault {
    /// Takes in the bond of a verifier, which is in the set by now.
    #[inline(never)]
    pub fn pay_in(
        &mut self,
        source: CpiHandleMut<'_>,
        owner: CpiHandle<'_>,
        bond: TokenAmount,
    ) -> Result<()> {
        self.network.bond_in(bond)?;
        token_calls::transfer(
            self.token_program.address(),
            source,
            self.bond_vault.try_cpi_handle_mut()?,
            owner,
            &[],
            bond.0,
        );
        self.invariant()
    }

    /// Checks that the vault can pay what it owes, after tokens moved.
    #[inline(never)]
    pub fn invariant(&self) -> Result<()> {
        self.network.invariant()?;
        self.verifiers.invariant(self.network.total_bond)?;
        require!(
            self.bond_vault.amount() >= self.network.total_bond,
            StakingError::VaultShortfall
        );
        Ok(())
    }
}

/// Stake that others have delegated to an operator, when it comes or goes, with the vault that
/// holds it.
#[derive(Accounts)]
pub struct DelegatedStake {
    /// The operator's network: its account of what the vault owes changes.
    #[account(
        mut,
        constraint = network.is_at(network.address()) @ StakingError::WrongAddress,
        address = pool.network @ StakingError::WrongNetwork,
    )]
    pub network: State<Network>,
    /// The operator's delegation pool: what it holds changes.
    #[account(mut, constraint = pool.is_at(pool.address()) @ StakingError::WrongAddress)]
    pub pool: State<DelegationPool>,
    /// The network's vault of stake: its balance changes.
    #[account(mut, address = network.stake_vault @ StakingError::WrongVault)]
    pub stake_vault: Account<TokenAccount>,
    /// The token program of the network's token.
    pub token_program: Program<Token>,
}

impl DelegatedStake {
    /// Checks that the vault can pay what it owes, after tokens moved.
    #[inline(never)]
    pub fn invariant(&self) -> Result<()> {
        self.network.invariant()?;
        self.pool.invariant()?;
        require!(
            self.stake_vault.amount() >= self.network.total_stake,
            StakingError::VaultShortfall
        );
        Ok(())
    }
}

/// The rewards of an operator's delegators, with the vaults that hold those of the whole network.
#[derive(Accounts)]
pub struct DelegatorRewards {
    /// The operator's delegation pool: what it owes changes.
    #[account(mut, constraint = pool.is_at(pool.address()) @ StakingError::WrongAddress)]
    pub pool: State<DelegationPool>,
    /// The record of what the vaults of the network owe.
    #[account(
        mut,
        constraint = vaults.is_at(vaults.address()) @ StakingError::WrongAddress,
        constraint = address_eq(&vaults.network, &pool.network) @ StakingError::WrongNetwork,
    )]
    pub vaults: State<DelegatorVaults>,
    /// The vault of rewards in the network's token.
    #[account(mut, address = vaults.token_vault @ StakingError::WrongVault)]
    pub token_vault: Account<TokenAccount>,
    /// The vault of rewards in stablecoin.
    #[account(mut, address = vaults.stable_vault @ StakingError::WrongVault)]
    pub stable_vault: Account<TokenAccount>,
}

impl DelegatorRewards {
    /// Checks that the vaults can pay what they owe, after tokens moved.
    #[inline(never)]
    pub fn invariant(&self) -> Result<()> {
        self.pool.invariant()?;
        self.vaults
            .invariant(self.token_vault.amount(), self.stable_vault.amount())
    }
}

/// The policy of a service whose rules change.
#[derive(Accounts)]
pub struct PolicyChange {
    /// The service's network: its clock counts the epochs.
    #[account(
        constraint = network.is_at(network.address()) @ StakingError::WrongAddress,
        address = service.network @ StakingError::WrongNetwork,
    )]
    pub network: State<Network>,
    /// The service.
    #[account(address = policy.service @ StakingError::WrongService)]
    pub service: State<Service>,
    /// The policy.
    #[account(mut, constraint = policy.is_at(policy.address()) @ StakingError::WrongAddress)]
    pub policy: State<ServicePolicy>,
}

impl PolicyChange {
    /// The epoch that runs.
    pub fn epoch(&self) -> Result<Epoch> {
        self.network.epoch_at(Clock::get()?.unix_timestamp)
    }
}

/// What vouches for one party where a policy asks for it; else any account in each place. Which
/// accounts they are, `admission` checks when it needs them.
#[derive(Accounts)]
pub struct Voucher {
    /// An issuer of the network.
    pub issuer: UncheckedAccount,
    /// The issuer's clearance of the party, or its attestation.
    pub clearance: UncheckedAccount,
    /// The credential of the attestation; any account with a clearance.
    pub credential: UncheckedAccount,
}

/// What admits an operator and a customer to something new of a service.
#[derive(Accounts)]
pub struct Admission {
    /// The service's policy: the address that the service gives, whether it has one or not.
    pub policy: UncheckedAccount,
    /// What vouches for the wallet that registered the operator.
    pub operator: Nested<Voucher>,
    /// What vouches for the customer.
    pub customer: Nested<Voucher>,
}

/// The groups as clients fill them in: addresses only.
pub mod client {
    pub use super::{
        __client_accounts_admission::Admission, __client_accounts_bondvault::BondVault,
        __client_accounts_delegatedstake::DelegatedStake,
        __client_accounts_delegatorrewards::DelegatorRewards,
        __client_accounts_policychange::PolicyChange, __client_accounts_stakevault::StakeVault,
        __client_accounts_voucher::Voucher,
    };
}

/// The groups as other programs fill them in when they call this one.
pub mod cpi {
    pub use super::{
        __cpi_accounts_admission::Admission, __cpi_accounts_bondvault::BondVault,
        __cpi_accounts_delegatedstake::DelegatedStake,
        __cpi_accounts_delegatorrewards::DelegatorRewards,
        __cpi_accounts_policychange::PolicyChange, __cpi_accounts_stakevault::StakeVault,
        __cpi_accounts_voucher::Voucher,
    };
}
