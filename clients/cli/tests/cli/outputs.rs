//! How every result looks to people and to programs.

use std::fmt::Display;

use serde::Serialize;
use trestle_cli::{
    commands::{
        credits::CreditsAction, dispute::DisputeAction, lease::LeaseAction, stake::StakeAction,
    },
    output::{render, Format},
};

use crate::samples;

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
fn operator() {
    check("operator_show", &samples::operator());
    check("operator_list", &samples::operators());
    check("operator_set", &samples::operator_set());
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
}

#[test]
fn lease() {
    check("lease_show", &samples::lease());
    check("lease_list", &samples::leases());
    check("lease_settle", &samples::lease_write(LeaseAction::Settle));
    check("lease_end", &samples::lease_write(LeaseAction::End));
    check("lease_close", &samples::lease_write(LeaseAction::Close));
}

#[test]
fn epoch() {
    check("epoch_show", &samples::epoch());
    check("epoch_list", &samples::epochs());
    check("epoch_challenge", &samples::challenge());
    check("epoch_escape", &samples::escape());
}

#[test]
fn dispute() {
    check("dispute_open", &samples::dispute_move(DisputeAction::Open));
    check("dispute_vote", &samples::dispute_move(DisputeAction::Vote));
    check(
        "dispute_resolve",
        &samples::dispute_move(DisputeAction::Resolve),
    );
    check("dispute_show", &samples::dispute());
}

#[test]
fn reward() {
    check("reward_show", &samples::reward());
    check("reward_paid", &samples::reward_paid());
    check("reward_explain", &samples::explain());
}

#[test]
fn store() {
    check("store_put", &samples::store_put());
    check("store_get", &samples::store_get());
    check("store_list", &samples::store_list());
    check("store_verify", &samples::store_verify());
}

#[test]
fn config() {
    check("config_get", &samples::config());
}
