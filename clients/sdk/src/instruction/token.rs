//! Token accounts that the programs expect to exist.

use solana_instruction::Instruction;
use solana_pubkey::Pubkey;
use spl_associated_token_account_interface::instruction::create_associated_token_account_idempotent;

use crate::address::{TOKEN_2022_PROGRAM_ID, TOKEN_PROGRAM_ID};

/// Creates a wallet's usual account for a token, unless it exists.
pub fn token_account_create(payer: &Pubkey, wallet: &Pubkey, mint: &Pubkey) -> Instruction {
    create_associated_token_account_idempotent(payer, wallet, mint, &TOKEN_PROGRAM_ID)
}

/// Creates a wallet's usual account for a network's credits, unless it exists.
pub fn credit_account_create(payer: &Pubkey, wallet: &Pubkey, credit_mint: &Pubkey) -> Instruction {
    create_associated_token_account_idempotent(payer, wallet, credit_mint, &TOKEN_2022_PROGRAM_ID)
}
