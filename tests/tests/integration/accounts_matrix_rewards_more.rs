//! Each account of the rewards program's other instructions, replaced by a wrong one.

use {
    solana_signer::Signer,
    trestle_core::leaf::LeafCounters,
    trestle_staking::address::delegation_pool_address,
    trestle_tests::{
        final_roots::earned,
        matrix::{Fault, Matrix},
        rewards::{Payee, RewardsWorld},
        rewards_more::{earned_stable, emission_params, stable_params, DOLLAR},
        tokens::TOKEN,
    },
};

#[test]
fn emission_open() {
    let mut world = RewardsWorld::minting_without_emission();
    let authority = world.authority_key();
    Matrix {
        name: "emission_open",
        instruction: world.emission_open(authority.pubkey(), emission_params()),
        signers: vec![&authority],
        free: vec![],
    }
    .check(&mut world.svm);
}

#[test]
fn epoch_allot_of_a_minting_pool() {
    let mut world = RewardsWorld::minting(emission_params());
    let RewardsWorld { staking, sales, .. } = &mut world;
    sales.consume(&mut staking.svm, 1_000);
    let (stable_vault, revenue) = (world.stable_vault, world.sales.revenue);
    let price = world.sales.price_account;
    Matrix {
        name: "epoch_allot",
        instruction: world.epoch_allot(0),
        signers: vec![],
        free: vec![
            // The pool pays no stablecoin, so that its vault is not read.
            (stable_vault, Fault::Stranger),
            // Foreign data at the right address is no revenue and no price: they count nothing.
            (revenue, Fault::ForeignOwner),
            (price, Fault::ForeignOwner),
        ],
    }
    .check(&mut world.svm);
}

#[test]
fn pool_stable_open() {
    let mut world = RewardsWorld::new();
    let authority = world.authority_key();
    Matrix {
        name: "pool_stable_open",
        instruction: world.pool_stable_open(authority.pubkey(), stable_params()),
        signers: vec![&authority],
        free: vec![],
    }
    .check(&mut world.svm);
}

#[test]
fn claim_stable_payout_set() {
    let mut world = RewardsWorld::paying_stable();
    let payee = world.payee("operator");
    let mint = world.stable_mint;
    let payout = world.svm.put_tokens(mint, payee.keys.authority.pubkey(), 0);
    Matrix {
        name: "claim_stable_payout_set",
        instruction: world.claim_stable_payout_set(&payee, payout),
        signers: vec![&payee.keys.authority],
        // Any account of that token may be named.
        free: vec![(payout, Fault::Twin)],
    }
    .check(&mut world.svm);
}

#[test]
fn reward_claim_stable() {
    let mut world = RewardsWorld::paying_stable();
    let payee = world.payee("operator");
    let payout = world.set_stable_payout(&payee);
    world.release_stable(DOLLAR);
    world.allot(0);
    world.publish(0, &[(payee.keys.address, earned_stable(DOLLAR))], 3);
    let leaf = world.roots.leaf(0, &payee.keys.address);
    Matrix {
        name: "reward_claim_stable",
        instruction: world.reward_claim_stable(&payee, payout, leaf),
        signers: vec![],
        free: vec![],
    }
    .check(&mut world.svm);
}

#[test]
fn held_release() {
    let mut world = RewardsWorld::holding(1);
    let payee = world.payee("operator");
    world.allow(TOKEN);
    world.publish(0, &[(payee.keys.address, earned(TOKEN))], 1);
    world.claim(&payee, 0).expect("paid");
    world.run_to(9);
    Matrix {
        name: "held_release",
        instruction: world.held_release(&payee),
        signers: vec![],
        free: vec![],
    }
    .check(&mut world.svm);
}

/// An operator that can be paid and owes a slash by the root of epoch 0.
fn slashed() -> (RewardsWorld, Payee) {
    let mut world = RewardsWorld::holding(1);
    let payee = world.payee("operator");
    world.deposit(&payee.keys, 9 * TOKEN);
    world.allow(2 * TOKEN);
    let counters = LeafCounters {
        slashed: 3 * TOKEN,
        ..earned(2 * TOKEN)
    };
    world.publish(0, &[(payee.keys.address, counters)], 1);
    (world, payee)
}

#[test]
fn held_slash() {
    let (mut world, payee) = slashed();
    let leaf = world.roots.leaf(0, &payee.keys.address);
    Matrix {
        name: "held_slash",
        instruction: world.held_slash(&payee, leaf),
        signers: vec![],
        free: vec![],
    }
    .check(&mut world.svm);
}

#[test]
fn slash_record_and_slash_apply_of_an_operator_with_a_claim() {
    let (mut world, payee) = slashed();
    world.slash_held(&payee, 0).expect("two of three");
    let leaf = world.roots.leaf(0, &payee.keys.address);
    let operator = payee.keys.address;
    let delegations = delegation_pool_address(&operator).0;
    let mut recording = world.staking.svm.fork();
    recording.trust_signatures();
    Matrix {
        name: "slash_record",
        instruction: world.slash_record(world.pool, operator, 3 * TOKEN, 1),
        signers: vec![],
        free: vec![],
    }
    .check(&mut recording);
    Matrix {
        name: "slash_apply",
        instruction: world.slash_apply(operator, world.roots.ring, leaf),
        signers: vec![],
        free: vec![
            // Of an operator without delegations the pool is not looked at.
            (delegations, Fault::Stranger),
            // What another program has at the claim's address is no claim.
            (payee.claim, Fault::ForeignOwner),
        ],
    }
    .check(&mut world.svm);
}

/// An operator whose delegators are owed something.
fn owing() -> (RewardsWorld, Payee) {
    let mut world = RewardsWorld::paying_stable();
    let payee = world.delegated_payee(TOKEN, TOKEN, 0);
    let ix = world.claim_sync(&payee);
    world.svm.must(&[ix], &[]);
    world.release_stable(DOLLAR);
    world.allow(TOKEN);
    let both = LeafCounters {
        tokens: TOKEN,
        stable: DOLLAR,
        ..LeafCounters::default()
    };
    world.publish(0, &[(payee.keys.address, both)], 1);
    world.claim(&payee, 0).expect("paid");
    let payout = world.set_stable_payout(&payee);
    world.claim_stable(&payee, payout, 0).expect("paid");
    (world, payee)
}

#[test]
fn claim_sync_of_a_delegated_operator() {
    let (mut world, payee) = owing();
    Matrix {
        name: "claim_sync",
        instruction: world.claim_sync(&payee),
        signers: vec![],
        free: vec![],
    }
    .check(&mut world.svm);
}

#[test]
fn delegation_pay() {
    let (mut world, payee) = owing();
    Matrix {
        name: "delegation_pay",
        instruction: world.delegation_pay(&payee),
        signers: vec![],
        free: vec![],
    }
    .check(&mut world.svm);
}

#[test]
fn pool_change_propose() {
    let mut world = RewardsWorld::minting(emission_params());
    let authority = world.authority_key();
    let args = world.change_args();
    Matrix {
        name: "pool_change_propose",
        instruction: world.pool_change_propose(authority.pubkey(), args),
        signers: vec![&authority],
        free: vec![],
    }
    .check(&mut world.svm);
}

#[test]
fn pool_change_apply_and_cancel() {
    let mut world = RewardsWorld::minting(emission_params());
    let authority = world.authority_key();
    let args = world.change_args();
    world.propose(args.clone()).expect("a change");
    Matrix {
        name: "pool_change_cancel",
        instruction: world.pool_change_cancel(authority.pubkey()),
        signers: vec![&authority],
        free: vec![],
    }
    .check(&mut world.svm);
    world.propose(args).expect("a change");
    for epoch in 0..4 {
        world.allot_at(epoch);
    }
    Matrix {
        name: "pool_change_apply",
        instruction: world.pool_change_apply(),
        signers: vec![],
        free: vec![],
    }
    .check(&mut world.svm);
}
