//! The four programs are deployed, as this tree builds them. Deploying takes their own keys and is
//! done by the cluster's tools (`solana program deploy`); this step only refuses to go on without
//! them, or with others.

use anyhow::Result;
use async_trait::async_trait;

use crate::{programs, Context, Plan, Step};

pub struct Programs;

#[async_trait(?Send)]
impl Step for Programs {
    fn name(&self) -> &'static str {
        "0001_programs"
    }

    async fn plan(&self, _: &Context) -> Result<Plan> {
        Ok(Plan::done())
    }

    async fn apply(&self, _: &Context) -> Result<()> {
        Ok(())
    }

    async fn verify(&self, context: &Context) -> Result<()> {
        programs::verify(&context.rpc, &context.settings.programs).await?;
        Ok(())
    }
}
