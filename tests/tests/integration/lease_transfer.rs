//! `lease_transfer`, by its specification.

use {
    solana_signer::Signer,
    trestle_core::lease::Reason,
    trestle_credits::{
        address::lease_address,
        error::CreditsError,
        event::{LeaseOpened, LeaseTransferred},
        state::{Lease, LeaseTerms},
        ID,
    },
    trestle_proofs::{address::commitment_address, state::Commitment},
    trestle_tests::{
        credits::{terms, CreditsWorld, Customer, Deal},
        final_roots::windows,
        leases::outcome,
        svm::{assert_refused, program_id, Outcome},
    },
};

/// A lease of ten epochs with this notice, settled to epoch 2 in epoch 3, and an operator to go to.
fn world(notice_epochs: u16) -> (CreditsWorld, Customer, Deal, Deal) {
    let mut world = CreditsWorld::new();
    let (customer, from) = world.lease(LeaseTerms {
        notice_epochs,
        ..terms()
    });
    for epoch in [1, 2] {
        let count = u32::try_from(epoch).expect("an early epoch");
        world.settle_next(&customer, &from, epoch, (count, count));
    }
    let to = world.deal("second", &customer);
    (world, customer, from, to)
}

fn transfer(
    world: &mut CreditsWorld,
    (customer, from, to): (&Customer, &Deal, &Deal),
    terms: LeaseTerms,
) -> Outcome {
    let ix = world.lease_transfer(customer, from, to, terms);
    world.svm.send(&[ix], &[&customer.key, &to.operator.node])
}

#[test]
fn customer_and_the_new_operators_node_both_sign() {
    let (mut world, customer, from, to) = world(0);
    let mut ix = world.lease_transfer(&customer, &from, &to, terms());
    ix.accounts[1].pubkey = from.operator.node.pubkey();
    let outcome = world.svm.send(&[ix], &[&customer.key, &from.operator.node]);
    assert_refused(outcome, ID, CreditsError::NotNodeKey);

    let thief = world.rich_customer("thief", 50_000);
    let theirs = world.deal("third", &thief);
    let outcome = transfer(&mut world, (&thief, &from, &theirs), terms());
    assert_refused(outcome, ID, CreditsError::NotCustomer);

    let sent = transfer(&mut world, (&customer, &from, &to), terms()).expect("moved");
    println!(
        "lease_transfer: {} CU, {} bytes",
        sent.compute_units, sent.size
    );
    let event = sent.event::<LeaseTransferred>().expect("an event");
    assert_eq!((event.lease, event.to_lease), (from.lease, to.lease));
    let opened = sent.event::<LeaseOpened>().expect("an event");
    assert_eq!((opened.lease, opened.start_epoch), (to.lease, 4));
}

#[test]
fn the_old_lease_ends_after_its_notice_and_keeps_the_price_of_its_unsettled_epochs() {
    let (mut world, customer, from, to) = world(2);
    let sent = transfer(&mut world, (&customer, &from, &to), terms()).expect("moved");
    let event = sent.event::<LeaseTransferred>().expect("an event");
    // Epochs 3, 4 and 5 are still to be paid; five epochs were cut.
    assert_eq!((event.moved, event.escrow), (5_000, 3_000));
    assert_eq!((event.end_epoch_before, event.end_epoch), (10, 5));
    let lease = world.lease_state(&from);
    assert_eq!(lease.reason, Reason::Transferred.code());
    world.check_sums(&customer, &[&from, &to]);

    let leaves = [
        (from.operator.address, windows(5, 5)),
        (to.operator.address, windows(2, 2)),
    ];
    for epoch in 3..=5 {
        world.publish(epoch, &leaves);
    }
    let mut settled = Vec::new();
    for epoch in 3..=5 {
        let sent = world.settle(&customer, &from, epoch).expect("settled");
        settled.push(outcome(&sent));
    }
    assert_eq!(settled, [(1, 1_000, 0), (1, 0, 1_000), (1, 0, 1_000)]);
    // Before its first epoch the new operator has a root without windows: the baseline.
    world.settle(&customer, &to, 3).expect("the baseline");
    world.settle(&customer, &to, 4).expect("settled");
    world.check_sums(&customer, &[&from, &to]);
}

#[test]
fn what_leaves_the_old_lease_pays_for_the_new_one_and_the_free_balance_has_the_difference() {
    let (mut world, customer, from, to) = world(0);
    let balance = world.account_state(&customer).balance;
    // Seven epochs at 1,000 leave; a new lease of 4 epochs costs less, one of 20 more.
    let shorter = LeaseTerms {
        epochs: 4,
        ..terms()
    };
    transfer(&mut world, (&customer, &from, &to), shorter).expect("moved");
    let account = world.account_state(&customer);
    assert_eq!(account.balance, balance + 7_000 - 4_000);
    assert_eq!((account.escrowed, account.lease_count), (5_000, 2));

    let back = world.deal("third", &customer);
    let longer = LeaseTerms {
        epochs: 20,
        ..terms()
    };
    transfer(&mut world, (&customer, &to, &back), longer).expect("moved");
    // It had not begun: all of it left.
    let account = world.account_state(&customer);
    assert_eq!(account.balance, balance + 7_000 - 20_000);
    assert_eq!(world.lease_state(&to).escrow, 0);
    let poor = LeaseTerms {
        epochs: 200,
        ..terms()
    };
    let last = world.deal("fourth", &customer);
    let outcome = transfer(&mut world, (&customer, &back, &last), poor);
    assert_refused(outcome, ID, CreditsError::InsufficientCredits);
}

#[test]
fn no_credit_is_lost_or_made() {
    let (mut world, customer, from, to) = world(1);
    transfer(&mut world, (&customer, &from, &to), terms()).expect("moved");
    world.check_sums(&customer, &[&from, &to]);
    world.reach(30);
    for deal in [&from, &to] {
        let ix = world.lease_close(&customer, deal);
        world.svm.must(&[ix], &[]);
    }
    let account = world.account_state(&customer);
    assert_eq!((account.balance, account.escrowed), (98_000, 0));
    assert_eq!((account.consumed, account.lease_count), (2_000, 0));
}

#[test]
fn the_new_lease_is_with_another_operator_of_the_same_service() {
    let (mut world, customer, from, to) = world(0);
    // Other data of the customer that the same operator keeps.
    let operator = from.operator.address;
    let original: Commitment = world.svm.get(&from.commitment);
    let root = [9; 32];
    let (commitment, bump) = commitment_address(&operator, &root);
    let state = Commitment {
        root,
        bump,
        ..original
    };
    world.svm.put_pod(commitment, program_id("proofs"), &state);
    let mut ix = world.lease_transfer(&customer, &from, &to, terms());
    ix.accounts[1].pubkey = from.operator.node.pubkey();
    ix.accounts[5].pubkey = operator;
    ix.accounts[6].pubkey = commitment;
    ix.accounts[7].pubkey = lease_address(&commitment).0;
    let outcome = world.svm.send(&[ix], &[&customer.key, &from.operator.node]);
    assert_refused(outcome, ID, CreditsError::SameOperator);

    let other = world.deal("other", &customer);
    let service = world.svm.fresh_address();
    let lease = from.lease;
    world
        .svm
        .edit::<Lease>(&lease, |state| state.service = service);
    let outcome = transfer(&mut world, (&customer, &from, &other), terms());
    assert_refused(outcome, ID, CreditsError::WrongService);
}

#[test]
fn a_lease_that_is_settled_is_not_transferred() {
    let mut world = CreditsWorld::new();
    let (customer, from) = world.lease(LeaseTerms {
        epochs: 1,
        ..terms()
    });
    world.settle_next(&customer, &from, 1, (1, 1));
    let to = world.deal("second", &customer);
    let outcome = transfer(&mut world, (&customer, &from, &to), terms());
    assert_refused(outcome, ID, CreditsError::LeaseSettled);
}

#[test]
fn a_paused_network_transfers_no_lease() {
    let (mut world, customer, from, to) = world(0);
    world.pause();
    let outcome = transfer(&mut world, (&customer, &from, &to), terms());
    assert_refused(outcome, ID, CreditsError::NetworkPaused);
}
