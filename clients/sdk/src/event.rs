//! The programs' events out of a transaction's logs.
//!
//! An event is a `Program data:` line written while its program runs; which one runs is followed
//! from the `invoke` and `success` lines, so that no other program can fake an event. Logs are cut
//! at 10 KB: whoever must not miss an event checks [`is_truncated`].

use anchor_lang::Discriminator;
use base64::{engine::general_purpose::STANDARD, Engine};
use borsh::BorshDeserialize;
use bytemuck::AnyBitPattern;
use sha2::{Digest, Sha256};
use solana_pubkey::Pubkey;

use crate::address::{CREDITS_ID, PROOFS_ID, REWARDS_ID, STAKING_ID};

pub use trestle_credits::event as credits;
pub use trestle_proofs::event as proofs;
pub use trestle_rewards::event as rewards;
pub use trestle_staking::event as staking;

/// Bytes that say which event it is.
const DISCRIMINATOR_BYTES: usize = 8;

/// Names of each program's events.
const NAMES: [(Pubkey, &[&str]); 4] = [
    (
        STAKING_ID,
        &[
            "NetworkCreated",
            "NetworkPaused",
            "AuthorityProposed",
            "AuthorityAccepted",
            "ServiceCreated",
            "OperatorRegistered",
            "OperatorUpdated",
            "StakeDeposited",
            "StakeUnbonded",
            "StakeWithdrawn",
            "VerifierRegistered",
            "VerifierExited",
            "VerifierWithdrawn",
            "SlashApplied",
            "SlashRecorded",
            "BondSlashed",
            "DelegatorVaultsOpened",
            "DelegationPoolOpened",
            "CommissionChanged",
            "DelegationDeposited",
            "DelegationUnbonded",
            "DelegationWithdrawn",
            "DelegationClaimed",
            "DelegationFunded",
            "DelegationClosed",
            "OperatorReleased",
            "NetworkChangeProposed",
            "NetworkChangeApplied",
            "NetworkChangeCancelled",
            "ServiceChangeProposed",
            "ServiceChangeApplied",
            "ServiceChangeCancelled",
            "OperatorKeyProposed",
            "OperatorKeyAccepted",
            "OperatorDevicesChanged",
            "OperatorExited",
            "VerifierRemoved",
            "VerifierBondAdded",
            "VerifierDisplaced",
            "IssuerAdmitted",
            "IssuerRevoked",
            "ClearanceGranted",
            "ClearanceRevoked",
            "ClearanceClosed",
            "PolicyCreated",
            "PolicyChangeProposed",
            "PolicyChangeApplied",
            "PolicyChangeCancelled",
        ],
    ),
    (
        PROOFS_ID,
        &[
            "ServiceOpened",
            "CommitmentRegistered",
            "CommitmentEnded",
            "CommitmentClosed",
            "EpochSeedRecorded",
            "EpochProposed",
            "EpochAttested",
            "EpochChallenged",
            "EpochFinalized",
            "ProposalClosed",
            "RoundClosed",
            "DisputeOpened",
            "DisputeVoted",
            "DisputeResolved",
            "ServiceEscaped",
        ],
    ),
    (
        REWARDS_ID,
        &[
            "PoolOpened",
            "PoolFunded",
            "EpochAllotted",
            "ClaimOpened",
            "ClaimSynced",
            "ClaimMigrated",
            "RewardClaimed",
            "RewardsPushed",
            "EmissionOpened",
            "EmissionGranted",
            "PoolStableOpened",
            "ClaimStablePayoutChanged",
            "RewardStableClaimed",
            "HeldReleased",
            "HeldSlashed",
            "PoolChangeProposed",
            "PoolChangeApplied",
            "PoolChangeCancelled",
            "DelegatorsPaid",
        ],
    ),
    (
        CREDITS_ID,
        &[
            "MarketCreated",
            "CreditsBoughtByBurn",
            "CreditsBoughtByStable",
            "AccountOpened",
            "AccountDeposited",
            "AccountWithdrawn",
            "LeaseOpened",
            "LeaseSettled",
            "LeaseEnded",
            "LeaseClosed",
            "RevenueOpened",
            "LeaseRenewed",
            "LeaseTransferred",
            "MaintenanceDeclared",
            "MarketChangeProposed",
            "MarketChanged",
            "MarketChangeCancelled",
            "TreasuryOpened",
            "TreasuryWithdrawn",
            "InsurancePaid",
            "RevenueReleased",
            "BillerSet",
            "CardSold",
            "CardChargebackOpened",
            "CardChargebackDecided",
            "CardRefunded",
            "CardSaleClosed",
            "DelegateSet",
            "DelegateRemoved",
            "MeterOpened",
            "MeterDeposited",
            "MeterSettled",
            "MeterEnded",
            "MeterClosed",
            "TopupSet",
            "TopupRemoved",
            "ToppedUp",
            "LeaseGroupOpened",
            "LeaseGroupJoined",
            "LeaseGroupRecorded",
            "LeaseGroupSettled",
            "LeaseGroupEnded",
            "LeaseGroupClosed",
        ],
    ),
];

/// An event as it was logged.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LoggedEvent {
    pub program: Pubkey,
    /// Discriminator and fields.
    pub data: Vec<u8>,
}

impl LoggedEvent {
    /// Its name, if it is one of Trestle's.
    pub fn name(&self) -> Option<&'static str> {
        let (_, names) = NAMES.iter().find(|(program, _)| *program == self.program)?;
        let found = names.iter().find(|name| {
            let hash = Sha256::digest(format!("event:{name}"));
            self.data.get(..DISCRIMINATOR_BYTES) == hash.get(..DISCRIMINATOR_BYTES)
        });
        found.copied()
    }

    /// The event as a `T` of the program's, if it is one. For all events but [`RewardsPushed`].
    pub fn decode<T: Discriminator + AnyBitPattern>(&self) -> Option<T> {
        let fields = self.data.strip_prefix(T::DISCRIMINATOR)?;
        bytemuck::try_pod_read_unaligned(fields).ok()
    }

    /// The event as a push of rewards, whose list of payments has no fixed length.
    pub fn decode_push(&self) -> Option<RewardsPushed> {
        let mut fields = self
            .data
            .strip_prefix(rewards::RewardsPushed::DISCRIMINATOR)?;
        RewardsPushed::deserialize(&mut fields).ok()
    }
}

/// [`rewards::RewardsPushed`] as it is read.
#[derive(Debug, Clone, PartialEq, Eq, BorshDeserialize)]
pub struct RewardsPushed {
    pub pool: [u8; 32],
    /// Epoch of the final root.
    pub epoch: u64,
    /// Tokens paid to all of them, in base units.
    pub paid: u64,
    pub paid_total: u64,
    /// One for each leaf, in its order.
    pub payments: Vec<Payment>,
}

/// What one operator got in a push.
#[derive(Debug, Clone, PartialEq, Eq, BorshDeserialize)]
pub struct Payment {
    /// The Operator account.
    pub operator: [u8; 32],
    /// What went to its payout account, in base units.
    pub paid: u64,
    /// What was held back or set aside for its delegators, in base units.
    pub kept: u64,
}

/// Every event in the logs of a transaction, of whatever program.
pub fn logged_events(logs: &[String]) -> Vec<LoggedEvent> {
    let mut running: Vec<Pubkey> = Vec::new();
    let mut events = Vec::new();
    for line in logs {
        if let Some(text) = line.strip_prefix("Program data: ") {
            let data = STANDARD.decode(text).ok();
            if let (Some(program), Some(data)) = (running.last(), data) {
                events.push(LoggedEvent {
                    program: *program,
                    data,
                });
            }
            continue;
        }
        let Some((program, rest)) = line
            .strip_prefix("Program ")
            .and_then(|text| text.split_once(' '))
        else {
            continue;
        };
        // `Program log: …` and the like do not start with an address.
        let Ok(program) = program.parse() else {
            continue;
        };
        if rest.starts_with("invoke [") {
            running.push(program);
        } else if rest == "success" || rest.starts_with("failed") {
            running.pop();
        }
    }
    events
}

/// The events of one kind, in order.
pub fn find<T: Discriminator + AnyBitPattern>(logs: &[String], program: &Pubkey) -> Vec<T> {
    let events = logged_events(logs).into_iter();
    events
        .filter(|event| event.program == *program)
        .filter_map(|event| event.decode())
        .collect()
}

/// Whether the end of the logs is missing.
pub fn is_truncated(logs: &[String]) -> bool {
    logs.iter().any(|line| line == "Log truncated")
}

#[cfg(test)]
mod tests {
    use super::*;
    use anchor_lang::Event;
    use std::{collections::BTreeSet, fs};

    fn paused() -> staking::NetworkPaused {
        staking::NetworkPaused {
            network: Pubkey::new_from_array([1; 32]),
            by: Pubkey::new_from_array([2; 32]),
            before: 0,
            after: 1,
        }
    }

    fn data_line(event: &impl Event) -> String {
        format!("Program data: {}", STANDARD.encode(event.data()))
    }

    #[test]
    fn events_belong_to_the_program_that_runs() {
        let stranger = Pubkey::new_from_array([9; 32]);
        let logs = [
            format!("Program {stranger} invoke [1]"),
            data_line(&paused()),
            format!("Program {STAKING_ID} invoke [2]"),
            format!("Program log: Program {PROOFS_ID} invoke [3]"),
            data_line(&paused()),
            format!("Program {STAKING_ID} success"),
            data_line(&paused()),
            format!("Program {stranger} success"),
        ];
        let events = logged_events(&logs);
        let programs: Vec<Pubkey> = events.iter().map(|event| event.program).collect();
        assert_eq!(programs, [stranger, STAKING_ID, stranger]);
        let found = find::<staking::NetworkPaused>(&logs, &STAKING_ID);
        assert_eq!(found.len(), 1);
        assert_eq!(found[0].by, paused().by);
        assert_eq!(events[1].name(), Some("NetworkPaused"));
        assert_eq!(events[0].name(), None);
        assert!(find::<staking::StakeDeposited>(&logs, &STAKING_ID).is_empty());
    }

    #[test]
    fn a_push_is_read_with_its_payments() {
        let operator = Pubkey::new_from_array([3; 32]);
        let pushed = rewards::RewardsPushed {
            pool: Pubkey::new_from_array([4; 32]),
            epoch: 5,
            paid: 6,
            paid_total: 7,
            payments: vec![rewards::Payment {
                operator,
                paid: 6,
                kept: 1,
            }],
        };
        let event = LoggedEvent {
            program: REWARDS_ID,
            data: pushed.data(),
        };
        let read = event.decode_push().unwrap();
        assert_eq!((read.epoch, read.paid, read.paid_total), (5, 6, 7));
        assert_eq!(read.payments[0].operator, operator.to_bytes());
        assert_eq!(event.name(), Some("RewardsPushed"));
    }

    #[test]
    fn every_event_of_the_programs_has_its_name_here() {
        let folders = ["staking", "proofs", "rewards", "credits"];
        for (folder, (_, names)) in folders.iter().zip(NAMES) {
            let source = format!("{}/../../programs/{folder}/src", env!("CARGO_MANIFEST_DIR"));
            let parts = fs::read_dir(format!("{source}/event"))
                .into_iter()
                .flatten();
            let paths = parts
                .map(|entry| entry.unwrap().path())
                .chain([format!("{source}/event.rs").into()]);
            let declared: BTreeSet<String> = paths
                .map(|path| syn::parse_file(&fs::read_to_string(path).unwrap()).unwrap())
                .flat_map(|file| file.items)
                .filter_map(|item| match item {
                    syn::Item::Struct(item) => Some(item),
                    _ => None,
                })
                .filter(|item| item.attrs.iter().any(|a| a.path().is_ident("event")))
                .map(|item| item.ident.to_string())
                .collect();
            let named: BTreeSet<String> = names.iter().map(|name| name.to_string()).collect();
            assert_eq!(named, declared, "{folder}");
        }
    }

    #[test]
    fn cut_logs_are_noticed() {
        assert!(is_truncated(&["Log truncated".to_string()]));
        assert!(!is_truncated(&[]));
    }
}
