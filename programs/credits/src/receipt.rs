//! What the runtime's ed25519 program verified in the instruction before.

use {
    crate::error::CreditsError,
    anchor_lang::{
        address, address_eq,
        pinocchio::sysvars::instructions::Instructions,
        prelude::{require, AccountView, Address, Result},
    },
    trestle_core::usage::signed_message,
};

/// The runtime's program that verifies ed25519 signatures.
pub const ED25519_PROGRAM: Address = address!("Ed25519SigVerify111111111111111111111111111");

/// Refuses unless the instruction right before this one verified that `key` signed `message`, and
/// nothing else. `instructions` is the account in which the runtime shows them.
#[inline(never)]
pub fn require_signed(instructions: &AccountView, key: &Address, message: &[u8]) -> Result<()> {
    let instructions = Instructions::try_from(instructions)?;
    let before = instructions
        .get_instruction_relative(-1)
        .map_err(|_| CreditsError::ReceiptMissing)?;
    require!(
        address_eq(before.get_program_id(), &ED25519_PROGRAM),
        CreditsError::ReceiptMissing
    );
    let signed = signed_message(before.get_instruction_data());
    let (signer, signed) = signed.ok_or(CreditsError::ReceiptInvalid)?;
    let is_it = signer == key.as_array() && signed == message;
    require!(is_it, CreditsError::ReceiptInvalid);
    Ok(())
}
