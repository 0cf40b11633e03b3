//! The credits program.

use anyhow::Result;
use solana_signer::Signer;
use trestle_tests::{
    clearance::known_parties,
    credits::{market_params, terms, CreditsWorld},
    final_roots::windows,
    gates::{cleared, Gate, Leases},
    lease_groups::{group_terms, Group},
};

use super::{Recorder, MANY_LEAVES, TWO_CLEARANCES};

/// Credits that are bought, deposited and withdrawn.
const CREDITS: u64 = 100_000;
/// The epoch by whose root a lease is settled: the first in which it is served.
const SETTLED_EPOCH: u64 = 1;

/// Measures every instruction.
pub fn measure(recorder: &mut Recorder) -> Result<()> {
    accounts(recorder)?;
    revenue(recorder)?;
    leases(recorder)?;
    groups(recorder)?;
    changes_of_leases(recorder)
}

fn groups(recorder: &mut Recorder) -> Result<()> {
    let mut world = CreditsWorld::new();
    let mut group = Group::of(world.rich_customer("customer", CREDITS), 1);
    let customer = group.customer.key.insecure_clone();
    let ix = world.lease_group_open(&group, group_terms());
    let svm = &mut world.staking.svm;
    recorder.send("lease_group_open", "", svm, ix, &[&customer])?;
    for number in 0..group_terms().members_max {
        let deal = world.deal(&format!("member {number}"), &group.customer);
        let joined = world.join(&group, &deal, group_terms());
        if number == 0 {
            recorder.record("lease_group_join", "", joined)?;
        }
        group.members.push(deal);
    }
    world.reach(SETTLED_EPOCH + 1);
    let leaves = group.leaves(&[(1, 1); 3]);
    let CreditsWorld { staking, roots, .. } = &mut world;
    roots.publish(&mut staking.svm, SETTLED_EPOCH, &leaves, MANY_LEAVES);
    for (number, deal) in group.members.iter().enumerate() {
        let recorded = world.record(&group, deal, SETTLED_EPOCH);
        if number == 0 {
            recorder.record("lease_group_record", "depth 20", recorded)?;
        }
    }
    let settled = world.settle_group(&group);
    recorder.record("lease_group_settle", "three members", settled)?;
    let ix = world.lease_group_end(customer.pubkey(), &group, 1);
    let svm = &mut world.staking.svm;
    recorder.send("lease_group_end", "", svm, ix, &[&customer])?;
    // A group that nobody joined can be closed once it should have begun.
    let mut world = CreditsWorld::new();
    let group = world.group_without_members(group_terms());
    world.reach(group_terms().start_epoch);
    let ix = world.lease_group_close(&group);
    recorder.send("lease_group_close", "", &mut world.staking.svm, ix, &[])
}

fn changes_of_leases(recorder: &mut Recorder) -> Result<()> {
    let mut world = CreditsWorld::new();
    let (customer, deal) = world.lease(terms());
    let ix = world.maintenance_declare(&deal.operator, 10, 1);
    let controller = deal.operator.authority.insecure_clone();
    recorder.send(
        "maintenance_declare",
        "first window",
        &mut world.staking.svm,
        ix,
        &[&controller],
    )?;
    let ix = world.lease_renew(&customer, &deal, 5, 1_000, true);
    let signers = [&customer.key, &deal.operator.node];
    recorder.send("lease_renew", "", &mut world.staking.svm, ix, &signers)?;
    let other = world.deal("other operator", &customer);
    let ix = world.lease_transfer(&customer, &deal, &other, terms());
    let signers = [&customer.key, &other.operator.node];
    recorder.send("lease_transfer", "", &mut world.staking.svm, ix, &signers)
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
    let (mut gate, _, shown) = cleared::<Leases>(known_parties());
    recorder.record("lease_open", TWO_CLEARANCES, gate.open(&shown))?;

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
