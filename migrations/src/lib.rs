//! Off chain: numbered steps that create or change a deployment. Each step plans, applies and
//! verifies by reading the chain, so a run can stop anywhere and be started again.
#![forbid(unsafe_code)]

pub mod context;
pub mod layouts;
pub mod programs;
pub mod settings;
pub mod step;

mod m0001_programs;
mod m0002_mints;
mod m0003_network;
mod m0004_storage_service;
mod m0005_market;
mod m0006_pool;
mod m0007_verifiers;
mod m0008_layouts;

pub use context::Context;
pub use settings::Settings;
pub use step::{Plan, Step};

/// Every step, in the order in which they run.
pub fn steps() -> Vec<Box<dyn Step>> {
    vec![
        Box::new(m0001_programs::Programs),
        Box::new(m0002_mints::Mints),
        Box::new(m0003_network::Network),
        Box::new(m0004_storage_service::StorageService),
        Box::new(m0005_market::Market),
        Box::new(m0006_pool::Pool),
        Box::new(m0007_verifiers::Verifiers),
        Box::new(m0008_layouts::Layouts),
    ]
}

/// Applies what is missing, verifies each step, and reports it.
///
/// # Errors
/// At the first step that cannot be planned, applied or verified.
pub async fn apply(context: &Context, mut report: impl FnMut(&str, &Plan)) -> anyhow::Result<()> {
    for step in steps() {
        let plan = step.plan(context).await?;
        report(step.name(), &plan);
        if !plan.is_done() {
            step.apply(context).await?;
        }
        step.verify(context).await?;
    }
    Ok(())
}
