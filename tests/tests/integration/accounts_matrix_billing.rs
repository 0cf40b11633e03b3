//! Each account of each instruction of card sales, delegates, meters, top-ups and revenue, replaced
//! by a wrong one.

use {
    solana_signer::Signer,
    trestle_credits::constants::CHARGEBACK_LOST_SECONDS,
    trestle_tests::{
        billing::{delegate_params, market_terms, meter_terms, payment, CHARGEBACK},
        credits::CreditsWorld,
        matrix::{Fault, Matrix},
        svm::key,
    },
};

#[test]
fn market_change() {
    let mut world = CreditsWorld::new();
    let authority = world.authority_key();
    let propose = world.market_change_propose(authority.pubkey(), market_terms());
    Matrix {
        name: "market_change_propose",
        instruction: propose.clone(),
        signers: vec![&authority],
        free: vec![],
    }
    .check(&mut world.svm);
    let mut world = CreditsWorld::new();
    world.must(propose, &authority);
    world.reach(3);
    Matrix {
        name: "market_change_apply",
        instruction: world.market_change_apply(authority.pubkey()),
        signers: vec![],
        free: vec![],
    }
    .check(&mut world.svm);
}

#[test]
fn market_change_cancel() {
    let mut world = CreditsWorld::new();
    let authority = world.authority_key();
    let propose = world.market_change_propose(authority.pubkey(), market_terms());
    world.must(propose, &authority);
    Matrix {
        name: "market_change_cancel",
        instruction: world.market_change_cancel(authority.pubkey()),
        signers: vec![&authority],
        free: vec![],
    }
    .check(&mut world.svm);
}

#[test]
fn biller_set() {
    let mut world = CreditsWorld::new();
    let authority = world.authority_key();
    let params = world.biller_params(&key("seller"));
    Matrix {
        name: "biller_set",
        instruction: world.biller_set(authority.pubkey(), params),
        signers: vec![&authority],
        free: vec![],
    }
    .check(&mut world.svm);
}

#[test]
fn card_sell() {
    let mut world = CreditsWorld::new();
    let (seller, customer) = (world.seller(), world.customer("customer"));
    let now = world.svm.now();
    Matrix {
        name: "card_sell",
        instruction: world.card_sell(&seller, &customer, payment(1), 100, now),
        signers: vec![&seller.key],
        // Any stablecoin account of the biller may pay.
        free: vec![(seller.stable, Fault::Twin)],
    }
    .check(&mut world.svm);
}

#[test]
fn card_chargeback() {
    let mut world = CreditsWorld::new();
    let (seller, customer) = (world.seller(), world.customer("customer"));
    world.sell(&seller, &customer, 1, 100).expect("a sale");
    Matrix {
        name: "card_chargeback",
        instruction: world.card_chargeback(seller.key.pubkey(), &customer, 1),
        signers: vec![&seller.key],
        free: vec![],
    }
    .check(&mut world.svm);
}

#[test]
fn card_chargeback_resolve() {
    let mut world = CreditsWorld::new();
    let (seller, customer) = (world.seller(), world.customer("customer"));
    world.sell(&seller, &customer, 1, 100).expect("a sale");
    let ix = world.card_chargeback(seller.key.pubkey(), &customer, 1);
    world.must(ix, &seller.key);
    world.svm.advance(CHARGEBACK_LOST_SECONDS);
    let biller = seller.key.pubkey();
    Matrix {
        name: "card_chargeback_resolve",
        instruction: world.card_chargeback_resolve(biller, &seller, &customer, 1, true),
        signers: vec![&seller.key],
        free: vec![(seller.stable, Fault::Twin)],
    }
    .check(&mut world.svm);
}

#[test]
fn card_refund() {
    let mut world = CreditsWorld::new();
    let (seller, customer) = (world.seller(), world.customer("customer"));
    world.sell(&seller, &customer, 1, 100).expect("a sale");
    Matrix {
        name: "card_refund",
        instruction: world.card_refund(&seller, &customer, 1),
        signers: vec![&seller.key, &customer.key],
        free: vec![(seller.stable, Fault::Twin)],
    }
    .check(&mut world.svm);
}

#[test]
fn card_close() {
    let mut world = CreditsWorld::new();
    let (seller, customer) = (world.seller(), world.customer("customer"));
    world.sell(&seller, &customer, 1, 100).expect("a sale");
    world.svm.advance(i64::from(CHARGEBACK));
    Matrix {
        name: "card_close",
        instruction: world.card_close(seller.key.pubkey(), 1),
        signers: vec![],
        free: vec![],
    }
    .check(&mut world.svm);
}

#[test]
fn revenue_release() {
    let mut world = CreditsWorld::new();
    world.revenue_targets();
    let customer = world.rich_customer("customer", 1_000);
    let operator = world.staking.operator("operator", 0);
    world.use_up(&customer, &operator, 500);
    Matrix {
        name: "revenue_release",
        instruction: world.revenue_release(),
        signers: vec![],
        free: vec![],
    }
    .check(&mut world.svm);
}

#[test]
fn delegate_remove() {
    let mut world = CreditsWorld::new();
    let customer = world.customer("customer");
    let delegate = key("delegate").pubkey();
    let set = world.delegate_set(&customer, delegate, delegate_params());
    world.must(set, &customer.key);
    Matrix {
        name: "delegate_remove",
        instruction: world.delegate_remove(&customer, delegate),
        signers: vec![&customer.key],
        free: vec![],
    }
    .check(&mut world.svm);
}

#[test]
fn meter_open() {
    let mut world = CreditsWorld::new();
    let customer = world.rich_customer("customer", 10_000);
    let operator = world.staking.operator("operator", 0);
    let delegate = world.svm.funded("delegate");
    let set = world.delegate_set(&customer, delegate.pubkey(), delegate_params());
    world.must(set, &customer.key);
    Matrix {
        name: "meter_open",
        instruction: world.meter_open(&customer, Some(&delegate), &operator, meter_terms()),
        signers: vec![&delegate, &operator.node],
        free: vec![],
    }
    .check(&mut world.svm);
}

#[test]
fn meter_deposit() {
    let mut world = CreditsWorld::new();
    let (customer, operator) = world.metered(meter_terms());
    let delegate = world.svm.funded("delegate");
    let set = world.delegate_set(&customer, delegate.pubkey(), delegate_params());
    world.must(set, &customer.key);
    Matrix {
        name: "meter_deposit",
        instruction: world.meter_deposit(&customer, Some(&delegate), &operator, 100),
        signers: vec![&delegate],
        free: vec![],
    }
    .check(&mut world.svm);
}

#[test]
fn meter_end_and_close() {
    let mut world = CreditsWorld::new();
    let (customer, operator) = world.metered(meter_terms());
    let end = world.meter_end(customer.key.pubkey(), &customer, &operator);
    Matrix {
        name: "meter_end",
        instruction: end.clone(),
        signers: vec![&customer.key],
        free: vec![],
    }
    .check(&mut world.svm);
    let mut world = CreditsWorld::new();
    let (customer, operator) = world.metered(meter_terms());
    world.must(end, &customer.key);
    world.reach(3);
    Matrix {
        name: "meter_close",
        instruction: world.meter_close(customer.key.pubkey(), &customer, &operator),
        signers: vec![],
        free: vec![],
    }
    .check(&mut world.svm);
}

#[test]
fn topup() {
    let mut world = CreditsWorld::new();
    let customer = world.topped_up();
    Matrix {
        name: "topup_run",
        instruction: world.topup_run(&customer),
        signers: vec![],
        free: vec![],
    }
    .check(&mut world.svm);
    let mut world = CreditsWorld::new();
    let customer = world.topped_up();
    Matrix {
        name: "topup_remove",
        instruction: world.topup_remove(&customer),
        signers: vec![&customer.key],
        free: vec![],
    }
    .check(&mut world.svm);
}
