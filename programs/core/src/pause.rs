//! What of a network is paused: a mask of areas, one for each program.
//!
//! A pause stops what brings value in through that program. Exits, claims, refunds and slashes are
//! of no area: nothing can pause them.

/// staking: new operators, stake, verifiers and bonds.
pub const AREA_STAKING: u8 = 1;
/// proofs: new commitments.
pub const AREA_PROOFS: u8 = 2;
/// rewards: new pools, funding and allotments.
pub const AREA_REWARDS: u8 = 4;
/// credits: sales, deposits and new leases.
pub const AREA_CREDITS: u8 = 8;
/// Every area.
pub const ALL: u8 = AREA_STAKING | AREA_PROOFS | AREA_REWARDS | AREA_CREDITS;

/// Each area by the name of its program.
pub const AREAS: [(u8, &str); 4] = [
    (AREA_STAKING, "staking"),
    (AREA_PROOFS, "proofs"),
    (AREA_REWARDS, "rewards"),
    (AREA_CREDITS, "credits"),
];

/// Whether any of `areas` is paused in `mask`.
pub const fn is_paused(mask: u8, areas: u8) -> bool {
    mask & areas != 0
}

/// Whether `mask` names areas that exist, and at least one.
pub const fn is_valid(mask: u8) -> bool {
    mask != 0 && mask & !ALL == 0
}

/// The mask after `areas` were paused.
pub const fn paused(mask: u8, areas: u8) -> u8 {
    mask | areas
}

/// The mask after `areas` were resumed.
pub const fn resumed(mask: u8, areas: u8) -> u8 {
    mask & !areas
}
