//! The storage service's emission pool exists; in mint mode the network's minter is the token's
//! only mint authority and the pool has an emission; if it is to pay stablecoin, it has a stable
//! vault.

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
    state::{self, EmissionParams, EmissionStep, PoolParams, StableParams},
};
use trestle_sdk::{address, fetch, instruction::rewards, time::chain_time};
use trestle_staking::state::Network;

use crate::{
    settings::{self, PoolMode},
    Context, Plan, Step,
};

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
        epochs_per_month: settings.epochs_per_month,
    }
}

fn emission_params(context: &Context) -> Result<EmissionParams> {
    let settings = context.settings.pool.emission.as_ref();
    let settings = settings.context("a pool in mint mode needs settings of its emission")?;
    let step = |step: &settings::EmissionStep| EmissionStep {
        first_epoch: step.first_epoch,
        tokens_per_epoch: step.tokens_per_epoch,
    };
    Ok(EmissionParams {
        base: settings.base,
        rho_bps: settings.rho_bps,
        reemit_bps: settings.reemit_bps,
        reemit_cap: settings.reemit_cap,
        steps: settings.steps.iter().map(step).collect(),
    })
}

/// Whether the emission of a pool in mint mode still has to be opened.
async fn owes_emission(context: &Context) -> Result<bool> {
    let emission = address::emission(&address::pool(&context.service()));
    let mints = context.settings.pool.mode == PoolMode::Mint;
    Ok(mints && !context.exists(&emission).await?)
}

/// The breaker with which a stable vault still has to be opened.
async fn owes_stable(context: &Context) -> Result<Option<StableParams>> {
    let vault = address::pool_stable_vault(&address::pool(&context.service()));
    let Some(breaker) = &context.settings.pool.stable else {
        return Ok(None);
    };
    let params = StableParams {
        breaker_capacity: breaker.capacity,
        breaker_window_seconds: breaker.window_seconds,
    };
    Ok((!context.exists(&vault).await?).then_some(params))
}

/// Opens what a pool needs besides.
async fn open_companions(context: &Context) -> Result<()> {
    let (authority, network) = (context.authority.pubkey(), context.network());
    let service = context.service();
    if owes_emission(context).await? {
        let params = emission_params(context)?;
        let open = rewards::emission_open(&authority, &network, &service, params);
        context.send("open the emission", vec![open], &[]).await?;
    }
    if let Some(params) = owes_stable(context).await? {
        let mint = &context.stable_mint;
        let open = rewards::pool_stable_open(&authority, &network, &service, mint, params);
        context
            .send("open the stable vault", vec![open], &[])
            .await?;
    }
    Ok(())
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
        if owes_emission(context).await? {
            emission_params(context)?;
            plan.actions.push("open the pool's emission".into());
        }
        if owes_stable(context).await?.is_some() {
            plan.actions.push("open the pool's stable vault".into());
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
            let open = rewards::pool_open(
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
        open_companions(context).await
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
        ensure!(
            !owes_emission(context).await?,
            "the pool is in mint mode and has no emission"
        );
        ensure!(
            owes_stable(context).await?.is_none(),
            "the pool has no stable vault"
        );
        Ok(())
    }
}
