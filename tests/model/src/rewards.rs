//! A service's pool: what it allots to epochs, and what it pays by the roots.

use {
    crate::{
        require, rest, sum, Actor, Asset, Holder, Leaf, Minting, Refusal, Rules, Told, Totals,
        World,
    },
    std::collections::BTreeMap,
    trestle_core::{
        breaker::Breaker,
        delegation::delegators_bps,
        emission::held_bps,
        payout::{releasable, split_pay, PaySplit},
        units::{Bps, TokenAmount, UnixSeconds},
    },
};

/// Allotments that are kept.
const ALLOTMENTS: usize = 64;

/// A pool that pays both assets.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Pool {
    pub tokens_per_epoch: u64,
    pub epochs_per_month: u32,
    /// How it mints; nothing if somebody funds it.
    pub minting: Option<Minting>,
    pub tokens: Till,
    pub stable: Till,
    /// The epoch that is allotted next.
    pub next_epoch: u64,
    /// What was allotted to all epochs up to each of the last ones, of both assets.
    pub allotments: Vec<(u64, u64, u64)>,
    pub claims: BTreeMap<u8, Claim>,
}

/// What a pool has to pay of one asset, and how fast it pays.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Till {
    pub allotted: u64,
    /// What has left the vault.
    pub paid: u64,
    pub breaker: Breaker,
    /// Most that is paid at once, and seconds in which as much can be paid again.
    pub capacity: u64,
    pub window: u32,
}

/// What an operator was paid.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Claim {
    /// What of the leaf's counters was granted.
    pub tokens: u64,
    pub stable: u64,
    /// What of it waits for the operator to grow older, and what that was held from.
    pub held: u64,
    pub held_base: u64,
    /// What of it belongs to delegators and has not been passed on.
    pub due_tokens: u64,
    pub due_stable: u64,
    /// Share of delegators in what is paid from now on.
    pub delegators_bps: u16,
    /// Whether it knows where stablecoin goes.
    pub has_stable_payout: bool,
    /// What was taken of the operator's `slashed` when the claim last looked, and for which
    /// counter its pay was asked.
    pub slashed_applied: u64,
    pub slash_asked: u64,
    /// Epoch of the last sync.
    pub synced_epoch: u64,
}

impl Till {
    /// From now on so much is paid at once. Until now it drained by what held before.
    pub(crate) fn resize(&mut self, capacity: u64, now: i64) {
        self.let_out(0, now);
        self.capacity = capacity;
        self.breaker.value = self.breaker.value.min(capacity);
    }

    /// How much of what is due is let out now.
    fn let_out(&mut self, due: u64, now: i64) -> u64 {
        let now = UnixSeconds(now);
        self.breaker.grant(self.capacity, self.window, now, due)
    }

    /// Counts what leaves the vault; `amount` is all that was granted with it.
    fn pay(&mut self, amount: u64, leaving: u64, granted: u64) -> Told {
        let most = sum(self.paid, amount)?;
        require(most <= granted, "more than the newest root grants")?;
        require(most <= self.allotted, "more than was allotted")?;
        self.paid += leaving;
        Ok(())
    }

    /// What was allotted and has not left the vault.
    fn owed(&self) -> Told<u64> {
        rest(self.allotted, self.paid)
    }
}

impl Claim {
    /// Counts what was granted, of which so much is held of the operator's own part.
    fn grant(&mut self, amount: u64, held: Bps) -> Told<PaySplit> {
        let share = Bps::new(self.delegators_bps).unwrap_or_default();
        let split = split_pay(amount, share, held).map_err(|_| Refusal("too much"))?;
        self.tokens = sum(self.tokens, amount)?;
        self.due_tokens += split.delegators;
        if split.held > 0 {
            self.held += split.held;
            self.held_base += split.operator + split.held;
        }
        Ok(split)
    }

    fn take_held(&mut self, amount: u64) {
        self.held -= amount;
        if self.held == 0 {
            self.held_base = 0;
        }
    }

    /// Pay of an epoch waits for a sync after its end.
    fn require_synced(&self, epoch: u64) -> Told {
        require(self.synced_epoch > epoch, "a claim that is not synced")
    }

    /// Whether a slash is not taken yet, by this leaf or by one before.
    fn owes_slash(&self, leaf: &Leaf) -> bool {
        leaf.slashed.max(self.slash_asked) > self.slashed_applied
    }
}

impl Pool {
    /// What was allotted to all epochs up to this one, of both assets, if that is remembered.
    fn allotted_through(&self, epoch: u64) -> Option<(u64, u64)> {
        let mut newer = self.allotments.iter().rev();
        if let Some((_, tokens, stable)) = newer.find(|(of, _, _)| *of <= epoch) {
            return Some((*tokens, *stable));
        }
        let is_whole = self.allotments.first().is_none_or(|first| first.0 == 0);
        is_whole.then_some((0, 0))
    }

    /// What was allotted to the epochs after one and up to another; nothing where that is
    /// forgotten.
    pub fn allotted_between(&self, after: Option<u64>, through: u64) -> (u64, u64) {
        let before = after.map_or(Some((0, 0)), |epoch| self.allotted_through(epoch));
        match (before, self.allotted_through(through)) {
            (Some(before), Some(upto)) if before.0 <= upto.0 && before.1 <= upto.1 => {
                (upto.0 - before.0, upto.1 - before.1)
            }
            _ => (0, 0),
        }
    }
}

impl World {
    fn claim(&mut self, operator: u8) -> Told<&mut Claim> {
        let claim = self.pool.claims.get_mut(&operator);
        claim.ok_or(Refusal("no claim"))
    }

    /// What the newest root grants to all.
    fn granted(&self, of: fn(&Totals) -> u64) -> Told<u64> {
        let newest = self.roots.last();
        newest
            .map(|root| of(&root.totals))
            .ok_or(Refusal("no root"))
    }

    pub(crate) fn pool_fund(&mut self, by: Actor, amount: u64) -> Told {
        self.require_running(Rules::REWARDS)?;
        require(amount > 0, "an amount of zero")?;
        require(self.pool.minting.is_none(), "a pool that mints")?;
        let purse = Holder::Purse(by);
        self.ledger
            .transfer(Asset::Token, purse, Holder::PoolVault, amount)
    }

    /// Allots what the schedule grants and the vault carries, or what it mints, and all the new
    /// stablecoin.
    pub(crate) fn epoch_allot(&mut self, epoch: u64) -> Told {
        self.require_running(Rules::REWARDS)?;
        require(epoch <= self.epoch(), "an epoch to come")?;
        let vault = |asset| self.ledger.balance(asset, Holder::PoolVault);
        let (tokens, stable) = (vault(Asset::Token), vault(Asset::Stable));
        let pool = &mut self.pool;
        require(epoch == pool.next_epoch, "not the next epoch")?;
        pool.next_epoch += 1;
        let free = rest(tokens, pool.tokens.owed()?)?;
        let funded = free.min(pool.tokens_per_epoch);
        let granted = self.mint_for(epoch)?.unwrap_or(funded);
        let pool = &mut self.pool;
        pool.tokens.allotted = sum(pool.tokens.allotted, granted)?;
        pool.stable.allotted += rest(stable, pool.stable.owed()?)?;
        let allotted = (epoch, pool.tokens.allotted, pool.stable.allotted);
        pool.allotments.push(allotted);
        if pool.allotments.len() > ALLOTMENTS {
            pool.allotments.remove(0);
        }
        Ok(())
    }

    pub(crate) fn claim_sync(&mut self, operator: u8) -> Told {
        let state = self.operator(operator)?;
        let (own, pool, applied) = (state.stake, state.pool.as_ref(), state.slashed_applied);
        // Nobody in this world takes a commission.
        let share = pool.map_or(Bps::ZERO, |pool| {
            delegators_bps(own, pool.active.amount, Bps::ZERO)
        });
        let epoch = self.epoch();
        let claim = self.claim(operator)?;
        claim.delegators_bps = share.get();
        claim.slashed_applied = applied;
        claim.synced_epoch = epoch;
        Ok(())
    }

    pub(crate) fn stable_payout_set(&mut self, by: Actor, operator: u8) -> Told {
        require(by == Actor::Operator(operator), "not its operator")?;
        self.claim(operator)?.has_stable_payout = true;
        Ok(())
    }

    /// Pays tokens by a leaf as far as the breaker lets them out; returns what was granted.
    fn pay_tokens(&mut self, operator: u8, epoch: u64, leaf: &Leaf) -> Told<u64> {
        let (now, granted) = (self.now, self.granted(|sum| sum.tokens)?);
        let months = u64::from(self.pool.epochs_per_month);
        let due = leaf.tokens.saturating_sub(self.claim(operator)?.tokens);
        let amount = self.pool.tokens.let_out(due, now);
        if amount == 0 {
            return Ok(0);
        }
        // Everybody registered in epoch 0.
        let held = held_bps(epoch, months);
        let split = self.claim(operator)?.grant(amount, held)?;
        self.pool.tokens.pay(amount, split.operator, granted)?;
        let purse = Holder::Purse(Actor::Operator(operator));
        self.ledger
            .transfer(Asset::Token, Holder::PoolVault, purse, split.operator)?;
        Ok(amount)
    }

    pub(crate) fn reward_claim(&mut self, operator: u8, back: u8) -> Told {
        let (epoch, leaf) = self.leaf(operator, back)?;
        let claim = self.claim(operator)?;
        claim.require_synced(epoch)?;
        require(!claim.owes_slash(&leaf), "a slash that is owed")?;
        require(leaf.tokens > claim.tokens, "nothing to claim")?;
        let paid = self.pay_tokens(operator, epoch, &leaf)?;
        require(paid > 0, "the breaker lets nothing out")
    }

    /// Pays all operators by one root, in the order of its leaves. It is enough that something is
    /// paid to one.
    pub(crate) fn reward_push(&mut self, back: u8) -> Told {
        let mut newer = self.roots.iter().rev();
        let root = newer.nth(usize::from(back));
        let root = root.ok_or(Refusal("no such root"))?.clone();
        let is_whole = root.leaves.len() == self.operators.len();
        require(is_whole, "no such leaf")?;
        let mut paid = 0;
        for (operator, leaf) in &root.leaves {
            let claim = self.claim(*operator)?;
            claim.require_synced(root.epoch)?;
            if claim.owes_slash(leaf) {
                continue;
            }
            paid += self.pay_tokens(*operator, root.epoch, leaf)?;
        }
        require(paid > 0, "nothing to push")
    }

    pub(crate) fn reward_claim_stable(&mut self, operator: u8, back: u8) -> Told {
        let claim = *self.claim(operator)?;
        require(claim.has_stable_payout, "nowhere to pay to")?;
        let (epoch, leaf) = self.leaf(operator, back)?;
        claim.require_synced(epoch)?;
        let (now, granted) = (self.now, self.granted(|sum| sum.stable)?);
        let due = leaf.stable.saturating_sub(claim.stable);
        require(due > 0, "nothing to claim")?;
        let amount = self.pool.stable.let_out(due, now);
        require(amount > 0, "the breaker lets nothing out")?;
        let claim = self.claim(operator)?;
        let share = Bps::new(claim.delegators_bps).unwrap_or_default();
        let split = split_pay(amount, share, Bps::ZERO);
        let split = split.map_err(|_| Refusal("too much"))?;
        claim.stable = sum(claim.stable, amount)?;
        claim.due_stable += split.delegators;
        self.pool.stable.pay(amount, split.operator, granted)?;
        let purse = Holder::Purse(Actor::Operator(operator));
        self.ledger
            .transfer(Asset::Stable, Holder::PoolVault, purse, split.operator)
    }

    pub(crate) fn held_release(&mut self, operator: u8) -> Told {
        let (now, epoch) = (self.now, self.epoch());
        let state = self.operator(operator)?;
        let (jailed_until, applied) = (state.jailed_until, state.slashed_applied);
        require(jailed_until <= now, "an operator in jail")?;
        let rate = held_bps(epoch, u64::from(self.pool.epochs_per_month));
        let claim = self.claim(operator)?;
        require(claim.slash_asked <= applied, "a slash that is owed")?;
        let held = (TokenAmount(claim.held), TokenAmount(claim.held_base));
        let amount = releasable(held.0, held.1, rate).0;
        require(amount > 0, "nothing to release")?;
        claim.take_held(amount);
        let granted = self.granted(|sum| sum.tokens)?;
        self.pool.tokens.pay(amount, amount, granted)?;
        let purse = Holder::Purse(Actor::Operator(operator));
        self.ledger
            .transfer(Asset::Token, Holder::PoolVault, purse, amount)
    }

    /// Takes a slash of an operator's pay: what nobody has claimed is held first.
    pub(crate) fn held_slash(&mut self, operator: u8, back: u8) -> Told {
        let (epoch, leaf) = self.leaf(operator, back)?;
        self.claim(operator)?.require_synced(epoch)?;
        let (now, granted) = (self.now, self.granted(|sum| sum.tokens)?);
        let applied = self.operator(operator)?.slashed_applied;
        let owed = leaf.slashed.saturating_sub(applied);
        require(owed > 0, "nothing to slash")?;
        let Till { allotted, paid, .. } = self.pool.tokens;
        let vault = self.ledger.balance(Asset::Token, Holder::PoolVault);
        let payable = granted.min(allotted).saturating_sub(paid).min(vault);
        let due = leaf.tokens.saturating_sub(self.claim(operator)?.tokens);
        let amount = self.pool.tokens.let_out(due.min(payable), now);
        let claim = self.claim(operator)?;
        claim.grant(amount, Bps::ONE)?;
        let taken = owed.min(claim.held).min(payable);
        claim.take_held(taken);
        let is_new = leaf.slashed > claim.slash_asked;
        claim.slash_asked = claim.slash_asked.max(leaf.slashed);
        claim.slashed_applied = applied + taken;
        require(is_new || taken > 0 || amount > 0, "nothing more to take")?;
        if taken == 0 {
            return Ok(());
        }
        self.pool.tokens.pay(taken, taken, granted)?;
        let state = self.operator(operator)?;
        state.slashed_applied += taken;
        state.jail(leaf.slashed, now);
        let shares = self.rules.split(taken);
        self.pay_slash(Holder::PoolVault, shares.0, shares.1 + shares.2)
    }

    /// Passes on what was set aside for an operator's delegators.
    pub(crate) fn delegation_pay(&mut self, operator: u8) -> Told {
        let has_pool = self.operator(operator)?.pool.is_some();
        require(has_pool, "no delegation pool")?;
        let claim = self.claim(operator)?;
        let due = (
            std::mem::take(&mut claim.due_tokens),
            std::mem::take(&mut claim.due_stable),
        );
        require(due != (0, 0), "nothing for delegators")?;
        let granted = (
            self.granted(|sum| sum.tokens)?,
            self.granted(|sum| sum.stable)?,
        );
        let pool = &mut self.pool;
        if due.0 > 0 {
            pool.tokens.pay(due.0, due.0, granted.0)?;
        }
        if due.1 > 0 {
            pool.stable.pay(due.1, due.1, granted.1)?;
        }
        let (from, to) = (Holder::PoolVault, Holder::DelegatorVault);
        self.ledger.transfer(Asset::Token, from, to, due.0)?;
        self.ledger.transfer(Asset::Stable, from, to, due.1)?;
        self.delegators_earn(operator, due.0, due.1)
    }

    /// What was allotted and not paid is in the vaults, and is enough for what is set aside.
    pub(crate) fn check_rewards(&self) -> Result<(), String> {
        let claims = self.pool.claims.values();
        let mut aside = (0, 0);
        let mut granted = (0, 0);
        for claim in claims {
            aside.0 += claim.held + claim.due_tokens;
            aside.1 += claim.due_stable;
            granted.0 += claim.tokens;
            granted.1 += claim.stable;
        }
        let pool = &self.pool;
        // What was granted has left the vault or is set aside for somebody.
        let placed = (pool.tokens.paid + aside.0, pool.stable.paid + aside.1);
        if placed != granted {
            return Err(format!("pool: granted {granted:?}, placed {placed:?}"));
        }
        for (asset, till) in [(Asset::Token, pool.tokens), (Asset::Stable, pool.stable)] {
            let vault = self.ledger.balance(asset, Holder::PoolVault);
            if till.paid > till.allotted || vault < till.allotted - till.paid {
                return Err(format!("pool: {asset:?} {vault} does not carry {till:?}"));
            }
        }
        Ok(())
    }
}
