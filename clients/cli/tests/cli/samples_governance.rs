//! Fixed results of the commands that govern a network.

use trestle_cli::commands::{
    change::{ChangeAction, ChangeOutput, ChangeShowOutput, ParameterText},
    hand_over::{HandOverAction, HandOverOutput, OperatorExitOutput},
    network_pause::NetworkPauseOutput,
    verifier::{VerifierAction, VerifierListOutput, VerifierText, VerifierWriteOutput},
};

use crate::samples::{address, landed, tokens};

pub fn pause() -> NetworkPauseOutput {
    NetworkPauseOutput {
        network: address(1),
        paused: vec!["proofs", "credits"],
        transaction: landed(),
    }
}

fn parameters() -> Vec<ParameterText> {
    vec![
        ParameterText {
            name: "unbonding",
            before: "14 d".to_string(),
            after: "21 d".to_string(),
        },
        ParameterText {
            name: "bondSlash",
            before: "50 %".to_string(),
            after: "60 %".to_string(),
        },
    ]
}

pub fn change(action: ChangeAction) -> ChangeOutput {
    ChangeOutput {
        action,
        noun: "network",
        target: address(1),
        due_epoch: Some("46".to_string()),
        parameters: parameters(),
        transaction: landed(),
    }
}

pub fn pending() -> ChangeShowOutput {
    ChangeShowOutput {
        target: address(1),
        due_epoch: 46,
        epoch: 42,
        parameters: parameters(),
    }
}

pub fn hand_over(action: HandOverAction) -> HandOverOutput {
    HandOverOutput {
        action,
        account: address(1),
        key: address(2),
        transaction: landed(),
    }
}

pub fn operator_exit() -> OperatorExitOutput {
    OperatorExitOutput {
        operator: address(10),
        amount: tokens(40_000_000_000),
        unlock_seconds: 1_209_600,
        transaction: landed(),
    }
}

pub fn verifier(action: VerifierAction) -> VerifierWriteOutput {
    VerifierWriteOutput {
        action,
        verifier: address(20),
        amount: tokens(1_000_000_000_000),
        transaction: landed(),
    }
}

pub fn verifiers() -> VerifierListOutput {
    VerifierListOutput {
        verifiers: vec![
            VerifierText {
                number: 0,
                verifier: address(20),
                bond: tokens(1_000_000_000_000),
                admitted_epoch: 0,
                exit_unlock_at: None,
                exit_text: None,
            },
            VerifierText {
                number: 1,
                verifier: address(21),
                bond: tokens(2_000_000_000_000),
                admitted_epoch: 7,
                exit_unlock_at: Some("1800086400".to_string()),
                exit_text: Some("in 1 d".to_string()),
            },
        ],
    }
}
