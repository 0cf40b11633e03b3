//! Whom a policy admits.

use {
    proptest::prelude::*,
    trestle_core::{
        clearance::{
            admits, ClearanceView, Jurisdiction, PolicyRules, Refusal, Role, RulesError,
            JURISDICTIONS_MAX, KINDS_ALL, KIND_AUDIT, KIND_KYC, KIND_REGION, MODE_ALLOW, MODE_ANY,
            MODE_REFUSE,
        },
        units::UnixSeconds,
    },
};

fn country(letters: &[u8; 2]) -> Jurisdiction {
    Jurisdiction::from_letters(*letters).unwrap()
}

fn listing(mode: u8, countries: &[Jurisdiction]) -> PolicyRules {
    let mut jurisdictions = [0; JURISDICTIONS_MAX];
    for (slot, one) in jurisdictions.iter_mut().zip(countries) {
        *slot = one.pack();
    }
    PolicyRules {
        operator_kinds: KIND_REGION,
        mode,
        jurisdiction_count: countries.len() as u8,
        jurisdictions,
        ..PolicyRules::default()
    }
}

fn full() -> ClearanceView {
    ClearanceView {
        kinds: KINDS_ALL,
        jurisdiction: country(b"DE"),
        audit_tier: 2,
        expires_at: UnixSeconds(100),
    }
}

/// Few countries, so that lists meet each other.
fn any_country() -> impl Strategy<Value = Jurisdiction> {
    prop::sample::select(vec![
        country(b"AT"),
        country(b"CH"),
        country(b"DE"),
        country(b"US"),
    ])
}

prop_compose! {
    fn any_rules()(
        operator_kinds in 0..=KINDS_ALL,
        customer_kinds in 0..=KINDS_ALL,
        audit_tier_min in 0..4_u8,
        mode in MODE_ANY..=MODE_REFUSE,
        countries in prop::collection::btree_set(any_country(), 0..4),
    ) -> PolicyRules {
        let countries: Vec<Jurisdiction> = countries.into_iter().collect();
        PolicyRules { operator_kinds, customer_kinds, audit_tier_min, ..listing(mode, &countries) }
    }
}

fn sound_rules() -> impl Strategy<Value = PolicyRules> {
    any_rules().prop_filter("canonical rules", |rules| rules.check().is_ok())
}

prop_compose! {
    fn any_view()(
        kinds in 0..=KINDS_ALL,
        jurisdiction in prop_oneof![any_country(), Just(Jurisdiction::NOT_STATED)],
        audit_tier in 0..4_u8,
        expires_at in 0..20_i64,
    ) -> ClearanceView {
        ClearanceView { kinds, jurisdiction, audit_tier, expires_at: UnixSeconds(expires_at) }
    }
}

fn any_role() -> impl Strategy<Value = Role> {
    prop_oneof![Just(Role::Operator), Just(Role::Customer)]
}

proptest! {
    #[test]
    fn rules_that_admit_all_of_others_refuse_nobody_new(
        before in sound_rules(),
        after in sound_rules(),
        view in any_view(),
        role in any_role(),
        now in 0..20_i64,
    ) {
        let now = UnixSeconds(now);
        if after.admits_all_of(&before) && admits(&before, &view, role, now).is_ok() {
            prop_assert_eq!(admits(&after, &view, role, now), Ok(()));
        }
    }

    #[test]
    fn rules_admit_all_of_themselves_and_of_stricter_ones(rules in sound_rules()) {
        prop_assert!(rules.admits_all_of(&rules));
        prop_assert!(PolicyRules::default().admits_all_of(&rules));
    }

    #[test]
    fn a_clearance_that_expires_later_or_holds_more_is_worth_no_less(
        rules in sound_rules(),
        view in any_view(),
        role in any_role(),
        more in 0..=KINDS_ALL,
        longer in 0..9_i64,
        now in 0..20_i64,
    ) {
        let now = UnixSeconds(now);
        let better = ClearanceView {
            kinds: view.kinds | more,
            expires_at: UnixSeconds(view.expires_at.0 + longer),
            audit_tier: view.audit_tier + 1,
            ..view
        };
        if admits(&rules, &view, role, now).is_ok() {
            prop_assert_eq!(admits(&rules, &better, role, now), Ok(()));
        }
    }

    #[test]
    fn time_only_takes_admission_away(
        rules in sound_rules(),
        view in any_view(),
        role in any_role(),
        now in 0..20_i64,
        later in 0..20_i64,
    ) {
        let at = |now| admits(&rules, &view, role, UnixSeconds(now));
        if at(now + later).is_ok() {
            prop_assert_eq!(at(now), Ok(()));
        }
    }

    #[test]
    fn countries_come_back_from_their_packed_form(code: u16) {
        match Jurisdiction::unpack(code) {
            Some(country) => prop_assert_eq!(country.pack(), code),
            None => prop_assert!(!code.to_be_bytes().iter().all(u8::is_ascii_uppercase)),
        }
    }
}

#[test]
fn each_reason_is_given() {
    let now = UnixSeconds(99);
    let all = PolicyRules {
        operator_kinds: KINDS_ALL,
        audit_tier_min: 2,
        ..listing(MODE_ALLOW, &[country(b"DE")])
    };
    let says = |rules: &PolicyRules, view: &ClearanceView| admits(rules, view, Role::Operator, now);
    assert_eq!(says(&all, &full()), Ok(()));
    let expired = admits(&all, &full(), Role::Operator, UnixSeconds(100));
    assert_eq!(expired, Err(Refusal::Expired));
    let unknown = ClearanceView {
        kinds: KINDS_ALL & !KIND_KYC,
        ..full()
    };
    assert_eq!(says(&all, &unknown), Err(Refusal::KindsMissing));
    for jurisdiction in [country(b"US"), Jurisdiction::NOT_STATED] {
        let abroad = ClearanceView {
            jurisdiction,
            ..full()
        };
        assert_eq!(says(&all, &abroad), Err(Refusal::Jurisdiction));
    }
    let lax = ClearanceView {
        audit_tier: 1,
        ..full()
    };
    assert_eq!(says(&all, &lax), Err(Refusal::AuditTier));
    let nothing = ClearanceView {
        kinds: 0,
        expires_at: UnixSeconds(0),
        ..full()
    };
    assert_eq!(admits(&all, &nothing, Role::Customer, now), Ok(()));
}

#[test]
fn who_must_state_a_country_passes_no_list_without_one() {
    for rules in [
        listing(MODE_ANY, &[]),
        listing(MODE_ALLOW, &[country(b"DE")]),
        listing(MODE_REFUSE, &[country(b"US")]),
    ] {
        assert!(rules.admits_jurisdiction(country(b"DE")));
        assert!(!rules.admits_jurisdiction(Jurisdiction::NOT_STATED));
    }
    let refusing = listing(MODE_REFUSE, &[country(b"US")]);
    assert!(!refusing.admits_jurisdiction(country(b"US")));
}

#[test]
fn an_audit_without_a_tier_is_none() {
    let rules = PolicyRules {
        operator_kinds: KIND_AUDIT,
        ..PolicyRules::default()
    };
    let view = ClearanceView {
        audit_tier: 0,
        ..full()
    };
    let outcome = admits(&rules, &view, Role::Operator, UnixSeconds(0));
    assert_eq!(outcome, Err(Refusal::AuditTier));
}

#[test]
fn lists_replace_one_another_at_once_only_when_nobody_is_refused_by_it() {
    let (at, de, us) = (country(b"AT"), country(b"DE"), country(b"US"));
    let any = listing(MODE_ANY, &[]);
    let cases = [
        (any, listing(MODE_ALLOW, &[de]), false),
        (any, listing(MODE_REFUSE, &[us]), false),
        (
            listing(MODE_ALLOW, &[de]),
            listing(MODE_ALLOW, &[at, de]),
            true,
        ),
        (
            listing(MODE_ALLOW, &[at, de]),
            listing(MODE_ALLOW, &[de]),
            false,
        ),
        (
            listing(MODE_REFUSE, &[de, us]),
            listing(MODE_REFUSE, &[us]),
            true,
        ),
        (
            listing(MODE_REFUSE, &[us]),
            listing(MODE_REFUSE, &[de, us]),
            false,
        ),
        (
            listing(MODE_ALLOW, &[de]),
            listing(MODE_REFUSE, &[us]),
            true,
        ),
        (
            listing(MODE_ALLOW, &[de, us]),
            listing(MODE_REFUSE, &[us]),
            false,
        ),
        (
            listing(MODE_REFUSE, &[us]),
            listing(MODE_ALLOW, &[de]),
            false,
        ),
    ];
    for (before, after, expected) in cases {
        assert_eq!(
            after.admits_all_of(&before),
            expected,
            "{before:?} {after:?}"
        );
        assert!(any.admits_all_of(&before));
    }
}

#[test]
fn rules_have_one_canonical_form() {
    let (at, de) = (country(b"AT"), country(b"DE"));
    let good = listing(MODE_ALLOW, &[at, de]);
    assert_eq!(good.check(), Ok(()));
    assert_eq!(PolicyRules::default().check(), Ok(()));
    let kinds = PolicyRules {
        customer_kinds: KINDS_ALL + 1,
        ..good
    };
    assert_eq!(kinds.check(), Err(RulesError::Kinds));
    let tier = PolicyRules {
        audit_tier_min: 1,
        ..good
    };
    assert_eq!(tier.check(), Err(RulesError::AuditTier));
    let mut idle = listing(MODE_ALLOW, &[de]);
    idle.operator_kinds = KIND_KYC;
    let mut beyond = good;
    beyond.jurisdictions[31] = de.pack();
    let mut lower = good;
    lower.jurisdictions[0] = u16::from_be_bytes(*b"at");
    let many = PolicyRules {
        jurisdiction_count: 33,
        ..good
    };
    for rules in [
        idle,
        beyond,
        lower,
        many,
        listing(MODE_ALLOW, &[de, at]),
        listing(MODE_ALLOW, &[de, de]),
        listing(MODE_ALLOW, &[]),
        listing(MODE_REFUSE, &[]),
        listing(MODE_ANY, &[de]),
        listing(3, &[de]),
        listing(MODE_ALLOW, &[Jurisdiction::NOT_STATED]),
        PolicyRules { _pad: 1, ..good },
    ] {
        assert_eq!(rules.check(), Err(RulesError::Jurisdictions), "{rules:?}");
    }
}
