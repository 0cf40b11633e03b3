//! Whole files through encoding and decoding, without a network.

use std::{fs, path::PathBuf};

use proptest::prelude::*;
use sha2::{Digest, Sha256};

use super::*;

struct Stored {
    folder: tempfile::TempDir,
    layout: Layout,
    key: FileKey,
    encoded: Encoded,
}

fn store(content: &[u8], data: u16, total: u16) -> Stored {
    let folder = tempfile::tempdir().unwrap();
    let source = folder.path().join("source");
    fs::write(&source, content).unwrap();
    let layout = Layout::for_file(content.len() as u64, data, total).unwrap();
    let key = FileKey::generate().unwrap();
    let job = EncodeJob {
        source: &source,
        folder: folder.path(),
        layout,
        key: &key,
        nonce_prefix: [1; NONCE_PREFIX_BYTES],
    };
    let encoded = encode(&job, &|_| {}).unwrap();
    Stored {
        folder,
        layout,
        key,
        encoded,
    }
}

impl Stored {
    fn files(&self, kept: &[usize]) -> Vec<Option<PathBuf>> {
        let shards = self.encoded.shards.iter().enumerate();
        shards
            .map(|(index, shard)| kept.contains(&index).then(|| shard.path.clone()))
            .collect()
    }

    fn restore(&self, kept: &[usize]) -> Result<Vec<u8>, StoreError> {
        let files = self.files(kept);
        let job = DecodeJob {
            shards: &files,
            layout: self.layout,
            key: &self.key,
            nonce_prefix: [1; NONCE_PREFIX_BYTES],
        };
        let mut content = Vec::new();
        let sha256 = decode(&job, &mut content, &|_| {})?;
        assert_eq!(sha256, self.encoded.file_sha256);
        Ok(content)
    }
}

fn content(length: usize, seed: u64) -> Vec<u8> {
    let mut state = seed | 1;
    let next = |state: &mut u64| {
        *state ^= *state << 13;
        *state ^= *state >> 7;
        *state ^= *state << 17;
        state.to_le_bytes()[3]
    };
    (0..length).map(|_| next(&mut state)).collect()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    #[test]
    fn any_k_of_n_shards_bring_the_file_back(
        length in prop_oneof![0_usize..300, 250_000_usize..1_200_000],
        data in 1_u16..6,
        more in 1_u16..4,
        seed: u64,
        order in Just((0_usize..9).collect::<Vec<_>>()).prop_shuffle(),
    ) {
        let original = content(length, seed);
        let stored = store(&original, data, data + more);
        let total = usize::from(data + more);
        let kept: Vec<usize> = order
            .into_iter()
            .filter(|index| *index < total)
            .take(usize::from(data))
            .collect();
        prop_assert_eq!(stored.restore(&kept).unwrap(), original);
    }
}

#[test]
fn shards_are_committed_to_as_the_nodes_will_compute() {
    let stored = store(&content(700_000, 5), 4, 6);
    for shard in &stored.encoded.shards {
        let bytes = fs::read(&shard.path).unwrap();
        assert_eq!(bytes.len() as u64, stored.layout.shard_bytes());
        let commitment = trestle_core::storage::commit(&mut bytes.as_slice(), |_| {}).unwrap();
        assert_eq!(commitment.root, shard.root);
        assert_eq!(shard.sha256, <[u8; 32]>::from(Sha256::digest(&bytes)));
    }
    let roots: std::collections::BTreeSet<_> = stored
        .encoded
        .shards
        .iter()
        .map(|shard| shard.root)
        .collect();
    assert_eq!(roots.len(), 6);
}

#[test]
fn a_tampered_shard_does_not_become_a_wrong_file() {
    let stored = store(&content(300_000, 9), 4, 6);
    let victim = &stored.encoded.shards[2].path;
    let mut bytes = fs::read(victim).unwrap();
    bytes[100] ^= 1;
    fs::write(victim, bytes).unwrap();
    let error = stored.restore(&[0, 1, 2, 3]).unwrap_err();
    assert!(matches!(
        error,
        StoreError::Cipher(CipherError::Tampered(2))
    ));
    assert_eq!(stored.restore(&[0, 1, 3, 5]).unwrap(), content(300_000, 9));
}

#[test]
fn too_few_or_cut_shards_are_refused() {
    let stored = store(&content(300_000, 9), 4, 6);
    let few = stored.restore(&[0, 1, 5]).unwrap_err();
    let needed = ErasureError::TooFew {
        found: 3,
        needed: 4,
    };
    assert!(matches!(few, StoreError::Erasure(error) if error == needed));
    let cut = &stored.encoded.shards[0].path;
    fs::OpenOptions::new()
        .write(true)
        .open(cut)
        .unwrap()
        .set_len(10)
        .unwrap();
    let error = stored.restore(&[0, 1, 2, 3]).unwrap_err();
    assert!(matches!(error, StoreError::ShardLength(_)));
}

#[test]
fn another_key_does_not_decrypt_and_leaves_no_file() {
    let mut stored = store(b"secret", 2, 3);
    stored.key = FileKey::generate().unwrap();
    let files = stored.files(&[0, 1]);
    let target = stored.folder.path().join("target");
    let job = DecodeJob {
        shards: &files,
        layout: stored.layout,
        key: &stored.key,
        nonce_prefix: [1; NONCE_PREFIX_BYTES],
    };
    let sha256 = stored.encoded.file_sha256;
    let error = decode_to_file(&job, &target, &sha256, &|_| {}).unwrap_err();
    assert!(matches!(error, StoreError::Cipher(_)));
    assert!(!target.exists());
    let left: Vec<_> = fs::read_dir(stored.folder.path())
        .unwrap()
        .flatten()
        .collect();
    assert!(left
        .iter()
        .all(|entry| !entry.file_name().to_string_lossy().contains("part")));
}

#[test]
fn a_wrong_sum_keeps_the_old_file() {
    let stored = store(b"new content", 2, 3);
    let files = stored.files(&[1, 2]);
    let target = stored.folder.path().join("target");
    fs::write(&target, "old").unwrap();
    let job = DecodeJob {
        shards: &files,
        layout: stored.layout,
        key: &stored.key,
        nonce_prefix: [1; NONCE_PREFIX_BYTES],
    };
    let error = decode_to_file(&job, &target, &[0; 32], &|_| {}).unwrap_err();
    assert!(matches!(error, StoreError::WrongContent));
    assert_eq!(fs::read(&target).unwrap(), b"old");
    decode_to_file(&job, &target, &stored.encoded.file_sha256, &|_| {}).unwrap();
    assert_eq!(fs::read(&target).unwrap(), b"new content");
}

#[test]
fn a_source_that_changes_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let source = folder.path().join("source");
    fs::write(&source, [0; 100]).unwrap();
    for claimed in [99, 101] {
        let job = EncodeJob {
            source: &source,
            folder: folder.path(),
            layout: Layout::for_file(claimed, 2, 3).unwrap(),
            key: &FileKey::generate().unwrap(),
            nonce_prefix: [1; NONCE_PREFIX_BYTES],
        };
        let error = encode(&job, &|_| {}).unwrap_err();
        assert!(matches!(error, StoreError::SourceChanged(_)), "{claimed}");
    }
}
