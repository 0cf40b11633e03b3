//! `REFERENCE.md` is what `--help` says.

use std::{env, fs, path::Path};

/// Set to write the file instead of checking it.
const WRITE: &str = "TRESTLE_WRITE_REFERENCE";

#[test]
fn the_reference_is_the_help_of_every_command() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("REFERENCE.md");
    let text = trestle_cli::reference::markdown();
    if env::var_os(WRITE).is_some() {
        fs::write(&path, &text).unwrap();
    }
    let written = fs::read_to_string(&path).unwrap_or_default();
    assert!(
        written == text,
        "REFERENCE.md is out of date: {WRITE}=1 cargo test -p trestle-cli reference"
    );
}

/// Commands without which an operator, a customer or an authority cannot do its job.
const MAIN_JOB: &[&str] = &[
    "operator register",
    "operator exit",
    "operator key propose",
    "stake deposit",
    "stake unbond",
    "stake withdraw",
    "delegation pool-open",
    "delegation deposit",
    "delegation unbond",
    "delegation withdraw",
    "delegation claim",
    "delegation show",
    "delegation list",
    "operator commission",
    "operator release",
    "credits buy",
    "credits deposit",
    "credits topup set",
    "credits delegate set",
    "meter open",
    "meter sign",
    "meter settle",
    "card sell",
    "card refund",
    "card chargeback",
    "card resolve",
    "card biller set",
    "market change propose",
    "revenue release",
    "treasury withdraw",
    "insurance pay",
    "store put",
    "store get",
    "store verify",
    "lease settle",
    "lease renew",
    "lease transfer",
    "lease end",
    "lease maintenance declare",
    "reward claim",
    "reward push",
    "reward explain",
    "reward release",
    "reward stable-payout",
    "delegation pay",
    "pool show",
    "pool open",
    "pool open-stable",
    "pool open-emission",
    "pool fund",
    "pool allot",
    "pool change propose",
    "epoch show",
    "epoch challenge",
    "epoch escape",
    "dispute open",
    "dispute vote",
    "dispute resolve",
    "dispute show",
    "network show",
    "network pause",
    "network change propose",
    "network authority propose",
    "service change propose",
    "service policy propose",
    "verifier register",
    "verifier exit",
    "verifier list",
    "issuer admit",
    "issuer list",
    "clearance grant",
    "clearance show",
    "doctor",
    "transaction sign",
    "transaction send",
    "operator devices set",
    "config get",
    "completion",
];

#[test]
fn every_command_of_the_main_job_is_in_it() {
    let text = trestle_cli::reference::markdown();
    for command in MAIN_JOB {
        assert!(
            text.contains(&format!("## trestle {command}\n")),
            "{command}"
        );
    }
}
