//! Transactions that are signed elsewhere, or by several parties one after the other.
//!
//! Nothing is measured for them: whoever builds the transaction again from the same arguments gets
//! the same bytes, which is what makes signatures from elsewhere fit.

use solana_instruction::{AccountMeta, Instruction};
use solana_message::Hash;
use solana_pubkey::Pubkey;
use solana_signature::Signature;
use solana_transaction::versioned::VersionedTransaction;

use super::{budget, wire, SendError, TransactionRequest, WireError};
use crate::{address::SYSTEM_PROGRAM_ID, request::verify_signature};

/// The runtime's account that an advance of a nonce names.
const RECENT_BLOCKHASHES: Pubkey =
    Pubkey::from_str_const("SysvarRecentB1ockHashes11111111111111111111");
/// Number of the system program's instruction that advances a nonce.
const ADVANCE_NONCE: u32 = 4;

/// A durable nonce: its value stands in for the blockhash, and keeps until it is advanced.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Nonce {
    pub account: Pubkey,
    pub authority: Pubkey,
}

/// What else is fixed besides the instructions.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct OfflineTerms {
    /// A recent blockhash, or the value of the nonce.
    pub blockhash: Hash,
    pub nonce: Option<Nonce>,
    /// Compute units to ask for; `None` leaves it to the runtime.
    pub unit_limit: Option<u32>,
    /// Micro-lamports for each of them.
    pub unit_price: Option<u64>,
}

impl TransactionRequest {
    /// The transaction without signatures.
    pub fn offline(&self, terms: &OfflineTerms) -> Result<VersionedTransaction, SendError> {
        let mut before = Vec::new();
        // The runtime knows a durable transaction by its first instruction.
        before.extend(terms.nonce.as_ref().map(advance));
        before.extend(terms.unit_limit.map(budget::limit_instruction));
        before.extend(terms.unit_price.map(budget::price_instruction));
        let message = self.message(&before, terms.blockhash)?;
        let signatures = usize::from(message.header().num_required_signatures);
        let transaction = VersionedTransaction {
            signatures: vec![Signature::default(); signatures],
            message,
        };
        wire::check_size(&transaction)?;
        Ok(transaction)
    }
}

fn advance(nonce: &Nonce) -> Instruction {
    Instruction {
        program_id: SYSTEM_PROGRAM_ID,
        accounts: vec![
            AccountMeta::new(nonce.account, false),
            AccountMeta::new_readonly(RECENT_BLOCKHASHES, false),
            AccountMeta::new_readonly(nonce.authority, true),
        ],
        data: ADVANCE_NONCE.to_le_bytes().to_vec(),
    }
}

/// Whether it is held by a nonce, which does not expire.
pub fn is_durable(transaction: &VersionedTransaction) -> bool {
    let keys = transaction.message.static_account_keys();
    let first = transaction.message.instructions().first();
    first.is_some_and(|first| {
        keys.get(usize::from(first.program_id_index)) == Some(&SYSTEM_PROGRAM_ID)
            && first.data == ADVANCE_NONCE.to_le_bytes()
    })
}

/// Puts a signature from elsewhere into its place, if it is one of this very transaction.
pub fn add_signature(
    transaction: &mut VersionedTransaction,
    key: &Pubkey,
    signature: &Signature,
) -> Result<(), WireError> {
    let required = usize::from(transaction.message.header().num_required_signatures);
    let keys = transaction.message.static_account_keys();
    let place = keys.iter().take(required).position(|one| one == key);
    let place = place.ok_or_else(|| WireError::NotASigner(key.to_string()))?;
    let message = transaction.message.serialize();
    let is_right = verify_signature(key, &message, signature).is_ok();
    match transaction.signatures.get_mut(place) {
        Some(slot) if is_right => {
            *slot = *signature;
            Ok(())
        }
        _ => Err(WireError::MissingSignature(key.to_string())),
    }
}

/// Who has signed, with the signature, and who has not, in the transaction's order.
pub fn signers(transaction: &VersionedTransaction) -> (Vec<(Pubkey, Signature)>, Vec<Pubkey>) {
    let keys = transaction.message.static_account_keys();
    let all = keys
        .iter()
        .copied()
        .zip(transaction.signatures.iter().copied());
    let (signed, absent): (Vec<_>, Vec<_>) =
        all.partition(|(_, signature)| *signature != Signature::default());
    (signed, absent.into_iter().map(|(key, _)| key).collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::send::{sign_partially, verify_signatures};
    use solana_keypair::Keypair;
    use solana_signer::Signer;

    fn request(payer: &Keypair, other: &Keypair) -> TransactionRequest {
        let instruction = Instruction {
            program_id: Pubkey::new_from_array([9; 32]),
            accounts: vec![AccountMeta::new_readonly(other.pubkey(), true)],
            data: vec![1],
        };
        TransactionRequest::new(payer.pubkey(), vec![instruction])
    }

    #[test]
    fn signatures_from_elsewhere_complete_it() {
        let (payer, other) = (Keypair::new(), Keypair::new());
        let terms = OfflineTerms::default();
        let mut elsewhere = request(&payer, &other).offline(&terms).unwrap();
        sign_partially(&mut elsewhere, &[&other]).unwrap();
        let (signed, absent) = signers(&elsewhere);
        assert_eq!(
            (signed[0].0, &absent[..]),
            (other.pubkey(), &[payer.pubkey()][..])
        );

        // Built again from the same arguments, the signature fits.
        let mut here = request(&payer, &other).offline(&terms).unwrap();
        add_signature(&mut here, &other.pubkey(), &signed[0].1).unwrap();
        assert!(verify_signatures(&here).is_err());
        sign_partially(&mut here, &[&payer]).unwrap();
        assert_eq!(verify_signatures(&here), Ok(()));
        assert!(signers(&here).1.is_empty());
    }

    #[test]
    fn a_signature_of_another_transaction_or_signer_is_refused() {
        let (payer, other) = (Keypair::new(), Keypair::new());
        let mut elsewhere = request(&payer, &other)
            .offline(&OfflineTerms::default())
            .unwrap();
        sign_partially(&mut elsewhere, &[&other]).unwrap();
        let signature = signers(&elsewhere).0[0].1;
        let terms = OfflineTerms {
            blockhash: Hash::new_from_array([1; 32]),
            ..Default::default()
        };
        let mut here = request(&payer, &other).offline(&terms).unwrap();
        let missing = WireError::MissingSignature(other.pubkey().to_string());
        let added = add_signature(&mut here, &other.pubkey(), &signature);
        assert_eq!(added, Err(missing));
        let stranger = Keypair::new().pubkey();
        let added = add_signature(&mut here, &stranger, &signature);
        assert_eq!(added, Err(WireError::NotASigner(stranger.to_string())));
    }

    #[test]
    fn a_nonce_is_advanced_before_everything_else() {
        let (payer, other) = (Keypair::new(), Keypair::new());
        let nonce = Nonce {
            account: Pubkey::new_from_array([5; 32]),
            authority: other.pubkey(),
        };
        let terms = OfflineTerms {
            nonce: Some(nonce),
            unit_limit: Some(50_000),
            unit_price: Some(1),
            ..Default::default()
        };
        let transaction = request(&payer, &other).offline(&terms).unwrap();
        let instructions = transaction.message.instructions();
        assert!(is_durable(&transaction));
        let plain = request(&payer, &other).offline(&OfflineTerms::default());
        assert!(!is_durable(&plain.unwrap()));
        assert_eq!(instructions.len(), 4);
        assert_eq!(instructions[0].data, [4, 0, 0, 0]);
        let system = usize::from(instructions[0].program_id_index);
        let keys = transaction.message.static_account_keys();
        assert_eq!(keys[system], SYSTEM_PROGRAM_ID);
    }
}
