//! Signatures that are made away from the network.

use serde_json::Value;
use solana_pubkey::Pubkey;
use trestle_localnet::rpc_client;
use trestle_sdk::address::SYSTEM_PROGRAM_ID;

use crate::cluster::{Cluster, Printed};

fn text(printed: &Printed, field: &str) -> String {
    assert_eq!(printed.code, Some(0), "{}", printed.stderr);
    printed.stdout[field].as_str().unwrap().to_string()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_key_away_from_the_network_signs_what_is_sent() {
    let cluster = Cluster::start().await;
    let (key, address) = cluster.wallet("customer").await;
    let address = address.to_string();
    cluster.does(&key, &["credits", "buy", "1000", "--with", "stable"]);
    let deposit = ["credits", "deposit", "300"];

    // Built without the key, signed without the network, sent with neither.
    let print = [&deposit[..], &["--print-tx", "base64"]].concat();
    let built = cluster.run(&address, &print);
    assert_eq!(built.stdout["committed"], false);
    let offline = &built.stdout["offline"];
    assert_eq!(offline["absent"], Value::from(vec![address.clone()]));
    let (hash, unsigned) = (&offline["blockhash"], &offline["transaction"]);
    let (hash, unsigned) = (hash.as_str().unwrap(), unsigned.as_str().unwrap());
    let early = cluster.run(&address, &["transaction", "send", unsigned]);
    assert_eq!(early.code, Some(1), "{}", early.stderr);
    let signed = cluster.run(&key, &["transaction", "sign", unsigned]);
    let signature = signed.stdout["signers"][0].as_str().unwrap().to_string();
    assert_eq!(signed.stdout["absent"], Value::Array(Vec::new()));

    // The same command with the signature is the same transaction.
    let with = ["--blockhash", hash, "--signer", &signature];
    let landed = cluster.run(&address, &[&deposit[..], &with[..]].concat());
    assert_eq!(landed.stdout["committed"], true, "{}", landed.stderr);
    let balance = cluster.does(&key, &["credits", "balance"]);
    assert_eq!(balance["account"]["credits"], "300");

    // Another amount is another transaction, for which that signature is worth nothing.
    let other = ["credits", "deposit", "301"];
    let refused = cluster.run(&address, &[&other[..], &with[..]].concat());
    assert_eq!(refused.code, Some(1), "{}", refused.stderr);

    // Signed where the network is, and sent as text.
    let latest = cluster.run(&address, &print).stdout["offline"]["blockhash"].clone();
    let latest = latest.as_str().unwrap();
    let only = ["--sign-only", "--blockhash", latest, "--print-tx", "base58"];
    let signed = cluster.run(&key, &[&other[..], &only[..]].concat());
    let transaction = signed.stdout["offline"]["transaction"].as_str().unwrap();
    let sent = cluster.run(&address, &["transaction", "send", transaction]);
    assert!(!text(&sent, "signature").is_empty());
    let balance = cluster.does(&key, &["credits", "balance"]);
    assert_eq!(balance["account"]["credits"], "601");
}

/// An account that holds a durable nonce, as the system program writes it.
fn nonce_account(authority: &Pubkey, value: &[u8; 32]) -> Vec<u8> {
    let (version, initialized) = (1_u32, 1_u32);
    let lamports_per_signature = 5_000_u64;
    [
        &version.to_le_bytes()[..],
        &initialized.to_le_bytes(),
        authority.as_ref(),
        value,
        &lamports_per_signature.to_le_bytes(),
    ]
    .concat()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_durable_nonce_is_sent_and_advanced() {
    let cluster = Cluster::start().await;
    let (key, address) = cluster.wallet("customer").await;
    cluster.does(&key, &["credits", "buy", "1000", "--with", "stable"]);
    cluster.does(&key, &["credits", "deposit", "100"]);
    let (_, nonce) = cluster.key("nonce");
    let value = Pubkey::new_from_array([9; 32]);
    let data = nonce_account(&address, &value.to_bytes());
    let remote = cluster.network.remote();
    remote
        .set_account(&nonce, &SYSTEM_PROGRAM_ID, &data)
        .unwrap();
    let (nonce_name, value) = (nonce.to_string(), value.to_string());
    let with = ["--nonce", &nonce_name, "--blockhash", &value];
    let deposit = [&["credits", "deposit", "300"], &with[..]].concat();
    let landed = cluster.run(&key, &deposit);
    assert_eq!(landed.stdout["committed"], true, "{}", landed.stderr);
    let balance = cluster.does(&key, &["credits", "balance"]);
    assert_eq!(balance["account"]["credits"], "400");
    let account = rpc_client(cluster.network.rpc_url())
        .get_account(&nonce)
        .await
        .unwrap();
    assert_ne!(account.data, data, "it has another value now");
    // The same once more is the same transaction, which has landed.
    let again = cluster.run(&key, &deposit);
    assert_eq!(
        again.stdout["signature"], landed.stdout["signature"],
        "{}",
        again.stderr
    );
    let balance = cluster.does(&key, &["credits", "balance"]);
    assert_eq!(balance["account"]["credits"], "400");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_operator_names_its_devices() {
    let cluster = Cluster::start().await;
    let (wallet, _, _) = cluster.operator("operator").await;
    let (_, device) = cluster.key("device");
    let file = cluster.write("devices", &format!("ed25519 {device}\n"));
    let set = cluster.does(&wallet, &["operator", "devices", "set", &file]);
    assert_eq!(set["devices"], 1);
    let none = cluster.write("none", "");
    let none = cluster.does(&wallet, &["operator", "devices", "set", &none]);
    assert_eq!(none["root"], "0".repeat(64));
}
