//! Stake that others delegate to an operator, and what they earn by it.

use {
    crate::{require, rest, sum, Actor, Asset, Holder, Refusal, Rules, Told, World, TICKETS},
    trestle_core::{
        delegation::{halved, Bucket, Stream},
        units::UnixSeconds,
    },
};

/// What is delegated to one operator.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DelegationPool {
    pub active: Bucket,
    pub unbonding: Bucket,
    pub halvings: u32,
    pub advanced_at: i64,
    pub tokens: Flow,
    pub stable: Flow,
}

/// Rewards of one asset.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Flow {
    pub stream: Stream,
    /// What has been funded and not claimed.
    pub owed: u64,
}

/// What one delegator has with one operator.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Delegation {
    pub shares: u64,
    pub tickets: [ShareTicket; TICKETS],
    pub tokens: Earned,
    pub stable: Earned,
}

/// Shares of the unbonding bucket.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ShareTicket {
    pub shares: u64,
    pub unlock_at: i64,
    /// The pool's halvings when it was written.
    pub halvings: u32,
}

/// What was earned of one asset.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Earned {
    /// The stream's `per_share` up to which it is counted.
    pub per_share: u128,
    pub unpaid: u64,
}

impl Flow {
    fn advance(&mut self, shares: u64, since: i64, now: i64) -> Told {
        self.stream
            .advance(shares, UnixSeconds(since), UnixSeconds(now))
            .map_err(|_| Refusal("a stream that overflows"))
    }

    fn fund(&mut self, amount: u64, now: i64, seconds: u32) -> Told {
        self.owed = sum(self.owed, amount)?;
        self.stream
            .fund(amount, UnixSeconds(now), seconds)
            .map_err(|_| Refusal("a stream that overflows"))
    }
}

impl Earned {
    fn accrue(&mut self, flow: &Flow, shares: u64) -> Told {
        let earned = flow.stream.earned_since(self.per_share, shares);
        self.per_share = flow.stream.per_share;
        self.unpaid = sum(self.unpaid, earned.map_err(|_| Refusal("too much"))?)?;
        Ok(())
    }
}

impl ShareTicket {
    fn shares_now(&self, pool: &DelegationPool) -> u64 {
        halved(self.shares, pool.halvings - self.halvings)
    }
}

impl DelegationPool {
    /// Both buckets.
    pub fn held(&self) -> u128 {
        u128::from(self.active.amount) + u128::from(self.unbonding.amount)
    }

    fn advance(&mut self, now: i64) -> Told {
        let (shares, since) = (self.active.shares, self.advanced_at);
        self.tokens.advance(shares, since, now)?;
        self.stable.advance(shares, since, now)?;
        self.advanced_at = now;
        Ok(())
    }

    /// Takes from both buckets in proportion, as far as they go; the dust is the unbonding one's.
    pub(crate) fn take(&mut self, wanted: u64) -> Told<u64> {
        let held = self.held();
        let taken = u128::from(wanted).min(held);
        if taken == 0 {
            return Ok(0);
        }
        let from_active = taken * u128::from(self.active.amount) / held;
        let narrow = |amount: u128| u64::try_from(amount).map_err(|_| Refusal("too much"));
        self.active.amount = rest(self.active.amount, narrow(from_active)?)?;
        self.unbonding.amount = rest(self.unbonding.amount, narrow(taken - from_active)?)?;
        self.halvings += self.unbonding.halve();
        narrow(taken)
    }
}

impl World {
    /// A pool that has been brought up to now, and what somebody has of it, counted up to now.
    fn delegated(
        &mut self,
        by: Actor,
        operator: u8,
    ) -> Told<(&mut DelegationPool, &mut Delegation)> {
        let now = self.now;
        let state = self.operators.get_mut(&operator);
        let pool = state.and_then(|state| state.pool.as_mut());
        let pool = pool.ok_or(Refusal("no delegation pool"))?;
        let delegation = self.delegations.get_mut(&(by, operator));
        let delegation = delegation.ok_or(Refusal("no delegation"))?;
        pool.advance(now)?;
        delegation.tokens.accrue(&pool.tokens, delegation.shares)?;
        delegation.stable.accrue(&pool.stable, delegation.shares)?;
        Ok((pool, delegation))
    }

    pub(crate) fn delegation_deposit(&mut self, by: Actor, operator: u8, amount: u64) -> Told {
        self.require_running(Rules::STAKING)?;
        require(
            self.operator(operator)?.jailed_until == 0,
            "an operator that is jailed",
        )?;
        require(
            !self.operator(operator)?.exited,
            "an operator that has left",
        )?;
        require(amount > 0, "an amount of zero")?;
        self.delegations.entry((by, operator)).or_default();
        let (pool, delegation) = self.delegated(by, operator)?;
        let shares = pool.active.deposit(amount);
        let shares = shares.map_err(|_| Refusal("a pool without worth"))?;
        delegation.shares = sum(delegation.shares, shares)?;
        let purse = Holder::Purse(by);
        self.ledger
            .transfer(Asset::Token, purse, Holder::StakeVault, amount)
    }

    pub(crate) fn delegation_unbond(&mut self, by: Actor, operator: u8, shares: u64) -> Told {
        let unlock_at = self.unlock_at();
        require(shares > 0, "no shares")?;
        let (pool, delegation) = self.delegated(by, operator)?;
        delegation.shares = rest(delegation.shares, shares)?;
        let too_much = |_| Refusal("too much");
        let amount = pool.active.redeem(shares).map_err(too_much)?;
        let unbonding = pool.unbonding.deposit(amount).map_err(too_much)?;
        if unbonding == 0 {
            return Ok(());
        }
        let free = delegation.tickets.iter_mut();
        let mut free = free.filter(|ticket| ticket.shares == 0);
        *free.next().ok_or(Refusal("no free ticket"))? = ShareTicket {
            shares: unbonding,
            unlock_at,
            halvings: pool.halvings,
        };
        Ok(())
    }

    pub(crate) fn delegation_withdraw(&mut self, by: Actor, operator: u8) -> Told {
        let now = self.now;
        let state = self.operators.get_mut(&operator);
        let pool = state.and_then(|state| state.pool.as_mut());
        let pool = pool.ok_or(Refusal("no delegation pool"))?;
        let delegation = self.delegations.get_mut(&(by, operator));
        let delegation = delegation.ok_or(Refusal("no delegation"))?;
        let (mut shares, mut is_any) = (0, false);
        for ticket in &mut delegation.tickets {
            if ticket.shares > 0 && ticket.unlock_at <= now {
                shares += ticket.shares_now(pool);
                is_any = true;
                *ticket = ShareTicket::default();
            }
        }
        require(is_any, "nothing has matured")?;
        let amount = if shares == 0 {
            0
        } else {
            pool.unbonding
                .redeem(shares)
                .map_err(|_| Refusal("too much"))?
        };
        let purse = Holder::Purse(by);
        self.ledger
            .transfer(Asset::Token, Holder::StakeVault, purse, amount)
    }

    pub(crate) fn delegation_claim(&mut self, by: Actor, operator: u8) -> Told {
        let (pool, delegation) = self.delegated(by, operator)?;
        let paid = (delegation.tokens.unpaid, delegation.stable.unpaid);
        require(paid != (0, 0), "nothing earned")?;
        delegation.tokens.unpaid = 0;
        delegation.stable.unpaid = 0;
        pool.tokens.owed = rest(pool.tokens.owed, paid.0)?;
        pool.stable.owed = rest(pool.stable.owed, paid.1)?;
        let (vault, purse) = (Holder::DelegatorVault, Holder::Purse(by));
        self.ledger.transfer(Asset::Token, vault, purse, paid.0)?;
        self.ledger.transfer(Asset::Stable, vault, purse, paid.1)
    }

    pub(crate) fn delegation_close(&mut self, by: Actor, operator: u8) -> Told {
        let delegation = self.delegations.remove(&(by, operator));
        let delegation = delegation.ok_or(Refusal("no delegation"))?;
        let is_empty = delegation.shares == 0
            && (delegation.tokens.unpaid, delegation.stable.unpaid) == (0, 0)
            && delegation.tickets == [ShareTicket::default(); TICKETS];
        require(is_empty, "a delegation in use")
    }

    pub(crate) fn delegation_fund(&mut self, operator: u8, tokens: u64, stable: u64) -> Told {
        let vault = Holder::DelegatorVault;
        self.ledger.mint(Asset::Token, vault, tokens)?;
        self.ledger.mint(Asset::Stable, vault, stable)?;
        self.delegators_earn(operator, tokens, stable)
    }

    /// What has come into the vault belongs to the delegators of an operator.
    pub(crate) fn delegators_earn(&mut self, operator: u8, tokens: u64, stable: u64) -> Told {
        let (now, seconds) = (self.now, self.rules.unbonding_seconds);
        let pool = self.operator(operator)?.pool.as_mut();
        let pool = pool.ok_or(Refusal("no delegation pool"))?;
        pool.advance(now)?;
        pool.tokens.fund(tokens, now, seconds)?;
        pool.stable.fund(stable, now, seconds)
    }

    /// Delegators own what pools hold, and never more.
    pub(crate) fn check_delegations(&self) -> Result<(), String> {
        let mut owed = (0, 0);
        for (operator, state) in &self.operators {
            let Some(pool) = &state.pool else { continue };
            owed.0 += pool.tokens.owed;
            owed.1 += pool.stable.owed;
            let (mut shares, mut unbonding, mut unpaid) = (0, 0, (0, 0));
            let of = self
                .delegations
                .iter()
                .filter(|((_, to), _)| to == operator);
            for (_, delegation) in of {
                shares += delegation.shares;
                let tickets = delegation.tickets.iter();
                unbonding += tickets.map(|ticket| ticket.shares_now(pool)).sum::<u64>();
                unpaid.0 += delegation.tokens.unpaid;
                unpaid.1 += delegation.stable.unpaid;
            }
            let holds = shares == pool.active.shares
                && unbonding <= pool.unbonding.shares
                && unpaid.0 + pool.tokens.stream.left <= pool.tokens.owed
                && unpaid.1 + pool.stable.stream.left <= pool.stable.owed;
            if !holds {
                return Err(format!("delegators of {operator} own more than {pool:?}"));
            }
        }
        let vault = |asset| self.ledger.balance(asset, Holder::DelegatorVault);
        let held = (vault(Asset::Token), vault(Asset::Stable));
        if held == owed {
            return Ok(());
        }
        Err(format!("delegators: owed {owed:?}, held {held:?}"))
    }
}
