//! What every step of the demo shares: the stage, the running services, the report, and time.

use std::{
    fs,
    path::Path,
    time::{Duration, Instant},
};

use anyhow::{bail, ensure, Context, Result};
use serde_json::Value;
use solana_pubkey::Pubkey;
use solana_signature::Signature;
use trestle_core::root::FinalRoot;
use trestle_proofs::state::Proposal;
use trestle_sdk::{fetch, send::transaction_details};

use crate::{
    process::{Service, POLL},
    report::Report,
    stage::{Stage, OPERATORS},
};

/// How long anything that the services do by themselves may take.
const WAIT: Duration = Duration::from_secs(120);

/// The demo while it runs.
pub struct Demo {
    pub stage: Stage,
    pub nodes: Vec<Service>,
    pub verifiers: Vec<Service>,
    pub report: Report,
}

impl Demo {
    /// The address of the service everything is about.
    pub fn service(&self) -> Pubkey {
        self.stage.deployment().service
    }

    /// Notes the transactions that a command's JSON output names.
    pub async fn note(&mut self, what: &str, amount: &str, output: &Value) -> Result<()> {
        let signatures = signatures(output);
        ensure!(
            !signatures.is_empty(),
            "`{what}` named no signature: {output}"
        );
        for signature in signatures {
            self.note_signature(what, amount, &signature).await?;
        }
        Ok(())
    }

    /// Notes one transaction with what the chain says it cost.
    pub async fn note_signature(
        &mut self,
        what: &str,
        amount: &str,
        signature: &Signature,
    ) -> Result<()> {
        let details = transaction_details(&self.stage.rpc, signature)
            .await
            .with_context(|| format!("the chain does not know {signature}"))?;
        let (units, fee) = (details.units_consumed, details.fee_lamports);
        self.report.transaction(what, amount, units, fee);
        Ok(())
    }

    /// The running epoch by the chain's clock.
    pub async fn epoch(&self) -> Result<u64> {
        let network = self.network().await?;
        let now = self.stage.network.remote().clock()?.unix_timestamp;
        let since = now.checked_sub(network.genesis).context("before genesis")?;
        Ok(u64::try_from(since)? / u64::from(network.epoch_seconds))
    }

    async fn network(&self) -> Result<trestle_staking::state::Network> {
        let address = self.stage.deployment().network;
        Ok(fetch::fetch(&self.stage.rpc, &address).await?)
    }

    /// Travels to the beginning of `epoch`, and has the price published as of then.
    pub async fn travel_to_epoch(&self, epoch: u64) -> Result<()> {
        let network = self.network().await?;
        let length = i64::from(network.epoch_seconds);
        let start = network.genesis + i64::try_from(epoch)? * length;
        self.travel_to(start + 1)
    }

    /// Travels `seconds` ahead.
    pub fn travel(&self, seconds: u32) -> Result<()> {
        let now = self.stage.network.remote().clock()?.unix_timestamp;
        self.travel_to(now + i64::from(seconds))
    }

    fn travel_to(&self, unix_seconds: i64) -> Result<()> {
        let remote = self.stage.network.remote();
        remote.travel_to(unix_seconds)?;
        self.stage.deployed.publish_price(remote)
    }

    /// Waits until every verifier has asked for everything in `epoch`.
    pub async fn wait_until_challenged(&self, epoch: u64) -> Result<()> {
        for port in self.stage.verifier_ports.clone() {
            let url = format!("http://127.0.0.1:{port}/v1/status");
            self.wait_for(&format!("challenges of epoch {epoch} at {url}"), || async {
                let status: Value = reqwest::get(&url).await?.json().await?;
                Ok(is_challenged(&status, epoch))
            })
            .await?;
        }
        Ok(())
    }

    /// Waits until the root of `epoch` has its quorum, travels past the challenge window, and
    /// waits until it is final.
    pub async fn wait_until_final(&self, epoch: u64) -> Result<FinalRoot> {
        let service = self.service();
        self.wait_for(&format!("a quorum for epoch {epoch}"), || async {
            let proposals = self.proposals(epoch).await?;
            Ok(proposals.iter().any(|(_, one)| one.quorum_at > 0))
        })
        .await?;
        self.travel(self.network().await?.challenge_window_seconds + 1)?;
        self.wait_for(&format!("the final root of epoch {epoch}"), || async {
            let ring = fetch::ring(&self.stage.rpc, &service).await?;
            Ok(ring.find(epoch).is_some())
        })
        .await?;
        let ring = fetch::ring(&self.stage.rpc, &service).await?;
        ring.find(epoch)
            .copied()
            .context("the root has left the ring")
    }

    /// The proposals that stand for an epoch.
    pub async fn proposals(&self, epoch: u64) -> Result<Vec<(Pubkey, Proposal)>> {
        let filter =
            fetch::Filter::address(std::mem::offset_of!(Proposal, service), &self.service());
        let mut found = fetch::list::<Proposal>(&self.stage.rpc, &[filter]).await?;
        found.retain(|(_, proposal)| proposal.epoch == epoch);
        Ok(found)
    }

    /// Looks until `done`, within [`WAIT`].
    pub async fn wait_for<F, Fut>(&self, what: &str, mut done: F) -> Result<()>
    where
        F: FnMut() -> Fut,
        Fut: std::future::Future<Output = Result<bool>>,
    {
        let started = Instant::now();
        let mut last = None;
        while started.elapsed() < WAIT {
            match done().await {
                Ok(true) => return Ok(()),
                Ok(false) => {}
                Err(error) => last = Some(error),
            }
            tokio::time::sleep(POLL).await;
        }
        match last {
            Some(error) => Err(error.context(format!("waited {WAIT:?} for {what}"))),
            None => bail!("waited {WAIT:?} for {what}"),
        }
    }
}

/// Whether two files hold the same bytes.
pub fn same_bytes(one: &Path, other: &Path) -> Result<bool> {
    Ok(fs::read(one)? == fs::read(other)?)
}

/// Whether a verifier has nothing left to ask in an epoch in which it asked everybody.
fn is_challenged(status: &Value, epoch: u64) -> bool {
    let progress = status.pointer(&format!("/challenges/{epoch}"));
    let field = |name| progress.and_then(|progress| progress.get(name));
    let commitments = field("commitments").and_then(Value::as_u64);
    let is_settled = field("settled").and_then(Value::as_bool);
    is_settled == Some(true) && commitments == Some(OPERATORS as u64)
}

/// Every string under a key `signature` or `signatures`.
pub fn signatures(value: &Value) -> Vec<Signature> {
    let parse = |value: &Value| {
        value
            .as_str()
            .and_then(|text| text.parse::<Signature>().ok())
    };
    match value {
        Value::Object(fields) => fields
            .iter()
            .flat_map(|(name, field)| match (name.as_str(), field) {
                ("signature", text) => parse(text).into_iter().collect(),
                ("signatures", Value::Array(list)) => list.iter().filter_map(parse).collect(),
                (_, other) => signatures(other),
            })
            .collect(),
        Value::Array(list) => list.iter().flat_map(signatures).collect(),
        _ => Vec::new(),
    }
}
