//! What a slash takes and who gets it.

use crate::units::{Bps, TokenAmount, BPS_ONE};

/// Shares of slashed stake; they make up the whole.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SlashShares {
    burn: Bps,
    insurance: Bps,
    challenger: Bps,
}

/// Slashed stake by receiver, token base units.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct SlashSplit {
    /// To be burnt, the dust of rounding included.
    pub burn: u64,
    /// To the insurance vault.
    pub insurance: u64,
    /// To the challenger.
    pub challenger: u64,
}

/// What a slash takes from stake and from unbonding tickets, token base units.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Taken<const N: usize> {
    /// From the stake.
    pub from_stake: u64,
    /// From each ticket, in order.
    pub from_tickets: [u64; N],
    /// Sum of both; less than wanted if there is not enough.
    pub total: u64,
}

/// The least bond that displaces one of `smallest`: larger by the margin, rounded up, and by one
/// base unit at least. `None` if there is no such amount.
pub fn displacing_bond(smallest: TokenAmount, margin: Bps) -> Option<TokenAmount> {
    let more = margin.apply_ceil(smallest.0).max(1);
    smallest.0.checked_add(more).map(TokenAmount)
}

impl SlashShares {
    /// Shares that make up the whole; `None` otherwise.
    pub fn new(burn: Bps, insurance: Bps, challenger: Bps) -> Option<Self> {
        let sum = u32::from(burn.get())
            .saturating_add(u32::from(insurance.get()))
            .saturating_add(u32::from(challenger.get()));
        (sum == u32::from(BPS_ONE)).then_some(Self {
            burn,
            insurance,
            challenger,
        })
    }

    /// Splits an amount; the parts add up to it.
    pub fn split(&self, amount: u64) -> SlashSplit {
        let insurance = self.insurance.apply_floor(amount);
        let challenger = self.challenger.apply_floor(amount);
        let burn = amount.saturating_sub(insurance).saturating_sub(challenger);
        SlashSplit {
            burn,
            insurance,
            challenger,
        }
    }

    /// Splits an amount where nobody challenged: that share goes to the insurance.
    pub fn split_unchallenged(&self, amount: u64) -> SlashSplit {
        let split = self.split(amount);
        SlashSplit {
            burn: split.burn,
            insurance: split.insurance.saturating_add(split.challenger),
            challenger: 0,
        }
    }
}

/// What a slash takes of the pay that is held of an operator: what is owed, as far as that much is
/// held and its pool can pay it. The rest is for its stake to bear.
pub fn take_held(owed: u64, held: u64, payable: u64) -> u64 {
    owed.min(held).min(payable)
}

/// Takes `wanted` from the stake, then from the tickets in order, as far as they go.
pub fn take<const N: usize>(stake: u64, tickets: &[u64; N], wanted: u64) -> Taken<N> {
    let from_stake = stake.min(wanted);
    let mut left = wanted.saturating_sub(from_stake);
    let from_tickets = tickets.map(|ticket| {
        let taken = ticket.min(left);
        left = left.saturating_sub(taken);
        taken
    });
    Taken {
        from_stake,
        from_tickets,
        total: wanted.saturating_sub(left),
    }
}
