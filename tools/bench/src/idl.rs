//! What `idl/*.json` says of the programs.

use std::{fs, path::Path};

use anchor_lang_idl::types::{Idl, IdlInstructionAccountItem};
use anyhow::{Context, Result};

/// The programs, in the order of their error codes.
pub const PROGRAMS: [&str; 4] = ["staking", "proofs", "rewards", "credits"];

/// A program by its description.
pub struct Program {
    pub name: &'static str,
    pub idl: Idl,
}

impl Program {
    /// Names of its instructions, in the order of the description.
    pub fn instructions(&self) -> impl Iterator<Item = &str> {
        self.idl
            .instructions
            .iter()
            .map(|instruction| instruction.name.as_str())
    }
}

/// Reads every description.
pub fn read(root: &Path) -> Result<Vec<Program>> {
    PROGRAMS
        .into_iter()
        .map(|name| read_one(root, name))
        .collect()
}

fn read_one(root: &Path, name: &'static str) -> Result<Program> {
    let path = root.join("idl").join(format!("trestle_{name}.json"));
    let text = fs::read_to_string(&path)
        .with_context(|| format!("cannot read {}: run `make idl`", path.display()))?;
    let idl = serde_json::from_str(&text)
        .with_context(|| format!("cannot understand {}: run `make idl`", path.display()))?;
    Ok(Program { name, idl })
}

/// The roles of an instruction's signers: what their documentation says before its first sign.
pub fn signers(accounts: &[IdlInstructionAccountItem]) -> Vec<String> {
    accounts
        .iter()
        .flat_map(|item| match item {
            IdlInstructionAccountItem::Composite(group) => signers(&group.accounts),
            IdlInstructionAccountItem::Single(account) if account.signer => {
                let docs = account.docs.join(" ");
                let role = docs.split([':', ',', ';', '.']).next();
                vec![role.unwrap_or_default().trim().to_owned()]
            }
            IdlInstructionAccountItem::Single(_) => Vec::new(),
        })
        .collect()
}
