//! Whom a policy admits to commitments, leases and renewals.

use {
    solana_signer::Signer,
    trestle_core::clearance::{
        Refusal, KINDS_ALL, KIND_AUDIT, KIND_KYB, KIND_KYC, KIND_REGION, MODE_ALLOW, MODE_REFUSE,
    },
    trestle_staking::{
        address::{issuer_address, policy_address},
        constants::ATTESTATION_SERVICE_ID,
        state::{Clearance, ClearanceTerms, Issuer, PolicyRules, ServicePolicy},
    },
    trestle_tests::{
        clearance::{
            asking, attestation_data, country, credential_data, full_terms, known_parties, listing,
            Shown, Vouched, YEAR,
        },
        gates::{cleared, Commitments, Gate, Leases, Renewals},
        matrix::VERSION_AT,
        svm::program_id,
    },
};

/// Rules that ask for everything, of residents of Germany.
fn strictest() -> PolicyRules {
    PolicyRules {
        audit_tier_min: 2,
        ..listing(asking(KINDS_ALL, KINDS_ALL), MODE_ALLOW, &[b"DE"])
    }
}

pub(crate) fn who_is_cleared_is_admitted<G: Gate>() {
    let (mut gate, _, shown) = cleared::<G>(strictest());
    let sent = gate.open(&shown).expect("an admission");
    println!("with two clearances: {} CU", sent.compute_units);
}

pub(crate) fn nobody_is_asked_for_more_than_the_rules_say<G: Gate>() {
    for (operator_kinds, customer_kinds) in [(KIND_KYC, 0), (0, KIND_KYC), (0, 0)] {
        let (mut gate, _, mut shown) = cleared::<G>(known_parties());
        gate.world().impose(asking(operator_kinds, customer_kinds));
        let nothing = Vouched {
            issuer: shown.policy,
            clearance: shown.policy,
            credential: shown.policy,
        };
        if operator_kinds == 0 {
            shown.operator = nothing;
        }
        if customer_kinds == 0 {
            shown.customer = nothing;
        }
        gate.open(&shown).expect("an admission");
    }
}

pub(crate) fn the_policy_must_be_the_services<G: Gate>() {
    let (mut gate, issuer, shown) = cleared::<G>(known_parties());
    let world = gate.world();
    // Another service's policy, which asks for nothing.
    let other = world.svm.fresh_address();
    let (lax, bump) = policy_address(&other);
    let mut state: ServicePolicy = world.policy_state();
    (state.rules, state.service, state.bump) = (PolicyRules::default(), other, bump);
    world.svm.put_pod(lax, program_id("staking"), &state);
    // The same rules of this service, at another address.
    let twin = world.svm.fresh_address();
    state.service = world.service;
    world.svm.put_pod(twin, program_id("staking"), &state);
    for policy in [lax, twin, issuer.address, other] {
        let outcome = gate.open(&Shown { policy, ..shown });
        G::refuse(outcome, Refusal::WrongPolicy);
    }
}

pub(crate) fn the_issuer_must_be_one_of_the_network<G: Gate>() {
    let (mut gate, issuer, shown) = cleared::<G>(known_parties());
    let world = gate.world();
    let foreign = world.svm.fresh_address();
    let mut state: Issuer = world.issuer_state(&issuer.address);
    let (others, bump) = issuer_address(&foreign, &issuer.key.pubkey());
    (state.network, state.bump) = (foreign, bump);
    world.svm.put_pod(others, program_id("staking"), &state);
    let twin = world.svm.fresh_address();
    state.network = world.network;
    world.svm.put_pod(twin, program_id("staking"), &state);
    for wrong in [others, twin, shown.operator.clearance, foreign] {
        let mut shown = shown;
        shown.operator.issuer = wrong;
        let outcome = gate.open(&shown);
        G::refuse(outcome, Refusal::WrongIssuer);
    }
    gate.open(&shown).expect("an admission");
}

pub(crate) fn the_clearance_must_be_the_issuers_of_this_wallet<G: Gate>() {
    let (mut gate, issuer, shown) = cleared::<G>(known_parties());
    let customer = gate.customer();
    let world = gate.world();
    let other = world.issuer("other");
    let terms = full_terms(world.svm.now());
    let foreign = world.clear(&other, customer, terms);
    let mut forged: Clearance = world.clearance_state(&shown.customer.clearance);
    forged.bump = forged.bump.wrapping_sub(1);
    let twin = world.svm.fresh_address();
    world.svm.put_pod(twin, program_id("staking"), &forged);
    let own = shown.operator.clearance;
    let stranger = other.key.pubkey();
    for wrong in [own, foreign, twin, issuer.address, stranger] {
        let mut shown = shown;
        shown.customer.clearance = wrong;
        let outcome = gate.open(&shown);
        G::refuse(outcome, Refusal::NotCleared);
    }
}

pub(crate) fn an_issuer_without_the_networks_trust_admits_nobody<G: Gate>() {
    let (mut gate, issuer, shown) = cleared::<G>(known_parties());
    let world = gate.world();
    let ix = world.issuer_revoke(world.authority.pubkey(), issuer.address);
    world.svm.must(&[ix], &[&world.authority]);
    let outcome = gate.open(&shown);
    G::refuse(outcome, Refusal::IssuerRevoked);
}

pub(crate) fn a_revoked_clearance_suspends_until_it_is_granted_again<G: Gate>() {
    let (mut gate, issuer, shown) = cleared::<G>(known_parties());
    let operator = gate.operator();
    let world = gate.world();
    let ix = world.clearance_revoke(&issuer, shown.operator.clearance);
    world.svm.must(&[ix], &[&issuer.key]);
    let outcome = gate.open(&shown);
    G::refuse(outcome, Refusal::Revoked);
    let world = gate.world();
    let terms = full_terms(world.svm.now());
    world.clear(&issuer, operator, terms);
    gate.open(&shown).expect("an admission");
}

pub(crate) fn an_expired_clearance_suspends_until_it_is_renewed<G: Gate>() {
    let (mut gate, issuer, shown) = cleared::<G>(known_parties());
    let (operator, customer) = (gate.operator(), gate.customer());
    gate.world().svm.advance(YEAR);
    let outcome = gate.open(&shown);
    G::refuse(outcome, Refusal::Expired);
    for subject in [operator, customer] {
        let world = gate.world();
        let terms = full_terms(world.svm.now());
        world.clear(&issuer, subject, terms);
    }
    gate.open(&shown).expect("an admission");
}

pub(crate) fn what_the_clearance_says_must_be_enough<G: Gate>() {
    let (mut gate, issuer, shown) = cleared::<G>(strictest());
    let customer = gate.customer();
    type Spoil = fn(&mut ClearanceTerms);
    let cases: [(Spoil, Refusal); 4] = [
        (|terms| terms.kinds &= !KIND_KYB, Refusal::KindsMissing),
        (
            |terms| (terms.kinds, terms.audit_tier) = (KINDS_ALL & !KIND_AUDIT, 0),
            Refusal::KindsMissing,
        ),
        (
            |terms| terms.jurisdiction = country(b"US"),
            Refusal::Jurisdiction,
        ),
        (|terms| terms.audit_tier = 1, Refusal::AuditTier),
    ];
    for (change, refusal) in cases {
        let world = gate.world();
        let mut terms = full_terms(world.svm.now());
        change(&mut terms);
        world.clear(&issuer, customer, terms);
        let outcome = gate.open(&shown);
        G::refuse(outcome, refusal);
    }
    gate.world()
        .impose(listing(asking(0, KIND_REGION), MODE_REFUSE, &[b"DE"]));
    let world = gate.world();
    let terms = full_terms(world.svm.now());
    world.clear(&issuer, customer, terms);
    let outcome = gate.open(&shown);
    G::refuse(outcome, Refusal::Jurisdiction);
}

pub(crate) fn an_attestation_counts_as_a_clearance<G: Gate>() {
    let (mut gate, _, mut shown) = cleared::<G>(strictest());
    let (operator, customer) = (gate.operator(), gate.customer());
    let world = gate.world();
    let credential = world.credential();
    let until = world.svm.now() + YEAR;
    shown.operator = world.attest(credential, operator, until);
    shown.customer = world.attest(credential, customer, 0);
    let sent = gate.open(&shown).expect("an admission");
    println!("with two attestations: {} CU", sent.compute_units);
}

pub(crate) fn an_attestation_must_be_the_real_thing<G: Gate>() {
    let (mut gate, _, mut shown) = cleared::<G>(known_parties());
    let customer = gate.customer();
    let world = gate.world();
    let issuer @ [credential, schema, signer] = world.credential();
    shown.customer = world.attest(issuer, customer, 0);
    let stranger = world.svm.fresh_address();
    let bytes = |nonce, credential, schema, signer| {
        attestation_data([nonce, credential, schema, signer], b"", 0)
    };
    let service = ATTESTATION_SERVICE_ID;
    let forgeries = [
        (service, bytes(&stranger, &credential, &schema, &signer)),
        (service, bytes(&customer, &stranger, &schema, &signer)),
        (service, bytes(&customer, &credential, &stranger, &signer)),
        (service, bytes(&customer, &credential, &schema, &stranger)),
        (stranger, bytes(&customer, &credential, &schema, &signer)),
        (service, credential_data(&[signer])),
        (service, vec![]),
    ];
    for (owner, data) in forgeries {
        let world = gate.world();
        let forged = world.svm.fresh_address();
        world.svm.put(forged, owner, data);
        let mut shown = shown;
        shown.customer.clearance = forged;
        let outcome = gate.open(&shown);
        G::refuse(outcome, Refusal::NotCleared);
    }
    // Another credential than the issuer's, and the issuer's without the signer.
    let world = gate.world();
    let other = world.svm.fresh_address();
    world.svm.put(other, service, credential_data(&[signer]));
    let mut foreign = shown;
    foreign.customer.credential = other;
    let outcome = gate.open(&foreign);
    G::refuse(outcome, Refusal::NotCleared);
    let world = gate.world();
    world
        .svm
        .put(credential, service, credential_data(&[stranger]));
    let outcome = gate.open(&shown);
    G::refuse(outcome, Refusal::NotCleared);
}

pub(crate) fn an_attestation_expires<G: Gate>() {
    let (mut gate, _, mut shown) = cleared::<G>(known_parties());
    let customer = gate.customer();
    let world = gate.world();
    let credential = world.credential();
    let until = world.svm.now() + 1;
    shown.customer = world.attest(credential, customer, until);
    gate.world().svm.advance(1);
    let outcome = gate.open(&shown);
    G::refuse(outcome, Refusal::Expired);
}

pub(crate) fn an_account_of_another_version_admits_nobody<G: Gate>() {
    let (mut gate, _, shown) = cleared::<G>(known_parties());
    let Vouched {
        issuer, clearance, ..
    } = shown.customer;
    for address in [shown.policy, issuer, clearance] {
        let svm = &mut gate.world().svm;
        let original = svm.raw(&address).expect("an account");
        let mut other = original.clone();
        other.data[VERSION_AT] += 1;
        svm.put(address, other.owner, other.data);
        let outcome = gate.open(&shown);
        G::refuse(outcome, Refusal::WrongVersion);
        let svm = &mut gate.world().svm;
        svm.put(address, original.owner, original.data);
    }
    gate.open(&shown).expect("an admission");
}

mod commitments {
    use super::Commitments;

    #[test]
    fn who_is_cleared_is_admitted() {
        super::who_is_cleared_is_admitted::<Commitments>();
    }

    #[test]
    fn nobody_is_asked_for_more_than_the_rules_say() {
        super::nobody_is_asked_for_more_than_the_rules_say::<Commitments>();
    }

    #[test]
    fn the_policy_must_be_the_services() {
        super::the_policy_must_be_the_services::<Commitments>();
    }

    #[test]
    fn the_issuer_must_be_one_of_the_network() {
        super::the_issuer_must_be_one_of_the_network::<Commitments>();
    }

    #[test]
    fn the_clearance_must_be_the_issuers_of_this_wallet() {
        super::the_clearance_must_be_the_issuers_of_this_wallet::<Commitments>();
    }

    #[test]
    fn an_issuer_without_the_networks_trust_admits_nobody() {
        super::an_issuer_without_the_networks_trust_admits_nobody::<Commitments>();
    }

    #[test]
    fn a_revoked_clearance_suspends_until_it_is_granted_again() {
        super::a_revoked_clearance_suspends_until_it_is_granted_again::<Commitments>();
    }

    #[test]
    fn an_expired_clearance_suspends_until_it_is_renewed() {
        super::an_expired_clearance_suspends_until_it_is_renewed::<Commitments>();
    }

    #[test]
    fn what_the_clearance_says_must_be_enough() {
        super::what_the_clearance_says_must_be_enough::<Commitments>();
    }

    #[test]
    fn an_attestation_counts_as_a_clearance() {
        super::an_attestation_counts_as_a_clearance::<Commitments>();
    }

    #[test]
    fn an_attestation_must_be_the_real_thing() {
        super::an_attestation_must_be_the_real_thing::<Commitments>();
    }

    #[test]
    fn an_attestation_expires() {
        super::an_attestation_expires::<Commitments>();
    }

    #[test]
    fn an_account_of_another_version_admits_nobody() {
        super::an_account_of_another_version_admits_nobody::<Commitments>();
    }
}

mod leases {
    use super::Leases;

    #[test]
    fn who_is_cleared_is_admitted() {
        super::who_is_cleared_is_admitted::<Leases>();
    }

    #[test]
    fn nobody_is_asked_for_more_than_the_rules_say() {
        super::nobody_is_asked_for_more_than_the_rules_say::<Leases>();
    }

    #[test]
    fn the_policy_must_be_the_services() {
        super::the_policy_must_be_the_services::<Leases>();
    }

    #[test]
    fn the_issuer_must_be_one_of_the_network() {
        super::the_issuer_must_be_one_of_the_network::<Leases>();
    }

    #[test]
    fn the_clearance_must_be_the_issuers_of_this_wallet() {
        super::the_clearance_must_be_the_issuers_of_this_wallet::<Leases>();
    }

    #[test]
    fn an_issuer_without_the_networks_trust_admits_nobody() {
        super::an_issuer_without_the_networks_trust_admits_nobody::<Leases>();
    }

    #[test]
    fn a_revoked_clearance_suspends_until_it_is_granted_again() {
        super::a_revoked_clearance_suspends_until_it_is_granted_again::<Leases>();
    }

    #[test]
    fn an_expired_clearance_suspends_until_it_is_renewed() {
        super::an_expired_clearance_suspends_until_it_is_renewed::<Leases>();
    }

    #[test]
    fn what_the_clearance_says_must_be_enough() {
        super::what_the_clearance_says_must_be_enough::<Leases>();
    }

    #[test]
    fn an_attestation_counts_as_a_clearance() {
        super::an_attestation_counts_as_a_clearance::<Leases>();
    }

    #[test]
    fn an_attestation_must_be_the_real_thing() {
        super::an_attestation_must_be_the_real_thing::<Leases>();
    }

    #[test]
    fn an_attestation_expires() {
        super::an_attestation_expires::<Leases>();
    }

    #[test]
    fn an_account_of_another_version_admits_nobody() {
        super::an_account_of_another_version_admits_nobody::<Leases>();
    }
}

mod renewals {
    use super::Renewals;

    #[test]
    fn who_is_cleared_is_admitted() {
        super::who_is_cleared_is_admitted::<Renewals>();
    }

    #[test]
    fn nobody_is_asked_for_more_than_the_rules_say() {
        super::nobody_is_asked_for_more_than_the_rules_say::<Renewals>();
    }

    #[test]
    fn the_policy_must_be_the_services() {
        super::the_policy_must_be_the_services::<Renewals>();
    }

    #[test]
    fn the_issuer_must_be_one_of_the_network() {
        super::the_issuer_must_be_one_of_the_network::<Renewals>();
    }

    #[test]
    fn the_clearance_must_be_the_issuers_of_this_wallet() {
        super::the_clearance_must_be_the_issuers_of_this_wallet::<Renewals>();
    }

    #[test]
    fn an_issuer_without_the_networks_trust_admits_nobody() {
        super::an_issuer_without_the_networks_trust_admits_nobody::<Renewals>();
    }

    #[test]
    fn a_revoked_clearance_suspends_until_it_is_granted_again() {
        super::a_revoked_clearance_suspends_until_it_is_granted_again::<Renewals>();
    }

    #[test]
    fn an_expired_clearance_suspends_until_it_is_renewed() {
        super::an_expired_clearance_suspends_until_it_is_renewed::<Renewals>();
    }

    #[test]
    fn what_the_clearance_says_must_be_enough() {
        super::what_the_clearance_says_must_be_enough::<Renewals>();
    }

    #[test]
    fn an_attestation_counts_as_a_clearance() {
        super::an_attestation_counts_as_a_clearance::<Renewals>();
    }

    #[test]
    fn an_attestation_must_be_the_real_thing() {
        super::an_attestation_must_be_the_real_thing::<Renewals>();
    }

    #[test]
    fn an_attestation_expires() {
        super::an_attestation_expires::<Renewals>();
    }

    #[test]
    fn an_account_of_another_version_admits_nobody() {
        super::an_account_of_another_version_admits_nobody::<Renewals>();
    }
}
