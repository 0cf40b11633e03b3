//! Off chain: steps at random, more often those that could go through.

use {
    crate::{
        model_chain::{actors, CUSTOMERS, DELEGATORS, OPERATORS, VERIFIERS},
        model_changes::{changes, RULES, RULES_WITHOUT_POOL},
        model_credit_steps::{credit_steps, sales},
        model_round_steps::{self, commitments, round_steps},
    },
    proptest::{prelude::*, sample::select, strategy::Union},
    trestle_model::{Actor, Asset, Change, Holder, Leaf, Step, World},
    trestle_tests::{staking::BOND_MIN, tokens::TOKEN},
};

/// An amount that stands for all there is.
pub const ALL: u64 = u64::MAX - 1;
/// Seconds of an epoch, and of unbonding.
pub const EPOCH: i64 = 3_600;
const UNBONDING: i64 = 86_400;

/// Amounts at the edges, and round ones that meet one another.
pub fn amount() -> impl Strategy<Value = u64> {
    prop_oneof![
        1 => select(vec![0, 1, 2, u64::MAX]),
        1 => 1..1_000_u64,
        2 => Just(ALL),
        6 => (1..20_u64).prop_map(|tens| tens * 10 * TOKEN),
        3 => 1..200 * TOKEN,
    ]
}

/// The one who may, now and then somebody else.
pub fn mostly(actor: impl Strategy<Value = Actor> + 'static) -> BoxedStrategy<Actor> {
    prop_oneof![12 => actor, 1 => select(actors())].boxed()
}

/// An operator, and mostly it acting for itself.
fn operated() -> BoxedStrategy<(Actor, u8)> {
    (0..OPERATORS)
        .prop_flat_map(|operator| (mostly(Just(Actor::Operator(operator))), Just(operator)))
        .boxed()
}

fn delegator() -> BoxedStrategy<Actor> {
    mostly((0..DELEGATORS).prop_map(Actor::Delegator))
}

/// An operator, mostly one that takes delegations.
fn delegated() -> impl Strategy<Value = u8> {
    prop_oneof![12 => 0..OPERATORS - 1, 1 => Just(OPERATORS - 1)]
}

fn verifier() -> BoxedStrategy<Actor> {
    mostly((0..VERIFIERS).prop_map(Actor::Verifier))
}

/// Time, also to the edges of what is counted in it.
fn wait() -> BoxedStrategy<Step> {
    prop_oneof![
        2 => 1..EPOCH,
        5 => (EPOCH - 1)..=(EPOCH + 1),
        2 => (UNBONDING - 1)..=(UNBONDING + 1),
        1 => 1..10 * UNBONDING,
    ]
    .prop_map(Step::Wait)
    .boxed()
}

/// By how much the counters of each operator grow.
pub fn growth() -> BoxedStrategy<Vec<Leaf>> {
    let leaf = (
        prop_oneof![2 => Just(0), 1 => 1..100 * TOKEN],
        prop_oneof![2 => Just(0), 4 => 1..3_000_u64, 1 => 1..1_000_000_u64],
        prop_oneof![
            3 => Just(0),
            2 => 1..100 * TOKEN,
            1 => 100 * TOKEN..1_000 * TOKEN,
        ],
        0..1_000_u64,
        0..3_u32,
        0..3_u32,
    )
        .prop_map(|(tokens, stable, slashed, units, ok, missed)| Leaf {
            tokens,
            stable,
            slashed,
            units,
            windows_ok: ok,
            windows_total: ok + missed,
        });
    prop::collection::vec(leaf, usize::from(OPERATORS)).boxed()
}

/// Time that lets a pool keep up.
fn short_wait() -> BoxedStrategy<Step> {
    prop_oneof![
        2 => 1..EPOCH,
        6 => (EPOCH - 1)..=(EPOCH + 1),
        1 => 1..6 * EPOCH,
        1 => (UNBONDING - 1)..=(UNBONDING + 1),
    ]
    .prop_map(Step::Wait)
    .boxed()
}

fn root() -> BoxedStrategy<Step> {
    growth()
        .prop_map(|growth| Step::RootPublish { growth })
        .boxed()
}

fn pause() -> BoxedStrategy<Step> {
    let areas = prop_oneof![4 => 1..16_u8, 1 => Just(0), 1 => 16..=255_u8];
    prop_oneof![
        1 => (mostly(Just(Actor::Guardian)), areas, any::<bool>()),
        2 => (Just(Actor::Authority), Just(15), Just(false)),
    ]
    .prop_map(|(by, areas, paused)| Step::NetworkPause { by, areas, paused })
    .boxed()
}

/// Steps of operators with their weights.
fn operators() -> Vec<(u32, BoxedStrategy<Step>)> {
    let deposit = (
        mostly((0..OPERATORS).prop_map(Actor::Operator)),
        0..OPERATORS,
        amount(),
    );
    vec![
        (
            6,
            deposit
                .prop_map(|(by, operator, amount)| Step::StakeDeposit {
                    by,
                    operator,
                    amount,
                })
                .boxed(),
        ),
        (
            5,
            (operated(), amount())
                .prop_map(|((by, operator), amount)| Step::StakeUnbond {
                    by,
                    operator,
                    amount,
                })
                .boxed(),
        ),
        (
            4,
            operated()
                .prop_map(|(by, operator)| Step::StakeWithdraw { by, operator })
                .boxed(),
        ),
        (
            1,
            operated()
                .prop_map(|(by, operator)| Step::OperatorExit { by, operator })
                .boxed(),
        ),
        (
            5,
            operated()
                .prop_map(|(by, operator)| Step::OperatorRelease { by, operator })
                .boxed(),
        ),
    ]
}

/// Slashes of pay and of stake.
fn slashes() -> Vec<(u32, BoxedStrategy<Step>)> {
    let whose = || (0..OPERATORS, 0..3_u8);
    let of_pay = whose().prop_map(|(operator, back)| Step::HeldSlash { operator, back });
    let of_stake = whose().prop_map(|(operator, back)| Step::SlashApply { operator, back });
    vec![(6, of_pay.boxed()), (6, of_stake.boxed())]
}

/// Steps of delegators with their weights.
fn delegators() -> Vec<(u32, BoxedStrategy<Step>)> {
    let who = || (delegator(), delegated());
    vec![
        (
            8,
            (who(), amount())
                .prop_map(|((by, operator), amount)| Step::DelegationDeposit {
                    by,
                    operator,
                    amount,
                })
                .boxed(),
        ),
        (
            6,
            (who(), amount())
                .prop_map(|((by, operator), shares)| Step::DelegationUnbond {
                    by,
                    operator,
                    shares,
                })
                .boxed(),
        ),
        (
            5,
            who()
                .prop_map(|(by, operator)| Step::DelegationWithdraw { by, operator })
                .boxed(),
        ),
        (
            5,
            who()
                .prop_map(|(by, operator)| Step::DelegationClaim { by, operator })
                .boxed(),
        ),
        (
            3,
            who()
                .prop_map(|(by, operator)| Step::DelegationClose { by, operator })
                .boxed(),
        ),
        (
            4,
            (delegated(), 0..TOKEN, 0..1_000_u64)
                .prop_map(|(operator, tokens, stable)| Step::DelegationFund {
                    operator,
                    tokens,
                    stable,
                })
                .boxed(),
        ),
    ]
}

/// Stake and bonds that mostly stay, with their weights.
fn bonds() -> Vec<(u32, BoxedStrategy<Step>)> {
    let deposit = (0..OPERATORS, amount()).prop_map(|(operator, amount)| Step::StakeDeposit {
        by: Actor::Operator(operator),
        operator,
        amount,
    });
    let slash = (0..OPERATORS, 0..3_u8);
    let slash = slash.prop_map(|(operator, back)| Step::SlashApply { operator, back });
    let register = (verifier(), BOND_MIN..3 * BOND_MIN);
    let register = register.prop_map(|(by, bond)| Step::VerifierRegister {
        by,
        admitted_by: Actor::Authority,
        bond,
    });
    let exit = verifier().prop_map(|by| Step::VerifierExit { by });
    let withdraw = verifier().prop_map(|by| Step::VerifierWithdraw { by });
    let delegate = (delegator(), delegated(), amount());
    let delegate = delegate.prop_map(|(by, operator, amount)| Step::DelegationDeposit {
        by,
        operator,
        amount,
    });
    vec![
        (4, deposit.boxed()),
        (3, delegate.boxed()),
        (4, slash.boxed()),
        (6, register.boxed()),
        (1, exit.boxed()),
        (4, withdraw.boxed()),
    ]
}

/// Steps of verifiers with their weights.
fn verifiers() -> Vec<(u32, BoxedStrategy<Step>)> {
    let bond = prop_oneof![
        4 => BOND_MIN..3 * BOND_MIN,
        1 => select(vec![0, BOND_MIN - 1, u64::MAX]),
    ];
    vec![
        (
            4,
            (verifier(), mostly(Just(Actor::Authority)), bond)
                .prop_map(|(by, admitted_by, bond)| Step::VerifierRegister {
                    by,
                    admitted_by,
                    bond,
                })
                .boxed(),
        ),
        (
            2,
            (verifier(), amount())
                .prop_map(|(by, amount)| Step::VerifierBondAdd { by, amount })
                .boxed(),
        ),
        (
            1,
            verifier().prop_map(|by| Step::VerifierExit { by }).boxed(),
        ),
        (
            1,
            (mostly(Just(Actor::Authority)), verifier())
                .prop_map(|(by, verifier)| Step::VerifierRemove { by, verifier })
                .boxed(),
        ),
        (
            4,
            verifier()
                .prop_map(|by| Step::VerifierWithdraw { by })
                .boxed(),
        ),
        (
            2,
            (prop_oneof![4 => 0..16_u32, 1 => any::<u32>()], 0..60_u64)
                .prop_map(|(mask, voted_epoch)| Step::BondSlash { mask, voted_epoch })
                .boxed(),
        ),
    ]
}

/// Steps that concern a pool with their weights.
fn pool() -> Vec<(u32, BoxedStrategy<Step>)> {
    let paid = || (0..OPERATORS, 0..3_u8);
    vec![
        (
            3,
            (mostly(Just(Actor::Stranger)), amount())
                .prop_map(|(by, amount)| Step::PoolFund { by, amount })
                .boxed(),
        ),
        (
            20,
            prop_oneof![16 => Just(ALL), 1 => 0..60_u64]
                .prop_map(|epoch| Step::EpochAllot { epoch })
                .boxed(),
        ),
        (
            3,
            (0..OPERATORS)
                .prop_map(|operator| Step::ClaimSync { operator })
                .boxed(),
        ),
        (
            1,
            operated()
                .prop_map(|(by, operator)| Step::StablePayoutSet { by, operator })
                .boxed(),
        ),
        (
            6,
            paid()
                .prop_map(|(operator, back)| Step::RewardClaim { operator, back })
                .boxed(),
        ),
        (
            3,
            (0..3_u8).prop_map(|back| Step::RewardPush { back }).boxed(),
        ),
        (
            4,
            paid()
                .prop_map(|(operator, back)| Step::RewardClaimStable { operator, back })
                .boxed(),
        ),
        (
            3,
            (0..OPERATORS)
                .prop_map(|operator| Step::HeldRelease { operator })
                .boxed(),
        ),
        (
            3,
            delegated()
                .prop_map(|operator| Step::DelegationPay { operator })
                .boxed(),
        ),
    ]
}

/// Any step of rewards, and the stake and sales that they come from.
pub fn rewards() -> BoxedStrategy<Step> {
    let mut all = vec![(10, short_wait()), (10, root()), (1, pause())];
    all.extend(pool());
    all.extend(slashes());
    all.extend(delegators());
    all.extend(sales());
    all.extend(changes(RULES));
    Union::new_weighted(all).boxed()
}

/// Any step of stake.
pub fn staking() -> BoxedStrategy<Step> {
    let mut all = vec![(10, wait()), (5, root()), (2, pause())];
    all.extend(operators());
    all.extend(slashes());
    all.extend(delegators());
    all.extend(verifiers());
    all.extend(changes(RULES_WITHOUT_POOL));
    Union::new_weighted(all).boxed()
}

/// Any step that concerns credits, and what they are settled by.
pub fn credits() -> BoxedStrategy<Step> {
    let mut all = vec![(10, wait()), (10, root()), (1, pause())];
    all.extend(credit_steps());
    all.extend(commitments());
    all.extend(changes(RULES_WITHOUT_POOL));
    Union::new_weighted(all).boxed()
}

/// Any step of verifiers, and what roots are made of and good for. Few leave.
pub fn rounds() -> BoxedStrategy<Step> {
    let mut all = vec![(1, pause()), (1, root())];
    for steps in [
        round_steps(),
        bonds(),
        pool(),
        commitments(),
        changes(RULES),
    ] {
        all.extend(steps);
    }
    Union::new_weighted(all).boxed()
}

/// Any step.
pub fn all() -> BoxedStrategy<Step> {
    let mut all = vec![(20, short_wait()), (4, wait()), (6, root()), (1, pause())];
    for steps in [
        round_steps(),
        bonds(),
        pool(),
        commitments(),
        changes(RULES_WITHOUT_POOL),
        delegators(),
        operators(),
        credit_steps(),
    ] {
        all.extend(steps);
    }
    Union::new_weighted(all).boxed()
}

/// The step with the amounts that stand for all there is, and between parties that have something
/// between them.
pub fn resolved(step: &Step, model: &World) -> Step {
    let mut step = step.clone();
    match &mut step {
        Step::StakeUnbond {
            operator, amount, ..
        } if *amount == ALL => {
            *amount = model.operators.get(operator).map_or(0, |state| state.stake);
        }
        Step::DelegationUnbond {
            by,
            operator,
            shares,
        } if *shares == ALL => {
            let delegation = model.delegations.get(&(*by, *operator));
            *shares = delegation.map_or(0, |delegation| delegation.shares);
        }
        Step::EpochAllot { epoch } if *epoch == ALL => *epoch = model.pool.next_epoch,
        Step::RootPublish { growth } => earned(growth, model),
        Step::TreasuryWithdraw { amount, .. } if *amount == ALL => {
            *amount = model.ledger.balance(Asset::Stable, Holder::Treasury);
        }
        Step::ChangePropose {
            change: Change::Pool {
                tokens_per_epoch, ..
            },
            ..
        } if model.pool.minting.is_some() => *tokens_per_epoch = model.pool.tokens_per_epoch,
        _ => met(&mut step, model),
    }
    model_round_steps::resolved(&mut step, model);
    step
}

/// Mostly no root grants more stablecoin than was allotted: else little of it can be claimed.
fn earned(growth: &mut [Leaf], model: &World) {
    let granted = model.roots.last().map_or(0, |root| root.totals.stable);
    let mut left = model.pool.stable.allotted.saturating_sub(granted);
    let is_excessive = growth.first().is_some_and(|leaf| leaf.units % 4 == 0);
    for leaf in growth.iter_mut().filter(|_| !is_excessive) {
        leaf.stable = leaf.stable.min(left);
        left -= leaf.stable;
    }
}

/// Who acts for the other parties as somebody did for these.
fn for_parties(by: Actor, these: (u8, u8), others: (u8, u8)) -> Actor {
    if by == Actor::Customer(these.0) {
        Actor::Customer(others.0)
    } else if by == Actor::Operator(these.1) {
        Actor::Operator(others.1)
    } else {
        by
    }
}

/// Parties that have a lease, if any have.
fn leased(customer: &mut u8, operator: &mut u8, model: &World) {
    let leases = &model.credits.leases;
    if !leases.contains_key(&(*customer, *operator)) {
        if let Some(parties) = leases.keys().next() {
            (*customer, *operator) = *parties;
        }
    }
}

/// Parties that have a meter, if any have.
fn metered(customer: &mut u8, operator: &mut u8, model: &World) {
    let meters = &model.credits.meters;
    if !meters.contains_key(&(*customer, *operator)) {
        if let Some(parties) = meters.keys().next() {
            (*customer, *operator) = *parties;
        }
    }
}

/// Steps between a customer and an operator, where there is a meter, a lease or a sale.
fn met(step: &mut Step, model: &World) {
    let credits = &model.credits;
    match step {
        Step::MeterSettle {
            customer,
            operator,
            signed_by,
            ..
        } if !credits.meters.contains_key(&(*customer, *operator)) => {
            if let Some((parties, meter)) = credits.meters.iter().next() {
                (*customer, *operator) = *parties;
                *signed_by = meter.signer;
            }
        }
        Step::LeaseRenew {
            customer,
            operator,
            rate,
            ..
        } => {
            leased(customer, operator, model);
            let lease = credits.leases.get(&(*customer, *operator));
            if *rate == ALL {
                *rate = lease.map_or(1, |lease| lease.deal.renewal_rate);
            }
        }
        Step::LeaseEnd {
            by,
            customer,
            operator,
        } => {
            let was = (*customer, *operator);
            leased(customer, operator, model);
            *by = for_parties(*by, was, (*customer, *operator));
        }
        Step::LeaseClose { customer, operator } => leased(customer, operator, model),
        Step::MeterDeposit {
            by,
            customer,
            operator,
            ..
        }
        | Step::MeterEnd {
            by,
            customer,
            operator,
        } => {
            let was = (*customer, *operator);
            metered(customer, operator, model);
            *by = for_parties(*by, was, (*customer, *operator));
        }
        Step::MeterClose { customer, operator } => metered(customer, operator, model),
        Step::CommitmentRegister {
            customer, operator, ..
        } => {
            let all = (0..CUSTOMERS).flat_map(|one| (0..OPERATORS).map(move |by| (one, by)));
            let mut free = all.filter(|parties| !model.commitments.contains_key(parties));
            if let Some(parties) = free.next() {
                (*customer, *operator) = parties;
            }
        }
        Step::LeaseTransfer { customer, from, .. } => leased(customer, from, model),
        Step::LeaseSettle {
            customer,
            operator,
            back,
        } if *back == 0 => {
            let is_due = |of: &(u8, u8)| model.lease_due(of.0, of.1).ok();
            let due = credits
                .leases
                .keys()
                .find_map(|of| Some((*of, is_due(of)?)));
            if let Some((parties, epoch)) = due {
                (*customer, *operator) = parties;
                let newer = model.roots.iter().rev();
                let place = newer.take_while(|root| root.epoch != epoch).count();
                *back = u8::try_from(place).unwrap_or(u8::MAX);
            }
        }
        Step::CardChargeback {
            customer, payment, ..
        }
        | Step::CardResolve {
            customer, payment, ..
        }
        | Step::CardRefund {
            customer, payment, ..
        } => {
            if let Some(sale) = credits.sales.get(payment) {
                *customer = sale.customer;
            }
        }
        _ => {}
    }
}
