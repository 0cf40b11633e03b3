//! `credits_buy_burn`, by its specification.

use {
    anchor_lang::{programs::Token2022, Id},
    solana_signer::Signer,
    spl_token_2022_interface::instruction::transfer_checked,
    trestle_core::price::{PriceUpdate, VerificationLevel},
    trestle_credits::{error::CreditsError, event::CreditsBoughtByBurn, state::Market, ID},
    trestle_tests::{
        credits::{price, CreditsWorld},
        staking::PURSE,
        svm::assert_refused,
    },
};

/// A dollar's worth.
const CREDITS: u64 = 100_000;
/// Base units of a token that are worth it at 2 dollars less 0.004 a token, rounded up.
const COST: u64 = 501_002_005;
/// Compute units that buying by burning may cost.
const BUY_CU_MAX: u64 = 15_000;

#[test]
fn the_buyer_gets_exactly_the_credits_asked_for() {
    let mut world = CreditsWorld::new();
    let buyer = world.stranger("buyer");
    let ix = world.credits_buy_burn(&buyer, CREDITS, u64::MAX);
    let sent = world.must(ix, &buyer.key);
    assert_eq!(world.credits(&buyer), CREDITS);
    assert_eq!(world.credit_supply(), CREDITS);
    let market = world.market_state();
    assert_eq!((market.minted, market.tokens_burned), (CREDITS, COST));
    let event = sent.event::<CreditsBoughtByBurn>().expect("an event");
    assert_eq!(
        (event.credits, event.tokens_burned, event.minted_total),
        (CREDITS, COST, CREDITS)
    );
    assert_eq!(
        (event.price_mantissa, event.price_exponent),
        (199_600_000, -8)
    );
    println!(
        "credits_buy_burn: {} CU, {} bytes",
        sent.compute_units, sent.size
    );
    assert!(sent.compute_units <= BUY_CU_MAX);
}

#[test]
fn the_price_is_pyths_fully_verified_of_the_markets_feed_recent_and_certain_enough() {
    let mut world = CreditsWorld::new();
    let buyer = world.stranger("buyer");
    let now = world.svm.now();
    let with = |change: fn(&mut PriceUpdate)| {
        let mut update = price(now);
        change(&mut update);
        update
    };
    let bad = [
        (
            with(|p| p.verification_level = VerificationLevel::Partial(12)),
            CreditsError::PriceNotVerified,
        ),
        (with(|p| p.feed_id = [8; 32]), CreditsError::PriceOtherFeed),
        (with(|p| p.publish_time -= 61), CreditsError::PriceStale),
        (with(|p| p.publish_time += 6), CreditsError::PriceFuture),
        (with(|p| p.ema_conf = 2_000_001), CreditsError::PriceWide),
        (with(|p| p.conf = 2_100_001), CreditsError::PriceWide),
        (with(|p| p.ema_price = 0), CreditsError::PriceNotPositive),
        (with(|p| p.ema_price = -5), CreditsError::PriceNotPositive),
        (with(|p| p.price = -1), CreditsError::PriceNotPositive),
        (with(|p| p.exponent = 1), CreditsError::PriceExponent),
        (with(|p| p.exponent = -19), CreditsError::PriceExponent),
    ];
    for (update, error) in bad {
        world.post_price(&update);
        let ix = world.credits_buy_burn(&buyer, CREDITS, u64::MAX);
        let outcome = world.svm.send(&[ix], &[&buyer.key]);
        assert_refused(outcome, ID, error);
    }
    for good in [
        with(|p| p.publish_time -= 60),
        with(|p| p.publish_time += 5),
        with(|p| p.ema_conf = 2_000_000),
    ] {
        world.post_price(&good);
        let ix = world.credits_buy_burn(&buyer, CREDITS, u64::MAX);
        world.must(ix, &buyer.key);
    }
}

#[test]
fn another_account_of_a_price_is_refused() {
    let mut world = CreditsWorld::new();
    let buyer = world.stranger("buyer");
    let update = PriceUpdate {
        ema_price: 20_000_000_000,
        ..price(world.svm.now())
    };
    let forged = world.svm.fresh_address();
    let owner = trestle_credits::constants::PRICE_PROGRAM;
    world.svm.put(forged, owner, update.encode().to_vec());
    let mut ix = world.credits_buy_burn(&buyer, CREDITS, u64::MAX);
    let position = ix
        .accounts
        .iter()
        .position(|meta| meta.pubkey == world.price_account)
        .expect("the price account");
    ix.accounts[position].pubkey = forged;
    let outcome = world.svm.send(&[ix.clone()], &[&buyer.key]);
    assert_refused(outcome, ID, CreditsError::WrongPriceAccount);

    let account = world.price_account;
    let foreign = world.svm.fresh_address();
    world.svm.put(account, foreign, update.encode().to_vec());
    ix.accounts[position].pubkey = account;
    let outcome = world.svm.send(&[ix.clone()], &[&buyer.key]);
    assert_refused(outcome, ID, CreditsError::NotPriceProgram);

    let mut garbage = update.encode().to_vec();
    garbage[0] ^= 1;
    world.svm.put(account, owner, garbage);
    let outcome = world.svm.send(&[ix], &[&buyer.key]);
    assert_refused(outcome, ID, CreditsError::PriceMalformed);
}

#[test]
fn the_tokens_burned_are_the_credits_value_at_the_conservative_price_rounded_up() {
    let mut world = CreditsWorld::new();
    let buyer = world.stranger("buyer");
    let supply = world.svm.supply(&world.token_mint);
    let mut burned = 0;
    for (credits, cost) in [(1, 5_011), (CREDITS, COST), (3, 15_031)] {
        let ix = world.credits_buy_burn(&buyer, credits, cost);
        world.must(ix, &buyer.key);
        burned += cost;
        assert_eq!(world.svm.tokens(&buyer.tokens), PURSE - burned);
        assert_eq!(world.svm.supply(&world.token_mint), supply - burned);
        // What was burned is worth the credits at least, to the last base unit.
        let worth = u128::from(cost) * 199_600_000;
        let price = u128::from(credits) * 1_000_000_000_000;
        assert!(worth >= price && worth - price < 199_600_000);
    }
}

#[test]
fn a_price_above_the_buyers_maximum_is_refused() {
    let mut world = CreditsWorld::new();
    let buyer = world.stranger("buyer");
    let ix = world.credits_buy_burn(&buyer, CREDITS, COST - 1);
    let outcome = world.svm.send(&[ix], &[&buyer.key]);
    assert_refused(outcome, ID, CreditsError::CostAboveMaximum);
}

#[test]
fn a_paused_network_sells_nothing() {
    let mut world = CreditsWorld::new();
    let buyer = world.stranger("buyer");
    world.pause();
    let ix = world.credits_buy_burn(&buyer, CREDITS, u64::MAX);
    let outcome = world.svm.send(&[ix], &[&buyer.key]);
    assert_refused(outcome, ID, CreditsError::NetworkPaused);
}

#[test]
fn no_credits_and_too_many_are_refused() {
    let mut world = CreditsWorld::new();
    let buyer = world.stranger("buyer");
    let ix = world.credits_buy_burn(&buyer, 0, u64::MAX);
    let outcome = world.svm.send(&[ix], &[&buyer.key]);
    assert_refused(outcome, ID, CreditsError::ZeroCredits);

    let ix = world.credits_buy_burn(&buyer, u64::MAX, u64::MAX);
    let outcome = world.svm.send(&[ix], &[&buyer.key]);
    assert_refused(outcome, ID, CreditsError::MathOverflow);

    let market = world.market;
    world
        .svm
        .edit::<Market>(&market, |market| market.minted = u64::MAX);
    let ix = world.credits_buy_burn(&buyer, 1, u64::MAX);
    let outcome = world.svm.send(&[ix], &[&buyer.key]);
    assert_refused(outcome, ID, CreditsError::MathOverflow);
}

#[test]
fn credits_go_to_the_buyers_own_credit_account_alone() {
    let mut world = CreditsWorld::new();
    let (buyer, other) = (world.stranger("buyer"), world.stranger("other"));
    let good = world.credits_buy_burn(&buyer, CREDITS, u64::MAX);
    let position = good
        .accounts
        .iter()
        .position(|meta| meta.pubkey == buyer.wallet)
        .expect("the credit account");
    for (wrong, error) in [
        (other.wallet, CreditsError::NotCreditAccountOwner),
        (buyer.stable, CreditsError::WrongCreditAccount),
    ] {
        let mut ix = good.clone();
        ix.accounts[position].pubkey = wrong;
        let outcome = world.svm.send(&[ix], &[&buyer.key]);
        assert_refused(outcome, ID, error);
    }
}

#[test]
fn credits_cannot_be_transferred() {
    let mut world = CreditsWorld::new();
    let (buyer, other) = (world.stranger("buyer"), world.stranger("other"));
    let buy = world.credits_buy_burn(&buyer, CREDITS, u64::MAX);
    world.must(buy, &buyer.key);
    let program = Token2022::id();
    let transfer = transfer_checked(
        &program,
        &buyer.wallet,
        &world.credit_mint,
        &other.wallet,
        &buyer.key.pubkey(),
        &[],
        1,
        0,
    );
    let outcome = world.svm.send(&[transfer.expect("encoded")], &[&buyer.key]);
    let refused = outcome.expect_err("credits stay where they are");
    assert_eq!(refused.program, Some(program));
    assert_eq!(world.credits(&other), 0);
}

#[test]
fn more_credits_than_were_sold_are_noticed() {
    let mut world = CreditsWorld::new();
    let buyer = world.stranger("buyer");
    let buy = world.credits_buy_burn(&buyer, CREDITS, u64::MAX);
    world.must(buy, &buyer.key);
    let market = world.market;
    world
        .svm
        .edit::<Market>(&market, |market| market.minted -= 1);
    let ix = world.credits_buy_burn(&buyer, CREDITS, u64::MAX);
    let outcome = world.svm.send(&[ix], &[&buyer.key]);
    assert_refused(outcome, ID, CreditsError::InvariantViolated);
}
