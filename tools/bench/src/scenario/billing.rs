//! Card sales, delegates, meters, top-ups and revenue of the credits program.

use anyhow::Result;
use solana_signer::Signer;
use trestle_tests::{
    billing::{delegate_params, market_terms, meter_terms, payment, topup_params, CHARGEBACK},
    credits::{CreditsWorld, DOLLARS},
    svm::key,
};

use super::{proofs::succeed, Recorder};

/// Credits of a card sale, and those that a meter is asked to pay.
const CREDITS: u64 = 100;
/// Seconds after which the biller may declare a chargeback lost.
const CHARGEBACK_LOST: i64 = 3 * 86_400;
/// Who signs for the customer.
const BY_DELEGATE: &str = "by a delegate";

/// Measures every instruction.
pub fn measure(recorder: &mut Recorder) -> Result<()> {
    market_changes(recorder)?;
    revenue(recorder)?;
    cards(recorder)?;
    reversed_cards(recorder)?;
    delegates(recorder)?;
    meters(recorder)?;
    topups(recorder)
}

fn market_changes(recorder: &mut Recorder) -> Result<()> {
    let mut world = CreditsWorld::new();
    let authority = world.authority_key();
    let propose = world.market_change_propose(authority.pubkey(), market_terms());
    let apply = world.market_change_apply(authority.pubkey());
    let cancel = world.market_change_cancel(authority.pubkey());
    let seller = world.biller_params(&key("seller"));
    let set = world.biller_set(authority.pubkey(), seller);
    let svm = &mut world.staking.svm;
    recorder.send("biller_set", "", svm, set, &[&authority])?;
    let signers = [&authority];
    recorder.send("market_change_propose", "", svm, propose.clone(), &signers)?;
    recorder.send("market_change_cancel", "", svm, cancel, &signers)?;
    succeed(svm.send(&[propose], &signers))?;
    world.reach(3);
    let svm = &mut world.staking.svm;
    recorder.send("market_change_apply", "", svm, apply, &[])
}

fn revenue(recorder: &mut Recorder) -> Result<()> {
    let mut world = CreditsWorld::new();
    let payer = world.svm.funded("payer");
    let ix = world.treasury_open(payer.pubkey());
    let svm = &mut world.staking.svm;
    recorder.send("treasury_open", "", svm, ix, &[&payer])?;
    let service = world.service;
    world.pool_vault_of(&service);
    let customer = world.rich_customer("customer", 10_000);
    let operator = world.staking.operator("operator", 0);
    world.use_up(&customer, &operator, 5_000);
    let ix = world.revenue_release();
    recorder.send("revenue_release", "", &mut world.staking.svm, ix, &[])?;
    let authority = world.authority_key();
    let ix = world.treasury_withdraw(authority.pubkey(), customer.stable, 1);
    let svm = &mut world.staking.svm;
    recorder.send("treasury_withdraw", "", svm, ix, &[&authority])?;
    let ix = world.insurance_pay(authority.pubkey(), &customer, 1);
    let svm = &mut world.staking.svm;
    recorder.send("insurance_pay", "", svm, ix, &[&authority])
}

/// A sale that becomes final.
fn cards(recorder: &mut Recorder) -> Result<()> {
    let mut world = CreditsWorld::new();
    let (seller, customer) = (world.seller(), world.customer("customer"));
    let outcome = world.sell(&seller, &customer, 1, CREDITS);
    recorder.record("card_sell", "", outcome)?;
    let again = world.card_sell(&seller, &customer, payment(1), CREDITS, world.svm.now());
    world.svm.advance(1);
    let svm = &mut world.staking.svm;
    recorder.send("card_sell", "sold before", svm, again, &[&seller.key])?;
    world.svm.advance(i64::from(CHARGEBACK));
    let ix = world.card_close(seller.key.pubkey(), 1);
    recorder.send("card_close", "", &mut world.staking.svm, ix, &[])
}

/// Sales that are taken back: by agreement, and by the customer's bank.
fn reversed_cards(recorder: &mut Recorder) -> Result<()> {
    let mut world = CreditsWorld::new();
    let (seller, customer) = (world.seller(), world.customer("customer"));
    for number in [1, 2, 3] {
        succeed(world.sell(&seller, &customer, number, CREDITS))?;
    }
    let ix = world.card_refund(&seller, &customer, 1);
    let svm = &mut world.staking.svm;
    recorder.send("card_refund", "", svm, ix, &[&seller.key, &customer.key])?;
    let biller = seller.key.pubkey();
    let signers = [&seller.key];
    let ix = world.card_chargeback(biller, &customer, 2);
    let svm = &mut world.staking.svm;
    recorder.send("card_chargeback", "", svm, ix, &signers)?;
    let ix = world.card_chargeback(biller, &customer, 3);
    succeed(world.svm.send(&[ix], &signers))?;
    world.svm.advance(CHARGEBACK_LOST);
    for (number, lost, case) in [(2, true, "lost"), (3, false, "won")] {
        let ix = world.card_chargeback_resolve(biller, &seller, &customer, number, lost);
        let svm = &mut world.staking.svm;
        recorder.send("card_chargeback_resolve", case, svm, ix, &signers)?;
    }
    Ok(())
}

fn delegates(recorder: &mut Recorder) -> Result<()> {
    let mut world = CreditsWorld::new();
    let customer = world.rich_customer("customer", 10_000);
    let operator = world.staking.operator("operator", 0);
    let delegate = world.svm.funded("delegate");
    let signers = [&customer.key];
    let ix = world.delegate_set(&customer, delegate.pubkey(), delegate_params());
    let svm = &mut world.staking.svm;
    recorder.send("delegate_set", "", svm, ix, &signers)?;
    let ix = world.meter_open(&customer, Some(&delegate), &operator, meter_terms());
    let by_both = [&delegate, &operator.node];
    let svm = &mut world.staking.svm;
    recorder.send("meter_open", BY_DELEGATE, svm, ix, &by_both)?;
    let ix = world.meter_deposit(&customer, Some(&delegate), &operator, CREDITS);
    let svm = &mut world.staking.svm;
    recorder.send("meter_deposit", BY_DELEGATE, svm, ix, &[&delegate])?;
    let ix = world.delegate_remove(&customer, delegate.pubkey());
    let svm = &mut world.staking.svm;
    recorder.send("delegate_remove", "", svm, ix, &signers)
}

fn meters(recorder: &mut Recorder) -> Result<()> {
    let mut world = CreditsWorld::new();
    let customer = world.rich_customer("customer", 10_000);
    let operator = world.staking.operator("operator", 0);
    let signer = [&customer.key];
    let ix = world.meter_open(&customer, None, &operator, meter_terms());
    let by_both = [&customer.key, &operator.node];
    let svm = &mut world.staking.svm;
    recorder.send("meter_open", "by the customer", svm, ix, &by_both)?;
    let ix = world.meter_deposit(&customer, None, &operator, CREDITS);
    let svm = &mut world.staking.svm;
    recorder.send("meter_deposit", "by the customer", svm, ix, &signer)?;
    let outcome = world.settle_meter(&customer, &operator, &customer.key, 50);
    recorder.record("meter_settle", "with its receipt", outcome)?;
    let ix = world.meter_end(customer.key.pubkey(), &customer, &operator);
    recorder.send("meter_end", "", &mut world.staking.svm, ix, &signer)?;
    world.reach(3);
    let ix = world.meter_close(customer.key.pubkey(), &customer, &operator);
    recorder.send("meter_close", "", &mut world.staking.svm, ix, &[])
}

fn topups(recorder: &mut Recorder) -> Result<()> {
    let mut world = CreditsWorld::new();
    let customer = world.customer("customer");
    let signers = [&customer.key];
    let ix = world.topup_set(&customer, customer.stable, topup_params());
    let svm = &mut world.staking.svm;
    recorder.send("topup_set", "", svm, ix, &signers)?;
    let approve = world.approve(&customer, DOLLARS);
    succeed(world.svm.send(&[approve], &signers))?;
    let ix = world.topup_run(&customer);
    recorder.send("topup_run", "", &mut world.staking.svm, ix, &[])?;
    let ix = world.topup_remove(&customer);
    let svm = &mut world.staking.svm;
    recorder.send("topup_remove", "", svm, ix, &signers)
}
