//! Storage: an operator holds committed data and shows it by opening random leaves.

mod check;
mod evidence;
mod explain;
mod fault;
mod inputs;
mod recompute;
mod score;
#[cfg(test)]
mod testing;
#[cfg(test)]
mod tests;
#[cfg(test)]
mod tests_maintenance;
#[cfg(test)]
mod tests_refusal;

pub use check::{check_evidence, check_finding, CheckedEvidence};
pub use evidence::{
    challenge_message, declared_loss_message, ChallengeEvidence, ChallengeScope, Finding, Opening,
    SignatureBytes,
};
pub use explain::{explain, Explanation};
pub use fault::{OperatorTerms, Verdict, ZONE_OPERATORS_MIN};
pub use inputs::{
    Allotted, CommitmentInput, EpochInputs, MaintenanceInput, OperatorInput, OperatorState,
    PreviousRoot, ServiceParams, EVIDENCE_RECORDS_MAX, OPERATORS_MAX,
};
pub use recompute::{recompute, Recomputed};
pub use score::{score, EpochOutcome};
