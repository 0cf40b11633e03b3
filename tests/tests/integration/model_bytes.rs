//! What the model compares leaves no byte of an account out: one bit that is another is noticed.

use {
    crate::{
        model_chain::Chain, model_clearance_books, model_group_books,
        model_mutations::group_at_work, model_steps::EPOCH,
    },
    anchor_lang::Discriminator,
    solana_address::Address,
    trestle_credits::state::LeaseGroup,
    trestle_model::{Actor, PolicyRules, Step, Vouch},
    trestle_staking::state::{Clearance, Issuer, ServicePolicy},
};

type Compare = fn(&Chain) -> Result<(), String>;

/// Changes a bit of each byte of an account of this kind in turn.
fn notices_each_byte<T: Discriminator>(chain: &mut Chain, address: Address, compare: Compare) {
    assert_eq!(compare(chain), Ok(()));
    let account = chain.world.svm.raw(&address).expect("an account");
    for at in T::DISCRIMINATOR.len()..account.data.len() {
        let mut changed = account.clone();
        changed.data[at] ^= 1 << (at % 8);
        let svm = chain.world.svm.vm();
        svm.set_account(address, changed).expect("an account");
        assert!(compare(chain).is_err(), "byte {at}");
    }
    let svm = chain.world.svm.vm();
    svm.set_account(address, account).expect("an account");
}

#[test]
fn no_byte_of_a_group_can_be_wrong_unnoticed() {
    let mut chain = group_at_work();
    let address = chain.group(0, 1).address;
    notices_each_byte::<LeaseGroup>(&mut chain, address, model_group_books::compare);
}

/// A chain on which somebody is cleared, and the policy is about to change.
fn cleared() -> Chain {
    let mut chain = Chain::guarded();
    let (by, issuer) = (Actor::Authority, 0);
    let steps = [
        Step::IssuerAdmit {
            by,
            issuer,
            kinds: 1,
        },
        Step::ClearanceGrant {
            by: Actor::Issuer(issuer),
            issuer,
            subject: Actor::Operator(0),
            vouch: Vouch {
                kinds: 1,
                country: 0,
                tier: 0,
                seconds: EPOCH,
            },
        },
        Step::PolicyPropose {
            by,
            rules: PolicyRules {
                operator_kinds: 3,
                ..PolicyRules::default()
            },
        },
    ];
    for step in steps {
        assert_eq!(chain.run(&step), Ok(true), "{step:?}");
    }
    chain
}

#[test]
fn no_byte_of_issuer_clearance_or_policy_can_be_wrong_unnoticed() {
    let mut chain = cleared();
    let compare = model_clearance_books::compare;
    let issuer = chain.issuer_at(0);
    notices_each_byte::<Issuer>(&mut chain, issuer, compare);
    let clearance = chain.clearance_at(0, Actor::Operator(0));
    notices_each_byte::<Clearance>(&mut chain, clearance, compare);
    let policy = chain.world.policy();
    notices_each_byte::<ServicePolicy>(&mut chain, policy, compare);
}
