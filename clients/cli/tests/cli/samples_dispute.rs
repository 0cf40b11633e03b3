//! Fixed results about disputes, challenges and the escape.

use trestle_cli::commands::{
    dispute::{Answer, DisputeAction, DisputeMoveOutput, DisputeOutput, Outcome},
    epoch_challenge::{ChallengeOutput, EscapeOutput},
};

use crate::samples::{address, dry_run, landed, tokens};

pub fn dispute_move(action: DisputeAction) -> DisputeMoveOutput {
    DisputeMoveOutput {
        action,
        proposal: address(17),
        epoch: 41,
        bond: tokens(1_000_000_000_000),
        answer: (action == DisputeAction::Vote).then_some(Answer::Wrong),
        outcome: (action == DisputeAction::Resolve).then_some(Outcome::Undecided),
        transaction: landed(),
    }
}

pub fn dispute() -> DisputeOutput {
    DisputeOutput {
        proposal: address(17),
        dispute: address(21),
        epoch: 41,
        challenger: address(22),
        bond: tokens(1_000_000_000_000),
        ends_at: 1_700_000_600,
        now: 1_700_000_000,
        said_right: 1,
        weight_right: tokens(1_000_000_000_000),
        said_wrong: 2,
        weight_wrong: tokens(2_000_000_000_000),
        weight_total: tokens(3_000_000_000_000),
        outcome: Some(Outcome::Wrong),
    }
}

pub fn challenge() -> ChallengeOutput {
    ChallengeOutput {
        proposal: address(17),
        epoch: 41,
        fault: "omitted".to_string(),
        transaction: landed(),
    }
}

pub fn challenge_of_evidence() -> ChallengeOutput {
    ChallengeOutput {
        fault: "signature".to_string(),
        transaction: dry_run(),
        ..challenge()
    }
}

pub fn escape() -> EscapeOutput {
    EscapeOutput {
        service: address(2),
        epoch: 42,
        transaction: dry_run(),
    }
}
