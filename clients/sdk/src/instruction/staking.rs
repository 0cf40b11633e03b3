//! Instructions of the staking program.

use solana_instruction::Instruction;
use solana_pubkey::Pubkey;
use trestle_staking::{
    accounts,
    groups::client::{BondVault, DelegatedStake, DelegatorRewards, StakeVault},
    instruction as args,
};

pub use trestle_staking::{
    leaf::{Counters, LeafProof},
    state::{NetworkParams, OperatorProfile, ServiceParams},
};

pub use super::staking_governance::*;

use super::build;
use crate::address::{self, STAKING_ID, SYSTEM_PROGRAM_ID, TOKEN_PROGRAM_ID};

fn stake(network: &Pubkey, operator: &Pubkey) -> StakeVault {
    StakeVault {
        network: *network,
        operator: *operator,
        stake_vault: address::stake_vault(network),
        token_program: TOKEN_PROGRAM_ID,
    }
}

fn bonds(network: &Pubkey) -> BondVault {
    BondVault {
        network: *network,
        verifiers: address::verifiers(network),
        bond_vault: address::bond_vault(network),
        token_program: TOKEN_PROGRAM_ID,
    }
}

fn delegated(network: &Pubkey, pool: &Pubkey) -> DelegatedStake {
    DelegatedStake {
        network: *network,
        pool: *pool,
        stake_vault: address::stake_vault(network),
        token_program: TOKEN_PROGRAM_ID,
    }
}

fn delegator_rewards(network: &Pubkey, pool: &Pubkey) -> DelegatorRewards {
    DelegatorRewards {
        pool: *pool,
        vaults: address::delegator_vaults(network),
        token_vault: address::delegator_vault(network),
        stable_vault: address::delegator_stable_vault(network),
    }
}

/// Signed by the token's mint authority, who becomes the network's authority.
pub fn network_create(
    authority: &Pubkey,
    token_mint: &Pubkey,
    stable_mint: &Pubkey,
    params: NetworkParams,
) -> Instruction {
    let network = address::network(token_mint);
    let accounts = accounts::NetworkCreate {
        authority: *authority,
        token_mint: *token_mint,
        stable_mint: *stable_mint,
        network,
        verifiers: address::verifiers(&network),
        stake_vault: address::stake_vault(&network),
        bond_vault: address::bond_vault(&network),
        insurance_vault: address::insurance_vault(&network),
        token_program: TOKEN_PROGRAM_ID,
        system_program: SYSTEM_PROGRAM_ID,
    };
    build(STAKING_ID, &accounts, &args::NetworkCreate { params })
}

/// `areas` is a mask of `trestle_core::pause`. Signed by the guardian or the authority to pause, by
/// the authority to resume.
pub fn network_pause(actor: &Pubkey, network: &Pubkey, areas: u8, paused: bool) -> Instruction {
    let accounts = accounts::NetworkPause {
        actor: *actor,
        network: *network,
    };
    build(STAKING_ID, &accounts, &args::NetworkPause { areas, paused })
}

/// First step of a hand-over, signed by the authority.
pub fn authority_propose(authority: &Pubkey, network: &Pubkey, candidate: &Pubkey) -> Instruction {
    let accounts = accounts::AuthorityPropose {
        authority: *authority,
        network: *network,
    };
    let args = args::AuthorityPropose {
        candidate: *candidate,
    };
    build(STAKING_ID, &accounts, &args)
}

/// Second step of a hand-over, signed by the candidate.
pub fn authority_accept(candidate: &Pubkey, network: &Pubkey) -> Instruction {
    let accounts = accounts::AuthorityAccept {
        candidate: *candidate,
        network: *network,
    };
    build(STAKING_ID, &accounts, &args::AuthorityAccept {})
}

/// `index` is the network's `service_count` before. Signed by the network's authority.
pub fn service_create(
    authority: &Pubkey,
    network: &Pubkey,
    index: u16,
    params: ServiceParams,
) -> Instruction {
    let accounts = accounts::ServiceCreate {
        authority: *authority,
        network: *network,
        service: address::service(network, index),
        system_program: SYSTEM_PROGRAM_ID,
    };
    build(STAKING_ID, &accounts, &args::ServiceCreate { params })
}

/// Signed by the operator's wallet; `payout` is a token account of the network's token.
pub fn operator_register(
    authority: &Pubkey,
    network: &Pubkey,
    service: &Pubkey,
    payout: &Pubkey,
    profile: OperatorProfile,
) -> Instruction {
    let accounts = accounts::OperatorRegister {
        authority: *authority,
        network: *network,
        service: *service,
        payout: *payout,
        operator: address::operator(service, authority),
        system_program: SYSTEM_PROGRAM_ID,
    };
    build(STAKING_ID, &accounts, &args::OperatorRegister { profile })
}

/// Replaces profile and payout account. Signed by the operator's wallet.
pub fn operator_update(
    authority: &Pubkey,
    network: &Pubkey,
    operator: &Pubkey,
    payout: &Pubkey,
    profile: OperatorProfile,
) -> Instruction {
    let accounts = accounts::OperatorUpdate {
        authority: *authority,
        network: *network,
        payout: *payout,
        operator: *operator,
        load: address::load(operator),
    };
    build(STAKING_ID, &accounts, &args::OperatorUpdate { profile })
}

/// Anybody may deposit for an operator. Signed by the owner of `source`.
pub fn stake_deposit(
    depositor: &Pubkey,
    source: &Pubkey,
    network: &Pubkey,
    operator: &Pubkey,
    amount: u64,
) -> Instruction {
    let accounts = accounts::StakeDeposit {
        depositor: *depositor,
        source: *source,
        stake: stake(network, operator),
    };
    build(STAKING_ID, &accounts, &args::StakeDeposit { amount })
}

/// Signed by the operator's wallet.
pub fn stake_unbond(
    authority: &Pubkey,
    network: &Pubkey,
    operator: &Pubkey,
    amount: u64,
) -> Instruction {
    let accounts = accounts::StakeUnbond {
        authority: *authority,
        network: *network,
        operator: *operator,
    };
    build(STAKING_ID, &accounts, &args::StakeUnbond { amount })
}

/// Takes out every ticket that has matured. Signed by the operator's wallet, which must own
/// `destination`.
pub fn stake_withdraw(
    authority: &Pubkey,
    destination: &Pubkey,
    network: &Pubkey,
    operator: &Pubkey,
) -> Instruction {
    let accounts = accounts::StakeWithdraw {
        authority: *authority,
        destination: *destination,
        stake: stake(network, operator),
    };
    build(STAKING_ID, &accounts, &args::StakeWithdraw {})
}

/// Signed by the verifier, who owns `source`, and by the network's authority.
pub fn verifier_register(
    verifier: &Pubkey,
    authority: &Pubkey,
    source: &Pubkey,
    network: &Pubkey,
    bond: u64,
) -> Instruction {
    let accounts = accounts::VerifierRegister {
        verifier: *verifier,
        authority: *authority,
        source: *source,
        bonds: bonds(network),
    };
    build(STAKING_ID, &accounts, &args::VerifierRegister { bond })
}

/// Signed by the newcomer, who owns `source`.
pub fn verifier_displace(
    verifier: &Pubkey,
    source: &Pubkey,
    network: &Pubkey,
    bond: u64,
) -> Instruction {
    let accounts = accounts::VerifierDisplace {
        verifier: *verifier,
        source: *source,
        bonds: bonds(network),
    };
    build(STAKING_ID, &accounts, &args::VerifierDisplace { bond })
}

/// Signed by the verifier.
pub fn verifier_exit(verifier: &Pubkey, network: &Pubkey) -> Instruction {
    let accounts = accounts::VerifierExit {
        verifier: *verifier,
        network: *network,
        verifiers: address::verifiers(network),
    };
    build(STAKING_ID, &accounts, &args::VerifierExit {})
}

/// Anybody may send it; the verifier must own `destination`.
pub fn verifier_withdraw(verifier: &Pubkey, destination: &Pubkey, network: &Pubkey) -> Instruction {
    let accounts = accounts::VerifierWithdraw {
        verifier: *verifier,
        destination: *destination,
        bonds: bonds(network),
    };
    build(STAKING_ID, &accounts, &args::VerifierWithdraw {})
}

/// Applies a slash that a final root contains to an operator's stake. Anybody may send it, after
/// `held_slash` if the operator has a claim.
pub fn slash_apply(
    network: &Pubkey,
    token_mint: &Pubkey,
    service: &Pubkey,
    operator: &Pubkey,
    leaf: LeafProof,
) -> Instruction {
    let accounts = accounts::SlashApply {
        ring: address::ring(service),
        stake: stake(network, operator),
        token_mint: *token_mint,
        insurance_vault: address::insurance_vault(network),
        claim: address::claim(&address::pool(service), operator),
        delegation_pool: address::delegation_pool(operator),
    };
    build(STAKING_ID, &accounts, &args::SlashApply { leaf })
}

/// What `held_slash` has the rewards program call. Nobody else can sign for the pool; it is here so
/// that tests can try.
pub fn slash_record(service: &Pubkey, operator: &Pubkey, slashed: u64, amount: u64) -> Instruction {
    let accounts = accounts::SlashRecord {
        pool: address::pool(service),
        operator: *operator,
    };
    build(
        STAKING_ID,
        &accounts,
        &args::SlashRecord { slashed, amount },
    )
}

/// What a proven challenge has the proofs program call. Nobody else can sign for `slasher`; it is
/// here so that tests can try.
pub fn bond_slash(
    slasher: &Pubkey,
    network: &Pubkey,
    token_mint: &Pubkey,
    challenger_tokens: &Pubkey,
    signers: u32,
    voted_epoch: u64,
) -> Instruction {
    let accounts = accounts::BondSlash {
        slasher: *slasher,
        bonds: bonds(network),
        token_mint: *token_mint,
        insurance_vault: address::insurance_vault(network),
        challenger: *challenger_tokens,
    };
    let args = args::BondSlash {
        signers,
        voted_epoch,
    };
    build(STAKING_ID, &accounts, &args)
}

/// Anybody may open the vaults of a network's delegators, once. Signed by who pays the rent.
pub fn delegator_vaults_open(
    payer: &Pubkey,
    network: &Pubkey,
    token_mint: &Pubkey,
    stable_mint: &Pubkey,
) -> Instruction {
    let accounts = accounts::DelegatorVaultsOpen {
        payer: *payer,
        network: *network,
        token_mint: *token_mint,
        stable_mint: *stable_mint,
        vaults: address::delegator_vaults(network),
        token_vault: address::delegator_vault(network),
        stable_vault: address::delegator_stable_vault(network),
        token_program: TOKEN_PROGRAM_ID,
        system_program: SYSTEM_PROGRAM_ID,
    };
    build(STAKING_ID, &accounts, &args::DelegatorVaultsOpen {})
}

/// Lets others delegate to the operator. Signed by its controller.
pub fn delegation_pool_open(
    controller: &Pubkey,
    network: &Pubkey,
    operator: &Pubkey,
    commission_bps: u16,
) -> Instruction {
    let accounts = accounts::DelegationPoolOpen {
        controller: *controller,
        network: *network,
        operator: *operator,
        pool: address::delegation_pool(operator),
        system_program: SYSTEM_PROGRAM_ID,
    };
    let args = args::DelegationPoolOpen { commission_bps };
    build(STAKING_ID, &accounts, &args)
}

/// Signed by the operator's controller.
pub fn commission_change(
    controller: &Pubkey,
    network: &Pubkey,
    operator: &Pubkey,
    commission_bps: u16,
) -> Instruction {
    let accounts = accounts::CommissionChange {
        controller: *controller,
        network: *network,
        operator: *operator,
        pool: address::delegation_pool(operator),
    };
    let args = args::CommissionChange { commission_bps };
    build(STAKING_ID, &accounts, &args)
}

/// Anybody may delegate. Signed by the owner of `source`.
pub fn delegation_deposit(
    delegator: &Pubkey,
    source: &Pubkey,
    network: &Pubkey,
    operator: &Pubkey,
    amount: u64,
) -> Instruction {
    let pool = address::delegation_pool(operator);
    let accounts = accounts::DelegationDeposit {
        delegator: *delegator,
        source: *source,
        delegated: delegated(network, &pool),
        operator: *operator,
        delegation: address::delegation(&pool, delegator),
        system_program: SYSTEM_PROGRAM_ID,
    };
    build(STAKING_ID, &accounts, &args::DelegationDeposit { amount })
}

/// Signed by the delegator.
pub fn delegation_unbond(
    delegator: &Pubkey,
    network: &Pubkey,
    operator: &Pubkey,
    shares: u64,
) -> Instruction {
    let pool = address::delegation_pool(operator);
    let accounts = accounts::DelegationUnbond {
        delegator: *delegator,
        network: *network,
        pool,
        delegation: address::delegation(&pool, delegator),
    };
    build(STAKING_ID, &accounts, &args::DelegationUnbond { shares })
}

/// Takes out every ticket that has matured. Signed by the delegator, who must own `destination`.
pub fn delegation_withdraw(
    delegator: &Pubkey,
    destination: &Pubkey,
    network: &Pubkey,
    operator: &Pubkey,
) -> Instruction {
    let pool = address::delegation_pool(operator);
    let accounts = accounts::DelegationWithdraw {
        delegator: *delegator,
        destination: *destination,
        delegated: delegated(network, &pool),
        delegation: address::delegation(&pool, delegator),
    };
    build(STAKING_ID, &accounts, &args::DelegationWithdraw {})
}

/// Signed by the delegator, who must own both destinations.
pub fn delegation_claim(
    delegator: &Pubkey,
    token_destination: &Pubkey,
    stable_destination: &Pubkey,
    network: &Pubkey,
    operator: &Pubkey,
) -> Instruction {
    let pool = address::delegation_pool(operator);
    let accounts = accounts::DelegationClaim {
        delegator: *delegator,
        token_destination: *token_destination,
        stable_destination: *stable_destination,
        rewards: delegator_rewards(network, &pool),
        delegation: address::delegation(&pool, delegator),
        token_program: TOKEN_PROGRAM_ID,
    };
    build(STAKING_ID, &accounts, &args::DelegationClaim {})
}

/// What the rewards program calls when an operator with delegators is paid. Nobody else can sign
/// for `distributor`; it is here so that tests can try.
pub fn delegation_fund(
    distributor: &Pubkey,
    network: &Pubkey,
    operator: &Pubkey,
    tokens: u64,
    stable: u64,
) -> Instruction {
    let accounts = accounts::DelegationFund {
        distributor: *distributor,
        network: *network,
        rewards: delegator_rewards(network, &address::delegation_pool(operator)),
    };
    let args = args::DelegationFund { tokens, stable };
    build(STAKING_ID, &accounts, &args)
}

/// Gives the rent of an empty delegation back. Signed by the delegator.
pub fn delegation_close(delegator: &Pubkey, operator: &Pubkey) -> Instruction {
    let pool = address::delegation_pool(operator);
    let accounts = accounts::DelegationClose {
        delegator: *delegator,
        delegation: address::delegation(&pool, delegator),
    };
    build(STAKING_ID, &accounts, &args::DelegationClose {})
}

/// Ends the jail of an operator whose time has passed. Signed by its controller.
pub fn operator_release(controller: &Pubkey, service: &Pubkey, operator: &Pubkey) -> Instruction {
    let accounts = accounts::OperatorRelease {
        controller: *controller,
        service: *service,
        operator: *operator,
    };
    build(STAKING_ID, &accounts, &args::OperatorRelease {})
}
