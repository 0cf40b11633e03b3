//! What transactions leave in their logs.

use {
    anchor_lang::Discriminator,
    base64::{prelude::BASE64_STANDARD, Engine},
    bytemuck::Pod,
    solana_address::Address,
};

/// The event in a log line, if it is one of this type.
pub fn event<E: Discriminator + Pod>(line: &str) -> Option<E> {
    let data = BASE64_STANDARD
        .decode(line.strip_prefix("Program data: ")?)
        .ok()?;
    let body = data.strip_prefix(E::DISCRIMINATOR)?;
    bytemuck::try_pod_read_unaligned(body).ok()
}

/// The innermost program that failed: it is the first to say so.
pub fn failed_program(logs: &[String]) -> Option<Address> {
    logs.iter().find_map(|line| {
        let (program, _) = line.strip_prefix("Program ")?.split_once(" failed: ")?;
        program.parse().ok()
    })
}
