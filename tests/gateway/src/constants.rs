//! Seeds and the like.

/// Layout version that every account of this program is written with.
pub const VERSION: u8 = 1;

/// Of a gateway.
pub const SEED_GATEWAY: &[u8] = b"gateway";
/// Of the address that is the customer.
pub const SEED_CUSTOMER: &[u8] = b"customer";
/// Of the token account with the stablecoin.
pub const SEED_TILL: &[u8] = b"till";
/// Of the plan that a gateway serves.
pub const SEED_PLAN: &[u8] = b"plan";

/// A plan that has been paid and has no lease yet.
pub const PLAN_OPEN: u8 = 1;
/// A plan that a lease was opened for.
pub const PLAN_LEASED: u8 = 2;

/// Bytes before an account's fields that say of which type it is.
pub const DISCRIMINATOR_BYTES: usize = 8;
