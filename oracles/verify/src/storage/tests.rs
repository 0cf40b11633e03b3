//! The laws of scoring, on real commitments and real signatures.

use super::testing::{only, Act, World, LOST_BPS, MISS_BPS, STABLE, STAKE, TOKENS};
use super::*;
use crate::published::EpochFiles;
use proptest::prelude::*;
use trestle_core::merkle;

const MISS_SLASH: u64 = STAKE * MISS_BPS as u64 / 10_000;
const LOST_SLASH: u64 = STAKE * LOST_BPS as u64 / 10_000;

fn terms<'a>(outcome: &'a EpochOutcome, operator: &[u8; 32]) -> &'a OperatorTerms {
    &outcome.terms[outcome.index_of(operator).unwrap() as usize]
}

#[test]
fn clean_epoch_pays_by_kib_and_conserves_the_allotment() {
    let world = World::with_operators(3);
    let outcome = world.score(&world.all_answer());
    assert_eq!(outcome.totals.tokens, TOKENS);
    assert_eq!(outcome.totals.stable, STABLE);
    assert_eq!(outcome.totals.slashed, 0);
    let units: Vec<u64> = (0..3)
        .map(|n| terms(&outcome, &world.operator(n)).units)
        .collect();
    assert_eq!(units, [2, 3, 4]);
    let two = terms(&outcome, &world.operator(0)).tokens;
    assert!(two.abs_diff(TOKENS * 2 / 9) <= 1, "{two}");
}

#[test]
fn every_leaf_proves_itself_under_the_root() {
    let world = World::with_operators(5);
    let outcome = world.score(&world.all_answer());
    for operator in &world.inputs.operators {
        let why = explain(&world.inputs, &outcome, &operator.address).unwrap();
        let leaf = why.after.leaf().hash();
        let root = outcome.tree_root();
        merkle::verify(&root, outcome.leaf_count, why.index, &leaf, &why.proof).unwrap();
        assert_eq!(why.before.tokens + why.terms.tokens, why.after.tokens);
    }
    assert!(explain(&world.inputs, &outcome, &[0xee; 32]).is_err());
}

#[test]
fn first_miss_withholds_pay_and_costs_no_stake() {
    let world = World::with_operators(3);
    let outcome = world.score(&only(&world, 1, Act::Misses));
    let guilty = terms(&outcome, &world.operator(1));
    assert_eq!((guilty.tokens, guilty.slashed, guilty.units), (0, 0, 0));
    assert_eq!(guilty.verdict, Verdict::FirstMiss);
    assert_eq!(
        (guilty.miss_streak_before, guilty.miss_streak_after),
        (0, 1)
    );
    assert_eq!(outcome.totals.tokens, TOKENS);
}

#[test]
fn second_miss_in_a_row_is_slashed_and_a_clean_epoch_forgives() {
    let mut world = World::with_operators(3);
    world.set_streak(1);
    let outcome = world.score(&only(&world, 1, Act::Misses));
    let guilty = terms(&outcome, &world.operator(1));
    assert_eq!(
        (guilty.verdict, guilty.slashed),
        (Verdict::RepeatedMiss, MISS_SLASH)
    );
    assert_eq!(guilty.miss_streak_after, 2);
    let honest = terms(&outcome, &world.operator(0));
    assert_eq!(
        (honest.verdict, honest.miss_streak_after),
        (Verdict::Clean, 0)
    );
}

#[test]
fn proven_loss_costs_three_interruptions_once_an_epoch() {
    let world = World::with_operators(3);
    for act in [Act::DeclaresLoss, Act::ShowsRubbish] {
        let guilty = world.operator(2);
        let all = world.evidence(|one, _| if *one == guilty { act } else { Act::Answers });
        for evidence in [only(&world, 2, act), all] {
            let outcome = world.score(&evidence);
            let terms = terms(&outcome, &guilty);
            assert_eq!((terms.verdict, terms.slashed), (Verdict::Lost, LOST_SLASH));
            assert_eq!(terms.slashed, 3 * MISS_SLASH);
            assert_eq!(terms.tokens, 0);
        }
    }
}

#[test]
fn fault_of_a_whole_zone_is_excused_and_a_loss_never_is() {
    let mut world = World::new(&[7, 7, 7, 7, 8], &vec![vec![500]; 5]);
    world.set_streak(3);
    let outcome = world.score(&world.evidence(|_, _| Act::Misses));
    for number in 0..4 {
        let one = terms(&outcome, &world.operator(number));
        assert_eq!((one.verdict, one.zone_rate_bps), (Verdict::Excused, 10_000));
        assert_eq!((one.slashed, one.miss_streak_after), (0, 3));
        assert_eq!(one.tokens, 0);
    }
    let alone = terms(&outcome, &world.operator(4));
    assert_eq!(
        (alone.verdict, alone.slashed),
        (Verdict::RepeatedMiss, MISS_SLASH)
    );
    let lost = world.score(&world.evidence(|_, _| Act::DeclaresLoss));
    assert!(lost.terms.iter().all(|one| one.slashed == LOST_SLASH));
}

#[test]
fn zone_rate_is_subtracted_from_a_worse_fault() {
    let mut world = World::new(&[7; 4], &vec![vec![500]; 4]);
    world.set_streak(1);
    // Two miss one of four challenges, one misses all: the percentile is 2,500 of 10,000.
    let worst = world.operator(3);
    let (a, b) = (world.operator(0), world.operator(1));
    let evidence = world.evidence(|one, number| {
        let misses = *one == worst || (number == 0 && (*one == a || *one == b));
        if misses {
            Act::Misses
        } else {
            Act::Answers
        }
    });
    let outcome = world.score(&evidence);
    let one = terms(&outcome, &worst);
    assert_eq!((one.miss_rate_bps, one.zone_rate_bps), (10_000, 2_500));
    assert_eq!(one.slashed, MISS_SLASH * 3 / 4);
    assert_eq!(terms(&outcome, &a).verdict, Verdict::Excused);
}

#[test]
fn three_operators_are_no_zone() {
    let mut world = World::with_operators(3);
    world.set_streak(1);
    let outcome = world.score(&world.evidence(|_, _| Act::Misses));
    assert!(outcome.terms.iter().all(|one| one.slashed == MISS_SLASH));
    assert_eq!(
        outcome.totals.tokens, 30,
        "nobody worked, nothing is handed out"
    );
}

#[test]
fn too_little_stake_earns_nothing_but_keeps_its_windows() {
    let mut world = World::with_operators(2);
    let poor = world.operator(0);
    for operator in world
        .inputs
        .operators
        .iter_mut()
        .filter(|one| one.address == poor)
    {
        operator.active_stake -= 1;
    }
    let outcome = world.score(&world.all_answer());
    let one = terms(&outcome, &poor);
    assert_eq!((one.tokens, one.weight, one.windows_ok), (0, 0, 1));
    assert_eq!(outcome.totals.tokens, TOKENS);
}

#[test]
fn who_unbonds_is_not_paid_but_slashed_and_what_is_free_counts_for_nothing() {
    // Active, then unbonding with it; what could be withdrawn is not in the inputs any more.
    for (active, stake, slash) in [
        (0, STAKE, LOST_SLASH),
        (STAKE - 1, STAKE, LOST_SLASH),
        (STAKE / 2, STAKE / 2, LOST_SLASH / 2),
        (0, 0, 0),
    ] {
        let mut world = World::with_operators(2);
        let leaving = world.operator(0);
        for operator in world
            .inputs
            .operators
            .iter_mut()
            .filter(|one| one.address == leaving)
        {
            (operator.active_stake, operator.stake) = (active, stake);
        }
        let paid = terms(&world.score(&world.all_answer()), &leaving).tokens;
        assert_eq!(paid, 0, "{active} of {stake}");
        let losses = only(&world, 0, Act::DeclaresLoss);
        let outcome = world.score(&losses);
        assert_eq!(
            terms(&outcome, &leaving).slashed,
            slash,
            "{active} of {stake}"
        );
    }
}

#[test]
fn idle_operators_keep_their_counters_and_streak() {
    let mut world = World::new(&[0, 0], &[vec![500], vec![]]);
    world.set_streak(2);
    let outcome = world.score(&world.all_answer());
    let idle = world.operator(1);
    assert_eq!(terms(&outcome, &idle).verdict, Verdict::Idle);
    let state = outcome.states[outcome.index_of(&idle).unwrap() as usize];
    assert_eq!(
        (state.tokens, state.miss_streak, state.windows_total),
        (10, 2, 0)
    );
}

/// Sizes of up to three commitments of up to six operators, and what each does.
fn plan() -> impl Strategy<Value = Vec<(u32, Vec<usize>, [Act; 4])>> {
    let act = prop_oneof![
        8 => Just(Act::Answers),
        2 => Just(Act::Misses),
        1 => Just(Act::DeclaresLoss),
        1 => Just(Act::ShowsRubbish),
    ];
    let sizes = prop::collection::vec(0_usize..3_000, 0..3);
    let acts = [act.clone(), act.clone(), act.clone(), act];
    prop::collection::vec((0_u32..2, sizes, acts), 1..6)
}

fn play(plan: &[(u32, Vec<usize>, [Act; 4])], streak: u32) -> (World, Vec<ChallengeEvidence>) {
    let zones: Vec<u32> = plan.iter().map(|(zone, ..)| *zone).collect();
    let sizes: Vec<Vec<usize>> = plan.iter().map(|(_, sizes, _)| sizes.clone()).collect();
    let mut world = World::new(&zones, &sizes);
    world.set_streak(streak);
    let acts: std::collections::BTreeMap<[u8; 32], [Act; 4]> = (0..plan.len())
        .map(|number| (world.operator(number), plan[number].2))
        .collect();
    let evidence = world.evidence(|operator, number| acts[operator][number as usize]);
    (world, evidence)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(32))]

    #[test]
    fn same_inputs_same_bytes_and_pay_is_conserved(plan in plan(), streak in 0_u32..3) {
        let (world, evidence) = play(&plan, streak);
        let outcome = world.score(&evidence);
        let again = world.score(&evidence);
        prop_assert_eq!(outcome.digest, again.digest);
        prop_assert_eq!(&outcome.states, &again.states);
        let paid: u64 = outcome.terms.iter().map(|one| one.tokens).sum();
        let weight: u64 = outcome.terms.iter().map(|one| one.weight).sum();
        prop_assert_eq!(paid, if weight == 0 { 0 } else { TOKENS });
        for (one, state) in outcome.terms.iter().zip(&outcome.states) {
            prop_assert!(one.slashed <= LOST_SLASH);
            prop_assert!(one.lost > 0 || one.slashed <= MISS_SLASH);
            prop_assert!(one.lost == 0 || one.slashed == LOST_SLASH);
            prop_assert!(streak > 0 || one.lost > 0 || one.slashed == 0);
            let before = OperatorState { tokens: 10, ..OperatorState::new(one.operator) };
            prop_assert!(!state.leaf().fell_since(&before.leaf()));
        }
        let files = EpochFiles::new(world.inputs.clone(), evidence, &outcome);
        let texts = files.render().unwrap();
        let parsed = EpochFiles::parse(&texts).unwrap();
        prop_assert_eq!(&parsed, &files);
        prop_assert_eq!(parsed.render().unwrap(), texts);
        recompute(&parsed).unwrap();
    }

    #[test]
    fn active_stake_earns_and_all_at_risk_is_slashed(active in 0..STAKE * 2, out in 0..STAKE) {
        let mut world = World::with_operators(2);
        let one = world.operator(0);
        for operator in world.inputs.operators.iter_mut().filter(|other| other.address == one) {
            (operator.active_stake, operator.stake) = (active, active + out);
        }
        let clean = world.score(&world.all_answer());
        prop_assert_eq!(terms(&clean, &one).tokens > 0, active >= STAKE);
        prop_assert_eq!(clean.totals.tokens, TOKENS);
        let lost = world.score(&only(&world, 0, Act::DeclaresLoss));
        let slash = (active + out) * u64::from(LOST_BPS) / 10_000;
        prop_assert_eq!(terms(&lost, &one).slashed, slash);
    }

    #[test]
    fn permuted_observations_give_the_same_root(plan in plan(), turn in 0_usize..16) {
        let (world, evidence) = play(&plan, 1);
        let mut inputs = world.inputs.clone();
        inputs.operators.rotate_left(turn % plan.len());
        inputs.commitments.reverse();
        let mut shuffled = evidence.clone();
        shuffled.reverse();
        // What a verifier does with things that came in any order.
        inputs.operators.sort_by_key(|one| one.address);
        inputs.commitments.sort_by_key(|one| one.address);
        shuffled.sort_by_key(|one| (one.commitment, one.number));
        let outcome = score(&check_evidence(&inputs, &shuffled).unwrap()).unwrap();
        prop_assert_eq!(outcome.digest, world.score(&evidence).digest);
    }

    /// A fault costs its own operator only: nobody else's pay falls, but for one base unit that
    /// the rounding may move, and nobody else is slashed or loses a window.
    #[test]
    fn a_fault_only_withholds_pay_of_its_operator(plan in plan(), guilty in 0_usize..6) {
        let guilty = guilty % plan.len();
        let mut honest = plan.clone();
        honest[guilty].2 = [Act::Answers; 4];
        let mut faulty = honest.clone();
        faulty[guilty].2[0] = Act::DeclaresLoss;
        let (world, evidence) = play(&honest, 0);
        let before = world.score(&evidence);
        let (world, evidence) = play(&faulty, 0);
        let after = world.score(&evidence);
        let guilty = world.operator(guilty);
        let worked = after.terms.iter().any(|one| one.weight > 0);
        for (before, after) in before.terms.iter().zip(&after.terms) {
            if before.operator == guilty {
                prop_assert_eq!(after.tokens, 0);
            } else if worked {
                prop_assert!(after.tokens + 1 >= before.tokens);
                prop_assert_eq!(after.slashed, before.slashed);
                prop_assert_eq!(after.windows_ok, before.windows_ok);
            }
        }
    }
}

#[test]
fn the_record_of_a_loss_binds_the_signature_and_the_opening_under_it() {
    use trestle_core::hash::ZERO_HASH;
    let digest = |finding: Finding| {
        let evidence = ChallengeEvidence {
            commitment: [1; 32],
            number: 2,
            finding,
        };
        evidence.record().proof_digest
    };
    let opening = |first| Opening {
        leaf: [first; 124],
        path: vec![[3; 32]],
    };
    assert_eq!(digest(Finding::Missed), ZERO_HASH);
    assert_eq!(digest(Finding::Ok(opening(1))), opening(1).digest());
    let digests = [
        digest(Finding::LossDeclared([7; 64])),
        digest(Finding::LossDeclared([8; 64])),
        digest(Finding::LossShown(opening(1), [7; 64])),
        digest(Finding::LossShown(opening(2), [7; 64])),
        digest(Finding::Ok(opening(1))),
        digest(Finding::Missed),
    ];
    for (position, one) in digests.iter().enumerate() {
        assert!(!digests[position + 1..].contains(one), "each of its own");
    }
}
