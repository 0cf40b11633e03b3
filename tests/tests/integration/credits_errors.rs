//! Errors of the credits program that no specification names: accounts that do not belong
//! together.

use {
    anchor_lang::Discriminator,
    bytemuck::Zeroable,
    solana_address::Address,
    solana_instruction::Instruction,
    trestle_credits::{commitment, error::CreditsError, ID},
    trestle_proofs::state::{Commitment, CommitmentStatus},
    trestle_tests::{
        credits::{CreditsWorld, Customer},
        svm::assert_refused,
    },
};

/// A world with a buyer.
fn world() -> (CreditsWorld, Customer) {
    let mut world = CreditsWorld::new();
    let buyer = world.stranger("buyer");
    (world, buyer)
}

/// Replaces an account by another.
fn with(mut ix: Instruction, wrong: Address, instead_of: Address) -> Instruction {
    for meta in &mut ix.accounts {
        if meta.pubkey == instead_of {
            meta.pubkey = wrong;
        }
    }
    ix
}

#[test]
fn a_market_at_another_address_than_its_own_is_refused() {
    let (mut world, buyer) = world();
    let twin = world.svm.fresh_address();
    let market = world.market_state();
    world.svm.put_pod(twin, ID, &market);
    let ix = with(world.credits_buy_stable(&buyer, 1, 10), twin, world.market);
    let outcome = world.svm.send(&[ix], &[&buyer.key]);
    assert_refused(outcome, ID, CreditsError::WrongAddress);
}

#[test]
fn another_mint_than_the_networks_token_is_refused() {
    let (mut world, buyer) = world();
    let ix = with(
        world.credits_buy_burn(&buyer, 1, u64::MAX),
        world.stable_mint,
        world.token_mint,
    );
    let outcome = world.svm.send(&[ix], &[&buyer.key]);
    assert_refused(outcome, ID, CreditsError::WrongMint);
}

#[test]
fn another_mint_than_the_markets_credits_is_refused() {
    let (mut world, buyer) = world();
    let ix = with(
        world.credits_buy_stable(&buyer, 1, 10),
        world.stable_mint,
        world.credit_mint,
    );
    let outcome = world.svm.send(&[ix], &[&buyer.key]);
    assert_refused(outcome, ID, CreditsError::WrongCreditMint);
}

#[test]
fn another_vault_than_the_markets_is_refused() {
    let (mut world, buyer) = world();
    let (mint, thief) = (world.stable_mint, world.svm.fresh_address());
    let vault = world.svm.put_tokens(mint, thief, 0);
    let ix = with(
        world.credits_buy_stable(&buyer, 1, 10),
        vault,
        world.revenue_vault,
    );
    let outcome = world.svm.send(&[ix], &[&buyer.key]);
    assert_refused(outcome, ID, CreditsError::WrongVault);
}

#[test]
fn the_mirror_of_a_commitment_is_the_proofs_programs_own() {
    let original = Commitment {
        version: 1,
        bump: 2,
        status: CommitmentStatus::Active as u8,
        leaf_count: 3,
        service: Address::new_from_array([4; 32]),
        operator: Address::new_from_array([5; 32]),
        customer: Address::new_from_array([6; 32]),
        root: [7; 32],
        size_bytes: 8,
        registered_epoch: 9,
        ended_epoch: 10,
        ..Commitment::zeroed()
    };
    let mirror: commitment::Commitment = bytemuck::cast(original);
    assert!(mirror.is_active());
    assert_eq!(mirror.service, original.service);
    assert_eq!(mirror.operator, original.operator);
    assert_eq!(mirror.customer, original.customer);
    assert_eq!(mirror.root, original.root);
    assert_eq!((mirror.bump, mirror.leaf_count), (2, 3));
    assert_eq!(
        (
            mirror.size_bytes,
            mirror.registered_epoch,
            mirror.ended_epoch
        ),
        (8, 9, 10)
    );
    assert_eq!(
        commitment::Commitment::DISCRIMINATOR,
        Commitment::DISCRIMINATOR
    );
}
