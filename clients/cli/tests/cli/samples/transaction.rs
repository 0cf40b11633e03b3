//! Fixed results about transactions that others sign, and about devices.

use super::{address, dry_run, landed, SIGNATURE};
use trestle_cli::{
    commands::{
        devices::DevicesOutput,
        transaction::{InstructionText, TransactionOutput, TransactionSendOutput},
    },
    offline::OfflineText,
    send::Transaction,
};

pub fn offline() -> OfflineText {
    OfflineText {
        blockhash: address(60),
        signers: vec![format!("{}={SIGNATURE}", address(30))],
        absent: vec![address(31)],
        message: Some("AQABAg==".to_string()),
        transaction: Some("AQABAgM=".to_string()),
    }
}

pub fn transaction() -> TransactionOutput {
    TransactionOutput {
        fee_payer: address(30),
        instructions: vec![InstructionText {
            program: address(1),
            accounts: 7,
            data_bytes: 16,
        }],
        offline: offline(),
    }
}

pub fn sent() -> TransactionSendOutput {
    TransactionSendOutput {
        transaction: landed(),
    }
}

pub fn devices(unsent: bool) -> DevicesOutput {
    DevicesOutput {
        operator: address(10),
        root: "07".repeat(32),
        devices: 5,
        transaction: Transaction {
            offline: unsent.then(offline),
            ..if unsent { dry_run() } else { landed() }
        },
    }
}
