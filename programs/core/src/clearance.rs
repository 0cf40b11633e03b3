//! Clearances: what an issuer vouches for about a wallet, and whom the policy of a service admits.
//!
//! A clearance holds kinds of checks that an issuer has made, until a date. A policy asks for
//! kinds. Nothing here takes anything away: who is not admitted cannot open anything new.

use crate::units::UnixSeconds;
use bytemuck::{Pod, Zeroable};
use core::{
    fmt,
    mem::{offset_of, size_of},
};

/// The issuer knows who the person is.
pub const KIND_KYC: u32 = 1;
/// The issuer knows the business and who owns it.
pub const KIND_KYB: u32 = 1 << 1;
/// The issuer knows where the wallet's holder is at home: the clearance states a jurisdiction.
pub const KIND_REGION: u32 = 1 << 2;
/// The issuer has seen the licence that the activity needs.
pub const KIND_LICENCE: u32 = 1 << 3;
/// The issuer has audited how the work is done: the clearance states a tier.
pub const KIND_AUDIT: u32 = 1 << 4;
/// Every kind there is.
pub const KINDS_ALL: u32 = KIND_KYC | KIND_KYB | KIND_REGION | KIND_LICENCE | KIND_AUDIT;

/// Jurisdictions that one policy lists.
pub const JURISDICTIONS_MAX: usize = 32;
/// A policy admits every jurisdiction.
pub const MODE_ANY: u8 = 0;
/// A policy admits the jurisdictions that it lists.
pub const MODE_ALLOW: u8 = 1;
/// A policy admits all jurisdictions but those that it lists.
pub const MODE_REFUSE: u8 = 2;

/// A country by its two letters in ISO 3166-1, or none.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Jurisdiction(u16);

impl Jurisdiction {
    /// No country is stated.
    pub const NOT_STATED: Self = Self(0);

    /// The country of two capital letters.
    pub const fn from_letters(letters: [u8; 2]) -> Option<Self> {
        let [first, second] = letters;
        if first.is_ascii_uppercase() && second.is_ascii_uppercase() {
            Some(Self(u16::from_be_bytes(letters)))
        } else {
            None
        }
    }

    /// The country that an account or an argument packs into two bytes; zero states none.
    pub const fn unpack(code: u16) -> Option<Self> {
        if code == Self::NOT_STATED.0 {
            Some(Self::NOT_STATED)
        } else {
            Self::from_letters(code.to_be_bytes())
        }
    }

    /// The two bytes that accounts and arguments keep.
    pub const fn pack(self) -> u16 {
        self.0
    }

    /// Whether a country is stated.
    pub const fn is_stated(self) -> bool {
        self.0 != Self::NOT_STATED.0
    }
}

impl fmt::Display for Jurisdiction {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if !self.is_stated() {
            return f.write_str("not stated");
        }
        let [first, second] = self.0.to_be_bytes();
        write!(f, "{}{}", char::from(first), char::from(second))
    }
}

/// The part that somebody plays in a commitment or a lease.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Role {
    /// Who works.
    Operator,
    /// Who pays.
    Customer,
}

/// What a policy asks of operators and customers.
#[repr(C)]
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Pod, Zeroable)]
pub struct PolicyRules {
    /// Kinds that operators must hold.
    pub operator_kinds: u32,
    /// Kinds that customers must hold.
    pub customer_kinds: u32,
    /// Smallest tier of those who must hold [`KIND_AUDIT`].
    pub audit_tier_min: u8,
    /// [`MODE_ANY`], [`MODE_ALLOW`] or [`MODE_REFUSE`]; it binds those who must hold
    /// [`KIND_REGION`].
    pub mode: u8,
    /// Jurisdictions in use.
    pub jurisdiction_count: u8,
    /// Zero.
    pub _pad: u8,
    /// Packed jurisdictions in ascending order; zero beyond those in use.
    pub jurisdictions: [u16; JURISDICTIONS_MAX],
}

const _: () = {
    assert!(size_of::<PolicyRules>() == 76);
    assert!(offset_of!(PolicyRules, audit_tier_min) == 8);
    assert!(offset_of!(PolicyRules, jurisdictions) == 12);
};

/// What is wrong with the rules of a policy.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RulesError {
    /// A kind that does not exist.
    Kinds,
    /// A mode that does not exist, or a list that is not its canonical one.
    Jurisdictions,
    /// A tier is asked of nobody.
    AuditTier,
}

impl fmt::Display for RulesError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Kinds => "a kind of clearance is not known; use the ones that exist",
            Self::Jurisdictions => {
                "the jurisdictions are not a sorted list of countries, or nobody must state one"
            }
            Self::AuditTier => "a tier is asked of nobody; require audits too",
        })
    }
}

impl core::error::Error for RulesError {}

/// What a clearance says, whoever wrote it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ClearanceView {
    /// Kinds that its issuer vouches for.
    pub kinds: u32,
    /// Counts with [`KIND_REGION`].
    pub jurisdiction: Jurisdiction,
    /// Counts with [`KIND_AUDIT`].
    pub audit_tier: u8,
    /// First second in which it no longer counts.
    pub expires_at: UnixSeconds,
}

/// Why somebody is not admitted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Refusal {
    /// The account is not the policy of the service.
    WrongPolicy,
    /// The account is no issuer of the network.
    WrongIssuer,
    /// The network trusts the issuer no longer.
    IssuerRevoked,
    /// The account is no clearance of this wallet by this issuer.
    NotCleared,
    /// The issuer has taken the clearance back.
    Revoked,
    /// The clearance has expired.
    Expired,
    /// The clearance lacks a kind that the policy asks for.
    KindsMissing,
    /// The policy does not admit the jurisdiction, or none is stated.
    Jurisdiction,
    /// The policy asks for a higher audit tier.
    AuditTier,
    /// An account has a layout that the program does not know.
    WrongVersion,
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::WrongPolicy => "the account is not the service's policy; derive its address",
            Self::WrongIssuer => "the issuer is none of this network; use one that it admitted",
            Self::IssuerRevoked => "the network trusts the issuer no longer; use another one",
            Self::NotCleared => "the wallet holds no clearance; obtain one from an issuer",
            Self::Revoked => "the clearance was revoked; obtain a new one",
            Self::Expired => "the clearance has expired; renew it",
            Self::KindsMissing => "the clearance lacks a kind; obtain one that holds all of them",
            Self::Jurisdiction => {
                "the policy does not admit this jurisdiction; use another service"
            }
            Self::AuditTier => "the audit tier is too low; obtain a higher one",
            Self::WrongVersion => "an account has a layout of another version; migrate it",
        })
    }
}

impl core::error::Error for Refusal {}

/// Whether a policy admits the holder of a clearance at `now`. Who holds none is admitted exactly
/// if [`PolicyRules::asks`] says that none is needed.
pub fn admits(
    rules: &PolicyRules,
    clearance: &ClearanceView,
    role: Role,
    now: UnixSeconds,
) -> Result<(), Refusal> {
    let needed = rules.kinds(role);
    if needed == 0 {
        return Ok(());
    }
    if now >= clearance.expires_at {
        return Err(Refusal::Expired);
    }
    if needed & !clearance.kinds != 0 {
        return Err(Refusal::KindsMissing);
    }
    if needed & KIND_REGION != 0 && !rules.admits_jurisdiction(clearance.jurisdiction) {
        return Err(Refusal::Jurisdiction);
    }
    if needed & KIND_AUDIT != 0 && clearance.audit_tier < rules.audit_tier_min.max(1) {
        return Err(Refusal::AuditTier);
    }
    Ok(())
}

impl PolicyRules {
    /// Kinds that somebody in this role must hold.
    pub const fn kinds(&self, role: Role) -> u32 {
        match role {
            Role::Operator => self.operator_kinds,
            Role::Customer => self.customer_kinds,
        }
    }

    /// Whether somebody in this role needs a clearance at all.
    pub const fn asks(&self, role: Role) -> bool {
        self.kinds(role) != 0
    }

    /// The packed jurisdictions in use.
    pub fn listed(&self) -> &[u16] {
        self.jurisdictions
            .get(..usize::from(self.jurisdiction_count))
            .unwrap_or_default()
    }

    fn lists(&self, jurisdiction: u16) -> bool {
        self.listed().contains(&jurisdiction)
    }

    /// Whether this jurisdiction, which must be stated, passes the list.
    pub fn admits_jurisdiction(&self, jurisdiction: Jurisdiction) -> bool {
        let listed = self.lists(jurisdiction.pack());
        jurisdiction.is_stated()
            && match self.mode {
                MODE_ANY => true,
                MODE_ALLOW => listed,
                _ => !listed,
            }
    }

    /// Whether the rules are written in their one canonical way and none of them is idle.
    pub fn check(&self) -> Result<(), RulesError> {
        let asked = self.operator_kinds | self.customer_kinds;
        if asked & !KINDS_ALL != 0 {
            return Err(RulesError::Kinds);
        }
        if self.audit_tier_min > 0 && asked & KIND_AUDIT == 0 {
            return Err(RulesError::AuditTier);
        }
        let count = usize::from(self.jurisdiction_count);
        let (Some(listed), Some(rest)) = (
            self.jurisdictions.get(..count),
            self.jurisdictions.get(count..),
        ) else {
            return Err(RulesError::Jurisdictions);
        };
        let are_countries = listed.iter().all(|code| {
            Jurisdiction::unpack(*code).is_some_and(|jurisdiction| jurisdiction.is_stated())
        });
        let is_sorted = listed
            .iter()
            .zip(listed.iter().skip(1))
            .all(|(one, next)| one < next);
        let is_mode = match self.mode {
            MODE_ANY => count == 0,
            MODE_ALLOW | MODE_REFUSE => count > 0 && asked & KIND_REGION != 0,
            _ => false,
        };
        let is_clean = rest.iter().all(|code| *code == 0) && self._pad == 0;
        if are_countries && is_sorted && is_mode && is_clean {
            Ok(())
        } else {
            Err(RulesError::Jurisdictions)
        }
    }

    /// Whether these rules admit everybody whom `before` admits: then they may replace it at once,
    /// because nobody loses anything. Both must have passed [`PolicyRules::check`].
    pub fn admits_all_of(&self, before: &Self) -> bool {
        let is_subset = |kinds: u32, of: u32| kinds & !of == 0;
        is_subset(self.operator_kinds, before.operator_kinds)
            && is_subset(self.customer_kinds, before.customer_kinds)
            && self.audit_tier_min <= before.audit_tier_min
            && self.admits_jurisdictions_of(before)
    }

    fn admits_jurisdictions_of(&self, before: &Self) -> bool {
        let all_listed = |one: &Self, by: &Self| one.listed().iter().all(|code| by.lists(*code));
        match (before.mode, self.mode) {
            (_, MODE_ANY) => true,
            (MODE_ALLOW, MODE_ALLOW) => all_listed(before, self),
            (MODE_REFUSE, MODE_REFUSE) => all_listed(self, before),
            (MODE_ALLOW, MODE_REFUSE) => !before.listed().iter().any(|code| self.lists(*code)),
            // All countries but a few, or all, never fit into a list of a few.
            _ => false,
        }
    }
}
