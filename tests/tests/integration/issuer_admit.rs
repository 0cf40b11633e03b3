//! `issuer_admit`, by its specification.

use {
    solana_address::Address,
    solana_instruction_error::InstructionError,
    solana_signer::Signer,
    trestle_core::{
        attestation::NOWHERE,
        clearance::{KINDS_ALL, KIND_KYC, KIND_REGION},
    },
    trestle_staking::{error::StakingError, event::IssuerAdmitted, state::IssuerParams, ID},
    trestle_tests::{
        clearance::{credential_params, issuer_params},
        staking::World,
        svm::{assert_refused, key},
    },
};

fn params() -> IssuerParams {
    issuer_params(key("issuer").pubkey())
}

#[test]
fn only_the_networks_authority_can_admit_an_issuer_and_it_pays_the_rent() {
    let mut world = World::new(&[]);
    let thief = world.svm.funded("thief");
    let ix = world.issuer_admit(thief.pubkey(), params());
    let outcome = world.svm.send(&[ix], &[&thief]);
    assert_refused(outcome, ID, StakingError::NotNetworkAuthority);

    let before = world.svm.lamports(&world.authority.pubkey());
    let ix = world.issuer_admit(world.authority.pubkey(), params());
    let address = ix.accounts[2].pubkey;
    let sent = world.svm.must(&[ix], &[&world.authority]);

    let paid = before - world.svm.lamports(&world.authority.pubkey());
    assert_eq!(paid, world.svm.lamports(&address) + sent.fee);
    let issuer = world.issuer_state(&address);
    assert_eq!(
        (issuer.network, issuer.authority),
        (world.network, key("issuer").pubkey())
    );
    assert_eq!((issuer.kinds, issuer.revoked), (KINDS_ALL, 0));
    assert_eq!(issuer.name_str(), "Example Verify GmbH");
    let event = sent.event::<IssuerAdmitted>().expect("an event");
    assert_eq!((event.issuer, event.kinds), (address, KINDS_ALL));
    assert_eq!(
        &event.name[..usize::from(event.name_len)],
        issuer.name_str().as_bytes()
    );
}

#[test]
fn an_issuer_has_a_key_a_name_and_kinds_that_exist() {
    let mut world = World::new(&[]);
    let named = |name: &str| IssuerParams {
        name: name.to_string(),
        ..params()
    };
    let kinds = |kinds| IssuerParams { kinds, ..params() };
    let bad = [
        (
            issuer_params(Address::default()),
            StakingError::BadIssuerKey,
        ),
        (named(""), StakingError::BadIssuerName),
        (named(&"a".repeat(32)), StakingError::BadIssuerName),
        (named("two\nlines"), StakingError::BadIssuerName),
        (named("Prüfer"), StakingError::BadIssuerName),
        (kinds(0), StakingError::BadKinds),
        (kinds(KINDS_ALL + 1), StakingError::BadKinds),
        (
            IssuerParams {
                source: 3,
                ..params()
            },
            StakingError::BadIssuerSource,
        ),
    ];
    for (params, error) in bad {
        let ix = world.issuer_admit(world.authority.pubkey(), params);
        let outcome = world.svm.send(&[ix], &[&world.authority]);
        assert_refused(outcome, ID, error);
    }
    let ix = world.issuer_admit(world.authority.pubkey(), named(&"a".repeat(31)));
    world.svm.must(&[ix], &[&world.authority]);
}

#[test]
fn a_credential_of_attestations_needs_a_schema_and_places_for_the_country_and_the_tier() {
    let mut world = World::new(&[]);
    let (credential, schema) = (key("credential").pubkey(), key("schema").pubkey());
    let good = credential_params(credential, schema);
    let bad = [
        credential_params(credential, Address::default()),
        IssuerParams {
            jurisdiction_at: NOWHERE,
            ..good.clone()
        },
        IssuerParams {
            tier_at: NOWHERE,
            ..good.clone()
        },
        IssuerParams {
            kinds: KIND_KYC,
            ..good.clone()
        },
        IssuerParams {
            kinds: KIND_REGION,
            ..good.clone()
        },
        // Who signs clearances has neither schema nor places.
        IssuerParams { schema, ..params() },
        IssuerParams {
            jurisdiction_at: 0,
            ..params()
        },
    ];
    for params in bad {
        let ix = world.issuer_admit(world.authority.pubkey(), params);
        let outcome = world.svm.send(&[ix], &[&world.authority]);
        assert_refused(outcome, ID, StakingError::BadSchema);
    }
    let ix = world.issuer_admit(world.authority.pubkey(), good);
    let address = ix.accounts[2].pubkey;
    world.svm.must(&[ix], &[&world.authority]);
    let issuer = world.issuer_state(&address);
    assert_eq!((issuer.schema, issuer.jurisdiction_at), (schema, 4));
    assert_eq!((issuer.tier_at, issuer.attests()), (6, true));
}

#[test]
fn a_key_is_admitted_once_in_a_network() {
    let mut world = World::new(&[]);
    let issuer = world.issuer("issuer");
    let ix = world.issuer_admit(world.authority.pubkey(), issuer_params(issuer.key.pubkey()));

    let refused = world
        .svm
        .send(&[ix], &[&world.authority])
        .expect_err("a refusal");

    // The system program refuses to create what exists.
    assert_eq!(
        refused.instruction_error(),
        Some(&InstructionError::Custom(0))
    );
}
