//! Off chain: a local Solana network with Trestle on it, for tests, the demo and developers.
#![forbid(unsafe_code)]

mod deployment;
mod faucet;
mod price;
mod surfnet;

pub use deployment::{
    default_folder, key, key_path, verifier_name, Deployed, Options, CHALLENGE_WINDOW_SECONDS,
    EPOCH_SECONDS, STABLE, TOKEN, UNBONDING_SECONDS,
};
pub use faucet::rpc_client;
pub use surfnet::{LocalNetwork, Ports, Remote, DEFAULT_RPC_PORT, DEFAULT_WS_PORT};
