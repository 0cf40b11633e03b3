//! Tokens and dollars for whoever tries the local network, from the authority's own wallet.

use anyhow::{bail, Result};
use solana_commitment_config::CommitmentConfig;
use solana_instruction::Instruction;
use solana_pubkey::Pubkey;
use solana_rpc_client::nonblocking::rpc_client::RpcClient;
use solana_signer::Signer;
use spl_associated_token_account_interface::{
    address::get_associated_token_address, instruction::create_associated_token_account_idempotent,
};
use spl_token_interface::instruction::transfer;
use trestle_sdk::send::{Outcome, SendConfig, Sender, TransactionRequest};

use crate::{key, Deployed};

/// A client that sees what has been confirmed.
pub fn rpc_client(url: &str) -> RpcClient {
    RpcClient::new_with_commitment(url.to_string(), CommitmentConfig::confirmed())
}

impl Deployed {
    /// Gives `owner` token accounts with these base units of token and stablecoin.
    ///
    /// # Errors
    /// When the faucet is empty or the transaction does not land.
    pub async fn faucet(
        &self,
        rpc: &RpcClient,
        owner: &Pubkey,
        tokens: u64,
        stable: u64,
    ) -> Result<()> {
        let authority = key(&self.folder, "authority")?;
        let mut instructions = Vec::new();
        for (mint, amount) in [
            (self.deployment.token_mint, tokens),
            (self.deployment.stable_mint, stable),
        ] {
            instructions.extend(payment(&authority.pubkey(), owner, &mint, amount)?);
        }
        let sender = Sender::new(rpc, SendConfig::default());
        let request = TransactionRequest::new(authority.pubkey(), instructions);
        let receipt = sender.send(&request, &[&authority], |_| Ok(())).await?;
        match receipt.outcome {
            Outcome::Landed { .. } => Ok(()),
            other => bail!("the faucet's transaction {} {other:?}", receipt.signature),
        }
    }
}

fn payment(from: &Pubkey, owner: &Pubkey, mint: &Pubkey, amount: u64) -> Result<Vec<Instruction>> {
    let program = spl_token_interface::ID;
    let source = get_associated_token_address(from, mint);
    let target = get_associated_token_address(owner, mint);
    Ok(vec![
        create_associated_token_account_idempotent(from, owner, mint, &program),
        transfer(&program, &source, &target, from, &[], amount)?,
    ])
}
