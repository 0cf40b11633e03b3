//! How every result looks to people and to programs.

use std::fmt::Display;

use serde::Serialize;
use trestle_cli::{
    commands::{
        card::CardAction, change::ChangeAction, credits::CreditsAction, delegate::DelegateAction,
        delegation_output::DelegationPayAction, dispute::DisputeAction, hand_over::HandOverAction,
        lease::LeaseAction, lease_group::GroupAction, meter_output::MeterAction,
        pool_output::PoolAction, stake_move::StakeAction, topup::TopupAction,
        verifier::VerifierAction,
    },
    output::{render, Format},
};

use crate::{
    samples, samples_billing, samples_clearance, samples_dispute, samples_governance as governance,
    samples_lease,
};

/// The three ways of printing in one snapshot.
fn check<T: Serialize + Display>(name: &str, value: &T) {
    let print = |format, verbose| render(value, format, verbose).unwrap();
    let compact = print(Format::JsonCompact, false);
    assert_eq!(compact.lines().count(), 1, "compact JSON is one line");
    let pretty: serde_json::Value = serde_json::from_str(&print(Format::Json, false)).unwrap();
    assert_eq!(
        pretty,
        serde_json::from_str::<serde_json::Value>(&compact).unwrap()
    );
    no_large_numbers(&pretty);
    let text = format!(
        "{}-- verbose --\n{}-- json --\n{}",
        print(Format::Display, false),
        print(Format::Display, true),
        print(Format::Json, false)
    );
    insta::with_settings!({ omit_expression => true }, {
        insta::assert_snapshot!(name, text);
    });
}

/// Amounts and other 64-bit numbers are strings: readers of JSON lose digits of large numbers.
fn no_large_numbers(value: &serde_json::Value) {
    match value {
        serde_json::Value::Number(number) => {
            assert!(number
                .as_u64()
                .is_some_and(|number| number <= u64::from(u32::MAX)));
        }
        serde_json::Value::Array(items) => items.iter().for_each(no_large_numbers),
        serde_json::Value::Object(fields) => {
            for (key, field) in fields {
                let camel = !key.contains('_') && !key.contains('-');
                assert!(camel, "{key} is not camelCase");
                no_large_numbers(field);
            }
        }
        _ => {}
    }
}

#[test]
fn network() {
    check("network_show", &samples::network());
}

#[test]
fn governance() {
    check("network_pause", &governance::pause());
    check("change_propose", &governance::change(ChangeAction::Propose));
    check("change_apply", &governance::change(ChangeAction::Apply));
    check("change_cancel", &governance::change(ChangeAction::Cancel));
    check("change_show", &governance::pending());
    let propose = governance::hand_over(HandOverAction::Propose);
    check("hand_over_propose", &propose);
    let accept = governance::hand_over(HandOverAction::Accept);
    check("hand_over_accept", &accept);
    check("operator_exit", &governance::operator_exit());
}

#[test]
fn verifier() {
    check("verifier_list", &governance::verifiers());
    check(
        "verifier_register",
        &governance::verifier(VerifierAction::Register),
    );
    check(
        "verifier_displace",
        &governance::verifier(VerifierAction::Displace),
    );
    check(
        "verifier_remove",
        &governance::verifier(VerifierAction::Remove),
    );
    check(
        "verifier_withdraw",
        &governance::verifier(VerifierAction::Withdraw),
    );
}

#[test]
fn operator() {
    check("operator_show", &samples::operator());
    check("operator_list", &samples::operators());
    check("operator_set", &samples::operator_set());
    check("operator_commission", &samples::delegation::commission());
    let devices = samples::transaction::devices(false);
    check("operator_devices_set", &devices);
    check("operator_release", &samples::operator_release());
}

#[test]
fn stake() {
    check("stake_show", &samples::stake());
    let landed = samples::landed();
    check(
        "stake_deposit",
        &samples::stake_move(StakeAction::Deposit, landed.clone()),
    );
    check(
        "stake_unbond",
        &samples::stake_move(StakeAction::Unbond, landed.clone()),
    );
    check(
        "stake_withdraw",
        &samples::stake_move(StakeAction::Withdraw, landed),
    );
    check("stake_slash", &samples::stake_slash());
}

#[test]
fn delegation() {
    check("delegation_show", &samples::delegation::delegation());
    check("delegation_list", &samples::delegation::delegations());
    let paid = samples::delegation::paid;
    check("delegation_claim", &paid(DelegationPayAction::Claim));
    check("delegation_pay", &paid(DelegationPayAction::Pay));
    check("delegation_close", &samples::delegation::close());
    let moved = samples::delegation::moved;
    check("delegation_deposit", &moved(StakeAction::Deposit));
    check("delegation_unbond", &moved(StakeAction::Unbond));
    check("delegation_withdraw", &moved(StakeAction::Withdraw));
}

#[test]
fn a_dry_run_says_that_nothing_was_sent() {
    let output = samples::stake_move(StakeAction::Deposit, samples::dry_run());
    assert!(output.to_string().starts_with("Dry run: nothing was sent."));
    assert_eq!(serde_json::to_value(&output).unwrap()["committed"], false);
    check("dry_run", &output);
}

#[test]
fn credits() {
    check("credits_buy", &samples::credits_buy());
    check(
        "credits_deposit",
        &samples::credits_move(CreditsAction::Deposit),
    );
    check(
        "credits_withdraw",
        &samples::credits_move(CreditsAction::Withdraw),
    );
    check("credits_balance", &samples::credits_balance());
    let invoice = samples_billing::credits_invoice();
    check("credits_invoice", &invoice);
    insta::assert_snapshot!("credits_invoice_csv", invoice.to_csv());
}

#[test]
fn topup() {
    let write = samples::billing::topup_write;
    check("credits_topup_set", &write(TopupAction::Set));
    check("credits_topup_remove", &write(TopupAction::Remove));
    check("credits_topup_run", &write(TopupAction::Run));
    check("credits_topup_show", &samples::billing::topup());
}

#[test]
fn delegate() {
    let write = samples::billing::delegate_write;
    check("credits_delegate_set", &write(DelegateAction::Set));
    check("credits_delegate_remove", &write(DelegateAction::Remove));
    check("credits_delegate_list", &samples::billing::delegates());
}

#[test]
fn meter() {
    let write = samples::billing::meter_write;
    check("meter_open", &write(MeterAction::Open));
    check("meter_deposit", &write(MeterAction::Deposit));
    check("meter_settle", &write(MeterAction::Settle));
    check("meter_end", &write(MeterAction::End));
    check("meter_close", &write(MeterAction::Close));
    check("meter_show", &samples::billing::meter());
    check("meter_list", &samples::billing::meters());
    check("meter_sign", &samples::billing::receipt());
}

#[test]
fn card() {
    let write = samples::billing::card_write;
    check("card_sell", &write(CardAction::Sell));
    check("card_refund", &write(CardAction::Refund));
    check("card_chargeback", &write(CardAction::Chargeback));
    check("card_resolve_lost", &write(CardAction::Lost));
    check("card_resolve_kept", &write(CardAction::Kept));
    check("card_close", &write(CardAction::Close));
    check("card_show", &samples::billing::sale());
    check("card_list", &samples::billing::sales());
    check("card_biller_set", &samples::billing::biller_set());
    check("card_biller_show", &samples::billing::biller());
}

#[test]
fn revenue() {
    check("revenue_show", &samples::billing::revenue());
    check("revenue_release", &samples::billing::released());
    check("treasury_show", &samples::billing::treasury());
    check("treasury_withdraw", &samples::billing::withdrawn());
    check("insurance_pay", &samples::billing::insured());
    check("market_show", &samples::billing::market());
}

#[test]
fn lease() {
    check("lease_show", &samples_lease::lease());
    check("lease_list", &samples_lease::leases());
    check(
        "lease_settle",
        &samples_lease::lease_write(LeaseAction::Settle),
    );
    check("lease_end", &samples_lease::lease_write(LeaseAction::End));
    check(
        "lease_close",
        &samples_lease::lease_write(LeaseAction::Close),
    );
    check(
        "lease_renew",
        &samples_lease::lease_write(LeaseAction::Renew),
    );
    check(
        "lease_transfer",
        &samples_lease::lease_write(LeaseAction::Transfer),
    );
    check("lease_group_show", &samples_lease::group());
    check("lease_group_list", &samples_lease::groups());
    for (name, action) in [
        ("lease_group_open", GroupAction::Open),
        ("lease_group_join", GroupAction::Join),
        ("lease_group_record", GroupAction::Record),
        ("lease_group_settle", GroupAction::Settle),
        ("lease_group_end", GroupAction::End),
        ("lease_group_close", GroupAction::Close),
    ] {
        check(name, &samples_lease::group_write(action));
    }
    check("lease_maintenance", &samples_lease::maintenance(false));
    check(
        "lease_maintenance_declare",
        &samples_lease::maintenance(true),
    );
}

#[test]
fn epoch() {
    check("epoch_show", &samples::epoch());
    check("epoch_list", &samples::epochs());
    check("epoch_challenge", &samples_dispute::challenge());
    let of_evidence = samples_dispute::challenge_of_evidence();
    check("epoch_challenge_of_evidence", &of_evidence);
    check("epoch_escape", &samples_dispute::escape());
}

#[test]
fn dispute() {
    check(
        "dispute_open",
        &samples_dispute::dispute_move(DisputeAction::Open),
    );
    check(
        "dispute_vote",
        &samples_dispute::dispute_move(DisputeAction::Vote),
    );
    check(
        "dispute_resolve",
        &samples_dispute::dispute_move(DisputeAction::Resolve),
    );
    check("dispute_show", &samples_dispute::dispute());
}

#[test]
fn reward() {
    check("reward_show", &samples::reward());
    check("reward_paid", &samples::reward_paid());
    check("reward_explain", &samples::explain());
    check("reward_release", &samples::pool::released());
    check("reward_claim_stable", &samples::pool::stable_claimed());
    check("reward_stable_payout", &samples::pool::stable_payout());
}

#[test]
fn pool() {
    check("pool_show", &samples::pool::funded());
    check("pool_show_minting", &samples::pool::minting());
    let write = samples::pool::write;
    check("pool_open", &write(PoolAction::Open));
    check("pool_open_stable", &write(PoolAction::OpenStable));
    check("pool_open_emission", &write(PoolAction::OpenEmission));
    check("pool_fund", &write(PoolAction::Fund));
    check("pool_allot", &write(PoolAction::Allot));
}

#[test]
fn transaction() {
    check("transaction_sign", &samples::transaction::transaction());
    check("transaction_send", &samples::transaction::sent());
    let unsent = samples::transaction::devices(true);
    assert!(unsent.to_string().starts_with("Nothing was sent."));
    check("sign_only", &unsent);
    check("doctor", &samples::transaction::doctor());
}

#[test]
fn store() {
    check("store_put", &samples::store_put());
    check("store_get", &samples::store_get());
    check("store_list", &samples::store_list());
    check("store_verify", &samples::store_verify());
}

#[test]
fn issuer() {
    check("issuer_admit", &samples_clearance::issuer_admit());
    check("issuer_list", &samples_clearance::issuers());
}

#[test]
fn clearance() {
    check("clearance_grant", &samples_clearance::clearance_grant());
    check("clearance_show", &samples_clearance::clearance());
    check("clearance_list", &samples_clearance::clearances());
}

#[test]
fn service_policy() {
    check("service_policy_show", &samples_clearance::policy());
    check(
        "service_policy_propose",
        &samples_clearance::policy_propose(),
    );
}

#[test]
fn config() {
    check("config_get", &samples::config());
}
