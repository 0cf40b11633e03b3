//! All there is, and what happens to it.

use {
    crate::{
        bps, require, Actor, Credits, Delegation, Ledger, Operator, Pool, Refusal, Step, Told,
        Verifier, VERIFIERS,
    },
    std::collections::BTreeMap,
};

/// Roots that stay usable.
const ROOTS: usize = 64;

/// What the authority decided before the first step.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rules {
    /// Unix seconds at which epoch 0 began.
    pub genesis: i64,
    pub epoch_seconds: u32,
    pub unbonding_seconds: u32,
    pub bond_min: u64,
    pub bond_slash_bps: u16,
    pub insurance_bps: u16,
    pub challenger_bps: u16,
    pub stake_per_gib: u64,
    /// Epochs of notice of an operator that ends a lease.
    pub notice_epochs: u16,
    /// Operators in the order of their leaves.
    pub leaf_order: Vec<u8>,
}

impl Rules {
    /// The area of a pause that stops what brings in stake.
    pub const STAKING: u8 = 1;
    /// The one that stops sales, deposits and new leases.
    pub const CREDITS: u8 = 8;
    /// The one that stops funding and allotments.
    pub const REWARDS: u8 = 4;
    /// All areas.
    const AREAS: u8 = 15;

    /// What of a slash is burnt, insured and given to who challenged. The dust is burnt.
    pub(crate) fn split(&self, taken: u64) -> (u64, u64, u64) {
        let insured = bps(taken, self.insurance_bps);
        let rewarded = bps(taken, self.challenger_bps);
        (taken - insured - rewarded, insured, rewarded)
    }
}

/// The cumulative counters of one operator.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Leaf {
    pub tokens: u64,
    pub stable: u64,
    pub slashed: u64,
    pub units: u64,
    pub windows_ok: u32,
    pub windows_total: u32,
}

impl Leaf {
    fn grown(&self, by: &Self) -> Told<Self> {
        let small = |a: u32, b: u32| a.checked_add(b).ok_or(Refusal("too much"));
        Ok(Self {
            tokens: crate::sum(self.tokens, by.tokens)?,
            stable: crate::sum(self.stable, by.stable)?,
            slashed: crate::sum(self.slashed, by.slashed)?,
            units: crate::sum(self.units, by.units)?,
            windows_ok: small(self.windows_ok, by.windows_ok)?,
            windows_total: small(self.windows_total, by.windows_total)?,
        })
    }
}

/// A network with one service.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct World {
    pub rules: Rules,
    /// Unix seconds.
    pub now: i64,
    /// Mask of the areas that are paused.
    pub paused: u8,
    pub ledger: Ledger,
    pub operators: BTreeMap<u8, Operator>,
    pub delegations: BTreeMap<(Actor, u8), Delegation>,
    pub verifiers: [Option<Verifier>; VERIFIERS],
    /// Epoch and leaves of each final root, oldest first.
    pub roots: Vec<(u64, BTreeMap<u8, Leaf>)>,
    /// Roots that were final and are not held any more.
    pub roots_forgotten: u64,
    pub credits: Credits,
    pub pool: Pool,
}

impl World {
    /// A network without anybody in it.
    pub fn new(rules: Rules) -> Self {
        Self {
            now: rules.genesis,
            rules,
            paused: 0,
            ledger: Ledger::default(),
            operators: BTreeMap::new(),
            delegations: BTreeMap::new(),
            verifiers: [None; VERIFIERS],
            roots: Vec::new(),
            roots_forgotten: 0,
            credits: Credits::default(),
            pool: Pool::default(),
        }
    }

    /// What a step makes of it. A refused step changes nothing.
    pub fn apply(&mut self, step: &Step) -> Told {
        let mut next = self.clone();
        next.run(step)?;
        *self = next;
        Ok(())
    }

    fn run(&mut self, step: &Step) -> Told {
        match *step {
            Step::Wait(seconds) => {
                self.now += seconds;
                Ok(())
            }
            Step::RootPublish { ref growth } => self.root_publish(growth),
            Step::NetworkPause { by, areas, paused } => self.network_pause(by, areas, paused),
            Step::StakeDeposit {
                by,
                operator,
                amount,
            } => self.stake_deposit(by, operator, amount),
            Step::StakeUnbond {
                by,
                operator,
                amount,
            } => self.stake_unbond(by, operator, amount),
            Step::StakeWithdraw { by, operator } => self.stake_withdraw(by, operator),
            Step::OperatorExit { by, operator } => self.operator_exit(by, operator),
            Step::OperatorRelease { by, operator } => self.operator_release(by, operator),
            Step::SlashApply { operator, back } => self.slash_apply(operator, back),
            Step::HeldSlash { operator, back } => self.held_slash(operator, back),
            Step::DelegationDeposit {
                by,
                operator,
                amount,
            } => self.delegation_deposit(by, operator, amount),
            Step::DelegationUnbond {
                by,
                operator,
                shares,
            } => self.delegation_unbond(by, operator, shares),
            Step::DelegationWithdraw { by, operator } => self.delegation_withdraw(by, operator),
            Step::DelegationClaim { by, operator } => self.delegation_claim(by, operator),
            Step::DelegationClose { by, operator } => self.delegation_close(by, operator),
            Step::DelegationFund {
                operator,
                tokens,
                stable,
            } => self.delegation_fund(operator, tokens, stable),
            Step::VerifierRegister {
                by,
                admitted_by,
                bond,
            } => self.verifier_register(by, admitted_by, bond),
            Step::VerifierBondAdd { by, amount } => self.verifier_bond_add(by, amount),
            Step::VerifierExit { by } => self.verifier_exit(by),
            Step::VerifierRemove { by, verifier } => self.verifier_remove(by, verifier),
            Step::VerifierWithdraw { by } => self.verifier_withdraw(by),
            Step::BondSlash { mask, voted_epoch } => self.bond_slash(mask, voted_epoch),
            _ => self.run_credits(step),
        }
    }

    /// Steps that concern credits.
    fn run_credits(&mut self, step: &Step) -> Told {
        match *step {
            Step::PricePost { price } => self.price_post(price),
            Step::CreditsBuyBurn {
                customer,
                credits,
                most,
            } => self.buy_burn(customer, credits, most),
            Step::CreditsBuyStable {
                customer,
                credits,
                most,
            } => self.buy_stable(customer, credits, most),
            Step::AccountDeposit { customer, credits } => self.account_deposit(customer, credits),
            Step::AccountWithdraw { customer, credits } => self.account_withdraw(customer, credits),
            Step::MeterOpen {
                by,
                customer,
                operator,
                deal,
            } => self.meter_open(by, customer, operator, deal),
            Step::MeterDeposit {
                by,
                customer,
                operator,
                credits,
            } => self.meter_deposit(by, customer, operator, credits),
            Step::MeterSettle {
                customer,
                operator,
                units,
                signed_by,
            } => self.meter_settle(customer, operator, units, signed_by),
            Step::MeterEnd {
                by,
                customer,
                operator,
            } => self.meter_end(by, customer, operator),
            Step::MeterClose { customer, operator } => self.meter_close(customer, operator),
            Step::DelegateSet {
                customer,
                to,
                limits,
            } => self.delegate_set(customer, to, limits),
            Step::DelegateRemove { customer, to } => self.delegate_remove(customer, to),
            Step::TopupSet { customer, rules } => self.topup_set(customer, rules),
            Step::TopupRun { customer } => self.topup_run(customer),
            Step::TopupRemove { customer } => self.topup_remove(customer),
            Step::BillerSet { by, daily_cap } => self.biller_set(by, daily_cap),
            Step::CardSell {
                by,
                customer,
                payment,
                credits,
                age,
            } => self.card_sell(by, customer, payment, credits, age),
            Step::CardChargeback {
                by,
                customer,
                payment,
            } => self.card_chargeback(by, customer, payment),
            Step::CardResolve {
                by,
                customer,
                payment,
                lost,
            } => self.card_resolve(by, customer, payment, lost),
            Step::CardRefund {
                by,
                customer,
                payment,
            } => self.card_refund(by, customer, payment),
            Step::CardClose { payment } => self.card_close(payment),
            Step::LeaseOpen {
                customer,
                operator,
                deal,
            } => self.lease_open(customer, operator, deal),
            Step::LeaseSettle {
                customer,
                operator,
                back,
            } => self.lease_settle(customer, operator, back),
            Step::LeaseEnd {
                by,
                customer,
                operator,
            } => self.lease_end(by, customer, operator),
            Step::LeaseClose { customer, operator } => self.lease_close(customer, operator),
            Step::RevenueRelease => self.revenue_release(),
            Step::TreasuryWithdraw { by, amount } => self.treasury_withdraw(by, amount),
            _ => self.run_rewards(step),
        }
    }

    /// Steps that concern a pool.
    fn run_rewards(&mut self, step: &Step) -> Told {
        match *step {
            Step::PoolFund { by, amount } => self.pool_fund(by, amount),
            Step::EpochAllot { epoch } => self.epoch_allot(epoch),
            Step::ClaimSync { operator } => self.claim_sync(operator),
            Step::StablePayoutSet { by, operator } => self.stable_payout_set(by, operator),
            Step::RewardClaim { operator, back } => self.reward_claim(operator, back),
            Step::RewardPush { back } => self.reward_push(back),
            Step::RewardClaimStable { operator, back } => self.reward_claim_stable(operator, back),
            Step::HeldRelease { operator } => self.held_release(operator),
            Step::DelegationPay { operator } => self.delegation_pay(operator),
            _ => Err(Refusal("no step of rewards")),
        }
    }

    /// What must hold whatever has happened.
    pub fn check(&self) -> Result<(), String> {
        self.ledger.check()?;
        self.check_stake()?;
        self.check_bonds()?;
        self.check_delegations()?;
        self.check_credits()?;
        self.check_escrows()?;
        self.check_rewards()
    }

    /// The epoch that runs.
    pub fn epoch(&self) -> u64 {
        let passed = u64::try_from(self.now - self.rules.genesis).unwrap_or_default();
        passed / u64::from(self.rules.epoch_seconds)
    }

    pub(crate) fn unlock_at(&self) -> i64 {
        self.now + i64::from(self.rules.unbonding_seconds)
    }

    pub(crate) fn require_running(&self, area: u8) -> Told {
        require(self.paused & area == 0, "a paused area")
    }

    fn network_pause(&mut self, by: Actor, areas: u8, paused: bool) -> Told {
        require(areas != 0 && areas <= Rules::AREAS, "no such area")?;
        let may = by == Actor::Authority || (paused && by == Actor::Guardian);
        require(may, "neither authority nor guardian")?;
        let after = if paused {
            self.paused | areas
        } else {
            self.paused & !areas
        };
        require(after != self.paused, "nothing that changes")?;
        self.paused = after;
        Ok(())
    }

    fn root_publish(&mut self, growth: &[Leaf]) -> Told {
        let epoch = self.epoch();
        let newest = self.roots.last();
        require(newest.is_none_or(|(last, _)| *last < epoch), "an old epoch")?;
        let mut leaves = newest.map(|(_, leaves)| leaves.clone()).unwrap_or_default();
        for (operator, more) in self.operators.keys().zip(growth) {
            let leaf = leaves.entry(*operator).or_default();
            *leaf = leaf.grown(more)?;
        }
        self.roots.push((epoch, leaves));
        if self.roots.len() > ROOTS {
            self.roots.remove(0);
            self.roots_forgotten += 1;
        }
        Ok(())
    }

    /// The epoch of a root and the leaf of an operator in it.
    pub fn leaf(&self, operator: u8, back: u8) -> Told<(u64, Leaf)> {
        let (epoch, leaves) = self
            .roots
            .iter()
            .rev()
            .nth(usize::from(back))
            .ok_or(Refusal("no such root"))?;
        let leaf = leaves.get(&operator).ok_or(Refusal("no such leaf"))?;
        Ok((*epoch, *leaf))
    }
}
