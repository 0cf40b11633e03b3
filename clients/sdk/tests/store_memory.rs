//! A process of its own, because it measures the most memory that the process ever had.

use std::{
    fs::{self, File},
    io::{BufWriter, Write},
    path::Path,
};

use trestle_sdk::store::{
    decode_to_file, encode, DecodeJob, EncodeJob, FileKey, Layout, NONCE_PREFIX_BYTES,
};

/// Bytes of the file: more than may be used to store it.
const FILE_BYTES: u64 = 64 << 20;
/// Bytes that storing and restoring may add to what the process had. The limit for files of any
/// size is 200 MB; six hashers of 2 MB and one batch are far below it.
const GROWTH_MAX_BYTES: u64 = 48 << 20;

/// Most memory that the process ever had, in bytes.
fn peak_bytes() -> u64 {
    let status = fs::read_to_string("/proc/self/status").unwrap();
    let line = status
        .lines()
        .find(|line| line.starts_with("VmHWM:"))
        .unwrap();
    let kib: u64 = line.split_whitespace().nth(1).unwrap().parse().unwrap();
    kib * 1024
}

fn write_file(path: &Path) {
    let mut writer = BufWriter::new(File::create(path).unwrap());
    let mut state = 1_u64;
    for _ in 0..FILE_BYTES / 8 {
        state = state
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1);
        writer.write_all(&state.to_le_bytes()).unwrap();
    }
    writer.flush().unwrap();
}

#[test]
fn memory_does_not_grow_with_the_file() {
    let folder = tempfile::tempdir().unwrap();
    let source = folder.path().join("source");
    write_file(&source);
    let layout = Layout::for_file(FILE_BYTES, 4, 6).unwrap();
    let key = FileKey::generate().unwrap();
    let nonce_prefix = [1; NONCE_PREFIX_BYTES];
    let before = peak_bytes();

    let job = EncodeJob {
        source: &source,
        folder: folder.path(),
        layout,
        key: &key,
        nonce_prefix,
    };
    let encoded = encode(&job, &|_| {}).unwrap();
    let after_encoding = peak_bytes();

    // Two of the data shards are gone, so that everything has to be restored.
    let shards: Vec<_> = encoded
        .shards
        .iter()
        .enumerate()
        .map(|(index, shard)| (index > 1).then(|| shard.path.clone()))
        .collect();
    let job = DecodeJob {
        shards: &shards,
        layout,
        key: &key,
        nonce_prefix,
    };
    let target = folder.path().join("target");
    decode_to_file(&job, &target, &encoded.file_sha256, &|_| {}).unwrap();
    let after_decoding = peak_bytes();

    assert_eq!(fs::metadata(&target).unwrap().len(), FILE_BYTES);
    println!(
        "peak: {} MB before, {} MB after encoding, {} MB after decoding",
        before >> 20,
        after_encoding >> 20,
        after_decoding >> 20
    );
    assert!(after_decoding - before < GROWTH_MAX_BYTES);
}
