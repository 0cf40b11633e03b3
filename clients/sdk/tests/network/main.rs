//! The SDK against a local network with the built programs and real nodes.

mod gateway;
mod send;
mod service;
mod store;
