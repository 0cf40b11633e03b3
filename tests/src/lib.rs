//! Off chain: what the integration tests share.

pub mod artifacts;
