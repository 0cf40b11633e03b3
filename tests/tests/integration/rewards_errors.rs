//! Errors of the rewards program that no specification names: accounts that do not belong together.

use {
    solana_instruction::Instruction,
    trestle_rewards::{error::RewardsError, ID},
    trestle_tests::{rewards::RewardsWorld, svm::assert_refused, tokens::TOKEN},
};

/// A world and a funding that is in order, up to what a test changes.
fn funding() -> (RewardsWorld, Instruction) {
    let world = RewardsWorld::new();
    let funder = solana_signer::Signer::pubkey(&world.funder.authority);
    let ix = world.pool_fund(funder, world.funder.purse, TOKEN);
    (world, ix)
}

#[track_caller]
fn refuses(mut world: RewardsWorld, ix: Instruction, error: RewardsError) {
    let funder = world.funder.authority.insecure_clone();
    let outcome = world.svm.send(&[ix], &[&funder]);
    assert_refused(outcome, ID, error);
}

#[test]
fn a_pool_at_another_address_than_its_own_is_refused() {
    let (mut world, mut ix) = funding();
    let twin = world.svm.fresh_address();
    let pool = world.pool_state();
    world.svm.put_pod(twin, ID, &pool);
    ix.accounts[3].pubkey = twin;
    refuses(world, ix, RewardsError::WrongAddress);
}

#[test]
fn the_network_of_another_pool_is_refused() {
    let (mut world, mut ix) = funding();
    let twin = world.svm.fresh_address();
    let network = world.network();
    world.svm.put_pod(twin, trestle_staking::ID, &network);
    ix.accounts[2].pubkey = twin;
    refuses(world, ix, RewardsError::WrongNetwork);
}

#[test]
fn a_vault_of_somebody_else_is_refused() {
    let (mut world, mut ix) = funding();
    let (mint, owner) = (world.token_mint, world.svm.fresh_address());
    ix.accounts[4].pubkey = world.svm.put_tokens(mint, owner, 0);
    refuses(world, ix, RewardsError::WrongVault);
}
