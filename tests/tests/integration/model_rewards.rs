//! Off chain: the transactions of steps that concern a pool, and what of it is compared.

use {
    crate::{
        model_books::same,
        model_chain::{key_of, Chain, OPERATORS},
    },
    solana_signer::Signer,
    trestle_core::{
        breaker::Breaker,
        pool::{MODE_FUND, MODE_MINT},
    },
    trestle_model::{Actor, Claim, Minting, Pool, Step, Till},
    trestle_rewards::{
        address::claim_address,
        instructions::reward_push::{PushArgs, PushLeaf},
        state::{self, EmissionParams, PoolParams, StableParams},
    },
    trestle_tests::{
        rewards::{pool_params, Payee},
        rewards_more::emission_params,
        svm::Outcome,
        tokens::TOKEN,
    },
};

/// What the breakers let out at once: less than operators earn in some epochs.
const TOKENS_AT_ONCE: u64 = 300 * TOKEN;
const STABLE_AT_ONCE: u64 = 500_000;
/// Epochs of a month: few, so that all that is held comes free within a sequence.
const MONTH: u32 = 24;

/// How a pool mints whose shares are below the fee of the market.
pub fn minting_params() -> EmissionParams {
    EmissionParams {
        rho_bps: 300,
        reemit_bps: 100,
        ..emission_params()
    }
}

impl Chain {
    /// Opens a pool that pays both assets, and a claim for each operator. It mints, or somebody
    /// funds it.
    pub fn open_pool(&mut self, mints: bool) {
        let authority = key_of(Actor::Authority);
        let params = PoolParams {
            mode: if mints { MODE_MINT } else { MODE_FUND },
            breaker_capacity: TOKENS_AT_ONCE,
            epochs_per_month: MONTH,
            ..pool_params()
        };
        let stable = StableParams {
            breaker_capacity: STABLE_AT_ONCE,
            breaker_window_seconds: params.breaker_window_seconds,
        };
        let open = self.rewards.pool_open(authority.pubkey(), params);
        let open_stable = self.rewards.pool_stable_open(authority.pubkey(), stable);
        self.world.svm.must(&[open, open_stable], &[&authority]);
        let minting = mints.then(|| self.open_emission());
        let till = |capacity| Till {
            breaker: Breaker {
                value: 0,
                last_ts: self.model.now,
            },
            capacity,
            window: params.breaker_window_seconds,
            ..Till::default()
        };
        self.model.pool = Pool {
            tokens_per_epoch: params.tokens_per_epoch,
            epochs_per_month: MONTH,
            minting,
            tokens: till(TOKENS_AT_ONCE),
            stable: till(STABLE_AT_ONCE),
            ..Pool::default()
        };
        let operators: Vec<u8> = self.model.operators.keys().copied().collect();
        for operator in &operators {
            let address = self.operator_address(*operator);
            let ix = self.rewards.claim_open(authority.pubkey(), address);
            self.world.svm.must(&[ix], &[&authority]);
            self.model.pool.claims.insert(*operator, Claim::default());
        }
        let mut order = operators;
        order.sort_by_key(|operator| self.operator_address(*operator));
        self.model.rules.leaf_order = order;
    }

    /// Has the pool mint the network's token.
    fn open_emission(&mut self) -> Minting {
        let authority = key_of(Actor::Authority);
        let params = minting_params();
        let open = self
            .rewards
            .emission_open(authority.pubkey(), params.clone());
        self.world.svm.must(&[open], &[&authority]);
        let steps = params.steps.iter();
        Minting {
            base: params.base,
            rho_bps: params.rho_bps,
            reemit_bps: params.reemit_bps,
            reemit_cap: params.reemit_cap,
            steps: steps
                .map(|step| (step.first_epoch, step.tokens_per_epoch))
                .collect(),
            fee_counted_bps: self.world.market_state().protocol_fee_floor_bps,
            ..Minting::default()
        }
    }

    fn payee(&self, by: Actor, operator: u8) -> Payee {
        let mut keys = self.as_operator(by, operator);
        keys.purse = self.purses(Actor::Operator(operator)).tokens;
        Payee {
            claim: claim_address(&self.rewards.pool, &keys.address).0,
            keys,
        }
    }

    /// Sends a step that concerns the pool.
    pub fn send_rewards(&mut self, step: &Step) -> Outcome {
        let rewards = &self.rewards;
        let (by, ix) = match *step {
            Step::PoolFund { by, amount } => {
                let purse = self.purses(by).tokens;
                (
                    Some(by),
                    rewards.pool_fund(key_of(by).pubkey(), purse, amount),
                )
            }
            Step::EpochAllot { epoch } => (None, rewards.epoch_allot(epoch)),
            Step::ClaimSync { operator } => {
                let payee = self.payee(Actor::Operator(operator), operator);
                (None, rewards.claim_sync(&payee))
            }
            Step::StablePayoutSet { by, operator } => {
                let payout = self.purses(Actor::Operator(operator)).stable;
                let payee = self.payee(by, operator);
                (Some(by), rewards.claim_stable_payout_set(&payee, payout))
            }
            Step::RewardClaim { operator, back } => {
                let payee = self.payee(Actor::Operator(operator), operator);
                let leaf = self.shown_leaf(operator, back);
                (None, rewards.reward_claim(&payee, leaf))
            }
            Step::RewardPush { back } => return self.push(back),
            Step::RewardClaimStable { operator, back } => {
                let payee = self.payee(Actor::Operator(operator), operator);
                let payout = self.purses(Actor::Operator(operator)).stable;
                let leaf = self.shown_leaf(operator, back);
                (None, rewards.reward_claim_stable(&payee, payout, leaf))
            }
            Step::HeldRelease { operator } => {
                let payee = self.payee(Actor::Operator(operator), operator);
                (None, rewards.held_release(&payee))
            }
            Step::HeldSlash { operator, back } => {
                let payee = self.payee(Actor::Operator(operator), operator);
                let leaf = self.shown_leaf(operator, back);
                (None, rewards.held_slash(&payee, leaf))
            }
            Step::DelegationPay { operator } => {
                let payee = self.payee(Actor::Operator(operator), operator);
                (None, rewards.delegation_pay(&payee))
            }
            _ => unreachable!("no step of rewards: {step:?}"),
        };
        self.sign(by, ix)
    }

    /// Pays all operators by one root, in the order of its leaves. Those without one come last.
    fn push(&mut self, back: u8) -> Outcome {
        let root = self.model.roots.iter().rev().nth(usize::from(back));
        let leaves = root.map_or(&[][..], |root| &root.leaves);
        let mut order: Vec<u8> = leaves.iter().map(|(operator, _)| *operator).collect();
        let is_whole = order.len() == usize::from(OPERATORS);
        order.extend((0..OPERATORS).filter(|one| !leaves.iter().any(|(of, _)| of == one)));
        let mut indices = Vec::new();
        let mut args = PushArgs {
            epoch: 0,
            leaves: Vec::new(),
            proof: Vec::new(),
        };
        let mut payees = Vec::new();
        for operator in order {
            let leaf = self.shown_leaf(operator, back);
            indices.push(leaf.index);
            args.epoch = leaf.epoch;
            args.leaves.push(PushLeaf {
                index: leaf.index,
                counters: leaf.counters,
            });
            payees.push(self.payee(Actor::Operator(operator), operator));
        }
        if is_whole {
            let tree = &self.world.roots.leaves(args.epoch).tree;
            args.proof = tree.multiproof(&indices).expect("leaves of the tree");
        }
        let payees: Vec<&Payee> = payees.iter().collect();
        let ix = self.rewards.reward_push_with(args, &payees);
        self.sign(None, ix)
    }
}

/// Everything that the chain says about the pool must be what the model says.
pub fn compare(chain: &Chain) -> Result<(), String> {
    let svm = &chain.world.svm;
    let state: state::Pool = svm.get(&chain.rewards.pool);
    let model = &chain.model.pool;
    let tokens = (
        state.allotted_total,
        state.paid_total,
        state.breaker_value,
        state.breaker_ts,
    );
    same("tokens of the pool", tokens, till(&model.tokens))?;
    let stable = (
        state.state().stable_allotted_total().0,
        state.stable_paid_total,
        state.stable_breaker_value,
        state.stable_breaker_ts,
    );
    same("stablecoin of the pool", stable, till(&model.stable))?;
    if let Some(known) = &model.minting {
        let state: state::Emission = svm.get(&chain.rewards.emission);
        let counted = (state.revenue_counted, state.burned_counted);
        let read = (counted, state.smoothed_burn);
        let counted = (known.revenue_counted, known.burned_counted);
        same("emission", read, (counted, known.smoothed_burn))?;
    }
    let next = state.next_epoch().expect("an epoch");
    same("next epoch", next, model.next_epoch)?;
    for (operator, known) in &model.claims {
        let address = chain.operator_address(*operator);
        let state: state::Claim = svm.get(&claim_address(&chain.rewards.pool, &address).0);
        let read = Claim {
            tokens: state.claimed_tokens,
            stable: state.claimed_stable,
            held: state.held,
            held_base: state.held_base,
            due_tokens: state.delegators_due_tokens,
            due_stable: state.delegators_due_stable,
            delegators_bps: state.delegators_bps,
            has_stable_payout: state.stable_payout != Default::default(),
            slashed_applied: state.slashed_applied,
            slash_asked: state.slash_asked,
            synced_epoch: state.synced_epoch,
        };
        same(&format!("claim of {operator}"), &read, known)?;
    }
    Ok(())
}

fn till(till: &Till) -> (u64, u64, u64, i64) {
    let Breaker { value, last_ts } = till.breaker;
    (till.allotted, till.paid, value, last_ts)
}
