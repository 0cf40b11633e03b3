//! The network of the token exists, with the parameters of the settings.

use anyhow::{ensure, Context as _, Result};
use async_trait::async_trait;
use solana_signer::Signer;
use trestle_sdk::{fetch, instruction};
use trestle_staking::state::{self, NetworkParams};

use crate::{Context, Plan, Step};

pub struct Network;

fn params(context: &Context) -> NetworkParams {
    let settings = &context.settings.network;
    NetworkParams {
        guardian: context.guardian,
        epoch_seconds: settings.epoch_seconds,
        challenge_window_seconds: settings.challenge_window_seconds,
        unbonding_seconds: settings.unbonding_seconds,
        verifier_bond_min: settings.verifier_bond_min,
        bond_slash_bps: settings.bond_slash_bps,
        burn_bps: settings.burn_bps,
        insurance_bps: settings.insurance_bps,
        challenger_bps: settings.challenger_bps,
        displacement_margin_bps: settings.displacement_margin_bps,
    }
}

#[async_trait(?Send)]
impl Step for Network {
    fn name(&self) -> &'static str {
        "0003_network"
    }

    async fn plan(&self, context: &Context) -> Result<Plan> {
        let address = context.network();
        if context.exists(&address).await? {
            return Ok(Plan::done());
        }
        Ok(Plan::one(format!("create the network {address}")))
    }

    async fn apply(&self, context: &Context) -> Result<()> {
        let create = instruction::staking::network_create(
            &context.authority.pubkey(),
            &context.token_mint,
            &context.stable_mint,
            params(context),
        );
        context.send("create the network", vec![create], &[]).await
    }

    async fn verify(&self, context: &Context) -> Result<()> {
        let network = fetch::fetch::<state::Network>(&context.rpc, &context.network())
            .await
            .context("the network does not exist")?;
        let on_chain = NetworkParams {
            guardian: network.guardian,
            epoch_seconds: network.epoch_seconds,
            challenge_window_seconds: network.challenge_window_seconds,
            unbonding_seconds: network.unbonding_seconds,
            verifier_bond_min: network.verifier_bond_min,
            bond_slash_bps: network.bond_slash_bps,
            burn_bps: network.burn_bps,
            insurance_bps: network.insurance_bps,
            challenger_bps: network.challenger_bps,
            displacement_margin_bps: network.displacement_margin_bps,
        };
        let wanted = params(context);
        ensure!(
            on_chain == wanted,
            "the network's parameters are {on_chain:?}, the settings say {wanted:?}: \
             correct the settings, or change the network with notice"
        );
        Ok(())
    }
}
