//! One file for each instruction: its accounts, its checks, its one verb.

pub mod authority_accept;
pub mod authority_propose;
pub mod bond_slash;
pub mod clearance_close;
pub mod clearance_grant;
pub mod clearance_revoke;
pub mod issuer_admit;
pub mod issuer_revoke;
pub mod network_create;
pub mod network_pause;
pub mod operator_register;
pub mod operator_update;
pub mod policy_change_apply;
pub mod policy_change_cancel;
pub mod policy_change_propose;
pub mod policy_create;
pub mod service_create;
pub mod slash_apply;
pub mod stake_deposit;
pub mod stake_unbond;
pub mod stake_withdraw;
pub mod verifier_exit;
pub mod verifier_register;
pub mod verifier_withdraw;

// Globs, because the derive puts modules beside each struct that `#[program]` looks up by name.
pub use {
    authority_accept::*, authority_propose::*, bond_slash::*, clearance_close::*,
    clearance_grant::*, clearance_revoke::*, issuer_admit::*, issuer_revoke::*, network_create::*,
    network_pause::*, operator_register::*, operator_update::*, policy_change_apply::*,
    policy_change_cancel::*, policy_change_propose::*, policy_create::*, service_create::*,
    slash_apply::*, stake_deposit::*, stake_unbond::*, stake_withdraw::*, verifier_exit::*,
    verifier_register::*, verifier_withdraw::*,
};
