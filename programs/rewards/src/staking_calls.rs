//! The calls of the staking program, with their data packed by hand.
//!
//! The generated calls would need the staking program's dispatcher, which on chain is left out of
//! programs that depend on it. A test compares the bytes and the accounts with the generated ones.

use anchor_lang::{
    cpi::InstructionAccount, prelude::*, unchecked_invoke_signed_fixed, CpiHandle, CpiHandleMut,
};

/// First eight bytes of `sha256("global:delegation_fund")`.
pub const DELEGATION_FUND: [u8; 8] = [0x40, 0xef, 0xec, 0x89, 0xdc, 0x93, 0x27, 0xda];
/// First eight bytes of `sha256("global:slash_record")`.
pub const SLASH_RECORD: [u8; 8] = [0x70, 0xe0, 0x91, 0x19, 0xc9, 0xf3, 0x13, 0x02];
/// Bytes of the data: the number of the instruction and the two amounts.
const DATA_BYTES: usize = 24;

/// Accounts of the instruction `delegation_fund`, in its order.
pub struct DelegationFund<'a> {
    pub distributor: CpiHandle<'a>,
    pub network: CpiHandle<'a>,
    pub pool: CpiHandleMut<'a>,
    pub vaults: CpiHandleMut<'a>,
    pub token_vault: CpiHandleMut<'a>,
    pub stable_vault: CpiHandleMut<'a>,
}

impl<'a> DelegationFund<'a> {
    /// Tells the staking program what its vaults received for the delegators of a pool. A call that
    /// it refuses ends the transaction with its error.
    pub fn invoke(
        self,
        program: &'a Address,
        seeds: &'a [&'a [&'a [u8]]],
        tokens: u64,
        stable: u64,
    ) {
        let metas = [
            InstructionAccount::readonly_signer(self.distributor.address()),
            InstructionAccount::readonly(self.network.address()),
            InstructionAccount::writable(self.pool.address()),
            InstructionAccount::writable(self.vaults.address()),
            InstructionAccount::writable(self.token_vault.address()),
            InstructionAccount::writable(self.stable_vault.address()),
        ];
        let handles = [
            self.distributor,
            self.network,
            self.pool.into(),
            self.vaults.into(),
            self.token_vault.into(),
            self.stable_vault.into(),
        ];
        let data = data(DELEGATION_FUND, tokens, stable);
        unchecked_invoke_signed_fixed(program, &data, &metas, &handles, seeds);
    }
}

/// Accounts of the instruction `slash_record`, in its order.
pub struct SlashRecord<'a> {
    pub pool: CpiHandle<'a>,
    pub operator: CpiHandleMut<'a>,
}

impl<'a> SlashRecord<'a> {
    /// Tells the staking program what a slash took of an operator's pay, and by which counter of
    /// its leaf. A call that it refuses ends the transaction with its error.
    pub fn invoke(
        self,
        program: &'a Address,
        seeds: &'a [&'a [&'a [u8]]],
        slashed: u64,
        amount: u64,
    ) {
        let metas = [
            InstructionAccount::readonly_signer(self.pool.address()),
            InstructionAccount::writable(self.operator.address()),
        ];
        let handles = [self.pool, self.operator.into()];
        let data = data(SLASH_RECORD, slashed, amount);
        unchecked_invoke_signed_fixed(program, &data, &metas, &handles, seeds);
    }
}

/// The data of a call: its number and its two amounts.
pub fn data(number: [u8; 8], first: u64, second: u64) -> [u8; DATA_BYTES] {
    let number = number.into_iter();
    let amounts = first.to_le_bytes().into_iter().chain(second.to_le_bytes());
    let mut data = [0; DATA_BYTES];
    for (byte, value) in data.iter_mut().zip(number.chain(amounts)) {
        *byte = value;
    }
    data
}
