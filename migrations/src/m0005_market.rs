//! The credit market exists: price feed pinned, credit mint and revenue vault created, the treasury
//! open for its fees, and what customers pay for the storage service is counted.

use anyhow::{ensure, Context as _, Result};
use async_trait::async_trait;
use solana_pubkey::Pubkey;
use solana_signer::Signer;
use trestle_credits::state::{self, MarketParams, MarketTerms};
use trestle_sdk::{address, fetch, instruction};

use crate::{Context, Plan, Step};

pub struct Market;

fn params(context: &Context) -> Result<MarketParams> {
    let settings = &context.settings.market;
    let feed_id = hex::decode(&settings.feed_id)
        .ok()
        .and_then(|bytes| bytes.try_into().ok())
        .context("market.feed-id must be 64 hex digits")?;
    Ok(MarketParams {
        feed_id,
        terms: MarketTerms {
            biller_cap: settings.biller_cap,
            max_age_seconds: settings.max_age_seconds,
            max_conf_bps: settings.max_conf_bps,
            protocol_fee_bps: settings.protocol_fee_bps,
            insurance_fee_bps: settings.insurance_fee_bps,
        },
        uri: settings.metadata_uri.clone(),
    })
}

fn price_account(context: &Context) -> Result<Pubkey> {
    context
        .deployment()?
        .price_account
        .context("the settings name no price account")
}

#[async_trait(?Send)]
impl Step for Market {
    fn name(&self) -> &'static str {
        "0005_market"
    }

    async fn plan(&self, context: &Context) -> Result<Plan> {
        params(context)?;
        let mut plan = Plan::default();
        let market = address::market(&context.network());
        if !context.exists(&market).await? {
            plan.actions
                .push(format!("create the credit market {market}"));
        }
        let treasury = address::treasury(&market);
        if !context.exists(&treasury).await? {
            plan.actions
                .push(format!("open the market's treasury {treasury}"));
        }
        let revenue = address::revenue(&context.service());
        if !context.exists(&revenue).await? {
            plan.actions
                .push(format!("open the service's revenue {revenue}"));
        }
        Ok(plan)
    }

    async fn apply(&self, context: &Context) -> Result<()> {
        let authority = context.authority.pubkey();
        let market = address::market(&context.network());
        if !context.exists(&market).await? {
            let create = instruction::credits::market_create(
                &authority,
                &context.network(),
                &context.stable_mint,
                &price_account(context)?,
                params(context)?,
            );
            context
                .send("create the credit market", vec![create], &[])
                .await?;
        }
        if !context.exists(&address::treasury(&market)).await? {
            let open = instruction::billing::treasury_open(
                &authority,
                &context.network(),
                &context.stable_mint,
            );
            context
                .send("open the market's treasury", vec![open], &[])
                .await?;
        }
        let service = context.service();
        if !context.exists(&address::revenue(&service)).await? {
            let open = instruction::credits::revenue_open(&authority, &service);
            context
                .send("open the service's revenue", vec![open], &[])
                .await?;
        }
        Ok(())
    }

    async fn verify(&self, context: &Context) -> Result<()> {
        let market =
            fetch::fetch::<state::Market>(&context.rpc, &address::market(&context.network()))
                .await
                .context("the credit market does not exist")?;
        let wanted = params(context)?;
        ensure!(
            market.feed_id == wanted.feed_id && market.price_account == price_account(context)?,
            "the market reads another price than the settings name"
        );
        ensure!(
            market.terms() == wanted.terms,
            "the market's rules differ from the settings"
        );
        let treasury = address::treasury(&address::market(&context.network()));
        ensure!(
            context.exists(&treasury).await?,
            "the market's treasury is not open"
        );
        let revenue = address::revenue(&context.service());
        fetch::fetch::<state::ServiceRevenue>(&context.rpc, &revenue)
            .await
            .context("the service's revenue is not open")?;
        Ok(())
    }
}
