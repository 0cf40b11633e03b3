//! One file for each instruction: its accounts, its checks, its one verb.

pub mod claim_open;
pub mod claim_sync;
pub mod epoch_allot;
pub mod pool_fund;
pub mod pool_open;
pub mod reward_claim;
pub mod reward_push;

// Globs, because the derive puts modules beside each struct that `#[program]` looks up by name.
pub use {
    claim_open::*, claim_sync::*, epoch_allot::*, pool_fund::*, pool_open::*, reward_claim::*,
    reward_push::*,
};
