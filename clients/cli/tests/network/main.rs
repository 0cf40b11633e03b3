//! The commands against a local network with the built programs.

mod billing;
mod cluster;
mod doctor;
mod offline;
mod pool;
