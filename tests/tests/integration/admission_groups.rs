//! Whom a policy admits to lease groups: as to leases.

use {crate::admission, trestle_tests::gates::Joins};

#[test]
fn who_is_cleared_is_admitted() {
    admission::who_is_cleared_is_admitted::<Joins>();
}

#[test]
fn nobody_is_asked_for_more_than_the_rules_say() {
    admission::nobody_is_asked_for_more_than_the_rules_say::<Joins>();
}

#[test]
fn the_policy_must_be_the_services() {
    admission::the_policy_must_be_the_services::<Joins>();
}

#[test]
fn the_issuer_must_be_one_of_the_network() {
    admission::the_issuer_must_be_one_of_the_network::<Joins>();
}

#[test]
fn the_clearance_must_be_the_issuers_of_this_wallet() {
    admission::the_clearance_must_be_the_issuers_of_this_wallet::<Joins>();
}

#[test]
fn an_issuer_without_the_networks_trust_admits_nobody() {
    admission::an_issuer_without_the_networks_trust_admits_nobody::<Joins>();
}

#[test]
fn a_revoked_clearance_suspends_until_it_is_granted_again() {
    admission::a_revoked_clearance_suspends_until_it_is_granted_again::<Joins>();
}

#[test]
fn an_expired_clearance_suspends_until_it_is_renewed() {
    admission::an_expired_clearance_suspends_until_it_is_renewed::<Joins>();
}

#[test]
fn what_the_clearance_says_must_be_enough() {
    admission::what_the_clearance_says_must_be_enough::<Joins>();
}

#[test]
fn an_attestation_counts_as_a_clearance() {
    admission::an_attestation_counts_as_a_clearance::<Joins>();
}

#[test]
fn an_attestation_must_be_the_real_thing() {
    admission::an_attestation_must_be_the_real_thing::<Joins>();
}

#[test]
fn an_attestation_expires() {
    admission::an_attestation_expires::<Joins>();
}

#[test]
fn an_account_of_another_version_admits_nobody() {
    admission::an_account_of_another_version_admits_nobody::<Joins>();
}
