//! Seeds and limits. Each limit carries its unit and the reason for its value.

use anchor_lang::prelude::*;

/// Layout version that every account of this program is written with.
pub const VERSION: u8 = 1;

/// The program that owns the reward pools.
pub const REWARDS_ID: Address = Address::new_from_array(trestle_core::program_ids::REWARDS_ID);

/// Final roots that a service keeps: what fits into the 10,240 bytes an instruction can create.
pub const ROOTS_MAX: usize = trestle_core::root::RING_LEN;
/// Seeds that a service keeps: as many as roots, so that every kept root can be recomputed.
pub const SEEDS_MAX: usize = 64;
/// Verifiers in a set: as many as one `u32` of votes can name.
pub const VERIFIERS_MAX: usize = trestle_staking::constants::VERIFIERS_MAX;

/// Verifiers that must have signed a root, however large the bond of one of them is.
pub const SIGNERS_MIN: u32 = 2;
/// A root needs at least `QUORUM_NUMERATOR / QUORUM_DENOMINATOR` of the weight of its round.
pub const QUORUM_NUMERATOR: u128 = 2;
/// See [`QUORUM_NUMERATOR`].
pub const QUORUM_DENOMINATOR: u128 = 3;

/// Leaves in one challenge of the totals: what the largest transaction (4,096 bytes) can carry.
pub const TOTALS_LEAVES_MAX: usize = 28;

/// Bytes in a GiB, the unit in which operators offer capacity.
pub const GIB: u64 = 1 << 30;
/// Epochs during which a commitment stays after its last one got a final root: leases on it settle
/// meanwhile. However late the root comes, nobody can close it in the same breath.
pub const CLOSE_DELAY_EPOCHS: u64 = 2;
/// Epochs after which an ended commitment can be closed although no root has passed it: its last
/// seed has then left the ring, so nothing can be proven with it any more.
pub const CLOSE_TIMEOUT_EPOCHS: u64 = SEEDS_MAX as u64;

/// Epochs without a new final root after which anybody can declare a service stalled. A root of the
/// slowest network becomes final seven epochs after its own: an epoch to attest, a window of four,
/// a dispute of one. Twice that and more, so that neither a dispute nor a handful of lost roots in
/// a row ever lets anybody out of an agreement.
pub const ESCAPE_EPOCHS: u64 = 16;
