//! Plans of a prepaid gateway: `plan_open`, `plan_cancel`, `plan_lease`, `plan_settle`, `plan_end`
//! and `plan_close`, by their specifications.

use {
    prepaid_gateway::{
        error::GatewayError,
        event::{PlanCancelled, PlanClosed, PlanLeased, PlanOpened, PlanSettled},
        ID,
    },
    solana_signer::Signer,
    trestle_core::lease::Reason,
    trestle_credits::{
        error::CreditsError,
        event::{CreditsBoughtByStable, LeaseOpened, LeaseSettled},
        state::LeaseTerms,
    },
    trestle_proofs::{error::ProofsError, event::CommitmentRegistered, state::Commitment},
    trestle_tests::{
        credits::{terms, CreditsWorld, DOLLARS},
        final_roots::windows,
        gateway::{GatewayWorld, PlanDeal, CREDIT_PRICE, FLOAT},
        svm::assert_refused,
    },
};

/// What a plan of 10,000 credits costs.
const PRICE: u64 = 10_000 * CREDIT_PRICE;

/// Settles all ten epochs of the plan: three quarters of the windows of each are good.
fn settle_all(world: &mut GatewayWorld, deal: &PlanDeal) {
    for epoch in 1..=10 {
        world.settle_with(deal, epoch.into(), (3 * epoch, 4 * epoch));
    }
}

#[test]
fn the_user_pays_what_the_credits_cost_into_the_till() {
    let mut world = GatewayWorld::new();
    let sent = world.pay(10_000).expect("a plan");
    let event = sent.event::<PlanOpened>().expect("an event");
    assert_eq!((event.credits, event.paid), (10_000, PRICE));
    assert_eq!(world.svm.tokens(&world.user_stable), DOLLARS - PRICE);
    assert_eq!(world.customer_state().balance, 10_000);
    assert_eq!(world.plan_state().user, world.user.pubkey());
    println!("plan_open: {} CU, {} bytes", sent.compute_units, sent.size);
}

#[test]
fn the_gateway_buys_the_credits_that_it_lacks_and_no_more() {
    let mut world = GatewayWorld::new();
    let sent = world.pay(10_000).expect("a plan");
    let bought = sent.event::<CreditsBoughtByStable>().expect("a purchase");
    assert_eq!((bought.buyer, bought.credits), (world.customer, 10_000));
    let user = world.user.insecure_clone();
    let cancel = world.plan_cancel();
    world.must(cancel, &user);
    let sent = world.pay(12_000).expect("a plan");
    assert_eq!(sent.event::<PlanOpened>().expect("an event").bought, 2_000);
    let cancel = world.plan_cancel();
    world.must(cancel, &user);
    let sent = world.pay(5_000).expect("a plan");
    assert!(sent.event::<CreditsBoughtByStable>().is_none());
}

#[test]
fn a_till_that_would_not_cover_the_refund_of_the_whole_plan_is_refused() {
    let mut world = GatewayWorld::new();
    let credits = FLOAT / CREDIT_PRICE;
    assert_refused(world.pay(credits + 1), ID, GatewayError::FloatTooSmall);
    world.pay(credits).expect("as much as the float covers");
}

#[test]
fn a_gateway_serves_one_plan_at_a_time() {
    let mut world = GatewayWorld::new();
    world.pay(10).expect("a plan");
    assert!(world.pay(11).is_err(), "the plan's address is taken");
}

#[test]
fn a_plan_without_credits_is_refused() {
    let mut world = GatewayWorld::new();
    assert_refused(world.pay(0), ID, GatewayError::ZeroCredits);
}

#[test]
fn the_user_gets_back_all_that_was_paid_and_the_plans_rent() {
    let mut world = GatewayWorld::new();
    let user = world.user.insecure_clone();
    let before = world.svm.lamports(&user.pubkey());
    let fee = world.pay(10_000).expect("a plan").fee;
    let cancel = world.plan_cancel();
    let sent = world.must(cancel, &user);
    let event = sent.event::<PlanCancelled>().expect("an event");
    assert_eq!(event.refunded, PRICE);
    assert_eq!(world.svm.tokens(&world.user_stable), DOLLARS);
    assert_eq!(world.svm.lamports(&user.pubkey()), before - fee - sent.fee);
    assert!(world.svm.raw(&world.plan).is_none());
}

#[test]
fn only_the_user_cancels_leases_and_ends() {
    let mut world = GatewayWorld::new();
    world.pay(10_000).expect("a plan");
    let stranger = world.svm.funded("stranger");
    let mut cancel = world.plan_cancel();
    cancel.accounts[0].pubkey = stranger.pubkey();
    let outcome = world.svm.send(&[cancel], &[&stranger]);
    assert_refused(outcome, ID, GatewayError::NotUser);

    let deal = world.plan_deal("operator");
    let mut lease = world.plan_lease(&deal, terms());
    lease.accounts[0].pubkey = stranger.pubkey();
    let outcome = world.svm.send(&[lease], &[&stranger, &deal.operator.node]);
    assert_refused(outcome, ID, GatewayError::NotUser);

    world.lease_plan(&deal, terms()).expect("a lease");
    let mut end = world.plan_end(&deal);
    end.accounts[0].pubkey = stranger.pubkey();
    let outcome = world.svm.send(&[end], &[&stranger]);
    assert_refused(outcome, ID, GatewayError::NotUser);
}

#[test]
fn a_plan_with_a_lease_is_not_cancelled() {
    let (mut world, _) = GatewayWorld::leased();
    let user = world.user.insecure_clone();
    let cancel = world.plan_cancel();
    let outcome = world.svm.send(&[cancel], &[&user]);
    assert_refused(outcome, ID, GatewayError::PlanLeased);
}

#[test]
fn the_refund_goes_to_an_account_of_the_user() {
    let (mut world, deal) = GatewayWorld::leased();
    settle_all(&mut world, &deal);
    let user = world.user.insecure_clone();
    let mut close = world.plan_close(&deal, true);
    close.accounts[1].pubkey = world.owner_stable;
    let outcome = world.svm.send(&[close], &[&user]);
    assert_refused(outcome, ID, GatewayError::NotUsersAccount);

    let mut world = GatewayWorld::new();
    world.pay(10_000).expect("a plan");
    let mut cancel = world.plan_cancel();
    cancel.accounts[1].pubkey = world.owner_stable;
    let outcome = world.svm.send(&[cancel], &[&user]);
    assert_refused(outcome, ID, GatewayError::NotUsersAccount);
}

#[test]
fn the_commitment_and_the_lease_are_the_customers() {
    let mut world = GatewayWorld::new();
    world.pay(10_000).expect("a plan");
    let deal = world.plan_deal("operator");
    let sent = world.lease_plan(&deal, terms()).expect("a lease");
    let registered = sent.event::<CommitmentRegistered>().expect("an event");
    let opened = sent.event::<LeaseOpened>().expect("an event");
    let leased = sent.event::<PlanLeased>().expect("an event");
    assert_eq!(registered.customer, world.customer);
    assert_eq!(opened.customer, world.customer);
    assert_eq!((leased.lease, leased.price), (opened.lease, 10_000));
    let state = world.customer_state();
    assert_eq!((state.balance, state.escrowed), (0, 10_000));
    println!("plan_lease: {} CU, {} bytes", sent.compute_units, sent.size);
    assert!(sent.size <= 1_232);
}

#[test]
fn the_user_pays_the_rent_of_what_is_created_and_the_customer_keeps_its_lamports() {
    let mut world = GatewayWorld::new();
    world.pay(10_000).expect("a plan");
    let deal = world.plan_deal("operator");
    let user = world.user.pubkey();
    let before = world.svm.lamports(&user);
    let sent = world.lease_plan(&deal, terms()).expect("a lease");
    let load = trestle_proofs::address::load_address(&deal.operator.address).0;
    let rents: u64 = [deal.commitment, deal.lease, load]
        .iter()
        .map(|account| world.svm.lamports(account))
        .sum();
    assert_eq!(world.svm.lamports(&user), before - rents - sent.fee);
    assert_eq!(world.svm.lamports(&world.customer), 0);
}

#[test]
fn a_lease_that_costs_more_than_the_plan_is_refused() {
    let mut world = GatewayWorld::new();
    world.pay(9_999).expect("a plan");
    let deal = world.plan_deal("operator");
    let outcome = world.lease_plan(&deal, terms());
    assert_refused(outcome, ID, GatewayError::PlanTooSmall);
}

#[test]
fn a_plan_is_leased_once() {
    let (mut world, _) = GatewayWorld::leased();
    let other = world.plan_deal("second");
    let outcome = world.lease_plan(&other, terms());
    assert_refused(outcome, ID, GatewayError::PlanLeased);
}

#[test]
fn without_the_signature_of_the_operators_node_nothing_is_leased() {
    let mut world = GatewayWorld::new();
    world.pay(10_000).expect("a plan");
    let (deal, other) = (world.plan_deal("operator"), world.plan_deal("second"));
    let mut ix = world.plan_lease(&deal, terms());
    ix.accounts[1].pubkey = other.operator.node.pubkey();
    let user = world.user.insecure_clone();
    let outcome = world.svm.send(&[ix], &[&user, &other.operator.node]);
    assert_refused(outcome, trestle_proofs::ID, ProofsError::WrongNodeKey);
}

#[test]
fn the_lease_is_settled_and_what_it_gave_back_is_owed_to_the_user() {
    let (mut world, deal) = GatewayWorld::leased();
    let sent = world.settle_with(&deal, 1, (3, 4));
    // A quarter was bad, and a tenth of the rest is a service credit.
    let lease = sent.event::<LeaseSettled>().expect("an event");
    assert_eq!((lease.consumed, lease.refunded), (675, 325));
    let plan = sent.event::<PlanSettled>().expect("an event");
    assert_eq!(plan.consumed, 675);
    assert_eq!(plan.owed, (10_000 - 675) * CREDIT_PRICE);
    println!(
        "plan_settle: {} CU, {} bytes",
        sent.compute_units, sent.size
    );
}

#[test]
fn a_proof_of_depth_20_fits_the_transaction() {
    let (mut world, deal) = GatewayWorld::leased();
    world.reach(2);
    let leaves = [(deal.operator.address, windows(1, 1))];
    let CreditsWorld { staking, roots, .. } = &mut world.credits;
    roots.publish(&mut staking.svm, 1, &leaves, 1 << 20);
    let leaf = world.roots.leaf(1, &deal.operator.address);
    let ix = world.plan_settle(&deal, leaf);
    let sent = world.svm.must(&[ix], &[]);
    println!(
        "plan_settle (depth 20): {} CU, {} bytes",
        sent.compute_units, sent.size
    );
    assert!(sent.size <= 1_232);
}

#[test]
fn what_somebody_settled_without_this_program_counts_too() {
    let (mut world, deal) = GatewayWorld::leased();
    settle_directly(&mut world, &deal, 1);
    let sent = world.settle_with(&deal, 2, (2, 2));
    let plan = sent.event::<PlanSettled>().expect("an event");
    assert_eq!(plan.consumed, 2_000);
}

/// Settles one good epoch by the credits program alone.
fn settle_directly(world: &mut GatewayWorld, deal: &PlanDeal, epoch: u32) {
    world.publish(
        epoch.into(),
        &[(deal.operator.address, windows(epoch, epoch))],
    );
    let leaf = world.roots.leaf(epoch.into(), &deal.operator.address);
    let ours = world.plan_settle(deal, leaf.clone());
    let mut ix = trestle_credits::instruction::LeaseSettle { leaf }
        .to_instruction(lease_settle_accounts(world, deal));
    assert_eq!(ix.accounts, ours.accounts[1..ours.accounts.len() - 1]);
    ix.accounts.retain(|meta| !meta.is_signer);
    world.svm.must(&[ix], &[]);
}

fn lease_settle_accounts(
    world: &GatewayWorld,
    deal: &PlanDeal,
) -> trestle_credits::accounts::LeaseSettle {
    use trestle_credits::{
        accounts::LeaseSettle,
        address::maintenance_address,
        groups::client::{Funds, LeaseRefund},
    };
    LeaseSettle {
        refund: LeaseRefund {
            funds: Funds {
                network: world.network,
                market: world.market,
                account: world.account,
            },
            lease: deal.lease,
        },
        ring: world.roots.ring,
        commitment: deal.commitment,
        revenue: world.revenue,
        maintenance: maintenance_address(&deal.operator.address).0,
    }
}

#[test]
fn another_lease_than_the_plans_is_refused() {
    let (mut world, deal) = GatewayWorld::leased();
    let other = world.plan_deal("second");
    world.publish(1, &[(deal.operator.address, windows(1, 1))]);
    let leaf = world.roots.leaf(1, &deal.operator.address);
    let mut ix = world.plan_settle(&deal, leaf.clone());
    ix.accounts[4].pubkey = other.lease;
    let outcome = world.svm.send(&[ix], &[]);
    assert_refused(outcome, ID, GatewayError::WrongLease);
    let mut ix = world.plan_settle(&deal, leaf);
    ix.accounts[6].pubkey = other.commitment;
    let outcome = world.svm.send(&[ix], &[]);
    assert_refused(outcome, ID, GatewayError::WrongCommitment);
}

#[test]
fn the_commitment_ends_with_the_running_epoch_by_the_customer() {
    let (mut world, deal) = GatewayWorld::leased();
    world.settle_with(&deal, 1, (1, 1));
    let user = world.user.insecure_clone();
    let end = world.plan_end(&deal);
    world.must(end, &user);
    let commitment: Commitment = world.svm.get(&deal.commitment);
    assert_eq!((commitment.ended_epoch, commitment.ended_by), (2, 1));
    let sent = world.settle_with(&deal, 2, (2, 2));
    let lease = sent.event::<LeaseSettled>().expect("an event");
    assert_eq!(lease.reason, Reason::CommitmentEnded.code());
    world.close(&deal).expect("closed");
    let spent = 2_000 * CREDIT_PRICE;
    assert_eq!(world.svm.tokens(&world.user_stable), DOLLARS - spent);
}

#[test]
fn a_plan_without_a_lease_is_refused() {
    let mut world = GatewayWorld::new();
    world.pay(10_000).expect("a plan");
    let deal = world.plan_deal("operator");
    let user = world.user.insecure_clone();
    let mut end = world.plan_end(&deal);
    // Where there is no lease, the plan names the zero address as its commitment.
    end.accounts[7].pubkey = Default::default();
    let outcome = world.svm.send(&[end], &[&user]);
    assert!(outcome.is_err());
    let mut close = world.plan_close(&deal, true);
    let names = close.accounts.iter().position(|a| a.pubkey == deal.lease);
    close.accounts[names.expect("the lease")].pubkey = Default::default();
    assert!(world.svm.send(&[close], &[&user]).is_err());
}

#[test]
fn the_user_gets_back_all_that_was_not_used_up_to_the_unit_and_the_rents() {
    let (mut world, deal) = GatewayWorld::leased();
    settle_all(&mut world, &deal);
    let lease_rent = world.svm.lamports(&deal.lease);
    let plan_rent = world.svm.lamports(&world.plan);
    let user = world.user.pubkey();
    let before = world.svm.lamports(&user);
    let sent = world.close(&deal).expect("closed");
    let event = sent.event::<PlanClosed>().expect("an event");
    // Ten epochs of 675, as the credits program says too.
    assert_eq!(event.consumed, 6_750);
    assert_eq!(world.customer_state().consumed, 6_750);
    assert_eq!(event.refunded, 3_250 * CREDIT_PRICE);
    let spent = 6_750 * CREDIT_PRICE;
    assert_eq!(world.svm.tokens(&world.user_stable), DOLLARS - spent);
    assert_eq!(event.rent, lease_rent);
    let rents = lease_rent + plan_rent;
    assert_eq!(world.svm.lamports(&user), before + rents - sent.fee);
    assert!(world.svm.raw(&world.plan).is_none());
    // The gateway keeps the credits that came back, and what was used up is its own.
    assert_eq!(world.customer_state().balance, 3_250);
    let till = FLOAT - 3_250 * CREDIT_PRICE;
    assert_eq!(world.svm.tokens(&world.till), till);
    println!("plan_close: {} CU, {} bytes", sent.compute_units, sent.size);
}

#[test]
fn a_plan_whose_lease_is_not_over_is_not_closed() {
    let (mut world, deal) = GatewayWorld::leased();
    world.settle_with(&deal, 1, (1, 1));
    let outcome = world.close(&deal);
    let credits = trestle_credits::ID;
    assert_refused(outcome, credits, CreditsError::LeaseNotFinished);
}

#[test]
fn a_lease_that_somebody_closed_without_this_program_is_no_obstacle() {
    let (mut world, deal) = GatewayWorld::leased();
    for epoch in 1..=10 {
        settle_directly(&mut world, &deal, epoch);
    }
    let accounts = lease_settle_accounts(&world, &deal);
    let close = trestle_credits::instruction::LeaseClose {}.to_instruction(
        trestle_credits::accounts::LeaseClose {
            refund: accounts.refund,
            customer: world.customer,
        },
    );
    world.svm.must(&[close], &[]);
    let sent = world.close(&deal).expect("closed");
    let event = sent.event::<PlanClosed>().expect("an event");
    assert_eq!((event.consumed, event.refunded), (10_000, 0));
}

#[test]
fn anybody_closes_a_plan_whose_commitment_is_gone_and_only_the_user_one_whose_commitment_stays() {
    let (mut world, deal) = GatewayWorld::leased();
    settle_all(&mut world, &deal);
    let close = world.plan_close(&deal, false);
    let outcome = world.svm.send(std::slice::from_ref(&close), &[]);
    assert_refused(outcome, ID, GatewayError::CommitmentStays);

    let user = world.user.insecure_clone();
    let end = world.plan_end(&deal);
    world.must(end, &user);
    let ended = world.epoch();
    world.publish(ended, &[(deal.operator.address, windows(40, 50))]);
    world.reach(ended + 4);
    let gone = commitment_close(&world, &deal);
    world.svm.must(&[gone], &[]);
    let plan = world.plan_state();
    let sent = world.svm.must(&[close], &[]);
    let event = sent.event::<PlanClosed>().expect("an event");
    assert_eq!(event.rent, plan.lease_rent + plan.commitment_rent);
    assert_eq!(world.svm.lamports(&world.customer), 0);
}

fn commitment_close(world: &GatewayWorld, deal: &PlanDeal) -> solana_instruction::Instruction {
    trestle_proofs::instruction::CommitmentClose {}.to_instruction(
        trestle_proofs::accounts::CommitmentClose {
            customer: world.customer,
            network: world.network,
            service: world.service,
            ring: world.roots.ring,
            commitment: deal.commitment,
            load: trestle_proofs::address::load_address(&deal.operator.address).0,
        },
    )
}

#[test]
fn the_next_user_is_served_with_the_credits_that_came_back() {
    let (mut world, deal) = GatewayWorld::leased();
    settle_all(&mut world, &deal);
    world.close(&deal).expect("closed");
    let sent = world.pay(4_000).expect("the next plan");
    assert_eq!(sent.event::<PlanOpened>().expect("an event").bought, 750);
    let next = world.plan_deal("second");
    let cheap = LeaseTerms {
        rate_per_epoch: 400,
        ..terms()
    };
    world.lease_plan(&next, cheap).expect("a lease");
    assert_eq!(world.plan_state().consumed_before, 6_750);
    assert_eq!(
        world.plan_state().owed().expect("a sum").0,
        4_000 * CREDIT_PRICE
    );
}
