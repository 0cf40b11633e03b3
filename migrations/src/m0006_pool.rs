//! The storage service's emission pool exists; in mint mode the network's minter is the
//! token's only mint authority.

use anyhow::{ensure, Context as _, Result};
use async_trait::async_trait;
use solana_pubkey::Pubkey;
use solana_signer::Signer;
use spl_token_interface::instruction::{set_authority, AuthorityType};
use trestle_core::{
    epoch::epoch_at,
    pool::{MODE_FUND, MODE_MINT},
    units::UnixSeconds,
};
use trestle_rewards::{
    address::minter_address,
    state::{self, PoolParams},
};
use trestle_sdk::{address, fetch, instruction, time::chain_time};
use trestle_staking::state::Network;

use crate::{settings::PoolMode, Context, Plan, Step};

pub struct Pool;

/// A pool cannot begin with an epoch that is over.
async fn running_epoch(context: &Context) -> Result<u64> {
    let network: Network = fetch::fetch(&context.rpc, &context.network()).await?;
    let now = UnixSeconds(chain_time(&context.rpc).await?.unix_seconds);
    let genesis = UnixSeconds(network.genesis);
    let epoch = epoch_at(genesis, network.epoch_seconds, now);
    Ok(epoch.context("the network begins in the future")?.0)
}

fn params(context: &Context, first_epoch: u64) -> PoolParams {
    let settings = &context.settings.pool;
    PoolParams {
        mode: match settings.mode {
            PoolMode::Fund => MODE_FUND,
            PoolMode::Mint => MODE_MINT,
        },
        tokens_per_epoch: settings.tokens_per_epoch,
        first_epoch,
        breaker_capacity: settings.breaker_capacity,
        breaker_window_seconds: settings.breaker_window_seconds,
    }
}

/// Signs for what the network's pools mint, and for nothing else.
fn minter(context: &Context) -> Pubkey {
    minter_address(&context.network()).0
}

/// Whether the token's mint authority still has to be handed to the network's minter.
async fn owes_authority(context: &Context) -> Result<bool> {
    if context.settings.pool.mode == PoolMode::Fund {
        return Ok(false);
    }
    let mint = context.mint(&context.token_mint).await?;
    Ok(mint.is_some_and(|mint| mint.mint_authority != Some(minter(context)).into()))
}

#[async_trait(?Send)]
impl Step for Pool {
    fn name(&self) -> &'static str {
        "0006_pool"
    }

    async fn plan(&self, context: &Context) -> Result<Plan> {
        let mut plan = Plan::default();
        let pool = address::pool(&context.service());
        if !context.exists(&pool).await? {
            plan.actions.push(format!("open the emission pool {pool}"));
        }
        if owes_authority(context).await? {
            plan.actions
                .push("hand the token's mint authority to the minter, for good".into());
        }
        Ok(plan)
    }

    async fn apply(&self, context: &Context) -> Result<()> {
        let authority = context.authority.pubkey();
        let pool = address::pool(&context.service());
        if owes_authority(context).await? {
            let hand_over = set_authority(
                &spl_token_interface::ID,
                &context.token_mint,
                Some(&minter(context)),
                AuthorityType::MintTokens,
                &authority,
                &[],
            )?;
            context
                .send("hand over the mint authority", vec![hand_over], &[])
                .await?;
        }
        if !context.exists(&pool).await? {
            let open = instruction::rewards::pool_open(
                &authority,
                &context.network(),
                &context.service(),
                &context.token_mint,
                params(context, running_epoch(context).await?),
            );
            context
                .send("open the emission pool", vec![open], &[])
                .await?;
        }
        Ok(())
    }

    async fn verify(&self, context: &Context) -> Result<()> {
        let address = address::pool(&context.service());
        let pool = fetch::fetch::<state::Pool>(&context.rpc, &address)
            .await
            .context("the emission pool does not exist")?;
        let wanted = params(context, pool.first_epoch);
        ensure!(
            pool.mode == wanted.mode && pool.tokens_per_epoch == wanted.tokens_per_epoch,
            "the pool's mode or schedule differs from the settings"
        );
        ensure!(
            !owes_authority(context).await?,
            "the pool is in mint mode and the minter is not the token's mint authority"
        );
        Ok(())
    }
}
