//! `revenue_release`, by its specification.

use {
    solana_address::Address,
    solana_instruction::Instruction,
    solana_signer::Signer,
    trestle_credits::{
        address::revenue_address,
        error::CreditsError,
        event::RevenueReleased,
        state::{Market, ServiceRevenue},
        ID,
    },
    trestle_tests::{
        billing::CHARGEBACK, credits::CreditsWorld, staking::service_params, svm::assert_refused,
    },
};

/// A world where 10,000 credits were bought with stablecoin and `used` of them are used up.
fn world(used: u64) -> (CreditsWorld, [Address; 3]) {
    let mut world = CreditsWorld::new();
    let targets = world.revenue_targets();
    let customer = world.rich_customer("customer", 10_000);
    let operator = world.staking.operator("operator", 0);
    if used > 0 {
        world.use_up(&customer, &operator, used);
    }
    (world, targets)
}

fn balances(world: &CreditsWorld, targets: &[Address; 3]) -> [u64; 3] {
    targets.map(|target| world.svm.tokens(&target))
}

#[test]
fn the_vault_gives_the_share_that_the_used_up_credits_have_of_those_outstanding() {
    let (mut world, targets) = world(2_500);
    let release = world.revenue_release();
    let sent = world.svm.must(&[release], &[]);
    println!("revenue_release: {} CU", sent.compute_units);
    assert_eq!(world.svm.tokens(&world.revenue_vault), 75_000);
    assert_eq!(balances(&world, &targets).iter().sum::<u64>(), 25_000);
    let event = sent.event::<RevenueReleased>().expect("an event");
    assert_eq!((event.credits, event.stable), (2_500, 25_000));
    let (market, revenue) = (world.market_state(), world.revenue_state());
    assert_eq!((market.released, market.released_stable), (2_500, 25_000));
    assert_eq!(
        (revenue.released_credits, revenue.released_stable),
        (2_500, event.operators)
    );
}

#[test]
fn credits_that_were_bought_by_burning_count_as_outstanding_with_nothing_in_the_vault_for_them() {
    let (mut world, targets) = world(2_500);
    let burner = world.stranger("burner");
    let buy = world.credits_buy_burn(&burner, 30_000, u64::MAX);
    world.must(buy, &burner.key);
    let release = world.revenue_release();
    world.svm.must(&[release], &[]);
    // 2,500 of 40,000 outstanding: a sixteenth of 100,000.
    assert_eq!(balances(&world, &targets).iter().sum::<u64>(), 6_250);
}

#[test]
fn the_price_of_card_sales_that_can_still_be_reversed_stays_in_the_vault() {
    let mut world = CreditsWorld::new();
    let targets = world.revenue_targets();
    let (seller, customer) = (world.seller(), world.customer("customer"));
    world.sell(&seller, &customer, 1, 4_000).expect("a sale");
    let operator = world.staking.operator("operator", 0);
    world.use_up(&customer, &operator, 1_000);
    let release = world.revenue_release();
    let outcome = world.svm.send(std::slice::from_ref(&release), &[]);
    assert_refused(outcome, ID, CreditsError::NothingToRelease);
    assert_eq!(world.revenue_state().released_credits, 0);

    world.svm.advance(i64::from(CHARGEBACK));
    let close = world.card_close(seller.key.pubkey(), 1);
    world.svm.must(&[close, release], &[]);
    assert_eq!(balances(&world, &targets).iter().sum::<u64>(), 10_000);
    assert_eq!(world.market_state().pending, 0);
}

#[test]
fn the_fees_are_split_off_by_largest_remainder_and_the_operators_get_the_rest() {
    // 5 % and 1 % of 250, 70 and 10.
    for (used, parts) in [(25, [13, 2, 235]), (7, [3, 1, 66]), (1, [1, 0, 9])] {
        let (mut world, targets) = world(used);
        let release = world.revenue_release();
        let sent = world.svm.must(&[release], &[]);
        let event = sent.event::<RevenueReleased>().expect("an event");
        assert_eq!([event.protocol, event.insurance, event.operators], parts);
        assert_eq!(balances(&world, &targets), parts);
    }
}

#[test]
fn a_credit_is_released_once() {
    let (mut world, _) = world(2_500);
    let release = world.revenue_release();
    world.svm.must(std::slice::from_ref(&release), &[]);
    let outcome = world.svm.send(&[release], &[]);
    assert_refused(outcome, ID, CreditsError::NothingToRelease);
}

/// The release of the revenue at another address.
fn of(mut release: Instruction, revenue: Address, pool_vault: Address) -> Instruction {
    release.accounts[1].pubkey = revenue;
    release.accounts[5].pubkey = pool_vault;
    release
}

#[test]
fn the_order_in_which_services_are_released_does_not_matter() {
    let mut paid = Vec::new();
    for swapped in [false, true] {
        let (mut world, _) = world(3_333);
        world.create_service(service_params()).expect("a service");
        let second = trestle_staking::address::service_address(&world.network, 1).0;
        let (address, bump) = revenue_address(&second);
        let mut revenue = world.revenue_state();
        let network = revenue.network;
        revenue.open(bump, network, second);
        revenue.consumed = 1_234;
        world.svm.put_pod::<ServiceRevenue>(address, ID, &revenue);
        let market = world.market;
        world.svm.edit::<Market>(&market, |market| {
            market.consumed += 1_234;
            market.held -= 1_234;
        });
        let vaults = [
            trestle_credits::address::pool_stable_vault_address(&world.service).0,
            world.pool_vault_of(&second),
        ];
        let own = world.revenue_release();
        let mut releases = [own.clone(), of(own, address, vaults[1])];
        if swapped {
            releases.reverse();
        }
        world.svm.must(&releases, &[]);
        paid.push(vaults.map(|vault| world.svm.tokens(&vault)));
    }
    assert_eq!(paid[0], paid[1]);
    assert!(paid[0].iter().all(|paid| *paid > 0));
}

#[test]
fn a_paused_network_releases() {
    let (mut world, _) = world(2_500);
    world.pause();
    let release = world.revenue_release();
    world.svm.must(&[release], &[]);
}

#[test]
fn money_goes_nowhere_else() {
    let (mut world, targets) = world(2_500);
    let (mint, thief) = (world.stable_mint, world.svm.fresh_address());
    let stolen = world.svm.put_tokens(mint, thief, 0);
    let errors = [
        CreditsError::WrongTreasury,
        CreditsError::WrongInsuranceVault,
        CreditsError::WrongPoolVault,
    ];
    for (target, error) in targets.into_iter().zip(errors) {
        let mut release = world.revenue_release();
        for meta in &mut release.accounts {
            if meta.pubkey == target {
                meta.pubkey = stolen;
            }
        }
        assert_refused(world.svm.send(&[release], &[]), ID, error);
    }
}
