//! Transactions as bytes, and partial signing.

use base64::{engine::general_purpose::STANDARD, Engine};
use solana_message::VersionedMessage;
use solana_pubkey::Pubkey;
use solana_signature::Signature;
use solana_signer::Signer;
use solana_transaction::versioned::VersionedTransaction;
use thiserror::Error;

use crate::request::verify_signature;

/// Bytes that fit into one packet of the network, and so into one transaction.
pub const TRANSACTION_BYTES_MAX: usize = 1_232;

/// Why bytes are not the transaction that is needed.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum WireError {
    #[error("the transaction has {0} bytes, more than {TRANSACTION_BYTES_MAX}; split it")]
    TooLarge(usize),
    #[error("the bytes are not a transaction: {0}")]
    NotATransaction(String),
    #[error("the transaction came back changed: the other party must only add its signature")]
    Changed,
    #[error("`{0}` did not sign, or its signature is wrong")]
    MissingSignature(String),
    #[error("`{0}` is not one of the transaction's signers")]
    NotASigner(String),
    #[error("signing failed: {0}")]
    Signer(String),
}

/// A transaction as base64.
pub fn encode_transaction(transaction: &VersionedTransaction) -> Result<String, WireError> {
    serialize(transaction).map(|bytes| STANDARD.encode(bytes))
}

/// A transaction from base64; more than a packet's worth is refused before it is parsed.
pub fn decode_transaction(text: &str) -> Result<VersionedTransaction, WireError> {
    let bytes = STANDARD
        .decode(text)
        .map_err(|error| WireError::NotATransaction(error.to_string()))?;
    if bytes.len() > TRANSACTION_BYTES_MAX {
        return Err(WireError::TooLarge(bytes.len()));
    }
    let transaction: VersionedTransaction = wincode::deserialize(&bytes)
        .map_err(|error| WireError::NotATransaction(error.to_string()))?;
    transaction
        .sanitize()
        .map_err(|error| WireError::NotATransaction(error.to_string()))?;
    Ok(transaction)
}

fn serialize(transaction: &VersionedTransaction) -> Result<Vec<u8>, WireError> {
    wincode::serialize(transaction).map_err(|error| WireError::NotATransaction(error.to_string()))
}

pub(super) fn check_size(transaction: &VersionedTransaction) -> Result<(), WireError> {
    let size = serialize(transaction)?.len();
    if size > TRANSACTION_BYTES_MAX {
        return Err(WireError::TooLarge(size));
    }
    Ok(())
}

/// Puts each signer's signature into its place and leaves the other places as they are.
pub fn sign_partially(
    transaction: &mut VersionedTransaction,
    signers: &[&dyn Signer],
) -> Result<(), WireError> {
    let message = transaction.message.serialize();
    for signer in signers {
        let key = signer
            .try_pubkey()
            .map_err(|error| WireError::Signer(error.to_string()))?;
        let keys = transaction.message.static_account_keys();
        let position = keys.iter().position(|candidate| *candidate == key);
        let place = position.and_then(|position| transaction.signatures.get_mut(position));
        let Some(place) = place else {
            return Err(WireError::NotASigner(key.to_string()));
        };
        *place = signer
            .try_sign_message(&message)
            .map_err(|error| WireError::Signer(error.to_string()))?;
    }
    Ok(())
}

/// Program of each instruction in order. A program is never loaded through a lookup table.
pub(super) fn programs(message: &VersionedMessage) -> Vec<Pubkey> {
    let keys = message.static_account_keys();
    let instructions = message.instructions().iter();
    instructions
        .map(|instruction| keys.get(usize::from(instruction.program_id_index)))
        .map(|key| key.copied().unwrap_or_default())
        .collect()
}

/// Every signer has signed, and rightly.
pub fn verify_signatures(transaction: &VersionedTransaction) -> Result<(), WireError> {
    let message = transaction.message.serialize();
    let required = usize::from(transaction.message.header().num_required_signatures);
    let keys = transaction.message.static_account_keys();
    for (position, key) in keys.iter().take(required).enumerate() {
        let signature = transaction.signatures.get(position);
        let signed = signature.is_some_and(|signature| {
            *signature != Signature::default() && verify_signature(key, &message, signature).is_ok()
        });
        if !signed {
            return Err(WireError::MissingSignature(key.to_string()));
        }
    }
    Ok(())
}

/// Serde for a transaction as base64.
pub(super) mod base64_transaction {
    use serde::{de::Error, ser::Error as _, Deserialize, Deserializer, Serializer};
    use solana_transaction::versioned::VersionedTransaction;

    pub fn serialize<S: Serializer>(
        transaction: &VersionedTransaction,
        serializer: S,
    ) -> Result<S::Ok, S::Error> {
        let text = super::encode_transaction(transaction).map_err(S::Error::custom)?;
        serializer.serialize_str(&text)
    }

    pub fn deserialize<'de, D: Deserializer<'de>>(
        deserializer: D,
    ) -> Result<VersionedTransaction, D::Error> {
        let text = String::deserialize(deserializer)?;
        super::decode_transaction(&text).map_err(D::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::send::TransactionRequest;
    use proptest::prelude::*;
    use solana_instruction::{AccountMeta, Instruction};
    use solana_keypair::Keypair;
    use solana_message::AddressLookupTableAccount;

    fn two_signers() -> (Keypair, Keypair, VersionedTransaction) {
        let (payer, other) = (Keypair::new(), Keypair::new());
        let instruction = Instruction {
            program_id: Pubkey::new_from_array([9; 32]),
            accounts: vec![AccountMeta::new_readonly(other.pubkey(), true)],
            data: vec![1, 2, 3],
        };
        let request = TransactionRequest::new(payer.pubkey(), vec![instruction]);
        let message = request.message(&[], Default::default()).unwrap();
        let transaction = VersionedTransaction {
            signatures: vec![Signature::default(); 2],
            message,
        };
        (payer, other, transaction)
    }

    #[test]
    fn two_parties_sign_one_after_the_other_over_the_wire() {
        let (payer, other, mut transaction) = two_signers();
        sign_partially(&mut transaction, &[&payer]).unwrap();
        let missing = WireError::MissingSignature(other.pubkey().to_string());
        assert_eq!(verify_signatures(&transaction), Err(missing));
        let text = encode_transaction(&transaction).unwrap();
        let mut received = decode_transaction(&text).unwrap();
        sign_partially(&mut received, &[&other]).unwrap();
        assert_eq!(verify_signatures(&received), Ok(()));
        assert_eq!(received.message, transaction.message);
    }

    #[test]
    fn a_stranger_cannot_sign_and_a_wrong_signature_shows() {
        let (payer, other, mut transaction) = two_signers();
        let stranger = Keypair::new();
        assert!(matches!(
            sign_partially(&mut transaction, &[&stranger]),
            Err(WireError::NotASigner(_))
        ));
        sign_partially(&mut transaction, &[&payer, &other]).unwrap();
        transaction.signatures.swap(0, 1);
        assert!(verify_signatures(&transaction).is_err());
    }

    #[test]
    fn a_lookup_table_makes_it_a_shorter_v0_transaction() {
        let payer = Keypair::new();
        let accounts: Vec<Pubkey> = (1..=20).map(|b| Pubkey::new_from_array([b; 32])).collect();
        let instruction = Instruction {
            program_id: Pubkey::new_from_array([99; 32]),
            accounts: accounts
                .iter()
                .map(|account| AccountMeta::new(*account, false))
                .collect(),
            data: Vec::new(),
        };
        let mut request = TransactionRequest::new(payer.pubkey(), vec![instruction]);
        let size = |request: &TransactionRequest| {
            let message = request.message(&[], Default::default()).unwrap();
            let programs = programs(&message);
            assert_eq!(programs, [Pubkey::new_from_array([99; 32])]);
            let transaction = VersionedTransaction {
                signatures: vec![Signature::default()],
                message,
            };
            serialize(&transaction).unwrap().len()
        };
        let legacy = size(&request);
        request.lookup_tables = vec![AddressLookupTableAccount {
            key: Pubkey::new_from_array([77; 32]),
            addresses: accounts,
        }];
        assert!(size(&request) + 500 < legacy);
    }

    #[test]
    fn what_does_not_fit_into_a_packet_is_refused() {
        let (_, _, mut transaction) = two_signers();
        assert_eq!(check_size(&transaction), Ok(()));
        if let VersionedMessage::Legacy(message) = &mut transaction.message {
            message.instructions[0].data = vec![0; TRANSACTION_BYTES_MAX];
        }
        assert!(matches!(
            check_size(&transaction),
            Err(WireError::TooLarge(_))
        ));
        let text = encode_transaction(&transaction).unwrap();
        assert!(matches!(
            decode_transaction(&text),
            Err(WireError::TooLarge(_))
        ));
    }

    proptest! {
        #[test]
        fn arbitrary_bytes_never_panic(bytes in proptest::collection::vec(any::<u8>(), 0..1400)) {
            let _ = decode_transaction(&STANDARD.encode(bytes));
        }
    }
}
