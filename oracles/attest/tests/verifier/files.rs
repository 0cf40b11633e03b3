//! The public server gives what is published, and nothing else of the disk.

use crate::world::{service, view, Accounts, Node, Verifier, EPOCH};
use std::sync::Arc;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use trestle_verify::published::{EpochFiles, EpochTexts, FILES};

async fn get(verifier: &Verifier, path: &str) -> (u16, String) {
    // By hand, because clients tidy paths up before they send them.
    let address = verifier.url.strip_prefix("http://").unwrap();
    let mut stream = tokio::net::TcpStream::connect(address).await.unwrap();
    let request = format!("GET {path} HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n");
    stream.write_all(request.as_bytes()).await.unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).await.unwrap();
    let status = answer[9..12].parse().unwrap();
    let body = answer.split_once("\r\n\r\n").unwrap().1.to_string();
    (status, body)
}

async fn published() -> (Node, Verifier) {
    let accounts = Arc::new(Accounts::default());
    let node = Node::start(1, &accounts).await;
    let mut verifier = Verifier::new(&accounts).await;
    let nodes = std::slice::from_ref(&node);
    verifier.ask(&view(nodes, EPOCH)).await;
    let (status, _) = get(&verifier, &format!("/v1/evidence/{}/{EPOCH}", service())).await;
    assert_eq!(status, 404, "evidence of a running epoch is not given away");
    let ended = view(nodes, EPOCH + 1);
    verifier.look(&ended).await;
    let own = verifier.own_view(&ended, EPOCH).await;
    verifier.drafter(&[]).0.draft(&own).await.unwrap();
    (node, verifier)
}

#[tokio::test]
async fn published_files_evidence_status_and_decisions_are_served() {
    let (_node, verifier) = published().await;
    let base = format!("/v1/epochs/{}", service());
    let (status, list) = get(&verifier, &base).await;
    assert_eq!((status, list.as_str()), (200, "{\"epochs\":[\"7\"]}"));
    let mut texts = Vec::new();
    for file in FILES {
        let (status, text) = get(&verifier, &format!("{base}/{EPOCH}/{file}")).await;
        assert_eq!(status, 200, "{file}");
        texts.push(text);
    }
    let [inputs, evidence, leaves, root] = texts.try_into().unwrap();
    let files = EpochFiles::parse(&EpochTexts {
        inputs,
        evidence,
        leaves,
        root,
    })
    .unwrap();
    assert_eq!(files.root.epoch, EPOCH);
    let (status, evidence) = get(&verifier, &format!("/v1/evidence/{}/{EPOCH}", service())).await;
    assert_eq!((status, evidence.lines().count()), (200, 4));
    let (status, decisions) = get(&verifier, &format!("/v1/decisions/{}/{EPOCH}", service())).await;
    assert_eq!((status, decisions.as_str()), (200, "{\"decisions\":[]}"));
    let (status, report) = get(&verifier, "/v1/status").await;
    assert_eq!(status, 200);
    assert!(report.contains("\"settled\":true"), "{report}");
}

#[tokio::test]
async fn paths_that_lead_elsewhere_are_refused() {
    let (_node, verifier) = published().await;
    std::fs::write(verifier.folder.path().join("secret"), "hush").unwrap();
    let base = format!("/v1/epochs/{}", service());
    for path in [
        format!("{base}/{EPOCH}/../../secret"),
        format!("{base}/{EPOCH}/..%2f..%2f..%2fsecret"),
        format!("{base}/{EPOCH}/%2e%2e"),
        format!("{base}/{EPOCH}/secret"),
        format!("{base}/{EPOCH}/root.json%00"),
        format!("{base}/{EPOCH}/"),
        format!("{base}/07/root.json"),
        format!("{base}/../7/root.json"),
        format!("{base}/18446744073709551616/root.json"),
        format!("{base}/99/root.json"),
        format!("/v1/epochs/../{}/{EPOCH}/root.json", service()),
        "/v1/epochs/other".to_string(),
        "/v1/epochs/other/7/root.json".to_string(),
        "/attest.db".to_string(),
        "/../attest.db".to_string(),
    ] {
        let (status, body) = get(&verifier, &path).await;
        assert!(matches!(status, 400 | 404), "{path}: {status} {body}");
        assert!(!body.contains("hush"));
    }
}
