//! A pool that mints what it allots: a schedule, tied to what customers paid.

use crate::{bps, require, sum, Asset, Change, Credits, Holder, Refusal, Target, Told, World};

/// Epochs over which burns are smoothed.
const SMOOTHING_EPOCHS: u128 = 7;
/// Token base units of a hundred-thousandth of a dollar, times the scale of the price.
const TOKEN_SCALE: u128 = 1_000_000_000_000;

/// How a pool mints, and what it has counted.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Minting {
    /// What an epoch gets whatever was sold.
    pub base: u64,
    /// Shares of revenue and burns that are emitted.
    pub rho_bps: u16,
    pub reemit_bps: u16,
    pub reemit_cap: u64,
    /// First epochs and what an epoch gets from them on, ascending.
    pub steps: Vec<(u64, u64)>,
    /// Credits of revenue and burnt tokens that are counted.
    pub revenue_counted: u64,
    pub burned_counted: u64,
    pub smoothed_burn: u64,
    /// What the market was sure to keep at the last allotment.
    pub fee_counted_bps: u16,
}

impl Minting {
    /// Whether buying one's own service loses under a market's fee.
    pub(crate) fn is_sound(&self, fee_bps: u16) -> bool {
        self.rho_bps + self.reemit_bps < fee_bps
    }

    /// What an epoch is granted. Without a price the revenue waits for one.
    fn grant(
        &mut self,
        epoch: u64,
        credits: &Credits,
        fee_bps: u16,
        price: Option<u64>,
    ) -> Told<u64> {
        // What was sold since can have paid the fee of then.
        let is_sound = self.is_sound(fee_bps.min(self.fee_counted_bps));
        self.fee_counted_bps = fee_bps;
        let (rho, reemit) = if is_sound {
            (self.rho_bps, self.reemit_bps)
        } else {
            (0, 0)
        };
        let mut by_revenue = 0;
        if let Some(price) = price {
            let earning = bps(credits.consumed - self.revenue_counted, rho);
            let worth = u128::from(earning) * TOKEN_SCALE / u128::from(price);
            by_revenue = u64::try_from(worth).unwrap_or(u64::MAX);
        }
        // Revenue waits for a price, unless it earns nothing anyway.
        if price.is_some() || !is_sound {
            self.revenue_counted = credits.consumed;
        }
        let burned = credits.tokens_burned - self.burned_counted;
        let burned = if is_sound { burned } else { 0 };
        self.burned_counted = credits.tokens_burned;
        let kept = u128::from(self.smoothed_burn) * (SMOOTHING_EPOCHS - 1);
        let smoothed = (kept + u128::from(burned)) / SMOOTHING_EPOCHS;
        self.smoothed_burn = u64::try_from(smoothed).map_err(|_| Refusal("too much"))?;
        let mut steps = self.steps.iter().rev();
        let scheduled = steps
            .find(|(first, _)| *first <= epoch)
            .map_or(0, |(_, tokens)| *tokens);
        let by_rule = scheduled.min(self.base.saturating_add(by_revenue));
        sum(
            by_rule,
            bps(self.smoothed_burn, reemit).min(self.reemit_cap),
        )
    }
}

impl World {
    /// Mints what an epoch is granted, if the pool mints.
    pub(crate) fn mint_for(&mut self, epoch: u64) -> Told<Option<u64>> {
        let (price, fee_bps) = (self.emission_price(), self.sure_fee_bps());
        let Some(minting) = &mut self.pool.minting else {
            return Ok(None);
        };
        let granted = minting.grant(epoch, &self.credits, fee_bps, price)?;
        self.ledger.mint(Asset::Token, Holder::PoolVault, granted)?;
        Ok(Some(granted))
    }

    /// What a market is sure to keep of every sale: a lower fee counts once it is proposed.
    fn sure_fee_bps(&self) -> u16 {
        let fee = self.credits.protocol_fee_bps;
        match self.changes.get(&Target::Market) {
            Some((
                _,
                Change::Market {
                    protocol_fee_bps, ..
                },
            )) => fee.min(*protocol_fee_bps),
            _ => fee,
        }
    }

    /// Under other rules of a market a minting pool would lose to those who buy of themselves.
    pub(crate) fn require_sound(&self) -> Told {
        let minting = self.pool.minting.as_ref();
        let is_sound = minting.is_none_or(|minting| minting.is_sound(self.sure_fee_bps()));
        require(is_sound, "a fee that is not above the shares")
    }
}
