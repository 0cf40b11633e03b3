//! Each account of each instruction of the credits program, replaced by a wrong one.

use {
    solana_signer::Signer,
    trestle_credits::address::maintenance_address,
    trestle_tests::{
        credits::{market_params, terms, CreditsWorld},
        final_roots::windows,
        matrix::{Fault, Matrix},
    },
};

#[test]
fn market_create() {
    let mut world = CreditsWorld::without_market();
    let authority = world.authority_key();
    let price_account = world.price_account;
    Matrix {
        name: "market_create",
        instruction: world.market_create(authority.pubkey(), market_params()),
        signers: vec![&authority],
        // The authority chooses which of Pyth's accounts of the feed the market will read.
        free: vec![(price_account, Fault::Twin)],
    }
    .check(&mut world.svm);
}

#[test]
fn credits_buy_burn() {
    let mut world = CreditsWorld::new();
    let buyer = world.stranger("buyer");
    Matrix {
        name: "credits_buy_burn",
        instruction: world.credits_buy_burn(&buyer, 100, u64::MAX),
        signers: vec![&buyer.key],
        // Any token account of the buyer may pay, and any credit account of the buyer may receive.
        free: vec![(buyer.tokens, Fault::Twin), (buyer.wallet, Fault::Twin)],
    }
    .check(&mut world.svm);
}

#[test]
fn credits_buy_stable() {
    let mut world = CreditsWorld::new();
    let buyer = world.stranger("buyer");
    Matrix {
        name: "credits_buy_stable",
        instruction: world.credits_buy_stable(&buyer, 100, u64::MAX),
        signers: vec![&buyer.key],
        free: vec![(buyer.stable, Fault::Twin), (buyer.wallet, Fault::Twin)],
    }
    .check(&mut world.svm);
}

#[test]
fn account_open() {
    let mut world = CreditsWorld::new();
    let customer = world.stranger("customer");
    Matrix {
        name: "account_open",
        instruction: world.account_open(&customer),
        signers: vec![&customer.key],
        free: vec![],
    }
    .check(&mut world.svm);
}

#[test]
fn account_deposit() {
    let mut world = CreditsWorld::new();
    let customer = world.customer("customer");
    let buy = world.credits_buy_stable(&customer, 100, u64::MAX);
    world.must(buy, &customer.key);
    Matrix {
        name: "account_deposit",
        instruction: world.account_deposit(&customer, 100),
        signers: vec![&customer.key],
        free: vec![(customer.wallet, Fault::Twin)],
    }
    .check(&mut world.svm);
}

#[test]
fn account_withdraw() {
    let mut world = CreditsWorld::new();
    let customer = world.rich_customer("customer", 100);
    Matrix {
        name: "account_withdraw",
        instruction: world.account_withdraw(&customer, 100),
        signers: vec![&customer.key],
        free: vec![(customer.wallet, Fault::Twin)],
    }
    .check(&mut world.svm);
}

#[test]
fn lease_open() {
    let mut world = CreditsWorld::new();
    let customer = world.rich_customer("customer", 100_000);
    let deal = world.deal("operator", &customer);
    Matrix {
        name: "lease_open",
        instruction: world.lease_open(&customer, &deal, terms()),
        signers: vec![&customer.key, &deal.operator.node],
        // Without a policy nobody looks for one.
        free: vec![(world.policy(), Fault::Stranger)],
    }
    .check(&mut world.svm);
}

#[test]
fn lease_settle() {
    let mut world = CreditsWorld::new();
    let (customer, deal) = world.lease(terms());
    world.publish(1, &[(deal.operator.address, windows(1, 1))]);
    let leaf = world.roots.leaf(1, &deal.operator.address);
    Matrix {
        name: "lease_settle",
        instruction: world.lease_settle(&customer, &deal, leaf),
        signers: vec![],
        // A commitment without its owner is one that is gone: the lease ends.
        free: vec![(deal.commitment, Fault::ForeignOwner)],
    }
    .check(&mut world.svm);
}

#[test]
fn lease_settle_with_maintenance() {
    let mut world = CreditsWorld::new();
    let (customer, deal) = world.lease(terms());
    world
        .declare(&deal.operator, 10, 1)
        .expect("maintenance ahead");
    world.publish(1, &[(deal.operator.address, windows(1, 1))]);
    let leaf = world.roots.leaf(1, &deal.operator.address);
    let maintenance = maintenance_address(&deal.operator.address).0;
    Matrix {
        name: "lease_settle, with maintenance",
        instruction: world.lease_settle(&customer, &deal, leaf),
        signers: vec![],
        free: vec![
            (deal.commitment, Fault::ForeignOwner),
            // Maintenance of another owner is none that was declared.
            (maintenance, Fault::ForeignOwner),
        ],
    }
    .check(&mut world.svm);
}

#[test]
fn revenue_open() {
    let mut world = CreditsWorld::without_market();
    let payer = world.svm.funded("payer");
    Matrix {
        name: "revenue_open",
        instruction: world.revenue_open(payer.pubkey()),
        signers: vec![&payer],
        // Anybody may open and pay.
        free: vec![(payer.pubkey(), Fault::Stranger)],
    }
    .check(&mut world.svm);
}

#[test]
fn lease_end() {
    let mut world = CreditsWorld::new();
    let (customer, deal) = world.lease(terms());
    Matrix {
        name: "lease_end",
        instruction: world.lease_end(customer.key.pubkey(), &deal, 1),
        signers: vec![&customer.key],
        free: vec![],
    }
    .check(&mut world.svm);
}

#[test]
fn lease_close() {
    let mut world = CreditsWorld::new();
    let (customer, deal) = world.lease(terms());
    let end = world.lease_end(customer.key.pubkey(), &deal, 1);
    world.must(end, &customer.key);
    Matrix {
        name: "lease_close",
        instruction: world.lease_close(&customer, &deal),
        signers: vec![],
        free: vec![],
    }
    .check(&mut world.svm);
}
