//! The votes of one epoch: who had how much weight when it opened, and who has voted.

use {
    crate::{
        address::is_derived,
        constants::{QUORUM_DENOMINATOR, QUORUM_NUMERATOR, SIGNERS_MIN, VERIFIERS_MAX, VERSION},
        error::ProofsError,
    },
    anchor_lang::prelude::*,
    core::mem::{offset_of, size_of},
    trestle_core::seeds::SEED_ROUND,
    trestle_staking::{
        state::{Network, VerifierEntry, VerifierSet},
        versioned::Layout,
    },
};

/// PDA `["round", service, epoch as u64 LE]`. It outlives its proposals, lost ones too, so that
/// no verifier votes twice in an epoch; it goes when the epoch is final.
#[account]
pub struct Round {
    /// Layout version.
    pub version: u8,
    /// Bump of this account's own address.
    pub bump: u8,
    /// Zero.
    pub _pad: [u8; 2],
    /// Bits of the verifiers that have voted.
    pub voted: u32,
    /// The service whose epoch it is.
    pub service: Address,
    /// Who paid the rent and gets it back.
    pub payer: Address,
    /// The epoch that is voted on.
    pub epoch: u64,
    /// Epoch in which the round was opened: verifiers admitted later have no vote.
    pub opened_epoch: u64,
    /// Sum of all weights.
    pub weight_total: u64,
    /// Bond of each verifier when the round opened, zero for those without a vote.
    pub weights: [u64; VERIFIERS_MAX],
}

const _: () = assert!(size_of::<Round>() == 352);
const _: () = assert!(offset_of!(Round, service) == 8);
const _: () = assert!(offset_of!(Round, weights) == 96);

impl Layout for Round {
    const VERSION: u8 = VERSION;
}

/// Which round is opened, and by whom.
pub struct RoundOrigin {
    pub bump: u8,
    pub service: Address,
    pub payer: Address,
    pub epoch: u64,
    pub opened_epoch: u64,
}

/// What a vote is measured by.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct VoteRules {
    /// Smallest bond of a verifier, in base units.
    pub bond_min: u64,
    /// Unix seconds at which a dispute of the proposal that is voted for has ended, at the latest.
    pub settled_at: i64,
}

impl VoteRules {
    /// For a proposal of this time: it is attested within an epoch, challenged in the window after
    /// that, and the vote on it can begin in the window's last second.
    pub fn new(network: &Network, proposed_at: i64) -> Self {
        let seconds = network.params().reach_seconds();
        Self {
            bond_min: network.verifier_bond_min,
            settled_at: proposed_at.saturating_add(i64::from(seconds)),
        }
    }
}

/// One verifier's vote.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Vote {
    /// Its bit.
    pub bit: u32,
    /// What it weighs.
    pub weight: u64,
}

impl Round {
    /// Whether it stands at the address that follows from its service and its epoch.
    pub fn is_at(&self, address: &Address) -> bool {
        let epoch = self.epoch.to_le_bytes();
        is_derived(
            &[SEED_ROUND, self.service.as_ref(), &epoch],
            self.bump,
            address,
        )
    }

    /// Whether the account was just created and nobody has opened the round yet.
    pub fn is_blank(&self) -> bool {
        self.version == 0
    }

    /// Opens the round with the weights of the set as it stands now.
    #[inline(never)]
    pub fn open(
        &mut self,
        origin: &RoundOrigin,
        verifiers: &VerifierSet,
        bond_min: u64,
    ) -> Result<()> {
        self.version = VERSION;
        self.bump = origin.bump;
        self.service = origin.service;
        self.payer = origin.payer;
        self.epoch = origin.epoch;
        self.opened_epoch = origin.opened_epoch;
        for (weight, entry) in self.weights.iter_mut().zip(&verifiers.entries) {
            if entry.is_active() && entry.bond >= bond_min {
                *weight = entry.bond;
                self.weight_total = self
                    .weight_total
                    .checked_add(entry.bond)
                    .ok_or(ProofsError::MathOverflow)?;
            }
        }
        Ok(())
    }

    /// Spends the one vote of a verifier in this epoch. It weighs what was bonded when the round
    /// opened, or what is left of that: bond that was slashed since vouches for nothing. Whoever
    /// had weight then keeps its vote, whatever becomes of the set or of the smallest bond.
    #[inline(never)]
    pub fn vote(
        &mut self,
        verifiers: &VerifierSet,
        rules: &VoteRules,
        verifier: &Address,
    ) -> Result<Vote> {
        let vote = weigh(&self.weights, self.opened_epoch, verifiers, rules, verifier)?;
        require!(self.voted & vote.bit == 0, ProofsError::VoteSpent);
        self.voted |= vote.bit;
        Ok(vote)
    }

    /// Whether these signers and their weight can make a root final.
    pub fn has_quorum(&self, signers: u32, weight: u64) -> bool {
        is_quorum(signers, weight, self.weight_total)
    }

    /// What holds after every instruction that changes a round.
    ///
    /// - It has this layout.
    /// - Its total is the sum of its weights.
    /// - Only verifiers with a weight have voted.
    #[inline(never)]
    pub fn invariant(&self) -> Result<()> {
        let mut total: u64 = 0;
        let mut voters: u32 = 0;
        for (index, weight) in self.weights.iter().enumerate() {
            total = total
                .checked_add(*weight)
                .ok_or(ProofsError::InvariantViolated)?;
            if *weight > 0 {
                voters |= bit_of(index)?;
            }
        }
        let holds =
            self.version == VERSION && total == self.weight_total && self.voted & !voters == 0;
        require!(holds, ProofsError::InvariantViolated);
        Ok(())
    }
}

/// Whether these verifiers and their weight decide for all: two of them at least, and two thirds of
/// the weight.
pub fn is_quorum(voters: u32, weight: u64, weight_total: u64) -> bool {
    // Products of a u64 and a small constant fit a u128 always.
    let weight = u128::from(weight).saturating_mul(QUORUM_DENOMINATOR);
    let needed = u128::from(weight_total).saturating_mul(QUORUM_NUMERATOR);
    voters.count_ones() >= SIGNERS_MIN && weight >= needed
}

/// The vote of a verifier among those that had these weights when their round was opened, in
/// `opened_epoch`.
#[inline(never)]
pub fn weigh(
    weights: &[u64; VERIFIERS_MAX],
    opened_epoch: u64,
    verifiers: &VerifierSet,
    rules: &VoteRules,
    verifier: &Address,
) -> Result<Vote> {
    let index = verifiers.find(verifier).ok_or(ProofsError::NotVerifier)?;
    let entry = verifiers
        .entries
        .get(index)
        .ok_or(ProofsError::NotVerifier)?;
    let weight = weights.get(index).copied().unwrap_or_default();
    let left = check_voter(entry, weight, rules)?;
    // The second condition keeps a verifier from the votes of one whose number it took over.
    require!(
        weight > 0 && entry.admitted_epoch <= opened_epoch,
        ProofsError::NotInRound
    );
    Ok(Vote {
        bit: bit_of(index)?,
        weight: weight.min(left),
    })
}

/// Refuses whoever may not vote, and returns the bond that vouches for the vote. One that leaves,
/// or was removed, keeps the vote that it had when the round opened, as long as its bond stays
/// within reach until the vote can no longer be challenged.
fn check_voter(entry: &VerifierEntry, weight: u64, rules: &VoteRules) -> Result<u64> {
    let is_leaving = entry.exit_unlock_at != 0;
    let is_in_reach = weight > 0 && entry.exit_unlock_at >= rules.settled_at;
    require!(!is_leaving || is_in_reach, ProofsError::VerifierExiting);
    let left = entry.bond.saturating_add(entry.exiting_bond);
    // A bond that is whole still counts, also when the smallest was raised meanwhile.
    let is_whole = weight > 0 && left >= weight;
    require!(
        left >= rules.bond_min || is_whole,
        ProofsError::BondTooSmall
    );
    Ok(left)
}

fn bit_of(index: usize) -> Result<u32> {
    u32::try_from(index)
        .ok()
        .and_then(|index| 1u32.checked_shl(index))
        .ok_or_else(|| ProofsError::InvariantViolated.into())
}
