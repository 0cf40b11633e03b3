//! Uploads stream: memory does not grow with the shard.

use crate::process::Process;
use std::fs;
use trestle_core::storage::commit;
use trestle_sdk::request::body_digest;

/// Bytes of the shard.
const SHARD_BYTES: usize = 32 << 20;
/// What the node may need above what it needs anyway, in KiB: two batches of 2 MiB being hashed,
/// pieces on their way, kept nodes (1 byte in 124), threads; less than half of the shard.
const GROWTH_MAX_KIB: u64 = 12 << 10;

fn peak_kib(pid: u32) -> u64 {
    let status = fs::read_to_string(format!("/proc/{pid}/status")).unwrap();
    let line = status
        .lines()
        .find_map(|line| line.strip_prefix("VmHWM:"))
        .unwrap();
    line.trim().trim_end_matches(" kB").parse().unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_large_upload_and_download_need_little_memory() {
    let process = Process::start().await;
    let client = process.client();
    let file = process.dir.path().join("large");
    let data = vec![0_u8; SHARD_BYTES];
    fs::write(&file, &data).unwrap();
    let root = commit(&mut data.as_slice(), |_| {}).unwrap().root;
    let digest = body_digest(&data);
    drop(data);
    client.health().await.unwrap();
    let before = peak_kib(process.pid());
    client
        .put_shard(&process.customer, &root, &file, &digest, |_| {})
        .await
        .unwrap();
    let mut received = 0;
    let sink = |piece: &[u8]| {
        received += piece.len();
        Ok(())
    };
    client
        .get_shard(&process.customer, &root, SHARD_BYTES as u64, sink)
        .await
        .unwrap();
    assert_eq!(received, SHARD_BYTES);
    let growth = peak_kib(process.pid()) - before;
    assert!(growth < GROWTH_MAX_KIB, "{growth} KiB");
}
