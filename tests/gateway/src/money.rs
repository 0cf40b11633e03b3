//! Prices, and transfers of lamports.

use {
    crate::error::GatewayError,
    anchor_lang::{cpi::rent_exempt_lamports, prelude::*},
    trestle_core::{
        price::stable_for_credits,
        units::{Credits, StableAmount},
    },
};

/// What credits cost: the gateway sells them for what it pays.
pub fn price_of(credits: Credits) -> Result<StableAmount> {
    stable_for_credits(credits).map_err(|_| GatewayError::MathOverflow.into())
}

/// Lamports that an account with this many bytes of fields is created with.
pub fn rent_of(bytes: usize) -> Result<u64> {
    rent_exempt_lamports(bytes.saturating_add(crate::constants::DISCRIMINATOR_BYTES))
}

/// Moves lamports between addresses without data.
#[inline(never)]
pub fn pay<'a>(
    system_program: &'a Program<System>,
    from: CpiHandleMut<'a>,
    to: CpiHandleMut<'a>,
    seeds: &'a [&'a [&'a [u8]]],
    lamports: u64,
) -> Result<()> {
    let accounts = system_program::Transfer { from, to };
    let context = CpiContext::new_with_signer(system_program.address(), accounts, seeds);
    system_program::transfer(context, lamports)
}
