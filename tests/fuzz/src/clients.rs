//! What clients and the node read: amounts, requests, transactions, manifests.

use {
    crate::Target,
    solana_address::Address,
    solana_keypair::Keypair,
    solana_message::{Message, VersionedMessage},
    solana_signer::Signer,
    solana_transaction::versioned::VersionedTransaction,
    std::io::Write,
    trestle_cli::cleared::parse_country,
    trestle_node::agreement::{decode, examine, Parties},
    trestle_sdk::{
        amount::Amount,
        cluster::parse_cluster,
        instruction::{
            clearance::Admission,
            credits::{lease_open, LeaseParties},
        },
        request::{sign_at, RequestTarget, SignedHeaders, HEADERS},
        send::encode_transaction,
        store::{
            Layout, LeaseChoice, Manifest, ShardRecord, ShardState, CIPHER_NAME, MANIFEST_VERSION,
        },
    },
    trestle_tests::credits::terms,
};

/// Stands between the values of headers.
const BREAK: char = '\n';

pub fn targets() -> Vec<Target> {
    vec![
        Target {
            name: "amount",
            read: amount,
            samples: amounts,
        },
        Target {
            name: "headers",
            read: headers,
            samples: requests,
        },
        Target {
            name: "agreement",
            read: agreement,
            samples: agreements,
        },
        Target {
            name: "manifest",
            read: manifest,
            samples: manifests,
        },
    ]
}

fn amount(data: &[u8]) -> bool {
    let Ok(text) = std::str::from_utf8(data) else {
        return false;
    };
    let _ = (parse_country(text), parse_cluster(text));
    let Ok(Amount::Exact(number)) = text.parse::<Amount>() else {
        return false;
    };
    for decimals in [0, 6, 9, u8::MAX] {
        let Ok(units) = number.to_base_units(decimals) else {
            continue;
        };
        // By whole numbers alone: so many digits behind the point, and none of them lost.
        let (whole, fraction) = text.split_once('.').unwrap_or((text, ""));
        let digits = format!("{whole}{fraction}");
        let digits = digits.trim_start_matches('0').trim_end_matches('0');
        let shown = units.to_string();
        assert_eq!(shown.trim_end_matches('0'), digits, "{text} at {decimals}");
    }
    true
}

fn amounts() -> Vec<Vec<u8>> {
    [
        "1",
        "0.5",
        "000.100",
        "18446744073709551615",
        "all",
        "1e9",
        "DE",
    ]
    .map(|text| text.as_bytes().to_vec())
    .to_vec()
}

fn headers(data: &[u8]) -> bool {
    let Ok(text) = std::str::from_utf8(data) else {
        return false;
    };
    let values: Vec<&str> = text.split(BREAK).collect();
    let find = |name: &str| {
        let place = HEADERS.iter().position(|header| *header == name)?;
        values.get(place).copied()
    };
    let Ok(signed) = SignedHeaders::parse(find) else {
        return false;
    };
    for (name, value) in signed.pairs() {
        assert_eq!(find(name), Some(value.as_str()), "{name} in two spellings");
    }
    true
}

fn requests() -> Vec<Vec<u8>> {
    let key = Keypair::new_from_array([1; 32]);
    let target = RequestTarget {
        audience: &key.pubkey(),
        method: "GET",
        path_and_query: "/v1/info",
    };
    let signed = sign_at(&key, &target, &[2; 32], 1_800_000_000, [3; 16]).expect("headers");
    let values = signed.pairs().map(|(_, value)| value);
    vec![values.join(&BREAK.to_string()).into_bytes()]
}

fn parties() -> (Keypair, Parties) {
    let customer = Keypair::new_from_array([1; 32]);
    let place = |number| Address::new_from_array([number; 32]);
    let parties = Parties {
        customer: customer.pubkey(),
        node_key: Keypair::new_from_array([2; 32]).pubkey(),
        network: place(3),
        service: place(4),
        operator: place(5),
    };
    (customer, parties)
}

fn agreement(data: &[u8]) -> bool {
    let Ok(text) = std::str::from_utf8(data) else {
        return false;
    };
    let Ok(transaction) = decode(text) else {
        return false;
    };
    let again = encode_transaction(&transaction).expect("what was read can be written");
    assert_eq!(again, text, "a transaction in two spellings");
    let (_, parties) = parties();
    let Ok(agreement) = examine(&transaction, &parties) else {
        return false;
    };
    let offers = agreement.registrations.len() + agreement.leases.len();
    assert!(offers > 0, "an agreement to nothing");
    assert_eq!(offers, transaction.message.instructions().len());
    true
}

fn agreements() -> Vec<Vec<u8>> {
    let (customer, parties) = parties();
    let offer = LeaseParties {
        customer: parties.customer,
        node_key: parties.node_key,
        network: parties.network,
        service: parties.service,
        operator: parties.operator,
        commitment: Address::new_from_array([6; 32]),
        admission: Admission {
            operator: None,
            customer: None,
        },
    };
    let message = Message::new(&[lease_open(&offer, terms())], Some(&customer.pubkey()));
    let transaction = VersionedTransaction {
        signatures: vec![Default::default(); 2],
        message: VersionedMessage::Legacy(message),
    };
    let text = encode_transaction(&transaction).expect("a small transaction");
    vec![text.into_bytes()]
}

fn manifest(data: &[u8]) -> bool {
    let mut file = tempfile::NamedTempFile::new().expect("a file");
    file.write_all(data).expect("room for it");
    let Ok(Some(manifest)) = Manifest::read(file.path()) else {
        return false;
    };
    assert!(!manifest.name.contains('/'), "a name that is a path");
    assert_eq!(manifest.shards.len(), manifest.layout.total_shards());
    true
}

fn manifests() -> Vec<Vec<u8>> {
    let key = Address::new_from_array([1; 32]);
    let shard = ShardRecord {
        root: [2; 32],
        sha256: [3; 32],
        state: ShardState::Committed,
        operator: Some(key),
        rate: 100,
        transaction: None,
    };
    let lease = LeaseChoice {
        epochs: 10,
        period_epochs: 1,
        sla_bps: 9_000,
        credit_bps: 1_000,
        deeper_steps: Vec::new(),
        credit_cap_bps: 10_000,
        notice_epochs: 0,
        renewal_epochs: 0,
    };
    let manifest = Manifest {
        version: MANIFEST_VERSION,
        id: "0011223344556677".to_owned(),
        name: "file".to_owned(),
        sha256: [4; 32],
        network: key,
        service: key,
        customer: key,
        layout: Layout::for_file(1_000, 2, 3).expect("a layout"),
        cipher: CIPHER_NAME.to_owned(),
        nonce_prefix: "cd".repeat(19),
        lease,
        group: None,
        shards: vec![shard; 3],
    };
    vec![serde_json::to_vec_pretty(&manifest).expect("json")]
}
