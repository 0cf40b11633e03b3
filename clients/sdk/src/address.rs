//! Addresses: the programs' own and every account that is derived from them.
//!
//! Seeds are those that the programs use themselves.

use solana_pubkey::Pubkey;
use trestle_core::{
    program_ids,
    seeds::{
        SEED_BILLER, SEED_BOND_VAULT, SEED_CARD_SALE, SEED_CHANGE, SEED_CLAIM, SEED_COMMITMENT,
        SEED_CREDIT_MINT, SEED_CUSTOMER, SEED_DELEGATE, SEED_INSURANCE_STABLE_VAULT,
        SEED_INSURANCE_VAULT, SEED_LEASE, SEED_MARKET, SEED_METER, SEED_NETWORK, SEED_OPERATOR,
        SEED_POOL, SEED_POOL_STABLE_VAULT, SEED_POOL_VAULT, SEED_PROPOSAL, SEED_REVENUE,
        SEED_REVENUE_VAULT, SEED_RING, SEED_ROUND, SEED_SEEDS, SEED_SERVICE, SEED_SLASHER,
        SEED_STAKE_VAULT, SEED_TOPUP, SEED_TREASURY, SEED_VERIFIERS,
    },
};
use trestle_rewards::constants::SEED_MINTER;

pub const STAKING_ID: Pubkey = Pubkey::new_from_array(program_ids::STAKING_ID);
pub const PROOFS_ID: Pubkey = Pubkey::new_from_array(program_ids::PROOFS_ID);
pub const REWARDS_ID: Pubkey = Pubkey::new_from_array(program_ids::REWARDS_ID);
pub const CREDITS_ID: Pubkey = Pubkey::new_from_array(program_ids::CREDITS_ID);

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

/// What customers paid for a service.
pub fn revenue(service: &Pubkey) -> Pubkey {
    find(&[SEED_REVENUE, service.as_ref()], &CREDITS_ID)
}

/// The lease that pays for a commitment.
pub fn lease(commitment: &Pubkey) -> Pubkey {
    find(&[SEED_LEASE, commitment.as_ref()], &CREDITS_ID)
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

/// The stablecoin that a pool pays its operators.
pub fn pool_stable_vault(pool: &Pubkey) -> Pubkey {
    find(&[SEED_POOL_STABLE_VAULT, pool.as_ref()], &REWARDS_ID)
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
