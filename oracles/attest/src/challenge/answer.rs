//! What a node's answer proves.

use serde::Deserialize;
use std::collections::BTreeMap;
use trestle_core::storage::DEPTH_MAX;
use trestle_verify::storage::{
    check_finding, ChallengeEvidence, ChallengeScope, CommitmentInput, Finding, Opening,
    SignatureBytes,
};
use trestle_verify::text::{parse_base58, parse_hex};

#[derive(Deserialize)]
struct Answers {
    answers: Vec<Answer>,
}

#[derive(Deserialize)]
struct Answer {
    number: u32,
    outcome: String,
    leaf: Option<String>,
    path: Option<Vec<String>>,
    signature: String,
}

/// Findings that the answer proves for the challenges in `numbers`. Whatever proves nothing is
/// left out, and the second value says why: it counts as no answer.
pub fn judge_answer(
    scope: &ChallengeScope,
    commitment: &CommitmentInput,
    node_key: &[u8; 32],
    numbers: &[u32],
    body: &[u8],
) -> (Vec<ChallengeEvidence>, Option<String>) {
    let answers: Answers = match serde_json::from_slice(body) {
        Ok(answers) => answers,
        Err(error) => return (Vec::new(), Some(format!("not an answer: {error}"))),
    };
    let mut by_number: BTreeMap<u32, Answer> = BTreeMap::new();
    for answer in answers
        .answers
        .into_iter()
        .filter(|one| numbers.contains(&one.number))
    {
        by_number.entry(answer.number).or_insert(answer);
    }
    let mut findings = Vec::new();
    let mut trouble = None;
    for number in numbers {
        let judged = match by_number.get(number) {
            Some(answer) => judge(scope, commitment, node_key, answer),
            None => Err(format!("challenge {number} is not answered")),
        };
        match judged {
            Ok(finding) => findings.push(finding),
            Err(reason) => trouble = Some(reason),
        }
    }
    (findings, trouble)
}

fn judge(
    scope: &ChallengeScope,
    commitment: &CommitmentInput,
    node_key: &[u8; 32],
    answer: &Answer,
) -> Result<ChallengeEvidence, String> {
    let record = |finding| ChallengeEvidence {
        commitment: commitment.address,
        number: answer.number,
        finding,
    };
    let check = |finding| {
        let record = record(finding);
        check_finding(scope, commitment, node_key, &record).map(|()| record)
    };
    let signature: SignatureBytes = parse_base58(&answer.signature)?;
    match answer.outcome.as_str() {
        "lost" => check(Finding::LossDeclared(signature)).map_err(|error| error.to_string()),
        "ok" => {
            let opening = parse_opening(answer)?;
            // An opening that verifies needs no signature; one that does not, and is signed, is
            // the node's own proof that it has lost the leaf.
            check(Finding::Ok(opening.clone()))
                .or_else(|_| check(Finding::LossShown(opening, signature)))
                .map_err(|error| error.to_string())
        }
        _ => Err(format!(
            "challenge {} has an unknown outcome",
            answer.number
        )),
    }
}

fn parse_opening(answer: &Answer) -> Result<Opening, String> {
    let leaf = answer.leaf.as_deref().ok_or("`leaf` is missing")?;
    let path = answer.path.as_deref().ok_or("`path` is missing")?;
    if path.len() > usize::from(DEPTH_MAX) {
        return Err(format!("`path` is longer than {DEPTH_MAX}"));
    }
    let path = path
        .iter()
        .map(|node| parse_hex(node))
        .collect::<Result<_, _>>()?;
    Ok(Opening {
        leaf: parse_hex(leaf)?,
        path,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use ed25519_dalek::{Signer, SigningKey};
    use serde_json::{json, Value};
    use std::io::Cursor;
    use trestle_core::storage::{commit_with_cache, opening};
    use trestle_verify::storage::{challenge_message, declared_loss_message};

    struct Node {
        key: SigningKey,
        scope: ChallengeScope,
        commitment: CommitmentInput,
        data: Vec<u8>,
    }

    impl Node {
        fn new() -> Self {
            let data: Vec<u8> = (0..9_000).map(|byte| (byte % 251) as u8).collect();
            let (committed, _) = commit_with_cache(&mut Cursor::new(&data), |_| {}).unwrap();
            let commitment = CommitmentInput {
                address: [1; 32],
                operator: [2; 32],
                customer: [3; 32],
                root: committed.root,
                size_bytes: committed.size_bytes,
                leaf_count: committed.leaf_count,
                registered_epoch: 0,
            };
            let scope = ChallengeScope {
                epoch: 4,
                seed: [5; 32],
            };
            Self {
                key: SigningKey::from_bytes(&[6; 32]),
                scope,
                commitment,
                data,
            }
        }

        fn open(&self, number: u32) -> Opening {
            let (_, mut cache) = commit_with_cache(&mut Cursor::new(&self.data), |_| {}).unwrap();
            let index = self.scope.index(&self.commitment, number);
            let opened = opening(&mut Cursor::new(&self.data), &mut cache, index).unwrap();
            Opening {
                leaf: opened.leaf,
                path: opened.path,
            }
        }

        fn sign(&self, message: &[u8; 32]) -> String {
            bs58::encode(self.key.sign(message).to_bytes()).into_string()
        }

        fn shown(&self, number: u32, opening: &Opening) -> Value {
            let message = challenge_message(&self.scope, &self.commitment, number, opening);
            json!({
                "number": number,
                "outcome": "ok",
                "leaf": hex::encode(opening.leaf),
                "path": opening.path.iter().map(hex::encode).collect::<Vec<_>>(),
                "signature": self.sign(&message),
            })
        }

        fn lost(&self, number: u32) -> Value {
            let message = declared_loss_message(&self.scope, &self.commitment, number);
            json!({ "number": number, "outcome": "lost", "signature": self.sign(&message) })
        }

        fn judge(&self, answers: Vec<Value>) -> (Vec<ChallengeEvidence>, Option<String>) {
            let body = json!({ "answers": answers }).to_string();
            let key = self.key.verifying_key().to_bytes();
            judge_answer(
                &self.scope,
                &self.commitment,
                &key,
                &[0, 1],
                body.as_bytes(),
            )
        }
    }

    #[test]
    fn right_openings_and_signed_losses_are_findings() {
        let node = Node::new();
        let mut wrong = node.open(1);
        wrong.leaf[9] ^= 1;
        let right = node.shown(0, &node.open(0));
        let (findings, trouble) = node.judge(vec![node.shown(1, &wrong), right.clone()]);
        assert_eq!(trouble, None);
        assert!(matches!(findings[0].finding, Finding::Ok(_)));
        assert!(matches!(findings[1].finding, Finding::LossShown(..)));
        let (findings, trouble) = node.judge(vec![right, node.lost(1)]);
        assert_eq!(trouble, None);
        assert!(matches!(findings[1].finding, Finding::LossDeclared(_)));
    }

    #[test]
    fn what_proves_nothing_counts_as_no_answer() {
        let node = Node::new();
        let good = node.shown(0, &node.open(0));
        let with = |key: &str, value: Value| {
            let mut answer = node.shown(1, &node.open(1));
            answer[key] = value;
            answer
        };
        let mut unsigned_rubbish = node.shown(1, &node.open(0));
        unsigned_rubbish["signature"] = json!(bs58::encode([1; 64]).into_string());
        let mut replayed = node.lost(0);
        replayed["number"] = json!(1);
        for bad in [
            with("outcome", json!("fine")),
            with("leaf", json!("00")),
            with("leaf", Value::Null),
            with("path", json!(vec!["00".repeat(32); 64])),
            with("signature", json!("0")),
            with("number", json!(7)),
            unsigned_rubbish,
            replayed,
        ] {
            let (findings, trouble) = node.judge(vec![good.clone(), bad.clone()]);
            assert_eq!(findings.len(), 1, "{bad}");
            assert!(trouble.is_some(), "{bad}");
        }
        for body in ["", "[]", "{\"answers\":1}", "{\"error\":{}}"] {
            let key = node.key.verifying_key().to_bytes();
            let judged = judge_answer(&node.scope, &node.commitment, &key, &[0], body.as_bytes());
            assert!(judged.0.is_empty() && judged.1.is_some());
        }
    }

    #[test]
    fn the_first_of_two_answers_to_one_challenge_counts() {
        let node = Node::new();
        let right = node.shown(0, &node.open(0));
        let (findings, _) = node.judge(vec![right, node.lost(0)]);
        assert_eq!(findings.len(), 1);
        assert!(matches!(findings[0].finding, Finding::Ok(_)));
    }
}
