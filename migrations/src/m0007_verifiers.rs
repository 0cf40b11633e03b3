//! The verifiers whose keys are at hand are bonded and admitted.

use anyhow::{ensure, Result};
use async_trait::async_trait;
use solana_keypair::Keypair;
use solana_pubkey::Pubkey;
use solana_signer::Signer;
use spl_associated_token_account_interface::{
    address::get_associated_token_address, instruction::create_associated_token_account_idempotent,
};
use spl_token_interface::instruction::transfer;
use trestle_sdk::{address, fetch, instruction};
use trestle_staking::state::VerifierSet;

use crate::{context::read_key, settings, Context, Plan, Step};

pub struct Verifiers;

/// Keys of the settings that are not in the set.
async fn missing(context: &Context) -> Result<Vec<(Keypair, &settings::Verifier)>> {
    let mut missing = Vec::new();
    let admitted = admitted(context).await?;
    for verifier in &context.settings.verifiers {
        let key = read_key(&verifier.keypair)?;
        if !admitted.contains(&key.pubkey()) {
            missing.push((key, verifier));
        }
    }
    Ok(missing)
}

async fn admitted(context: &Context) -> Result<Vec<Pubkey>> {
    let set = address::verifiers(&context.network());
    if !context.exists(&set).await? {
        return Ok(Vec::new());
    }
    let set = fetch::fetch::<VerifierSet>(&context.rpc, &set).await?;
    Ok(set.entries.iter().map(|entry| entry.authority).collect())
}

#[async_trait(?Send)]
impl Step for Verifiers {
    fn name(&self) -> &'static str {
        "0007_verifiers"
    }

    async fn plan(&self, context: &Context) -> Result<Plan> {
        let actions = missing(context)
            .await?
            .iter()
            .map(|(key, verifier)| {
                format!(
                    "admit verifier {} with a bond of {}",
                    key.pubkey(),
                    verifier.bond
                )
            })
            .collect();
        Ok(Plan { actions })
    }

    async fn apply(&self, context: &Context) -> Result<()> {
        let authority = context.authority.pubkey();
        let (mint, program) = (context.token_mint, spl_token_interface::ID);
        for (key, verifier) in missing(context).await? {
            let owner = key.pubkey();
            let purse = get_associated_token_address(&authority, &mint);
            let source = get_associated_token_address(&owner, &mint);
            let instructions = vec![
                create_associated_token_account_idempotent(&authority, &owner, &mint, &program),
                transfer(&program, &purse, &source, &authority, &[], verifier.bond)?,
                instruction::staking::verifier_register(
                    &owner,
                    &authority,
                    &source,
                    &context.network(),
                    verifier.bond,
                ),
            ];
            context
                .send("admit a verifier", instructions, &[&key])
                .await?;
        }
        Ok(())
    }

    async fn verify(&self, context: &Context) -> Result<()> {
        let left = missing(context).await?.len();
        ensure!(
            left == 0,
            "{left} verifiers of the settings are not in the set"
        );
        Ok(())
    }
}
