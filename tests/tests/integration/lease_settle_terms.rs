//! `lease_settle`, by its specification: what the terms of a lease make of the windows.

use {
    solana_signer::Signer,
    trestle_core::lease::{Reason, Verdict},
    trestle_credits::state::{LeaseTerms, SlaStep},
    trestle_tests::{
        credits::{terms, CreditsWorld},
        final_roots::windows,
        leases::{outcome, settled},
        svm::Sent,
    },
};

/// Below 90 % a tenth comes back, below 80 % a quarter, below 50 % everything.
fn stepped() -> LeaseTerms {
    let step = |below_bps, credit_bps| SlaStep {
        below_bps,
        credit_bps,
    };
    LeaseTerms {
        deeper_steps: [step(8_000, 2_500), step(5_000, 10_000), SlaStep::default()],
        ..terms()
    }
}

fn verdict(sent: &Sent) -> Option<Verdict> {
    Verdict::from_code(settled(sent).verdict)
}

#[test]
fn worse_periods_give_what_the_deeper_steps_of_the_schedule_say() {
    let mut world = CreditsWorld::new();
    let (customer, deal) = world.lease(stepped());
    let mut so_far = (0, 0);
    for (epoch, ok, consumed, credit, what) in [
        (1, 100, 1_000, 0, Verdict::Delivered),
        (2, 90, 900, 0, Verdict::Partial),
        (3, 89, 801, 89, Verdict::ServiceCredit),
        (4, 79, 593, 197, Verdict::ServiceCredit),
        (5, 49, 0, 490, Verdict::ServiceCredit),
        (6, 0, 0, 0, Verdict::NothingDelivered),
    ] {
        so_far = (so_far.0 + ok, so_far.1 + 100);
        let sent = world.settle_next(&customer, &deal, epoch, so_far);
        assert_eq!(outcome(&sent), (1, consumed, 1_000 - consumed));
        assert_eq!(settled(&sent).credit, credit);
        assert_eq!(verdict(&sent), Some(what));
        world.check_sums(&customer, &[&deal]);
    }
    assert_eq!(world.lease_state(&deal).credited, 89 + 197 + 490);
}

#[test]
fn service_credits_of_a_lease_stop_at_its_cap() {
    let mut world = CreditsWorld::new();
    let (customer, deal) = world.lease(LeaseTerms {
        // Of 10,000 credits.
        credit_cap_bps: 200,
        ..stepped()
    });
    // A credit of 197, then the 3 that are left of the cap, then none.
    let first = world.settle_next(&customer, &deal, 1, (79, 100));
    assert_eq!(outcome(&first), (1, 593, 407));
    let second = world.settle_next(&customer, &deal, 2, (158, 200));
    assert_eq!(outcome(&second), (1, 787, 213));
    assert_eq!(settled(&second).credit, 3);
    let third = world.settle_next(&customer, &deal, 3, (237, 300));
    assert_eq!(outcome(&third), (1, 790, 210));
    assert_eq!(world.lease_state(&deal).credited, 200);
    world.check_sums(&customer, &[&deal]);
}

#[test]
fn renewed_epochs_cost_their_own_rate() {
    let mut world = CreditsWorld::new();
    let (customer, deal) = world.lease(LeaseTerms {
        epochs: 3,
        period_epochs: 2,
        ..terms()
    });
    let renew = world.lease_renew(&customer, &deal, 4, 500, true);
    world
        .svm
        .must(&[renew], &[&customer.key, &deal.operator.node]);
    assert_eq!(world.lease_state(&deal).escrow, 5_000);
    let sent = world.settle_next(&customer, &deal, 2, (2, 2));
    assert_eq!(outcome(&sent), (2, 2_000, 0));
    // One epoch at the first rate and one at the second, three quarters of the windows good.
    let sent = world.settle_next(&customer, &deal, 4, (5, 6));
    assert_eq!(outcome(&sent), (2, 1_013, 487));
    let sent = world.settle_next(&customer, &deal, 6, (7, 8));
    assert_eq!(outcome(&sent), (2, 1_000, 0));
    let sent = world.settle_next(&customer, &deal, 7, (8, 9));
    assert_eq!(outcome(&sent), (1, 500, 0));
    assert_eq!(world.lease_state(&deal).escrow, 0);
    world.check_sums(&customer, &[&deal]);
}

#[test]
fn a_notice_that_the_customer_cut_short_by_ending_the_commitment_is_paid_in_full() {
    let mut world = CreditsWorld::new();
    let (customer, deal) = world.lease(LeaseTerms {
        notice_epochs: 3,
        ..terms()
    });
    world.settle_next(&customer, &deal, 1, (1, 1));
    world.reach(2);
    world.leave_commitment(&deal, 2);
    // Half of the last epoch was served; the notice is paid whole.
    let sent = world.settle_next(&customer, &deal, 2, (2, 3));
    assert_eq!(outcome(&sent), (1, 450 + 3_000, 5_550));
    let event = settled(&sent);
    assert_eq!((event.notice_paid, event.credit), (3_000, 50));
    assert_eq!(event.reason, Reason::CommitmentEnded.code());
    world.check_sums(&customer, &[&deal]);
}

#[test]
fn a_commitment_that_the_operator_ended_owes_no_notice() {
    let mut world = CreditsWorld::new();
    let (customer, deal) = world.lease(LeaseTerms {
        notice_epochs: 3,
        ..terms()
    });
    world.settle_next(&customer, &deal, 1, (1, 1));
    world.end_commitment(&deal, 2);
    let sent = world.settle_next(&customer, &deal, 2, (2, 2));
    assert_eq!(outcome(&sent), (1, 1_000, 8_000));
    world.check_sums(&customer, &[&deal]);
}

#[test]
fn a_notice_is_owed_no_longer_than_the_lease_would_have_run() {
    let mut world = CreditsWorld::new();
    let (customer, deal) = world.lease(LeaseTerms {
        notice_epochs: 90,
        ..terms()
    });
    // The customer gives notice, which changes nothing of a lease of ten epochs, and leaves then.
    world.reach(8);
    let end = world.lease_end(customer.key.pubkey(), &deal, 1);
    assert!(world.svm.send(&[end], &[&customer.key]).is_err());
    world.leave_commitment(&deal, 8);
    let operator = deal.operator.address;
    for epoch in 1..=8_u32 {
        let leaf = windows(epoch, epoch);
        world.publish(epoch.into(), &[(operator, leaf)]);
        let sent = world.settle(&customer, &deal, epoch.into());
        let sent = sent.expect("settled");
        let owed = if epoch == 8 { 2_000 } else { 0 };
        assert_eq!(outcome(&sent), (1, 1_000 + owed, 0));
    }
    world.check_sums(&customer, &[&deal]);
}
