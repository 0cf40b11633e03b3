//! Instructions of the staking program that govern a network and hand over keys.

use solana_instruction::Instruction;
use solana_pubkey::Pubkey;
use trestle_staking::{
    accounts, groups::__client_accounts_bondvault::BondVault, instruction as args,
};

use super::{
    build,
    staking::{NetworkParams, ServiceParams},
};
use crate::address::{self, STAKING_ID, SYSTEM_PROGRAM_ID, TOKEN_PROGRAM_ID};

/// Names all parameters; the length of epochs must be the network's. Signed by its authority.
pub fn network_change_propose(
    authority: &Pubkey,
    network: &Pubkey,
    params: NetworkParams,
) -> Instruction {
    let accounts = accounts::NetworkChangePropose {
        authority: *authority,
        network: *network,
        change: address::change(network),
        system_program: SYSTEM_PROGRAM_ID,
    };
    build(
        STAKING_ID,
        &accounts,
        &args::NetworkChangePropose { params },
    )
}

/// Anybody may apply a change that is due. `payer` is the one that the change names.
pub fn network_change_apply(network: &Pubkey, payer: &Pubkey) -> Instruction {
    let accounts = accounts::NetworkChangeApply {
        network: *network,
        change: address::change(network),
        payer: *payer,
    };
    build(STAKING_ID, &accounts, &args::NetworkChangeApply {})
}

/// Signed by the network's authority. `payer` is the one that the change names.
pub fn network_change_cancel(authority: &Pubkey, network: &Pubkey, payer: &Pubkey) -> Instruction {
    let accounts = accounts::NetworkChangeCancel {
        authority: *authority,
        network: *network,
        change: address::change(network),
        payer: *payer,
    };
    build(STAKING_ID, &accounts, &args::NetworkChangeCancel {})
}

/// Names all parameters; the kind must be the service's. Signed by the network's authority.
pub fn service_change_propose(
    authority: &Pubkey,
    network: &Pubkey,
    service: &Pubkey,
    params: ServiceParams,
) -> Instruction {
    let accounts = accounts::ServiceChangePropose {
        authority: *authority,
        network: *network,
        service: *service,
        change: address::change(service),
        system_program: SYSTEM_PROGRAM_ID,
    };
    build(
        STAKING_ID,
        &accounts,
        &args::ServiceChangePropose { params },
    )
}

/// Anybody may apply a change that is due. `payer` is the one that the change names.
pub fn service_change_apply(network: &Pubkey, service: &Pubkey, payer: &Pubkey) -> Instruction {
    let accounts = accounts::ServiceChangeApply {
        network: *network,
        service: *service,
        change: address::change(service),
        payer: *payer,
    };
    build(STAKING_ID, &accounts, &args::ServiceChangeApply {})
}

/// Signed by the network's authority. `payer` is the one that the change names.
pub fn service_change_cancel(
    authority: &Pubkey,
    network: &Pubkey,
    service: &Pubkey,
    payer: &Pubkey,
) -> Instruction {
    let accounts = accounts::ServiceChangeCancel {
        authority: *authority,
        network: *network,
        service: *service,
        change: address::change(service),
        payer: *payer,
    };
    build(STAKING_ID, &accounts, &args::ServiceChangeCancel {})
}

/// First step of changing the key that acts for an operator, signed by its controller.
pub fn operator_key_propose(
    controller: &Pubkey,
    operator: &Pubkey,
    candidate: &Pubkey,
) -> Instruction {
    let accounts = accounts::OperatorKeyPropose {
        controller: *controller,
        operator: *operator,
    };
    let args = args::OperatorKeyPropose {
        candidate: *candidate,
    };
    build(STAKING_ID, &accounts, &args)
}

/// Second step, signed by the candidate.
pub fn operator_key_accept(candidate: &Pubkey, operator: &Pubkey) -> Instruction {
    let accounts = accounts::OperatorKeyAccept {
        candidate: *candidate,
        operator: *operator,
    };
    build(STAKING_ID, &accounts, &args::OperatorKeyAccept {})
}

/// Root and number of the tree over `trestle_core::device` leaves. Signed by the controller.
pub fn operator_devices_set(
    controller: &Pubkey,
    operator: &Pubkey,
    root: [u8; 32],
    count: u32,
) -> Instruction {
    let accounts = accounts::OperatorDevicesSet {
        controller: *controller,
        operator: *operator,
    };
    build(
        STAKING_ID,
        &accounts,
        &args::OperatorDevicesSet { root, count },
    )
}

/// For good. Signed by the operator's controller.
pub fn operator_exit(controller: &Pubkey, network: &Pubkey, operator: &Pubkey) -> Instruction {
    let accounts = accounts::OperatorExit {
        controller: *controller,
        network: *network,
        operator: *operator,
    };
    build(STAKING_ID, &accounts, &args::OperatorExit {})
}

/// Signed by the network's authority.
pub fn verifier_remove(authority: &Pubkey, network: &Pubkey, verifier: &Pubkey) -> Instruction {
    let accounts = accounts::VerifierRemove {
        authority: *authority,
        network: *network,
        verifiers: address::verifiers(network),
    };
    let args = args::VerifierRemove {
        verifier: *verifier,
    };
    build(STAKING_ID, &accounts, &args)
}

/// Signed by the verifier, who owns `source`.
pub fn verifier_bond_add(
    verifier: &Pubkey,
    source: &Pubkey,
    network: &Pubkey,
    amount: u64,
) -> Instruction {
    let accounts = accounts::VerifierBondAdd {
        verifier: *verifier,
        source: *source,
        bonds: BondVault {
            network: *network,
            verifiers: address::verifiers(network),
            bond_vault: address::bond_vault(network),
            token_program: TOKEN_PROGRAM_ID,
        },
    };
    build(STAKING_ID, &accounts, &args::VerifierBondAdd { amount })
}
