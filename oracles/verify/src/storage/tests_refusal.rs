//! What a dishonest or broken verifier could publish, and how it is noticed.

use super::testing::{only, Act, World};
use super::*;
use crate::error::VerifyError;
use crate::published::EpochFiles;
use trestle_core::root::FinalRoot;

#[test]
fn unsorted_duplicate_young_or_contradictory_inputs_are_refused() {
    let world = World::with_operators(3);
    type Spoil = fn(&mut EpochInputs);
    type Expected = fn(&VerifyError) -> bool;
    let spoils: [(Spoil, Expected); 9] = [
        (
            |i| i.operators.swap(0, 1),
            |e| matches!(e, VerifyError::NotSorted { .. }),
        ),
        (
            |i| i.operators[1] = i.operators[0],
            |e| matches!(e, VerifyError::NotSorted { .. }),
        ),
        (
            |i| i.commitments.swap(0, 1),
            |e| matches!(e, VerifyError::NotSorted { .. }),
        ),
        (
            |i| i.operators[0].registered_epoch = 10,
            |e| matches!(e, VerifyError::TooYoung { .. }),
        ),
        (
            |i| i.commitments[0].registered_epoch = 9,
            |e| matches!(e, VerifyError::TooYoung { .. }),
        ),
        (
            |i| i.commitments[0].leaf_count += 1,
            |e| matches!(e, VerifyError::LeafCount { .. }),
        ),
        (
            |i| i.commitments[0].operator = [0; 32],
            |e| matches!(e, VerifyError::UnknownOperator(_)),
        ),
        (
            |i| i.operators.clear(),
            |e| matches!(e, VerifyError::NoOperators),
        ),
        (
            |i| i.params.lost_slash_bps = 10_001,
            |e| matches!(e, VerifyError::OutOfBounds { .. }),
        ),
    ];
    for (spoil, expected) in spoils {
        let mut inputs = world.inputs.clone();
        spoil(&mut inputs);
        let error = inputs.validate().unwrap_err();
        assert!(expected(&error), "{error}");
    }
}

#[test]
fn previous_states_must_be_older_sorted_and_of_known_operators() {
    let mut world = World::with_operators(3);
    world.set_streak(0);
    type Spoil = fn(&mut PreviousRoot);
    let spoils: [Spoil; 3] = [
        |previous| previous.epoch = 9,
        |previous| previous.states.swap(0, 1),
        |previous| previous.states[2].operator = [0xff; 32],
    ];
    for spoil in spoils {
        let mut inputs = world.inputs.clone();
        spoil(inputs.previous.as_mut().unwrap());
        assert!(inputs.validate().is_err());
    }
}

#[test]
fn tampered_evidence_is_refused() {
    let world = World::with_operators(2);
    let honest = world.all_answer();
    let check = |evidence: &[ChallengeEvidence]| check_evidence(&world.inputs, evidence).map(drop);
    check(&honest).unwrap();

    let mut short = honest.clone();
    short.pop();
    assert!(matches!(
        check(&short),
        Err(VerifyError::EvidenceCount { .. })
    ));
    let mut swapped = honest.clone();
    swapped.swap(0, 1);
    assert!(matches!(
        check(&swapped),
        Err(VerifyError::EvidenceOrder { .. })
    ));
    let mut doubled = honest.clone();
    doubled[1] = doubled[0].clone();
    assert!(matches!(
        check(&doubled),
        Err(VerifyError::EvidenceOrder { .. })
    ));

    let mut rubbish = honest.clone();
    let Finding::Ok(opening) = &mut rubbish[0].finding else {
        panic!()
    };
    opening.leaf[5] ^= 1;
    assert!(matches!(
        check(&rubbish),
        Err(VerifyError::OpeningInvalid { .. })
    ));
    let mut short_path = honest.clone();
    let Finding::Ok(opening) = &mut short_path[0].finding else {
        panic!()
    };
    opening.path.pop();
    assert!(matches!(
        check(&short_path),
        Err(VerifyError::OpeningInvalid { .. })
    ));
    // The right opening of another challenge does not answer this one.
    let mut moved = honest.clone();
    moved[0].finding = honest[4].finding.clone();
    assert!(matches!(
        check(&moved),
        Err(VerifyError::OpeningInvalid { .. })
    ));
}

#[test]
fn nobody_is_blamed_without_the_nodes_own_signature() {
    let world = World::with_operators(2);
    let honest = world.all_answer();
    let declared = only(&world, 0, Act::DeclaresLoss);
    let slot = declared
        .iter()
        .position(|one| one != &honest[0] && matches!(one.finding, Finding::LossDeclared(_)))
        .unwrap();
    let commitment = *world
        .inputs
        .commitments
        .iter()
        .find(|one| one.address == declared[slot].commitment)
        .unwrap();
    let check = |finding: Finding| {
        let mut evidence = declared.clone();
        evidence[slot].finding = finding;
        check_evidence(&world.inputs, &evidence).map(drop)
    };
    let message = declared_loss_message(&world.inputs.scope(), &commitment, 0);
    let other_node = world.sign(&world.operator(1), &message);
    let unsigned = |result| matches!(result, Err(VerifyError::LossUnsigned { .. }));
    assert!(unsigned(check(Finding::LossDeclared([0; 64]))));
    assert!(unsigned(check(Finding::LossDeclared(other_node))));
    // A declaration for another challenge number is not one for this.
    let other = declared_loss_message(&world.inputs.scope(), &commitment, 1);
    let replayed = world.sign(&world.operator(0), &other);
    assert!(unsigned(check(Finding::LossDeclared(replayed))));
    // A right opening is no loss, signed or not.
    let Finding::Ok(opening) = honest[slot].finding.clone() else {
        panic!()
    };
    let right = challenge_message(&world.inputs.scope(), &commitment, 0, &opening);
    let signature = world.sign(&world.operator(0), &right);
    let shown = check(Finding::LossShown(opening.clone(), signature));
    assert!(matches!(shown, Err(VerifyError::LossDisproved { .. })));
    // A wrong opening counts only as signed, not as altered afterwards.
    let mut altered = opening;
    altered.leaf[0] ^= 1;
    assert!(unsigned(check(Finding::LossShown(altered, signature))));
}

#[test]
fn published_files_recompute_and_any_change_shows() {
    let mut world = World::with_operators(4);
    world.set_streak(1);
    let guilty = (world.operator(0), world.operator(1), world.operator(2));
    let evidence = world.evidence(|one, number| match number {
        1 if *one == guilty.0 => Act::Misses,
        2 if *one == guilty.1 => Act::DeclaresLoss,
        3 if *one == guilty.2 => Act::ShowsRubbish,
        _ => Act::Answers,
    });
    let outcome = world.score(&evidence);
    let files = EpochFiles::new(world.inputs.clone(), evidence, &outcome);
    let texts = files.render().unwrap();
    let parsed = EpochFiles::parse(&texts).unwrap();
    assert_eq!(parsed, files);
    assert_eq!(parsed.render().unwrap(), texts);
    let recomputed = recompute(&parsed).unwrap();
    let chain = FinalRoot {
        epoch: 9,
        tree_root: outcome.tree_root(),
        digest: outcome.digest,
        inputs_digest: outcome.inputs_digest,
        totals: outcome.totals,
        leaf_count: outcome.leaf_count,
        rules_version: crate::RULES_VERSION,
        finalized_at: 1,
    };
    recomputed.compare_with_chain(&chain).unwrap();
    for spoilt in [
        FinalRoot { epoch: 8, ..chain },
        FinalRoot {
            tree_root: [0; 32],
            ..chain
        },
        FinalRoot {
            digest: [0; 32],
            ..chain
        },
        FinalRoot {
            inputs_digest: [0; 32],
            ..chain
        },
        FinalRoot {
            leaf_count: 5,
            ..chain
        },
        FinalRoot {
            rules_version: crate::RULES_VERSION + 1,
            ..chain
        },
        FinalRoot {
            totals: Default::default(),
            ..chain
        },
    ] {
        assert!(recomputed.compare_with_chain(&spoilt).is_err());
    }
    let changes: [fn(&mut EpochFiles); 4] = [
        |files| files.leaves.leaves[0].tokens += 1,
        |files| files.inputs.operators[3].stake += 1,
        |files| files.inputs.operators[3].active_stake -= 1,
        |files| files.root.previous_digest = [1; 32],
    ];
    for change in changes {
        let mut changed = parsed.clone();
        change(&mut changed);
        assert!(recompute(&changed).is_err());
    }
    let mut more_active = parsed.inputs;
    more_active.operators[3].active_stake = more_active.operators[3].stake + 1;
    assert!(more_active.validate().is_err());
}

#[test]
fn malformed_files_are_refused_with_their_line() {
    let world = World::with_operators(1);
    let evidence = only(&world, 0, Act::DeclaresLoss);
    let files = EpochFiles::new(
        world.inputs.clone(),
        evidence.clone(),
        &world.score(&evidence),
    );
    let texts = files.render().unwrap();
    let spoil = |from: &str, to: &str| {
        let mut texts = texts.clone();
        texts.inputs = texts.inputs.replacen(from, to, 1);
        texts.evidence = texts.evidence.replacen(from, to, 1);
        assert_ne!(texts, files.render().unwrap(), "{from} does not occur");
        EpochFiles::parse(&texts)
    };
    for (from, to) in [
        ("\"epoch\": \"9\"", "\"epoch\": 9"),
        ("\"epoch\": \"9\"", "\"epoch\": \"09\""),
        ("\"epoch\": \"9\"", "\"extra\": 1, \"epoch\": \"9\""),
        ("\"outcome\":\"lost\"", "\"outcome\":\"ok\""),
        ("\"outcome\":\"lost\"", "\"outcome\":\"gone\""),
        ("\"outcome\":\"lost\"", "\"outcome\":\"lost\",\"extra\":1"),
        ("\"number\":1", "\"number\":2"),
        ("\"path\":[\"", "\"path\":[\"AA"),
    ] {
        let error = spoil(from, to).unwrap_err();
        assert!(
            matches!(error, VerifyError::Malformed { line: 1.., .. }),
            "{error}"
        );
    }
}
