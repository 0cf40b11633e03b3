//! The accounts of this program.

mod gateway;
mod plan;

pub use {
    gateway::{CustomerSigner, Gateway, GatewayAccounts},
    plan::{Plan, PlanLease},
};
