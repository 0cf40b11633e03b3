//! Off chain: what the programs must do with money, in plain Rust, as simple as it can be said.
//!
//! The tests send every step of a random sequence to the built programs and to this model. Both
//! must agree on whether it is accepted, and on every balance and claim afterwards. The model keeps
//! its own books: of the programs' code it uses only the kernels of `trestle-core` that are the law
//! themselves (what a share is worth, how rewards stream). It knows no accounts, addresses or
//! signatures, and shares no state with the programs.

mod cards;
mod challenges;
mod changes;
mod clearances;
mod commitments;
mod credits;
mod delegation;
mod disputes;
mod group_settlements;
mod lease_groups;
mod leases;
mod ledger;
mod metering;
mod minting;
mod names;
mod rewards;
mod roots;
mod rounds;
mod run;
mod settlements;
mod staking;
mod step;
mod verifiers;
mod world;

pub use {
    cards::{Biller, Sale, SaleStatus},
    challenges::Evidence,
    changes::{Change, Target},
    clearances::{Clearance, Clearances, Countries, Issuer, Policy, PolicyRules, Vouch, KINDS},
    commitments::Commitment,
    credits::{Credits, Customer},
    delegation::{Delegation, DelegationPool, Earned, Flow, ShareTicket},
    disputes::Dispute,
    lease_groups::{Group, GroupDeal, Member},
    leases::{Lease, LeaseDeal},
    ledger::{Actor, Asset, Holder, Ledger},
    metering::{Delegate, Meter, MeterDeal, Topup},
    minting::Minting,
    rewards::{Claim, Pool, Till},
    roots::{Leaf, Root, Totals},
    rounds::{Flaw, Opening, Proposal, Recorded, Round, Rounds, Weights},
    settlements::Window,
    staking::{Operator, Ticket, TICKETS},
    step::{ProposalKey, Step},
    verifiers::{Verifier, VERIFIERS},
    world::{Rules, World},
};

/// Why a step is refused, in words.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Refusal(pub &'static str);

/// Whether a step was accepted.
pub type Told<T = ()> = Result<T, Refusal>;

/// Refuses unless it holds.
pub(crate) fn require(holds: bool, otherwise: &'static str) -> Told {
    if holds {
        Ok(())
    } else {
        Err(Refusal(otherwise))
    }
}

/// A share of an amount in basis points, rounded down.
pub(crate) fn bps(amount: u64, share: u16) -> u64 {
    let part = u128::from(amount) * u128::from(share) / 10_000;
    u64::try_from(part).unwrap_or(u64::MAX)
}

/// A sum that must fit.
pub(crate) fn sum(a: u64, b: u64) -> Told<u64> {
    a.checked_add(b).ok_or(Refusal("too much"))
}

/// A difference that must exist.
pub(crate) fn rest(a: u64, b: u64) -> Told<u64> {
    a.checked_sub(b).ok_or(Refusal("not enough"))
}
