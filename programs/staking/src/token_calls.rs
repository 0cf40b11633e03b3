//! Calls of the token programs with the data packed by hand.
//!
//! The general helpers allocate the instruction and search its accounts: a transfer through them
//! costs 3,000 CU more than through these. The bytes are the same: a test compares them with the
//! SPL crates' own encoders. Each call works with either token program.

use anchor_lang::{
    cpi::InstructionAccount, prelude::*, unchecked_invoke_signed_fixed, CpiHandle, CpiHandleMut,
};

/// Number of the transfer instruction.
pub const TRANSFER: u8 = 3;
/// Number of the mint instruction.
pub const MINT_TO: u8 = 7;
/// Number of the burn instruction.
pub const BURN: u8 = 8;

/// Bytes of an instruction number and an amount.
const DATA_BYTES: usize = 9;

/// Seeds of the program address that signs; empty when the authority signed the transaction.
pub type SignerSeeds<'a> = &'a [&'a [&'a [u8]]];

/// Moves `amount` from one token account to another of the same mint.
#[inline(always)]
pub fn transfer<'a>(
    token_program: &'a Address,
    from: CpiHandleMut<'a>,
    to: CpiHandleMut<'a>,
    authority: CpiHandle<'a>,
    seeds: SignerSeeds<'a>,
    amount: u64,
) {
    call(
        token_program,
        from,
        to,
        authority,
        seeds,
        &data(TRANSFER, amount),
    );
}

/// Mints `amount` into a token account.
#[inline(always)]
pub fn mint_to<'a>(
    token_program: &'a Address,
    mint: CpiHandleMut<'a>,
    to: CpiHandleMut<'a>,
    authority: CpiHandle<'a>,
    seeds: SignerSeeds<'a>,
    amount: u64,
) {
    call(
        token_program,
        mint,
        to,
        authority,
        seeds,
        &data(MINT_TO, amount),
    );
}

/// Burns `amount` from a token account.
#[inline(always)]
pub fn burn<'a>(
    token_program: &'a Address,
    from: CpiHandleMut<'a>,
    mint: CpiHandleMut<'a>,
    authority: CpiHandle<'a>,
    seeds: SignerSeeds<'a>,
    amount: u64,
) {
    call(
        token_program,
        from,
        mint,
        authority,
        seeds,
        &data(BURN, amount),
    );
}

/// The data of one of these calls.
pub fn data(instruction: u8, amount: u64) -> [u8; DATA_BYTES] {
    let [a, b, c, d, e, f, g, h] = amount.to_le_bytes();
    [instruction, a, b, c, d, e, f, g, h]
}

/// All three instructions take two writable accounts and an authority. A call that the token
/// program refuses ends the transaction with the token program's error. One copy serves all calls:
/// inlined it would make the program 7 KB larger.
#[inline(never)]
fn call<'a>(
    token_program: &'a Address,
    first: CpiHandleMut<'a>,
    second: CpiHandleMut<'a>,
    authority: CpiHandle<'a>,
    seeds: SignerSeeds<'a>,
    data: &[u8; DATA_BYTES],
) {
    let metas = [
        InstructionAccount::writable(first.address()),
        InstructionAccount::writable(second.address()),
        InstructionAccount::readonly_signer(authority.address()),
    ];
    let handles = [first.into(), second.into(), authority];
    unchecked_invoke_signed_fixed(token_program, data, &metas, &handles, seeds);
}

/// Number of the instruction that closes a token account.
pub const CLOSE_ACCOUNT: u8 = 9;

/// Closes an empty token account; its rent goes to `destination`.
pub fn close_account<'a>(
    token_program: &'a Address,
    account: CpiHandleMut<'a>,
    destination: CpiHandleMut<'a>,
    authority: CpiHandle<'a>,
    seeds: SignerSeeds<'a>,
) {
    let metas = [
        InstructionAccount::writable(account.address()),
        InstructionAccount::writable(destination.address()),
        InstructionAccount::readonly_signer(authority.address()),
    ];
    let handles = [account.into(), destination.into(), authority];
    unchecked_invoke_signed_fixed(token_program, &[CLOSE_ACCOUNT], &metas, &handles, seeds);
}
