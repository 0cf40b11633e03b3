//! The network's token and its stablecoin exist.

use std::path::Path;

use anyhow::{ensure, Context as _, Result};
use async_trait::async_trait;
use solana_instruction::Instruction;
use solana_program_pack::Pack;
use solana_pubkey::Pubkey;
use solana_signer::Signer;
use spl_associated_token_account_interface::{
    address::get_associated_token_address, instruction::create_associated_token_account_idempotent,
};
use spl_token_interface::{
    instruction::{initialize_mint2, mint_to},
    state::Mint,
};

use crate::{context::read_key, settings::Stable, Context, Plan, Step};

/// Credits are priced in micro-dollars.
const STABLE_DECIMALS: u8 = 6;

pub struct Mints;

/// A mint that the settings ask for.
struct Wanted<'a> {
    what: &'static str,
    key: &'a Path,
    decimals: u8,
    supply: u64,
}

fn wanted(context: &Context) -> Vec<Wanted<'_>> {
    let token = &context.settings.token;
    let mut wanted = vec![Wanted {
        what: "token",
        key: &token.mint,
        decimals: token.decimals,
        supply: token.initial_supply,
    }];
    if let Stable::Create {
        mint,
        initial_supply,
    } = &context.settings.stable
    {
        wanted.push(Wanted {
            what: "stablecoin",
            key: mint,
            decimals: STABLE_DECIMALS,
            supply: *initial_supply,
        });
    }
    wanted
}

#[async_trait(?Send)]
impl Step for Mints {
    fn name(&self) -> &'static str {
        "0002_mints"
    }

    async fn plan(&self, context: &Context) -> Result<Plan> {
        let mut plan = Plan::default();
        for one in wanted(context) {
            let address = read_key(one.key)?.pubkey();
            if !context.exists(&address).await? {
                plan.actions.push(format!(
                    "create the {} mint {address} with {} base units",
                    one.what, one.supply
                ));
            }
        }
        Ok(plan)
    }

    async fn apply(&self, context: &Context) -> Result<()> {
        for one in wanted(context) {
            let key = read_key(one.key)?;
            if context.exists(&key.pubkey()).await? {
                continue;
            }
            let rent = context
                .rpc
                .get_minimum_balance_for_rent_exemption(Mint::LEN)
                .await?;
            let instructions = create(&context.authority.pubkey(), &key.pubkey(), &one, rent)?;
            context.send(one.what, instructions, &[&key]).await?;
        }
        Ok(())
    }

    async fn verify(&self, context: &Context) -> Result<()> {
        let token = context
            .mint(&context.token_mint)
            .await?
            .context("the token does not exist")?;
        ensure!(
            token.decimals == context.settings.token.decimals,
            "the token has {} decimals, the settings say {}",
            token.decimals,
            context.settings.token.decimals
        );
        let stable = context
            .mint(&context.stable_mint)
            .await?
            .context("the stablecoin does not exist")?;
        ensure!(
            stable.decimals == STABLE_DECIMALS,
            "the stablecoin has {} decimals, not {STABLE_DECIMALS}",
            stable.decimals
        );
        Ok(())
    }
}

/// One transaction: a mint exists with its supply, or does not exist.
fn create(owner: &Pubkey, mint: &Pubkey, one: &Wanted, rent: u64) -> Result<Vec<Instruction>> {
    let token_program = spl_token_interface::ID;
    let account = get_associated_token_address(owner, mint);
    Ok(vec![
        solana_system_interface::instruction::create_account(
            owner,
            mint,
            rent,
            Mint::LEN as u64,
            &token_program,
        ),
        initialize_mint2(&token_program, mint, owner, None, one.decimals)?,
        create_associated_token_account_idempotent(owner, owner, mint, &token_program),
        mint_to(&token_program, mint, &account, owner, &[], one.supply)?,
    ])
}
