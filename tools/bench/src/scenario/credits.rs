//! The credits program.

use anyhow::Result;
use solana_signer::Signer;
use trestle_tests::{
    credits::{market_params, terms, CreditsWorld},
    final_roots::windows,
};

use super::{Recorder, MANY_LEAVES};

/// Credits that are bought, deposited and withdrawn.
const CREDITS: u64 = 100_000;
/// The epoch by whose root a lease is settled: the first in which it is served.
const SETTLED_EPOCH: u64 = 1;

/// Measures every instruction.
pub fn measure(recorder: &mut Recorder) -> Result<()> {
    accounts(recorder)?;
    revenue(recorder)?;
    leases(recorder)
}

fn revenue(recorder: &mut Recorder) -> Result<()> {
    let mut world = CreditsWorld::without_market();
    let payer = world.svm.funded("payer");
    let ix = world.revenue_open(payer.pubkey());
    recorder.send("revenue_open", "", &mut world.staking.svm, ix, &[&payer])
}

fn accounts(recorder: &mut Recorder) -> Result<()> {
    let mut world = CreditsWorld::without_market();
    let authority = world.authority_key();
    let ix = world.market_create(authority.pubkey(), market_params());
    recorder.send(
        "market_create",
        "",
        &mut world.staking.svm,
        ix,
        &[&authority],
    )?;
    let customer = world.stranger("customer");
    let key = customer.key.insecure_clone();
    let steps = [
        (
            "credits_buy_burn",
            world.credits_buy_burn(&customer, CREDITS, u64::MAX),
        ),
        (
            "credits_buy_stable",
            world.credits_buy_stable(&customer, CREDITS, u64::MAX),
        ),
        ("account_open", world.account_open(&customer)),
        ("account_deposit", world.account_deposit(&customer, CREDITS)),
        (
            "account_withdraw",
            world.account_withdraw(&customer, CREDITS),
        ),
    ];
    for (name, ix) in steps {
        recorder.send(name, "", &mut world.staking.svm, ix, &[&key])?;
    }
    Ok(())
}

fn leases(recorder: &mut Recorder) -> Result<()> {
    let mut world = CreditsWorld::new();
    let customer = world.rich_customer("customer", CREDITS);
    let deal = world.deal("operator", &customer);
    let ix = world.lease_open(&customer, &deal, terms());
    let signers = [&customer.key, &deal.operator.node];
    recorder.send("lease_open", "", &mut world.staking.svm, ix, &signers)?;

    world.reach(SETTLED_EPOCH + 1);
    let leaves = [(deal.operator.address, windows(1, 1))];
    let CreditsWorld { staking, roots, .. } = &mut world;
    roots.publish(&mut staking.svm, SETTLED_EPOCH, &leaves, MANY_LEAVES);
    let outcome = world.settle(&customer, &deal, SETTLED_EPOCH);
    recorder.record("lease_settle", "depth 20", outcome)?;

    let ix = world.lease_end(customer.key.pubkey(), &deal, 1);
    recorder.send(
        "lease_end",
        "",
        &mut world.staking.svm,
        ix,
        &[&customer.key],
    )?;
    // A lease that ended before its first epoch was served can be closed at once.
    let mut world = CreditsWorld::new();
    let (customer, deal) = world.lease(terms());
    let ix = world.lease_end(customer.key.pubkey(), &deal, 1);
    world.must(ix, &customer.key);
    let ix = world.lease_close(&customer, &deal);
    recorder.send("lease_close", "", &mut world.staking.svm, ix, &[])
}
