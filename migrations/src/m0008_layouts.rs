//! Every account on the chain has a layout that this tree knows. There is one version of each so
//! far, so that there is nothing to apply: a step that migrates accounts to another one stands
//! before this one.

use anyhow::Result;
use async_trait::async_trait;

use crate::{layouts, settings::PoolMode, Context, Plan, Step};

pub struct Layouts;

#[async_trait(?Send)]
impl Step for Layouts {
    fn name(&self) -> &'static str {
        "0008_layouts"
    }

    async fn plan(&self, _: &Context) -> Result<Plan> {
        Ok(Plan::done())
    }

    async fn apply(&self, _: &Context) -> Result<()> {
        Ok(())
    }

    async fn verify(&self, context: &Context) -> Result<()> {
        let mints = context.settings.pool.mode == PoolMode::Mint;
        layouts::verify(&context.rpc, &layouts::created(mints)).await?;
        Ok(())
    }
}
