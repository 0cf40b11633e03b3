//! The files that a verifier publishes for each epoch, enough to recompute its root:
//!
//! | file | content |
//! |---|---|
//! | `inputs.json` | [`EpochInputs`]: what the chain said |
//! | `evidence.jsonl` | one [`ChallengeEvidence`] a line: what the nodes answered |
//! | `leaves.json` | [`LeavesFile`]: the resulting counters of each operator |
//! | `root.json` | [`RootFile`]: the digests that went on chain |
//!
//! Parsing is strict: unknown fields and other spellings of a value are refused, so a file that
//! parses renders to the same bytes.

mod lines;
mod results;

pub use lines::{parse_evidence, parse_evidence_line, render_evidence, render_evidence_line};
pub use results::{LeavesFile, RootFile, TotalsText};

use crate::error::VerifyError;
use crate::storage::{ChallengeEvidence, EpochInputs, EpochOutcome};
use serde::de::DeserializeOwned;
use serde::Serialize;

/// Name of the inputs file.
pub const INPUTS_FILE: &str = "inputs.json";
/// Name of the evidence file.
pub const EVIDENCE_FILE: &str = "evidence.jsonl";
/// Name of the leaves file.
pub const LEAVES_FILE: &str = "leaves.json";
/// Name of the root file.
pub const ROOT_FILE: &str = "root.json";
/// All of them; a server offers these names and no others.
pub const FILES: [&str; 4] = [INPUTS_FILE, EVIDENCE_FILE, LEAVES_FILE, ROOT_FILE];

/// The files of one epoch, parsed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EpochFiles {
    /// `inputs.json`.
    pub inputs: EpochInputs,
    /// `evidence.jsonl`.
    pub evidence: Vec<ChallengeEvidence>,
    /// `leaves.json`.
    pub leaves: LeavesFile,
    /// `root.json`.
    pub root: RootFile,
}

/// The files of one epoch as text, in the order of [`FILES`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EpochTexts {
    /// `inputs.json`.
    pub inputs: String,
    /// `evidence.jsonl`.
    pub evidence: String,
    /// `leaves.json`.
    pub leaves: String,
    /// `root.json`.
    pub root: String,
}

impl EpochFiles {
    /// The files of a scored epoch.
    pub fn new(
        inputs: EpochInputs,
        evidence: Vec<ChallengeEvidence>,
        outcome: &EpochOutcome,
    ) -> Self {
        let leaves = LeavesFile::new(&inputs, outcome);
        let root = RootFile::new(&inputs, outcome);
        Self {
            inputs,
            evidence,
            leaves,
            root,
        }
    }

    /// Reads what [`EpochFiles::render`] writes.
    pub fn parse(texts: &EpochTexts) -> Result<Self, VerifyError> {
        let inputs: EpochInputs = parse_json(INPUTS_FILE, &texts.inputs)?;
        let evidence = parse_evidence(&inputs, &texts.evidence)?;
        Ok(Self {
            evidence,
            leaves: parse_json(LEAVES_FILE, &texts.leaves)?,
            root: parse_json(ROOT_FILE, &texts.root)?,
            inputs,
        })
    }

    /// Writes the files.
    pub fn render(&self) -> Result<EpochTexts, VerifyError> {
        Ok(EpochTexts {
            inputs: render_json(INPUTS_FILE, &self.inputs)?,
            evidence: render_evidence(&self.inputs, &self.evidence)?,
            leaves: render_json(LEAVES_FILE, &self.leaves)?,
            root: render_json(ROOT_FILE, &self.root)?,
        })
    }
}

impl EpochTexts {
    /// Name and content of each file.
    pub fn named(&self) -> [(&'static str, &str); 4] {
        [
            (INPUTS_FILE, &self.inputs),
            (EVIDENCE_FILE, &self.evidence),
            (LEAVES_FILE, &self.leaves),
            (ROOT_FILE, &self.root),
        ]
    }
}

/// Reads `root.json` alone, to see whether the other files are worth fetching.
pub fn parse_root(text: &str) -> Result<RootFile, VerifyError> {
    parse_json(ROOT_FILE, text)
}

/// Reads `inputs.json` alone.
pub fn parse_inputs(text: &str) -> Result<EpochInputs, VerifyError> {
    parse_json(INPUTS_FILE, text)
}

fn parse_json<T: DeserializeOwned>(file: &'static str, text: &str) -> Result<T, VerifyError> {
    serde_json::from_str(text).map_err(|error| VerifyError::Malformed {
        file,
        line: error.line(),
        reason: error.to_string(),
    })
}

fn render_json<T: Serialize>(file: &'static str, value: &T) -> Result<String, VerifyError> {
    let mut text = serde_json::to_string_pretty(value).map_err(|error| VerifyError::Malformed {
        file,
        line: 0,
        reason: error.to_string(),
    })?;
    text.push('\n');
    Ok(text)
}
