//! Instructions of the staking program.

use solana_instruction::Instruction;
use solana_pubkey::Pubkey;
use trestle_staking::{
    accounts,
    groups::{__client_accounts_bondvault::BondVault, __client_accounts_stakevault::StakeVault},
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

/// Signed by the verifier.
pub fn verifier_exit(verifier: &Pubkey, network: &Pubkey) -> Instruction {
    let accounts = accounts::VerifierExit {
        verifier: *verifier,
        network: *network,
        verifiers: address::verifiers(network),
    };
    build(STAKING_ID, &accounts, &args::VerifierExit {})
}

/// Signed by the verifier, who must own `destination`.
pub fn verifier_withdraw(verifier: &Pubkey, destination: &Pubkey, network: &Pubkey) -> Instruction {
    let accounts = accounts::VerifierWithdraw {
        verifier: *verifier,
        destination: *destination,
        bonds: bonds(network),
    };
    build(STAKING_ID, &accounts, &args::VerifierWithdraw {})
}

/// Applies a slash that a final root contains. Anybody may send it.
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
    };
    build(STAKING_ID, &accounts, &args::SlashApply { leaf })
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
