//! Clearances: whom issuers vouch for, and whom the policy of the service admits to what is new.
//! Nothing that pays, settles, refunds or lets somebody leave asks for one.

use {
    crate::{require, Actor, Refusal, Told, World},
    std::collections::BTreeMap,
};

/// Kinds of what an issuer vouches for: all, and those that a country and a tier belong to.
pub const KINDS: u32 = 31;
const REGION: u32 = 4;
const AUDIT: u32 = 16;
/// Seconds for which a clearance is granted at most.
const GRANT_SECONDS_MAX: i64 = 157_680_000;
/// Whole epochs of notice of rules, and epochs after which rules that nobody applied lapse.
const DELAY_EPOCHS: u64 = 2;
const LAPSE_EPOCHS: u64 = 30;

/// Issuers, what they vouch for, and what the service asks for.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Clearances {
    pub issuers: BTreeMap<u8, Issuer>,
    /// By issuer and whom it vouches for.
    pub grants: BTreeMap<(u8, Actor), Clearance>,
    pub policy: Option<Policy>,
}

/// Somebody whose word the network takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Issuer {
    /// Kinds that it may vouch for.
    pub kinds: u32,
    pub is_revoked: bool,
}

/// What an issuer says about somebody.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Vouch {
    pub kinds: u32,
    /// Zero if none is stated.
    pub country: u8,
    /// Of the audit; zero without one.
    pub tier: u8,
    /// For how long.
    pub seconds: i64,
}

/// The word of an issuer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Clearance {
    pub vouch: Vouch,
    pub granted_at: i64,
    pub is_revoked: bool,
}

/// Countries, as a mask of their numbers.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Countries {
    #[default]
    Any,
    Only(u8),
    Not(u8),
}

/// What a policy asks for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct PolicyRules {
    /// Kinds that operators must be cleared for, and customers.
    pub operator_kinds: u32,
    pub customer_kinds: u32,
    /// Smallest tier of an audit.
    pub tier_min: u8,
    pub countries: Countries,
}

/// The policy of the service.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Policy {
    pub rules: PolicyRules,
    /// Rules to come, and the first epoch in which they can be applied.
    pub pending: Option<(u64, PolicyRules)>,
    pub changes: u32,
}

impl Clearance {
    fn has_expired(&self, now: i64) -> bool {
        now >= self.granted_at + self.vouch.seconds
    }
}

impl Vouch {
    fn validate(&self, grantable: u32) -> Told {
        let is_known = self.kinds != 0 && self.kinds & !KINDS == 0;
        let is_sane = is_known
            && self.kinds & !grantable == 0
            && (self.country > 0) == (self.kinds & REGION > 0)
            && (self.tier > 0) == (self.kinds & AUDIT > 0)
            && (1..=GRANT_SECONDS_MAX).contains(&self.seconds);
        require(is_sane, "no such grant")
    }
}

impl Countries {
    fn admits(self, country: u8) -> bool {
        let has = |mask: u8| mask & (1 << country) != 0;
        match self {
            Self::Any => true,
            Self::Only(mask) => has(mask),
            Self::Not(mask) => !has(mask),
        }
    }

    /// There are more countries than any list names.
    fn admits_all_of(self, before: Self) -> bool {
        match (before, self) {
            (_, Self::Any) => true,
            (Self::Only(before), Self::Only(now)) => before & !now == 0,
            (Self::Not(before), Self::Not(now)) => now & !before == 0,
            (Self::Only(before), Self::Not(now)) => before & now == 0,
            _ => false,
        }
    }
}

impl PolicyRules {
    fn validate(&self) -> Told {
        let asked = self.operator_kinds | self.customer_kinds;
        let are_asked = |mask: u8| mask != 0 && asked & REGION != 0;
        let lists = match self.countries {
            Countries::Any => true,
            Countries::Only(mask) | Countries::Not(mask) => are_asked(mask),
        };
        let is_audited = self.tier_min == 0 || asked & AUDIT != 0;
        let is_sane = asked & !KINDS == 0 && is_audited && lists;
        require(is_sane, "no such policy")
    }

    /// Whether nobody is refused by these rules whom the others admit.
    fn admits_all_of(&self, before: &Self) -> bool {
        self.operator_kinds & !before.operator_kinds == 0
            && self.customer_kinds & !before.customer_kinds == 0
            && self.tier_min <= before.tier_min
            && self.countries.admits_all_of(before.countries)
    }

    /// Whether a clearance, which counts, has these kinds and what else the rules ask for.
    fn require(&self, vouch: &Vouch, kinds: u32) -> Told {
        let lacks = kinds & !vouch.kinds;
        require(lacks == 0, "a kind that is not cleared")?;
        let is_home = kinds & REGION == 0 || self.countries.admits(vouch.country);
        require(is_home, "a country that is not admitted")?;
        let is_audited = kinds & AUDIT == 0 || vouch.tier >= self.tier_min;
        require(is_audited, "too low a tier")
    }
}

impl Policy {
    fn replace(&mut self, rules: PolicyRules) {
        self.rules = rules;
        self.pending = None;
        self.changes += 1;
    }
}

impl World {
    fn issuer(&self, issuer: u8) -> Told<Issuer> {
        let known = self.clearances.issuers.get(&issuer).copied();
        known.ok_or(Refusal("no issuer of the network"))
    }

    pub(crate) fn issuer_admit(&mut self, by: Actor, issuer: u8, kinds: u32) -> Told {
        require(self.issuer(issuer).is_err(), "an issuer already")?;
        require(by == Actor::Authority, "not the authority")?;
        let is_sane = kinds != 0 && kinds & !KINDS == 0;
        require(is_sane, "no such kinds")?;
        let is_revoked = false;
        let admitted = Issuer { kinds, is_revoked };
        self.clearances.issuers.insert(issuer, admitted);
        Ok(())
    }

    /// For good: it is not admitted again.
    pub(crate) fn issuer_revoke(&mut self, by: Actor, issuer: u8) -> Told {
        let known = self.clearances.issuers.get_mut(&issuer);
        let known = known.ok_or(Refusal("no such issuer"))?;
        require(by == Actor::Authority, "not the authority")?;
        require(!known.is_revoked, "an issuer that is not trusted")?;
        known.is_revoked = true;
        Ok(())
    }

    /// Takes the place of what the issuer said before, also if it took that back.
    pub(crate) fn clearance_grant(
        &mut self,
        by: Actor,
        issuer: u8,
        subject: Actor,
        vouch: Vouch,
    ) -> Told {
        let known = self.clearances.issuers.get(&issuer);
        let known = known.ok_or(Refusal("no such issuer"))?;
        require(by == Actor::Issuer(issuer), "not the issuer")?;
        require(!known.is_revoked, "an issuer that is not trusted")?;
        vouch.validate(known.kinds)?;
        let granted = Clearance {
            vouch,
            granted_at: self.now,
            is_revoked: false,
        };
        self.clearances.grants.insert((issuer, subject), granted);
        Ok(())
    }

    fn clearance(&mut self, issuer: u8, subject: Actor) -> Told<&mut Clearance> {
        let granted = self.clearances.grants.get_mut(&(issuer, subject));
        granted.ok_or(Refusal("no such clearance"))
    }

    /// An issuer that is trusted no longer can still take its word back.
    pub(crate) fn clearance_revoke(&mut self, by: Actor, issuer: u8, subject: Actor) -> Told {
        let clearance = self.clearance(issuer, subject)?;
        require(by == Actor::Issuer(issuer), "not the issuer")?;
        require(!clearance.is_revoked, "a clearance that is revoked")?;
        clearance.is_revoked = true;
        Ok(())
    }

    pub(crate) fn clearance_close(&mut self, issuer: u8, subject: Actor) -> Told {
        let now = self.now;
        let clearance = self.clearance(issuer, subject)?;
        let is_over = clearance.is_revoked || clearance.has_expired(now);
        require(is_over, "a clearance that counts")?;
        self.clearances.grants.remove(&(issuer, subject));
        Ok(())
    }

    fn policy(&mut self) -> Told<&mut Policy> {
        let policy = self.clearances.policy.as_mut();
        policy.ok_or(Refusal("a service without a policy"))
    }

    pub(crate) fn policy_create(&mut self, by: Actor, rules: PolicyRules) -> Told {
        require(self.policy().is_err(), "a policy already")?;
        self.clearances.policy = Some(Policy::default());
        self.policy_propose(by, rules)
    }

    /// Rules that refuse somebody wait, unless nobody ever worked for the service.
    pub(crate) fn policy_propose(&mut self, by: Actor, rules: PolicyRules) -> Told {
        let due = self.epoch() + DELAY_EPOCHS + 1;
        let is_unused = self.operators.is_empty();
        let policy = self.policy()?;
        require(by == Actor::Authority, "not the authority")?;
        rules.validate()?;
        require(rules != policy.rules, "rules that hold already")?;
        if is_unused || rules.admits_all_of(&policy.rules) {
            policy.replace(rules);
        } else {
            policy.pending = Some((due, rules));
        }
        Ok(())
    }

    pub(crate) fn policy_apply(&mut self) -> Told {
        let epoch = self.epoch();
        let policy = self.policy()?;
        let (due, rules) = policy.pending.ok_or(Refusal("no rules that wait"))?;
        require(epoch >= due, "a change that waits")?;
        require(epoch < due + LAPSE_EPOCHS, "a change that has lapsed")?;
        policy.replace(rules);
        Ok(())
    }

    pub(crate) fn policy_cancel(&mut self, by: Actor) -> Told {
        let policy = self.policy()?;
        require(by == Actor::Authority, "not the authority")?;
        require(policy.pending.is_some(), "no rules that wait")?;
        policy.pending = None;
        Ok(())
    }

    /// Refuses what the policy of the service does not admit.
    pub(crate) fn require_admitted(&self, customer: u8, operator: u8) -> Told {
        let Some(policy) = self.clearances.policy else {
            return Ok(());
        };
        let rules = &policy.rules;
        for (who, kinds) in [
            (Actor::Operator(operator), rules.operator_kinds),
            (Actor::Customer(customer), rules.customer_kinds),
        ] {
            if kinds != 0 {
                self.require_cleared(rules, self.shown(who), who, kinds)?;
            }
        }
        Ok(())
    }

    fn require_cleared(&self, rules: &PolicyRules, issuer: u8, who: Actor, kinds: u32) -> Told {
        let is_trusted = !self.issuer(issuer)?.is_revoked;
        require(is_trusted, "an issuer that is not trusted")?;
        let clearance = self.clearances.grants.get(&(issuer, who));
        let clearance = clearance.ok_or(Refusal("nobody's clearance"))?;
        require(!clearance.is_revoked, "a clearance that is revoked")?;
        let has_expired = clearance.has_expired(self.now);
        require(!has_expired, "a clearance that has expired")?;
        rules.require(&clearance.vouch, kinds)
    }

    /// The issuer whose word somebody shows: one that is good enough, or any that it has.
    pub fn shown(&self, who: Actor) -> u8 {
        let rules = self.clearances.policy.unwrap_or_default().rules;
        let kinds = match who {
            Actor::Operator(_) => rules.operator_kinds,
            _ => rules.customer_kinds,
        };
        let grants = self.clearances.grants.keys();
        let issuers = || {
            grants
                .clone()
                .filter(move |(_, of)| *of == who)
                .map(|key| key.0)
        };
        let is_good = |issuer: &u8| self.require_cleared(&rules, *issuer, who, kinds).is_ok();
        let good = issuers().find(is_good);
        good.or(issuers().next()).unwrap_or_default()
    }
}
