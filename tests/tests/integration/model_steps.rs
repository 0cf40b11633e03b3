//! Off chain: steps at random, more often those that could go through.

use {
    crate::{
        model_chain::{actors, DELEGATORS, OPERATORS, VERIFIERS},
        model_changes::{changes, RULES, RULES_WITHOUT_POOL},
        model_clearance_steps::clearance_steps,
        model_credit_steps::{accounts, credit_steps, leases, sales},
        model_group_steps::group_steps,
        model_round_steps::{commitments, round_steps},
    },
    proptest::{prelude::*, sample::select, strategy::Union},
    trestle_model::{Actor, Leaf, Step},
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
    let slashed = prop_oneof![
        3 => Just(0),
        2 => 1..100 * TOKEN,
        1 => 100 * TOKEN..1_000 * TOKEN,
    ];
    growth_with(slashed.boxed())
}

fn growth_with(slashed: BoxedStrategy<u64>) -> BoxedStrategy<Vec<Leaf>> {
    let leaf = (
        prop_oneof![2 => Just(0), 1 => 1..100 * TOKEN],
        prop_oneof![2 => Just(0), 4 => 1..3_000_u64, 1 => 1..1_000_000_u64],
        slashed,
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

/// A root with few slashes: whoever owes one is not paid.
fn paying_root() -> BoxedStrategy<Step> {
    growth_with(prop_oneof![24 => Just(0), 1 => 1..50 * TOKEN].boxed())
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
    let register = (verifier(), BOND_MIN..3 * BOND_MIN);
    let register = register.prop_map(|(by, bond)| Step::VerifierRegister {
        by,
        admitted_by: Actor::Authority,
        bond,
    });
    let displace = (verifier(), BOND_MIN..4 * BOND_MIN);
    let displace = displace.prop_map(|(by, bond)| Step::VerifierDisplace { by, bond });
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
        (6, register.boxed()),
        (2, displace.boxed()),
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
            (verifier(), BOND_MIN..4 * BOND_MIN)
                .prop_map(|(by, bond)| Step::VerifierDisplace { by, bond })
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
            9,
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
    let mut all = vec![(10, short_wait()), (10, paying_root()), (1, pause())];
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
    all.extend(group_steps());
    all.extend(commitments());
    all.extend(changes(RULES_WITHOUT_POOL));
    Union::new_weighted(all).boxed()
}

/// Any step of lease groups, and what they are paid and settled by.
pub fn groups() -> BoxedStrategy<Step> {
    let mut all = vec![(10, short_wait()), (10, root()), (1, pause())];
    all.extend(group_steps());
    all.extend(accounts());
    all.extend(commitments());
    Union::new_weighted(all).boxed()
}

/// Any step by which somebody is admitted, and what asks for that.
pub fn clearances() -> BoxedStrategy<Step> {
    let mut all = vec![(10, short_wait()), (8, paying_root()), (1, pause())];
    for steps in [clearance_steps(), leases(), group_steps(), commitments()] {
        all.extend(steps);
    }
    Union::new_weighted(all).boxed()
}

/// Any step by which somebody leaves or is paid, whom a policy may refuse.
pub fn guarded() -> BoxedStrategy<Step> {
    let mut all = vec![(20, short_wait()), (12, paying_root()), (1, pause())];
    for steps in [
        credit_steps(),
        group_steps(),
        commitments(),
        operators(),
        delegators(),
        slashes(),
        pool(),
    ] {
        all.extend(steps);
    }
    Union::new_weighted(all).boxed()
}

/// Any step of verifiers, and what roots are made of and good for. Few leave.
pub fn rounds() -> BoxedStrategy<Step> {
    let mut all = vec![(1, pause()), (1, root())];
    for steps in [
        round_steps(),
        bonds(),
        slashes(),
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
        slashes(),
        pool(),
        commitments(),
        changes(RULES_WITHOUT_POOL),
        delegators(),
        operators(),
        credit_steps(),
        group_steps(),
    ] {
        all.extend(steps);
    }
    Union::new_weighted(all).boxed()
}
