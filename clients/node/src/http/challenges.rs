//! Challenges: a verifier names leaves, the node opens them from the disk and signs each answer.
//!
//! A signed `lost` costs stake. So it is signed only for what the chain really asks: the epoch's
//! seed must be recorded and the index must follow from it. Without that a verifier could collect
//! `lost` for epochs to come while a disk is being replaced, or read a shard leaf by leaf.

use super::{
    body::{drain, expects_word, read_small},
    fail,
    state::chain_error,
    Shared,
};
use crate::{
    chain::{CommitmentView, Freshness, OperatorView},
    error::{ApiError, ErrorKind},
    store::{AnswerError, Answers, LeafAnswer, Root},
};
use axum::{
    body::Body,
    extract::{Request, State},
    http::request::Parts,
    response::{IntoResponse, Response},
    Json,
};
use serde::{Deserialize, Serialize};
use solana_pubkey::Pubkey;
use solana_signer::Signer;
use std::{collections::HashSet, sync::Arc};
use trestle_core::{
    answer::answer_message,
    evidence::Outcome,
    hash::{Hash, ZERO_HASH},
    storage::{challenge_index, opening_digest, CHALLENGES_MAX},
};
use trestle_sdk::{
    encoding::{base58, hex32, string},
    node::ChallengeAnswer,
};

/// What a verifier asks.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct ChallengeBody {
    /// The service that it verifies.
    #[serde(with = "base58")]
    pub service: Pubkey,
    /// The epoch that is challenged.
    #[serde(with = "string")]
    pub epoch: u64,
    /// The commitment's address.
    #[serde(with = "base58")]
    pub commitment: Pubkey,
    /// The commitment's root.
    #[serde(with = "hex32")]
    pub root: Hash,
    /// Which leaves.
    pub numbers: Vec<Numbered>,
}

/// One challenge.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Numbered {
    /// Its number in the epoch.
    pub number: u32,
    /// The leaf that it asks for.
    pub index: u32,
}

#[derive(Debug, Serialize)]
struct ChallengeAnswers {
    answers: Vec<ChallengeAnswer>,
}

pub(super) async fn answer(State(state): State<Shared>, request: Request) -> Response {
    let (parts, mut body) = request.into_parts();
    match respond(&state, &parts, &mut body).await {
        Ok(answers) => Json(ChallengeAnswers { answers }).into_response(),
        Err(error) => {
            if !expects_word(&parts.headers) {
                drain(body).await;
            }
            fail(&state, error)
        }
    }
}

async fn respond(
    state: &Shared,
    parts: &Parts,
    body: &mut Body,
) -> Result<Vec<ChallengeAnswer>, ApiError> {
    let signed = state.auth.verify(parts)?;
    let operator = state.operator().await?;
    state.require_verifier(&operator, &signed.key).await?;
    state.auth.admit(&signed).await?;
    let bytes = read_small(body, &state.settings.limits, &signed.digest).await?;
    let challenge: ChallengeBody = serde_json::from_slice(&bytes)
        .map_err(|error| ApiError::new(ErrorKind::BodyMalformed, error.to_string()))?;
    let commitment = find_commitment(state, &operator, &challenge).await?;
    check_numbers(&challenge, &commitment)?;
    let asked_by_chain = check_seed(state, &challenge, &commitment).await?;
    let answers = open(state, &challenge, commitment.size_bytes).await?;
    if answers.leaves.contains(&LeafAnswer::Lost) {
        tracing::error!(root = %Root(challenge.root), "challenged leaves are lost");
        if !asked_by_chain {
            let message = "the seed of this epoch is not on the chain as this node sees it";
            return Err(ApiError::new(ErrorKind::SeedUnknown, message));
        }
    }
    let signed: Result<Vec<_>, ApiError> = challenge
        .numbers
        .iter()
        .zip(&answers.leaves)
        .map(|(numbered, leaf)| sign_answer(state, &challenge, numbered, leaf))
        .collect();
    count(state, &answers);
    signed
}

async fn find_commitment(
    state: &Shared,
    operator: &OperatorView,
    challenge: &ChallengeBody,
) -> Result<CommitmentView, ApiError> {
    let address = &challenge.commitment;
    let mut found = None;
    for freshness in [Freshness::Cached, Freshness::Recent] {
        found = state
            .chain
            .commitment(address, freshness)
            .await
            .map_err(chain_error)?;
        if found.is_some() {
            break;
        }
    }
    let commitment = found
        .filter(|found| found.operator == operator.address)
        .ok_or_else(|| {
            let message = format!("{address} is no commitment of this node's operator");
            ApiError::new(ErrorKind::CommitmentUnknown, message)
        })?;
    if commitment.root != challenge.root || commitment.service != challenge.service {
        let message = "the commitment has another root or service";
        return Err(ApiError::new(ErrorKind::CommitmentMismatch, message));
    }
    let ended_epoch = commitment.ended_epoch.unwrap_or(u64::MAX);
    if challenge.epoch <= commitment.registered_epoch || challenge.epoch > ended_epoch {
        let message = format!("the commitment does not serve epoch {}", challenge.epoch);
        return Err(ApiError::new(ErrorKind::CommitmentMismatch, message));
    }
    Ok(commitment)
}

fn check_numbers(challenge: &ChallengeBody, commitment: &CommitmentView) -> Result<(), ApiError> {
    let malformed = |message: &str| Err(ApiError::new(ErrorKind::ChallengeMalformed, message));
    let most = usize::try_from(CHALLENGES_MAX).unwrap_or(usize::MAX);
    if challenge.numbers.is_empty() || challenge.numbers.len() > most {
        return malformed("the challenge asks for no leaf, or for too many");
    }
    let mut seen = HashSet::new();
    for numbered in &challenge.numbers {
        if numbered.number >= CHALLENGES_MAX || !seen.insert(numbered.number) {
            return malformed("a challenge number is out of range or stands twice");
        }
        if numbered.index >= commitment.leaf_count {
            return malformed("an index is not below the leaf count");
        }
    }
    Ok(())
}

/// Whether the chain asks for exactly these leaves; `false` while the seed is not seen.
async fn check_seed(
    state: &Shared,
    challenge: &ChallengeBody,
    commitment: &CommitmentView,
) -> Result<bool, ApiError> {
    // A verifier asks as soon as the seed is recorded: the ring in memory may be older.
    let mut seed = None;
    for freshness in [Freshness::Cached, Freshness::Recent] {
        let found = state
            .chain
            .seed(&challenge.service, challenge.epoch, freshness)
            .await;
        seed = found.unwrap_or_else(|error| {
            tracing::warn!(%error, "the seed could not be read");
            None
        });
        if seed.is_some() {
            break;
        }
    }
    let Some(seed) = seed else { return Ok(false) };
    let address = challenge.commitment.to_bytes();
    for Numbered { number, index } in &challenge.numbers {
        let asked = challenge_index(&seed, &address, *number, commitment.leaf_count);
        if asked != *index {
            let message = format!("challenge {number} of this epoch is leaf {asked}");
            return Err(ApiError::new(ErrorKind::ChallengeIndexWrong, message));
        }
    }
    Ok(true)
}

async fn open(
    state: &Shared,
    challenge: &ChallengeBody,
    size_bytes: u64,
) -> Result<Answers, ApiError> {
    let permit = state.enter(&state.gates.challenges, "challenges").await?;
    let store = Arc::clone(&state.store);
    let root = Root(challenge.root);
    let indices: Vec<u32> = challenge
        .numbers
        .iter()
        .map(|numbered| numbered.index)
        .collect();
    let opened = tokio::task::spawn_blocking(move || {
        let opened = store.answer(&root, size_bytes, &indices);
        drop(permit);
        opened
    })
    .await
    .map_err(|error| ApiError::internal("opening leaves", &error))?;
    opened.map_err(|error| match error {
        AnswerError::Rebuilding => ApiError::new(ErrorKind::Busy, error.to_string()),
        AnswerError::Io(_) | AnswerError::Commit(_) => {
            tracing::error!(%root, %error, "a shard cannot be read");
            ApiError::new(ErrorKind::Busy, "the shard cannot be read now")
        }
    })
}

fn sign_answer(
    state: &Shared,
    challenge: &ChallengeBody,
    numbered: &Numbered,
    leaf: &LeafAnswer,
) -> Result<ChallengeAnswer, ApiError> {
    let (outcome, name, digest, opened) = match leaf {
        LeafAnswer::Opened(opened) => {
            let digest = opening_digest(&opened.leaf, &opened.path);
            (Outcome::Ok, "ok", digest, Some(opened))
        }
        LeafAnswer::Lost => (Outcome::Lost, "lost", ZERO_HASH, None),
    };
    let message = answer_message(
        &challenge.commitment.to_bytes(),
        challenge.epoch,
        numbered.number,
        numbered.index,
        outcome.byte(),
        &digest,
    );
    let signature = state
        .key
        .try_sign_message(&message)
        .map_err(|error| ApiError::internal("signing an answer", &error))?;
    Ok(ChallengeAnswer {
        number: numbered.number,
        outcome: name.to_owned(),
        leaf: opened.map(|opened| hex::encode(opened.leaf)),
        path: opened.map(|opened| opened.path.iter().map(hex::encode).collect()),
        signature: signature.to_string(),
    })
}

fn count(state: &Shared, answers: &Answers) {
    let lost = answers
        .leaves
        .iter()
        .filter(|leaf| **leaf == LeafAnswer::Lost)
        .count();
    state.metrics.challenges("lost", lost);
    state
        .metrics
        .challenges("ok", answers.leaves.len().saturating_sub(lost));
    if answers.rebuilt {
        state.metrics.tree_rebuilds.inc();
    }
}
