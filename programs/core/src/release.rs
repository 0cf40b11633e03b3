//! How much stablecoin of the sales becomes revenue of the operators, and who gets which share.
//!
//! Credits are sold for stablecoin, by card, and for tokens that are burned; only the first two
//! bring stablecoin. All credits are alike once sold, so each one outstanding has the same claim on
//! what the vault holds: a release takes of the vault the share that the credits used up have of
//! those outstanding. This leaves the claim of every other credit as it was, which is why the order
//! in which services are released does not matter but for the rounding.
//!
//! A card sale can be reversed for a while. Until then its price is kept apart at par: neither its
//! stablecoin nor its credits count, so that a reversal takes nothing from anybody else.

use crate::{
    emission::stable_release,
    math::{split_largest_remainder, MathError},
    price::stable_for_credits,
    units::{Bps, Credits, StableAmount, BPS_ONE},
};

/// What a release depends on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ReleaseFacts {
    /// Credits of the service that are used up and not released yet.
    pub consumed: Credits,
    /// Credits of all customers, sold and not released yet; those of `consumed` among them.
    pub outstanding: Credits,
    /// Credits of card sales that can still be reversed.
    pub pending: Credits,
    /// What the vault holds.
    pub vault: StableAmount,
}

/// What is released: so many credits, and the stablecoin behind them.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Release {
    /// Credits, at most the ones used up. The others wait for the card sales.
    pub credits: Credits,
    /// Stablecoin, at most what the vault holds beyond the card sales' price.
    pub stable: StableAmount,
}

/// Stablecoin of a release by receiver; the parts add up to it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ReleaseSplit {
    /// To the network's treasury.
    pub protocol: u64,
    /// To the insurance of customers.
    pub insurance: u64,
    /// To the operators' pool.
    pub operators: u64,
}

/// What can be released now.
pub fn release(facts: &ReleaseFacts) -> Result<Release, MathError> {
    let open = facts.outstanding.checked_sub(facts.pending)?;
    let credits = facts.consumed.min(open);
    if credits == Credits::ZERO {
        return Ok(Release::default());
    }
    let kept_apart = stable_for_credits(facts.pending)?;
    let backing = facts.vault.checked_sub(kept_apart)?;
    let stable = stable_release(credits.0, open.0, backing.0);
    Ok(Release {
        credits,
        stable: StableAmount(stable),
    })
}

/// Splits what is released by largest remainder. `None` if the fees are more than the whole.
pub fn split_release(
    stable: StableAmount,
    protocol: Bps,
    insurance: Bps,
) -> Option<Result<ReleaseSplit, MathError>> {
    let rest = BPS_ONE
        .checked_sub(protocol.get())?
        .checked_sub(insurance.get())?;
    let weights = [protocol.get(), insurance.get(), rest].map(u64::from);
    let mut parts = [0; 3];
    let done = split_largest_remainder(stable.0, &weights, &mut parts);
    let [protocol, insurance, operators] = parts;
    Some(done.map(|()| ReleaseSplit {
        protocol,
        insurance,
        operators,
    }))
}
