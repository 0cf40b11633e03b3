//! `maintenance_declare`, by its specification.

use {
    solana_signer::Signer,
    trestle_credits::{error::CreditsError, event::MaintenanceDeclared, ID},
    trestle_staking::state::Operator,
    trestle_tests::{credits::CreditsWorld, staking::OperatorKeys, svm::assert_refused},
};

fn world() -> (CreditsWorld, OperatorKeys) {
    let mut world = CreditsWorld::new();
    let operator = world.operator("operator", 0);
    (world, operator)
}

#[test]
fn only_who_acts_for_the_operator_declares() {
    let (mut world, operator) = world();
    let other = world.operator("other", 0);
    for impostor in [world.svm.funded("stranger"), other.authority] {
        let mut ix = world.maintenance_declare(&operator, 10, 1);
        ix.accounts[0].pubkey = impostor.pubkey();
        let payer = world.svm.funded("payer");
        let outcome = world.svm.send(&[ix], &[&payer, &impostor]);
        assert_refused(outcome, ID, CreditsError::NotLeaseParty);
    }
    let sent = world.declare(&operator, 10, 2).expect("a window");
    let event = sent.event::<MaintenanceDeclared>().expect("an event");
    assert_eq!(event.operator, operator.address);
    assert_eq!((event.first_epoch, event.epochs), (10, 2));
    println!("maintenance_declare: {} CU", sent.compute_units);
    let state = world.maintenance_state(&operator);
    assert_eq!((state.windows[0].first, state.windows[0].epochs), (10, 2));

    // After a hand-over the old key has no say.
    let heir = world.svm.funded("heir");
    world
        .svm
        .edit::<Operator>(&operator.address, |state| state.controller = heir.pubkey());
    let outcome = world.declare(&operator, 20, 1);
    assert_refused(outcome, ID, CreditsError::NotLeaseParty);
}

#[test]
fn a_window_begins_after_at_least_two_whole_epochs() {
    let (mut world, operator) = world();
    world.reach(5);
    for first in [0, 5, 7] {
        let outcome = world.declare(&operator, first, 1);
        assert_refused(outcome, ID, CreditsError::MaintenanceTooSoon);
    }
    world.declare(&operator, 8, 1).expect("a window");
}

#[test]
fn a_quarter_of_ninety_epochs_has_at_most_nine_epochs_of_maintenance() {
    let (mut world, operator) = world();
    for epochs in [0, 10] {
        let outcome = world.declare(&operator, 10, epochs);
        assert_refused(outcome, ID, CreditsError::TooMuchMaintenance);
    }
    world.declare(&operator, 10, 9).expect("a window");
    // Epochs 12 to 101 are a quarter with seven epochs of it already.
    let outcome = world.declare(&operator, 99, 3);
    assert_refused(outcome, ID, CreditsError::TooMuchMaintenance);
    world.declare(&operator, 100, 2).expect("a window");
}

#[test]
fn windows_are_declared_in_order_and_never_overlap() {
    let (mut world, operator) = world();
    world.declare(&operator, 10, 2).expect("a window");
    for first in [5, 9, 11] {
        let outcome = world.declare(&operator, first, 1);
        assert_refused(outcome, ID, CreditsError::MaintenanceOutOfOrder);
    }
    world.declare(&operator, 12, 1).expect("a window");
}

#[test]
fn a_window_is_remembered_for_ninety_epochs_after_its_end() {
    let (mut world, operator) = world();
    for number in 0..8 {
        let first = 10 + 2 * number;
        world.declare(&operator, first, 1).expect("a window");
    }
    let far = 200;
    let outcome = world.declare(&operator, far, 1);
    assert_refused(outcome, ID, CreditsError::MaintenanceFull);
    world.reach(100);
    let outcome = world.declare(&operator, far, 1);
    assert_refused(outcome, ID, CreditsError::MaintenanceFull);
    world.reach(101);
    world.declare(&operator, far, 1).expect("a window");
    let state = world.maintenance_state(&operator);
    assert_eq!(state.windows[0].first, far);
    assert_eq!(state.windows[1].first, 12);
}

#[test]
fn a_paused_network_lets_it_be_declared() {
    let (mut world, operator) = world();
    world.pause();
    world.declare(&operator, 10, 1).expect("a window");
}
