//! Findings as columns, and values as bytes.

use rusqlite::Row;
use trestle_core::storage::LEAF_BYTES;
use trestle_kit::database::DatabaseError;
use trestle_verify::storage::{ChallengeEvidence, Finding, Opening, SignatureBytes};

/// Names of outcomes in the table.
const OK: &str = "ok";
const LOSS_DECLARED: &str = "loss-declared";
const LOSS_SHOWN: &str = "loss-shown";

/// The columns of a finding after its key.
pub(super) struct FindingColumns {
    pub(super) kind: &'static str,
    pub(super) leaf: Option<Vec<u8>>,
    pub(super) path: Option<Vec<u8>>,
    pub(super) signature: Option<Vec<u8>>,
}

impl FindingColumns {
    /// `None` for a miss, which is the absence of a finding.
    pub(super) fn of(finding: &Finding) -> Option<Self> {
        let (kind, opening, signature) = match finding {
            Finding::Ok(opening) => (OK, Some(opening), None),
            Finding::LossDeclared(signature) => (LOSS_DECLARED, None, Some(signature)),
            Finding::LossShown(opening, signature) => (LOSS_SHOWN, Some(opening), Some(signature)),
            Finding::Missed => return None,
        };
        Some(Self {
            kind,
            leaf: opening.map(|opening| opening.leaf.to_vec()),
            path: opening.map(|opening| opening.path.as_flattened().to_vec()),
            signature: signature.map(|signature| signature.to_vec()),
        })
    }
}

/// Reads `commitment, number, kind, leaf, path, signature`.
pub(super) fn read_finding(row: &Row<'_>) -> Result<ChallengeEvidence, DatabaseError> {
    let kind: String = row.get(2)?;
    let opening = read_opening(row.get(3)?, row.get(4)?)?;
    let signature: Option<SignatureBytes> = row
        .get::<_, Option<Vec<u8>>>(5)?
        .map(|bytes| array(&bytes))
        .transpose()?;
    let finding = match (kind.as_str(), opening, signature) {
        (OK, Some(opening), None) => Finding::Ok(opening),
        (LOSS_DECLARED, None, Some(signature)) => Finding::LossDeclared(signature),
        (LOSS_SHOWN, Some(opening), Some(signature)) => Finding::LossShown(opening, signature),
        _ => return Err(DAMAGED),
    };
    Ok(ChallengeEvidence {
        commitment: array(&row.get::<_, Vec<u8>>(0)?)?,
        number: row.get(1)?,
        finding,
    })
}

fn read_opening(
    leaf: Option<Vec<u8>>,
    path: Option<Vec<u8>>,
) -> Result<Option<Opening>, DatabaseError> {
    let (leaf, path) = match (leaf, path) {
        (None, None) => return Ok(None),
        (Some(leaf), Some(path)) => (leaf, path),
        _ => return Err(DAMAGED),
    };
    let path = path.chunks(32).map(array).collect::<Result<_, _>>()?;
    Ok(Some(Opening {
        leaf: array::<LEAF_BYTES>(&leaf)?,
        path,
    }))
}

const DAMAGED: DatabaseError = DatabaseError::Damaged("finding");

/// Bytes of exactly `N`.
pub(super) fn array<const N: usize>(bytes: &[u8]) -> Result<[u8; N], DatabaseError> {
    bytes.try_into().map_err(|_| DAMAGED)
}

pub(super) fn to_blob<T: borsh::BorshSerialize>(value: &T) -> Result<Vec<u8>, DatabaseError> {
    borsh::to_vec(value).map_err(|_| DatabaseError::Damaged("value"))
}

pub(super) fn from_blob<T: borsh::BorshDeserialize>(
    bytes: &[u8],
    table: &'static str,
) -> Result<T, DatabaseError> {
    borsh::from_slice(bytes).map_err(|_| DatabaseError::Damaged(table))
}
