//! Reviews on a small epoch: everything that a dishonest proposer could change is noticed.

use super::*;
use crate::epoch::service::ServiceHistory;
use crate::store::{ChunkAttempts, OpenedEpoch, OperatorSeen, ServiceSeen};
use ed25519_dalek::{Signer, SigningKey};
use std::collections::BTreeMap;
use std::io::Cursor;
use trestle_core::maintenance::EpochRange;
use trestle_core::storage::{commit_with_cache, opening};
use trestle_verify::storage::{
    declared_loss_message, Allotted, ChallengeEvidence, CommitmentInput, EpochInputs, Finding,
    MaintenanceInput, Opening, ServiceParams,
};

/// A window of the test's epoch, 5.
const WINDOW: MaintenanceInput = MaintenanceInput {
    first_epoch: 4,
    epochs: 2,
};

const PARAMS: ServiceParams = ServiceParams {
    missing_bps: 5_000,
    detect_bps: 7_000,
    miss_slash_bps: 100,
    lost_slash_bps: 300,
};

struct Epoch {
    view: OwnView,
    data: Vec<u8>,
    key: SigningKey,
}

impl Epoch {
    fn new() -> Self {
        let data = vec![7_u8; 1_000];
        let (committed, _) = commit_with_cache(&mut Cursor::new(&data), |_| {}).unwrap();
        let commitment = CommitmentInput {
            address: [1; 32],
            operator: [2; 32],
            customer: [3; 32],
            root: committed.root,
            size_bytes: committed.size_bytes,
            leaf_count: committed.leaf_count,
            registered_epoch: 3,
        };
        let key = SigningKey::from_bytes(&[4; 32]);
        let seen = OperatorSeen {
            operator: [2; 32],
            node_key: key.verifying_key().to_bytes(),
            zone: 1,
            stake: 100,
            active_stake: 90,
            min_stake: 10,
            registered_epoch: 2,
            seen_at: 50,
        };
        let later = OperatorSeen {
            stake: 200,
            seen_at: 60,
            ..seen
        };
        let view = OwnView {
            network: [8; 32],
            service: [9; 32],
            params: PARAMS,
            services: ServiceHistory::since(
                0,
                vec![ServiceSeen {
                    params: PARAMS,
                    version: 0,
                    seen_at: 50,
                }],
            ),
            allotted: Allotted {
                tokens: 1_000,
                stable: 0,
            },
            previous: None,
            opened: OpenedEpoch {
                epoch: 5,
                seed: [6; 32],
                challenges: 2,
                commitments: vec![commitment],
            },
            operators: OperatorHistory::new(&[seen, later], 55, &BTreeMap::new()),
            maintenance: BTreeMap::new(),
        };
        Self { view, data, key }
    }

    fn answer(&self, number: u32) -> ChallengeEvidence {
        let (_, mut cache) = commit_with_cache(&mut Cursor::new(&self.data), |_| {}).unwrap();
        let index = self
            .view
            .opened
            .scope()
            .index(&self.view.opened.commitments[0], number);
        let opened = opening(&mut Cursor::new(&self.data), &mut cache, index).unwrap();
        let opening = Opening {
            leaf: opened.leaf,
            path: opened.path,
        };
        ChallengeEvidence {
            commitment: [1; 32],
            number,
            finding: Finding::Ok(opening),
        }
    }

    fn missed(&self, number: u32) -> ChallengeEvidence {
        ChallengeEvidence {
            commitment: [1; 32],
            number,
            finding: Finding::Missed,
        }
    }

    fn lost(&self, number: u32, key: &SigningKey) -> ChallengeEvidence {
        let commitment = &self.view.opened.commitments[0];
        let message = declared_loss_message(&self.view.opened.scope(), commitment, number);
        let finding = Finding::LossDeclared(key.sign(&message).to_bytes());
        ChallengeEvidence {
            commitment: [1; 32],
            number,
            finding,
        }
    }

    fn own(&self, findings: Vec<ChallengeEvidence>, attempts: u32) -> OwnEvidence {
        let row = ChunkAttempts {
            commitment: [1; 32],
            chunk: 0,
            attempts,
        };
        OwnEvidence::new(findings, &[row])
    }
}

#[test]
fn own_inputs_and_any_state_seen_since_the_start_are_accepted() {
    let epoch = Epoch::new();
    let own = epoch.own(vec![epoch.answer(0), epoch.answer(1)], 1);
    let evidence = [epoch.answer(0), epoch.answer(1)];
    let mut inputs = epoch.view.inputs();
    assert_eq!(review(&epoch.view, &own, &inputs, &evidence), Ok(()));
    inputs.operators[0].stake = 200;
    assert_eq!(review(&epoch.view, &own, &inputs, &evidence), Ok(()));
}

#[test]
fn every_part_of_the_inputs_is_compared() {
    let epoch = Epoch::new();
    let own = epoch.own(Vec::new(), 1);
    type Spoil = fn(&mut EpochInputs);
    let spoils: [Spoil; 16] = [
        |inputs| inputs.network = [0; 32],
        |inputs| inputs.service = [0; 32],
        |inputs| inputs.epoch = 6,
        |inputs| inputs.seed = [0; 32],
        |inputs| inputs.params.lost_slash_bps = 0,
        |inputs| inputs.allotted.tokens += 1,
        |inputs| {
            inputs.previous = Some(trestle_verify::storage::PreviousRoot {
                epoch: 4,
                digest: [0; 32],
                states: Vec::new(),
            });
        },
        |inputs| inputs.commitments.clear(),
        |inputs| inputs.commitments[0].size_bytes = 1,
        |inputs| inputs.operators.clear(),
        |inputs| inputs.operators.push(inputs.operators[0]),
        |inputs| inputs.operators[0].stake = 150,
        |inputs| inputs.operators[0].active_stake = 100,
        |inputs| inputs.operators[0].zone = 2,
        |inputs| inputs.operators[0].maintenance = Some(WINDOW),
        |inputs| inputs.operators[0].node_key = [0; 32],
    ];
    for (number, spoil) in spoils.into_iter().enumerate() {
        let mut inputs = epoch.view.inputs();
        spoil(&mut inputs);
        assert!(
            review(&epoch.view, &own, &inputs, &[]).is_err(),
            "spoil {number}"
        );
    }
}

#[test]
fn maintenance_is_what_the_chain_shows_for_the_epoch() {
    let mut epoch = Epoch::new();
    let own = epoch.own(Vec::new(), 1);
    let declared = vec![EpochRange::between(1, 1), WINDOW.range()];
    epoch.view.maintenance.insert([2; 32], declared);
    let inputs = epoch.view.inputs();
    assert_eq!(inputs.operators[0].maintenance, Some(WINDOW));
    assert_eq!(review(&epoch.view, &own, &inputs, &[]), Ok(()));
    // Another look at the operator changes nothing of it.
    let mut later = inputs.clone();
    later.operators[0].stake = 200;
    assert_eq!(review(&epoch.view, &own, &later, &[]), Ok(()));
    for hidden in [
        None,
        Some(MaintenanceInput {
            epochs: 3,
            ..WINDOW
        }),
    ] {
        let mut inputs = inputs.clone();
        inputs.operators[0].maintenance = hidden;
        let refused = review(&epoch.view, &own, &inputs, &[]);
        assert_eq!(refused, Err(Disagreement::Maintenance([2; 32])));
    }
    epoch.view.opened.epoch = 6;
    assert_eq!(epoch.view.inputs().operators[0].maintenance, None);
}

#[test]
fn a_miss_is_believed_only_by_who_asked_in_vain() {
    let epoch = Epoch::new();
    let inputs = epoch.view.inputs();
    let evidence = [epoch.answer(0), epoch.missed(1)];
    let review = |own: &OwnEvidence| review(&epoch.view, own, &inputs, &evidence);
    assert_eq!(review(&epoch.own(Vec::new(), 1)), Ok(()));
    let answered = review(&epoch.own(vec![epoch.answer(1)], 1));
    assert!(matches!(
        answered,
        Err(Disagreement::AnsweredMiss { number: 1, .. })
    ));
    let lost = review(&epoch.own(vec![epoch.lost(1, &epoch.key)], 1));
    assert!(matches!(
        lost,
        Err(Disagreement::AnsweredMiss { number: 1, .. })
    ));
    let unasked = review(&epoch.own(Vec::new(), 0));
    assert!(matches!(
        unasked,
        Err(Disagreement::UnseenMiss { number: 1, .. })
    ));
}

#[test]
fn evidence_is_own_findings_then_misses_and_what_was_not_asked_stays_open() {
    let epoch = Epoch::new();
    let inputs = epoch.view.inputs();
    let asked = assemble(&inputs, &epoch.own(vec![epoch.answer(0)], 1));
    assert_eq!((asked.missed, asked.unasked), (1, 0));
    assert_eq!(asked.records, [epoch.answer(0), epoch.missed(1)]);
    let unasked = assemble(&inputs, &epoch.own(vec![epoch.answer(0)], 0));
    assert_eq!(
        (unasked.records.len(), unasked.missed, unasked.unasked),
        (1, 0, 1)
    );
}

#[test]
fn only_what_proves_itself_is_taken_from_others() {
    let epoch = Epoch::new();
    let inputs = epoch.view.inputs();
    let stranger = SigningKey::from_bytes(&[5; 32]);
    let mut rubbish = epoch.answer(1);
    let Finding::Ok(opening) = &mut rubbish.finding else {
        panic!()
    };
    opening.leaf[0] ^= 1;
    let mut foreign = epoch.answer(1);
    foreign.commitment = [7; 32];
    let mut beyond = epoch.lost(1, &epoch.key);
    beyond.number = 2;
    for worthless in [
        rubbish,
        foreign,
        beyond,
        epoch.missed(1),
        epoch.lost(1, &stranger),
    ] {
        let mut own = epoch.own(vec![epoch.answer(0)], 1);
        assert_eq!(own.merge(&inputs, vec![worthless]), 0);
    }
    let mut own = epoch.own(vec![epoch.answer(0)], 1);
    // What was found here stays; what is new and proves itself is taken.
    assert_eq!(
        own.merge(&inputs, vec![epoch.lost(0, &epoch.key), epoch.answer(1)]),
        1
    );
    assert_eq!(
        assemble(&inputs, &own).records,
        [epoch.answer(0), epoch.answer(1)]
    );
}

#[test]
fn a_loss_signed_with_a_key_of_later_counts_as_a_miss() {
    let epoch = Epoch::new();
    let other = SigningKey::from_bytes(&[5; 32]);
    let own = epoch.own(vec![epoch.answer(0), epoch.lost(1, &other)], 1);
    let assembled = assemble(&epoch.view.inputs(), &own);
    assert_eq!(assembled.records[1], epoch.missed(1));
}

/// The verifier last saw the key `[4; 32]`, was down, and came back three epochs after another one
/// began.
#[test]
fn after_a_long_absence_only_the_key_of_the_chain_proves_a_loss() {
    let mut epoch = Epoch::new();
    let (former, current) = (epoch.key.clone(), SigningKey::from_bytes(&[5; 32]));
    let mut rows = [OperatorSeen {
        operator: [2; 32],
        node_key: former.verifying_key().to_bytes(),
        zone: 1,
        stake: 100,
        active_stake: 90,
        min_stake: 10,
        registered_epoch: 2,
        seen_at: 5,
    }; 2];
    rows[1].node_key = current.verifying_key().to_bytes();
    rows[1].seen_at = 56;
    let certain = BTreeMap::from([([2; 32], rows[1].node_key)]);
    epoch.view.operators = OperatorHistory::new(&rows, 55, &certain);
    let inputs = epoch.view.inputs();
    assert_eq!(inputs.operators[0].node_key, rows[1].node_key);

    let own = epoch.own(vec![epoch.answer(0), epoch.lost(1, &former)], 1);
    assert_eq!(assemble(&inputs, &own).records[1], epoch.missed(1));
    let own = epoch.own(vec![epoch.answer(0), epoch.lost(1, &current)], 1);
    let records = assemble(&inputs, &own).records;
    assert_eq!(records[1], epoch.lost(1, &current));
    assert_eq!(review(&epoch.view, &own, &inputs, &records), Ok(()));
    let mut by_former = inputs.clone();
    by_former.operators[0].node_key = rows[0].node_key;
    let refused = review(&epoch.view, &own, &by_former, &records);
    assert_eq!(refused, Err(Disagreement::OperatorState([2; 32])));
}
