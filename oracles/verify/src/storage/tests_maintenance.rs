//! Maintenance that was declared ahead.

use super::testing::{only, Act, World, LOST_BPS, MISS_BPS, STAKE, TOKENS};
use super::{
    check_evidence, recompute, score, EpochOutcome, MaintenanceInput, OperatorTerms, Verdict,
};
use crate::published::EpochFiles;
use crate::VerifyError;
use proptest::prelude::*;
use trestle_core::maintenance::EpochRange;

const MISS_SLASH: u64 = STAKE * MISS_BPS as u64 / 10_000;
const LOST_SLASH: u64 = STAKE * LOST_BPS as u64 / 10_000;

/// The window of the test world's epoch, 9.
const WINDOW: MaintenanceInput = MaintenanceInput {
    first_epoch: 8,
    epochs: 2,
};

fn terms<'a>(outcome: &'a EpochOutcome, operator: &[u8; 32]) -> &'a OperatorTerms {
    &outcome.terms[outcome.index_of(operator).unwrap() as usize]
}

fn declare(world: &mut World, operator: usize, window: MaintenanceInput) {
    let address = world.operator(operator);
    let mut operators = world.inputs.operators.iter_mut();
    let found = operators.find(|one| one.address == address);
    found.unwrap().maintenance = Some(window);
}

#[test]
fn misses_in_maintenance_are_no_fault_and_leave_the_run_of_misses_as_it_is() {
    for streak in [0, 3] {
        let mut world = World::with_operators(3);
        world.set_streak(streak);
        let away = world.operator(1);
        let before = world.score(&only(&world, 1, Act::Misses));
        assert_ne!(terms(&before, &away).verdict, Verdict::Maintenance);
        declare(&mut world, 1, WINDOW);
        let outcome = world.score(&only(&world, 1, Act::Misses));
        let one = terms(&outcome, &away);
        assert_eq!((one.verdict, one.slashed), (Verdict::Maintenance, 0));
        assert_eq!(one.miss_streak_after, streak);
        // It is not paid for what it missed either.
        assert_eq!((one.tokens, one.windows_ok, one.windows_total), (0, 0, 1));
        // Whoever answers all the same is paid, and ends the run.
        let outcome = world.score(&world.all_answer());
        let one = terms(&outcome, &away);
        assert_eq!((one.verdict, one.miss_streak_after), (Verdict::Clean, 0));
        assert!(one.tokens > 0);
    }
}

#[test]
fn a_proven_loss_is_a_fault_at_any_time() {
    for act in [Act::DeclaresLoss, Act::ShowsRubbish] {
        let mut world = World::with_operators(3);
        declare(&mut world, 1, WINDOW);
        let outcome = world.score(&only(&world, 1, act));
        let one = terms(&outcome, &world.operator(1));
        assert_eq!((one.verdict, one.slashed), (Verdict::Lost, LOST_SLASH));
    }
}

#[test]
fn maintenance_says_nothing_of_its_zone() {
    let mut world = World::new(&[7; 5], &vec![vec![500]; 5]);
    world.set_streak(1);
    let missing: Vec<[u8; 32]> = (0..3).map(|number| world.operator(number)).collect();
    let evidence = world.evidence(|one, _| {
        if missing.contains(one) {
            Act::Misses
        } else {
            Act::Answers
        }
    });
    let guilty = world.operator(2);
    // Three of five: the zone would excuse all of them.
    assert_eq!(
        terms(&world.score(&evidence), &guilty).verdict,
        Verdict::Excused
    );
    declare(&mut world, 0, WINDOW);
    declare(&mut world, 1, WINDOW);
    let outcome = world.score(&evidence);
    let one = terms(&outcome, &guilty);
    assert_eq!((one.verdict, one.zone_rate_bps), (Verdict::RepeatedMiss, 0));
    assert_eq!(one.slashed, MISS_SLASH);
}

#[test]
fn only_the_window_that_the_epoch_lies_in_is_an_input() {
    let cases = [(6, 3), (10, 1), (9, 0)];
    for (first_epoch, epochs) in cases {
        let mut world = World::with_operators(2);
        declare(
            &mut world,
            0,
            MaintenanceInput {
                first_epoch,
                epochs,
            },
        );
        let operator = world.operator(0);
        let refused = world.inputs.validate();
        let epoch = 9;
        assert_eq!(
            refused,
            Err(VerifyError::MaintenanceElsewhere { operator, epoch })
        );
    }
    let mut world = World::with_operators(2);
    let endless = MaintenanceInput {
        first_epoch: 9,
        epochs: 10,
    };
    declare(&mut world, 0, endless);
    assert!(matches!(
        world.inputs.validate(),
        Err(VerifyError::OutOfBounds { limit: 9, .. })
    ));
}

#[test]
fn the_window_of_an_epoch_is_found_among_those_declared() {
    let windows = [
        EpochRange::default(),
        EpochRange {
            first: 3,
            epochs: 2,
        },
        EpochRange {
            first: 8,
            epochs: 2,
        },
    ];
    let found: Vec<u64> = (0..12)
        .filter(|epoch| MaintenanceInput::of(&windows, *epoch).is_some())
        .collect();
    assert_eq!(found, [3, 4, 8, 9]);
    assert_eq!(MaintenanceInput::of(&windows, 9), Some(WINDOW));
}

fn act() -> impl Strategy<Value = Act> {
    prop_oneof![
        4 => Just(Act::Answers),
        3 => Just(Act::Misses),
        1 => Just(Act::DeclaresLoss),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(32))]

    /// Declaring changes penalties of misses and nothing else, for nobody else to their gain, and
    /// what is published recomputes.
    #[test]
    fn a_declared_window_takes_back_penalties_of_misses_and_nothing_else(
        plan in prop::collection::vec(
            (0_u32..2, [act(), act(), act(), act()], any::<bool>()),
            1..7,
        ),
        streak in 0_u32..3,
    ) {
        let zones: Vec<u32> = plan.iter().map(|(zone, ..)| *zone).collect();
        let mut world = World::new(&zones, &vec![vec![700]; plan.len()]);
        world.set_streak(streak);
        let addresses: Vec<_> = (0..plan.len()).map(|number| world.operator(number)).collect();
        let number_of = |address: &[u8; 32]| addresses.iter().position(|one| one == address);
        let evidence = world.evidence(|operator, challenge| {
            plan[number_of(operator).unwrap()].1[challenge as usize]
        });
        let before = world.score(&evidence);
        for (number, (.., away)) in plan.iter().enumerate() {
            if *away {
                declare(&mut world, number, WINDOW);
            }
        }
        let after = score(&check_evidence(&world.inputs, &evidence).unwrap()).unwrap();
        for (old, new) in before.terms.iter().zip(&after.terms) {
            let paid = |one: &OperatorTerms| (one.tokens, one.stable, one.windows_ok, one.units);
            prop_assert_eq!(paid(old), paid(new));
            let away = plan[number_of(&new.operator).unwrap()].2;
            if away && new.lost == 0 {
                prop_assert_eq!(new.slashed, 0);
                let clean = new.missed == 0 && new.challenges > 0;
                prop_assert_eq!(new.miss_streak_after, if clean { 0 } else { streak });
            } else {
                // Who is there is judged by those who are there.
                prop_assert!(new.slashed <= LOST_SLASH);
                prop_assert!(new.lost > 0 || new.slashed <= MISS_SLASH);
                prop_assert_eq!(new.lost > 0, new.slashed == LOST_SLASH);
            }
        }
        prop_assert!(after.terms.iter().map(|one| one.tokens).sum::<u64>() <= TOKENS);
        let files = EpochFiles::new(world.inputs.clone(), evidence, &after);
        let parsed = EpochFiles::parse(&files.render().unwrap()).unwrap();
        prop_assert_eq!(&parsed, &files);
        recompute(&parsed).unwrap();
    }
}
