//! The settings files of the demo's services, and starting them.

use std::{fmt::Write, fs};

use anyhow::{Context, Result};
use solana_signer::Signer;
use trestle_localnet::{key, key_path, verifier_name};

use crate::{
    process::Service,
    stage::{node_name, Stage, OPERATORS, VERIFIERS},
};

/// Starts one node for each operator.
pub async fn start_nodes(stage: &Stage) -> Result<Vec<Service>> {
    let mut nodes = Vec::new();
    for number in 0..OPERATORS {
        let mut node = start_node(stage, number)?;
        let url = format!("{}/v1/health", stage.node_url(number)?);
        node.wait_until_healthy(&url).await?;
        nodes.push(node);
    }
    Ok(nodes)
}

fn start_node(stage: &Stage, number: usize) -> Result<Service> {
    let name = node_name(number);
    let folder = stage.node_folder(number);
    fs::create_dir_all(&folder)?;
    let port = stage.node_ports.get(number).context("no such node")?;
    let settings = format!(
        r#"listen = "127.0.0.1:{port}"
data_dir = {data:?}
node_key_path = {key:?}

[chain]
rpc_url = "{rpc}"
operator = "{operator}"
# The demo travels in time: what was read a minute ago may be an epoch old.
cache_ttl_ms = 500
cache_absent_ttl_ms = 200

[terms]
credits_per_gib_epoch = 1000000
"#,
        data = folder,
        key = stage.key_file(&name),
        rpc = stage.network.rpc_url(),
        operator = stage.operator(number)?,
    );
    let file = stage.folder.join(format!("{name}.toml"));
    fs::write(&file, settings)?;
    Service::start(
        &name,
        "trestle-node",
        &file,
        stage.folder.join(format!("{name}.log")),
    )
}

/// Starts the verifiers, each with its own database and the others as peers.
pub async fn start_verifiers(stage: &Stage) -> Result<Vec<Service>> {
    let mut verifiers = Vec::new();
    for number in 0..VERIFIERS {
        let mut verifier = start_verifier(stage, number)?;
        let port = stage
            .monitor_ports
            .get(number)
            .context("no such verifier")?;
        verifier
            .wait_until_healthy(&format!("http://127.0.0.1:{port}/health"))
            .await?;
        verifiers.push(verifier);
    }
    Ok(verifiers)
}

fn start_verifier(stage: &Stage, number: usize) -> Result<Service> {
    let name = verifier_name(number);
    let data = stage.folder.join(&name);
    fs::create_dir_all(&data)?;
    let port = stage
        .verifier_ports
        .get(number)
        .context("no such verifier")?;
    let monitor = stage
        .monitor_ports
        .get(number)
        .context("no such verifier")?;
    let mut settings = format!(
        r#"data_dir = {data:?}
keypair_path = {key:?}

[chain]
rpc_url = "{rpc}"
service = "{service}"
poll_interval = "300ms"
registry_interval = "1s"

[http]
listen = "127.0.0.1:{port}"

[monitor]
listen = "127.0.0.1:{monitor}"

[challenge]
attempts = 2
attempt_spacing = "1s"
private_endpoints = true

[vote]
proposer_delay = "20s"

[crank]
delay = "5s"
leases = false
"#,
        key = key_path(&stage.folder.join("keys"), &name),
        rpc = stage.network.rpc_url(),
        service = stage.deployment().service,
    );
    for peer in (0..VERIFIERS).filter(|peer| *peer != number) {
        let authority = key(&stage.folder.join("keys"), &verifier_name(peer))?.pubkey();
        let peer_port = stage.verifier_ports.get(peer).context("no such verifier")?;
        let _ = write!(
            settings,
            "\n[[peers]]\nauthority = \"{authority}\"\nurl = \"http://127.0.0.1:{peer_port}\"\n"
        );
    }
    let file = stage.folder.join(format!("{name}.toml"));
    fs::write(&file, settings)?;
    Service::start(
        &name,
        "trestle-attest",
        &file,
        stage.folder.join(format!("{name}.log")),
    )
}
