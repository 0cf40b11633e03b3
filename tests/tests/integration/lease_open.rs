//! `lease_open`, by its specification.

use {
    solana_signer::Signer,
    trestle_credits::{
        error::CreditsError,
        event::LeaseOpened,
        state::{CustomerAccount, LeaseTerms, SlaStep},
        ID,
    },
    trestle_staking::{
        address::service_address,
        state::{Network, PolicyRules},
    },
    trestle_tests::{
        clearance::known_parties,
        credits::{terms, CreditsWorld},
        staking::service_params,
        svm::{assert_refused, key},
    },
};

#[test]
fn customer_and_the_operators_node_both_sign() {
    let mut world = CreditsWorld::new();
    let customer = world.rich_customer("customer", 100_000);
    let deal = world.deal("operator", &customer);
    let mut ix = world.lease_open(&customer, &deal, terms());
    let impostor = key("impostor");
    ix.accounts[1].pubkey = impostor.pubkey();
    let outcome = world.svm.send(&[ix], &[&customer.key, &impostor]);
    assert_refused(outcome, ID, CreditsError::NotNodeKey);

    let sent = world.open(&customer, &deal, terms()).expect("a lease");
    let event = sent.event::<LeaseOpened>().expect("an event");
    assert_eq!(
        (event.lease, event.operator, event.commitment),
        (deal.lease, deal.operator.address, deal.commitment)
    );
    assert_eq!((event.escrow, event.balance), (10_000, 90_000));
    println!("lease_open: {} CU, {} bytes", sent.compute_units, sent.size);
}

#[test]
fn the_commitment_is_between_these_two_and_is_still_served() {
    let mut world = CreditsWorld::new();
    let customer = world.rich_customer("customer", 100_000);
    let other = world.rich_customer("other", 100_000);
    let mine = world.deal("operator", &customer);
    let theirs = world.deal("second", &other);

    let mut stolen = world.lease_open(&customer, &mine, terms());
    stolen.accounts[6].pubkey = theirs.commitment;
    stolen.accounts[7].pubkey = theirs.lease;
    let outcome = world
        .svm
        .send(&[stolen], &[&customer.key, &mine.operator.node]);
    assert_refused(outcome, ID, CreditsError::WrongCommitment);

    let mut swapped = world.lease_open(&customer, &mine, terms());
    swapped.accounts[1].pubkey = theirs.operator.node.pubkey();
    swapped.accounts[5].pubkey = theirs.operator.address;
    let outcome = world
        .svm
        .send(&[swapped], &[&customer.key, &theirs.operator.node]);
    assert_refused(outcome, ID, CreditsError::WrongCommitment);

    world.end_commitment(&mine, 5);
    let outcome = world.open(&customer, &mine, terms());
    assert_refused(outcome, ID, CreditsError::CommitmentEnded);
}

#[test]
fn the_lease_begins_with_the_next_epoch_when_its_commitment_is_first_challenged() {
    let mut world = CreditsWorld::new();
    world.reach(4);
    let (_, deal) = world.lease(terms());
    let lease = world.lease_state(&deal);
    assert_eq!((lease.start_epoch, lease.end_epoch), (5, 14));
    assert_eq!(lease.registered_epoch, 4);
}

#[test]
fn the_price_of_the_whole_term_leaves_the_free_balance() {
    let mut world = CreditsWorld::new();
    let (customer, deal) = world.lease(terms());
    let state = world.account_state(&customer);
    assert_eq!(
        (state.balance, state.escrowed, state.lease_count),
        (90_000, 10_000, 1)
    );
    let market = world.market_state();
    assert_eq!((market.held, market.escrowed), (90_000, 10_000));
    assert_eq!(world.lease_state(&deal).escrow, 10_000);

    let poor = world.rich_customer("poor", 9_999);
    let deal = world.deal("second", &poor);
    let outcome = world.open(&poor, &deal, terms());
    assert_refused(outcome, ID, CreditsError::InsufficientCredits);
}

#[test]
fn a_commitment_has_one_lease_at_a_time() {
    let mut world = CreditsWorld::new();
    let (customer, deal) = world.lease(terms());
    assert!(world.open(&customer, &deal, terms()).is_err());

    let end = world.lease_end(customer.key.pubkey(), &deal, 1);
    let close = world.lease_close(&customer, &deal);
    world.svm.must(&[end, close], &[&customer.key]);
    world.open(&customer, &deal, terms()).expect("a next lease");
}

#[test]
fn terms_out_of_bounds_are_refused() {
    let mut world = CreditsWorld::new();
    let customer = world.rich_customer("customer", 100_000);
    let deal = world.deal("operator", &customer);
    let with = |change: fn(&mut LeaseTerms)| {
        let mut terms = terms();
        change(&mut terms);
        terms
    };
    let bad = [
        (with(|t| t.rate_per_epoch = 0), CreditsError::BadRate),
        (with(|t| t.epochs = 0), CreditsError::BadTerm),
        (with(|t| t.epochs = 3_651), CreditsError::BadTerm),
        (with(|t| t.period_epochs = 0), CreditsError::BadPeriod),
        (with(|t| t.period_epochs = 33), CreditsError::BadPeriod),
        (with(|t| t.sla_bps = 10_001), CreditsError::BadServiceLevel),
        (
            with(|t| t.credit_bps = 10_001),
            CreditsError::BadServiceCredit,
        ),
        (
            with(|t| t.rate_per_epoch = u64::MAX),
            CreditsError::MathOverflow,
        ),
        (
            with(|t| t.credit_cap_bps = 10_001),
            CreditsError::BadCreditCap,
        ),
        (with(|t| t.notice_epochs = 91), CreditsError::BadLeaseNotice),
        (with(|t| t.renewal_epochs = 1), CreditsError::BadRenewal),
        (with(|t| t.renewal_rate = 1), CreditsError::BadRenewal),
        (
            with(|t| (t.renewal_epochs, t.renewal_rate) = (3_651, 1)),
            CreditsError::BadRenewal,
        ),
    ];
    for (terms, error) in bad {
        let outcome = world.open(&customer, &deal, terms);
        assert_refused(outcome, ID, error);
    }
}

#[test]
fn a_schedule_of_service_credits_rises_step_by_step() {
    let mut world = CreditsWorld::new();
    let customer = world.rich_customer("customer", 100_000);
    let deal = world.deal("operator", &customer);
    let step = |below_bps, credit_bps| SlaStep {
        below_bps,
        credit_bps,
    };
    let none = SlaStep::default();
    for deeper_steps in [
        [step(9_000, 2_000), none, none],
        [step(8_000, 1_000), none, none],
        [none, step(8_000, 2_000), none],
        [step(8_000, 10_001), none, none],
    ] {
        let terms = LeaseTerms {
            deeper_steps,
            ..terms()
        };
        let outcome = world.open(&customer, &deal, terms);
        assert_refused(outcome, ID, CreditsError::BadSchedule);
    }
    let deeper_steps = [step(8_000, 2_000), step(5_000, 9_000), none];
    let terms = LeaseTerms {
        deeper_steps,
        ..terms()
    };
    let sent = world.open(&customer, &deal, terms).expect("a lease");
    let event = sent.event::<LeaseOpened>().expect("an event");
    assert_eq!(event.deeper_steps, deeper_steps);
}

#[test]
fn a_service_with_a_policy_admits_only_with_the_clearances_that_it_asks_for() {
    let mut world = CreditsWorld::new();
    let customer = world.rich_customer("customer", 100_000);
    let deal = world.deal("operator", &customer);
    world.impose(known_parties());

    let outcome = world.open(&customer, &deal, terms());

    // `admission` tries every way to be refused and to be admitted.
    assert_refused(outcome, ID, CreditsError::WrongIssuer);
    world.impose(PolicyRules::default());
    world
        .open(&customer, &deal, terms())
        .expect("a lease under a policy that asks for nothing");
}

#[test]
fn the_service_must_be_the_operators() {
    let mut world = CreditsWorld::new();
    let customer = world.rich_customer("customer", 100_000);
    let deal = world.deal("operator", &customer);
    // Another service of the network, without a policy.
    world.create_service(service_params()).expect("a service");
    let mut ix = world.lease_open(&customer, &deal, terms());
    let service = world.service;
    let place = ix.accounts.iter_mut().find(|meta| meta.pubkey == service);
    place.expect("the service").pubkey = service_address(&world.network, 1).0;

    let outcome = world.svm.send(&[ix], &[&customer.key, &deal.operator.node]);

    assert_refused(outcome, ID, CreditsError::WrongService);
}

#[test]
fn a_paused_network_opens_no_lease() {
    let mut world = CreditsWorld::new();
    let customer = world.rich_customer("customer", 100_000);
    let deal = world.deal("operator", &customer);
    world.pause();
    let outcome = world.open(&customer, &deal, terms());
    assert_refused(outcome, ID, CreditsError::NetworkPaused);
}

#[test]
fn another_customers_account_pays_for_nobody() {
    let mut world = CreditsWorld::new();
    let rich = world.rich_customer("rich", 100_000);
    let thief = world.customer("thief");
    let deal = world.deal("operator", &thief);
    let mut ix = world.lease_open(&thief, &deal, terms());
    ix.accounts[4].pubkey = rich.account;
    let outcome = world.svm.send(&[ix], &[&thief.key, &deal.operator.node]);
    assert_refused(outcome, ID, CreditsError::NotCustomer);
}

#[test]
fn a_network_before_its_genesis_has_no_epoch() {
    let mut world = CreditsWorld::new();
    let customer = world.rich_customer("customer", 100_000);
    let deal = world.deal("operator", &customer);
    let (network, now) = (world.network, world.svm.now());
    world
        .svm
        .edit::<Network>(&network, |network| network.genesis = now + 1);
    let outcome = world.open(&customer, &deal, terms());
    assert_refused(outcome, ID, CreditsError::BeforeGenesis);
}

#[test]
fn the_account_of_another_network_pays_for_nothing_here() {
    let mut world = CreditsWorld::new();
    let customer = world.rich_customer("customer", 100_000);
    let deal = world.deal("operator", &customer);
    // The same customer's account with another network, rich in credits of that one.
    let network = world.svm.fresh_address();
    let (address, bump) =
        trestle_credits::address::customer_address(&network, &customer.key.pubkey());
    let mut state: CustomerAccount = world.account_state(&customer);
    state.network = network;
    state.bump = bump;
    world.svm.put_pod(address, ID, &state);
    let mut ix = world.lease_open(&customer, &deal, terms());
    ix.accounts[4].pubkey = address;
    let outcome = world.svm.send(&[ix], &[&customer.key, &deal.operator.node]);
    assert_refused(outcome, ID, CreditsError::WrongNetwork);
}
