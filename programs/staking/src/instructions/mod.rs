//! One file for each instruction: its accounts, its checks, its one verb.

pub mod authority_accept;
pub mod authority_propose;
pub mod bond_slash;
pub mod clearance_close;
pub mod clearance_grant;
pub mod clearance_revoke;
pub mod commission_change;
pub mod delegation_claim;
pub mod delegation_close;
pub mod delegation_deposit;
pub mod delegation_fund;
pub mod delegation_pool_open;
pub mod delegation_unbond;
pub mod delegation_withdraw;
pub mod delegator_vaults_open;
pub mod issuer_admit;
pub mod issuer_revoke;
pub mod network_change_apply;
pub mod network_change_cancel;
pub mod network_change_propose;
pub mod network_create;
pub mod network_pause;
pub mod operator_devices_set;
pub mod operator_exit;
pub mod operator_key_accept;
pub mod operator_key_propose;
pub mod operator_register;
pub mod operator_release;
pub mod operator_update;
pub mod policy_change_apply;
pub mod policy_change_cancel;
pub mod policy_change_propose;
pub mod policy_create;
pub mod service_change_apply;
pub mod service_change_cancel;
pub mod service_change_propose;
pub mod service_create;
pub mod slash_apply;
pub mod slash_record;
pub mod stake_deposit;
pub mod stake_unbond;
pub mod stake_withdraw;
pub mod verifier_bond_add;
pub mod verifier_displace;
pub mod verifier_exit;
pub mod verifier_register;
pub mod verifier_remove;
pub mod verifier_withdraw;

// Globs, because the derive puts modules beside each struct that `#[program]` looks up by name.
pub use {
    authority_accept::*, authority_propose::*, bond_slash::*, clearance_close::*,
    clearance_grant::*, clearance_revoke::*, commission_change::*, delegation_claim::*,
    delegation_close::*, delegation_deposit::*, delegation_fund::*, delegation_pool_open::*,
    delegation_unbond::*, delegation_withdraw::*, delegator_vaults_open::*, issuer_admit::*,
    issuer_revoke::*, network_change_apply::*, network_change_cancel::*, network_change_propose::*,
    network_create::*, network_pause::*, operator_devices_set::*, operator_exit::*,
    operator_key_accept::*, operator_key_propose::*, operator_register::*, operator_release::*,
    operator_update::*, policy_change_apply::*, policy_change_cancel::*, policy_change_propose::*,
    policy_create::*, service_change_apply::*, service_change_cancel::*, service_change_propose::*,
    service_create::*, slash_apply::*, slash_record::*, stake_deposit::*, stake_unbond::*,
    stake_withdraw::*, verifier_bond_add::*, verifier_displace::*, verifier_exit::*,
    verifier_register::*, verifier_remove::*, verifier_withdraw::*,
};
