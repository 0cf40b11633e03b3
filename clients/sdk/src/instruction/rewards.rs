//! Instructions of the rewards program.

use solana_instruction::{AccountMeta, Instruction};
use solana_pubkey::Pubkey;
use trestle_rewards::{
    accounts,
    groups::client::{PayingPool, StablePool},
    instruction as args,
};

pub use trestle_rewards::{
    instructions::{ChangeArgs, PushArgs, PushLeaf},
    state::{EmissionParams, EmissionStep, PoolParams, PoolTerms, StableParams},
};
pub use trestle_staking::leaf::{Counters, LeafProof};

use super::build;
use crate::address::{self, REWARDS_ID, STAKING_ID, SYSTEM_PROGRAM_ID, TOKEN_PROGRAM_ID};

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

/// Allots the next epoch. Anybody may send it. `price_account` is the one that the network's market
/// reads; a pool that is funded reads none, whatever it is.
pub fn epoch_allot(
    network: &Pubkey,
    service: &Pubkey,
    token_mint: &Pubkey,
    price_account: &Pubkey,
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
        stable_vault: address::pool_stable_vault(&pool),
        emission: address::emission(&pool),
        revenue: address::revenue(service),
        market: address::market(network),
        price_account: *price_account,
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

/// Brings a claim of layout 1 to the present layout. Anybody may send it.
pub fn claim_migrate(claim: &Pubkey) -> Instruction {
    let accounts = accounts::ClaimMigrate { claim: *claim };
    build(REWARDS_ID, &accounts, &args::ClaimMigrate {})
}

/// Copies an operator's payout account and its delegators' share into its claim. Anybody may send
/// it.
pub fn claim_sync(network: &Pubkey, service: &Pubkey, operator: &Pubkey) -> Instruction {
    let pool = address::pool(service);
    let accounts = accounts::ClaimSync {
        operator: *operator,
        claim: address::claim(&pool, operator),
        network: *network,
        delegation_pool: address::delegation_pool(operator),
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

/// Opens the emission of a pool that mints. Signed by the network's authority.
pub fn emission_open(
    authority: &Pubkey,
    network: &Pubkey,
    service: &Pubkey,
    params: EmissionParams,
) -> Instruction {
    let pool = address::pool(service);
    let accounts = accounts::EmissionOpen {
        authority: *authority,
        network: *network,
        service: *service,
        pool,
        market: address::market(network),
        revenue: address::revenue(service),
        emission: address::emission(&pool),
        system_program: SYSTEM_PROGRAM_ID,
    };
    build(REWARDS_ID, &accounts, &args::EmissionOpen { params })
}

/// Opens the stable vault of a pool. Signed by the network's authority.
pub fn pool_stable_open(
    authority: &Pubkey,
    network: &Pubkey,
    service: &Pubkey,
    stable_mint: &Pubkey,
    params: StableParams,
) -> Instruction {
    let pool = address::pool(service);
    let accounts = accounts::PoolStableOpen {
        authority: *authority,
        network: *network,
        pool,
        stable_mint: *stable_mint,
        stable_vault: address::pool_stable_vault(&pool),
        token_program: TOKEN_PROGRAM_ID,
        system_program: SYSTEM_PROGRAM_ID,
    };
    build(REWARDS_ID, &accounts, &args::PoolStableOpen { params })
}

/// Sets where a claim pays stablecoin. Signed by the operator's controller.
pub fn claim_stable_payout_set(
    controller: &Pubkey,
    network: &Pubkey,
    service: &Pubkey,
    operator: &Pubkey,
    stable_payout: &Pubkey,
) -> Instruction {
    let accounts = accounts::ClaimStablePayoutSet {
        controller: *controller,
        operator: *operator,
        network: *network,
        claim: address::claim(&address::pool(service), operator),
        stable_payout: *stable_payout,
    };
    build(REWARDS_ID, &accounts, &args::ClaimStablePayoutSet {})
}

/// Pays one operator its stablecoin. `stable_payout` is the one that its claim names. Anybody may
/// send it.
pub fn reward_claim_stable(
    service: &Pubkey,
    operator: &Pubkey,
    stable_payout: &Pubkey,
    leaf: LeafProof,
) -> Instruction {
    let pool = address::pool(service);
    let accounts = accounts::RewardClaimStable {
        from: StablePool {
            pool,
            stable_vault: address::pool_stable_vault(&pool),
            ring: address::ring(service),
            token_program: TOKEN_PROGRAM_ID,
        },
        claim: address::claim(&pool, operator),
        stable_payout: *stable_payout,
    };
    build(REWARDS_ID, &accounts, &args::RewardClaimStable { leaf })
}

/// Pays an operator what was held back and its age has released. Anybody may send it.
pub fn held_release(
    network: &Pubkey,
    service: &Pubkey,
    operator: &Pubkey,
    payout: &Pubkey,
) -> Instruction {
    let accounts = accounts::HeldRelease {
        from: paying(service),
        network: *network,
        operator: *operator,
        claim: address::claim(&address::pool(service), operator),
        payout: *payout,
    };
    build(REWARDS_ID, &accounts, &args::HeldRelease {})
}

/// Takes a slash that a final root contains of an operator's pay. Anybody may send it, and somebody
/// must before the operator's stake can be slashed by that leaf.
pub fn held_slash(
    network: &Pubkey,
    token_mint: &Pubkey,
    service: &Pubkey,
    operator: &Pubkey,
    leaf: LeafProof,
) -> Instruction {
    let accounts = accounts::HeldSlash {
        from: paying(service),
        network: *network,
        operator: *operator,
        claim: address::claim(&address::pool(service), operator),
        token_mint: *token_mint,
        insurance_vault: address::insurance_vault(network),
        staking_program: STAKING_ID,
    };
    build(REWARDS_ID, &accounts, &args::HeldSlash { leaf })
}

/// Pays delegators what was set aside for them. Anybody may send it.
pub fn delegation_pay(network: &Pubkey, service: &Pubkey, operator: &Pubkey) -> Instruction {
    let pool = address::pool(service);
    let accounts = accounts::DelegationPay {
        from: paying(service),
        stable_vault: address::pool_stable_vault(&pool),
        claim: address::claim(&pool, operator),
        distributor: address::distributor(),
        network: *network,
        delegation_pool: address::delegation_pool(operator),
        delegator_vaults: address::delegator_vaults(network),
        delegator_vault: address::delegator_vault(network),
        delegator_stable_vault: address::delegator_stable_vault(network),
        staking_program: STAKING_ID,
    };
    build(REWARDS_ID, &accounts, &args::DelegationPay {})
}

/// Proposes a change of a pool's parameters. Signed by the network's authority.
pub fn pool_change_propose(
    authority: &Pubkey,
    network: &Pubkey,
    service: &Pubkey,
    change: ChangeArgs,
) -> Instruction {
    let pool = address::pool(service);
    let accounts = accounts::PoolChangePropose {
        authority: *authority,
        network: *network,
        pool,
        emission: address::emission(&pool),
        market: address::market(network),
        change: address::pool_change(&pool),
        system_program: SYSTEM_PROGRAM_ID,
    };
    let args = args::PoolChangePropose { args: change };
    build(REWARDS_ID, &accounts, &args)
}

/// Applies a change that is due. `proposer` is the one that it names. Anybody may send it.
pub fn pool_change_apply(proposer: &Pubkey, network: &Pubkey, service: &Pubkey) -> Instruction {
    let pool = address::pool(service);
    let accounts = accounts::PoolChangeApply {
        proposer: *proposer,
        network: *network,
        pool,
        emission: address::emission(&pool),
        market: address::market(network),
        change: address::pool_change(&pool),
    };
    build(REWARDS_ID, &accounts, &args::PoolChangeApply {})
}

/// Cancels a proposed change. `proposer` is the one that it names. Signed by the network's
/// authority.
pub fn pool_change_cancel(
    authority: &Pubkey,
    proposer: &Pubkey,
    network: &Pubkey,
    service: &Pubkey,
) -> Instruction {
    let pool = address::pool(service);
    let accounts = accounts::PoolChangeCancel {
        authority: *authority,
        proposer: *proposer,
        network: *network,
        pool,
        change: address::pool_change(&pool),
    };
    build(REWARDS_ID, &accounts, &args::PoolChangeCancel {})
}
