//! One file for each instruction: its accounts, its checks, its one verb.

pub mod account_deposit;
pub mod account_open;
pub mod account_withdraw;
pub mod credits_buy_burn;
pub mod credits_buy_stable;
pub mod lease_close;
pub mod lease_end;
pub mod lease_open;
pub mod lease_renew;
pub mod lease_settle;
pub mod lease_transfer;
pub mod maintenance_declare;
pub mod market_create;
pub mod revenue_open;

// Globs, because the derive puts modules beside each struct that `#[program]` looks up by name.
pub use {
    account_deposit::*, account_open::*, account_withdraw::*, credits_buy_burn::*,
    credits_buy_stable::*, lease_close::*, lease_end::*, lease_open::*, lease_renew::*,
    lease_settle::*, lease_transfer::*, maintenance_declare::*, market_create::*, revenue_open::*,
};
