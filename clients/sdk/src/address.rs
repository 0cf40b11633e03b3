//! Addresses: the programs' own and every account that is derived from them.
//!
//! Seeds are those that the programs use themselves.

use solana_pubkey::Pubkey;
use trestle_core::{
    attestation::{self, SEED_ATTESTATION},
    program_ids,
    seeds::{
        SEED_BILLER, SEED_BOND_VAULT, SEED_CARD_SALE, SEED_CHANGE, SEED_CLAIM, SEED_CLEARANCE,
        SEED_COMMITMENT, SEED_CREDIT_MINT, SEED_CUSTOMER, SEED_DELEGATE, SEED_DELEGATION,
        SEED_DELEGATION_POOL, SEED_DELEGATOR_STABLE_VAULT, SEED_DELEGATOR_VAULT,
        SEED_DELEGATOR_VAULTS, SEED_DISPUTE, SEED_DISPUTE_VAULT, SEED_DISTRIBUTOR, SEED_EMISSION,
        SEED_INSURANCE_STABLE_VAULT, SEED_INSURANCE_VAULT, SEED_ISSUER, SEED_LEASE,
        SEED_LEASE_GROUP, SEED_LOAD, SEED_MAINTENANCE, SEED_MARKET, SEED_METER, SEED_NETWORK,
        SEED_OPERATOR, SEED_POLICY, SEED_POOL, SEED_POOL_STABLE_VAULT, SEED_POOL_VAULT,
        SEED_PROPOSAL, SEED_REVENUE, SEED_REVENUE_VAULT, SEED_RING, SEED_ROUND, SEED_SEEDS,
        SEED_SERVICE, SEED_SLASHER, SEED_STAKE_VAULT, SEED_TOPUP, SEED_TREASURY, SEED_VERIFIERS,
    },
};
use trestle_rewards::constants::SEED_MINTER;

pub const STAKING_ID: Pubkey = Pubkey::new_from_array(program_ids::STAKING_ID);
pub const PROOFS_ID: Pubkey = Pubkey::new_from_array(program_ids::PROOFS_ID);
pub const REWARDS_ID: Pubkey = Pubkey::new_from_array(program_ids::REWARDS_ID);
pub const CREDITS_ID: Pubkey = Pubkey::new_from_array(program_ids::CREDITS_ID);

/// The Solana Attestation Service.
pub const ATTESTATION_SERVICE_ID: Pubkey =
    Pubkey::new_from_array(attestation::ATTESTATION_SERVICE_ID);
pub const SYSTEM_PROGRAM_ID: Pubkey = Pubkey::new_from_array([0; 32]);
pub const TOKEN_PROGRAM_ID: Pubkey = spl_token::ID;
pub const TOKEN_2022_PROGRAM_ID: Pubkey = spl_token_2022_interface::ID;
pub const ASSOCIATED_TOKEN_PROGRAM_ID: Pubkey = spl_associated_token_account_interface::program::ID;
pub const COMPUTE_BUDGET_PROGRAM_ID: Pubkey =
    Pubkey::from_str_const("ComputeBudget111111111111111111111111111111");

fn find(seeds: &[&[u8]], program: &Pubkey) -> Pubkey {
    Pubkey::find_program_address(seeds, program).0
}

/// The Network of a token.
pub fn network(token_mint: &Pubkey) -> Pubkey {
    find(&[SEED_NETWORK, token_mint.as_ref()], &STAKING_ID)
}

/// Holds the stake of every operator of a network.
pub fn stake_vault(network: &Pubkey) -> Pubkey {
    find(&[SEED_STAKE_VAULT, network.as_ref()], &STAKING_ID)
}

/// Holds the bonds of a network's verifiers.
pub fn bond_vault(network: &Pubkey) -> Pubkey {
    find(&[SEED_BOND_VAULT, network.as_ref()], &STAKING_ID)
}

/// Holds the insurance share of what was slashed.
pub fn insurance_vault(network: &Pubkey) -> Pubkey {
    find(&[SEED_INSURANCE_VAULT, network.as_ref()], &STAKING_ID)
}

/// The verifiers of a network.
pub fn verifiers(network: &Pubkey) -> Pubkey {
    find(&[SEED_VERIFIERS, network.as_ref()], &STAKING_ID)
}

/// A network's service by its index.
pub fn service(network: &Pubkey, index: u16) -> Pubkey {
    find(
        &[SEED_SERVICE, network.as_ref(), &index.to_le_bytes()],
        &STAKING_ID,
    )
}

/// The operator that a wallet registered with a service.
pub fn operator(service: &Pubkey, authority: &Pubkey) -> Pubkey {
    find(
        &[SEED_OPERATOR, service.as_ref(), authority.as_ref()],
        &STAKING_ID,
    )
}

/// The record of what a network's vaults owe to delegators.
pub fn delegator_vaults(network: &Pubkey) -> Pubkey {
    find(&[SEED_DELEGATOR_VAULTS, network.as_ref()], &STAKING_ID)
}

/// Holds what the delegators of a network have earned in its token.
pub fn delegator_vault(network: &Pubkey) -> Pubkey {
    find(&[SEED_DELEGATOR_VAULT, network.as_ref()], &STAKING_ID)
}

/// Holds what the delegators of a network have earned in stablecoin.
pub fn delegator_stable_vault(network: &Pubkey) -> Pubkey {
    find(
        &[SEED_DELEGATOR_STABLE_VAULT, network.as_ref()],
        &STAKING_ID,
    )
}

/// An issuer of clearances by its key; of attestations, by their credential.
pub fn issuer(network: &Pubkey, authority: &Pubkey) -> Pubkey {
    find(
        &[SEED_ISSUER, network.as_ref(), authority.as_ref()],
        &STAKING_ID,
    )
}

/// What others have delegated to an operator.
pub fn delegation_pool(operator: &Pubkey) -> Pubkey {
    find(&[SEED_DELEGATION_POOL, operator.as_ref()], &STAKING_ID)
}

/// What a delegator has in a delegation pool.
pub fn delegation(pool: &Pubkey, delegator: &Pubkey) -> Pubkey {
    find(
        &[SEED_DELEGATION, pool.as_ref(), delegator.as_ref()],
        &STAKING_ID,
    )
}

/// What an issuer vouches for about a wallet.
pub fn clearance(issuer: &Pubkey, subject: &Pubkey) -> Pubkey {
    find(
        &[SEED_CLEARANCE, issuer.as_ref(), subject.as_ref()],
        &STAKING_ID,
    )
}

/// Signs for the rewards program when it pays delegators.
pub fn distributor() -> Pubkey {
    find(&[SEED_DISTRIBUTOR], &REWARDS_ID)
}

/// The pending change of a network's or a service's parameters.
pub fn change(target: &Pubkey) -> Pubkey {
    find(&[SEED_CHANGE, target.as_ref()], &STAKING_ID)
}

/// What a service asks of operators and customers.
pub fn policy(service: &Pubkey) -> Pubkey {
    find(&[SEED_POLICY, service.as_ref()], &STAKING_ID)
}

/// An attestation of a wallet under a credential and a schema.
pub fn attestation(credential: &Pubkey, schema: &Pubkey, subject: &Pubkey) -> Pubkey {
    let seeds = [
        SEED_ATTESTATION,
        credential.as_ref(),
        schema.as_ref(),
        subject.as_ref(),
    ];
    find(&seeds, &ATTESTATION_SERVICE_ID)
}

/// The last 64 final roots of a service.
pub fn ring(service: &Pubkey) -> Pubkey {
    find(&[SEED_RING, service.as_ref()], &PROOFS_ID)
}

/// The last 64 challenge seeds of a service.
pub fn seeds(service: &Pubkey) -> Pubkey {
    find(&[SEED_SEEDS, service.as_ref()], &PROOFS_ID)
}

/// An operator's commitment to the shard with this root.
pub fn commitment(operator: &Pubkey, root: &[u8; 32]) -> Pubkey {
    find(&[SEED_COMMITMENT, operator.as_ref(), root], &PROOFS_ID)
}

/// Who voted for what in an epoch.
pub fn round(service: &Pubkey, epoch: u64) -> Pubkey {
    find(
        &[SEED_ROUND, service.as_ref(), &epoch.to_le_bytes()],
        &PROOFS_ID,
    )
}

/// A verifier's proposal for an epoch.
pub fn proposal(service: &Pubkey, epoch: u64, proposer: &Pubkey) -> Pubkey {
    let epoch = epoch.to_le_bytes();
    find(
        &[SEED_PROPOSAL, service.as_ref(), &epoch, proposer.as_ref()],
        &PROOFS_ID,
    )
}

/// The dispute about a proposal.
pub fn dispute(proposal: &Pubkey) -> Pubkey {
    find(&[SEED_DISPUTE, proposal.as_ref()], &PROOFS_ID)
}

/// Holds the bond of a dispute's challenger.
pub fn dispute_vault(dispute: &Pubkey) -> Pubkey {
    find(&[SEED_DISPUTE_VAULT, dispute.as_ref()], &PROOFS_ID)
}

/// What an operator has committed to in all.
pub fn load(operator: &Pubkey) -> Pubkey {
    find(&[SEED_LOAD, operator.as_ref()], &PROOFS_ID)
}

/// Signs for the proofs program when it takes a bond.
pub fn slasher() -> Pubkey {
    find(&[SEED_SLASHER], &PROOFS_ID)
}

/// The reward pool of a service.
pub fn pool(service: &Pubkey) -> Pubkey {
    find(&[SEED_POOL, service.as_ref()], &REWARDS_ID)
}

/// The tokens of a reward pool.
pub fn pool_vault(pool: &Pubkey) -> Pubkey {
    find(&[SEED_POOL_VAULT, pool.as_ref()], &REWARDS_ID)
}

/// The stablecoin of a reward pool.
pub fn pool_stable_vault(pool: &Pubkey) -> Pubkey {
    find(&[SEED_POOL_STABLE_VAULT, pool.as_ref()], &REWARDS_ID)
}

/// How much a pool that mints mints.
pub fn emission(pool: &Pubkey) -> Pubkey {
    find(&[SEED_EMISSION, pool.as_ref()], &REWARDS_ID)
}

/// The proposed change of a pool's parameters.
pub fn pool_change(pool: &Pubkey) -> Pubkey {
    find(&[SEED_CHANGE, pool.as_ref()], &REWARDS_ID)
}

/// What customers paid for a service.
pub fn revenue(service: &Pubkey) -> Pubkey {
    find(&[SEED_REVENUE, service.as_ref()], &CREDITS_ID)
}

/// Signs for the pools of a network that mint.
pub fn minter(network: &Pubkey) -> Pubkey {
    find(&[SEED_MINTER, network.as_ref()], &REWARDS_ID)
}

/// What an operator has claimed from a pool.
pub fn claim(pool: &Pubkey, operator: &Pubkey) -> Pubkey {
    find(&[SEED_CLAIM, pool.as_ref(), operator.as_ref()], &REWARDS_ID)
}

/// The credit market of a network.
pub fn market(network: &Pubkey) -> Pubkey {
    find(&[SEED_MARKET, network.as_ref()], &CREDITS_ID)
}

/// The mint of a network's credits.
pub fn credit_mint(network: &Pubkey) -> Pubkey {
    find(&[SEED_CREDIT_MINT, network.as_ref()], &CREDITS_ID)
}

/// Stablecoin from the sale of credits.
pub fn revenue_vault(network: &Pubkey) -> Pubkey {
    find(&[SEED_REVENUE_VAULT, network.as_ref()], &CREDITS_ID)
}

/// A customer's account with a network.
pub fn customer(network: &Pubkey, customer: &Pubkey) -> Pubkey {
    find(
        &[SEED_CUSTOMER, network.as_ref(), customer.as_ref()],
        &CREDITS_ID,
    )
}

/// The lease that pays for a commitment.
pub fn lease(commitment: &Pubkey) -> Pubkey {
    find(&[SEED_LEASE, commitment.as_ref()], &CREDITS_ID)
}

/// A customer's lease group with this number.
pub fn lease_group(customer: &Pubkey, id: u64) -> Pubkey {
    let id = id.to_le_bytes();
    find(&[SEED_LEASE_GROUP, customer.as_ref(), &id], &CREDITS_ID)
}

/// The maintenance that an operator declared.
pub fn maintenance(operator: &Pubkey) -> Pubkey {
    find(&[SEED_MAINTENANCE, operator.as_ref()], &CREDITS_ID)
}

/// The pending change of a market's rules.
pub fn market_change(market: &Pubkey) -> Pubkey {
    find(&[SEED_CHANGE, market.as_ref()], &CREDITS_ID)
}

/// The protocol's share of a market's revenue.
pub fn treasury(market: &Pubkey) -> Pubkey {
    find(&[SEED_TREASURY, market.as_ref()], &CREDITS_ID)
}

/// The insurance's share of a market's revenue.
pub fn insurance_stable_vault(market: &Pubkey) -> Pubkey {
    find(&[SEED_INSURANCE_STABLE_VAULT, market.as_ref()], &CREDITS_ID)
}

/// Who sells a market's credits by card.
pub fn biller(market: &Pubkey) -> Pubkey {
    find(&[SEED_BILLER, market.as_ref()], &CREDITS_ID)
}

/// The sale of a card payment.
pub fn card_sale(market: &Pubkey, payment_id: &[u8; 32]) -> Pubkey {
    find(&[SEED_CARD_SALE, market.as_ref(), payment_id], &CREDITS_ID)
}

/// What a key may spend of a customer's account.
pub fn delegate(account: &Pubkey, key: &Pubkey) -> Pubkey {
    find(
        &[SEED_DELEGATE, account.as_ref(), key.as_ref()],
        &CREDITS_ID,
    )
}

/// How a customer's account fills itself.
pub fn topup(account: &Pubkey) -> Pubkey {
    find(&[SEED_TOPUP, account.as_ref()], &CREDITS_ID)
}

/// The meter of a customer's account at an operator.
pub fn meter(account: &Pubkey, operator: &Pubkey) -> Pubkey {
    find(
        &[SEED_METER, account.as_ref(), operator.as_ref()],
        &CREDITS_ID,
    )
}

/// A wallet's usual account for a token of the token program.
pub fn token_account(wallet: &Pubkey, mint: &Pubkey) -> Pubkey {
    associated(wallet, mint, &TOKEN_PROGRAM_ID)
}

/// A wallet's usual account for a network's credits, which are Token-2022 tokens.
pub fn credit_account(wallet: &Pubkey, credit_mint: &Pubkey) -> Pubkey {
    associated(wallet, credit_mint, &TOKEN_2022_PROGRAM_ID)
}

fn associated(wallet: &Pubkey, mint: &Pubkey, token_program: &Pubkey) -> Pubkey {
    find(
        &[wallet.as_ref(), token_program.as_ref(), mint.as_ref()],
        &ASSOCIATED_TOKEN_PROGRAM_ID,
    )
}
