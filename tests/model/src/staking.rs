//! Operators' own stake.

use crate::{
    require, rest, sum, Actor, Asset, DelegationPool, Holder, Refusal, Rules, Told, World,
};

/// Withdrawals that can be unbonding at once.
pub const TICKETS: usize = 4;
/// Seconds of the first jail; each one lasts twice as long as the one before.
const JAIL_SECONDS: i64 = 86_400;
/// Jails after which they get no longer.
const JAILS: u32 = 5;

/// Stake on its way out.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Ticket {
    pub amount: u64,
    pub unlock_at: i64,
}

/// An operator of the service.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Operator {
    pub stake: u64,
    pub tickets: [Ticket; TICKETS],
    /// What of its leaf's `slashed` has been taken.
    pub slashed_applied: u64,
    pub exited: bool,
    pub jailed_until: i64,
    pub jail_count: u32,
    /// The `slashed` of the leaf that it was last jailed for.
    pub jailed_slashed: u64,
    /// GiB that it offers, for which its service asks stake.
    pub capacity_gib: u64,
    /// What others have delegated to it, if it takes that.
    pub pool: Option<DelegationPool>,
}

impl Operator {
    /// Stake and tickets.
    pub fn own(&self) -> u128 {
        let tickets = self.tickets.iter().map(|ticket| u128::from(ticket.amount));
        u128::from(self.stake) + tickets.sum::<u128>()
    }

    fn unbond(&mut self, amount: u64, unlock_at: i64) -> Told {
        require(amount > 0, "an amount of zero")?;
        self.stake = rest(self.stake, amount)?;
        let free = self.tickets.iter_mut().find(|ticket| ticket.amount == 0);
        *free.ok_or(Refusal("no free ticket"))? = Ticket { amount, unlock_at };
        Ok(())
    }

    /// Takes of stake, then of tickets in order; returns what could be taken.
    fn take(&mut self, wanted: u64) -> u64 {
        let mut left = wanted;
        let held = self.tickets.iter_mut().map(|ticket| &mut ticket.amount);
        for amount in std::iter::once(&mut self.stake).chain(held) {
            let part = left.min(*amount);
            *amount -= part;
            left -= part;
        }
        for ticket in &mut self.tickets {
            if ticket.amount == 0 {
                *ticket = Ticket::default();
            }
        }
        wanted - left
    }

    /// Once for one counter of a leaf.
    pub(crate) fn jail(&mut self, slashed: u64, now: i64) {
        if slashed <= self.jailed_slashed {
            return;
        }
        self.jailed_slashed = slashed;
        let until = now + (JAIL_SECONDS << self.jail_count);
        self.jailed_until = self.jailed_until.max(until);
        self.jail_count = JAILS.min(self.jail_count + 1);
    }
}

impl World {
    /// The operator, if `by` acts for it.
    fn operated(&mut self, by: Actor, operator: u8) -> Told<&mut Operator> {
        require(by == Actor::Operator(operator), "not its operator")?;
        self.operator(operator)
    }

    pub(crate) fn operator(&mut self, operator: u8) -> Told<&mut Operator> {
        self.operators
            .get_mut(&operator)
            .ok_or(Refusal("no such operator"))
    }

    pub(crate) fn stake_deposit(&mut self, by: Actor, operator: u8, amount: u64) -> Told {
        self.require_running(Rules::STAKING)?;
        let state = self.operator(operator)?;
        require(!state.exited, "an operator that has left")?;
        require(amount > 0, "an amount of zero")?;
        state.stake = sum(state.stake, amount)?;
        self.ledger
            .transfer(Asset::Token, Holder::Purse(by), Holder::StakeVault, amount)
    }

    pub(crate) fn stake_unbond(&mut self, by: Actor, operator: u8, amount: u64) -> Told {
        let unlock_at = self.unlock_at();
        self.operated(by, operator)?.unbond(amount, unlock_at)
    }

    pub(crate) fn stake_withdraw(&mut self, by: Actor, operator: u8) -> Told {
        let now = self.now;
        let mut matured = 0;
        for ticket in &mut self.operated(by, operator)?.tickets {
            if ticket.unlock_at <= now {
                matured = sum(matured, ticket.amount)?;
                *ticket = Ticket::default();
            }
        }
        require(matured > 0, "nothing has matured")?;
        let purse = Holder::Purse(by);
        self.ledger
            .transfer(Asset::Token, Holder::StakeVault, purse, matured)
    }

    pub(crate) fn operator_exit(&mut self, by: Actor, operator: u8) -> Told {
        let unlock_at = self.unlock_at();
        let state = self.operated(by, operator)?;
        require(!state.exited, "an operator that has left")?;
        if state.stake > 0 {
            state.unbond(state.stake, unlock_at)?;
        }
        state.exited = true;
        Ok(())
    }

    pub(crate) fn operator_release(&mut self, by: Actor, operator: u8) -> Told {
        let (now, per_gib) = (self.now, self.rules.stake_per_gib);
        let state = self.operated(by, operator)?;
        require(state.jailed_until != 0, "an operator that is not jailed")?;
        require(now >= state.jailed_until, "a jail that is not over")?;
        let asked = per_gib * state.capacity_gib;
        require(state.stake >= asked, "less stake than asked")?;
        state.jailed_until = 0;
        Ok(())
    }

    pub(crate) fn slash_apply(&mut self, operator: u8, back: u8) -> Told {
        let (_, leaf) = self.leaf(operator, back)?;
        let (now, rules) = (self.now, self.rules.clone());
        let claim = self.pool.claims.get(&operator);
        let is_asked = claim.is_none_or(|claim| claim.slash_asked >= leaf.slashed);
        require(is_asked, "pay that was not asked")?;
        let state = self.operator(operator)?;
        let wanted = leaf.slashed.saturating_sub(state.slashed_applied);
        require(wanted > 0, "nothing to slash")?;
        let own = state.take(wanted);
        let delegated = match &mut state.pool {
            Some(pool) if own < wanted => pool.take(wanted - own)?,
            _ => 0,
        };
        let taken = own + delegated;
        require(taken > 0, "nothing that could be taken")?;
        state.slashed_applied += taken;
        state.jail(leaf.slashed, now);
        // Nobody challenged: that share goes to the insurance as well.
        let shares = rules.split(taken);
        self.pay_slash(Holder::StakeVault, shares.0, shares.1 + shares.2)
    }

    /// Burns one part of what was taken, and insures with another.
    pub(crate) fn pay_slash(&mut self, vault: Holder, burnt: u64, insured: u64) -> Told {
        self.ledger.burn(Asset::Token, vault, burnt)?;
        self.ledger
            .transfer(Asset::Token, vault, Holder::Insurance, insured)
    }

    /// The vault has what operators and delegators have, and nothing else.
    pub(crate) fn check_stake(&self) -> Result<(), String> {
        let own: u128 = self.operators.values().map(Operator::own).sum();
        let pools = self
            .operators
            .values()
            .filter_map(|state| state.pool.as_ref());
        let delegated: u128 = pools.map(DelegationPool::held).sum();
        let vault = self.ledger.balance(Asset::Token, Holder::StakeVault);
        if own + delegated == u128::from(vault) {
            return Ok(());
        }
        Err(format!(
            "stake: own {own}, delegated {delegated}, vault {vault}"
        ))
    }
}
