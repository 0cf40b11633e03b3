//! The one call of the staking program, with its data packed by hand.
//!
//! The generated call would need the staking program's dispatcher, which on chain is left out of
//! programs that depend on it. A test compares the bytes and the accounts with the generated ones.

use anchor_lang::{
    cpi::InstructionAccount, prelude::*, unchecked_invoke_signed_fixed, CpiHandle, CpiHandleMut,
};

/// First eight bytes of `sha256("global:bond_slash")`.
pub const BOND_SLASH: [u8; 8] = [0xc1, 0x0c, 0x0f, 0x17, 0x06, 0xc2, 0x15, 0x7d];
/// Bytes of the data: the number of the instruction, the mask and the epoch.
const DATA_BYTES: usize = 20;

/// Accounts of the instruction `bond_slash`, in its order.
pub struct BondSlash<'a> {
    pub slasher: CpiHandle<'a>,
    pub network: CpiHandleMut<'a>,
    pub verifiers: CpiHandleMut<'a>,
    pub bond_vault: CpiHandleMut<'a>,
    pub token_program: CpiHandle<'a>,
    pub token_mint: CpiHandleMut<'a>,
    pub insurance_vault: CpiHandleMut<'a>,
    pub challenger: CpiHandleMut<'a>,
}

impl<'a> BondSlash<'a> {
    /// Slashes the bonds of `signers` who voted in `voted_epoch`. A call that the staking program
    /// refuses ends the transaction with its error.
    pub fn invoke(
        self,
        program: &'a Address,
        seeds: &'a [&'a [&'a [u8]]],
        signers: u32,
        voted_epoch: u64,
    ) {
        let metas = [
            InstructionAccount::readonly_signer(self.slasher.address()),
            InstructionAccount::writable(self.network.address()),
            InstructionAccount::writable(self.verifiers.address()),
            InstructionAccount::writable(self.bond_vault.address()),
            InstructionAccount::readonly(self.token_program.address()),
            InstructionAccount::writable(self.token_mint.address()),
            InstructionAccount::writable(self.insurance_vault.address()),
            InstructionAccount::writable(self.challenger.address()),
        ];
        let handles = [
            self.slasher,
            self.network.into(),
            self.verifiers.into(),
            self.bond_vault.into(),
            self.token_program,
            self.token_mint.into(),
            self.insurance_vault.into(),
            self.challenger.into(),
        ];
        let data = data(signers, voted_epoch);
        unchecked_invoke_signed_fixed(program, &data, &metas, &handles, seeds);
    }
}

/// The data of the call.
pub fn data(signers: u32, voted_epoch: u64) -> [u8; DATA_BYTES] {
    let number = BOND_SLASH.into_iter();
    let arguments = signers
        .to_le_bytes()
        .into_iter()
        .chain(voted_epoch.to_le_bytes());
    let mut data = [0; DATA_BYTES];
    for (byte, value) in data.iter_mut().zip(number.chain(arguments)) {
        *byte = value;
    }
    data
}
