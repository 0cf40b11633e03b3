//! The storage service exists, with its ring of final roots and its ring of seeds.

use anyhow::{ensure, Context as _, Result};
use async_trait::async_trait;
use solana_signer::Signer;
use trestle_sdk::{address, fetch, instruction};
use trestle_staking::{
    constants::SERVICE_KIND_STORAGE,
    state::{Service, ServiceParams},
};

use crate::{context::STORAGE_SERVICE, Context, Plan, Step};

pub struct StorageService;

fn params(context: &Context) -> ServiceParams {
    let settings = &context.settings.storage;
    ServiceParams {
        kind: SERVICE_KIND_STORAGE,
        stake_per_gib: settings.stake_per_gib,
        missing_bps: settings.missing_bps,
        detect_bps: settings.detect_bps,
        miss_slash_bps: settings.miss_slash_bps,
        lost_slash_bps: settings.lost_slash_bps,
        answer_deadline_ms: settings.answer_deadline_ms,
        notice_epochs: settings.notice_epochs,
    }
}

#[async_trait(?Send)]
impl Step for StorageService {
    fn name(&self) -> &'static str {
        "0004_storage_service"
    }

    async fn plan(&self, context: &Context) -> Result<Plan> {
        let mut plan = Plan::default();
        let service = context.service();
        if !context.exists(&service).await? {
            plan.actions
                .push(format!("create the storage service {service}"));
        }
        if !context.exists(&address::ring(&service)).await? {
            plan.actions
                .push("open its rings of roots and seeds".into());
        }
        Ok(plan)
    }

    async fn apply(&self, context: &Context) -> Result<()> {
        let (payer, network) = (context.authority.pubkey(), context.network());
        let service = context.service();
        if !context.exists(&service).await? {
            let create = instruction::staking::service_create(
                &payer,
                &network,
                STORAGE_SERVICE,
                params(context),
            );
            context
                .send("create the storage service", vec![create], &[])
                .await?;
        }
        if !context.exists(&address::ring(&service)).await? {
            let open = instruction::proofs::service_open(&payer, &service);
            context
                .send("open the service's rings", vec![open], &[])
                .await?;
        }
        Ok(())
    }

    async fn verify(&self, context: &Context) -> Result<()> {
        let service = fetch::fetch::<Service>(&context.rpc, &context.service())
            .await
            .context("the storage service does not exist")?;
        let on_chain = ServiceParams {
            kind: service.kind,
            stake_per_gib: service.stake_per_gib,
            missing_bps: service.missing_bps,
            detect_bps: service.detect_bps,
            miss_slash_bps: service.miss_slash_bps,
            lost_slash_bps: service.lost_slash_bps,
            answer_deadline_ms: service.answer_deadline_ms,
            notice_epochs: service.notice_epochs,
        };
        let wanted = params(context);
        ensure!(
            on_chain == wanted,
            "the service's parameters are {on_chain:?}, the settings say {wanted:?}"
        );
        ensure!(
            context.exists(&address::ring(&context.service())).await?,
            "the service's ring of roots does not exist"
        );
        Ok(())
    }
}
