//! Final roots: the record of one epoch and the ring account of the last 64 of a service.

use crate::{
    hash::{sha256, Hash, TAG_INPUTS, TAG_ROOT, ZERO_HASH},
    leaf::Totals,
};
use bytemuck::{Pod, Zeroable};
use core::{
    fmt,
    mem::{offset_of, size_of},
};

/// Final roots that a service keeps. A claim may name any of them, so this many epochs is how
/// long a proof stays valid.
pub const RING_LEN: usize = 64;
const SLOT_MASK: u64 = RING_LEN as u64 - 1;
const _: () = assert!(RING_LEN.is_power_of_two());
/// Anchor's discriminator of the account: the first 8 bytes of sha256("account:RootRing").
pub const ROOT_RING_DISCRIMINATOR: [u8; 8] = [0x24, 0xc2, 0x3c, 0x7e, 0x11, 0xd8, 0xf3, 0x68];
/// Bytes of the whole account: discriminator and ring.
pub const ROOT_RING_ACCOUNT_LEN: usize = 8 + size_of::<RootRing>();
/// Layout version that programs of this release write.
pub const ROOT_RING_VERSION: u8 = 1;

/// Final root of one epoch of a service.
#[repr(C)]
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Pod, Zeroable)]
pub struct FinalRoot {
    /// The epoch that the root closes.
    pub epoch: u64,
    /// Root of the payout tree.
    pub tree_root: Hash,
    /// [`root_digest`] of the record, which chains it to the one before.
    pub digest: Hash,
    /// [`inputs_digest`] of what the tree was computed from.
    pub inputs_digest: Hash,
    /// Sums over the leaves.
    pub totals: Totals,
    /// Number of leaves.
    pub leaf_count: u32,
    /// Version of the verification rules.
    pub rules_version: u32,
    /// Unix seconds at which the challenge window was over and the root became final.
    pub finalized_at: i64,
}

/// Account of the proofs program with the last final roots of a service. 9.8 KB: hold it by
/// reference only, it does not fit a stack frame on chain.
#[repr(C)]
#[derive(Clone, Copy, Debug, PartialEq, Eq, Pod, Zeroable)]
pub struct RootRing {
    /// Layout version.
    pub version: u8,
    /// Bump of the account's address.
    pub bump: u8,
    /// 1 while the service is declared stalled; the next root takes it back.
    pub stalled: u8,
    /// Keeps the next fields aligned; zero.
    pub _pad: [u8; 5],
    /// Service that the roots belong to.
    pub service: [u8; 32],
    /// Epoch of the newest root; 0 while there is none.
    pub latest_epoch: u64,
    /// Roots ever finalized.
    pub count: u64,
    /// The roots; number n stands at n modulo [`RING_LEN`].
    pub entries: [FinalRoot; RING_LEN],
}

const _: () = {
    assert!(size_of::<FinalRoot>() == 152);
    assert!(offset_of!(FinalRoot, totals) == 104);
    assert!(offset_of!(FinalRoot, finalized_at) == 144);
    assert!(size_of::<RootRing>() == 9_784);
    assert!(offset_of!(RootRing, entries) == 56);
    // One instruction can create an account of at most 10,240 bytes.
    assert!(ROOT_RING_ACCOUNT_LEN <= 10_240);
};

/// Everything that the digest of a root record binds.
#[derive(Clone, Copy, Debug)]
pub struct RootFields<'a> {
    /// Address of the Network.
    pub network: &'a [u8; 32],
    /// Address of the Service.
    pub service: &'a [u8; 32],
    /// The epoch that the root closes.
    pub epoch: u64,
    /// Root of the payout tree.
    pub tree_root: &'a Hash,
    /// Number of leaves.
    pub leaf_count: u32,
    /// Sums over the leaves.
    pub totals: &'a Totals,
    /// Digest of the final root before, [`ZERO_HASH`] for the first.
    pub previous_digest: &'a Hash,
    /// [`inputs_digest`] of what the tree was computed from.
    pub inputs_digest: &'a Hash,
    /// Version of the verification rules.
    pub rules_version: u32,
}

/// The ring refuses roots that are not newer than its newest.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct EpochNotNewer;

impl fmt::Display for EpochNotNewer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the epoch is not newer than the latest final one; propose a later epoch")
    }
}

impl core::error::Error for EpochNotNewer {}

/// Digest of a root record: what verifiers attest.
pub fn root_digest(fields: &RootFields<'_>) -> Hash {
    sha256(&[
        &[TAG_ROOT],
        fields.network,
        fields.service,
        &fields.epoch.to_le_bytes(),
        fields.tree_root,
        &fields.leaf_count.to_le_bytes(),
        bytemuck::bytes_of(fields.totals),
        fields.previous_digest,
        fields.inputs_digest,
        &fields.rules_version.to_le_bytes(),
    ])
}

/// Digest of an epoch's inputs: the evidence tree and everything else (`context_digest`).
pub fn inputs_digest(evidence_root: &Hash, evidence_count: u32, context_digest: &Hash) -> Hash {
    sha256(&[
        &[TAG_INPUTS],
        evidence_root,
        &evidence_count.to_le_bytes(),
        context_digest,
    ])
}

impl RootRing {
    /// The ring in the bytes of an account. `None` if length or discriminator are another
    /// account's, or if the bytes are not aligned to 8. Owner and address are for the caller to
    /// check.
    pub fn from_account_data(data: &[u8]) -> Option<&Self> {
        let body = data.strip_prefix(&ROOT_RING_DISCRIMINATOR)?;
        bytemuck::try_from_bytes(body).ok()
    }

    /// A copy of the ring in bytes of any alignment, for clients. `None`
    /// also if its layout is of another version.
    #[cfg(feature = "host")]
    pub fn read_account_data(data: &[u8]) -> Option<std::boxed::Box<Self>> {
        let body = data.strip_prefix(&ROOT_RING_DISCRIMINATOR)?;
        let ring: Self = bytemuck::try_pod_read_unaligned(body).ok()?;
        (ring.version == ROOT_RING_VERSION).then(|| std::boxed::Box::new(ring))
    }

    /// The newest final root.
    pub fn latest(&self) -> Option<&FinalRoot> {
        self.entries.get(slot_of(self.count.checked_sub(1)?))
    }

    /// Digest of the newest final root, [`ZERO_HASH`] before the first.
    pub fn latest_digest(&self) -> Hash {
        self.latest().map_or(ZERO_HASH, |root| root.digest)
    }

    /// The final root of an epoch, if it is still in the ring.
    pub fn find(&self, epoch: u64) -> Option<&FinalRoot> {
        let newest = self.count.checked_sub(1)?;
        let kept = self.count.min(RING_LEN as u64);
        // Epochs only ascend, so a root is at most as many places back as epochs: without gaps the
        // first look finds it.
        let mut back = self
            .latest_epoch
            .checked_sub(epoch)?
            .min(kept.saturating_sub(1));
        loop {
            let root = self.entries.get(slot_of(newest.checked_sub(back)?))?;
            if root.epoch == epoch {
                return Some(root);
            }
            if root.epoch > epoch {
                return None;
            }
            back = back.checked_sub(1)?;
        }
    }

    /// The final roots that the ring holds, oldest first.
    pub fn by_age(&self) -> impl DoubleEndedIterator<Item = &FinalRoot> {
        let kept = self.count.min(RING_LEN as u64);
        let numbers = self.count.saturating_sub(kept)..self.count;
        numbers.filter_map(|number| self.entries.get(slot_of(number)))
    }

    /// The oldest final root of this epoch or a later one that the ring holds.
    #[inline(never)]
    pub fn oldest_from(&self, epoch: u64) -> Option<&FinalRoot> {
        self.by_age().find(|root| root.epoch >= epoch)
    }

    /// Adds the newest root over the oldest. A service with a new root is stalled no longer.
    pub fn push(&mut self, root: &FinalRoot) -> Result<(), EpochNotNewer> {
        if self.count > 0 && root.epoch <= self.latest_epoch {
            return Err(EpochNotNewer);
        }
        let count = self.count.checked_add(1).ok_or(EpochNotNewer)?;
        let slot = self
            .entries
            .get_mut(slot_of(self.count))
            .ok_or(EpochNotNewer)?;
        *slot = *root;
        self.count = count;
        self.latest_epoch = root.epoch;
        self.stalled = 0;
        Ok(())
    }
}

/// Where root or allotment `number` stands in a ring.
pub(crate) const fn slot_of(number: u64) -> usize {
    // Below the length of the ring, so that nothing is cut off.
    (number & SLOT_MASK) as usize
}
