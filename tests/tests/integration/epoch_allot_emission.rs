//! `epoch_allot` of a pool that mints, by its specification.

use {
    trestle_core::price::{PriceUpdate, VerificationLevel},
    trestle_rewards::{
        error::RewardsError,
        event::{EmissionGranted, EpochAllotted},
        state::{EmissionParams, EmissionRecord},
        ID,
    },
    trestle_tests::{
        credits::price,
        rewards::RewardsWorld,
        rewards_more::emission_params,
        sales::Sales,
        svm::{assert_refused, Sent, Svm},
        tokens::TOKEN,
    },
};

const BASE: u64 = 100 * TOKEN;
/// Credits worth 10,000 dollars. A twentieth of that, at 2.106 dollars a token, is what follows.
const SALE: u64 = 1_000_000_000;
const SALE_EARNS: u64 = 237_416_904_083;

fn record(sent: &Sent) -> EmissionRecord {
    sent.event::<EmissionGranted>().expect("an event").record
}

/// The chain and what is sold on it, side by side.
fn sales(world: &mut RewardsWorld) -> (&mut Svm, &mut Sales) {
    let RewardsWorld { staking, sales, .. } = world;
    (&mut staking.svm, sales)
}

fn consume(world: &mut RewardsWorld, credits: u64) {
    let (svm, sales) = sales(world);
    sales.consume(svm, credits);
}

fn burn(world: &mut RewardsWorld, tokens: u64) {
    let (svm, sales) = sales(world);
    sales.burn(svm, tokens);
}

#[test]
fn a_minting_pool_mints_what_its_emission_grants_into_its_vault_and_nothing_else() {
    let mut world = RewardsWorld::minting(emission_params());
    let supply = world.svm.supply(&world.token_mint);
    let sent = world.allot(0);
    let granted = record(&sent).granted;
    assert_eq!(granted, BASE);
    assert_eq!(world.svm.tokens(&world.vault), granted);
    assert_eq!(world.svm.supply(&world.token_mint), supply + granted);
    assert_eq!(world.pool_state().funded_total, granted);
    let allotted = sent.event::<EpochAllotted>().expect("an event");
    assert_eq!(
        (allotted.tokens, allotted.allotted_total),
        (granted, granted)
    );
    println!("epoch_allot (mint): {} CU", sent.compute_units);
}

#[test]
fn revenue_since_the_allotment_before_raises_what_a_minting_pool_grants_up_to_the_schedule() {
    let mut world = RewardsWorld::minting(emission_params());
    consume(&mut world, SALE);
    let first = record(&world.allot(0));
    assert_eq!(
        (first.by_revenue, first.granted),
        (SALE_EARNS, BASE + SALE_EARNS)
    );
    assert_eq!(
        (first.scheduled, first.withheld),
        (900 * TOKEN, 800 * TOKEN - SALE_EARNS)
    );

    let second = record(&world.allot_at(1));
    assert_eq!(
        (second.revenue, second.granted),
        (0, BASE),
        "each credit counts once"
    );

    consume(&mut world, 100 * SALE);
    let third = record(&world.allot_at(2));
    assert_eq!((third.granted, third.withheld), (900 * TOKEN, 0));

    // The second step of the schedule.
    for epoch in 3..10 {
        world.allot_at(epoch);
    }
    consume(&mut world, 100 * SALE);
    assert_eq!(record(&world.allot_at(10)).granted, 450 * TOKEN);
}

#[test]
fn without_a_usable_price_the_revenue_waits_for_one_and_base_is_granted() {
    let mut world = RewardsWorld::minting(emission_params());
    consume(&mut world, SALE);
    world.run_to(8);
    let now = world.svm.now();
    let good = price(now);
    let partial = VerificationLevel::Partial(5);
    #[rustfmt::skip]
    let bad = [
        (5, PriceUpdate { publish_time: now - 61, ..good }),
        (6, PriceUpdate { publish_time: now + 6, ..good }),
        (7, PriceUpdate { conf: 210_000_000 / 50 + 1, ..good }),
        (7, PriceUpdate { ema_conf: u64::MAX, ..good }),
        (8, PriceUpdate { ema_price: -1, ..good }),
        (8, PriceUpdate { price: 0, ..good }),
        (4, PriceUpdate { feed_id: [8; 32], ..good }),
        (3, PriceUpdate { verification_level: partial, ..good }),
    ];
    for (epoch, (problem, update)) in bad.iter().enumerate() {
        let (svm, sales) = sales(&mut world);
        sales.post(svm, update);
        let record = record(&world.allot(epoch as u64));
        assert_eq!((record.granted, record.by_revenue), (BASE, 0), "{update:?}");
        assert_eq!((record.price_problem, record.price_mantissa), (*problem, 0));
        assert_eq!(world.emission_state().revenue_counted, 0);
    }

    let waited = record(&world.allot_at(8));
    assert_eq!((waited.revenue, waited.granted), (SALE, BASE + SALE_EARNS));
    assert_eq!(
        (waited.price_problem, waited.price_mantissa),
        (0, 210_600_000)
    );
}

#[test]
fn a_price_account_that_is_none_or_malformed_makes_revenue_wait() {
    let mut world = RewardsWorld::minting(emission_params());
    consume(&mut world, SALE);
    world.run_to(1);
    let address = world.sales.price_account;
    let data = price(world.svm.now()).encode().to_vec();
    let stranger = world.svm.fresh_address();
    world.svm.put(address, stranger, data);
    assert_eq!(record(&world.allot(0)).price_problem, 1);
    world.svm.put(
        address,
        trestle_rewards::constants::PRICE_PROGRAM,
        vec![0; 134],
    );
    let malformed = record(&world.allot(1));
    assert_eq!((malformed.price_problem, malformed.granted), (2, BASE));
}

#[test]
fn while_the_markets_fee_is_not_above_the_shares_of_revenue_and_burns_they_earn_nothing() {
    let mut world = RewardsWorld::minting(emission_params());
    let (svm, market) = sales(&mut world);
    market.charge(svm, 700);
    consume(&mut world, SALE);
    burn(&mut world, 7_000 * TOKEN);
    let unsound = record(&world.allot(0));
    assert_eq!(
        (unsound.granted, unsound.rho_bps, unsound.reemit_bps),
        (BASE, 0, 0)
    );

    let (svm, market) = sales(&mut world);
    market.charge(svm, 701);
    consume(&mut world, SALE);
    let before = record(&world.allot_at(1));
    assert_eq!((before.granted, before.by_revenue), (BASE, 0));
    consume(&mut world, SALE);
    let sound = record(&world.allot_at(2));
    assert_eq!((sound.rho_bps, sound.reemit_bps), (500, 200));
    assert_eq!(sound.by_revenue, SALE_EARNS);
}

#[test]
fn the_fee_that_counts_is_the_lowest_in_force_or_proposed_now_and_at_the_last_allotment() {
    let mut world = RewardsWorld::minting(emission_params());
    let mut earned = Vec::new();
    // In force and proposed: what holds at the last allotment is that of the line before.
    for (epoch, (fee, proposed)) in [(800, 800), (800, 700), (800, 900), (900, 900), (700, 900)]
        .into_iter()
        .enumerate()
    {
        let (svm, market) = sales(&mut world);
        market.charge(svm, fee);
        market.announce(svm, proposed);
        consume(&mut world, SALE);
        burn(&mut world, TOKEN);
        let record = record(&world.allot_at(epoch as u64));
        assert_eq!(record.by_revenue > 0, record.reemitted > 0);
        assert_eq!(record.burned > 0, record.by_revenue > 0);
        earned.push(record.by_revenue > 0);
    }
    assert_eq!(earned, [true, false, false, true, false]);
    assert_eq!(world.emission_state().burned_counted, 5 * TOKEN);
}

#[test]
fn burns_alone_never_earn_more_than_was_burned() {
    let mut world = RewardsWorld::minting(emission_params());
    burn(&mut world, 7_000 * TOKEN);
    let mut reemitted = 0;
    let mut highest = 0;
    for epoch in 0..40 {
        let record = record(&world.allot_at(epoch));
        assert_eq!(record.granted, BASE + record.reemitted);
        reemitted += record.reemitted;
        highest = highest.max(record.reemitted);
    }
    // A seventh of it counts at first, and a fiftieth of that is emitted again.
    assert_eq!(highest, 20 * TOKEN);
    assert!(reemitted > 0 && reemitted <= 7_000 * TOKEN / 50);

    burn(&mut world, 700_000 * TOKEN);
    assert_eq!(record(&world.allot_at(40)).reemitted, 50 * TOKEN, "the cap");
}

#[test]
fn the_record_of_an_allotment_keeps_all_that_it_was_computed_from() {
    let mut world = RewardsWorld::minting(emission_params());
    consume(&mut world, SALE);
    burn(&mut world, 70 * TOKEN);
    world.allot(0);
    burn(&mut world, 7 * TOKEN);
    let record = record(&world.allot_at(1));
    let expected = EmissionRecord {
        epoch: 1,
        revenue: 0,
        burned: 7 * TOKEN,
        smoothed_burn: 10 * TOKEN,
        price_mantissa: 210_600_000,
        scheduled: 900 * TOKEN,
        base: BASE,
        by_revenue: 0,
        // Of 10 * 6/7 + 7/7 tokens a fiftieth.
        reemitted: 191_428_571,
        granted: BASE + 191_428_571,
        withheld: 800 * TOKEN,
        price_exponent: -8,
        params_version: 0,
        rho_bps: 500,
        reemit_bps: 200,
        price_problem: 0,
        _pad: [0; 3],
    };
    assert_eq!(record, expected);
    let emission = world.emission_state();
    assert_eq!(emission.record(1), Some(&expected));
    assert_eq!(emission.record(0).map(|first| first.revenue), Some(SALE));
    assert_eq!(emission.record(2), None);
}

#[test]
fn a_minting_pool_without_an_emission_is_refused_and_so_is_another_market_revenue_or_price() {
    let mut world = RewardsWorld::minting_without_emission();
    let ix = world.epoch_allot(0);
    let outcome = world.svm.send(&[ix], &[]);
    assert_refused(outcome, ID, RewardsError::WrongEmission);

    world.open_emission(emission_params()).expect("an emission");
    consume(&mut world, SALE);
    let wrong = [
        (7, RewardsError::WrongEmission),
        (8, RewardsError::WrongRevenue),
        (9, RewardsError::WrongMarket),
        (10, RewardsError::WrongPriceAccount),
    ];
    for (place, error) in wrong {
        let mut ix = world.epoch_allot(0);
        let original = world
            .svm
            .raw(&ix.accounts[place].pubkey)
            .expect("it exists");
        let twin = world.svm.fresh_address();
        world.svm.put(twin, original.owner, original.data);
        ix.accounts[place].pubkey = twin;
        let outcome = world.svm.send(&[ix], &[]);
        assert_refused(outcome, ID, error);
    }
}

#[test]
fn records_wrap_with_the_allotments() {
    let mut world = RewardsWorld::minting(EmissionParams {
        base: TOKEN,
        ..emission_params()
    });
    for epoch in 0..66 {
        world.allot_at(epoch);
    }
    let emission = world.emission_state();
    assert_eq!(emission.record_count, 66);
    assert_eq!(emission.record(1), None, "out of the ring");
    assert!(emission.record(2).is_some() && emission.record(65).is_some());
}

#[test]
fn counters_that_fall_are_noticed() {
    let mut world = RewardsWorld::minting(emission_params());
    let emission = world.emission;
    world
        .svm
        .edit::<trestle_rewards::state::Emission>(&emission, |state| state.burned_counted = 1);
    let ix = world.epoch_allot(0);
    let outcome = world.svm.send(&[ix], &[]);
    assert_refused(outcome, ID, RewardsError::InvariantViolated);
}
