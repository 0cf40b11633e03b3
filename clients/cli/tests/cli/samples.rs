//! Fixed results to print.

pub mod billing;
pub mod delegation;
pub mod pool;
pub mod transaction;

use std::collections::BTreeMap;

use trestle_cli::{
    commands::{
        config::{ConfigOutput, SettingText},
        credits::{
            CreditsAction, CreditsBalanceOutput, CreditsBuyOutput, CreditsMoveOutput, Means,
        },
        epoch::{EpochListOutput, EpochOutput, ProposalText, RootText},
        network::{MarketText, NetworkOutput, PoolText},
        operator::{
            JailText, OperatorListOutput, OperatorOutput, OperatorReleaseOutput, OperatorSetOutput,
        },
        reward::{ExplainOutput, PaidText, RewardOutput, RewardPaidOutput},
        stake::{StakeOutput, TicketText},
        stake_move::{StakeAction, StakeKind, StakeMoveOutput},
        stake_slash::StakeSlashOutput,
        store::{
            FileText, ShardCheckText, ShardText, StoreGetOutput, StoreListOutput, StorePutOutput,
            StoreVerifyOutput,
        },
    },
    config::Origin,
    send::Transaction,
    text::{CreditsText, TokenText},
};
use trestle_sdk::store::ShardState;
use trestle_verify::storage::{Allotted, Explanation, OperatorState, OperatorTerms, Verdict};

pub const SIGNATURE: &str =
    "5VERv8NMvzbJMEkV8xnrLkEaWRtSz9CosKDYjCJjBRnbJLgp8uirBgmQpjKhoR4tjF3ZpRzrFmBV6UjKdiSZkQUW";

/// A well-formed address that is easy to tell from the others.
pub fn address(byte: u8) -> String {
    solana_pubkey::Pubkey::new_from_array([byte; 32]).to_string()
}

pub fn tokens(amount: u64) -> TokenText {
    TokenText::new(amount, 9, "TRS")
}

pub fn dollars(amount: u64) -> TokenText {
    TokenText::new(amount, 6, "USD")
}

pub fn landed() -> Transaction {
    Transaction {
        committed: true,
        signature: Some(SIGNATURE.to_string()),
        slot: Some("312345678".to_string()),
        fee_lamports: 5_000,
        compute_units: 8_535,
        logs: Vec::new(),
        explorer: Some(format!(
            "https://explorer.solana.com/tx/{SIGNATURE}?cluster=devnet"
        )),
        offline: None,
        event_logs: Vec::new(),
    }
}

pub fn dry_run() -> Transaction {
    Transaction {
        committed: false,
        signature: None,
        slot: None,
        fee_lamports: 5_000,
        compute_units: 8_535,
        logs: vec!["Program log: Instruction: stake_deposit".to_string()],
        explorer: None,
        offline: None,
        event_logs: Vec::new(),
    }
}

pub fn network() -> NetworkOutput {
    NetworkOutput {
        network: address(1),
        service: address(2),
        token_mint: address(3),
        stable_mint: address(4),
        authority: address(5),
        guardian: address(6),
        paused: Vec::new(),
        epoch: 42,
        epoch_seconds: 86_400,
        challenge_window_seconds: 21_600,
        unbonding_seconds: 1_209_600,
        operators: 6,
        stake_per_gib: tokens(10_000_000_000),
        total_stake: tokens(240_000_000_000),
        verifiers: 3,
        total_bond: tokens(3_000_000_000_000),
        miss_slash_bps: 100,
        lost_slash_bps: 1_000,
        notice_epochs: 1,
        latest_root_epoch: Some("41".to_string()),
        pool: Some(PoolText {
            address: address(7),
            per_epoch: tokens(100_000_000_000),
            allotted: tokens(4_200_000_000_000),
            paid: tokens(4_000_000_000_000),
        }),
        market: Some(MarketText {
            address: address(8),
            credit_mint: address(9),
            sold: CreditsText::new(1_000_000),
            used: CreditsText::new(25_000),
            burned: tokens(10_010_010_011),
            received: TokenText::new(5_000_000, 6, "USD"),
        }),
    }
}

pub fn operator() -> OperatorOutput {
    OperatorOutput {
        operator: address(10),
        wallet: address(11),
        controller: address(14),
        exited: true,
        endpoint: "https://node.example:8443".to_string(),
        node_key: address(12),
        node_key_epoch: 3,
        capacity_gib: 500,
        zone: 7,
        payout: address(13),
        stake: tokens(40_000_000_000),
        registered_epoch: 3,
        jail: Some(jail(1_700_003_600)),
        delegation: Some(delegation::terms()),
    }
}

pub fn operators() -> OperatorListOutput {
    OperatorListOutput {
        operators: vec![operator()],
    }
}

pub fn operator_set() -> OperatorSetOutput {
    OperatorSetOutput {
        operator: address(10),
        endpoint: "https://node.example:8443".to_string(),
        node_key: address(12),
        capacity_gib: 500,
        zone: 7,
        payout: address(13),
        transaction: landed(),
    }
}

pub fn stake() -> StakeOutput {
    StakeOutput {
        operator: address(10),
        stake: tokens(40_000_000_000),
        needed: tokens(50_000_000_000),
        slashed: tokens(500_000_000),
        unbonding: vec![TicketText {
            amount: tokens(1_500_000_000),
            unlock_at: 1_700_003_600,
            now: 1_700_000_000,
        }],
        delegated: tokens(120_000_000_000),
        jail: Some(jail(1_699_999_000)),
    }
}

pub fn jail(until: i64) -> JailText {
    JailText {
        until,
        now: 1_700_000_000,
        slashes: 2,
    }
}

pub fn operator_release() -> OperatorReleaseOutput {
    OperatorReleaseOutput {
        operator: address(10),
        transaction: landed(),
    }
}

pub fn stake_move(action: StakeAction, transaction: Transaction) -> StakeMoveOutput {
    StakeMoveOutput {
        action,
        kind: StakeKind::Own,
        operator: address(10),
        amount: tokens(40_000_000_000),
        unlock_at: (action == StakeAction::Unbond).then(|| "1700003600".to_string()),
        unlock_seconds: 1_209_600,
        transaction,
    }
}

pub fn stake_slash() -> StakeSlashOutput {
    StakeSlashOutput {
        operator: address(10),
        epoch: "41".to_string(),
        owed: tokens(90_000_000_000),
        from_pay: tokens(75_000_000_000),
        from_stake: Some(tokens(15_000_000_000)),
        transactions: vec![landed(), landed()],
    }
}

pub fn credits_buy() -> CreditsBuyOutput {
    CreditsBuyOutput {
        bought: CreditsText::new(500_000),
        with: Means::Token,
        quote: tokens(10_010_010_011),
        max: tokens(10_110_110_112),
        spent: Some(tokens(10_010_010_011)),
        transaction: landed(),
    }
}

pub fn credits_move(action: CreditsAction) -> CreditsMoveOutput {
    CreditsMoveOutput {
        action,
        moved: CreditsText::new(250_000),
        transaction: landed(),
    }
}

pub fn credits_balance() -> CreditsBalanceOutput {
    CreditsBalanceOutput {
        customer: address(14),
        wallet: CreditsText::new(0),
        account: CreditsText::new(740_000),
        in_leases: CreditsText::new(250_000),
        used: CreditsText::new(10_000),
        leases: 6,
    }
}

pub fn root() -> RootText {
    RootText {
        epoch: 41,
        tree_root: "ab".repeat(32),
        digest: "cd".repeat(32),
        leaf_count: 6,
        tokens: tokens(4_100_000_000_000),
        slashed: tokens(500_000_000),
        units: 4_608,
        finalized_at: 1_700_000_000,
        rules_version: 1,
    }
}

pub fn epoch() -> EpochOutput {
    EpochOutput {
        epoch: 41,
        current_epoch: 42,
        starts_at: 1_699_900_000,
        ends_at: 1_699_986_400,
        now: 1_700_000_000,
        root: Some(root()),
        proposals: vec![ProposalText {
            proposal: address(17),
            proposer: address(18),
            digest: "cd".repeat(32),
            attestations: 2,
            lost: false,
            disputed: false,
            quorum_at: Some("1699990000".to_string()),
        }],
    }
}

pub fn epochs() -> EpochListOutput {
    EpochListOutput {
        current_epoch: 42,
        roots: vec![root()],
    }
}

pub fn reward() -> RewardOutput {
    RewardOutput {
        operator: address(10),
        payout: address(13),
        epoch: Some("41".to_string()),
        earned: tokens(700_000_000_000),
        due: tokens(16_666_666_667),
        slash_owed: tokens(5_000_000_000),
        paid: tokens(683_333_333_333),
        held: tokens(120_000_000_000),
        releasable: tokens(30_000_000_000),
        delegators: tokens(40_000_000_000),
        delegators_bps: 1_500,
        stable_earned: dollars(12_500_000),
        stable_due: dollars(2_500_000),
        stable_paid: dollars(10_000_000),
        stable_delegators: dollars(1_500_000),
        stable_payout: Some(address(14)),
    }
}

pub fn reward_paid() -> RewardPaidOutput {
    RewardPaidOutput {
        epoch: "41".to_string(),
        operators: vec![PaidText {
            operator: address(10),
            payout: address(13),
            due: tokens(16_666_666_667),
            paid: Some(tokens(4_166_666_667)),
            kept: Some(tokens(12_500_000_000)),
        }],
        transactions: vec![landed()],
    }
}

fn state(tokens: u64, units: u64, windows: u32) -> OperatorState {
    OperatorState {
        operator: [10; 32],
        tokens,
        stable: 0,
        slashed: 0,
        units,
        windows_ok: windows,
        windows_total: windows,
        miss_streak: 0,
    }
}

pub fn explain() -> ExplainOutput {
    let terms = OperatorTerms {
        operator: [10; 32],
        zone: 7,
        stake: 40_000_000_000,
        active_stake: 40_000_000_000,
        min_stake: 40_000_000_000,
        maintenance: None,
        windows_ok: 1,
        windows_total: 1,
        challenges: 459,
        missed: 0,
        lost: 0,
        units: 768,
        weight: 768,
        weight_total: 4_608,
        tokens: 16_666_666_667,
        stable: 0,
        miss_rate_bps: 0,
        zone_rate_bps: 0,
        miss_streak_before: 0,
        miss_streak_after: 0,
        verdict: Verdict::Clean,
        slashed: 0,
    };
    ExplainOutput {
        on_chain: true,
        decimals: 9,
        symbol: "TRS".to_string(),
        explanation: Explanation {
            rules_version: 1,
            service: [2; 32],
            epoch: 41,
            allotted: Allotted {
                tokens: 100_000_000_000,
                stable: 0,
            },
            before: state(683_333_333_333, 31_488, 41),
            terms,
            after: state(700_000_000_000, 32_256, 42),
            index: 3,
            leaf_count: 6,
            proof: vec![[1; 32], [2; 32], [3; 32]],
            tree_root: [0xab; 32],
            digest: [0xcd; 32],
        },
    }
}

pub fn file() -> FileText {
    FileText {
        id: "0123456789abcdef".to_string(),
        name: "photos.tar".to_string(),
        bytes: 3_000_000,
        sha256: "ef".repeat(32),
        data_shards: 4,
        total_shards: 6,
        committed_shards: 6,
        manifest: "/home/user/.local/share/trestle/files/0123456789abcdef.json".to_string(),
    }
}

pub fn store_put() -> StorePutOutput {
    StorePutOutput {
        file: file(),
        key: "/home/user/.local/share/trestle/files/0123456789abcdef.key".to_string(),
        already_stored: false,
        committed: true,
        shards: vec![ShardText {
            shard: 0,
            root: "12".repeat(32),
            state: ShardState::Committed,
            operator: Some(address(10)),
            commitment: Some(address(15)),
            lease: Some(address(16)),
            rate_per_epoch: CreditsText::new(100),
            signature: Some(SIGNATURE.to_string()),
        }],
    }
}

pub fn store_get() -> StoreGetOutput {
    StoreGetOutput {
        file: file(),
        to: "restored.tar".to_string(),
        used: vec![address(10), address(20), address(21), address(22)],
        failed: BTreeMap::from([(address(23), "it cannot be reached".to_string())]),
    }
}

pub fn store_list() -> StoreListOutput {
    StoreListOutput {
        folder: "/home/user/.local/share/trestle/files".to_string(),
        files: vec![file()],
    }
}

pub fn store_verify() -> StoreVerifyOutput {
    let shard = |shard, byte, problem: Option<&str>| ShardCheckText {
        shard,
        operator: address(byte),
        ended_epoch: None,
        paid_until_epoch: Some("34".to_string()),
        problem: problem.map(str::to_string),
    };
    StoreVerifyOutput {
        file: file(),
        retrievable: false,
        shards: vec![
            shard(0, 10, None),
            shard(1, 20, Some("it cannot be reached")),
        ],
    }
}

pub fn config() -> ConfigOutput {
    let setting = |value: &str, origin| SettingText {
        value: value.to_string(),
        origin,
    };
    ConfigOutput {
        solana_file: "/home/user/.config/solana/cli/config.yml".into(),
        own_file: "/home/user/.config/trestle/config.yml".into(),
        url: setting("https://api.devnet.solana.com", Origin::File),
        ws_url: setting("wss://api.devnet.solana.com", Origin::Computed),
        keypair: setting("/home/user/.config/solana/id.json", Origin::Default),
        commitment: setting("confirmed", Origin::Flag),
        deployment: Some(setting("/home/user/devnet.json", Origin::File)),
    }
}
