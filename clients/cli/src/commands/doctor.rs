//! `trestle doctor`: whether everything that commands need is there.

use std::{
    fmt, fs,
    path::{Path, PathBuf},
    time::{SystemTime, UNIX_EPOCH},
};

use clap::Args;
use serde::Serialize;
use solana_pubkey::Pubkey;
use solana_rpc_client::nonblocking::rpc_client::RpcClient;
use trestle_sdk::{
    node::{http_client, NodeClient},
    program::{code, code_hash, PROGRAMS},
    time::chain_time,
};

use crate::{
    context::{Chain, Connection, Context},
    error::CliError,
    text::{duration, row, sol},
};

/// Seconds by which the cluster's own clock may well be off.
const SKEW_SECONDS_MAX: u64 = 30;
/// Lamports below which fees soon run out: 0.01 SOL.
const BALANCE_LAMPORTS_MIN: u64 = 10_000_000;

#[derive(Debug, Args)]
pub struct DoctorArgs {
    /// Folder with built programs, trestle_<name>.so, to compare with those that are deployed
    #[arg(long, value_name = "DIR")]
    pub programs: Option<PathBuf>,
}

/// How a check ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub enum Health {
    Ok,
    Warn,
    Fail,
}

/// One check.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct CheckText {
    pub name: String,
    pub health: Health,
    pub found: String,
    /// What to do about it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub remedy: Option<String>,
}

/// `doctor`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct DoctorOutput {
    pub checks: Vec<CheckText>,
}

impl CheckText {
    fn ok(name: &str, found: impl Into<String>) -> Self {
        Self {
            name: name.to_string(),
            health: Health::Ok,
            found: found.into(),
            remedy: None,
        }
    }

    fn warn(name: &str, found: impl Into<String>, remedy: impl Into<String>) -> Self {
        Self {
            health: Health::Warn,
            remedy: Some(remedy.into()),
            ..Self::ok(name, found)
        }
    }

    fn fail(name: &str, found: impl Into<String>, remedy: impl Into<String>) -> Self {
        Self {
            health: Health::Fail,
            ..Self::warn(name, found, remedy)
        }
    }

    fn failed(name: &str, error: &CliError, remedy: &str) -> Self {
        let hint = error.hint.as_deref().unwrap_or(remedy);
        Self::fail(name, error.to_string(), hint)
    }
}

impl fmt::Display for DoctorOutput {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for check in &self.checks {
            let health = match check.health {
                Health::Ok => "ok",
                Health::Warn => "warn",
                Health::Fail => "FAIL",
            };
            row(f, &check.name, format!("{health:<4}  {}", check.found))?;
            if let Some(remedy) = &check.remedy {
                row(f, "", format!("      {remedy}"))?;
            }
        }
        Ok(())
    }
}

/// Fails if a check did, after printing all.
pub async fn run(args: &DoctorArgs, context: &Context<'_>) -> Result<(), CliError> {
    let connection = context.connection()?;
    let mut checks = Vec::new();
    let cluster = cluster(&connection).await;
    let reached = cluster.health == Health::Ok;
    checks.push(cluster);
    if reached {
        checks.push(genesis(&connection).await);
        checks.push(clock(&connection.rpc).await);
        for (name, address) in PROGRAMS {
            let folder = args.programs.as_deref();
            checks.push(program(&connection.rpc, name, &address, folder).await);
        }
        checks.push(key(&connection.rpc, context).await);
        checks.extend(network(context).await);
    }
    let failed = checks.iter().filter(|check| check.health == Health::Fail);
    let failed = failed.count();
    context.print(&DoctorOutput { checks })?;
    match failed {
        0 => Ok(()),
        count => Err(
            CliError::failed("unhealthy", format!("{count} checks failed"))
                .hint("each says above what to do"),
        ),
    }
}

async fn cluster(connection: &Connection) -> CheckText {
    const NAME: &str = "RPC";
    let url = connection.cluster.url();
    match connection.rpc.get_version().await {
        Ok(version) => CheckText::ok(NAME, format!("{url} answers, {}", version.solana_core)),
        Err(error) => {
            let remedy = "give another one by -u/--url, or start a local network";
            CheckText::fail(NAME, format!("{url}: {error}"), remedy)
        }
    }
}

async fn genesis(connection: &Connection) -> CheckText {
    const NAME: &str = "Genesis";
    let found = match connection.rpc.get_genesis_hash().await {
        Ok(found) => found.to_string(),
        Err(error) => return CheckText::fail(NAME, error.to_string(), "ask another RPC node"),
    };
    let book = connection.deployment.as_ref();
    match book.and_then(|book| book.genesis_hash.as_ref()) {
        Some(expected) if *expected == found => CheckText::ok(NAME, found),
        Some(expected) => CheckText::fail(
            NAME,
            format!("{found}, but the deployment file is for {expected}"),
            "give the matching -u/--url, or another --deployment",
        ),
        None => CheckText::warn(
            NAME,
            format!("{found}, which nothing can be compared with"),
            "use a deployment file that names its cluster's genesis hash",
        ),
    }
}

async fn clock(rpc: &RpcClient) -> CheckText {
    const NAME: &str = "Clock";
    let chain = match chain_time(rpc).await {
        Ok(time) => time.unix_seconds,
        Err(error) => return CheckText::fail(NAME, error.to_string(), "ask another RPC node"),
    };
    let here = SystemTime::now().duration_since(UNIX_EPOCH);
    let here = here.map_or(0, |since| i64::try_from(since.as_secs()).unwrap_or(0));
    let skew = chain.abs_diff(here);
    let found = format!("{} from the chain's", duration(skew));
    if skew <= SKEW_SECONDS_MAX {
        return CheckText::ok(NAME, found);
    }
    let remedy = "let the system set its clock by NTP; a local network may have travelled in time";
    CheckText::warn(NAME, found, remedy)
}

async fn program(
    rpc: &RpcClient,
    name: &str,
    address: &Pubkey,
    folder: Option<&Path>,
) -> CheckText {
    let remedy = "this cluster has no Trestle of this version: check -u/--url";
    let code = match code(rpc, address).await {
        Ok(Some(code)) => code,
        Ok(None) => return CheckText::fail(name, format!("no program at {address}"), remedy),
        Err(error) => return CheckText::failed(name, &error.into(), remedy),
    };
    let hash = hex::encode(code_hash(&code));
    let Some(folder) = folder else {
        return CheckText::ok(name, format!("deployed, sha256 {hash}"));
    };
    let file = folder.join(format!("trestle_{name}.so"));
    match fs::read(&file) {
        Ok(built) if code_hash(&built) == code_hash(&code) => {
            CheckText::ok(name, format!("deployed as built, sha256 {hash}"))
        }
        Ok(built) => {
            let other = hex::encode(code_hash(&built));
            let found = format!("sha256 {hash}, but {} has {other}", file.display());
            CheckText::fail(
                name,
                found,
                "build the version that is deployed, or deploy this one",
            )
        }
        Err(error) => {
            let found = format!("{}: {error}", file.display());
            CheckText::fail(name, found, "build the programs by `make programs`")
        }
    }
}

async fn key(rpc: &RpcClient, context: &Context<'_>) -> CheckText {
    const NAME: &str = "Key";
    let wallet = match context.signers() {
        Ok(signers) => signers.wallet.address(),
        Err(error) => return CheckText::failed(NAME, &error, "name one by -k/--keypair"),
    };
    match rpc.get_balance(&wallet).await {
        Ok(lamports) if lamports >= BALANCE_LAMPORTS_MIN => {
            CheckText::ok(NAME, format!("{wallet} has {}", sol(lamports)))
        }
        Ok(lamports) => {
            let found = format!("{wallet} has {}", sol(lamports));
            CheckText::warn(NAME, found, "send it some SOL: it pays fees and rent")
        }
        Err(error) => CheckText::fail(NAME, error.to_string(), "ask another RPC node"),
    }
}

/// The network, and the node of the wallet's operator where it has one.
async fn network(context: &Context<'_>) -> Vec<CheckText> {
    const NAME: &str = "Network";
    let remedy = "name its deployment file by --deployment, or its address by --network";
    let chain = match context.chain().await {
        Ok(chain) => chain,
        Err(error) => return vec![CheckText::failed(NAME, &error, remedy)],
    };
    let mut checks = vec![match chain.view().await {
        Ok(view) => {
            let found = format!("{} in epoch {}", chain.deployment.network, view.epoch);
            CheckText::ok(NAME, found)
        }
        Err(error) => CheckText::failed(NAME, &error, remedy),
    }];
    if let Ok(signers) = context.signers() {
        checks.extend(node(&chain, &signers.wallet.address()).await);
    }
    checks
}

async fn node(chain: &Chain, wallet: &Pubkey) -> Option<CheckText> {
    const NAME: &str = "Node";
    let (address, operator) = chain.operator(wallet).await.ok()?;
    let endpoint = operator.endpoint_str();
    let remedy = "start the node, or change its URL by `trestle operator update --endpoint`";
    let http = http_client().ok()?;
    let health = match NodeClient::new(http, endpoint, operator.node_key) {
        Ok(client) => client.health().await,
        Err(error) => Err(error),
    };
    Some(match health {
        Ok(health) if health.operator == address && health.node_key == operator.node_key => {
            CheckText::ok(NAME, format!("{endpoint} answers, {}", health.version))
        }
        Ok(health) => {
            let found = format!("{endpoint} answers for operator {}", health.operator);
            CheckText::fail(
                NAME,
                found,
                "let its settings name this operator and its key",
            )
        }
        Err(error) => CheckText::fail(NAME, format!("{endpoint}: {error}"), remedy),
    })
}
