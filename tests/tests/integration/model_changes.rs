//! Off chain: changes of the rules at random, and their transactions.

use {
    crate::{
        model_books::same,
        model_chain::{key_of, Chain},
        model_rewards::minting_params,
        model_steps::mostly,
    },
    proptest::{prelude::*, sample::select},
    solana_signer::Signer,
    trestle_credits::state::MarketTerms,
    trestle_model::{Actor, Change, Step, Target},
    trestle_rewards::{
        instructions::pool_change_propose::ChangeArgs,
        state::{Pool, PoolTerms},
    },
    trestle_staking::state::{NetworkParams, Service, ServiceParams},
    trestle_tests::{
        billing::{market_terms, DAILY_CAP},
        staking::{network_params, service_params, BOND_MIN},
        svm::Outcome,
        tokens::TOKEN,
    },
};

fn change(of: &'static [Target]) -> BoxedStrategy<Change> {
    let times = (
        select(vec![86_400, 43_200, 172_800, 9_000, 4_800]),
        select(vec![600, 300, 1_200, 3_600, 9]),
        select(vec![BOND_MIN, BOND_MIN / 2, BOND_MIN + TOKEN, 0]),
    );
    let margin = prop_oneof![1 => Just(0_u16), 3 => 1..=1_000_u16, 1 => Just(10_001)];
    let shares = (0..=10_000_u16, 0..=5_000_u16, 0..=5_001_u16, margin);
    let network = (times, shares).prop_map(|(times, shares)| Change::Network {
        unbonding_seconds: times.0,
        window_seconds: times.1,
        bond_min: times.2,
        bond_slash_bps: shares.0,
        insurance_bps: shares.1,
        challenger_bps: shares.2,
        displacement_margin_bps: shares.3,
    });
    let service = (0..3_u64, 0..4_u16).prop_map(|(tokens, notice_epochs)| Change::Service {
        stake_per_gib: tokens * TOKEN,
        notice_epochs,
    });
    let amounts = || prop_oneof![8 => 1..1_000_u64, 1 => Just(0)];
    let pool = (amounts(), amounts(), amounts(), 0..30_u32);
    let pool = pool.prop_map(|(tokens, at_once, stable, epochs_per_month)| Change::Pool {
        tokens_per_epoch: tokens * TOKEN,
        tokens_at_once: at_once * TOKEN,
        stable_at_once: stable * 1_000,
        epochs_per_month,
    });
    let market = (0..2_100_u16, 0..1_100_u16, 1..4 * DAILY_CAP);
    let market = market.prop_map(|(protocol, insurance, biller_cap)| Change::Market {
        protocol_fee_bps: protocol,
        insurance_fee_bps: insurance,
        biller_cap,
    });
    let of = select(of);
    (of, network, service, pool, market)
        .prop_map(|(of, network, service, pool, market)| match of {
            Target::Network => network,
            Target::Service => service,
            Target::Pool => pool,
            Target::Market => market,
        })
        .boxed()
}

/// All rules that change.
pub const RULES: &[Target] = &[
    Target::Network,
    Target::Service,
    Target::Pool,
    Target::Market,
];
/// Those that change also where the pool falls behind: its own change waits for its allotments.
pub const RULES_WITHOUT_POOL: &[Target] = &[Target::Network, Target::Service, Target::Market];

/// Changes of these rules with their weights.
pub fn changes(of: &'static [Target]) -> Vec<(u32, BoxedStrategy<Step>)> {
    let authority = || mostly(Just(Actor::Authority));
    vec![
        (
            4,
            (authority(), change(of))
                .prop_map(|(by, change)| Step::ChangePropose { by, change })
                .boxed(),
        ),
        (
            4,
            select(of)
                .prop_map(|target| Step::ChangeApply { target })
                .boxed(),
        ),
        (
            1,
            (authority(), select(of))
                .prop_map(|(by, target)| Step::ChangeCancel { by, target })
                .boxed(),
        ),
    ]
}

/// The rules that are in force must be those of the model.
pub fn compare(chain: &Chain) -> Result<(), String> {
    let (world, model) = (&chain.world, &chain.model);
    let (network, rules) = (world.network(), &model.rules);
    let shares = [
        network.bond_slash_bps,
        network.insurance_bps,
        network.challenger_bps,
        network.displacement_margin_bps,
    ];
    let times = [network.unbonding_seconds, network.challenge_window_seconds];
    same(
        "rules of the network",
        (times, network.verifier_bond_min, shares),
        (
            [rules.unbonding_seconds, rules.window_seconds],
            rules.bond_min,
            [
                rules.bond_slash_bps,
                rules.insurance_bps,
                rules.challenger_bps,
                rules.displacement_margin_bps,
            ],
        ),
    )?;
    let service: Service = world.svm.get(&world.service);
    same(
        "rules of the service",
        (service.stake_per_gib, service.notice_epochs),
        (rules.stake_per_gib, rules.notice_epochs),
    )?;
    let pool: Pool = world.svm.get(&chain.rewards.pool);
    let known = &model.pool;
    same(
        "rules of the pool",
        (pool.tokens_per_epoch, pool.epochs_per_month),
        (known.tokens_per_epoch, known.epochs_per_month),
    )?;
    same(
        "breakers of the pool",
        (pool.breaker_capacity, pool.stable_breaker_capacity),
        (known.tokens.capacity, known.stable.capacity),
    )?;
    let (market, known) = (world.market_state(), &model.credits);
    let read = (market.protocol_fee_bps, market.insurance_fee_bps);
    let fees = (known.protocol_fee_bps, known.insurance_fee_bps);
    same(
        "rules of the market",
        (read, market.biller_cap),
        (fees, known.biller.market_cap),
    )
}

impl Chain {
    /// Sends a step that changes the rules.
    pub fn send_change(&mut self, step: &Step) -> Outcome {
        let (world, rewards) = (&self.world, &self.rewards);
        let authority = key_of(Actor::Authority).pubkey();
        let (by, ix) = match *step {
            Step::ChangePropose { by, change } => return self.propose(by, change),
            Step::ChangeApply { target } => {
                let ix = match target {
                    Target::Network => world.network_change_apply(authority),
                    Target::Service => world.service_change_apply(authority),
                    Target::Pool => rewards.pool_change_apply(),
                    Target::Market => world.market_change_apply(authority),
                };
                (None, ix)
            }
            Step::ChangeCancel { by, target } => {
                let key = key_of(by).pubkey();
                let ix = match target {
                    Target::Network => world.network_change_cancel(key, authority),
                    Target::Service => world.service_change_cancel(key, authority),
                    Target::Pool => rewards.pool_change_cancel(key),
                    Target::Market => world.market_change_cancel(key),
                };
                (Some(by), ix)
            }
            _ => unreachable!("no change: {step:?}"),
        };
        self.sign(by, ix)
    }

    fn propose(&mut self, by: Actor, change: Change) -> Outcome {
        let (world, key) = (&self.world, key_of(by).pubkey());
        let ix = match change {
            Change::Network {
                unbonding_seconds,
                window_seconds,
                bond_min,
                bond_slash_bps,
                insurance_bps,
                challenger_bps,
                displacement_margin_bps,
            } => {
                let shares = insurance_bps + challenger_bps;
                let params = NetworkParams {
                    guardian: key_of(Actor::Guardian).pubkey(),
                    challenge_window_seconds: window_seconds,
                    unbonding_seconds,
                    verifier_bond_min: bond_min,
                    bond_slash_bps,
                    burn_bps: 10_000_u16.saturating_sub(shares),
                    insurance_bps,
                    challenger_bps,
                    displacement_margin_bps,
                    ..network_params()
                };
                world.network_change_propose(key, params)
            }
            Change::Service {
                stake_per_gib,
                notice_epochs,
            } => {
                let params = ServiceParams {
                    stake_per_gib,
                    notice_epochs,
                    ..service_params()
                };
                world.service_change_propose(key, params)
            }
            Change::Pool { .. } => {
                let args = ChangeArgs {
                    terms: self.pool_terms(&change),
                    emission: minting_params(),
                };
                self.rewards.pool_change_propose(key, args)
            }
            Change::Market {
                protocol_fee_bps,
                insurance_fee_bps,
                biller_cap,
            } => {
                let terms = MarketTerms {
                    protocol_fee_bps,
                    insurance_fee_bps,
                    biller_cap,
                    ..market_terms()
                };
                world.market_change_propose(key, terms)
            }
        };
        self.sign(Some(by), ix)
    }

    fn pool_terms(&self, change: &Change) -> PoolTerms {
        let pool: Pool = self.world.svm.get(&self.rewards.pool);
        let mut terms = PoolTerms {
            tokens_per_epoch: pool.tokens_per_epoch,
            breaker_capacity: pool.breaker_capacity,
            stable_breaker_capacity: pool.stable_breaker_capacity,
            breaker_window_seconds: pool.breaker_window_seconds,
            stable_breaker_window_seconds: pool.stable_breaker_window_seconds,
            epochs_per_month: pool.epochs_per_month,
            _pad: 0,
        };
        if let Change::Pool {
            tokens_per_epoch,
            tokens_at_once,
            stable_at_once,
            epochs_per_month,
        } = *change
        {
            terms.tokens_per_epoch = tokens_per_epoch;
            terms.breaker_capacity = tokens_at_once;
            terms.stable_breaker_capacity = stable_at_once;
            terms.epochs_per_month = epochs_per_month;
        }
        terms
    }
}
