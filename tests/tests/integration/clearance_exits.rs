//! Nothing but opening something new asks for a clearance: who holds none any more is paid,
//! settles, gets refunds and leaves like anybody else.

use {
    solana_signer::Signer,
    trestle_core::clearance::{KINDS_ALL, MODE_ALLOW},
    trestle_proofs::constants::CLOSE_TIMEOUT_EPOCHS,
    trestle_staking::state::PolicyRules,
    trestle_tests::{
        challenges::Storage,
        clearance::{asking, full_terms, listing, show, Shown, YEAR},
        credits::{terms, CreditsWorld, Customer, Deal},
        final_roots::{earned, windows},
        rewards::RewardsWorld,
        staking::{World, PURSE},
        tokens::TOKEN,
    },
};

/// Rules that nobody in these tests satisfies.
fn impossible() -> PolicyRules {
    PolicyRules {
        audit_tier_min: 255,
        ..listing(asking(KINDS_ALL, KINDS_ALL), MODE_ALLOW, &[b"AQ"])
    }
}

/// A lease that was opened with clearances.
fn leased() -> (CreditsWorld, Customer, Deal) {
    let mut world = CreditsWorld::new();
    let customer = world.rich_customer("customer", 100_000);
    let deal = world.deal("operator", &customer);
    world.impose(asking(KINDS_ALL, KINDS_ALL));
    let issuer = world.issuer("issuer");
    let parties = [deal.operator.authority.pubkey(), customer.key.pubkey()];
    let clearance = full_terms(world.svm.now());
    let [operator, customer_cleared] = parties.map(|subject| {
        world.clear(&issuer, subject, clearance);
        world.vouched(&issuer, &subject)
    });
    let policy = world.policy();
    let shown = Shown {
        policy,
        operator,
        customer: customer_cleared,
    };
    let ix = show(world.lease_open(&customer, &deal, terms()), &policy, &shown);
    let signers = [&customer.key, &deal.operator.node];
    world.svm.must(&[ix], &signers);
    // One is taken back, and the issuer of both loses the network's trust.
    let revoke = world.clearance_revoke(&issuer, shown.customer.clearance);
    world.svm.must(&[revoke], &[&issuer.key]);
    let authority = world.authority_key();
    let revoke = world.issuer_revoke(authority.pubkey(), issuer.address);
    world.svm.must(&[revoke], &[&authority]);
    world.impose(impossible());
    (world, customer, deal)
}

#[test]
fn a_lease_settles_ends_and_refunds_without_a_clearance() {
    let (mut world, customer, deal) = leased();
    world.publish(1, &[(deal.operator.address, windows(1, 1))]);
    world.settle(&customer, &deal, 1).expect("a settlement");
    assert_eq!(world.lease_state(&deal).consumed, 1_000);

    let end = world.lease_end(customer.key.pubkey(), &deal, 1);
    world.must(end, &customer.key);
    world.publish(2, &[(deal.operator.address, windows(2, 2))]);
    world
        .settle(&customer, &deal, 2)
        .expect("the last settlement");
    let close = world.lease_close(&customer, &deal);
    world.svm.must(&[close], &[]);

    let state = world.account_state(&customer);
    assert_eq!((state.balance, state.escrowed), (98_000, 0));
    let withdraw = world.account_withdraw(&customer, 98_000);
    world.must(withdraw, &customer.key);
    assert_eq!(world.credits(&customer), 98_000);
}

#[test]
fn a_lease_that_nobody_settles_gives_everything_back_without_a_clearance() {
    let (mut world, customer, deal) = leased();
    world.svm.advance(YEAR);
    let close = world.lease_close(&customer, &deal);
    world.svm.must(&[close], &[]);
    assert_eq!(world.account_state(&customer).balance, 100_000);
}

#[test]
fn a_commitment_ends_and_closes_without_a_clearance() {
    let mut storage = Storage::new();
    storage.stage.world.impose(impossible());
    let customer = storage.customer.insecure_clone();
    let ix = storage
        .stage
        .commitment_end(customer.pubkey(), storage.address);
    storage.stage.world.svm.must(&[ix], &[&customer]);
    for _ in 0..=CLOSE_TIMEOUT_EPOCHS {
        storage.stage.next_epoch();
    }
    let ix = storage
        .stage
        .commitment_close(customer.pubkey(), storage.address);
    storage.stage.world.svm.must(&[ix], &[]);
    assert!(storage.stage.world.svm.raw(&storage.address).is_none());
}

#[test]
fn rewards_are_claimed_without_a_clearance() {
    let mut world = RewardsWorld::new();
    let payee = world.payee("operator");
    world.impose(impossible());
    world.allow(TOKEN);
    world.publish(0, &[(payee.keys.address, earned(TOKEN))], 3);
    world.claim(&payee, 0).expect("a payment");
    assert_eq!(world.svm.tokens(&payee.keys.purse), PURSE + TOKEN);
}

#[test]
fn stake_comes_and_goes_without_a_clearance() {
    let mut world = World::new(&[]);
    world.impose(impossible());
    let keys = world.operator("operator", 2 * TOKEN);
    let ix = world.stake_unbond(&keys, 2 * TOKEN);
    world.svm.must(&[ix], &[&keys.authority]);
    world.svm.advance(86_400);
    let ix = world.stake_withdraw(&keys, keys.purse);
    world.svm.must(&[ix], &[&keys.authority]);
    assert_eq!(world.svm.tokens(&keys.purse), PURSE);
}
