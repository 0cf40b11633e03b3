//! One file for each instruction: its accounts, its checks, its one verb.

pub mod account_deposit;
pub mod account_open;
pub mod account_withdraw;
pub mod biller_set;
pub mod card_chargeback;
pub mod card_chargeback_resolve;
pub mod card_close;
pub mod card_refund;
pub mod card_sell;
pub mod credits_buy_burn;
pub mod credits_buy_stable;
pub mod delegate_remove;
pub mod delegate_set;
pub mod insurance_pay;
pub mod lease_close;
pub mod lease_end;
pub mod lease_group_close;
pub mod lease_group_end;
pub mod lease_group_join;
pub mod lease_group_open;
pub mod lease_group_record;
pub mod lease_group_settle;
pub mod lease_open;
pub mod lease_renew;
pub mod lease_settle;
pub mod lease_transfer;
pub mod maintenance_declare;
pub mod market_change_apply;
pub mod market_change_cancel;
pub mod market_change_propose;
pub mod market_create;
pub mod meter_close;
pub mod meter_deposit;
pub mod meter_end;
pub mod meter_open;
pub mod meter_settle;
pub mod revenue_open;
pub mod revenue_release;
pub mod topup_remove;
pub mod topup_run;
pub mod topup_set;
pub mod treasury_open;
pub mod treasury_withdraw;

// Globs, because the derive puts modules beside each struct that `#[program]` looks up by name.
pub use {
    account_deposit::*, account_open::*, account_withdraw::*, biller_set::*, card_chargeback::*,
    card_chargeback_resolve::*, card_close::*, card_refund::*, card_sell::*, credits_buy_burn::*,
    credits_buy_stable::*, delegate_remove::*, delegate_set::*, insurance_pay::*, lease_close::*,
    lease_end::*, lease_group_close::*, lease_group_end::*, lease_group_join::*,
    lease_group_open::*, lease_group_record::*, lease_group_settle::*, lease_open::*,
    lease_renew::*, lease_settle::*, lease_transfer::*, maintenance_declare::*,
    market_change_apply::*, market_change_cancel::*, market_change_propose::*, market_create::*,
    meter_close::*, meter_deposit::*, meter_end::*, meter_open::*, meter_settle::*,
    revenue_open::*, revenue_release::*, topup_remove::*, topup_run::*, topup_set::*,
    treasury_open::*, treasury_withdraw::*,
};
