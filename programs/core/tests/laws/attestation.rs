//! Accounts of the Solana Attestation Service.

use {
    proptest::prelude::*,
    trestle_core::{
        attestation::{
            is_authorized, Attestation, SchemaReading, ATTESTATION_DISCRIMINATOR,
            ATTESTATION_SERVICE_ID, CREDENTIAL_DISCRIMINATOR, NOWHERE,
        },
        clearance::{Jurisdiction, KIND_KYC},
        units::UnixSeconds,
    },
};

const READING: SchemaReading = SchemaReading {
    kinds: KIND_KYC,
    jurisdiction_at: 0,
    tier_at: 2,
};

fn attestation(keys: [[u8; 32]; 4], data: &[u8], expiry: i64) -> Vec<u8> {
    let [nonce, credential, schema, signer] = keys;
    let mut bytes = vec![ATTESTATION_DISCRIMINATOR];
    bytes.extend([nonce, credential, schema].concat());
    bytes.extend((data.len() as u32).to_le_bytes());
    bytes.extend(data);
    bytes.extend(signer);
    bytes.extend(expiry.to_le_bytes());
    bytes.extend([5; 32]);
    bytes
}

fn credential(name: &[u8], signers: &[[u8; 32]]) -> Vec<u8> {
    let mut bytes = vec![CREDENTIAL_DISCRIMINATOR];
    bytes.extend([8; 32]);
    bytes.extend((name.len() as u32).to_le_bytes());
    bytes.extend(name);
    bytes.extend((signers.len() as u32).to_le_bytes());
    bytes.extend(signers.concat());
    bytes
}

proptest! {
    #[test]
    fn an_attestation_is_read_as_it_was_written(
        keys: [[u8; 32]; 4],
        data in prop::collection::vec(any::<u8>(), 0..100),
        expiry: i64,
    ) {
        let bytes = attestation(keys, &data, expiry);
        let read = Attestation::parse(&bytes).unwrap();
        prop_assert_eq!([*read.nonce, *read.credential, *read.schema, *read.signer], keys);
        prop_assert_eq!((read.data, read.expiry), (&data[..], expiry));
    }

    #[test]
    fn other_bytes_are_no_attestation(
        data in prop::collection::vec(any::<u8>(), 0..40),
        cut in 1..60_usize,
        first in any::<u8>(),
        len: u32,
    ) {
        let bytes = attestation([[1; 32]; 4], &data, 9);
        prop_assert_eq!(Attestation::parse(&bytes[..bytes.len() - cut]), None);
        let longer = [&bytes[..], &vec![0; cut]].concat();
        prop_assert_eq!(Attestation::parse(&longer), None);
        let mut other = bytes.clone();
        other[0] = first;
        let is_one = first == ATTESTATION_DISCRIMINATOR;
        prop_assert_eq!(Attestation::parse(&other).is_some(), is_one);
        let mut lying = bytes;
        lying[97..101].copy_from_slice(&len.to_le_bytes());
        prop_assert_eq!(Attestation::parse(&lying).is_some(), len as usize == data.len());
    }

    #[test]
    fn any_bytes_are_read_or_refused(
        bytes in prop::collection::vec(any::<u8>(), 0..400),
        jurisdiction_at: u16,
        tier_at: u16,
        signer: [u8; 32],
    ) {
        let reading = SchemaReading { kinds: KIND_KYC, jurisdiction_at, tier_at };
        for first in [ATTESTATION_DISCRIMINATOR, CREDENTIAL_DISCRIMINATOR] {
            let bytes = [&[first], &bytes[..]].concat();
            if let Some(read) = Attestation::parse(&bytes) {
                prop_assert_eq!(read.view(&reading).kinds, KIND_KYC);
            }
            if is_authorized(&bytes, &signer) {
                prop_assert!(bytes.windows(32).any(|part| part == signer));
            }
        }
    }

    #[test]
    fn exactly_the_listed_signers_are_authorized(
        name in prop::collection::vec(any::<u8>(), 0..40),
        signers in prop::collection::vec(any::<[u8; 32]>(), 0..6),
        stranger: [u8; 32],
        cut in 1..32_usize,
    ) {
        let bytes = credential(&name, &signers);
        for signer in &signers {
            prop_assert!(is_authorized(&bytes, signer));
        }
        prop_assert_eq!(is_authorized(&bytes, &stranger), signers.contains(&stranger));
        if let Some(last) = signers.last() {
            prop_assert!(!is_authorized(&bytes[..bytes.len() - cut], last), "a list that is cut");
        }
    }
}

#[test]
fn the_data_gives_country_and_tier() {
    let view = |data: &[u8], expiry, reading: &SchemaReading| {
        let bytes = attestation([[1; 32]; 4], data, expiry);
        Attestation::parse(&bytes).unwrap().view(reading)
    };
    let german = view(b"DE\x03", 77, &READING);
    assert_eq!(german.jurisdiction.pack(), u16::from_be_bytes(*b"DE"));
    assert_eq!((german.audit_tier, german.kinds), (3, KIND_KYC));
    assert_eq!(german.expires_at, UnixSeconds(77));
    assert_eq!(
        view(b"DE\x03", 0, &READING).expires_at,
        UnixSeconds(i64::MAX)
    );
    for data in [&b"de\x03"[..], b"D", b""] {
        let unstated = view(data, 77, &READING);
        assert_eq!(unstated.jurisdiction, Jurisdiction::NOT_STATED);
    }
    assert_eq!(view(b"DE", 77, &READING).audit_tier, 0);
    let nowhere = SchemaReading {
        jurisdiction_at: NOWHERE,
        tier_at: NOWHERE,
        ..READING
    };
    let silent = view(&vec![b'D'; 70_000], 77, &nowhere);
    assert_eq!(silent.jurisdiction, Jurisdiction::NOT_STATED);
    assert_eq!(silent.audit_tier, 0);
}

#[test]
fn the_service_is_the_published_one() {
    assert_eq!(
        bs58::encode(ATTESTATION_SERVICE_ID).into_string(),
        "22zoJMtdu4tQc2PzL74ZUT7FrwgB1Udec8DdW4yw4BdG"
    );
}
