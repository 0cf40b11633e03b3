//! The ring of final roots.

use proptest::prelude::*;
use trestle_core::{
    bytemuck::{self, Zeroable},
    hash::ZERO_HASH,
    leaf::{LeafCounters, PayoutLeaf, Totals},
    root::{
        EpochNotNewer, FinalRoot, RootRing, RING_LEN, ROOT_RING_DISCRIMINATOR, ROOT_RING_VERSION,
    },
};

fn root(epoch: u64) -> FinalRoot {
    FinalRoot {
        epoch,
        digest: [epoch as u8; 32],
        leaf_count: 1,
        ..FinalRoot::default()
    }
}

/// Bytes of the account at an address that is a multiple of 8, as on chain.
fn account(ring: &RootRing) -> Vec<u64> {
    let mut words = vec![u64::from_le_bytes(ROOT_RING_DISCRIMINATOR)];
    words.extend_from_slice(bytemuck::cast_slice(bytemuck::bytes_of(ring)));
    words
}

proptest! {
    #[test]
    fn the_newest_64_are_found_and_no_other(
        gaps in prop::collection::vec(1_u64..5, 0..200),
        first in 0_u64..10,
    ) {
        let mut ring = RootRing::zeroed();
        let mut epochs = Vec::new();
        let mut epoch = first;
        for gap in gaps {
            ring.push(&root(epoch)).unwrap();
            epochs.push(epoch);
            epoch += gap;
        }
        let kept = &epochs[epochs.len().saturating_sub(RING_LEN)..];
        for candidate in 0..epoch + 3 {
            let found = ring.find(candidate).map(|root| root.epoch);
            prop_assert_eq!(found, kept.contains(&candidate).then_some(candidate));
        }
        prop_assert_eq!(ring.find(u64::MAX), None);
        prop_assert_eq!(ring.latest().map(|root| root.epoch), epochs.last().copied());
        prop_assert_eq!(ring.count, epochs.len() as u64);
        prop_assert_eq!(ring.latest_digest(), ring.latest().map_or(ZERO_HASH, |root| root.digest));
    }

    #[test]
    fn counters_fall_exactly_when_one_does(a: [u32; 6], b: [u32; 6]) {
        let leaf = |c: [u32; 6]| PayoutLeaf::from_parts(&[1; 32], &LeafCounters {
            tokens: c[0].into(), stable: c[1].into(), slashed: c[2].into(), units: c[3].into(),
            windows_ok: c[4], windows_total: c[5],
        });
        let fell = a.iter().zip(b).any(|(older, newer)| newer < *older);
        prop_assert_eq!(leaf(b).fell_since(&leaf(a)), fell);
        prop_assert_eq!(PayoutLeaf::from_parts(&[1; 32], &leaf(a).counters()), leaf(a));
    }

    #[test]
    fn totals_are_the_sums(leaves in prop::collection::vec(any::<[u32; 4]>(), 0..20)) {
        let leaves: Vec<PayoutLeaf> = leaves.into_iter().map(|c| PayoutLeaf {
            tokens: c[0].into(), stable: c[1].into(), slashed: c[2].into(), units: c[3].into(),
            ..PayoutLeaf::default()
        }).collect();
        let totals = Totals::of(&leaves).unwrap();
        prop_assert_eq!(totals.tokens, leaves.iter().map(|leaf| leaf.tokens).sum::<u64>());
        prop_assert_eq!(totals.stable, leaves.iter().map(|leaf| leaf.stable).sum::<u64>());
        prop_assert_eq!(totals.slashed, leaves.iter().map(|leaf| leaf.slashed).sum::<u64>());
        prop_assert_eq!(totals.units, leaves.iter().map(|leaf| leaf.units).sum::<u64>());
    }
}

#[test]
fn an_old_epoch_is_refused_and_changes_nothing() {
    let mut ring = RootRing::zeroed();
    ring.push(&root(0)).unwrap();
    assert_eq!(ring.push(&root(0)), Err(EpochNotNewer));
    ring.push(&root(7)).unwrap();
    let before = ring;
    assert_eq!(ring.push(&root(7)), Err(EpochNotNewer));
    assert_eq!(ring.push(&root(6)), Err(EpochNotNewer));
    assert!(ring == before);
}

#[test]
fn an_empty_ring_has_no_root_for_epoch_0() {
    let ring = RootRing::zeroed();
    assert_eq!(ring.find(0), None);
    assert_eq!(ring.latest(), None);
}

#[test]
fn totals_that_do_not_fit_are_none() {
    let leaf = PayoutLeaf {
        units: u64::MAX,
        ..PayoutLeaf::default()
    };
    assert_eq!(Totals::of(&[leaf, PayoutLeaf { units: 1, ..leaf }]), None);
    let low = Totals {
        tokens: 1,
        ..Totals::default()
    };
    assert!(low.exceeds(&Totals::default()) && Totals::default().fell_since(&low));
    assert!(!low.exceeds(&low) && !low.fell_since(&low));
}

#[test]
fn only_the_account_itself_is_read() {
    let mut ring = RootRing::zeroed();
    ring.push(&root(3)).unwrap();
    for version in [0, ROOT_RING_VERSION + 1] {
        ring.version = version;
        let words = account(&ring);
        assert!(RootRing::read_account_data(bytemuck::cast_slice(&words)).is_none());
    }
    ring.version = ROOT_RING_VERSION;
    let words = account(&ring);
    let bytes: &[u8] = bytemuck::cast_slice(&words);
    assert!(RootRing::from_account_data(bytes) == Some(&ring));
    assert!(RootRing::read_account_data(bytes).as_deref() == Some(&ring));
    assert!(RootRing::from_account_data(&bytes[..bytes.len() - 8]).is_none());
    assert!(RootRing::from_account_data(&bytes[8..]).is_none());
    assert!(RootRing::from_account_data(&[]).is_none());
    let longer = [words.as_slice(), &[0]].concat();
    assert!(RootRing::from_account_data(bytemuck::cast_slice(&longer)).is_none());
    let mut shifted = vec![0_u8; bytes.len() + 1];
    shifted[1..].copy_from_slice(bytes);
    assert!(RootRing::read_account_data(&shifted[1..]).as_deref() == Some(&ring));
}
