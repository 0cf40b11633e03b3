//! What stands beside the instructions: names of payments, checks of signatures, no leaf.

use sha2::{Digest, Sha256};
use solana_instruction::Instruction;
use solana_pubkey::Pubkey;
use solana_signature::Signature;
use trestle_core::precompile::Scheme;

use super::{billing::ED25519_PROGRAM, credits::LeafProof, rewards::Counters};

/// Bytes of the name of a payment on chain.
const PAYMENT_ID_BYTES: usize = 32;

/// What a payment of a processor is called on chain: its own name padded with zeros, or the hash of
/// a longer one.
pub fn payment_id(name: &str) -> [u8; PAYMENT_ID_BYTES] {
    let mut id = [0; PAYMENT_ID_BYTES];
    match id.get_mut(..name.len()) {
        Some(start) => start.copy_from_slice(name.as_bytes()),
        None => id = Sha256::digest(name).into(),
    }
    id
}

/// A leaf for what shows none: the program does not look at it.
pub fn no_leaf() -> LeafProof {
    LeafProof {
        epoch: 0,
        index: 0,
        counters: Counters::default(),
        proof: Vec::new(),
    }
}

/// Lets the runtime check an ed25519 signature over a message of at most 65,535 bytes.
pub fn signature_check(key: &Pubkey, message: &[u8], signature: &Signature) -> Option<Instruction> {
    let data = Scheme::Ed25519.data(key.as_array(), signature.as_array(), message)?;
    Some(Instruction {
        program_id: ED25519_PROGRAM,
        accounts: Vec::new(),
        data,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use trestle_core::usage::signed_message;

    #[test]
    fn a_payment_keeps_its_name_or_is_hashed() {
        let short = payment_id("pi_1");
        assert_eq!(&short[..5], b"pi_1\0");
        let longest = "x".repeat(32);
        assert_eq!(&payment_id(&longest), longest.as_bytes());
        let long = payment_id(&"x".repeat(33));
        assert_ne!(long, payment_id(&longest));
        assert_eq!(long, <[u8; 32]>::from(Sha256::digest("x".repeat(33))));
    }

    #[test]
    fn the_program_reads_what_the_check_is_over() {
        let (key, signature) = (Pubkey::new_from_array([7; 32]), Signature::from([9; 64]));
        let check = signature_check(&key, b"message", &signature).unwrap();
        let signed = signed_message(&check.data);
        assert_eq!(signed, Some((key.as_array(), b"message".as_slice())));
    }
}
