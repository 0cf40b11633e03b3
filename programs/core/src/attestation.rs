//! Accounts of the Solana Attestation Service, which an issuer can use instead of clearances.
//!
//! Layout as in github.com/solana-foundation/solana-attestation-service: `program/src/state/
//! attestation.rs` (commit 9fef496), `credential.rs` (48bec50), `discriminator.rs`, and the sizes
//! in `processor/create_attestation.rs` (55d9c07). Integers are little-endian, without padding:
//!
//! - Attestation: `2u8`, nonce, credential, schema (32 bytes each), `u32` length and the data,
//!   signer (32), expiry (`i64`, zero for never), token account (32). The service creates it at the
//!   PDA of "attestation", credential, schema and nonce, with exactly these bytes, and only when
//!   the signer is authorized by the credential and the data fits the schema.
//! - Credential: `0u8`, authority (32), `u32` length and the name, `u32` number of authorized
//!   signers, each 32 bytes. Its authority replaces the signers as it likes.
//!
//! Attestations are revoked by closing their account. Nonces are free: Trestle counts an
//! attestation for the wallet that its nonce is.

use crate::{
    clearance::{ClearanceView, Jurisdiction},
    units::UnixSeconds,
};

/// The program, `22zoJMtdu4tQc2PzL74ZUT7FrwgB1Udec8DdW4yw4BdG`.
pub const ATTESTATION_SERVICE_ID: [u8; 32] = [
    0x0f, 0x5e, 0x9e, 0xd5, 0x37, 0x1e, 0x2c, 0x70, 0x89, 0x8c, 0xa9, 0xfd, 0x0e, 0x77, 0xc0, 0x06,
    0x5c, 0xab, 0x5d, 0xa0, 0x2e, 0x56, 0x67, 0x8b, 0x27, 0x13, 0x38, 0x2a, 0xf3, 0x74, 0x59, 0xb7,
];
/// Seed of an attestation's address, then the credential, the schema and the nonce.
pub const SEED_ATTESTATION: &[u8] = b"attestation";
/// First byte of an attestation.
pub const ATTESTATION_DISCRIMINATOR: u8 = 2;
/// First byte of a credential.
pub const CREDENTIAL_DISCRIMINATOR: u8 = 0;
/// Place of a field that the data does not have.
pub const NOWHERE: u16 = u16::MAX;

/// An attestation, borrowed from its account.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Attestation<'a> {
    /// Whom it is about.
    pub nonce: &'a [u8; 32],
    /// In whose name it was made.
    pub credential: &'a [u8; 32],
    /// What its data means.
    pub schema: &'a [u8; 32],
    /// The data.
    pub data: &'a [u8],
    /// Who made it.
    pub signer: &'a [u8; 32],
    /// Unix seconds; zero for never.
    pub expiry: i64,
}

/// What the attestations of a schema vouch for, and where their data says the rest.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SchemaReading {
    /// Kinds that each of them vouches for.
    pub kinds: u32,
    /// Byte of the data where the two letters of the country stand, or [`NOWHERE`].
    pub jurisdiction_at: u16,
    /// Byte of the data that is the audit tier, or [`NOWHERE`].
    pub tier_at: u16,
}

impl<'a> Attestation<'a> {
    /// Reads the bytes of an account. `None` if they are not exactly an attestation. Owner is for
    /// the caller to check.
    pub fn parse(bytes: &'a [u8]) -> Option<Self> {
        let rest = bytes.strip_prefix(&[ATTESTATION_DISCRIMINATOR])?;
        let (nonce, rest) = rest.split_first_chunk()?;
        let (credential, rest) = rest.split_first_chunk()?;
        let (schema, rest) = rest.split_first_chunk()?;
        let (data, rest) = split_sized(rest)?;
        let (signer, rest) = rest.split_first_chunk()?;
        let (expiry, rest) = rest.split_first_chunk()?;
        let (_token_account, rest) = rest.split_first_chunk::<32>()?;
        rest.is_empty().then_some(Self {
            nonce,
            credential,
            schema,
            data,
            signer,
            expiry: i64::from_le_bytes(*expiry),
        })
    }

    /// What the attestation clears its wallet for.
    pub fn view(&self, reading: &SchemaReading) -> ClearanceView {
        let expires_at = match self.expiry {
            0 => i64::MAX,
            expiry => expiry,
        };
        ClearanceView {
            kinds: reading.kinds,
            jurisdiction: self.jurisdiction(reading.jurisdiction_at),
            audit_tier: self.byte(reading.tier_at).unwrap_or_default(),
            expires_at: UnixSeconds(expires_at),
        }
    }

    fn byte(&self, at: u16) -> Option<u8> {
        (at != NOWHERE)
            .then(|| self.data.get(usize::from(at)).copied())
            .flatten()
    }

    /// What are no two capital letters states no country.
    fn jurisdiction(&self, at: u16) -> Jurisdiction {
        let letters = self
            .byte(at)
            .zip(at.checked_add(1).and_then(|next| self.byte(next)));
        letters
            .and_then(|(first, second)| Jurisdiction::from_letters([first, second]))
            .unwrap_or_default()
    }
}

/// Whether the credential in the bytes of an account authorizes a signer. False if the bytes are
/// no credential. Owner and address are for the caller to check.
pub fn is_authorized(credential: &[u8], signer: &[u8; 32]) -> bool {
    authorized_signers(credential).is_some_and(|mut signers| signers.any(|one| one == signer))
}

fn authorized_signers(bytes: &[u8]) -> Option<impl Iterator<Item = &[u8; 32]>> {
    let rest = bytes.strip_prefix(&[CREDENTIAL_DISCRIMINATOR])?;
    let (_authority, rest) = rest.split_first_chunk::<32>()?;
    let (_name, rest) = split_sized(rest)?;
    let (count, signers) = rest.split_first_chunk()?;
    let count = usize::try_from(u32::from_le_bytes(*count)).ok()?;
    let (signers, _) = signers.split_at_checked(count.checked_mul(32)?)?;
    Some(signers.as_chunks().0.iter())
}

/// A `u32` length, that many bytes, and the rest.
fn split_sized(bytes: &[u8]) -> Option<(&[u8], &[u8])> {
    let (len, rest) = bytes.split_first_chunk()?;
    rest.split_at_checked(usize::try_from(u32::from_le_bytes(*len)).ok()?)
}
