//! What the verifier reads from the chain and how it sends.

mod read;
mod send;
mod status;
mod view;

pub use read::{ChainReader, ReadError};
pub use send::{Action, ActionSender, Sent};
pub use status::RpcStatus;
pub use view::{ChainView, Registry, ViewReceiver};
