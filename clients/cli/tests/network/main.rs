//! The commands against a local network with the built programs, some of them with real nodes.

mod billing;
mod cluster;
mod doctor;
mod group;
mod home;
mod lease;
mod offline;
mod pay;
mod pool;
#[path = "../../../sdk/tests/network/service.rs"]
mod service;
mod slash;
