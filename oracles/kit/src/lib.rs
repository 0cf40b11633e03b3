//! Off chain. What every Trestle service shares: settings, supervision, logs, metrics and health,
//! a database, bounded retries and the journal of sent transactions. No protocol rules.
//!
//! Services built on it are crash-only: whatever counts is on disk before it counts, so stopping
//! at any moment is as safe as losing power.

#![forbid(unsafe_code)]
#![cfg_attr(
    not(test),
    deny(
        clippy::unwrap_used,
        clippy::expect_used,
        clippy::panic,
        clippy::indexing_slicing
    )
)]

mod accept;
pub mod database;
pub mod health;
pub mod http;
pub mod journal;
pub mod journal_resolve;
pub mod journal_sqlite;
pub mod metrics;
pub mod retry;
pub mod settings;
pub mod supervisor;
pub mod telemetry;
