//! Bytes that other programs and clients rely on.

use trestle_core::{
    hash::sha256,
    merkle::EMPTY_LEAF,
    pool::POOL_DISCRIMINATOR,
    program_ids::{CREDITS_ID, PROOFS_ID, REWARDS_ID, STAKING_ID},
    revenue::REVENUE_DISCRIMINATOR,
    root::ROOT_RING_DISCRIMINATOR,
};

#[test]
fn discriminators_are_anchors() {
    assert_eq!(ROOT_RING_DISCRIMINATOR, sha256(&[b"account:RootRing"])[..8]);
    assert_eq!(POOL_DISCRIMINATOR, sha256(&[b"account:Pool"])[..8]);
    let revenue = sha256(&[b"account:ServiceRevenue"]);
    assert_eq!(REVENUE_DISCRIMINATOR, revenue[..8]);
}

#[test]
fn the_empty_leaf_is_the_hash_of_its_tag() {
    assert_eq!(EMPTY_LEAF, sha256(&[&[3]]));
}

#[test]
fn program_ids_are_the_published_ones() {
    let published = [
        (STAKING_ID, "2wPoSvYkaEMWkMAYqfz52CNAywNkiPuDswqWLXWr4n1C"),
        (PROOFS_ID, "AEfHZJ1sgsdSkBZYsQm7Q7TpkbdxcYsGLHYTDwrvSDRe"),
        (REWARDS_ID, "GZ1SDc7QsHUHyvZ6YP3bBWSMK2tQxeRyZLgBoRpMC4Pa"),
        (CREDITS_ID, "3CfqLuCMuCDT4rStMmfrkroCpFdag2TEpDGUSR6tpMZ8"),
    ];
    for (bytes, text) in published {
        assert_eq!(bs58::encode(bytes).into_string(), text);
    }
}
