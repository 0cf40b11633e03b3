//! `clearance_grant`, by its specification.

use {
    solana_signer::Signer,
    trestle_core::clearance::{KINDS_ALL, KIND_AUDIT, KIND_KYC, KIND_REGION},
    trestle_staking::{
        constants::CLEARANCE_SECONDS_MAX,
        error::StakingError,
        event::ClearanceGranted,
        state::{ClearanceTerms, Issuer},
        ID,
    },
    trestle_tests::{
        clearance::{country, full_terms, IssuerKeys, YEAR},
        staking::World,
        svm::{assert_refused, key},
    },
};

fn known(now: i64) -> ClearanceTerms {
    ClearanceTerms {
        kinds: KIND_KYC,
        jurisdiction: 0,
        audit_tier: 0,
        expires_at: now + YEAR,
    }
}

fn world() -> (World, IssuerKeys) {
    let mut world = World::new(&[]);
    let issuer = world.issuer("issuer");
    (world, issuer)
}

#[test]
fn only_the_issuer_can_grant_and_it_pays_the_rent() {
    let (mut world, mut issuer) = world();
    let subject = key("subject").pubkey();
    let terms = full_terms(world.svm.now());
    let before = world.svm.lamports(&issuer.key.pubkey());

    let sent = world.grant(&issuer, subject, terms).expect("a clearance");

    let event = sent.event::<ClearanceGranted>().expect("an event");
    let address = event.clearance;
    let paid = before - world.svm.lamports(&issuer.key.pubkey());
    assert_eq!(paid, world.svm.lamports(&address) + sent.fee);
    let state = world.clearance_state(&address);
    assert_eq!((state.issuer, state.subject), (issuer.address, subject));
    assert_eq!((state.kinds, state.audit_tier), (KINDS_ALL, 2));
    assert_eq!(state.jurisdiction, country(b"DE"));
    assert_eq!(
        (state.issued_at, state.expires_at),
        (world.svm.now(), terms.expires_at)
    );
    assert_eq!((event.subject, event.kinds), (subject, KINDS_ALL));

    issuer.key = world.svm.funded("thief");
    let outcome = world.grant(&issuer, subject, terms);
    assert_refused(outcome, ID, StakingError::NotIssuer);
}

#[test]
fn an_issuer_that_the_network_has_revoked_or_whose_word_is_attestations_cannot_grant() {
    let (mut world, issuer) = world();
    let (subject, terms) = (key("subject").pubkey(), full_terms(world.svm.now()));
    let schema = key("schema").pubkey();
    let original = world.issuer_state(&issuer.address);
    world.svm.edit::<Issuer>(&issuer.address, |issuer| {
        issuer.source = 2;
        issuer.schema = schema;
    });
    let outcome = world.grant(&issuer, subject, terms);
    assert_refused(outcome, ID, StakingError::NotNativeIssuer);

    world
        .svm
        .edit::<Issuer>(&issuer.address, |issuer| *issuer = original);
    let ix = world.issuer_revoke(world.authority.pubkey(), issuer.address);
    world.svm.must(&[ix], &[&world.authority]);
    let outcome = world.grant(&issuer, subject, terms);
    assert_refused(outcome, ID, StakingError::IssuerRevoked);
}

#[test]
fn kinds_that_the_network_did_not_admit_the_issuer_for_are_refused() {
    let (mut world, issuer) = world();
    let subject = key("subject").pubkey();
    world
        .svm
        .edit::<Issuer>(&issuer.address, |issuer| issuer.kinds = KIND_KYC);
    let now = world.svm.now();
    let outcome = world.grant(&issuer, subject, full_terms(now));
    assert_refused(outcome, ID, StakingError::KindNotGrantable);
    for kinds in [0, KINDS_ALL + 1] {
        let terms = ClearanceTerms {
            kinds,
            ..known(now)
        };
        let outcome = world.grant(&issuer, subject, terms);
        assert_refused(outcome, ID, StakingError::BadKinds);
    }
    world.clear(&issuer, subject, known(now));
}

#[test]
fn a_jurisdiction_is_stated_exactly_with_the_kind_for_it_and_so_is_an_audit_tier() {
    let (mut world, issuer) = world();
    let subject = key("subject").pubkey();
    let now = world.svm.now();
    let region = |kinds, jurisdiction| ClearanceTerms {
        kinds,
        jurisdiction,
        ..known(now)
    };
    let audit = |kinds, audit_tier| ClearanceTerms {
        kinds,
        audit_tier,
        ..known(now)
    };
    let bad = [
        (region(KIND_REGION, 0), StakingError::BadJurisdiction),
        (
            region(KIND_KYC, country(b"DE")),
            StakingError::BadJurisdiction,
        ),
        (
            region(KIND_REGION, u16::from_be_bytes(*b"de")),
            StakingError::BadJurisdiction,
        ),
        (audit(KIND_AUDIT, 0), StakingError::BadAuditTier),
        (audit(KIND_KYC, 1), StakingError::BadAuditTier),
    ];
    for (terms, error) in bad {
        let outcome = world.grant(&issuer, subject, terms);
        assert_refused(outcome, ID, error);
    }
    world.clear(&issuer, subject, region(KIND_REGION, country(b"DE")));
    world.clear(&issuer, subject, audit(KIND_AUDIT, 255));
}

#[test]
fn a_clearance_ends_in_the_future_within_five_years() {
    let (mut world, issuer) = world();
    let subject = key("subject").pubkey();
    let now = world.svm.now();
    let until = |expires_at| ClearanceTerms {
        expires_at,
        ..known(now)
    };
    for expires_at in [i64::MIN, 0, now, now + CLEARANCE_SECONDS_MAX + 1, i64::MAX] {
        let outcome = world.grant(&issuer, subject, until(expires_at));
        assert_refused(outcome, ID, StakingError::BadExpiry);
    }
    for expires_at in [now + 1, now + CLEARANCE_SECONDS_MAX] {
        world.clear(&issuer, subject, until(expires_at));
    }
}

#[test]
fn a_new_grant_replaces_an_earlier_one_also_a_revoked_one() {
    let (mut world, issuer) = world();
    let subject = key("subject").pubkey();
    let terms = full_terms(world.svm.now());
    let address = world.clear(&issuer, subject, terms);
    let rent = world.svm.lamports(&address);
    world.svm.advance(100);

    // Narrowed.
    let now = world.svm.now();
    world.clear(&issuer, subject, known(now));
    let state = world.clearance_state(&address);
    assert_eq!((state.kinds, state.jurisdiction), (KIND_KYC, 0));
    assert_eq!((state.audit_tier, state.issued_at), (0, now));

    let ix = world.clearance_revoke(&issuer, address);
    world.svm.must(&[ix], &[&issuer.key]);
    world.clear(&issuer, subject, terms);
    let state = world.clearance_state(&address);
    assert_eq!((state.revoked, state.kinds), (0, KINDS_ALL));
    assert_eq!(world.svm.lamports(&address), rent);
}
