//! An issuer: somebody whose word about wallets a network takes.

use {
    crate::{
        constants::{ISSUER_ATTESTATIONS, ISSUER_NAME_BYTES_MAX, ISSUER_NATIVE, VERSION},
        error::StakingError,
        versioned::Layout,
        ID,
    },
    anchor_lang::{address_eq, prelude::*},
    core::mem::{offset_of, size_of},
    trestle_core::{
        attestation::{SchemaReading, NOWHERE},
        clearance::{KINDS_ALL, KIND_AUDIT, KIND_REGION},
        seeds::SEED_ISSUER,
    },
};

/// PDA `["issuer", network, authority]`.
#[account]
pub struct Issuer {
    /// Layout version.
    pub version: u8,
    /// Bump of this account's own address.
    pub bump: u8,
    /// 1 signs clearances of this program, 2 is a credential of the Solana Attestation Service.
    pub source: u8,
    /// 1 once the network trusts it no longer.
    pub revoked: u8,
    /// Kinds that the network lets it vouch for.
    pub kinds: u32,
    /// The network that trusts it.
    pub network: Address,
    /// Key that signs its clearances; of attestations, the credential in whose name they are.
    pub authority: Address,
    /// Schema of its attestations; zero if it signs clearances.
    pub schema: Address,
    /// Byte of an attestation's data where the country stands; the largest number if none does.
    pub jurisdiction_at: u16,
    /// Byte of an attestation's data that is the audit tier; the largest number if none is.
    pub tier_at: u16,
    /// Zero.
    pub _pad: [u8; 3],
    /// Bytes of `name` that are in use.
    pub name_len: u8,
    /// Name for people, in ASCII.
    pub name: [u8; ISSUER_NAME_BYTES_MAX],
    /// Zero.
    pub _tail: u8,
}

const _: () = assert!(size_of::<Issuer>() == 144);
const _: () = assert!(offset_of!(Issuer, network) == 8);
const _: () = assert!(offset_of!(Issuer, schema) == 72);
const _: () = assert!(offset_of!(Issuer, name) == 112);

impl Layout for Issuer {
    const VERSION: u8 = VERSION;
}

/// What an issuer is admitted with.
#[derive(Clone, Debug, PartialEq, Eq, AnchorSerialize, AnchorDeserialize, IdlType)]
pub struct IssuerParams {
    /// Key that signs its clearances; of attestations, their credential.
    pub authority: Address,
    /// 1 signs clearances, 2 is a credential of the Solana Attestation Service.
    pub source: u8,
    /// Kinds that it may vouch for; each attestation of the schema vouches for all of them.
    pub kinds: u32,
    /// Schema of its attestations; zero if it signs clearances.
    pub schema: Address,
    /// Byte of an attestation's data where the country's two letters stand; 65,535 for none.
    pub jurisdiction_at: u16,
    /// Byte of an attestation's data that is the audit tier; 65,535 for none.
    pub tier_at: u16,
    /// Printable ASCII of 1 to 31 bytes.
    pub name: String,
}

impl IssuerParams {
    pub fn validate(&self) -> Result<()> {
        require!(
            self.authority != Address::default(),
            StakingError::BadIssuerKey
        );
        require!(
            self.kinds != 0 && self.kinds & !KINDS_ALL == 0,
            StakingError::BadKinds
        );
        let is_printable = |byte: u8| byte == b' ' || byte.is_ascii_graphic();
        require!(
            (1..=ISSUER_NAME_BYTES_MAX).contains(&self.name.len())
                && self.name.bytes().all(is_printable),
            StakingError::BadIssuerName
        );
        let reads = |place: u16, kind: u32| (place != NOWHERE) == (self.kinds & kind != 0);
        let has_schema = self.schema != Address::default();
        let is_consistent = match self.source {
            ISSUER_NATIVE => {
                !has_schema && self.jurisdiction_at == NOWHERE && self.tier_at == NOWHERE
            }
            ISSUER_ATTESTATIONS => {
                has_schema
                    && reads(self.jurisdiction_at, KIND_REGION)
                    && reads(self.tier_at, KIND_AUDIT)
            }
            _ => return Err(StakingError::BadIssuerSource.into()),
        };
        require!(is_consistent, StakingError::BadSchema);
        Ok(())
    }
}

impl Issuer {
    /// Writes a fresh issuer.
    pub fn admit(&mut self, bump: u8, network: Address, params: &IssuerParams) -> Result<()> {
        let text = params.name.as_bytes();
        let mut name = [0; ISSUER_NAME_BYTES_MAX];
        name.get_mut(..text.len())
            .ok_or(StakingError::BadIssuerName)?
            .copy_from_slice(text);
        self.version = VERSION;
        self.bump = bump;
        self.source = params.source;
        self.kinds = params.kinds;
        self.network = network;
        self.authority = params.authority;
        self.schema = params.schema;
        self.jurisdiction_at = params.jurisdiction_at;
        self.tier_at = params.tier_at;
        self.name = name;
        self.name_len = u8::try_from(text.len()).map_err(|_| StakingError::BadIssuerName)?;
        Ok(())
    }

    /// Whether `address` is the one that network and key give.
    #[inline(never)]
    pub fn is_at(&self, address: &Address) -> bool {
        let seeds = [SEED_ISSUER, self.network.as_ref(), self.authority.as_ref()];
        address_eq(
            address,
            &Address::derive_address(&seeds, Some(self.bump), &ID),
        )
    }

    /// Its name; empty if the account is broken.
    pub fn name_str(&self) -> &str {
        self.name
            .get(..usize::from(self.name_len))
            .and_then(|name| core::str::from_utf8(name).ok())
            .unwrap_or_default()
    }

    /// Whether its attestations count instead of clearances.
    pub fn attests(&self) -> bool {
        self.source == ISSUER_ATTESTATIONS
    }

    /// What its attestations vouch for.
    pub fn reading(&self) -> SchemaReading {
        SchemaReading {
            kinds: self.kinds,
            jurisdiction_at: self.jurisdiction_at,
            tier_at: self.tier_at,
        }
    }

    /// The gate of its grants.
    pub fn require_trusted(&self) -> Result<()> {
        require!(self.revoked == 0, StakingError::IssuerRevoked);
        Ok(())
    }

    /// Ends the network's trust for good.
    pub fn revoke(&mut self) -> Result<()> {
        self.require_trusted()?;
        self.revoked = 1;
        Ok(())
    }

    /// What holds after every instruction that changes an issuer.
    ///
    /// - It has this layout, a known source and kinds that exist.
    /// - It has a schema exactly if it attests.
    /// - Revoked is on or off.
    #[inline(never)]
    pub fn invariant(&self) -> Result<()> {
        let has_schema = self.schema != Address::default();
        let holds = self.version == VERSION
            && (self.source == ISSUER_NATIVE || self.attests())
            && has_schema == self.attests()
            && self.kinds != 0
            && self.kinds & !KINDS_ALL == 0
            && self.revoked <= 1;
        require!(holds, StakingError::InvariantViolated);
        Ok(())
    }
}
