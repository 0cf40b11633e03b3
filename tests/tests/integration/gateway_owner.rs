//! A prepaid gateway and its owner: `gateway_open` and `gateway_withdraw`, by their specifications.

use {
    anchor_lang::ErrorCode,
    prepaid_gateway::{
        error::GatewayError,
        event::{GatewayOpened, GatewayWithdrawn},
        ID,
    },
    solana_signer::Signer,
    trestle_credits::event::AccountOpened,
    trestle_tests::{
        gateway::{GatewayWorld, CREDIT_PRICE, FLOAT},
        svm::assert_refused,
    },
};

#[test]
fn the_customer_is_an_address_of_this_program_and_has_an_account_with_the_network() {
    let mut world = GatewayWorld::without_gateway();
    let sent = world.open_gateway().expect("a gateway");
    let opened = sent.event::<GatewayOpened>().expect("an event");
    assert_eq!(opened.customer, world.customer);
    let account = sent.event::<AccountOpened>().expect("an event by CPI");
    assert_eq!(
        (account.account, account.customer),
        (world.account, world.customer)
    );
    let state = world.customer_state();
    assert_eq!((state.customer, state.balance), (world.customer, 0));
    // It pays rent like a wallet, so it must stay one: no data, and no lamports of its own yet.
    assert!(world.svm.raw(&world.customer).is_none());
    println!(
        "gateway_open: {} CU, {} bytes",
        sent.compute_units, sent.size
    );
}

#[test]
fn an_owner_opens_as_many_gateways_as_it_likes() {
    let mut world = GatewayWorld::new();
    let owner = world.owner.insecure_clone();
    let second = world.gateway_open(1);
    world.must(second, &owner);
    let again = world.gateway_open(1);
    let outcome = world.svm.send(&[again], &[&owner]);
    assert!(outcome.is_err(), "a gateway is opened once");
}

#[test]
fn only_the_customer_can_move_what_is_in_the_till() {
    let world = GatewayWorld::new();
    let till: spl_token_interface::state::Account = world.svm.packed(&world.till);
    assert_eq!(till.owner, world.customer);
    assert!(till.delegate.is_none() && till.close_authority.is_none());
}

#[test]
fn the_till_is_of_the_networks_stablecoin_and_the_market_is_the_networks() {
    let mut world = GatewayWorld::without_gateway();
    let owner = world.owner.insecure_clone();
    let create = world.wallet_create();
    world.must(create, &owner);
    let mut ix = world.gateway_open(0);
    ix.accounts[5].pubkey = world.token_mint;
    let outcome = world.svm.send(&[ix], &[&owner]);
    assert_refused(outcome, ID, GatewayError::WrongMint);

    let market = world.market_state();
    let twin = world.svm.fresh_address();
    world.svm.put_pod(twin, trestle_credits::ID, &market);
    let mut ix = world.gateway_open(0);
    ix.accounts[2].pubkey = twin;
    let outcome = world.svm.send(&[ix], &[&owner]);
    assert_refused(outcome, ID, GatewayError::WrongMarket);
}

#[test]
fn only_the_owner_withdraws() {
    let mut world = GatewayWorld::new();
    let user = world.user.insecure_clone();
    let ix = world.gateway_withdraw(user.pubkey(), world.user_stable, 1);
    let outcome = world.svm.send(&[ix], &[&user]);
    assert_refused(outcome, ID, GatewayError::NotOwner);

    let owner = world.owner.insecure_clone();
    let ix = world.gateway_withdraw(owner.pubkey(), world.owner_stable, FLOAT);
    let sent = world.must(ix, &owner);
    let event = sent.event::<GatewayWithdrawn>().expect("an event");
    assert_eq!((event.amount, event.owed, event.till), (FLOAT, 0, 0));
}

#[test]
fn what_the_user_is_owed_stays_in_the_till() {
    let (mut world, _) = GatewayWorld::leased();
    let owner = world.owner.insecure_clone();
    let (till, owed) = (world.svm.tokens(&world.till), 10_000 * CREDIT_PRICE);
    assert_eq!(till, FLOAT, "the plan's credits cost what its user paid");
    let too_much = world.gateway_withdraw(owner.pubkey(), world.owner_stable, till - owed + 1);
    let outcome = world.svm.send(&[too_much], &[&owner]);
    assert_refused(outcome, ID, GatewayError::FloatTooSmall);
    let all = world.gateway_withdraw(owner.pubkey(), world.owner_stable, till - owed);
    world.must(all, &owner);
    assert_eq!(world.svm.tokens(&world.till), owed);
}

#[test]
fn what_a_plan_has_used_up_can_be_withdrawn() {
    let (mut world, deal) = GatewayWorld::leased();
    let owner = world.owner.insecure_clone();
    world.settle_with(&deal, 1, (1, 1));
    let earned = 1_000 * CREDIT_PRICE;
    let free = FLOAT - 10_000 * CREDIT_PRICE + earned;
    let ix = world.gateway_withdraw(owner.pubkey(), world.owner_stable, free);
    let sent = world.must(ix, &owner);
    let event = sent.event::<GatewayWithdrawn>().expect("an event");
    assert_eq!(event.owed, 9_000 * CREDIT_PRICE);
    assert_eq!(event.till, event.owed);
}

#[test]
fn an_account_that_another_program_owns_is_no_gateway() {
    let mut world = GatewayWorld::new();
    let state = world.gateway_state();
    let stranger = world.svm.fresh_address();
    let gateway = world.gateway;
    world.svm.put_pod(gateway, stranger, &state);
    let owner = world.owner.insecure_clone();
    let ix = world.gateway_withdraw(owner.pubkey(), world.owner_stable, 1);
    let outcome = world.svm.send(&[ix], &[&owner]);
    assert_refused(outcome, ID, ErrorCode::ConstraintOwner);
}
