//! Which precompile instructions show that a key signed a message, and which only seem to.

use {
    proptest::prelude::*,
    trestle_core::precompile::{
        instruction_at, Scheme, Verified, ED25519_ID, SECP256R1_ID, SIGNATURE_BYTES,
    },
};

const SCHEMES: [Scheme; 2] = [Scheme::Ed25519, Scheme::Secp256r1];
const SIGNATURE: [u8; SIGNATURE_BYTES] = [7; SIGNATURE_BYTES];

fn key(scheme: Scheme) -> Vec<u8> {
    vec![3; scheme.key_bytes()]
}

fn data(scheme: Scheme, message: &[u8]) -> Vec<u8> {
    scheme.data(&key(scheme), &SIGNATURE, message).unwrap()
}

/// The instructions sysvar, as the runtime writes it.
fn sysvar(instructions: &[([u8; 32], usize, Vec<u8>)]) -> Vec<u8> {
    let count = instructions.len();
    let mut bytes = (count as u16).to_le_bytes().to_vec();
    bytes.resize(2 + 2 * count, 0);
    for (index, (program, accounts, data)) in instructions.iter().enumerate() {
        let start = bytes.len() as u16;
        bytes[2 + 2 * index..4 + 2 * index].copy_from_slice(&start.to_le_bytes());
        bytes.extend((*accounts as u16).to_le_bytes());
        bytes.extend(vec![9; 33 * accounts]);
        bytes.extend(program);
        bytes.extend((data.len() as u16).to_le_bytes());
        bytes.extend(data);
    }
    // Number of the running instruction.
    bytes.extend(0_u16.to_le_bytes());
    bytes
}

proptest! {
    #[test]
    fn one_signature_at_the_usual_places_is_read(message: Vec<u8>) {
        for scheme in SCHEMES {
            let data = data(scheme, &message);
            let verified = Verified { key: &key(scheme), message: &message };
            prop_assert_eq!(scheme.read(&data), Some(verified));
        }
    }

    #[test]
    fn any_other_header_is_refused(at in 0..16_usize, flip in 1..=255_u8) {
        for scheme in SCHEMES {
            let mut data = data(scheme, b"message");
            data[at] ^= flip;
            prop_assert_eq!(scheme.read(&data), None);
        }
    }

    #[test]
    fn bytes_that_are_no_sysvar_show_nothing(bytes: Vec<u8>, index: u16) {
        let _ = instruction_at(&bytes, index);
        for scheme in SCHEMES {
            prop_assert!(!scheme.is_verified(&bytes, &key(scheme), b"message"));
        }
    }

    #[test]
    fn every_instruction_is_found_at_its_index(
        datas in proptest::collection::vec(
            (any::<[u8; 32]>(), 0..5_usize, proptest::collection::vec(any::<u8>(), 0..50)), 1..8,
        ),
    ) {
        let bytes = sysvar(&datas);
        for (index, (program, _, data)) in datas.iter().enumerate() {
            prop_assert_eq!(instruction_at(&bytes, index as u16), Some((program, &data[..])));
        }
        prop_assert_eq!(instruction_at(&bytes, datas.len() as u16), None);
    }
}

#[test]
fn offsets_into_another_instruction_are_refused() {
    for scheme in SCHEMES {
        // Each of the three, pointed at an instruction by its number, its own included.
        for field in [4, 8, 14] {
            for index in [0_u16, 1, u16::MAX - 1] {
                let mut data = data(scheme, b"message");
                data[field..field + 2].copy_from_slice(&index.to_le_bytes());
                assert_eq!(scheme.read(&data), None, "{scheme:?} {field} {index}");
            }
        }
    }
}

#[test]
fn no_signature_or_several_are_refused() {
    for scheme in SCHEMES {
        for count in [0, 2, 255] {
            let mut data = data(scheme, b"message");
            data[0] = count;
            assert_eq!(scheme.read(&data), None);
        }
    }
}

#[test]
fn bytes_behind_the_message_or_missing_ones_are_refused() {
    for scheme in SCHEMES {
        let whole = data(scheme, b"message");
        for len in 0..whole.len() {
            assert_eq!(scheme.read(&whole[..len]), None, "{len}");
        }
        let mut longer = whole;
        longer.push(0);
        assert_eq!(scheme.read(&longer), None);
    }
}

#[test]
fn only_the_schemes_own_program_counts() {
    for (scheme, program) in [
        (Scheme::Ed25519, ED25519_ID),
        (Scheme::Secp256r1, SECP256R1_ID),
    ] {
        let (key, data) = (key(scheme), data(scheme, b"message"));
        let good = sysvar(&[([1; 32], 3, vec![5; 9]), (program, 0, data.clone())]);
        assert!(scheme.is_verified(&good, &key, b"message"));
        assert!(!scheme.is_verified(&good, &key, b"massage"));
        assert!(!scheme.is_verified(&good, &vec![4; key.len()], b"message"));
        // A program that anybody can deploy verifies nothing.
        let forged = sysvar(&[([1; 32], 0, data.clone())]);
        assert!(!scheme.is_verified(&forged, &key, b"message"));
        let other = [ED25519_ID, SECP256R1_ID]
            .into_iter()
            .find(|id| *id != program);
        let swapped = sysvar(&[(other.unwrap(), 0, data)]);
        assert!(!scheme.is_verified(&swapped, &key, b"message"));
    }
}

#[test]
fn a_key_of_the_wrong_length_makes_no_instruction() {
    assert!(Scheme::Ed25519.data(&[3; 33], &SIGNATURE, b"").is_none());
    assert!(Scheme::Secp256r1.data(&[3; 32], &SIGNATURE, b"").is_none());
    let long = vec![0; usize::from(u16::MAX) + 1];
    assert!(Scheme::Ed25519.data(&[3; 32], &SIGNATURE, &long).is_none());
}
