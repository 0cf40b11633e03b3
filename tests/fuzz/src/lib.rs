//! Off chain: everything that reads bytes of strangers, fed with bytes of strangers.
//!
//! A [`Target`] reads any bytes: it must neither panic nor take them for something that it would
//! write in another way. Its samples are what it should accept, from which a fuzzer begins.

mod accounts;
mod arguments;
mod clients;
mod published;

/// A reader, and what it should accept.
pub struct Target {
    pub name: &'static str,
    /// Reads the bytes and says whether it took them; panics where something does not hold.
    pub read: fn(&[u8]) -> bool,
    pub samples: fn() -> Vec<Vec<u8>>,
}

/// All of them.
pub fn targets() -> Vec<Target> {
    [
        accounts::targets(),
        arguments::targets(),
        clients::targets(),
        published::targets(),
    ]
    .into_iter()
    .flatten()
    .collect()
}
