//! What a network's authority would set.

use trestle_core::{
    emission::{EmissionRule, ScheduleStep},
    lease::{LeaseTerms, SlaStep},
    slash::SlashShares,
    units::Bps,
};

/// Decimals of the token.
pub(crate) const DECIMALS: u8 = 8;
/// Base units of a whole token.
pub(crate) const TOKEN: u64 = 100_000_000;
/// Credits of a dollar.
pub(crate) const CREDITS_PER_USD: u64 = 100_000;
/// Seconds of an epoch.
pub(crate) const EPOCH_SECONDS: u32 = 86_400;
/// Epochs of a simulation: ten years.
pub(crate) const EPOCHS: u64 = 3_650;
/// Start of the network, unix seconds.
pub(crate) const GENESIS: i64 = 1_900_000_000;
/// Tokens that exist at the start.
pub(crate) const SUPPLY: u64 = 1_000_000_000 * TOKEN;

/// Services of the network.
pub(crate) const SERVICES: usize = 3;
/// The service that only an attacker runs.
pub(crate) const CAPTIVE: usize = 2;
/// Services that customers use, by name.
pub(crate) const OPEN: [&str; 2] = ["storage", "wireless"];

const STEP_EPOCHS: u64 = 730;

/// Parameters of the network, its market and its pools.
#[derive(Clone, Debug)]
pub struct Parameters {
    /// Share of each sale that the protocol keeps.
    pub protocol_fee: Bps,
    /// Share of the revenue whose worth is emitted.
    pub rho: Bps,
    /// Share of the burns that is emitted again.
    pub reemit_share: Bps,
    pub(crate) insurance_fee: Bps,
    pub(crate) base: [u64; SERVICES],
    pub(crate) reemit_cap: u64,
    pub(crate) steps: [Vec<ScheduleStep>; SERVICES],
    pub(crate) breaker_capacity: u64,
    pub(crate) breaker_window_seconds: u32,
    pub(crate) max_conf: Bps,
    pub(crate) max_age_seconds: u32,
    pub(crate) epochs_per_month: u64,
    pub(crate) unbonding_epochs: u64,
    pub(crate) stake_per_unit: u64,
    pub(crate) slash: Bps,
    pub(crate) slash_shares: SlashShares,
    pub(crate) lease: LeaseTerms,
}

impl Parameters {
    /// Parameters that the programs accept: rho and the share that is emitted again stay below the
    /// fee together.
    pub fn sound() -> Self {
        Self::with(bps(500), bps(300), bps(100))
    }

    /// Parameters whatever the programs say to them.
    pub fn with(protocol_fee: Bps, rho: Bps, reemit_share: Bps) -> Self {
        let shares = SlashShares::new(bps(5_000), bps(3_000), bps(2_000));
        Self {
            protocol_fee,
            rho,
            reemit_share,
            insurance_fee: Bps::ZERO,
            base: [10_000 * TOKEN, 5_000 * TOKEN, 0],
            reemit_cap: 20_000 * TOKEN,
            steps: [schedule(60_000), schedule(40_000), schedule(10_000_000)],
            breaker_capacity: 70_000 * TOKEN,
            breaker_window_seconds: EPOCH_SECONDS,
            max_conf: bps(200),
            max_age_seconds: 120,
            epochs_per_month: 30,
            unbonding_epochs: 14,
            stake_per_unit: 500 * TOKEN,
            slash: bps(200),
            slash_shares: shares.expect("the three shares make up the whole"),
            lease: LeaseTerms {
                steps: [
                    SlaStep {
                        below: bps(9_500),
                        credit: bps(1_000),
                    },
                    SlaStep::default(),
                    SlaStep::default(),
                    SlaStep::default(),
                ],
                credit_left: u64::MAX,
            },
        }
    }

    pub(crate) fn rule(&self, service: usize, counts_burns: bool) -> EmissionRule {
        EmissionRule {
            base: self.base[service],
            rho: self.rho,
            reemit_share: if counts_burns {
                self.reemit_share
            } else {
                Bps::ZERO
            },
            reemit_cap: self.reemit_cap,
            token_decimals: DECIMALS,
        }
    }
}

/// Five steps of two years, each 30 % below the one before.
fn schedule(first_tokens: u64) -> Vec<ScheduleStep> {
    let mut tokens_per_epoch = first_tokens * TOKEN;
    (0..5)
        .map(|step| {
            let tokens = tokens_per_epoch;
            tokens_per_epoch = bps(7_000).apply_floor(tokens);
            ScheduleStep {
                first_epoch: step * STEP_EPOCHS,
                tokens_per_epoch: tokens,
            }
        })
        .collect()
}

pub(crate) fn bps(share: u16) -> Bps {
    Bps::new(share).expect("a share of at most the whole")
}
