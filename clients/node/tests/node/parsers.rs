//! Whatever comes over the wire: no panic, and nothing accepted that is not meant.

use axum::http::{HeaderMap, HeaderName, HeaderValue};
use proptest::prelude::*;
use solana_keypair::Keypair;
use solana_message::{compiled_instruction::CompiledInstruction, Hash, Message, VersionedMessage};
use solana_pubkey::Pubkey;
use solana_signature::Signature;
use solana_signer::Signer;
use solana_transaction::versioned::VersionedTransaction;
use trestle_node::{
    agreement::{decode, examine, Parties},
    auth::parse,
    http::{ChallengeBody, SignBody},
    settings::Settings,
};
use trestle_sdk::{
    instruction::{
        clearance::Admission,
        proofs::{commitment_register, CommitmentParties},
    },
    request::{sign_at, RequestTarget, HEADERS},
    send::encode_transaction,
};

fn parties() -> Parties {
    let key = |byte| Pubkey::new_from_array([byte; 32]);
    Parties {
        customer: key(1),
        node_key: key(2),
        network: key(3),
        service: key(4),
        operator: key(5),
    }
}

fn registration() -> VersionedTransaction {
    let Parties {
        customer,
        node_key,
        network,
        service,
        operator,
    } = parties();
    let register = CommitmentParties {
        customer,
        node_key,
        network,
        service,
        operator,
        admission: Admission::default(),
    };
    let instruction = commitment_register(&register, [7; 32], 1_000);
    let message = Message::new_with_blockhash(&[instruction], Some(&customer), &Hash::default());
    VersionedTransaction {
        signatures: vec![Signature::default(); 2],
        message: VersionedMessage::Legacy(message),
    }
}

#[test]
fn a_registration_is_understood() {
    let agreement = examine(&registration(), &parties()).unwrap();
    assert_eq!(agreement.registrations.len(), 1);
    assert_eq!(agreement.registrations[0].size_bytes, 1_000);
}

proptest! {
    #[test]
    fn headers_of_any_content_are_parsed_or_refused(
        values in proptest::collection::vec(
            (0_usize..5, "\\PC{0,140}|[0-9a-f]{32}|[1-9]{1,20}"),
            0..8,
        )
    ) {
        let mut headers = HeaderMap::new();
        for (name, value) in values {
            if let Ok(value) = HeaderValue::from_str(&value) {
                headers.append(HeaderName::from_static(HEADERS[name]), value);
            }
        }
        if let Ok(parsed) = parse(&headers) {
            for (name, value) in parsed.pairs() {
                prop_assert_eq!(headers.get(name).unwrap().to_str().unwrap(), value);
            }
        }
    }

    #[test]
    fn any_change_to_a_signed_header_breaks_it(
        position in 0_usize..5, at in 0_usize..200, byte in 0x21_u8..0x7f
    ) {
        let (keypair, audience) = (Keypair::new_from_array([5; 32]), Pubkey::default());
        let target =
            RequestTarget { audience: &audience, method: "GET", path_and_query: "/v1/x" };
        let signed = sign_at(&keypair, &target, &[1; 32], 1_000, [2; 16]).unwrap();
        let mut pairs = signed.pairs();
        let mut value = pairs[position].1.clone().into_bytes();
        let at = at % value.len();
        prop_assume!(value[at] != byte);
        value[at] = byte;
        pairs[position].1 = String::from_utf8(value).unwrap();
        let mut headers = HeaderMap::new();
        for (name, value) in pairs {
            headers.insert(name, value.parse().unwrap());
        }
        let refused = match parse(&headers) {
            Ok(parsed) => parsed.verify(&target, 1_000).is_err(),
            Err(_) => true,
        };
        prop_assert!(refused);
        prop_assert_eq!(signed.key, keypair.pubkey());
    }

    #[test]
    fn sign_bodies_of_any_bytes_do_not_panic(
        bytes in proptest::collection::vec(any::<u8>(), 0..400)
    ) {
        let _ = serde_json::from_slice::<SignBody>(&bytes);
        let _ = serde_json::from_slice::<ChallengeBody>(&bytes);
        let _ = decode(&String::from_utf8_lossy(&bytes));
        let _ = toml::from_str::<Settings>(&String::from_utf8_lossy(&bytes));
    }

    /// Flipping any byte of the message gives something else to sign: it is refused, or it is the
    /// same agreement with other numbers, blockhash or fee payer.
    #[test]
    fn a_changed_transaction_never_gains_power(at in 0_usize..600, mask in 1_u8..=255) {
        let good = registration();
        let text = encode_transaction(&good).unwrap();
        let mut bytes = base64_bytes(&text);
        let at = at % bytes.len();
        bytes[at] ^= mask;
        let Ok(changed) = decode(&base64_text(&bytes)) else { return Ok(()) };
        let Ok(agreement) = examine(&changed, &parties()) else { return Ok(()) };
        prop_assert_eq!(agreement.registrations.len() + agreement.leases.len(), 1);
        let keys = changed.message.static_account_keys();
        prop_assert_ne!(keys[0], parties().node_key);
        let node = keys.iter().position(|key| *key == parties().node_key).unwrap();
        let header = changed.message.header();
        let signers = usize::from(header.num_required_signatures);
        let readonly = usize::from(header.num_readonly_signed_accounts);
        prop_assert!((signers - readonly..signers).contains(&node));
    }

    /// Random instructions around a good one: only what is known is signed.
    #[test]
    fn unknown_instructions_are_never_signed(
        program in 0_u8..10,
        accounts in proptest::collection::vec(0_u8..10, 0..6),
        data in proptest::collection::vec(any::<u8>(), 0..60),
    ) {
        let mut transaction = registration();
        let VersionedMessage::Legacy(message) = &mut transaction.message else { unreachable!() };
        let program_id_index = program;
        message.instructions.push(CompiledInstruction { program_id_index, accounts, data });
        prop_assert!(examine(&transaction, &parties()).is_err());
    }
}

fn base64_bytes(text: &str) -> Vec<u8> {
    use base64::Engine;
    base64::engine::general_purpose::STANDARD
        .decode(text)
        .unwrap()
}

fn base64_text(bytes: &[u8]) -> String {
    use base64::Engine;
    base64::engine::general_purpose::STANDARD.encode(bytes)
}
