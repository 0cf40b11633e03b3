//! One file for each instruction: its accounts, its checks, its one verb.

pub mod claim_migrate;
pub mod claim_open;
pub mod claim_stable_payout_set;
pub mod claim_sync;
pub mod delegation_pay;
pub mod emission_open;
pub mod epoch_allot;
pub mod held_release;
pub mod held_slash;
pub mod pool_change_apply;
pub mod pool_change_cancel;
pub mod pool_change_propose;
pub mod pool_fund;
pub mod pool_open;
pub mod pool_stable_open;
pub mod reward_claim;
pub mod reward_claim_stable;
pub mod reward_push;

// Globs, because the derive puts modules beside each struct that `#[program]` looks up by name.
pub use {
    claim_migrate::*, claim_open::*, claim_stable_payout_set::*, claim_sync::*, delegation_pay::*,
    emission_open::*, epoch_allot::*, held_release::*, held_slash::*, pool_change_apply::*,
    pool_change_cancel::*, pool_change_propose::*, pool_fund::*, pool_open::*, pool_stable_open::*,
    reward_claim::*, reward_claim_stable::*, reward_push::*,
};
