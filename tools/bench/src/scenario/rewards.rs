//! The rewards program.

use anyhow::{anyhow, Result};
use solana_signer::Signer;
use trestle_core::leaf::LeafCounters;
use trestle_tests::{
    final_roots::earned,
    rewards::{pool_params, Payee, RewardsWorld},
    rewards_more::{earned_stable, emission_params, stable_params, DOLLAR},
    tokens::TOKEN,
};

use super::{Recorder, MANY_LEAVES};

/// Operators that one push pays: in an ordinary transaction, and in a large one.
const PUSHED: usize = 5;
const PUSHED_LARGE: usize = 28;
/// Leaves of the tree from which an ordinary transaction pays five operators.
const PUSH_LEAVES: usize = 1 << 10;
/// Tokens that the pool allots before a push.
const ALLOWED: u64 = 2_000 * TOKEN;

/// Measures every instruction.
pub fn measure(recorder: &mut Recorder) -> Result<()> {
    pool(recorder)?;
    minting(recorder)?;
    change(recorder)?;
    claim(recorder)?;
    stable(recorder)?;
    held(recorder)?;
    delegators(recorder)?;
    let case = "5 operators of 1,024";
    push(recorder, case, PUSHED, PUSH_LEAVES)?;
    let case = "28 operators, depth 20, large transaction";
    // Four leaves less than a full tree: the operators' leaves are the last and lie side by side.
    push(recorder, case, PUSHED_LARGE, MANY_LEAVES - 4)
}

fn pool(recorder: &mut Recorder) -> Result<()> {
    let mut world = RewardsWorld::without_pool();
    let authority = world.authority_key();
    let ix = world.pool_open(authority.pubkey(), pool_params());
    recorder.send("pool_open", "", &mut world.staking.svm, ix, &[&authority])?;
    let funder = world.funder.authority.insecure_clone();
    let ix = world.pool_fund(funder.pubkey(), world.funder.purse, TOKEN);
    recorder.send("pool_fund", "", &mut world.staking.svm, ix, &[&funder])?;
    let ix = world.epoch_allot(0);
    recorder.send(
        "epoch_allot",
        "funded pool",
        &mut world.staking.svm,
        ix,
        &[],
    )?;
    let operator = world.operator("operator", 0);
    let ix = world.claim_open(authority.pubkey(), operator.address);
    recorder.send("claim_open", "", &mut world.staking.svm, ix, &[&authority])
}

fn minting(recorder: &mut Recorder) -> Result<()> {
    let mut world = RewardsWorld::minting_without_emission();
    let outcome = world.open_emission(emission_params());
    recorder.record("emission_open", "", outcome)?;
    let RewardsWorld { staking, sales, .. } = &mut world;
    sales.consume(&mut staking.svm, 1_000_000_000);
    sales.burn(&mut staking.svm, TOKEN);
    let ix = world.epoch_allot(0);
    recorder.send(
        "epoch_allot",
        "minting pool",
        &mut world.staking.svm,
        ix,
        &[],
    )
}

fn change(recorder: &mut Recorder) -> Result<()> {
    let mut world = RewardsWorld::minting(emission_params());
    let args = world.change_args();
    let outcome = world.propose(args.clone());
    recorder.record("pool_change_propose", "", outcome)?;
    for epoch in 0..4 {
        world.allot_at(epoch);
    }
    let ix = world.pool_change_apply();
    let svm = &mut world.staking.svm;
    recorder.send("pool_change_apply", "", svm, ix, &[])?;
    world.propose(args).map_err(|error| anyhow!("{error:?}"))?;
    let authority = world.authority_key();
    let ix = world.pool_change_cancel(authority.pubkey());
    let svm = &mut world.staking.svm;
    recorder.send("pool_change_cancel", "", svm, ix, &[&authority])
}

fn stable(recorder: &mut Recorder) -> Result<()> {
    let mut world = RewardsWorld::new();
    let outcome = world.open_stable(stable_params());
    recorder.record("pool_stable_open", "", outcome)?;
    world.release_stable(DOLLAR);
    world.allot(0);
    let payee = world.payee("operator");
    let mint = world.stable_mint;
    let owner = payee.keys.authority.pubkey();
    let payout = world.svm.put_tokens(mint, owner, 0);
    let ix = world.claim_stable_payout_set(&payee, payout);
    let signer = &payee.keys.authority;
    let svm = &mut world.staking.svm;
    recorder.send("claim_stable_payout_set", "", svm, ix, &[signer])?;
    let leaves = [(payee.keys.address, earned_stable(DOLLAR))];
    world.publish(0, &leaves, MANY_LEAVES);
    let outcome = world.claim_stable(&payee, payout, 0);
    recorder.record("reward_claim_stable", "depth 20", outcome)
}

fn held(recorder: &mut Recorder) -> Result<()> {
    let mut world = RewardsWorld::holding(1);
    let payee = world.payee("operator");
    world.allow(TOKEN);
    world.publish(0, &[(payee.keys.address, earned(TOKEN))], MANY_LEAVES);
    let outcome = world.claim(&payee, 0);
    recorder.record("reward_claim", "depth 20, in part held", outcome)?;
    world.run_to(9);
    let ix = world.held_release(&payee);
    recorder.send("held_release", "", &mut world.staking.svm, ix, &[])?;
    let slashed = LeafCounters {
        slashed: TOKEN,
        ..earned(2 * TOKEN)
    };
    world.allow(TOKEN);
    world.publish(1, &[(payee.keys.address, slashed)], MANY_LEAVES);
    recorder.record("held_slash", "depth 20", world.slash_held(&payee, 1))
}

fn delegators(recorder: &mut Recorder) -> Result<()> {
    let mut world = RewardsWorld::new();
    let payee = world.delegated_payee(TOKEN, TOKEN, 0);
    let ix = world.claim_sync(&payee);
    let svm = &mut world.staking.svm;
    recorder.send("claim_sync", "delegated operator", svm, ix, &[])?;
    world.allow(TOKEN);
    world.publish(0, &[(payee.keys.address, earned(TOKEN))], 1);
    world
        .claim(&payee, 0)
        .map_err(|error| anyhow!("{error:?}"))?;
    let ix = world.delegation_pay(&payee);
    recorder.send("delegation_pay", "tokens", &mut world.staking.svm, ix, &[])
}

fn claim(recorder: &mut Recorder) -> Result<()> {
    let mut world = RewardsWorld::new();
    let payee = world.payee("operator");
    let ix = world.claim_sync(&payee);
    recorder.send("claim_sync", "", &mut world.staking.svm, ix, &[])?;
    world.age_claim(&payee);
    let ix = world.claim_migrate(&payee);
    recorder.send("claim_migrate", "", &mut world.staking.svm, ix, &[])?;
    world.allow(TOKEN);
    world.publish(0, &[(payee.keys.address, earned(TOKEN))], MANY_LEAVES);
    recorder.record("reward_claim", "depth 20", world.claim(&payee, 0))
}

fn push(
    recorder: &mut Recorder,
    case: &'static str,
    count: usize,
    leaf_count: usize,
) -> Result<()> {
    let mut world = RewardsWorld::new();
    let payees: Vec<Payee> = (0..count)
        .map(|number| world.payee(&format!("operator {number}")))
        .collect();
    world.allow(ALLOWED);
    let leaves: Vec<_> = (1..)
        .zip(&payees)
        .map(|(tokens, payee)| (payee.keys.address, earned(tokens * TOKEN)))
        .collect();
    world.publish(0, &leaves, leaf_count);
    let all: Vec<&Payee> = payees.iter().collect();
    let ix = world.reward_push(0, &all);
    let outcome = if count == PUSHED {
        world.svm.send(&[ix], &[])
    } else {
        let payer = world.svm.funded("pusher");
        world.svm.send_large(&[ix], &payer)
    };
    recorder.record("reward_push", case, outcome)
}
