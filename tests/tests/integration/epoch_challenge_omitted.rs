//! `epoch_challenge_omitted`, by its specification.

use {
    solana_address::Address,
    trestle_core::leaf::PayoutLeaf,
    trestle_proofs::{error::ProofsError, groups::ChallengeKind, instructions::OmittedClaim, ID},
    trestle_staking::state::Operator,
    trestle_tests::{
        proofs::{Draft, Stage},
        svm::assert_refused,
        tokens::TOKEN,
    },
};

/// A stage with an operator, and the operators' addresses below and above it that trees hold.
struct Left {
    stage: Stage,
    operator: Address,
}

/// The address that many places further on; the operator's own stands at none of them.
fn near(operator: &Address, places: i8) -> [u8; 32] {
    let mut address = operator.to_bytes();
    address[1] = if places < 0 { 0 } else { 255 };
    address[31] = places.unsigned_abs();
    if places < 0 {
        address[31] = 255 - address[31];
    }
    address
}

impl Left {
    fn new() -> Self {
        let mut stage = Stage::new();
        let operator = stage.world.operator("operator", TOKEN).address;
        stage.next_epoch();
        let middle = operator.to_bytes()[1];
        assert!((1..255).contains(&middle), "neighbours on both sides");
        Self { stage, operator }
    }

    /// The tree of epoch 1 over these operators, where zero is the operator itself.
    fn draft(&self, places: &[i8]) -> Draft {
        let leaves = places.iter().map(|place| PayoutLeaf {
            operator: match place {
                0 => self.operator.to_bytes(),
                _ => near(&self.operator, *place),
            },
            units: 10,
            ..PayoutLeaf::default()
        });
        Draft::new(1, leaves.collect())
    }

    fn claim(&self, draft: &Draft, before: Option<u32>, after: Option<u32>) -> OmittedClaim {
        let indices: Vec<u32> = before.into_iter().chain(after).collect();
        OmittedClaim {
            before: before.map(|index| draft.leaf(index)),
            after: after.map(|index| draft.leaf(index)),
            proof: draft.multiproof(&indices),
        }
    }
}

#[test]
fn two_neighbouring_leaves_with_the_operator_between_them_prove_it() {
    let mut left = Left::new();
    let draft = left.draft(&[-2, -1, 1, 2, 3]);
    let proposal = left.stage.agree(&draft);
    let before = left.stage.money();

    let claim = left.claim(&draft, Some(1), Some(2));
    let ix = left
        .stage
        .epoch_challenge_omitted(proposal, left.operator, claim);
    let sent = left.stage.challenge(ix).expect("a proven challenge");

    left.stage
        .assert_convicted(&sent, &proposal, before, 3, ChallengeKind::Omitted);
    println!(
        "epoch_challenge_omitted, 5 leaves: {} CU, {} bytes",
        sent.compute_units, sent.size
    );
}

#[test]
fn the_first_leaf_proves_it_for_an_operator_below_it_the_last_leaf_for_one_above_it() {
    for (places, last) in [
        (vec![1, 2, 3], None),
        (vec![1], None),
        (vec![-3, -2, -1], Some(2)),
        (vec![-1], Some(0)),
    ] {
        let mut left = Left::new();
        let draft = left.draft(&places);
        let proposal = left.stage.agree(&draft);
        let before = left.stage.money();

        let first = last.is_none().then_some(0);
        let claim = left.claim(&draft, last, first);
        let ix = left
            .stage
            .epoch_challenge_omitted(proposal, left.operator, claim);
        let sent = left.stage.challenge(ix).expect("a proven challenge");

        left.stage
            .assert_convicted(&sent, &proposal, before, 3, ChallengeKind::Omitted);
    }
}

#[test]
fn leaves_that_leave_no_room_for_the_operator_change_nothing() {
    let mut left = Left::new();
    let draft = left.draft(&[-2, -1, 0, 1, 2]);
    let proposal = left.stage.agree(&draft);
    let money = left.stage.money();

    for (before, after) in [
        (None, Some(0)),
        (Some(0), Some(1)),
        (Some(1), Some(2)),
        (Some(2), Some(3)),
        (Some(3), Some(4)),
        (Some(4), None),
    ] {
        let claim = left.claim(&draft, before, after);
        let ix = left
            .stage
            .epoch_challenge_omitted(proposal, left.operator, claim);
        let outcome = left.stage.challenge(ix);
        assert_refused(outcome, ID, ProofsError::ChallengeNotProven);
    }

    assert_eq!(left.stage.money(), money);
}

#[test]
fn an_operator_that_registered_after_the_proposals_epoch_or_of_another_service_is_refused() {
    let mut left = Left::new();
    let young = left.stage.world.operator("young", TOKEN).address;
    let draft = left.draft(&[0]);
    let proposal = left.stage.agree(&draft);
    let claim = left.claim(&draft, Some(0), None);

    let ix = left
        .stage
        .epoch_challenge_omitted(proposal, young, claim.clone());
    let outcome = left.stage.challenge(ix);
    assert_refused(outcome, ID, ProofsError::OperatorTooYoung);

    // The operator is the wallet's in service 0; what stands elsewhere is none.
    let svm = &mut left.stage.world.svm;
    let original = svm.raw(&left.operator).expect("an operator");
    let copy = svm.fresh_address();
    svm.put(copy, original.owner, original.data);
    let ix = left
        .stage
        .epoch_challenge_omitted(proposal, copy, claim.clone());
    let outcome = left.stage.challenge(ix);
    assert_refused(outcome, ID, ProofsError::WrongAddress);

    let foreign = foreign_operator(&mut left.stage, &left.operator);
    let ix = left.stage.epoch_challenge_omitted(proposal, foreign, claim);
    let outcome = left.stage.challenge(ix);
    assert_refused(outcome, ID, ProofsError::WrongService);
}

/// An operator of another service, at its own address.
fn foreign_operator(stage: &mut Stage, model: &Address) -> Address {
    let service = stage.world.svm.fresh_address();
    let mut state: Operator = stage.world.svm.get(model);
    let (address, bump) = trestle_staking::address::operator_address(&service, &state.authority);
    state.service = service;
    state.bump = bump;
    stage
        .world
        .svm
        .put_pod(address, trestle_staking::ID, &state);
    address
}

#[test]
fn leaves_that_are_not_neighbours_or_not_in_the_proposal_are_refused() {
    let mut left = Left::new();
    let draft = left.draft(&[-2, -1, 0, 1, 2]);
    let proposal = left.stage.agree(&draft);
    let gap = left.claim(&draft, Some(1), Some(3));
    let not_first = left.claim(&draft, None, Some(3));
    let not_last = left.claim(&draft, Some(1), None);
    let mut nothing = left.claim(&draft, None, Some(0));
    nothing.after = None;
    let mut tampered = left.claim(&draft, Some(1), Some(2));
    tampered.after = Some(trestle_proofs::leaf::IndexedLeaf {
        operator: near(&left.operator, 1).into(),
        ..draft.leaf(2)
    });
    let mut padding = left.claim(&draft, Some(4), None);
    padding.before = Some(trestle_proofs::leaf::IndexedLeaf {
        index: 5,
        ..draft.leaf(4)
    });
    for claim in [gap, not_first, not_last, nothing, tampered, padding] {
        let ix = left
            .stage
            .epoch_challenge_omitted(proposal, left.operator, claim);
        let outcome = left.stage.challenge(ix);
        assert_refused(outcome, ID, ProofsError::LeafNotProven);
    }
}

#[test]
fn a_proposal_that_is_lost_already_is_refused() {
    let mut left = Left::new();
    let draft = left.draft(&[1]);
    let proposal = left.stage.agree(&draft);
    let claim = left.claim(&draft, None, Some(0));
    let ix = left
        .stage
        .epoch_challenge_omitted(proposal, left.operator, claim);
    left.stage
        .challenge(ix.clone())
        .expect("a proven challenge");

    let outcome = left.stage.challenge(ix);

    assert_refused(outcome, ID, ProofsError::ProposalLost);
}

#[test]
fn it_works_until_the_proposal_is_final_with_a_quorum_or_without_and_while_paused() {
    let mut left = Left::new();
    let draft = left.draft(&[1]);
    left.stage.propose(1, draft.root).expect("a proposal");
    let proposal = left.stage.proposal(1, 1);
    left.stage.world.pause();
    let before = left.stage.money();

    let claim = left.claim(&draft, None, Some(0));
    let ix = left
        .stage
        .epoch_challenge_omitted(proposal, left.operator, claim);
    let sent = left.stage.challenge(ix).expect("a proven challenge");

    left.stage
        .assert_convicted(&sent, &proposal, before, 1, ChallengeKind::Omitted);
}
