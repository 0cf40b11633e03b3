//! `evidence.jsonl`: one challenge a line, so that it can be written and read as a stream.

use crate::error::VerifyError;
use crate::published::EVIDENCE_FILE;
use crate::storage::{
    ChallengeEvidence, ChallengeScope, CommitmentInput, EpochInputs, Finding, Opening,
};
use crate::text::{key, parse_base58, parse_hex, Base58, Hex};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use trestle_core::storage::DEPTH_MAX;

/// Longest path of an opening, in hashes.
const PATH_MAX: usize = DEPTH_MAX as usize;
const UNKNOWN: &str = "commitment is not in the inputs";

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Line {
    #[serde(with = "key")]
    commitment: [u8; 32],
    number: u32,
    index: u32,
    outcome: OutcomeText,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    leaf: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    path: Option<Vec<String>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    signature: Option<String>,
}

#[derive(Serialize, Deserialize, Clone, Copy)]
#[serde(rename_all = "lowercase")]
enum OutcomeText {
    Ok,
    Lost,
    Missed,
}

/// Writes one line, line feed included. The leaf index is derived, for readers' comfort.
pub fn render_evidence_line(
    scope: &ChallengeScope,
    commitment: &CommitmentInput,
    record: &ChallengeEvidence,
) -> Result<String, VerifyError> {
    let index = scope.index(commitment, record.number);
    let (outcome, opening, signature) = match &record.finding {
        Finding::Ok(opening) => (OutcomeText::Ok, Some(opening), None),
        Finding::LossDeclared(signature) => (OutcomeText::Lost, None, Some(signature)),
        Finding::LossShown(opening, signature) => {
            (OutcomeText::Lost, Some(opening), Some(signature))
        }
        Finding::Missed => (OutcomeText::Missed, None, None),
    };
    let path = |opening: &Opening| {
        opening
            .path
            .iter()
            .map(|hash| Hex(hash).to_string())
            .collect()
    };
    let line = Line {
        commitment: record.commitment,
        number: record.number,
        index,
        outcome,
        leaf: opening.map(|opening| Hex(&opening.leaf).to_string()),
        path: opening.map(path),
        signature: signature.map(|signature| Base58(signature).to_string()),
    };
    let mut text = serde_json::to_string(&line).map_err(|error| malformed(0, &error))?;
    text.push('\n');
    Ok(text)
}

/// Writes the whole file.
pub fn render_evidence(
    inputs: &EpochInputs,
    evidence: &[ChallengeEvidence],
) -> Result<String, VerifyError> {
    let (scope, commitments) = (inputs.scope(), by_address(inputs));
    let mut text = String::new();
    for (position, record) in evidence.iter().enumerate() {
        let commitment = commitments
            .get(&record.commitment)
            .ok_or_else(|| malformed(position.saturating_add(1), &UNKNOWN))?;
        text.push_str(&render_evidence_line(&scope, commitment, record)?);
    }
    Ok(text)
}

/// Reads the whole file. Whether it is complete and true is for `check_evidence`.
pub fn parse_evidence(
    inputs: &EpochInputs,
    text: &str,
) -> Result<Vec<ChallengeEvidence>, VerifyError> {
    let (scope, commitments) = (inputs.scope(), by_address(inputs));
    let mut evidence = Vec::new();
    for (position, line) in text.lines().enumerate() {
        let number = position.saturating_add(1);
        let (record, index) = parse_line(line).map_err(|reason| malformed(number, &reason))?;
        let commitment = commitments
            .get(&record.commitment)
            .ok_or_else(|| malformed(number, &UNKNOWN))?;
        let expected = scope.index(commitment, record.number);
        if index != expected {
            return Err(malformed(number, &format!("index must be {expected}")));
        }
        evidence.push(record);
    }
    Ok(evidence)
}

/// Reads one line. The index is returned as written: only who holds the inputs can check it.
pub fn parse_evidence_line(text: &str) -> Result<(ChallengeEvidence, u32), VerifyError> {
    parse_line(text).map_err(|reason| malformed(1, &reason))
}

fn by_address(inputs: &EpochInputs) -> BTreeMap<&[u8; 32], &CommitmentInput> {
    inputs
        .commitments
        .iter()
        .map(|one| (&one.address, one))
        .collect()
}

fn parse_line(text: &str) -> Result<(ChallengeEvidence, u32), String> {
    let line: Line = serde_json::from_str(text).map_err(|error| error.to_string())?;
    let opening = parse_opening(line.leaf, line.path)?;
    let signature = line
        .signature
        .map(|text| parse_base58::<64>(&text))
        .transpose()?;
    let finding = match (line.outcome, opening, signature) {
        (OutcomeText::Ok, Some(opening), None) => Finding::Ok(opening),
        (OutcomeText::Lost, None, Some(signature)) => Finding::LossDeclared(signature),
        (OutcomeText::Lost, Some(opening), Some(signature)) => {
            Finding::LossShown(opening, signature)
        }
        (OutcomeText::Missed, None, None) => Finding::Missed,
        _ => return Err("fields do not fit the outcome".into()),
    };
    let record = ChallengeEvidence {
        commitment: line.commitment,
        number: line.number,
        finding,
    };
    Ok((record, line.index))
}

fn parse_opening(
    leaf: Option<String>,
    path: Option<Vec<String>>,
) -> Result<Option<Opening>, String> {
    let (leaf, path) = match (leaf, path) {
        (None, None) => return Ok(None),
        (Some(leaf), Some(path)) => (leaf, path),
        _ => return Err("`leaf` and `path` belong together".into()),
    };
    if path.len() > PATH_MAX {
        return Err(format!("`path` is longer than {PATH_MAX}"));
    }
    let path = path
        .iter()
        .map(|text| parse_hex(text))
        .collect::<Result<_, _>>()?;
    Ok(Some(Opening {
        leaf: parse_hex(&leaf)?,
        path,
    }))
}

fn malformed(line: usize, reason: &dyn std::fmt::Display) -> VerifyError {
    VerifyError::Malformed {
        file: EVIDENCE_FILE,
        line,
        reason: reason.to_string(),
    }
}
