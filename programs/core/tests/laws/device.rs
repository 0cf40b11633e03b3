//! Keys of devices as leaves.

use {
    proptest::prelude::*,
    trestle_core::{
        device::{is_device_tree, DeviceKey, DEVICE_BYTES, DEVICE_ED25519},
        hash::sha256,
        merkle::{Tree, MAX_LEAVES},
    },
};

fn key() -> impl Strategy<Value = DeviceKey> {
    prop_oneof![
        any::<[u8; 32]>().prop_map(DeviceKey::Ed25519),
        (2..=3_u8, any::<[u8; 32]>()).prop_map(|(sign, x)| {
            let mut key = [sign; 33];
            key[1..].copy_from_slice(&x);
            DeviceKey::Secp256r1(key)
        }),
    ]
}

proptest! {
    #[test]
    fn a_key_has_one_encoding(key in key()) {
        prop_assert_eq!(DeviceKey::decode(&key.encode()), Some(key));
    }

    #[test]
    fn what_decodes_encodes_to_the_same_bytes(kind in 0..4_u8, body in any::<[u8; 33]>()) {
        let mut bytes = [kind; DEVICE_BYTES];
        bytes[1..].copy_from_slice(&body);
        if let Some(key) = DeviceKey::decode(&bytes) {
            prop_assert_eq!(key.encode(), bytes);
        }
    }

    #[test]
    fn a_device_is_proven_at_its_place_only(
        keys in prop::collection::vec(key(), 2..20),
        at in any::<prop::sample::Index>(),
    ) {
        let tree = Tree::build(keys.iter().map(DeviceKey::leaf_hash).collect()).unwrap();
        let (root, count) = (tree.root(), tree.leaf_count());
        let index = at.index(keys.len());
        let proof = tree.proof(index as u32).unwrap();
        prop_assert!(keys[index].verify(&root, count, index as u32, &proof).is_ok());
        let other = (index + 1) % keys.len();
        if keys[other] != keys[index] {
            prop_assert!(keys[other].verify(&root, count, index as u32, &proof).is_err());
        }
    }
}

#[test]
fn malformed_leaves_are_refused() {
    let mut bytes = DeviceKey::Ed25519([7; 32]).encode();
    bytes[33] = 1;
    assert_eq!(DeviceKey::decode(&bytes), None, "padding");
    let mut bytes = DeviceKey::Secp256r1([2; 33]).encode();
    bytes[1] = 4;
    assert_eq!(DeviceKey::decode(&bytes), None, "no compressed point");
    assert_eq!(DeviceKey::decode(&[9; DEVICE_BYTES]), None, "no kind");
}

#[test]
fn the_leaf_is_kind_and_padded_key_behind_the_tag() {
    let expected = sha256(&[&[9, DEVICE_ED25519], &[5; 32], &[0]]);
    assert_eq!(DeviceKey::Ed25519([5; 32]).leaf_hash(), expected);
}

#[test]
fn no_devices_have_no_root() {
    assert!(is_device_tree(&[0; 32], 0));
    assert!(is_device_tree(&[1; 32], MAX_LEAVES));
    for (root, count) in [([0; 32], 1), ([1; 32], 0), ([1; 32], MAX_LEAVES + 1)] {
        assert!(!is_device_tree(&root, count));
    }
}
