//! Fixed results about pools and what operators get of them.

use super::{address, dollars, landed, tokens};
use trestle_cli::commands::{
    pool_output::{
        BreakerText, EmissionText, PoolAction, PoolMode, PoolOutput, PoolWriteOutput,
        StablePoolText, StepText,
    },
    reward_output::{RewardPartOutput, StablePayoutOutput},
};

pub fn funded() -> PoolOutput {
    PoolOutput {
        pool: address(7),
        mode: PoolMode::Fund,
        per_epoch: tokens(100_000_000_000),
        first_epoch: 3,
        allotted_epoch: None,
        funded: tokens(9_000_000_000_000),
        allotted: tokens(0),
        paid: tokens(0),
        vault: tokens(9_000_000_000_000),
        breaker: breaker(),
        epochs_per_month: 0,
        params_version: 0,
        stable: None,
        emission: None,
    }
}

fn breaker() -> BreakerText {
    BreakerText {
        capacity: tokens(2_000_000_000_000),
        open: tokens(1_800_000_000_000),
        window_seconds: 86_400,
    }
}

pub fn minting() -> PoolOutput {
    PoolOutput {
        mode: PoolMode::Mint,
        allotted_epoch: Some("41".to_string()),
        allotted: tokens(4_200_000_000_000),
        paid: tokens(4_000_000_000_000),
        epochs_per_month: 30,
        params_version: 2,
        stable: Some(StablePoolText {
            allotted: dollars(12_500_000),
            paid: dollars(10_000_000),
            vault: dollars(4_000_000),
            breaker: BreakerText {
                capacity: dollars(500_000_000),
                open: dollars(490_000_000),
                window_seconds: 3_600,
            },
        }),
        emission: Some(EmissionText {
            base: tokens(10_000_000_000),
            rho_bps: 300,
            reemit_bps: 100,
            reemit_cap: tokens(5_000_000_000),
            steps: vec![
                StepText {
                    first_epoch: 0,
                    per_epoch: tokens(95_000_000_000),
                },
                StepText {
                    first_epoch: 730,
                    per_epoch: tokens(47_500_000_000),
                },
            ],
        }),
        ..funded()
    }
}

pub fn write(action: PoolAction) -> PoolWriteOutput {
    let has_amount = matches!(action, PoolAction::Fund | PoolAction::Allot);
    let has_epoch = matches!(action, PoolAction::Open | PoolAction::Allot);
    PoolWriteOutput {
        action,
        pool: address(7),
        amount: has_amount.then(|| tokens(100_000_000_000)),
        epoch: has_epoch.then(|| "42".to_string()),
        transaction: landed(),
    }
}

pub fn released() -> RewardPartOutput {
    RewardPartOutput {
        operator: address(10),
        payout: address(13),
        due: tokens(30_000_000_000),
        paid: Some(tokens(30_000_000_000)),
        epoch: None,
        transactions: vec![landed()],
    }
}

pub fn stable_claimed() -> RewardPartOutput {
    RewardPartOutput {
        due: dollars(2_500_000),
        paid: Some(dollars(2_000_000)),
        epoch: Some("41".to_string()),
        ..released()
    }
}

pub fn stable_payout() -> StablePayoutOutput {
    StablePayoutOutput {
        operator: address(10),
        payout: address(14),
        transaction: landed(),
    }
}
