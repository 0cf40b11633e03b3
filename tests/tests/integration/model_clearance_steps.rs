//! Off chain: steps at random by which somebody is admitted, or is not.

use {
    crate::{
        model_clearance_books::subjects,
        model_clearances::ISSUERS,
        model_group_steps::instead,
        model_steps::{mostly, EPOCH},
    },
    proptest::{prelude::*, sample::select},
    trestle_model::{Actor, Countries, PolicyRules, Step, Vouch, World, KINDS},
};

/// A kind besides which the country counts, and one besides which the tier does.
const REGION: u32 = 4;
const AUDIT: u32 = 16;

/// An issuer, and mostly it acting for itself.
fn issuer() -> BoxedStrategy<(Actor, u8)> {
    (0..ISSUERS)
        .prop_flat_map(|number| (mostly(Just(Actor::Issuer(number))), Just(number)))
        .boxed()
}

fn authority() -> BoxedStrategy<Actor> {
    mostly(Just(Actor::Authority))
}

/// All kinds, most of them, or some that there are not.
fn kinds() -> BoxedStrategy<u32> {
    prop_oneof![
        10 => Just(KINDS),
        3 => 1..=KINDS,
        1 => select(vec![0, KINDS + 1]),
    ]
    .boxed()
}

/// What an issuer says, mostly without a contradiction.
fn vouch() -> BoxedStrategy<Vouch> {
    let seconds = prop_oneof![
        4 => EPOCH..6 * EPOCH,
        8 => 24 * EPOCH..2_400 * EPOCH,
        1 => select(vec![-1, 0, 1, 157_680_000, 157_680_001]),
    ];
    let is_sane = prop_oneof![16 => Just(true), 1 => Just(false)];
    (kinds(), 1..=4_u8, 1..=3_u8, seconds, is_sane)
        .prop_map(|(kinds, country, tier, seconds, is_sane)| {
            let has = |kind: u32| u8::from((kinds & kind != 0) == is_sane);
            Vouch {
                kinds,
                country: country * has(REGION),
                tier: tier * has(AUDIT),
                seconds,
            }
        })
        .boxed()
}

/// What a policy asks for, mostly little and without a contradiction.
fn rules() -> BoxedStrategy<PolicyRules> {
    let kinds = || {
        prop_oneof![
            2 => Just(0),
            4 => select(vec![1, 2, REGION, AUDIT, 1 | REGION, REGION | AUDIT]),
            1 => 0..=KINDS + 1,
        ]
    };
    let countries = (0..3_u8, 0..16_u8).prop_map(|(mode, mask)| match mode {
        0 => Countries::Any,
        1 => Countries::Only(mask << 1),
        _ => Countries::Not(mask << 1),
    });
    let is_sane = prop_oneof![8 => Just(true), 1 => Just(false)];
    (kinds(), kinds(), 0..4_u8, countries, is_sane)
        .prop_map(|(operator, customer, tier, countries, is_sane)| {
            let asks = |kind: u32| (operator | customer) & kind != 0 || !is_sane;
            PolicyRules {
                operator_kinds: operator,
                customer_kinds: customer,
                tier_min: if asks(AUDIT) { tier } else { 0 },
                countries: if asks(REGION) {
                    countries
                } else {
                    Countries::Any
                },
            }
        })
        .boxed()
}

/// Steps of issuers, with their weights.
fn words() -> Vec<(u32, BoxedStrategy<Step>)> {
    let grant = (issuer(), select(subjects()), vouch());
    let revoke = (issuer(), select(subjects()));
    let close = (0..ISSUERS, select(subjects()));
    vec![
        (
            9,
            grant
                .prop_map(|((by, issuer), subject, vouch)| Step::ClearanceGrant {
                    by,
                    issuer,
                    subject,
                    vouch,
                })
                .boxed(),
        ),
        (
            1,
            revoke
                .prop_map(|((by, issuer), subject)| Step::ClearanceRevoke {
                    by,
                    issuer,
                    subject,
                })
                .boxed(),
        ),
        (
            2,
            close
                .prop_map(|(issuer, subject)| Step::ClearanceClose { issuer, subject })
                .boxed(),
        ),
    ]
}

/// Steps of the authority, with their weights.
fn decisions() -> Vec<(u32, BoxedStrategy<Step>)> {
    let admit = (authority(), 0..ISSUERS, kinds());
    let propose = (authority(), rules()).prop_map(|(by, rules)| Step::PolicyPropose { by, rules });
    let create = (authority(), rules()).prop_map(|(by, rules)| Step::PolicyCreate { by, rules });
    let revoke = (authority(), 0..ISSUERS);
    let cancel = authority().prop_map(|by| Step::PolicyCancel { by });
    vec![
        (
            3,
            admit
                .prop_map(|(by, issuer, kinds)| Step::IssuerAdmit { by, issuer, kinds })
                .boxed(),
        ),
        (
            1,
            revoke
                .prop_map(|(by, issuer)| Step::IssuerRevoke { by, issuer })
                .boxed(),
        ),
        (2, create.boxed()),
        (4, propose.boxed()),
        (5, Just(Step::PolicyApply).boxed()),
        (1, cancel.boxed()),
    ]
}

/// Steps by which somebody is admitted, or is not, with their weights.
pub fn clearance_steps() -> Vec<(u32, BoxedStrategy<Step>)> {
    [words(), decisions()].concat()
}

/// Steps about an issuer that the network admitted, and about what it said.
pub fn resolved(step: &mut Step, model: &World) {
    let grants = model.clearances.grants.keys().copied();
    match *step {
        Step::ClearanceGrant {
            by,
            issuer,
            subject,
            vouch,
        } if by == Actor::Issuer(issuer) => {
            let issuers = model.clearances.issuers.keys();
            let others = issuers.map(|issuer| Step::ClearanceGrant {
                by: Actor::Issuer(*issuer),
                issuer: *issuer,
                subject,
                vouch,
            });
            instead(step, others, model);
        }
        Step::ClearanceRevoke { by, issuer, .. } if by == Actor::Issuer(issuer) => {
            let others = grants.map(|(issuer, subject)| Step::ClearanceRevoke {
                by: Actor::Issuer(issuer),
                issuer,
                subject,
            });
            instead(step, others, model);
        }
        Step::ClearanceClose { .. } => {
            let others = grants.map(|(issuer, subject)| Step::ClearanceClose { issuer, subject });
            instead(step, others, model);
        }
        Step::IssuerAdmit {
            by: Actor::Authority,
            kinds,
            ..
        } => {
            let others = (0..ISSUERS).map(|issuer| Step::IssuerAdmit {
                by: Actor::Authority,
                issuer,
                kinds,
            });
            instead(step, others, model);
        }
        _ => {}
    }
}
