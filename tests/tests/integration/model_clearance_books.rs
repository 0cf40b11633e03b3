//! Off chain: compares issuers, clearances and the policy on the chain with the model's.

use {
    crate::{
        model_books::same,
        model_chain::{key_of, Chain, CUSTOMERS, OPERATORS},
        model_clearances::{packed, policy_rules, ISSUERS},
    },
    solana_address::Address,
    solana_signer::Signer,
    trestle_core::attestation::NOWHERE,
    trestle_model::Actor,
    trestle_staking::{
        constants::{ISSUER_NATIVE, VERSION},
        state::{Clearance, Issuer, PolicyRules, Service, ServicePolicy},
    },
    trestle_tests::clearance::issuer_params,
};

/// Everybody whom an issuer may vouch for.
pub fn subjects() -> Vec<Actor> {
    let operators = (0..OPERATORS).map(Actor::Operator);
    operators
        .chain((0..CUSTOMERS).map(Actor::Customer))
        .collect()
}

/// Whom the chain trusts, clears and asks must be whom the model does.
pub fn compare(chain: &Chain) -> Result<(), String> {
    for number in 0..ISSUERS {
        issuer(chain, number)?;
        for subject in subjects() {
            clearance(chain, number, subject)?;
        }
    }
    policy(chain)
}

fn is_zero(parts: &[&[u8]]) -> bool {
    parts.iter().all(|part| part.iter().all(|byte| *byte == 0))
}

fn issuer(chain: &Chain, number: u8) -> Result<(), String> {
    let (svm, address) = (&chain.world.svm, chain.issuer_at(number));
    let known = chain.model.clearances.issuers.get(&number);
    let read = svm.raw(&address).map(|_| {
        let state: Issuer = svm.get(&address);
        let unused = state
            .name
            .get(usize::from(state.name_len)..)
            .unwrap_or(&[1]);
        (
            (state.version, state.source, state.network),
            (state.authority, state.schema, state.is_at(&address)),
            (state.jurisdiction_at, state.tier_at),
            state.name_str().to_owned(),
            (state.kinds, state.revoked),
            is_zero(&[unused, &state._pad, &[state._tail]]),
        )
    });
    let key = key_of(Actor::Issuer(number)).pubkey();
    let known = known.map(|issuer| {
        (
            (VERSION, ISSUER_NATIVE, chain.world.network),
            (key, Address::default(), true),
            (NOWHERE, NOWHERE),
            issuer_params(key).name,
            (issuer.kinds, u8::from(issuer.is_revoked)),
            true,
        )
    });
    same(&format!("issuer {number}"), read, known)
}

fn clearance(chain: &Chain, number: u8, subject: Actor) -> Result<(), String> {
    let (svm, address) = (&chain.world.svm, chain.clearance_at(number, subject));
    let known = chain.model.clearances.grants.get(&(number, subject));
    let read = svm.raw(&address).map(|_| {
        let state: Clearance = svm.get(&address);
        (
            (state.version, state.issuer, state.subject),
            state.is_at(&address) && is_zero(&[&state._pad]),
            (state.kinds, state.jurisdiction, state.audit_tier),
            (state.issued_at, state.expires_at, state.revoked),
        )
    });
    let known = known.map(|clearance| {
        let (vouch, at) = (&clearance.vouch, clearance.granted_at);
        let is_revoked = u8::from(clearance.is_revoked);
        let key = key_of(subject).pubkey();
        (
            (VERSION, chain.issuer_at(number), key),
            true,
            (vouch.kinds, packed(vouch.country), vouch.tier),
            (at, at + vouch.seconds, is_revoked),
        )
    });
    same(&format!("what {number} says of {subject:?}"), read, known)
}

fn policy(chain: &Chain) -> Result<(), String> {
    let (world, svm) = (&chain.world, &chain.world.svm);
    let address = world.policy();
    let known = chain.model.clearances.policy;
    let service: Service = svm.get(&world.service);
    let has_policy = u8::from(known.is_some());
    same("whether there is a policy", service.has_policy, has_policy)?;
    let read = svm.raw(&address).map(|_| {
        let state: ServicePolicy = svm.get(&address);
        (
            (state.version, state.service, state.is_at(&address)),
            (state.rules, state.changes),
            (state.pending, state.due_epoch, is_zero(&[&state._pad])),
        )
    });
    let known = known.map(|policy| {
        let pending = policy
            .pending
            .map_or((PolicyRules::default(), 0), |(due, rules)| {
                (policy_rules(&rules), due)
            });
        let pending = (pending.0, pending.1, true);
        (
            (VERSION, world.service, true),
            (policy_rules(&policy.rules), policy.changes),
            pending,
        )
    });
    same("policy", read, known)
}
