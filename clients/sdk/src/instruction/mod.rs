//! Builders for every instruction of the four programs.
//!
//! They fill in what can be derived and leave to the caller what cannot: keys that sign, token
//! accounts and arguments. Account order and encoding are the programs' own.

pub mod beside;
pub mod billing;
pub mod clearance;
pub mod credits;
mod credits_groups;
pub mod proofs;
pub mod rewards;
pub mod staking;
mod staking_governance;
pub mod token;

#[cfg(test)]
mod tests;

use anchor_lang::{InstructionData, ToAccountMetas};
use solana_instruction::Instruction;
use solana_pubkey::Pubkey;

fn build(
    program_id: Pubkey,
    accounts: &impl ToAccountMetas,
    args: &impl InstructionData,
) -> Instruction {
    Instruction {
        program_id,
        accounts: accounts.to_account_metas(None),
        data: args.data(),
    }
}
