//! Every account on the chain has the layout that this tree knows: those of an earlier layout are
//! brought to it by the instruction of their program that can.

use anyhow::Result;
use async_trait::async_trait;
use trestle_sdk::{fetch::Claim, instruction::rewards::claim_migrate};
use trestle_staking::versioned::Layout;

use crate::{layouts, settings::PoolMode, Context, Plan, Step};

/// Each takes one account and 9 bytes of a transaction: this many fit into any.
const CLAIMS_PER_TRANSACTION: usize = 16;

pub struct Layouts;

#[async_trait(?Send)]
impl Step for Layouts {
    fn name(&self) -> &'static str {
        "0008_layouts"
    }

    async fn plan(&self, context: &Context) -> Result<Plan> {
        let count = layouts::outdated_claims(&context.rpc).await?.len();
        if count == 0 {
            return Ok(Plan::done());
        }
        let action = format!("bring claims to layout {}: {count}", Claim::VERSION);
        Ok(Plan::one(action))
    }

    async fn apply(&self, context: &Context) -> Result<()> {
        let claims = layouts::outdated_claims(&context.rpc).await?;
        for part in claims.chunks(CLAIMS_PER_TRANSACTION) {
            let instructions = part.iter().map(claim_migrate).collect();
            context.send("migrate claims", instructions, &[]).await?;
        }
        Ok(())
    }

    async fn verify(&self, context: &Context) -> Result<()> {
        let mints = context.settings.pool.mode == PoolMode::Mint;
        layouts::verify(&context.rpc, &layouts::created(mints)).await?;
        Ok(())
    }
}
