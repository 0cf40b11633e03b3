//! Whatever verifiers say, a dispute conserves the token and ends in one of its verdicts.

use {
    proptest::prelude::*,
    trestle_proofs::{
        event::DisputeResolved,
        state::{ProposalStatus, Verdict},
    },
    trestle_tests::{
        proofs::{Stage, WINDOW_SECONDS},
        staking::BOND_MIN,
    },
};

/// Bond above the smallest, and what the verifier says, of each of three to six verifiers.
fn verifiers() -> impl Strategy<Value = Vec<(u64, Option<bool>)>> {
    let one = (0..5 * BOND_MIN, proptest::option::of(any::<bool>()));
    proptest::collection::vec(one, 3..=6)
}

/// What must come of the votes, computed in another way than the program does.
fn expected(verifiers: &[(u64, Option<bool>)]) -> Verdict {
    let weigh = |vote: Option<bool>| -> (u128, usize) {
        let with = verifiers.iter().filter(|(_, said)| *said == vote);
        let weights = with.map(|(extra, _)| u128::from(BOND_MIN + extra));
        (weights.clone().sum(), weights.count())
    };
    let (right, wrong, silent) = (weigh(Some(true)), weigh(Some(false)), weigh(None));
    let decides = |side: (u128, usize), rest: u128| side.1 >= 2 && side.0 >= 2 * rest;
    if decides(wrong, right.0 + silent.0) {
        Verdict::Wrong
    } else if decides(right, wrong.0 + silent.0) {
        Verdict::Right
    } else {
        Verdict::Undecided
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]
    #[test]
    fn every_token_is_burned_or_somewhere(verifiers in verifiers()) {
        let bonds: Vec<u64> = verifiers.iter().map(|(extra, _)| BOND_MIN + extra).collect();
        let (mut stage, proposal) = Stage::signed(&bonds);
        let before = stage.money();
        stage.dispute(proposal).expect("a dispute");
        for (number, (_, vote)) in verifiers.iter().enumerate() {
            if let Some(is_right) = vote {
                stage.say(number, proposal, *is_right).expect("a vote");
            }
        }
        stage.world.svm.advance(WINDOW_SECONDS);

        let sent = stage.resolve(proposal).expect("a resolved dispute");

        let after = stage.money();
        let all = |money: trestle_tests::challenges::Money| {
            money.vault + money.insurance + money.reward
        };
        // What is no longer in one of the accounts is burned.
        prop_assert_eq!(all(before) - all(after), before.supply - after.supply);
        let event = sent.event::<DisputeResolved>().expect("an event");
        let verdict = expected(&verifiers);
        prop_assert_eq!(event.verdict, verdict as u8);
        prop_assert_eq!(event.returned + event.burned + event.insured, BOND_MIN);
        let is_open = stage.proposal_state(&proposal).status == ProposalStatus::Open as u8;
        prop_assert_eq!(is_open, verdict == Verdict::Right);
        prop_assert_eq!(after.vault == before.vault, verdict != Verdict::Wrong);
        let set = stage.world.verifier_set();
        let owed: u64 = set.entries.iter().map(|entry| entry.bond).sum();
        prop_assert_eq!(owed, after.vault);
    }
}
