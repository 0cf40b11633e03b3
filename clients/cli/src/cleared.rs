//! Clearances and rules as arguments and results write them.

use std::fmt;

use clap::ValueEnum;
use serde::Serialize;
use trestle_sdk::{
    clearance::{
        Jurisdiction, KIND_AUDIT, KIND_KYB, KIND_KYC, KIND_LICENCE, KIND_REGION, MODE_ALLOW,
        MODE_REFUSE,
    },
    instruction::clearance::PolicyRules,
};

use crate::{
    error::{CliError, Kind},
    text::row,
};

/// What an issuer has checked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, ValueEnum)]
#[serde(rename_all = "camelCase")]
pub enum ClearanceKind {
    /// Who the person is
    Kyc,
    /// Who owns the business
    Kyb,
    /// In which country the holder is at home
    Region,
    /// The licence that the activity needs
    Licence,
    /// How the work is done
    Audit,
}

impl ClearanceKind {
    const ALL: [Self; 5] = [
        Self::Kyc,
        Self::Kyb,
        Self::Region,
        Self::Licence,
        Self::Audit,
    ];

    fn bit(self) -> u32 {
        match self {
            Self::Kyc => KIND_KYC,
            Self::Kyb => KIND_KYB,
            Self::Region => KIND_REGION,
            Self::Licence => KIND_LICENCE,
            Self::Audit => KIND_AUDIT,
        }
    }

    fn name(self) -> &'static str {
        match self {
            Self::Kyc => "kyc",
            Self::Kyb => "kyb",
            Self::Region => "region",
            Self::Licence => "licence",
            Self::Audit => "audit",
        }
    }
}

/// The kinds of a mask, for accounts and instructions.
pub fn mask(kinds: &[ClearanceKind]) -> u32 {
    kinds.iter().fold(0, |mask, kind| mask | kind.bit())
}

/// The kinds in a mask.
pub fn kinds(mask: u32) -> Vec<ClearanceKind> {
    let held = |kind: &ClearanceKind| mask & kind.bit() != 0;
    ClearanceKind::ALL.into_iter().filter(held).collect()
}

/// The kinds for people.
pub fn kinds_text(kinds: &[ClearanceKind]) -> String {
    if kinds.is_empty() {
        return "nothing".to_string();
    }
    let names: Vec<&str> = kinds.iter().map(|kind| kind.name()).collect();
    names.join(", ")
}

/// A country as an argument: its two letters in ISO 3166-1.
pub fn parse_country(text: &str) -> Result<Jurisdiction, String> {
    let letters: Option<[u8; 2]> = text.to_ascii_uppercase().as_bytes().try_into().ok();
    letters
        .and_then(Jurisdiction::from_letters)
        .ok_or_else(|| format!("`{text}` is not a country in two letters, such as DE"))
}

/// A packed country; `None` if none is stated.
pub fn country(code: u16) -> Option<String> {
    Jurisdiction::unpack(code)
        .filter(|country| country.is_stated())
        .map(|country| country.to_string())
}

/// What a policy asks for.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct RulesText {
    pub operators: Vec<ClearanceKind>,
    pub customers: Vec<ClearanceKind>,
    pub audit_tier_min: u8,
    /// The only countries that are admitted; empty if there is no such list.
    pub allowed: Vec<String>,
    /// Countries that are not admitted.
    pub refused: Vec<String>,
}

impl RulesText {
    pub fn new(rules: &PolicyRules) -> Self {
        let listed = rules.core().listed();
        let listed_in = |mode| {
            let codes = if rules.mode == mode { listed } else { &[] };
            codes.iter().filter_map(|code| country(*code)).collect()
        };
        Self {
            operators: kinds(rules.operator_kinds),
            customers: kinds(rules.customer_kinds),
            audit_tier_min: rules.audit_tier_min,
            allowed: listed_in(MODE_ALLOW),
            refused: listed_in(MODE_REFUSE),
        }
    }
}

impl fmt::Display for RulesText {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        row(f, "Operators need", kinds_text(&self.operators))?;
        row(f, "Customers need", kinds_text(&self.customers))?;
        if self.audit_tier_min > 0 {
            row(
                f,
                "Audit tier",
                format!("{} or higher", self.audit_tier_min),
            )?;
        }
        if !self.allowed.is_empty() {
            row(f, "Countries", format!("only {}", self.allowed.join(", ")))?;
        }
        if !self.refused.is_empty() {
            let refused = self.refused.join(", ");
            row(f, "Countries", format!("all but {refused}"))?;
        }
        Ok(())
    }
}

/// The rules with a list of countries, in their canonical order.
pub fn with_countries(
    mut rules: PolicyRules,
    mode: u8,
    countries: &[Jurisdiction],
) -> Result<PolicyRules, CliError> {
    let mut codes: Vec<u16> = countries.iter().map(|country| country.pack()).collect();
    codes.sort_unstable();
    codes.dedup();
    let places = rules.jurisdictions.len();
    let too_many = || {
        let message = format!("a policy lists {places} countries at most");
        CliError::new(Kind::Usage, "too-many-countries", message)
    };
    let slots = rules.jurisdictions.get_mut(..codes.len());
    slots.ok_or_else(too_many)?.copy_from_slice(&codes);
    rules.jurisdiction_count = u8::try_from(codes.len()).map_err(|_| too_many())?;
    rules.mode = mode;
    Ok(rules)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn countries_are_read_in_any_case_and_kept_in_order_without_doubles() {
        let list = ["us", "DE", "de", "At"].map(|text| parse_country(text).unwrap());
        let rules = with_countries(PolicyRules::default(), MODE_REFUSE, &list).unwrap();
        let text = RulesText::new(&rules);
        assert_eq!(text.refused, ["AT", "DE", "US"]);
        assert!(text.allowed.is_empty());
        for text in ["", "D", "DEU", "1E", "ß"] {
            assert!(parse_country(text).is_err(), "{text}");
        }
    }

    #[test]
    fn more_countries_than_a_policy_lists_are_refused() {
        let letters = (b'A'..=b'Z').flat_map(|a| (b'A'..=b'B').map(move |b| [a, b]));
        let list: Vec<Jurisdiction> = letters.filter_map(Jurisdiction::from_letters).collect();
        assert!(with_countries(PolicyRules::default(), MODE_ALLOW, &list).is_err());
        assert!(with_countries(PolicyRules::default(), MODE_ALLOW, &list[..32]).is_ok());
    }

    proptest! {
        #[test]
        fn kinds_come_back_from_their_mask(bits in 0_u32..32) {
            prop_assert_eq!(mask(&kinds(bits)), bits);
        }
    }
}
