//! One file for each instruction: its accounts, its checks, its one verb.

pub mod gateway_open;
pub mod gateway_withdraw;
pub mod plan_cancel;
pub mod plan_close;
pub mod plan_end;
pub mod plan_lease;
pub mod plan_open;
pub mod plan_settle;

// Globs, because the derive puts modules beside each struct that `#[program]` looks up by name.
pub use {
    gateway_open::*, gateway_withdraw::*, plan_cancel::*, plan_close::*, plan_end::*,
    plan_lease::*, plan_open::*, plan_settle::*,
};
