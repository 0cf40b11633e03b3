//! Token accounts that the programs expect to exist.

use solana_instruction::{AccountMeta, Instruction};
use solana_pubkey::Pubkey;
use spl_associated_token_account_interface::instruction::create_associated_token_account_idempotent;
use spl_token_2022_interface::instruction::TokenInstruction;

use crate::address::{TOKEN_2022_PROGRAM_ID, TOKEN_PROGRAM_ID};

/// Creates a wallet's usual account for a token, unless it exists.
pub fn token_account_create(payer: &Pubkey, wallet: &Pubkey, mint: &Pubkey) -> Instruction {
    create_associated_token_account_idempotent(payer, wallet, mint, &TOKEN_PROGRAM_ID)
}

/// Creates a wallet's usual account for a network's credits, unless it exists.
pub fn credit_account_create(payer: &Pubkey, wallet: &Pubkey, credit_mint: &Pubkey) -> Instruction {
    create_associated_token_account_idempotent(payer, wallet, credit_mint, &TOKEN_2022_PROGRAM_ID)
}

/// Lets `spender` take this many base units from a token account. Signed by its owner.
pub fn token_approve(
    source: &Pubkey,
    spender: &Pubkey,
    owner: &Pubkey,
    amount: u64,
) -> Instruction {
    let accounts = vec![
        AccountMeta::new(*source, false),
        AccountMeta::new_readonly(*spender, false),
        AccountMeta::new_readonly(*owner, true),
    ];
    let data = TokenInstruction::Approve { amount }.pack();
    Instruction {
        program_id: TOKEN_PROGRAM_ID,
        accounts,
        data,
    }
}

/// Takes back whatever was approved. Signed by the account's owner.
pub fn token_revoke(source: &Pubkey, owner: &Pubkey) -> Instruction {
    let accounts = vec![
        AccountMeta::new(*source, false),
        AccountMeta::new_readonly(*owner, true),
    ];
    Instruction {
        program_id: TOKEN_PROGRAM_ID,
        accounts,
        data: TokenInstruction::Revoke.pack(),
    }
}
