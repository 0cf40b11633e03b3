//! Off chain: steps at random by which roots become final, or do not, and what operators keep.

use {
    crate::{
        model_chain::{CUSTOMERS, OPERATORS, VERIFIERS},
        model_credit_steps::parties,
        model_steps::{growth, mostly, ALL, EPOCH},
    },
    proptest::{prelude::*, sample::select},
    trestle_model::{Actor, Evidence, Flaw, Leaf, Opening, ProposalKey, Recorded, Step, World},
    trestle_tests::{proofs::WINDOW_SECONDS, staking::BOND_MIN},
};

/// Epochs without a root for which a service is stalled.
const STALLED: i64 = 17 * EPOCH;

fn verifier() -> BoxedStrategy<Actor> {
    mostly((0..VERIFIERS).prop_map(Actor::Verifier))
}

fn operator() -> std::ops::Range<u8> {
    0..OPERATORS
}

/// A proposal that there is, or one of this epoch.
fn about() -> BoxedStrategy<ProposalKey> {
    (prop_oneof![15 => Just(ALL), 1 => 0..60_u64], verifier()).boxed()
}

/// Whoever challenges risks or gains by it.
fn challenger() -> BoxedStrategy<Actor> {
    let sometimes = (0..VERIFIERS).prop_map(Actor::Verifier);
    prop_oneof![4 => Just(Actor::Challenger), 1 => sometimes].boxed()
}

fn flaw() -> BoxedStrategy<Flaw> {
    prop_oneof![
        10 => Just(Flaw::Nothing),
        1 => operator().prop_map(Flaw::Fallen),
        1 => operator().prop_map(Flaw::Swapped),
        1 => Just(Flaw::Unsummed),
        1 => operator().prop_map(Flaw::Omitted),
    ]
    .boxed()
}

/// An answer that is recorded as good or lost, rightly or not.
fn opening() -> BoxedStrategy<Option<Opening>> {
    let recorded = prop_oneof![
        2 => Just(Recorded::Good),
        1 => Just(Recorded::Lost),
        1 => Just(Recorded::LostUnsigned),
    ];
    let opening = (0..CUSTOMERS, operator(), any::<bool>(), recorded).prop_map(
        |(customer, operator, is_true, recorded)| Opening {
            customer,
            operator,
            is_true,
            recorded,
        },
    );
    prop::option::weighted(0.8, opening).boxed()
}

fn evidence() -> BoxedStrategy<Evidence> {
    prop_oneof![
        operator().prop_map(Evidence::Counters),
        operator().prop_map(Evidence::Order),
        Just(Evidence::Totals),
        operator().prop_map(Evidence::Omitted),
        operator().prop_map(Evidence::Slash),
        (0..CUSTOMERS, operator()).prop_map(|of| Evidence::Opening(of.0, of.1)),
        (0..CUSTOMERS, operator()).prop_map(|of| Evidence::Loss(of.0, of.1)),
        (0..CUSTOMERS, operator()).prop_map(|of| Evidence::Signature(of.0, of.1)),
    ]
    .boxed()
}

/// Steps by which a root becomes final, with their weights.
fn agreement() -> Vec<(u32, BoxedStrategy<Step>)> {
    let epoch = || prop_oneof![8 => Just(ALL), 1 => 0..60_u64];
    let propose = (verifier(), epoch(), growth(), flaw(), opening());
    vec![
        (
            2,
            epoch()
                .prop_map(|epoch| Step::EpochSeedRecord { epoch })
                .boxed(),
        ),
        (
            12,
            propose
                .prop_map(|(by, epoch, growth, flaw, opening)| Step::EpochPropose {
                    by,
                    epoch,
                    growth,
                    flaw,
                    opening,
                })
                .boxed(),
        ),
        (
            40,
            (verifier(), about())
                .prop_map(|(by, about)| Step::EpochAttest { by, about })
                .boxed(),
        ),
        (
            20,
            about()
                .prop_map(|about| Step::EpochFinalize { about })
                .boxed(),
        ),
        (
            2,
            about()
                .prop_map(|about| Step::ProposalClose { about })
                .boxed(),
        ),
        (
            2,
            epoch().prop_map(|epoch| Step::RoundClose { epoch }).boxed(),
        ),
        (1, Just(Step::ServiceEscape).boxed()),
    ]
}

/// Steps by which a root is lost, with their weights.
fn contest() -> Vec<(u32, BoxedStrategy<Step>)> {
    vec![
        (
            12,
            (challenger(), about(), evidence())
                .prop_map(|(by, about, evidence)| Step::EpochChallenge {
                    by,
                    about,
                    evidence,
                })
                .boxed(),
        ),
        (
            3,
            (challenger(), about())
                .prop_map(|(by, about)| Step::DisputeOpen { by, about })
                .boxed(),
        ),
        (
            6,
            (verifier(), about(), any::<bool>())
                .prop_map(|(by, about, is_right)| Step::DisputeVote {
                    by,
                    about,
                    is_right,
                })
                .boxed(),
        ),
        (
            4,
            about()
                .prop_map(|about| Step::DisputeResolve { about })
                .boxed(),
        ),
    ]
}

/// Time to the edges of epochs and windows.
fn wait() -> BoxedStrategy<Step> {
    prop_oneof![
        6 => 1..WINDOW_SECONDS,
        10 => (WINDOW_SECONDS - 1)..=(WINDOW_SECONDS + 1),
        6 => (EPOCH - 1)..=(EPOCH + 1),
        1 => STALLED..2 * STALLED,
    ]
    .prop_map(Step::Wait)
    .boxed()
}

/// Any step of the rounds, with its weight.
pub fn round_steps() -> Vec<(u32, BoxedStrategy<Step>)> {
    let raise = verifier().prop_map(|by| Step::VerifierBondAdd { by, amount: ALL });
    let mut steps = [agreement(), contest()].concat();
    steps.extend([(30, wait()), (3, raise.boxed())]);
    steps
}

/// Steps that concern what operators keep, with their weights.
pub fn commitments() -> Vec<(u32, BoxedStrategy<Step>)> {
    let gib = 1 << 30;
    let size = prop_oneof![
        6 => 1..10_000_u64,
        2 => select(vec![0, gib, 6 * gib, 10 * gib, 10 * gib + 1, u64::MAX]),
    ];
    let declared = (operator(), 0..12_u64, 0..6_u64);
    vec![
        (
            4,
            (0..CUSTOMERS, operator(), size)
                .prop_map(
                    |(customer, operator, size_bytes)| Step::CommitmentRegister {
                        customer,
                        operator,
                        size_bytes,
                    },
                )
                .boxed(),
        ),
        (
            1,
            parties()
                .prop_map(|(by, customer, operator)| Step::CommitmentEnd {
                    by,
                    customer,
                    operator,
                })
                .boxed(),
        ),
        (
            2,
            (0..CUSTOMERS, operator())
                .prop_map(|(customer, operator)| Step::CommitmentClose { customer, operator })
                .boxed(),
        ),
        (
            2,
            declared
                .prop_flat_map(|(operator, first, epochs)| {
                    let by = mostly(Just(Actor::Operator(operator)));
                    (by, Just(operator), Just(ALL - first), Just(epochs))
                })
                .prop_map(|(by, operator, first, epochs)| Step::MaintenanceDeclare {
                    by,
                    operator,
                    first,
                    epochs,
                })
                .boxed(),
        ),
    ]
}

/// Steps about a proposal, where there is one, and of an epoch that is due.
pub fn resolved(step: &mut Step, model: &World) {
    let rounds = &model.rounds;
    let ended = model.epoch().saturating_sub(1);
    let newest = |about: &mut ProposalKey,
                  keys: &mut dyn DoubleEndedIterator<Item = ProposalKey>| {
        if about.0 == ALL {
            let keys: Vec<ProposalKey> = keys.rev().collect();
            let same = keys.iter().find(|key| key.1 == about.1);
            *about = *same.or(keys.first()).unwrap_or(&(ended, about.1));
        }
    };
    match step {
        Step::EpochSeedRecord { epoch } if *epoch == ALL => *epoch = model.epoch(),
        Step::EpochPropose { epoch, growth, .. } if *epoch == ALL => {
            *epoch = due(model);
            afford(growth, model, *epoch);
        }
        Step::EpochAttest { about, .. }
        | Step::EpochFinalize { about }
        | Step::EpochChallenge { about, .. }
        | Step::DisputeOpen { about, .. } => {
            let open = rounds.proposals.iter();
            let open = open.filter(|(_, proposal)| !proposal.is_lost);
            newest(about, &mut open.map(|(key, _)| *key));
            recorded(step, model);
        }
        Step::ProposalClose { about } => newest(about, &mut rounds.proposals.keys().copied()),
        Step::DisputeVote { about, .. } | Step::DisputeResolve { about } => {
            newest(about, &mut rounds.disputes.keys().copied());
        }
        Step::RoundClose { epoch } if *epoch == ALL => {
            *epoch = rounds.open.keys().next().copied().unwrap_or(ended);
        }
        Step::VerifierBondAdd { by, amount } if *amount == ALL => {
            let mut places = model.verifiers.iter().flatten();
            let bond = places.find(|one| one.who == *by).map_or(0, |one| one.bond);
            *amount = (2 * BOND_MIN).saturating_sub(bond);
        }
        Step::MaintenanceDeclare { first, .. } if *first > ALL / 2 => {
            *first = model.epoch() + (ALL - *first);
        }
        _ => {}
    }
}

/// A challenge of a record is about the one that there is, if any.
fn recorded(step: &mut Step, model: &World) {
    if let Step::EpochChallenge {
        about,
        evidence:
            Evidence::Opening(customer, operator)
            | Evidence::Loss(customer, operator)
            | Evidence::Signature(customer, operator),
        ..
    } = step
    {
        let proposal = model.rounds.proposals.get(about);
        if let Some(opening) = proposal.and_then(|proposal| proposal.opening) {
            (*customer, *operator) = (opening.customer, opening.operator);
        }
    }
}

/// The last epoch that ended, or the last one of these that the pool has reached.
fn due(model: &World) -> u64 {
    let ended = model.epoch().saturating_sub(1);
    let allotted = model.pool.next_epoch.checked_sub(1);
    let newest = model.roots.last().map(|root| root.epoch);
    allotted
        .filter(|epoch| Some(*epoch) > newest && *epoch < ended)
        .unwrap_or(ended)
}

/// Cuts growth down to what the pool allotted.
fn afford(growth: &mut [Leaf], model: &World, epoch: u64) {
    let after = model.roots.last().map(|root| root.epoch);
    let (mut tokens, mut stable) = model.pool.allotted_between(after, epoch);
    for leaf in growth {
        leaf.tokens = leaf.tokens.min(tokens);
        leaf.stable = leaf.stable.min(stable);
        tokens -= leaf.tokens;
        stable -= leaf.stable;
    }
}
