//! Off chain: everything a program, service or tool needs to talk to Trestle on Solana.
//!
//! | module | what it does |
//! |---|---|
//! | [`address`] | every program derived address |
//! | [`fetch`] | typed reads: one account, many, or all of a kind |
//! | [`instruction`] | a builder for every instruction of the four programs |
//! | [`send`] | simulate, set the compute budget, sign, submit, and say what became of it |
//! | [`decode`] | what an error code of any program means and what to do about it |
//! | [`challenge`] | what of a proposed root can be proven wrong |
//! | [`event`] | the programs' events out of a transaction's logs |
//! | [`history`] | the transactions of an account, and their events |
//! | [`invoice`] | what a customer paid for, rebuilt from events |
//! | [`time`] | the chain's clock |
//! | [`cluster`] | clusters by name or URL |
//! | [`deployment`] | the address book of one network |
//! | [`amount`] | decimal amounts to base units and back, without floats |
//! | [`clearance`] | what a policy asks for, and what vouches for a wallet |
//! | [`node`] | the HTTP API of a storage node |
//! | [`store`] | encrypt, erasure-code and place files on operators, and get them back |
//!
//! It never prints and never reads an environment variable: what it needs to know, it is told.
#![forbid(unsafe_code)]
#![deny(
    clippy::print_stdout,
    clippy::print_stderr,
    clippy::exit,
    clippy::dbg_macro
)]
#![cfg_attr(
    not(test),
    deny(
        clippy::unwrap_used,
        clippy::expect_used,
        clippy::panic,
        clippy::indexing_slicing
    )
)]

pub mod address;
pub mod amount;
pub mod challenge;
pub mod clearance;
pub mod cluster;
pub mod decode;
pub mod deployment;
pub mod encoding;
pub mod event;
pub mod fetch;
pub mod history;
pub mod instruction;
pub mod invoice;
pub mod node;
pub mod program;
pub mod request;
pub mod send;
pub mod store;
pub mod time;
