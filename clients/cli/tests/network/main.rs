//! The command line against real nodes on a local network.

mod lease;
#[path = "../../../sdk/tests/network/service.rs"]
mod service;
