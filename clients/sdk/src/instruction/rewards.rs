//! Instructions of the rewards program.

use solana_instruction::{AccountMeta, Instruction};
use solana_pubkey::Pubkey;
use trestle_rewards::{
    accounts, groups::__client_accounts_payingpool::PayingPool, instruction as args,
};

pub use trestle_rewards::{
    instructions::{PushArgs, PushLeaf},
    state::PoolParams,
};
pub use trestle_staking::leaf::{Counters, LeafProof};

use super::build;
use crate::address::{self, REWARDS_ID, SYSTEM_PROGRAM_ID, TOKEN_PROGRAM_ID};

fn paying(service: &Pubkey) -> PayingPool {
    let pool = address::pool(service);
    PayingPool {
        pool,
        vault: address::pool_vault(&pool),
        ring: address::ring(service),
        token_program: TOKEN_PROGRAM_ID,
    }
}

/// Signed by the network's authority.
pub fn pool_open(
    authority: &Pubkey,
    network: &Pubkey,
    service: &Pubkey,
    token_mint: &Pubkey,
    params: PoolParams,
) -> Instruction {
    let pool = address::pool(service);
    let accounts = accounts::PoolOpen {
        authority: *authority,
        network: *network,
        service: *service,
        token_mint: *token_mint,
        pool,
        vault: address::pool_vault(&pool),
        token_program: TOKEN_PROGRAM_ID,
        system_program: SYSTEM_PROGRAM_ID,
    };
    build(REWARDS_ID, &accounts, &args::PoolOpen { params })
}

/// Anybody may fund a pool. Signed by the owner of `source`.
pub fn pool_fund(
    funder: &Pubkey,
    source: &Pubkey,
    network: &Pubkey,
    service: &Pubkey,
    amount: u64,
) -> Instruction {
    let pool = address::pool(service);
    let accounts = accounts::PoolFund {
        funder: *funder,
        source: *source,
        network: *network,
        pool,
        vault: address::pool_vault(&pool),
        token_program: TOKEN_PROGRAM_ID,
    };
    build(REWARDS_ID, &accounts, &args::PoolFund { amount })
}

/// Allots the next epoch. Anybody may send it.
pub fn epoch_allot(
    network: &Pubkey,
    service: &Pubkey,
    token_mint: &Pubkey,
    epoch: u64,
) -> Instruction {
    let pool = address::pool(service);
    let accounts = accounts::EpochAllot {
        network: *network,
        pool,
        vault: address::pool_vault(&pool),
        token_mint: *token_mint,
        minter: address::minter(network),
        token_program: TOKEN_PROGRAM_ID,
    };
    build(REWARDS_ID, &accounts, &args::EpochAllot { epoch })
}

/// Opens an operator's claim. Anybody may pay for it.
pub fn claim_open(payer: &Pubkey, service: &Pubkey, operator: &Pubkey) -> Instruction {
    let pool = address::pool(service);
    let accounts = accounts::ClaimOpen {
        payer: *payer,
        pool,
        operator: *operator,
        claim: address::claim(&pool, operator),
        system_program: SYSTEM_PROGRAM_ID,
    };
    build(REWARDS_ID, &accounts, &args::ClaimOpen {})
}

/// Copies an operator's payout account into its claim. Anybody may send it.
pub fn claim_sync(service: &Pubkey, operator: &Pubkey) -> Instruction {
    let pool = address::pool(service);
    let accounts = accounts::ClaimSync {
        operator: *operator,
        claim: address::claim(&pool, operator),
    };
    build(REWARDS_ID, &accounts, &args::ClaimSync {})
}

/// Pays one operator. `payout` is the one that its claim names. Anybody may send it.
pub fn reward_claim(
    service: &Pubkey,
    operator: &Pubkey,
    payout: &Pubkey,
    leaf: LeafProof,
) -> Instruction {
    let accounts = accounts::RewardClaim {
        from: paying(service),
        claim: address::claim(&address::pool(service), operator),
        payout: *payout,
    };
    build(REWARDS_ID, &accounts, &args::RewardClaim { leaf })
}

/// One operator of a push, in the order of the leaves.
#[derive(Debug, Clone, Copy)]
pub struct PushAccounts {
    pub operator: Pubkey,
    /// The payout account that the operator's claim names.
    pub payout: Pubkey,
}

/// Pays several operators. Anybody may send it.
pub fn reward_push(service: &Pubkey, operators: &[PushAccounts], push: PushArgs) -> Instruction {
    let accounts = accounts::RewardPush {
        from: paying(service),
    };
    let pool = address::pool(service);
    let mut instruction = build(REWARDS_ID, &accounts, &args::RewardPush { args: push });
    for payee in operators {
        let claim = address::claim(&pool, &payee.operator);
        instruction.accounts.push(AccountMeta::new(claim, false));
        instruction
            .accounts
            .push(AccountMeta::new(payee.payout, false));
    }
    instruction
}
