//! Laws of voting that hold for every set of bonds and every order of votes.

use {
    bytemuck::Zeroable,
    proptest::{collection::vec, prelude::*},
    solana_address::Address,
    trestle_core::hash::sha256,
    trestle_proofs::{
        constants::VERIFIERS_MAX,
        state::{Proposal, Round, RoundOrigin, VoteRules},
    },
    trestle_staking::state::VerifierSet,
};

/// Most that one verifier bonds: 32 of them stay below a token supply.
const BOND_MAX: u64 = u64::MAX / 64;
/// Smallest bond that counts.
const BOND_MIN: u64 = 100;
/// What votes are measured by.
const RULES: VoteRules = VoteRules {
    bond_min: BOND_MIN,
    settled_at: NOW,
};
/// Proposals that compete for one epoch.
const PROPOSALS: usize = 3;
/// When everything happens.
const NOW: i64 = 1_000;

fn verifier(number: usize) -> Address {
    Address::new_from_array(sha256(&[b"verifier", &number.to_le_bytes()]))
}

fn set_of(bonds: &[u64]) -> Box<VerifierSet> {
    let mut set: Box<VerifierSet> = Box::new(VerifierSet::zeroed());
    for (number, (entry, bond)) in set.entries.iter_mut().zip(bonds).enumerate() {
        entry.authority = verifier(number);
        entry.bond = *bond;
    }
    set
}

fn open(set: &VerifierSet) -> Box<Round> {
    let mut round: Box<Round> = Box::new(Round::zeroed());
    let origin = RoundOrigin {
        bump: 255,
        service: Address::default(),
        payer: Address::default(),
        epoch: 7,
        opened_epoch: 8,
    };
    round.open(&origin, set, BOND_MIN).expect("an open round");
    round
}

/// Bonds around the smallest one, and large ones.
fn bond() -> impl Strategy<Value = u64> {
    prop_oneof![BOND_MIN - 2..BOND_MIN + 2, 1..=BOND_MAX]
}

proptest! {
    #[test]
    fn each_verifier_votes_once_and_at_most_one_proposal_gets_a_quorum(
        bonds in vec(bond(), 1..=VERIFIERS_MAX),
        votes in vec((0..VERIFIERS_MAX + 1, 0..PROPOSALS), 0..100),
    ) {
        let set = set_of(&bonds);
        let mut round = open(&set);
        let mut proposals = [Proposal::zeroed(); PROPOSALS];
        let mut voters = Vec::new();
        for (number, choice) in votes {
            let may_vote = bonds.get(number).is_some_and(|bond| *bond >= BOND_MIN)
                && !voters.contains(&number);
            let vote = round.vote(&set, &RULES, &verifier(number));
            prop_assert_eq!(vote.is_ok(), may_vote);
            let Ok(vote) = vote else { continue };
            voters.push(number);
            proposals[choice].sign(&vote, &round, NOW).expect("a signature");
        }
        round.invariant().expect("the round's own rules");
        let counted = |bond: &&u64| **bond >= BOND_MIN;
        let total: u64 = bonds.iter().filter(counted).sum();
        prop_assert_eq!(round.weight_total, total);
        let mut seen = 0;
        for proposal in &proposals {
            prop_assert_eq!(seen & proposal.signers, 0, "a verifier signed twice");
            seen |= proposal.signers;
            let signed = |number: &usize| proposal.signers & (1 << number) != 0;
            let weight: u64 = (0..bonds.len()).filter(signed).map(|n| bonds[n]).sum();
            prop_assert_eq!(proposal.weight, weight);
            let has_two_thirds = 3 * u128::from(weight) >= 2 * u128::from(total);
            let has_quorum = proposal.signers.count_ones() >= 2 && has_two_thirds;
            prop_assert_eq!(proposal.quorum_at == NOW, has_quorum);
        }
        prop_assert_eq!(seen, round.voted);
        let quorums = proposals.iter().filter(|proposal| proposal.quorum_at != 0);
        prop_assert!(quorums.count() <= 1);
    }

    #[test]
    fn a_vote_never_weighs_more_than_the_bond_that_stands_behind_it(
        before in vec(bond(), 2..=VERIFIERS_MAX),
        after in vec(0..=BOND_MAX, VERIFIERS_MAX),
    ) {
        let mut round = open(&set_of(&before));
        let now = set_of(&after[..before.len()]);
        for number in 0..before.len() {
            if let Ok(vote) = round.vote(&now, &RULES, &verifier(number)) {
                prop_assert!(vote.weight <= before[number] && vote.weight <= after[number]);
                prop_assert!(vote.weight >= BOND_MIN);
            }
        }
    }
}
