//! `epoch_propose`, by its specification.

use {
    anchor_lang::{programs::System, Error, Id},
    solana_signer::Signer,
    trestle_core::{
        hash::ZERO_HASH,
        leaf::{PayoutLeaf, Totals},
        merkle::MAX_LEAVES,
        root::{root_digest, RootFields},
    },
    trestle_proofs::{
        error::ProofsError,
        event::EpochProposed,
        state::{ProposalStatus, ProposedRoot},
        ID,
    },
    trestle_tests::{
        proofs::{totals_of, worked, Draft, Stage},
        staking::BOND_MIN,
        svm::assert_refused,
        tokens::TOKEN,
    },
};

/// A root of epoch 0 that pays these amounts to one operator.
fn paying(epoch: u64, tokens: u64, stable: u64) -> ProposedRoot {
    let leaf = PayoutLeaf {
        tokens,
        stable,
        ..worked(1, 10)
    };
    Draft::new(epoch, vec![leaf]).root
}

#[test]
fn it_names_the_newest_final_root_that_it_builds_on_with_another_one_there_it_is_refused() {
    let mut stage = Stage::new();
    stage.settle(&Draft::honest(0, 3, 10));
    stage.next_epoch();
    let late = stage.latest_digest();
    stage.settle(&Draft::honest(1, 3, 10));
    stage.next_epoch();
    let key = stage.verifier(0);
    for previous_digest in [[0; 32], late] {
        let root = ProposedRoot {
            previous_digest,
            ..Draft::honest(2, 3, 10).root
        };
        let ix = stage.epoch_propose_on(key.pubkey(), root);
        let outcome = stage.world.svm.send(&[ix], &[&key]);
        assert_refused(outcome, ID, ProofsError::StaleRoot);
    }
    let root = Draft::honest(2, 3, 10).root;
    stage.propose(0, root).expect("a proposal");
}

#[test]
fn only_an_active_verifier_with_at_least_the_smallest_bond_can_propose_and_it_pays_the_rent() {
    let mut stage = Stage::new();
    let root = Draft::honest(0, 3, 10).root;
    let proposer = stage.verifier(1).pubkey();
    let before = stage.world.svm.lamports(&proposer);

    let sent = stage.propose(1, root).expect("a proposal");

    let (proposal, round) = (stage.proposal(0, 1), stage.round(0));
    let rent = stage.world.svm.lamports(&proposal) + stage.world.svm.lamports(&round);
    let after = stage.world.svm.lamports(&proposer);
    assert_eq!(after, before - rent - sent.fee);
    println!(
        "epoch_propose: {} CU, {} bytes",
        sent.compute_units, sent.size
    );
}

#[test]
fn a_key_that_is_no_verifier_is_refused() {
    let mut stage = Stage::new();
    let stranger = stage.world.svm.funded("stranger");
    let ix = stage.epoch_propose(stranger.pubkey(), Draft::honest(0, 3, 10).root);

    let outcome = stage.world.svm.send(&[ix], &[&stranger]);

    assert_refused(outcome, ID, ProofsError::NotVerifier);
}

#[test]
fn a_verifier_that_is_exiting_is_refused() {
    let mut stage = Stage::new();
    let key = stage.verifier(0);
    let ix = stage.world.verifier_exit(key.pubkey());
    stage.world.svm.must(&[ix], &[&key]);

    let outcome = stage.propose(0, Draft::honest(0, 3, 10).root);

    assert_refused(outcome, ID, ProofsError::VerifierExiting);
}

#[test]
fn a_verifier_whose_bond_fell_below_the_smallest_is_refused() {
    let mut stage = Stage::new();
    let verifiers = stage.world.verifiers;
    stage.world.svm.edit(
        &verifiers,
        |set: &mut trestle_staking::state::VerifierSet| {
            set.entries[0].bond = BOND_MIN - 1;
        },
    );

    let outcome = stage.propose(0, Draft::honest(0, 3, 10).root);

    assert_refused(outcome, ID, ProofsError::BondTooSmall);
}

#[test]
fn the_first_proposal_of_an_epoch_opens_its_round_with_the_weights_of_the_set_as_it_stands() {
    let mut stage = Stage::with_bonds(&[BOND_MIN, 3 * BOND_MIN, 2 * BOND_MIN]);
    let key = stage.verifier(2);
    let ix = stage.world.verifier_exit(key.pubkey());
    stage.world.svm.must(&[ix], &[&key]);

    stage
        .propose(1, Draft::honest(0, 3, 10).root)
        .expect("a proposal");

    let round = stage.round_state(0);
    assert_eq!(round.weights[..3], [BOND_MIN, 3 * BOND_MIN, 0]);
    assert_eq!(round.weight_total, 4 * BOND_MIN);
    assert_eq!((round.epoch, round.opened_epoch), (0, 1));
    assert_eq!(round.payer, stage.verifier(1).pubkey());
    // A later change of the set changes nothing.
    stage.world.verifier("late", BOND_MIN);
    stage
        .propose(0, Draft::honest(0, 3, 20).root)
        .expect("another proposal");
    assert_eq!(stage.round_state(0).weights, round.weights);
    assert_eq!(stage.round_state(0).payer, round.payer);
}

#[test]
fn proposing_spends_the_proposers_one_vote_in_the_epoch() {
    let mut stage = Stage::new();
    stage
        .propose(0, Draft::honest(0, 3, 10).root)
        .expect("a proposal");
    stage
        .propose(1, Draft::honest(0, 3, 20).root)
        .expect("another proposal");

    let proposal = stage.proposal_state(&stage.proposal(0, 0));
    assert_eq!((proposal.signers, proposal.weight), (1, BOND_MIN));
    assert_eq!(proposal.status, ProposalStatus::Open as u8);
    assert_eq!(proposal.quorum_at, 0);
    assert_eq!(stage.round_state(0).voted, 0b11);
    // Neither a second proposal nor a vote for another one.
    let outcome = stage.propose(0, Draft::honest(0, 3, 30).root);
    assert_refused(outcome, System::id(), Error::Custom(0));
    let outcome = stage.attest(0, stage.proposal(0, 1));
    assert_refused(outcome, ID, ProofsError::VoteSpent);
}

#[test]
fn the_epoch_must_have_ended_and_no_final_root_may_be_of_it_or_a_later_one() {
    let mut stage = Stage::new();
    for epoch in [1, 2, u64::MAX] {
        let outcome = stage.propose(0, Draft::honest(epoch, 3, 10).root);
        assert_refused(outcome, ID, ProofsError::EpochNotEnded);
    }

    stage.next_epoch();
    stage.settle(&Draft::honest(1, 3, 10));

    for epoch in [0, 1] {
        let outcome = stage.propose(0, Draft::honest(epoch, 3, 10).root);
        assert_refused(outcome, ID, ProofsError::EpochFinal);
    }
}

#[test]
fn no_total_falls_below_that_of_the_newest_final_root() {
    let mut stage = Stage::new();
    stage.put_pool(&[(0, 5, 5)]);
    let leaf = PayoutLeaf {
        tokens: 5,
        stable: 5,
        slashed: 5,
        ..worked(1, 5)
    };
    stage.settle(&Draft::new(0, vec![leaf]));
    stage.next_epoch();
    let same = Draft::new(1, vec![leaf]).root;
    let with = |change: fn(&mut Totals)| {
        let mut totals = Totals::of(&[leaf]).expect("totals");
        change(&mut totals);
        ProposedRoot {
            totals: totals_of(&totals),
            ..same
        }
    };

    for root in [
        with(|totals| totals.tokens -= 1),
        with(|totals| totals.stable -= 1),
        with(|totals| totals.slashed -= 1),
        with(|totals| totals.units -= 1),
    ] {
        let outcome = stage.propose(0, root);
        assert_refused(outcome, ID, ProofsError::TotalsFell);
    }
    stage.propose(0, same).expect("equal totals");
}

#[test]
fn tokens_and_stablecoin_grow_by_at_most_what_was_allotted_since_the_newest_final_root() {
    let mut stage = Stage::new();
    stage.put_pool(&[(0, 100, 10)]);
    let outcome = stage.propose(0, paying(0, 101, 10));
    assert_refused(outcome, ID, ProofsError::TokensOverAllotment);
    let outcome = stage.propose(0, paying(0, 100, 11));
    assert_refused(outcome, ID, ProofsError::StableOverAllotment);
    let leaf = PayoutLeaf {
        tokens: 60,
        stable: 6,
        ..worked(1, 10)
    };
    stage.settle(&Draft::new(0, vec![leaf]));

    // What epoch 0 left over stays left over; epochs 1 and 2 count, epoch 3 does not yet.
    for _ in 0..2 {
        stage.next_epoch();
    }
    stage.put_pool(&[(0, 100, 10), (1, 7, 1), (2, 8, 2), (3, 1_000, 1_000)]);
    let outcome = stage.propose(0, paying(2, 60 + 16, 6));
    assert_refused(outcome, ID, ProofsError::TokensOverAllotment);
    let outcome = stage.propose(0, paying(2, 60, 6 + 4));
    assert_refused(outcome, ID, ProofsError::StableOverAllotment);
    let outcome = stage.propose(1, paying(1, 60 + 8, 6));
    assert_refused(outcome, ID, ProofsError::TokensOverAllotment);
    stage
        .propose(0, paying(2, 60 + 15, 6 + 3))
        .expect("all of two epochs");
}

#[test]
fn without_a_reward_pool_neither_can_grow() {
    let mut stage = Stage::new();
    let outcome = stage.propose(0, paying(0, 1, 0));
    assert_refused(outcome, ID, ProofsError::TokensOverAllotment);
    let outcome = stage.propose(0, paying(0, 0, 1));
    assert_refused(outcome, ID, ProofsError::StableOverAllotment);

    // Somebody else's account at the pool's address is no pool, whatever it says.
    let pool = stage.put_pool(&[(0, 100, 100)]);
    let data = stage.world.svm.raw(&pool).expect("a pool").data;
    stage.world.svm.put(pool, System::id(), data);
    let outcome = stage.propose(0, paying(0, 1, 0));
    assert_refused(outcome, ID, ProofsError::TokensOverAllotment);

    stage.propose(0, paying(0, 0, 0)).expect("a proposal");
}

#[test]
fn the_digest_binds_network_service_epoch_tree_totals_inputs_rules_and_the_digest_before() {
    let mut stage = Stage::new();
    let mut before = ZERO_HASH;
    for epoch in 0..2 {
        let draft = Draft::honest(epoch, 3, 10 + epoch);
        let sent = stage.propose(0, draft.root).expect("a proposal");
        let state = stage.proposal_state(&stage.proposal(epoch, 0));
        let expected = root_digest(&RootFields {
            network: stage.world.network.as_array(),
            service: stage.world.service.as_array(),
            epoch,
            tree_root: &draft.tree.root(),
            leaf_count: 3,
            totals: &Totals::of(&draft.leaves).expect("totals"),
            previous_digest: &before,
            inputs_digest: &draft.root.inputs_digest,
            rules_version: 1,
        });
        assert_eq!((state.digest, state.previous_digest), (expected, before));
        let event = sent.event::<EpochProposed>().expect("an event");
        assert_eq!((event.digest, event.previous_digest), (expected, before));
        assert_eq!((event.epoch, event.tree_root), (epoch, draft.tree.root()));
        assert_eq!((event.signers, event.weight), (1, BOND_MIN));

        stage.attest(1, stage.proposal(epoch, 0)).expect("a vote");
        stage.world.svm.advance(600);
        stage
            .finalize(stage.proposal(epoch, 0))
            .expect("a final root");
        before = expected;
        stage.next_epoch();
    }
}

#[test]
fn a_number_of_leaves_outside_1_to_16_777_216_is_refused() {
    let mut stage = Stage::new();
    let root = Draft::honest(0, 3, 10).root;
    for leaf_count in [0, MAX_LEAVES + 1, u32::MAX] {
        let outcome = stage.propose(0, ProposedRoot { leaf_count, ..root });
        assert_refused(outcome, ID, ProofsError::BadLeafCount);
    }
    let leaf_count = MAX_LEAVES;
    stage
        .propose(0, ProposedRoot { leaf_count, ..root })
        .expect("the largest tree");
}

#[test]
fn it_works_while_the_network_is_paused() {
    let mut stage = Stage::new();
    stage.world.pause();

    stage
        .propose(0, Draft::honest(0, 3, 10).root)
        .expect("a proposal");
}

#[test]
fn a_time_before_genesis_is_refused() {
    let mut stage = Stage::new();
    let network = stage.world.network;
    let later = stage.world.svm.now() + 1;
    stage
        .world
        .svm
        .edit(&network, |network: &mut trestle_staking::state::Network| {
            network.genesis = later;
        });

    let outcome = stage.propose(0, Draft::honest(0, 3, 10).root);

    assert_refused(outcome, ID, ProofsError::BeforeGenesis);
}

#[test]
fn lamports_sent_to_the_address_of_a_proposal_before_do_not_keep_it_from_being_made() {
    let mut stage = Stage::new();
    let (proposal, round) = (stage.proposal(0, 0), stage.round(0));
    for address in [proposal, round] {
        stage
            .world
            .svm
            .vm()
            .airdrop(&address, TOKEN)
            .expect("an airdrop");
    }

    stage
        .propose(0, Draft::honest(0, 3, 10).root)
        .expect("a proposal");
}
