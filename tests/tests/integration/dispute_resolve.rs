//! `dispute_resolve`, by its specification.

use {
    solana_address::Address,
    solana_signer::Signer,
    trestle_proofs::{
        address::{dispute_address, dispute_vault_address},
        error::ProofsError,
        event::DisputeResolved,
        instructions::TotalsClaim,
        state::{DisputeStage, ProposalStatus, Verdict},
        ID,
    },
    trestle_staking::event::BondSlashed,
    trestle_tests::{
        challenges::Money,
        proofs::{totals_of, Draft, Stage, WINDOW_SECONDS},
        staking::{BOND_MIN, PURSE},
        svm::{assert_refused, Sent},
    },
};

/// A stage with a dispute about a root that every verifier signed, the money before it, and what
/// the verifiers said.
fn disputed(bonds: &[u64], votes: &[Option<bool>]) -> (Stage, Address, Money) {
    let (mut stage, proposal) = Stage::signed(bonds);
    let money = stage.money();
    stage.dispute(proposal).expect("a dispute");
    for (number, vote) in votes.iter().enumerate() {
        if let Some(is_right) = vote {
            stage.say(number, proposal, *is_right).expect("a vote");
        }
    }
    (stage, proposal, money)
}

#[track_caller]
fn assert_verdict(sent: &Sent, verdict: Verdict, slashed: u8) -> DisputeResolved {
    let event = sent.event::<DisputeResolved>().expect("an event");
    assert_eq!((event.verdict, event.slashed), (verdict as u8, slashed));
    event
}

fn status(stage: &Stage, proposal: &Address) -> u8 {
    stage.proposal_state(proposal).status
}

/// The money when a bond was forfeited and no verifier was slashed.
fn forfeited(before: Money) -> Money {
    Money {
        supply: before.supply - BOND_MIN / 2,
        insurance: before.insurance + BOND_MIN / 2,
        reward: before.reward - BOND_MIN,
        ..before
    }
}

#[test]
fn anybody_can_resolve_a_dispute_that_is_decided_or_over_before_that_it_is_refused() {
    let (mut stage, proposal, _) = disputed(&[BOND_MIN; 3], &[Some(true)]);
    let outcome = stage.resolve(proposal);
    assert_refused(outcome, ID, ProofsError::DisputeRunning);
    stage.world.svm.advance(WINDOW_SECONDS - 1);
    let outcome = stage.resolve(proposal);
    assert_refused(outcome, ID, ProofsError::DisputeRunning);
    stage.say(1, proposal, true).expect("a vote that decides");
    let sent = stage.resolve(proposal).expect("a decided dispute");
    assert_verdict(&sent, Verdict::Right, 0);

    let (mut stage, proposal, _) = disputed(&[BOND_MIN; 3], &[Some(false)]);
    stage.world.svm.advance(WINDOW_SECONDS);
    let sent = stage.resolve(proposal).expect("a dispute that is over");
    assert_verdict(&sent, Verdict::Undecided, 0);
}

#[test]
fn two_thirds_say_wrong_the_root_is_lost_its_signers_lose_bond_the_challenger_gets_its_share() {
    let (mut stage, proposal, before) = disputed(&[BOND_MIN; 3], &[None, Some(false), Some(false)]);

    let sent = stage.resolve(proposal).expect("a resolved dispute");

    let event = assert_verdict(&sent, Verdict::Wrong, 1);
    assert_eq!((event.returned, event.burned), (BOND_MIN, 0));
    assert_eq!((event.wrong, event.right), (0b110, 0));
    assert_eq!(status(&stage, &proposal), ProposalStatus::Lost as u8);
    // Half of each signer's bond, those who admitted it too: half burned, 30 % insured, 20 %
    // to the challenger, whose own bond is back.
    let taken = 3 * BOND_MIN / 2;
    let after = Money {
        supply: before.supply - taken / 2,
        vault: before.vault - taken,
        insurance: before.insurance + taken * 3 / 10,
        reward: before.reward + taken / 5,
    };
    assert_eq!(stage.money(), after);
    let slash = sent.event::<BondSlashed>().expect("a slash");
    assert_eq!((slash.mask, slash.amount), (0b111, taken));
    println!(
        "dispute_resolve, slash: {} CU, {} bytes",
        sent.compute_units, sent.size
    );
}

#[test]
fn a_base_unit_below_two_thirds_convicts_nobody() {
    let bonds = [2 * BOND_MIN, 2 * BOND_MIN - 1, 2 * BOND_MIN];
    let (mut stage, proposal, before) = disputed(&bonds, &[Some(false), Some(false), Some(true)]);

    let outcome = stage.resolve(proposal);
    assert_refused(outcome, ID, ProofsError::DisputeRunning);
    stage.world.svm.advance(WINDOW_SECONDS);
    let sent = stage.resolve(proposal).expect("a dispute that is over");

    let event = assert_verdict(&sent, Verdict::Undecided, 0);
    assert_eq!(event.returned, BOND_MIN);
    assert_eq!(stage.money(), before);
}

#[test]
fn one_verifier_alone_decides_nothing_however_large_its_bond() {
    for is_right in [true, false] {
        let bonds = [97 * BOND_MIN, BOND_MIN, BOND_MIN];
        let (mut stage, proposal, _) = disputed(&bonds, &[Some(is_right)]);
        let outcome = stage.resolve(proposal);
        assert_refused(outcome, ID, ProofsError::DisputeRunning);
    }
}

#[test]
fn two_thirds_say_right_the_root_can_become_final_the_bond_is_burned_and_insured() {
    let (mut stage, proposal, before) = disputed(&[BOND_MIN; 3], &[Some(true), Some(true), None]);
    stage.world.svm.advance(WINDOW_SECONDS);
    let outcome = stage.finalize(proposal);
    assert_refused(outcome, ID, ProofsError::ProposalDisputed);

    let sent = stage.resolve(proposal).expect("a resolved dispute");

    let event = assert_verdict(&sent, Verdict::Right, 0);
    assert_eq!(
        (event.returned, event.burned, event.insured),
        (0, BOND_MIN / 2, BOND_MIN / 2)
    );
    assert_eq!(stage.money(), forfeited(before));
    let state = stage.proposal_state(&proposal);
    assert_eq!(state.dispute, DisputeStage::Over as u8);
    stage.finalize(proposal).expect("a final root");
    println!(
        "dispute_resolve, forfeit: {} CU, {} bytes",
        sent.compute_units, sent.size
    );
}

#[test]
fn two_thirds_that_collude_uphold_a_root_against_a_third_and_less_than_two_thirds_do_not() {
    let (mut stage, proposal, _) = disputed(&[BOND_MIN; 3], &[Some(true), Some(true), Some(false)]);
    let sent = stage.resolve(proposal).expect("a resolved dispute");
    assert_verdict(&sent, Verdict::Right, 0);

    let bonds = [2 * BOND_MIN, 2 * BOND_MIN - 1, 2 * BOND_MIN];
    let (mut stage, proposal, _) = disputed(&bonds, &[Some(true), Some(true), Some(false)]);
    stage.world.svm.advance(WINDOW_SECONDS);
    let sent = stage.resolve(proposal).expect("a dispute that is over");
    assert_verdict(&sent, Verdict::Undecided, 0);
    let outcome = stage.finalize(proposal);
    assert_refused(outcome, ID, ProofsError::ProposalLost);
}

#[test]
fn undecided_when_the_time_is_over_the_root_is_lost_and_nobody_loses_a_verifiers_bond() {
    let (mut stage, proposal, before) = disputed(&[BOND_MIN; 3], &[]);
    stage.world.svm.advance(WINDOW_SECONDS);

    let sent = stage.resolve(proposal).expect("a dispute that is over");

    // In silence the bond goes back: who signs owes an answer.
    let event = assert_verdict(&sent, Verdict::Undecided, 0);
    assert_eq!(event.returned, BOND_MIN);
    assert_eq!(stage.money(), before);
    assert_eq!(status(&stage, &proposal), ProposalStatus::Lost as u8);
    let outcome = stage.finalize(proposal);
    assert_refused(outcome, ID, ProofsError::ProposalLost);
    // The account closes, and the next epoch's root covers this epoch too.
    let ix = stage.proposal_close(proposal);
    stage.world.svm.must(&[ix], &[]);
    stage.next_epoch();
    stage.settle(&Draft::honest(1, 3, 20));
}

#[test]
fn undecided_the_challenger_loses_its_bond_if_more_weight_said_right_than_wrong() {
    // Half of the weight is silent: it stops the root, but not for free.
    let bonds = [BOND_MIN, BOND_MIN, 2 * BOND_MIN];
    let (mut stage, proposal, before) = disputed(&bonds, &[Some(true), None, None]);
    stage.world.svm.advance(WINDOW_SECONDS);
    let sent = stage.resolve(proposal).expect("a dispute that is over");
    assert_verdict(&sent, Verdict::Undecided, 0);
    assert_eq!(stage.money(), forfeited(before));

    // A tie is no majority.
    let (mut stage, proposal, before) = disputed(&bonds, &[Some(true), Some(false), None]);
    stage.world.svm.advance(WINDOW_SECONDS);
    stage.resolve(proposal).expect("a dispute that is over");
    assert_eq!(stage.money(), before);
}

#[test]
fn a_root_that_lost_an_objective_challenge_meanwhile_gives_the_bond_back() {
    let mut stage = Stage::new();
    stage.fund_challenger();
    let mut draft = Draft::honest(0, 3, 10);
    draft.root.totals = totals_of(&trestle_core::leaf::Totals::default());
    let proposal = stage.agree(&draft);
    stage.dispute(proposal).expect("a dispute");
    // Even if they all uphold it.
    for number in 0..3 {
        stage.say(number, proposal, true).expect("a vote");
    }
    let claim = TotalsClaim {
        leaves: vec![draft.leaf(0)],
        proof: draft.proof(0),
    };
    let ix = stage.epoch_challenge_totals(proposal, claim);
    stage.challenge(ix).expect("a proven challenge");
    let ix = stage.proposal_close(proposal);
    let outcome = stage.world.svm.send(std::slice::from_ref(&ix), &[]);
    assert_refused(outcome, ID, ProofsError::ProposalDisputed);
    let before = stage.money();

    let sent = stage.resolve(proposal).expect("a resolved dispute");

    assert_verdict(&sent, Verdict::Moot, 0);
    let after = Money {
        reward: before.reward + BOND_MIN,
        ..before
    };
    assert_eq!(stage.money(), after);
    stage.world.svm.must(&[ix], &[]);
}

#[test]
fn the_whole_vault_is_paid_out_and_both_accounts_close_to_the_challenger() {
    let (mut stage, proposal, before) = disputed(&[BOND_MIN; 3], &[None, Some(false), Some(false)]);
    let dispute = dispute_address(&proposal).0;
    let vault = dispute_vault_address(&dispute).0;
    // A gift must not keep the vault from closing.
    let gift = 7;
    let mut state: spl_token_interface::state::Account = stage.world.svm.packed(&vault);
    state.amount += gift;
    stage.world.svm.put_packed(vault, &state);
    let challenger = stage.challenger.pubkey();
    let svm = &stage.world.svm;
    let rents = svm.lamports(&dispute) + svm.lamports(&vault);
    let lamports = svm.lamports(&challenger);

    stage.resolve(proposal).expect("a resolved dispute");

    let svm = &stage.world.svm;
    assert!(svm.raw(&dispute).is_none() && svm.raw(&vault).is_none());
    assert_eq!(svm.lamports(&challenger), lamports + rents);
    let share = 3 * BOND_MIN / 2 / 5;
    assert_eq!(stage.money().reward, before.reward + share + gift);
}

#[test]
fn a_dispute_is_resolved_once() {
    let (mut stage, proposal, _) = disputed(&[BOND_MIN; 3], &[None, Some(false), Some(false)]);
    let ix = stage.dispute_resolve(proposal);
    stage.resolve(proposal).expect("a resolved dispute");
    let money = stage.money();

    let outcome = stage.world.svm.send(&[ix], &[]);

    assert!(outcome.is_err());
    assert_eq!(stage.money(), money);
}

#[test]
fn the_bond_goes_to_any_token_account_that_the_challenger_owns_and_to_no_other() {
    let (mut stage, proposal, _) = disputed(&[BOND_MIN; 3], &[None, Some(false), Some(false)]);
    let (mint, owner) = (stage.world.token_mint, stage.challenger.pubkey());
    let thief = stage.world.svm.funded("thief");
    let own = stage.reward;

    stage.reward = stage.world.svm.put_tokens(mint, thief.pubkey(), 0);
    let outcome = stage.resolve(proposal);
    assert_refused(outcome, ID, ProofsError::NotChallengersToken);
    let other_mint = stage.world.stable_mint;
    stage.reward = stage.world.svm.put_tokens(other_mint, owner, 0);
    let outcome = stage.resolve(proposal);
    assert_refused(outcome, ID, ProofsError::WrongMint);

    stage.reward = stage.world.svm.put_tokens(mint, owner, 0);
    stage.resolve(proposal).expect("a resolved dispute");
    assert_eq!(stage.world.svm.tokens(&own), PURSE - BOND_MIN);
    assert!(stage.world.svm.tokens(&stage.reward) > BOND_MIN);
}

#[test]
fn no_signers_bond_is_gone_when_the_latest_dispute_ends() {
    // Unbonding as short as the program allows: an epoch, a window, a vote and a second.
    let mut stage = Stage::new();
    stage.fund_challenger();
    let network = stage.world.network;
    stage
        .world
        .svm
        .edit(&network, |network: &mut trestle_staking::state::Network| {
            network.unbonding_seconds = 3_600 + 2 * 600 + 1;
        });
    stage
        .propose(0, Draft::honest(0, 3, 10).root)
        .expect("a proposal");
    let proposal = stage.proposal(0, 0);
    let leave = |stage: &mut Stage, number: usize| {
        let key = stage.verifier(number);
        let ix = stage.world.verifier_exit(key.pubkey());
        stage.world.svm.must(&[ix], &[&key]);
    };
    stage.world.svm.advance(3_600);
    stage.attest(1, proposal).expect("an attestation in time");
    leave(&mut stage, 0);
    stage.world.svm.advance(WINDOW_SECONDS - 1);
    stage.dispute(proposal).expect("a dispute");
    stage.say(1, proposal, false).expect("a vote");
    stage.say(2, proposal, false).expect("a vote");
    stage.world.svm.advance(WINDOW_SECONDS - 1);

    let sent = stage.resolve(proposal).expect("a resolved dispute");

    let slash = sent.event::<BondSlashed>().expect("a slash");
    assert_eq!((slash.mask, slash.amount), (0b011, BOND_MIN));
}

#[test]
fn it_works_while_the_network_is_paused_and_on_a_superseded_proposal() {
    let mut stage = Stage::new();
    stage.fund_challenger();
    stage.next_epoch();
    let later = stage.agree(&Draft::honest(1, 3, 20));
    let earlier = stage.agree(&Draft::honest(0, 3, 10));
    stage.dispute(later).expect("a dispute");
    stage.say(0, later, false).expect("a vote");
    stage.world.svm.advance(WINDOW_SECONDS);
    stage.finalize(earlier).expect("a final root");
    stage.world.pause();
    let ix = stage.proposal_close(later);
    let outcome = stage.world.svm.send(std::slice::from_ref(&ix), &[]);
    assert_refused(outcome, ID, ProofsError::ProposalDisputed);

    let sent = stage.resolve(later).expect("a dispute that is over");

    assert_verdict(&sent, Verdict::Undecided, 0);
    stage.world.svm.must(&[ix], &[]);
}
