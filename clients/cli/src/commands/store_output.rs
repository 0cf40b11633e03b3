//! Results of `trestle store`.

use std::{collections::BTreeMap, fmt, path::Path};

use serde::Serialize;
use trestle_proofs::state::NEVER;
use trestle_sdk::{
    encoding::string,
    store::{Manifest, ShardCheck, ShardRecord, ShardState},
};

use crate::text::{bytes, row, CreditsText};

/// A stored file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct FileText {
    pub id: String,
    pub name: String,
    #[serde(with = "string")]
    pub bytes: u64,
    pub sha256: String,
    pub data_shards: u16,
    pub total_shards: u16,
    /// Shards that an operator is committed to.
    pub committed_shards: usize,
    pub manifest: String,
}

/// Where a shard is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct ShardText {
    pub shard: usize,
    pub root: String,
    pub state: ShardState,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub operator: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub commitment: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub lease: Option<String>,
    pub rate_per_epoch: CreditsText,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub signature: Option<String>,
}

/// `store put`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct StorePutOutput {
    #[serde(flatten)]
    pub file: FileText,
    /// File of the key; whoever has it can read the file.
    pub key: String,
    pub already_stored: bool,
    pub committed: bool,
    pub shards: Vec<ShardText>,
}

/// `store get`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct StoreGetOutput {
    #[serde(flatten)]
    pub file: FileText,
    pub to: String,
    /// Operators whose shards were used.
    pub used: Vec<String>,
    /// Operators whose shards did not come back, and why.
    pub failed: BTreeMap<String, String>,
}

/// `store ls`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct StoreListOutput {
    pub folder: String,
    pub files: Vec<FileText>,
}

/// `store verify`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct StoreVerifyOutput {
    #[serde(flatten)]
    pub file: FileText,
    /// Whether enough shards are whole.
    pub retrievable: bool,
    pub shards: Vec<ShardCheckText>,
}

/// What is left of a shard.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct ShardCheckText {
    pub shard: usize,
    pub operator: String,
    /// Last epoch that the operator is committed to, where one is fixed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ended_epoch: Option<String>,
    /// Last epoch that is paid for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub paid_until_epoch: Option<String>,
    /// Why the shard is not whole.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub problem: Option<String>,
}

impl FileText {
    pub fn new(manifest: &Manifest, path: &Path) -> Self {
        let committed = |shard: &&ShardRecord| shard.state == ShardState::Committed;
        Self {
            id: manifest.id.clone(),
            name: manifest.name.clone(),
            bytes: manifest.layout.file_bytes,
            sha256: hex::encode(manifest.sha256),
            data_shards: manifest.layout.data,
            total_shards: manifest.layout.total,
            committed_shards: manifest.shards.iter().filter(committed).count(),
            manifest: path.display().to_string(),
        }
    }
}

impl ShardText {
    pub fn new((shard, record): (usize, &ShardRecord)) -> Self {
        Self {
            shard,
            root: hex::encode(record.root),
            state: record.state,
            operator: record.operator.map(|address| address.to_string()),
            commitment: record.commitment().map(|address| address.to_string()),
            lease: record.lease().map(|address| address.to_string()),
            rate_per_epoch: CreditsText::new(record.rate),
            signature: record
                .transaction
                .map(|pending| pending.signature.to_string()),
        }
    }
}

impl ShardCheckText {
    pub fn new(check: &ShardCheck) -> Self {
        let ended = check.commitment.map(|one| one.ended_epoch);
        Self {
            shard: check.shard,
            operator: check.operator.to_string(),
            ended_epoch: ended
                .filter(|epoch| *epoch != NEVER)
                .map(|epoch| epoch.to_string()),
            paid_until_epoch: check.lease.map(|lease| lease.end_epoch.to_string()),
            problem: check.retrievable.clone().err(),
        }
    }
}

impl fmt::Display for FileText {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        row(f, "File", &self.name)?;
        row(f, "Id", &self.id)?;
        row(f, "Size", bytes(self.bytes))?;
        let shards = format!(
            "{} of {} committed, any {} bring the file back",
            self.committed_shards, self.total_shards, self.data_shards
        );
        row(f, "Shards", shards)?;
        row(f, "Manifest", &self.manifest)
    }
}

impl fmt::Display for StorePutOutput {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.file.fmt(f)?;
        row(f, "Key", &self.key)?;
        if self.already_stored {
            row(f, "Stored", "before: there was nothing to do")?;
        }
        for shard in &self.shards {
            let operator = shard.operator.as_deref().unwrap_or("nobody");
            let label = format!("Shard {}", shard.shard);
            row(
                f,
                &label,
                format!("{operator}, {} an epoch", shard.rate_per_epoch),
            )?;
            if let Some(commitment) = shard.commitment.as_ref().filter(|_| f.alternate()) {
                row(f, "", format!("commitment {commitment}"))?;
            }
        }
        writeln!(
            f,
            "Keep manifest and key: without both nobody can read the file."
        )
    }
}

impl fmt::Display for StoreGetOutput {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        row(f, "File", &self.file.name)?;
        row(f, "Restored as", &self.to)?;
        row(f, "Size", bytes(self.file.bytes))?;
        row(f, "Checked", format!("sha256 {}", self.file.sha256))?;
        row(
            f,
            "From",
            format!("{} of {} shards", self.used.len(), self.file.total_shards),
        )?;
        for (operator, reason) in &self.failed {
            row(f, "Failed", format!("{operator}: {reason}"))?;
        }
        Ok(())
    }
}

impl fmt::Display for StoreListOutput {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.files.is_empty() {
            return writeln!(f, "No manifests in {}.", self.folder);
        }
        for file in &self.files {
            writeln!(
                f,
                "{}  {:>10}  {}/{} shards  {}",
                file.id,
                bytes(file.bytes),
                file.committed_shards,
                file.total_shards,
                file.name
            )?;
        }
        Ok(())
    }
}

impl fmt::Display for StoreVerifyOutput {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.file.fmt(f)?;
        for shard in &self.shards {
            let label = format!("Shard {}", shard.shard);
            let state = shard.problem.as_deref().unwrap_or("whole");
            let paid = match &shard.paid_until_epoch {
                Some(epoch) => format!("paid until epoch {epoch}"),
                None => "no lease".to_string(),
            };
            row(f, &label, format!("{}, {paid}: {state}", shard.operator))?;
        }
        let verdict = if self.retrievable {
            "yes"
        } else {
            "no: too few shards are whole"
        };
        row(f, "Retrievable", verdict)
    }
}
