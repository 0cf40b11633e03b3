//! The commands against a local network with the built programs.

mod billing;
mod cluster;
mod offline;
mod pool;
