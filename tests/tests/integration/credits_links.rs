//! What the accounts of an instruction of the credits program must say about each other, with the
//! exact error of each.

use {
    solana_address::Address,
    solana_instruction::Instruction,
    solana_signer::Signer,
    trestle_credits::{
        address::{card_sale_address, meter_address, revenue_address},
        error::CreditsError,
        state::ServiceRevenue,
        ID,
    },
    trestle_tests::{
        billing::{meter_terms, payment, CHARGEBACK},
        credits::CreditsWorld,
        svm::assert_refused,
    },
};

/// The instruction with one account replaced by another.
fn with(mut ix: Instruction, account: Address, other: Address) -> Instruction {
    let meta = ix.accounts.iter_mut().find(|meta| meta.pubkey == account);
    meta.expect("the account").pubkey = other;
    ix
}

#[test]
fn a_card_sale_must_be_of_the_market() {
    let mut world = CreditsWorld::new();
    let (seller, customer) = (world.seller(), world.customer("customer"));
    world.sell(&seller, &customer, 1, 100).expect("a sale");
    world.svm.advance(i64::from(CHARGEBACK));
    let mut sale = world.sale_state(1);
    sale.market = world.svm.fresh_address();
    let (own, _) = card_sale_address(&world.market, &payment(1));
    let (other, bump) = card_sale_address(&sale.market, &payment(1));
    sale.bump = bump;
    world.svm.put_pod(other, ID, &sale);
    let ix = with(world.card_close(seller.key.pubkey(), 1), own, other);
    let outcome = world.svm.send(&[ix], &[]);
    assert_refused(outcome, ID, CreditsError::WrongMarket);
}

#[test]
fn a_meter_must_be_of_the_customers_account() {
    let mut world = CreditsWorld::new();
    let (customer, operator) = world.metered(meter_terms());
    let other = world.customer("other");
    let own = meter_address(&other.account, &operator.address).0;
    let meter = meter_address(&customer.account, &operator.address).0;
    let opener = other.key.pubkey();
    for (ix, signers) in [
        (world.meter_settle(&other, &operator, 10), vec![]),
        (
            world.meter_deposit(&other, None, &operator, 10),
            vec![&other.key],
        ),
        (world.meter_close(opener, &other, &operator), vec![]),
    ] {
        let ix = with(ix, own, meter);
        let outcome = world.svm.send_relayed(&[ix], &signers);
        assert_refused(outcome, ID, CreditsError::WrongMeter);
    }
}

#[test]
fn revenue_must_be_that_of_the_meters_service() {
    let mut world = CreditsWorld::new();
    let (customer, operator) = world.metered(meter_terms());
    let mut revenue: ServiceRevenue = world.svm.get(&world.revenue);
    revenue.service = world.svm.fresh_address();
    let (other, bump) = revenue_address(&revenue.service);
    revenue.bump = bump;
    world.svm.put_pod(other, ID, &revenue);
    let settle = world.meter_settle(&customer, &operator, 10);
    let ix = with(settle, world.revenue, other);
    let outcome = world.svm.send(&[ix], &[]);
    assert_refused(outcome, ID, CreditsError::WrongRevenue);
}
