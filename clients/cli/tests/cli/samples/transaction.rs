//! Fixed results about transactions that others sign, devices, and the doctor.

use super::{address, dry_run, landed, SIGNATURE};
use trestle_cli::{
    commands::{
        devices::DevicesOutput,
        doctor::{CheckText, DoctorOutput, Health},
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

pub fn doctor() -> DoctorOutput {
    let check = |name: &str, health, found: &str, remedy: Option<&str>| CheckText {
        name: name.to_string(),
        health,
        found: found.to_string(),
        remedy: remedy.map(String::from),
    };
    let clock = "let the system set its clock by NTP";
    DoctorOutput {
        checks: vec![
            check(
                "RPC",
                Health::Ok,
                "http://127.0.0.1:8899 answers, 3.0.0",
                None,
            ),
            check("Clock", Health::Warn, "2 min from the chain's", Some(clock)),
            check("Node", Health::Fail, "no answer", Some("start the node")),
        ],
    }
}
