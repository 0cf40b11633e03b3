//! HTTPS.

use crate::world::World;
use std::fs;
use trestle_node::{server, settings::TlsSettings};

#[tokio::test(flavor = "multi_thread")]
async fn the_node_serves_https_when_it_has_a_certificate() {
    let files = tempfile::tempdir().unwrap();
    let made = rcgen::generate_simple_self_signed(vec!["localhost".to_owned()]).unwrap();
    let (certificate, key) = (files.path().join("cert.pem"), files.path().join("key.pem"));
    fs::write(&certificate, made.cert.pem()).unwrap();
    fs::write(&key, made.signing_key.serialize_pem()).unwrap();
    let tls = TlsSettings {
        certificate_path: certificate,
        private_key_path: key,
    };
    let world = World::with(|settings| settings.tls = Some(tls)).await;
    let port = world.url.rsplit(':').next().unwrap();
    let root = reqwest::Certificate::from_pem(made.cert.pem().as_bytes()).unwrap();
    let client = reqwest::Client::builder()
        .add_root_certificate(root)
        .https_only(true)
        .build()
        .unwrap();
    let answer = client
        .get(format!("https://localhost:{port}/v1/health"))
        .send()
        .await
        .unwrap();
    assert_eq!(answer.status(), 200);
    assert!(world
        .http
        .get(format!("{}/v1/health", world.url))
        .send()
        .await
        .is_err());
}

#[tokio::test(flavor = "multi_thread")]
async fn certificates_that_do_not_work_stop_the_start() {
    let dir = tempfile::tempdir().unwrap();
    let key = dir.path().join("node.json");
    solana_keypair::write_keypair_file(&solana_keypair::Keypair::new(), &key).unwrap();
    let missing = dir.path().join("none.pem");
    let mut settings =
        crate::world::settings(dir.path().join("data"), solana_pubkey::Pubkey::new_unique());
    settings.node_key_path = key;
    settings.tls = Some(TlsSettings {
        certificate_path: missing.clone(),
        private_key_path: missing,
    });
    let error = server::start(settings).await.err().unwrap().to_string();
    assert!(
        error.contains("none.pem") && error.contains("[tls]"),
        "{error}"
    );
}
