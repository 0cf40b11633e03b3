//! Off chain. The verifier service: it asks storage nodes for the leaves that the epoch's seed
//! chose, scores what they answered by the rules of `trestle_verify`, publishes inputs, evidence
//! and result, and casts its one vote in each epoch: by proposing when it is its turn, by attesting
//! what it recomputed otherwise.
//!
//! ```text
//! watcher ──view──┬── challenger ── nodes          chain/      reads, sends, journals
//!                 ├── voter ────── peers, chain    challenge/  what is asked, what answers prove
//!                 └── cranker ──── chain           epoch/      inputs, evidence, review (pure)
//!                          store, published files  vote/       score, propose, attest
//! ```
//!
//! Protocol decisions use the chain's clock only. There is no switch that makes it vote for
//! anything but what it computed.

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

pub mod chain;
pub mod challenge;
pub mod crank;
pub mod epoch;
pub mod error;
pub mod key;
pub mod metrics;
pub mod peers;
pub mod publish;
pub mod recompute;
pub mod server;
pub mod settings;
pub mod shared;
pub mod status;
pub mod store;
pub mod vote;
pub mod watch;
