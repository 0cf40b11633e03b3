//! `delegator_vaults_open`, by its specification.

use {
    anchor_lang::{prelude::ProgramError, programs::System, Id},
    solana_signer::Signer,
    spl_token_interface::state::Account,
    trestle_staking::{
        address::{
            delegator_stable_vault_address, delegator_vault_address, delegator_vaults_address,
        },
        error::StakingError,
        event::DelegatorVaultsOpened,
        ID,
    },
    trestle_tests::{staking::World, svm::assert_refused},
};

#[test]
fn anybody_can_open_them_once_for_a_network_and_pays_the_rent() {
    let mut world = World::new(&[]);
    let somebody = world.svm.funded("somebody");
    let before = world.svm.lamports(&somebody.pubkey());
    let ix = world.delegator_vaults_open(somebody.pubkey());

    let sent = world.svm.must(std::slice::from_ref(&ix), &[&somebody]);

    let event = sent.event::<DelegatorVaultsOpened>().expect("an event");
    assert_eq!(event.network, world.network);
    assert_eq!(event.vaults, delegator_vaults_address(&world.network).0);
    let rent: u64 = [event.vaults, event.token_vault, event.stable_vault]
        .iter()
        .map(|address| world.svm.lamports(address))
        .sum();
    assert_eq!(
        world.svm.lamports(&somebody.pubkey()),
        before - rent - sent.fee
    );
    let outcome = world.svm.send(&[ix], &[&somebody]);
    // The system program refuses to create what exists.
    assert_refused(outcome, System::id(), ProgramError::Custom(0));
}

#[test]
fn both_vaults_belong_to_the_record_which_owes_nothing_yet() {
    let mut world = World::new(&[]);
    let payer = world.authority.insecure_clone();
    let ix = world.delegator_vaults_open(payer.pubkey());

    world.svm.must(&[ix], &[&payer]);

    let vaults = world.delegator_vaults();
    assert_eq!((vaults.owed_tokens, vaults.owed_stable), (0, 0));
    let expected = [
        (
            vaults.token_vault,
            delegator_vault_address(&world.network).0,
            world.token_mint,
        ),
        (
            vaults.stable_vault,
            delegator_stable_vault_address(&world.network).0,
            world.stable_mint,
        ),
    ];
    for (vault, address, mint) in expected {
        assert_eq!(vault, address);
        let state: Account = world.svm.packed(&vault);
        assert_eq!(state.mint, mint);
        assert_eq!(state.owner, delegator_vaults_address(&world.network).0);
    }
}

#[test]
fn a_mint_that_the_network_does_not_name_is_refused() {
    let mut world = World::new(&[]);
    let payer = world.authority.insecure_clone();
    for position in [2, 3] {
        let mut ix = world.delegator_vaults_open(payer.pubkey());
        let swapped = [world.stable_mint, world.token_mint];
        ix.accounts[position].pubkey = swapped[position - 2];
        let outcome = world.svm.send(&[ix], &[&payer]);
        assert_refused(outcome, ID, StakingError::WrongMint);
    }
}

#[test]
fn a_paused_network_refuses() {
    let mut world = World::new(&[]);
    world.pause();
    let payer = world.authority.insecure_clone();
    let ix = world.delegator_vaults_open(payer.pubkey());
    let outcome = world.svm.send(&[ix], &[&payer]);
    assert_refused(outcome, ID, StakingError::NetworkPaused);
}
