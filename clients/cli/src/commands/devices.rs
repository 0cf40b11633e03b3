//! `trestle operator devices`: the keys of the hardware that speaks for an operator.

use std::{fmt, fs, path::PathBuf, str::FromStr};

use clap::Subcommand;
use serde::Serialize;
use solana_pubkey::Pubkey;
use trestle_core::{device::DeviceKey, hash::ZERO_HASH, merkle::Tree};
use trestle_sdk::instruction::staking::operator_devices_set;

use crate::{
    context::Context,
    error::CliError,
    send::{Submitter, Transaction},
    text::row,
};

#[derive(Debug, Subcommand)]
pub enum DevicesCommand {
    /// Name an operator's devices anew; only its controller can
    #[command(
        after_help = "The file has one device on each line: `ed25519 KEY` with the key in base58, \
        or `secp256r1 KEY` with the compressed key in hex. Only the root of the tree over them \
        goes on chain, in the order of the file."
    )]
    Set {
        /// File with the devices; an empty one takes all away
        devices: PathBuf,
        /// Operator or its wallet [default: the signing key]
        #[arg(long, value_name = "ADDRESS")]
        operator: Option<Pubkey>,
    },
}

/// `operator devices set`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct DevicesOutput {
    pub operator: String,
    /// Of the tree over the devices, in hex.
    pub root: String,
    pub devices: u32,
    #[serde(flatten)]
    pub transaction: Transaction,
}

impl fmt::Display for DevicesOutput {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.transaction.fmt_head(f)?;
        row(f, "Operator", &self.operator)?;
        row(f, "Devices", self.devices)?;
        row(f, "Root", &self.root)?;
        self.transaction.fmt(f)
    }
}

pub async fn run(command: &DevicesCommand, context: &Context<'_>) -> Result<(), CliError> {
    match command {
        DevicesCommand::Set { devices, operator } => {
            context.print(&set(devices, *operator, context).await?)
        }
    }
}

async fn set(
    path: &PathBuf,
    operator: Option<Pubkey>,
    context: &Context<'_>,
) -> Result<DevicesOutput, CliError> {
    let text = fs::read_to_string(path).map_err(|error| {
        CliError::failed("devices", format!("devices `{}`: {error}", path.display()))
    })?;
    let (root, count) = root_of(&parse(&text)?)?;
    let chain = context.chain().await?;
    let signers = context.signers()?;
    let submitter = Submitter::new(context, &chain, &signers);
    let wallet = submitter.wallet();
    let (operator, _) = chain.operator(&operator.unwrap_or(wallet)).await?;
    let instruction = operator_devices_set(&wallet, &operator, root, count);
    Ok(DevicesOutput {
        operator: operator.to_string(),
        root: hex::encode(root),
        devices: count,
        transaction: submitter.send("the setting", vec![instruction]).await?,
    })
}

fn parse(text: &str) -> Result<Vec<DeviceKey>, CliError> {
    let lines = text.lines().enumerate();
    let filled = lines.filter(|(_, line)| !line.trim().is_empty());
    filled
        .map(|(number, line)| {
            device(line.trim()).ok_or_else(|| {
                let number = number.saturating_add(1);
                CliError::failed("devices", format!("line {number} names no device"))
                    .hint("write `ed25519 KEY` in base58, or `secp256r1 KEY` in hex")
            })
        })
        .collect()
}

fn device(line: &str) -> Option<DeviceKey> {
    let (kind, key) = line.split_once(char::is_whitespace)?;
    match kind {
        "ed25519" => {
            let key = Pubkey::from_str(key.trim()).ok()?;
            Some(DeviceKey::Ed25519(key.to_bytes()))
        }
        "secp256r1" => {
            let key = hex::decode(key.trim()).ok()?;
            Some(DeviceKey::Secp256r1(key.try_into().ok()?))
        }
        _ => None,
    }
}

/// Root and number of the devices.
fn root_of(devices: &[DeviceKey]) -> Result<([u8; 32], u32), CliError> {
    if devices.is_empty() {
        return Ok((ZERO_HASH, 0));
    }
    let leaves = devices.iter().map(DeviceKey::leaf_hash).collect();
    let tree = Tree::build(leaves).map_err(|error| {
        CliError::failed("devices", format!("the devices make no tree: {error}"))
    })?;
    Ok((tree.root(), tree.leaf_count()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_device_of_a_file_is_under_the_root() {
        let ed25519 = Pubkey::new_from_array([7; 32]);
        let secp256r1 = format!("02{}", "ab".repeat(32));
        let text = format!("ed25519 {ed25519}\n\n  secp256r1  {secp256r1}\n");
        let devices = parse(&text).unwrap();
        let (root, count) = root_of(&devices).unwrap();
        assert_eq!(count, 2);
        let leaves = devices.iter().map(DeviceKey::leaf_hash).collect();
        let tree = Tree::build(leaves).unwrap();
        for (index, device) in (0..).zip(&devices) {
            let proof = tree.proof(index).unwrap();
            assert_eq!(device.verify(&root, count, index, &proof), Ok(()));
        }
        assert_eq!(root_of(&[]).unwrap(), (ZERO_HASH, 0));
    }

    #[test]
    fn a_line_that_names_no_device_is_told_by_its_number() {
        for line in ["ed25519", "ed25519 x", "rsa AAAA", "secp256r1 02ab"] {
            let error = parse(&format!("\n{line}\n")).unwrap_err();
            assert!(error.to_string().contains("line 2"), "{error}");
        }
    }
}
