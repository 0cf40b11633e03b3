//! Whether to vouch for what another verifier published.
//!
//! The files were already recomputed: openings verify, losses are signed, leaves and root follow
//! from inputs and evidence. What remains is whether the inputs are what the chain says, and
//! whether misses are believed.

use crate::epoch::assemble::OwnEvidence;
use crate::epoch::inputs::OwnView;
use thiserror::Error;
use trestle_verify::storage::{ChallengeEvidence, EpochInputs, Finding, OperatorInput};
use trestle_verify::text::Base58;

/// Why a verifier does not vouch.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum Disagreement {
    /// A part of the inputs is not what this verifier read from the chain.
    #[error("`{0}` of the inputs differs from the chain")]
    Input(
        /// Which part.
        &'static str,
    ),
    /// Parameters that this verifier did not see, but may have missed.
    #[error("the service was never seen with these `params`")]
    Params,
    /// An operator is missing, or one is there that should not be.
    #[error("operators differ from the chain at {}", Base58(.0))]
    Operators(
        /// The first that differs.
        [u8; 32],
    ),
    /// An operator never looked like this since the epoch began.
    #[error("operator {} was never seen with this stake, zone and key", Base58(.0))]
    OperatorState(
        /// Which.
        [u8; 32],
    ),
    /// Maintenance that the chain does not show, or shows otherwise.
    #[error("maintenance of operator {} differs from the chain", Base58(.0))]
    Maintenance(
        /// Whose.
        [u8; 32],
    ),
    /// A miss that this verifier has an answer for.
    #[error("challenge {number} of {} is called missed but was answered", Base58(.commitment))]
    AnsweredMiss {
        /// The commitment.
        commitment: [u8; 32],
        /// The challenge.
        number: u32,
    },
    /// A miss that this verifier cannot vouch for, because it did not ask.
    #[error("challenge {number} of {} is called missed but not asked here", Base58(.commitment))]
    UnseenMiss {
        /// The commitment.
        commitment: [u8; 32],
        /// The challenge.
        number: u32,
    },
}

/// Compares published inputs and evidence with what this verifier saw.
pub fn review(
    view: &OwnView,
    own: &OwnEvidence,
    inputs: &EpochInputs,
    evidence: &[ChallengeEvidence],
) -> Result<(), Disagreement> {
    let ours = view.inputs();
    let parts = [
        ("network", inputs.network == ours.network),
        ("service", inputs.service == ours.service),
        ("epoch", inputs.epoch == ours.epoch),
        ("seed", inputs.seed == ours.seed),
        ("params", !view.services.never_held(&inputs.params)),
        ("allotted", inputs.allotted == ours.allotted),
        ("previous", inputs.previous == ours.previous),
        ("commitments", inputs.commitments == ours.commitments),
    ];
    if let Some((part, _)) = parts.into_iter().find(|(_, same)| !same) {
        return Err(Disagreement::Input(part));
    }
    if !view.services.held(&inputs.params) {
        return Err(Disagreement::Params);
    }
    review_operators(view, &ours.operators, &inputs.operators)?;
    evidence
        .iter()
        .try_for_each(|record| review_miss(own, record))
}

fn review_operators(
    view: &OwnView,
    ours: &[OperatorInput],
    theirs: &[OperatorInput],
) -> Result<(), Disagreement> {
    let longest = ours.len().max(theirs.len());
    for slot in 0..longest {
        let pair = (ours.get(slot), theirs.get(slot));
        let (our, their) = match pair {
            (Some(our), Some(their)) => (our, their),
            (Some(only), None) | (None, Some(only)) => {
                return Err(Disagreement::Operators(only.address));
            }
            (None, None) => continue,
        };
        if our.address != their.address {
            return Err(Disagreement::Operators(our.address.min(their.address)));
        }
        if !view.operators.held(their) {
            return Err(Disagreement::OperatorState(their.address));
        }
        if our.maintenance != their.maintenance {
            return Err(Disagreement::Maintenance(their.address));
        }
    }
    Ok(())
}

fn review_miss(own: &OwnEvidence, record: &ChallengeEvidence) -> Result<(), Disagreement> {
    if record.finding != Finding::Missed {
        return Ok(());
    }
    let (commitment, number) = (record.commitment, record.number);
    if own.finding(&commitment, number).is_some() {
        return Err(Disagreement::AnsweredMiss { commitment, number });
    }
    if !own.asked(&commitment, number) {
        return Err(Disagreement::UnseenMiss { commitment, number });
    }
    Ok(())
}
