//! Storage commitments, which the proofs program owns and this program reads.
//!
//! A mirror of the layout, because a program that links two others links two dispatchers of the
//! same name. A test compares it with the original.

use {
    crate::address::is_derived,
    anchor_lang::{prelude::*, Discriminator, Owner},
    bytemuck::{Pod, Zeroable},
    core::mem::{offset_of, size_of},
    trestle_core::seeds::SEED_COMMITMENT,
    trestle_staking::{constants::PROOFS_ID, versioned::Layout},
};

/// Layout version of a commitment that this program knows.
pub const COMMITMENT_VERSION: u8 = 1;
/// `status` of a commitment that serves without an end.
pub const COMMITMENT_ACTIVE: u8 = 1;
/// `ended_by` of a commitment whose last epoch the customer fixed.
pub const ENDED_BY_CUSTOMER: u8 = 1;

/// The account `Commitment` of the proofs program. Loading it as `State<Commitment>` checks
/// owner, discriminator and version.
#[repr(C)]
#[derive(Clone, Copy, Debug, PartialEq, Eq, Pod, Zeroable)]
pub struct Commitment {
    /// Layout version.
    pub version: u8,
    /// Bump of the account's own address.
    pub bump: u8,
    /// 1 while it serves without an end, 2 once its last epoch is fixed.
    pub status: u8,
    /// Who fixed its last epoch: 1 the customer, 2 the operator, 0 while it is active.
    pub ended_by: u8,
    /// Leaves of the data.
    pub leaf_count: u32,
    /// The service that the operator works for.
    pub service: Address,
    /// The operator (staking account) who keeps the data.
    pub operator: Address,
    /// Whose data it is.
    pub customer: Address,
    /// Root of the data.
    pub root: [u8; 32],
    /// Size of the data in bytes.
    pub size_bytes: u64,
    /// Epoch in which it was registered.
    pub registered_epoch: u64,
    /// Last epoch that it serves; the largest number while it is active.
    pub ended_epoch: u64,
}

const _: () = assert!(size_of::<Commitment>() == 160);
const _: () = assert!(offset_of!(Commitment, operator) == 40);
const _: () = assert!(offset_of!(Commitment, ended_epoch) == 152);

impl Owner for Commitment {
    const OWNER: Address = PROOFS_ID;
}

impl Discriminator for Commitment {
    /// First eight bytes of `sha256("account:Commitment")`.
    const DISCRIMINATOR: &'static [u8] = &[61, 112, 129, 128, 24, 147, 77, 87];
}

impl Layout for Commitment {
    const VERSION: u8 = COMMITMENT_VERSION;
}

/// Described in the interface of the program that owns it.
impl IdlAccountType for Commitment {}

impl Commitment {
    /// Whether `address` is the one that the operator and the root give.
    pub fn is_at(&self, address: &Address) -> bool {
        let seeds = [SEED_COMMITMENT, self.operator.as_ref(), &self.root];
        is_derived(address, seeds, self.bump, &PROOFS_ID)
    }

    /// Whether the customer fixed its last epoch.
    pub fn is_ended_by_customer(&self) -> bool {
        self.ended_by == ENDED_BY_CUSTOMER
    }

    /// Whether nobody has ended it.
    pub fn is_active(&self) -> bool {
        self.status == COMMITMENT_ACTIVE
    }
}
