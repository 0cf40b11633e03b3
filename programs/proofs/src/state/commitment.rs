//! A storage commitment: an operator's promise to keep the data under a root for a customer.

use {
    crate::{
        address::is_derived,
        constants::{CLOSE_DELAY_EPOCHS, CLOSE_TIMEOUT_EPOCHS, GIB, VERSION},
        error::ProofsError,
    },
    anchor_lang::prelude::*,
    core::mem::{offset_of, size_of},
    trestle_core::{seeds::SEED_COMMITMENT, storage::leaf_count},
    trestle_staking::versioned::Layout,
};

/// PDA `["commitment", operator, root]`.
#[account]
pub struct Commitment {
    /// Layout version.
    pub version: u8,
    /// Bump of this account's own address.
    pub bump: u8,
    /// See [`CommitmentStatus`].
    pub status: u8,
    /// Who fixed its last epoch, see [`EndedBy`]; zero while it is active.
    pub ended_by: u8,
    /// 124-byte leaves of the data, which is what challenges choose from.
    pub leaf_count: u32,
    /// The service that the operator works for.
    pub service: Address,
    /// The operator (staking account) who keeps the data.
    pub operator: Address,
    /// Whose data it is; paid the rent and gets it back.
    pub customer: Address,
    /// Poseidon root of the data.
    pub root: [u8; 32],
    /// Size of the data in bytes.
    pub size_bytes: u64,
    /// Epoch in which it was registered; it is challenged from the next one on.
    pub registered_epoch: u64,
    /// Last epoch that it serves; the largest number while it is active.
    pub ended_epoch: u64,
}

const _: () = assert!(size_of::<Commitment>() == 160);
const _: () = assert!(offset_of!(Commitment, operator) == 40);
const _: () = assert!(offset_of!(Commitment, root) == 104);
const _: () = assert!(offset_of!(Commitment, ended_epoch) == 152);

impl Layout for Commitment {
    const VERSION: u8 = VERSION;
}

/// Where a commitment stands, as its `status` byte.
#[repr(u8)]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CommitmentStatus {
    /// Serving, without an end.
    Active = 1,
    /// Its last epoch is fixed.
    Ended = 2,
}

/// Who fixed the last epoch of a commitment, as its `ended_by` byte: a lease owes its notice only
/// if that was the customer.
#[repr(u8)]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum EndedBy {
    /// The customer.
    Customer = 1,
    /// The operator, with the notice of the service.
    Operator = 2,
}

/// `ended_epoch` of a commitment that nobody has ended.
pub const NEVER: u64 = u64::MAX;

/// Who agreed, and when.
pub struct CommitmentParties {
    pub bump: u8,
    pub service: Address,
    pub operator: Address,
    pub customer: Address,
    pub registered_epoch: u64,
}

impl Commitment {
    /// Writes a fresh commitment to `size_bytes` of data under `root`.
    #[inline(never)]
    pub fn register(
        &mut self,
        parties: &CommitmentParties,
        root: [u8; 32],
        size_bytes: u64,
        capacity_gib: u64,
    ) -> Result<()> {
        let capacity = capacity_gib
            .checked_mul(GIB)
            .ok_or(ProofsError::MathOverflow)?;
        require!(
            size_bytes > 0 && size_bytes <= capacity,
            ProofsError::BadSize
        );
        self.version = VERSION;
        self.bump = parties.bump;
        self.status = CommitmentStatus::Active as u8;
        self.service = parties.service;
        self.operator = parties.operator;
        self.customer = parties.customer;
        self.root = root;
        self.size_bytes = size_bytes;
        self.leaf_count = leaf_count(size_bytes).map_err(|_| ProofsError::BadSize)?;
        self.registered_epoch = parties.registered_epoch;
        self.ended_epoch = NEVER;
        Ok(())
    }

    /// Whether it stands at the address that follows from its operator and its root.
    pub fn is_at(&self, address: &Address) -> bool {
        let seeds = [SEED_COMMITMENT, self.operator.as_ref(), &self.root];
        is_derived(&seeds, self.bump, address)
    }

    /// Fixes the last epoch. An end that is fixed can only become earlier, so an operator cannot
    /// renew its notice and a customer can still leave at once.
    pub fn end(&mut self, last_epoch: u64, by: EndedBy) -> Result<()> {
        require!(last_epoch < self.ended_epoch, ProofsError::CommitmentEnded);
        self.ended_by = by as u8;
        self.status = CommitmentStatus::Ended as u8;
        self.ended_epoch = last_epoch;
        Ok(())
    }

    /// Whether it was challenged in this epoch.
    pub fn serves(&self, epoch: u64) -> bool {
        self.registered_epoch < epoch && epoch <= self.ended_epoch
    }

    /// Refuses while somebody may need it: a challenge of a root of its last epoch opens it, and
    /// leases on it settle by that root. `passed_epoch` is the epoch in which it became final.
    pub fn check_closable(&self, now_epoch: u64, passed_epoch: Option<u64>) -> Result<()> {
        require!(
            self.status == CommitmentStatus::Ended as u8,
            ProofsError::CommitmentActive
        );
        let since = |epoch: u64| now_epoch.saturating_sub(epoch);
        let is_settled = passed_epoch.is_some_and(|epoch| since(epoch) > CLOSE_DELAY_EPOCHS);
        let is_over = is_settled || since(self.ended_epoch) > CLOSE_TIMEOUT_EPOCHS;
        require!(is_over, ProofsError::CommitmentNeeded);
        Ok(())
    }

    /// What holds after every instruction that changes a commitment.
    ///
    /// - It has this layout, data and leaves.
    /// - It has an end, and somebody who fixed it, exactly if it was ended.
    pub fn invariant(&self) -> Result<()> {
        let is_active = self.status == CommitmentStatus::Active as u8;
        let is_ended = self.status == CommitmentStatus::Ended as u8;
        let holds = self.version == VERSION
            && self.size_bytes > 0
            && self.leaf_count > 0
            && is_active != is_ended
            && is_active == (self.ended_epoch == NEVER)
            && is_active == (self.ended_by == 0);
        require!(holds, ProofsError::InvariantViolated);
        Ok(())
    }
}
