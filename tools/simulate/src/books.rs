//! What the programs' accounts would say: integers only, moved by the protocol's kernels.

use crate::parameters::{Parameters, CAPTIVE, EPOCHS, SERVICES, SUPPLY};
use anyhow::{Context, Result};
use std::collections::VecDeque;
use trestle_core::{
    breaker::Breaker,
    emission::{epoch_emission, held_bps, stable_release, Emission, EpochFacts},
    lease::{self, settle, Settlement},
    math::split_largest_remainder,
    payout::{releasable, split_pay},
    price::{stable_for_credits, tokens_for_credits, Price},
    slash::take,
    units::{Bps, Credits, TokenAmount, UnixSeconds},
};

/// Tokens by holder, base units.
#[derive(Clone, Debug)]
pub(crate) struct Tokens {
    /// In anybody's wallet.
    pub(crate) circulating: u64,
    /// Minted for operators who have not been paid yet, held rewards included.
    pub(crate) vaults: u64,
    pub(crate) insurance: u64,
    /// Epoch in which stake is free again, and how much.
    pub(crate) unbonding: VecDeque<(u64, u64)>,
    pub(crate) minted: u64,
    pub(crate) burned: u64,
    pub(crate) slashed: u64,
}

/// Stablecoin by holder, micro-dollars.
#[derive(Clone, Debug, Default)]
pub(crate) struct Stable {
    pub(crate) paid_in: u64,
    /// Fees.
    pub(crate) treasury: u64,
    /// Not released.
    pub(crate) vault: u64,
    /// Released, and shared by no root yet.
    pub(crate) pools: u64,
    pub(crate) paid_out: u64,
}

/// A service: its revenue, its pool, and the stock of its customers.
#[derive(Clone, Debug, Default)]
pub(crate) struct Service {
    /// Credits that customers have and have not used.
    pub(crate) stock: u64,
    pub(crate) sold: u64,
    pub(crate) consumed: u64,
    /// Of `consumed`, what has earned emission.
    pub(crate) counted: u64,
    /// Of `consumed`, what has released stablecoin.
    pub(crate) released: u64,
    pub(crate) smoothed_burn: u64,
    pub(crate) burned_counted: u64,
    /// Tokens allotted and not shared among operators.
    pub(crate) tokens: u64,
    /// Stablecoin released and not shared among operators.
    pub(crate) stable: u64,
    pub(crate) scheduled_total: u64,
    pub(crate) granted_total: u64,
    pub(crate) reemitted_total: u64,
    pub(crate) tokens_paid: u64,
    pub(crate) breaker: Breaker,
}

/// An operator's stake and claim.
#[derive(Clone, Debug)]
pub(crate) struct Account {
    pub(crate) service: usize,
    pub(crate) joined: u64,
    pub(crate) stake: u64,
    /// Tokens that its leaf grants and that were not paid.
    pub(crate) due: u64,
    pub(crate) held: u64,
    pub(crate) held_base: u64,
}

#[derive(Clone, Debug)]
pub(crate) struct Books {
    pub(crate) parameters: Parameters,
    /// The service whose pool emits burns again.
    pub(crate) counts_burns: usize,
    pub(crate) tokens: Tokens,
    pub(crate) stable: Stable,
    pub(crate) services: [Service; SERVICES],
    pub(crate) accounts: Vec<Account>,
    /// Tokens burnt for credits.
    pub(crate) credit_burns: u64,
}

impl Books {
    /// A network on its first day. `is_farmed` moves the re-emission of burns to the attacker's
    /// service.
    pub(crate) fn new(parameters: &Parameters, is_farmed: bool) -> Self {
        Self {
            parameters: parameters.clone(),
            counts_burns: if is_farmed { CAPTIVE } else { 0 },
            tokens: Tokens {
                circulating: SUPPLY,
                vaults: 0,
                insurance: 0,
                unbonding: VecDeque::new(),
                minted: 0,
                burned: 0,
                slashed: 0,
            },
            stable: Stable::default(),
            services: Default::default(),
            accounts: Vec::new(),
            credit_burns: 0,
        }
    }

    /// Sells credits for stablecoin, at par. Returns what they cost, micro-dollars.
    pub(crate) fn buy_stable(&mut self, service: usize, credits: u64) -> Result<u64> {
        let cost = stable_for_credits(Credits(credits))?.0;
        let parameters = &self.parameters;
        let fee =
            parameters.protocol_fee.apply_ceil(cost) + parameters.insurance_fee.apply_ceil(cost);
        self.stable.paid_in += cost;
        self.stable.treasury += fee;
        self.stable.vault += cost - fee;
        self.sell(service, credits);
        Ok(cost)
    }

    /// Sells credits for tokens, which are burnt. Returns how many, base units.
    pub(crate) fn buy_burn(&mut self, service: usize, credits: u64, price: Price) -> Result<u64> {
        let decimals = self.parameters.rule(service, false).token_decimals;
        let tokens = tokens_for_credits(Credits(credits), price, decimals)?.0;
        self.burn(tokens)?;
        self.credit_burns += tokens;
        self.sell(service, credits);
        Ok(tokens)
    }

    fn sell(&mut self, service: usize, credits: u64) {
        self.services[service].stock += credits;
        self.services[service].sold += credits;
    }

    fn burn(&mut self, tokens: u64) -> Result<()> {
        let left = self.tokens.circulating.checked_sub(tokens);
        self.tokens.circulating = left.context("more tokens burnt than circulate")?;
        self.tokens.burned += tokens;
        Ok(())
    }

    /// Settles what customers of a service leased: good windows are used up, the rest of the stock
    /// stays theirs.
    pub(crate) fn settle(&mut self, service: usize, due: u64, ok: u32, total: u32) -> Settlement {
        let price = lease::Price {
            whole: due,
            payable: due,
        };
        let service = &mut self.services[service];
        let settlement = settle(&self.parameters.lease, &price, ok, total, service.stock);
        service.stock -= settlement.consumed;
        service.consumed += settlement.consumed;
        settlement
    }

    /// Grants a service's pool its epoch. Without a price its revenue waits.
    pub(crate) fn allot(
        &mut self,
        index: usize,
        epoch: u64,
        price: Option<Price>,
    ) -> Result<Emission> {
        let counts_burns = index == self.counts_burns;
        let rule = self.parameters.rule(index, counts_burns);
        let service = &mut self.services[index];
        let revenue = if price.is_some() {
            service.consumed - service.counted
        } else {
            0
        };
        let facts = EpochFacts {
            revenue: Credits(revenue),
            burned: TokenAmount(self.credit_burns - service.burned_counted),
            smoothed_burn: service.smoothed_burn,
            price: price.unwrap_or(Price {
                mantissa: 0,
                exponent: 0,
            }),
        };
        let emission = epoch_emission(&self.parameters.steps[index], &rule, epoch, &facts)?;
        service.counted += revenue;
        service.burned_counted = self.credit_burns;
        service.smoothed_burn = emission.smoothed_burn;
        service.tokens += emission.granted;
        service.scheduled_total += emission.scheduled;
        service.granted_total += emission.granted;
        service.reemitted_total += emission.reemitted;
        self.tokens.vaults += emission.granted;
        self.tokens.minted += emission.granted;
        Ok(emission)
    }

    /// Releases the stablecoin of what a service used up. Returns micro-dollars.
    pub(crate) fn release(&mut self, index: usize) -> u64 {
        let sum = |of: fn(&Service) -> u64| self.services.iter().map(of).sum::<u64>();
        let outstanding = sum(|service| service.sold) - sum(|service| service.released);
        let service = &mut self.services[index];
        let delta = service.consumed - service.released;
        let amount = stable_release(delta, outstanding, self.stable.vault);
        service.released += delta;
        service.stable += amount;
        self.stable.vault -= amount;
        self.stable.pools += amount;
        amount
    }

    /// Shares what a pool has among its operators by score, as a final root does. `scores` tell
    /// whose account and what. Returns stablecoin paid, micro-dollars.
    pub(crate) fn share(&mut self, index: usize, scores: &[(usize, u64)]) -> Result<u64> {
        let weights: Vec<u64> = scores.iter().map(|(_, score)| *score).collect();
        if weights.iter().all(|weight| *weight == 0) {
            return Ok(0);
        }
        let service = &mut self.services[index];
        let mut shares = vec![0; weights.len()];
        split_largest_remainder(service.tokens, &weights, &mut shares)?;
        service.tokens = 0;
        for ((account, _), share) in scores.iter().zip(shares) {
            self.accounts[*account].due += share;
        }
        let stable = std::mem::take(&mut service.stable);
        self.stable.pools -= stable;
        self.stable.paid_out += stable;
        Ok(stable)
    }

    /// Pays an operator what it is due, as far as the breaker lets it, holds back by age, and
    /// releases what age has freed. Returns tokens that reached it, base units.
    pub(crate) fn claim(&mut self, index: usize, epoch: u64, now: UnixSeconds) -> Result<u64> {
        let parameters = &self.parameters;
        let account = &mut self.accounts[index];
        let service = &mut self.services[account.service];
        let granted = service.breaker.grant(
            parameters.breaker_capacity,
            parameters.breaker_window_seconds,
            now,
            account.due,
        );
        let rate = held_bps(epoch - account.joined, parameters.epochs_per_month);
        let split = split_pay(granted, Bps::ZERO, rate)?;
        account.due -= granted;
        if split.held > 0 {
            account.held += split.held;
            account.held_base += split.own();
        }
        let freed = releasable(
            TokenAmount(account.held),
            TokenAmount(account.held_base),
            rate,
        );
        account.held -= freed.0;
        if account.held == 0 {
            account.held_base = 0;
        }
        let paid = split.operator + freed.0;
        service.tokens_paid += paid;
        self.tokens.vaults -= paid;
        self.tokens.circulating += paid;
        Ok(paid)
    }

    /// Opens an account that stakes.
    pub(crate) fn join(&mut self, service: usize, epoch: u64, stake: u64) -> Result<()> {
        let left = self.tokens.circulating.checked_sub(stake);
        self.tokens.circulating = left.context("more tokens staked than circulate")?;
        self.accounts.push(Account {
            service,
            joined: epoch,
            stake,
            due: 0,
            held: 0,
            held_base: 0,
        });
        Ok(())
    }

    /// Starts to unbond all of an operator's stake.
    pub(crate) fn leave(&mut self, index: usize, epoch: u64) {
        let stake = std::mem::take(&mut self.accounts[index].stake);
        let free = epoch + self.parameters.unbonding_epochs;
        self.tokens.unbonding.push_back((free, stake));
    }

    /// Returns stake whose unbonding has ended.
    pub(crate) fn unbond(&mut self, epoch: u64) {
        while let Some((free, stake)) = self.tokens.unbonding.front().copied() {
            if free > epoch {
                return;
            }
            self.tokens.unbonding.pop_front();
            self.tokens.circulating += stake;
        }
    }

    /// Slashes a share of an operator's stake, of which nobody's challenge brought it to light.
    pub(crate) fn slash(&mut self, index: usize) {
        let account = &mut self.accounts[index];
        let wanted = self.parameters.slash.apply_ceil(account.stake);
        let taken = take(account.stake, &[0; 0], wanted);
        account.stake -= taken.from_stake;
        let split = self.parameters.slash_shares.split_unchallenged(taken.total);
        self.tokens.burned += split.burn;
        self.tokens.insurance += split.insurance;
        self.tokens.slashed += taken.total;
    }

    /// Tokens that exist, base units.
    pub(crate) fn supply(&self) -> u64 {
        SUPPLY + self.tokens.minted - self.tokens.burned
    }

    /// The breaker of a service can have paid this much by the end of an epoch.
    pub(crate) fn breaker_bound(&self, epoch: u64) -> u64 {
        self.parameters.breaker_capacity * (epoch.min(EPOCHS) + 2)
    }
}
