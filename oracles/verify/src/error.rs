//! Why inputs or evidence do not give a root.

use crate::text::{Base58, Hex};
use thiserror::Error;

/// A refusal. Each names what is wrong, so that a refused proposal can be argued about.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum VerifyError {
    /// Two verifiers must never disagree on order, so order is part of validity.
    #[error("{list} are not in strictly ascending order at position {position}; sort by address")]
    NotSorted {
        /// Which list.
        list: &'static str,
        /// Index of the first element out of order.
        position: usize,
    },
    /// A counted thing exceeds what the rules accept.
    #[error("{what} is {found}, the rules accept at most {limit}")]
    OutOfBounds {
        /// What was counted or measured.
        what: &'static str,
        /// Its value.
        found: u64,
        /// The largest accepted value.
        limit: u64,
    },
    /// An operator of the previous root disappeared, or a commitment names an unknown operator.
    #[error("operator {} is not in the inputs; list the operators again", Base58(.0))]
    UnknownOperator(
        /// Address of the operator account.
        [u8; 32],
    ),
    /// The account cannot take part in this epoch.
    #[error("{} is registered in epoch {registered}, too late for epoch {epoch}", Base58(.address))]
    TooYoung {
        /// Operator or commitment.
        address: [u8; 32],
        /// When it was registered.
        registered: u64,
        /// The epoch scored.
        epoch: u64,
    },
    /// Only the window that the epoch lies in belongs to the inputs.
    #[error("epoch {epoch} is not in the maintenance given for {}", Base58(.operator))]
    MaintenanceElsewhere {
        /// Address of the operator account.
        operator: [u8; 32],
        /// The epoch scored.
        epoch: u64,
    },
    /// Size and leaf count of a commitment contradict each other.
    #[error("commitment {} has {found} leaves, its size needs {expected}", Base58(.commitment))]
    LeafCount {
        /// Address of the commitment.
        commitment: [u8; 32],
        /// As given.
        found: u32,
        /// As derived from the size.
        expected: u32,
    },
    /// The previous root is not before the epoch that is scored.
    #[error("previous root is of epoch {previous}, not before epoch {epoch}")]
    PreviousNotBefore {
        /// Epoch of the previous root.
        previous: u64,
        /// The epoch scored.
        epoch: u64,
    },
    /// There is nobody to make a leaf for.
    #[error("no operator is registered; there is no root without a leaf")]
    NoOperators,
    /// Evidence must hold every challenge of every commitment exactly once, in order.
    #[error("evidence line {position} should be challenge {number} of {}", Base58(.commitment))]
    EvidenceOrder {
        /// Index of the first line that is not the expected one.
        position: usize,
        /// The commitment expected there.
        commitment: [u8; 32],
        /// The challenge expected there.
        number: u32,
    },
    /// The number of evidence records differs from the number of challenges.
    #[error("evidence has {found} records, the inputs ask for {expected}")]
    EvidenceCount {
        /// As given.
        found: usize,
        /// Commitments times challenges.
        expected: usize,
    },
    /// An `ok` whose opening does not open the commitment.
    #[error("opening of challenge {number} of {} does not verify", Base58(.commitment))]
    OpeningInvalid {
        /// Address of the commitment.
        commitment: [u8; 32],
        /// Challenge number.
        number: u32,
    },
    /// A `lost` that the node did not sign.
    #[error("loss in challenge {number} of {} is not signed by the node key", Base58(.commitment))]
    LossUnsigned {
        /// Address of the commitment.
        commitment: [u8; 32],
        /// Challenge number.
        number: u32,
    },
    /// A `lost` whose opening is right after all.
    #[error("challenge {number} of {} is called lost but its opening holds", Base58(.commitment))]
    LossDisproved {
        /// Address of the commitment.
        commitment: [u8; 32],
        /// Challenge number.
        number: u32,
    },
    /// A counter left its integer type.
    #[error("arithmetic of `{0}` overflows; the inputs cannot be real")]
    Arithmetic(
        /// Which quantity.
        &'static str,
    ),
    /// A published file does not parse.
    #[error("{file} line {line}: {reason}")]
    Malformed {
        /// File name.
        file: &'static str,
        /// Line, from 1.
        line: usize,
        /// What the parser says.
        reason: String,
    },
    /// A published value is not the recomputed one.
    #[error("{file}: `{field}` is {published}, recomputed {recomputed}")]
    Differs {
        /// File name.
        file: &'static str,
        /// Field that differs.
        field: &'static str,
        /// As published.
        published: String,
        /// As recomputed.
        recomputed: String,
    },
}

impl VerifyError {
    pub(crate) fn differs_hash(
        file: &'static str,
        field: &'static str,
        published: &[u8; 32],
        recomputed: &[u8; 32],
    ) -> Self {
        Self::Differs {
            file,
            field,
            published: Hex(published).to_string(),
            recomputed: Hex(recomputed).to_string(),
        }
    }
}
