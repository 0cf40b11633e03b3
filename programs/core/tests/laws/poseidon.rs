//! The fast Poseidon is the syscall's.

use proptest::prelude::*;
use trestle_core::{
    hash::Hash,
    poseidon::{hash2, hash4, reference, Hasher, PoseidonError},
};

/// The modulus of the field, big-endian.
const MODULUS: Hash = [
    0x30, 0x64, 0x4e, 0x72, 0xe1, 0x31, 0xa0, 0x29, 0xb8, 0x50, 0x45, 0xb6, 0x81, 0x81, 0x58, 0x5d,
    0x28, 0x33, 0xe8, 0x48, 0x79, 0xb9, 0x70, 0x91, 0x43, 0xe1, 0xf5, 0x93, 0xf0, 0x00, 0x00, 0x01,
];

/// Values of the field and values that are not.
fn value() -> impl Strategy<Value = Hash> {
    let below = any::<Hash>().prop_map(|mut bytes| {
        bytes[0] &= 0x1f;
        bytes
    });
    prop_oneof![8 => below, 1 => any::<Hash>(), 1 => Just([0; 32]), 1 => Just(MODULUS)]
}

fn expected(values: &[Hash]) -> Result<Hash, PoseidonError> {
    let slices: Vec<&[u8]> = values.iter().map(Hash::as_slice).collect();
    reference(&slices)
}

proptest! {
    #[test]
    fn two_values_hash_as_on_chain(left in value(), right in value()) {
        prop_assert_eq!(hash2(&left, &right), expected(&[left, right]));
    }

    #[test]
    fn four_values_hash_as_on_chain(values in prop::array::uniform4(value())) {
        prop_assert_eq!(hash4(&values), expected(&values));
    }

    #[test]
    fn elements_come_back_from_their_bytes(value in value()) {
        match Hasher::element(&value) {
            Ok(element) => prop_assert_eq!(Hasher::bytes(&element), value),
            Err(error) => {
                prop_assert_eq!(error, PoseidonError::NotCanonical);
                prop_assert!(value >= MODULUS);
            }
        }
    }

    #[test]
    fn data_of_31_bytes_is_always_an_element(data: [u8; 31]) {
        let mut padded = [0; 32];
        padded[1..].copy_from_slice(&data);
        prop_assert_eq!(Hasher::bytes(&Hasher::data_element(&data)), padded);
    }
}

#[test]
fn values_from_the_modulus_up_are_refused() {
    let mut largest = MODULUS;
    largest[31] -= 1;
    assert!(hash2(&largest, &largest).is_ok());
    assert_eq!(hash2(&MODULUS, &largest), Err(PoseidonError::NotCanonical));
    assert_eq!(hash2(&largest, &MODULUS), Err(PoseidonError::NotCanonical));
    assert_eq!(hash4(&[[0xff; 32]; 4]), Err(PoseidonError::NotCanonical));
    assert_eq!(
        reference(&[&MODULUS, &largest]),
        Err(PoseidonError::NotCanonical)
    );
}
