//! `trestle config`: what the settings are, and where each comes from.

use std::{fmt, path::PathBuf};

use clap::Subcommand;
use serde::Serialize;
use trestle_sdk::deployment::Deployment;

use crate::{
    config::{update_yaml, Origin, Settings},
    context::Context,
    error::CliError,
    text::row,
};

#[derive(Debug, Subcommand)]
pub enum ConfigCommand {
    /// Show every setting and where it comes from
    Get,
    /// Change settings: those that are given as global options
    ///
    /// --url, --ws, --keypair and --commitment go to the file of the Solana tools, --deployment to
    /// the own one.
    #[command(after_help = "Example: trestle config set --url devnet --deployment devnet.json")]
    Set,
}

/// One setting.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct SettingText {
    pub value: String,
    pub origin: Origin,
}

/// `config get` and `config set`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct ConfigOutput {
    pub solana_file: PathBuf,
    pub own_file: PathBuf,
    pub url: SettingText,
    pub ws_url: SettingText,
    pub keypair: SettingText,
    pub commitment: SettingText,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub deployment: Option<SettingText>,
}

impl fmt::Display for SettingText {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} ({})", self.value, self.origin)
    }
}

impl fmt::Display for ConfigOutput {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        row(f, "Solana settings", self.solana_file.display())?;
        row(f, "Own settings", self.own_file.display())?;
        row(f, "RPC URL", &self.url)?;
        row(f, "WebSocket URL", &self.ws_url)?;
        row(f, "Key", &self.keypair)?;
        row(f, "Commitment", &self.commitment)?;
        match &self.deployment {
            Some(deployment) => row(f, "Deployment", deployment),
            None => row(f, "Deployment", "none"),
        }
    }
}

pub fn run(command: &ConfigCommand, context: &Context<'_>) -> Result<(), CliError> {
    if matches!(command, ConfigCommand::Set) {
        set(context)?;
    }
    context.print(&get(context)?)
}

fn get(context: &Context<'_>) -> Result<ConfigOutput, CliError> {
    let settings = Settings::read(context.global)?;
    let global = context.global;
    let deployment = settings.deployment(global)?;
    // A file that cannot be read is reported by the commands that need it.
    let book = deployment
        .as_ref()
        .and_then(|one| Deployment::read(&one.value).ok());
    let from_file = book.as_ref().map(|book| book.rpc_url.as_str());
    let cluster = settings.cluster(global, from_file)?;
    let ws_url = settings.ws_url(global, &cluster.value);
    let keypair = settings.keypair(global)?;
    let commitment = settings.commitment(global)?;
    let text = |value: String, origin| SettingText { value, origin };
    Ok(ConfigOutput {
        url: text(cluster.value.url().to_string(), cluster.origin),
        ws_url: text(ws_url.value, ws_url.origin),
        keypair: text(keypair.value, keypair.origin),
        commitment: text(commitment.value.to_string(), commitment.origin),
        deployment: deployment.map(|one| text(one.value.display().to_string(), one.origin)),
        solana_file: settings.solana_file,
        own_file: settings.own_file,
    })
}

fn set(context: &Context<'_>) -> Result<(), CliError> {
    let global = context.global;
    let settings = Settings::read(global)?;
    let mut changes = Vec::new();
    if global.url.is_some() {
        let cluster = settings.cluster(global, None)?.value;
        changes.push(("json_rpc_url", cluster.url().to_string()));
        // The old one belonged to the old cluster; an empty one is computed.
        changes.push(("websocket_url", global.ws.clone().unwrap_or_default()));
    } else if let Some(ws) = &global.ws {
        changes.push(("websocket_url", ws.clone()));
    }
    if let Some(keypair) = &global.keypair {
        changes.push(("keypair_path", keypair.to_string()));
    }
    if let Some(commitment) = global.commitment {
        changes.push(("commitment", commitment.to_string()));
    }
    if changes.is_empty() && global.deployment.is_none() {
        return Err(CliError::usage("nothing to set")
            .hint("give --url, --ws, --keypair, --commitment or --deployment with the new value"));
    }
    if !changes.is_empty() {
        update_yaml(&settings.solana_file, &changes)?;
    }
    if let Some(path) = &global.deployment {
        // A relative path would mean another file in the next folder.
        let path = std::path::absolute(path)?.display().to_string();
        update_yaml(&settings.own_file, &[("deployment", path)])?;
    }
    Ok(())
}
