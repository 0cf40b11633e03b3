//! What the accounts of an instruction must say about each other, with the exact error of each.

use {
    bytemuck::Pod,
    solana_address::Address,
    solana_instruction::Instruction,
    solana_signer::Signer,
    trestle_core::pool::{PoolState, POOL_ACCOUNT_LEN},
    trestle_proofs::{
        address::{commitment_address, dispute_address, dispute_vault_address, pool_address},
        error::ProofsError,
        state::{Proposal, ProposedRoot, RootRing},
        ID,
    },
    trestle_staking::state::{Network, Operator, Service, VerifierSet},
    trestle_tests::{
        proofs::{Draft, Stage, WINDOW_SECONDS},
        staking::BOND_MIN,
        svm::{assert_refused, program_id},
        tokens::TOKEN,
    },
};

/// A copy of an account at another address, changed.
fn copy_of<T: Pod + anchor_lang::Discriminator>(
    stage: &mut Stage,
    address: Address,
    change: impl FnOnce(&mut T),
) -> Address {
    let svm = &mut stage.world.svm;
    let original = svm.raw(&address).expect("an account");
    let copy = svm.fresh_address();
    svm.put(copy, original.owner, original.data);
    svm.edit(&copy, change);
    copy
}

/// The instruction with one account replaced by another.
fn with(ix: &Instruction, account: Address, other: Address) -> Instruction {
    let mut ix = ix.clone();
    let meta = ix.accounts.iter_mut().find(|meta| meta.pubkey == account);
    meta.expect("the account").pubkey = other;
    ix
}

fn root(epoch: u64) -> ProposedRoot {
    Draft::honest(epoch, 3, 10).root
}

#[test]
fn the_network_must_be_that_of_the_service() {
    let mut stage = Stage::new();
    let network = stage.world.network;
    let other = copy_of(&mut stage, network, |_: &mut Network| ());
    let seed = with(&stage.epoch_seed_record(1), network, other);
    let outcome = stage.world.svm.send(&[seed], &[]);
    assert_refused(outcome, ID, ProofsError::WrongNetwork);

    let key = stage.verifier(0);
    let propose = with(&stage.epoch_propose(key.pubkey(), root(0)), network, other);
    let outcome = stage.world.svm.send(&[propose], &[&key]);
    assert_refused(outcome, ID, ProofsError::WrongNetwork);
}

#[test]
fn the_service_must_stand_at_its_own_address() {
    let mut stage = Stage::new();
    let service = stage.world.service;
    let other = copy_of(&mut stage, service, |_: &mut Service| ());
    let seed = with(&stage.epoch_seed_record(1), service, other);
    let outcome = stage.world.svm.send(&[seed], &[]);
    assert_refused(outcome, ID, ProofsError::WrongAddress);
}

#[test]
fn the_verifier_set_must_be_that_of_the_network_at_its_own_address() {
    let mut stage = Stage::new();
    let (verifiers, other_network) = (stage.world.verifiers, stage.world.service);
    let foreign = copy_of(&mut stage, verifiers, |set: &mut VerifierSet| {
        set.network = other_network;
    });
    let twin = copy_of(&mut stage, verifiers, |_: &mut VerifierSet| ());
    let key = stage.verifier(0);
    let ix = stage.epoch_propose(key.pubkey(), root(0));
    for (set, error) in [
        (foreign, ProofsError::WrongVerifierSet),
        (twin, ProofsError::WrongAddress),
    ] {
        let outcome = stage.world.svm.send(&[with(&ix, verifiers, set)], &[&key]);
        assert_refused(outcome, ID, error);
    }
}

#[test]
fn the_ring_must_be_that_of_the_proposals_service_at_its_own_address() {
    let mut stage = Stage::new();
    let proposal = stage.agree(&Draft::honest(0, 3, 10));
    stage.world.svm.advance(WINDOW_SECONDS);
    let (ring, other_service) = (stage.ring, stage.world.network);
    let foreign = copy_of(&mut stage, ring, |ring: &mut RootRing| {
        ring.service = other_service;
    });
    let twin = copy_of(&mut stage, ring, |_: &mut RootRing| ());
    let ix = stage.epoch_finalize(proposal);
    for (other, error) in [
        (foreign, ProofsError::WrongService),
        (twin, ProofsError::WrongAddress),
    ] {
        let outcome = stage.world.svm.send(&[with(&ix, ring, other)], &[]);
        assert_refused(outcome, ID, error);
    }
}

#[test]
fn the_round_must_be_that_of_the_proposals_epoch() {
    let mut stage = Stage::new();
    stage.next_epoch();
    stage.propose(0, root(0)).expect("a proposal");
    stage.propose(0, root(1)).expect("a proposal");
    let proposal = stage.proposal(0, 0);
    let key = stage.verifier(1);
    let digest = stage.proposal_state(&proposal).digest;
    let ix = stage.epoch_attest(key.pubkey(), proposal, digest);

    let mixed = with(&ix, stage.round(0), stage.round(1));
    let outcome = stage.world.svm.send(&[mixed], &[&key]);

    assert_refused(outcome, ID, ProofsError::WrongEpoch);
}

#[test]
fn the_operator_must_be_that_of_the_commitment() {
    let mut stage = Stage::new();
    let operator = stage.world.operator("operator", 100 * TOKEN);
    let other = stage.world.operator("other", 100 * TOKEN);
    let customer = stage.world.svm.funded("customer");
    let data = [1; 32];
    stage
        .commit(&operator, &customer, data, 1_000)
        .expect("a commitment");
    let commitment = commitment_address(&operator.address, &data).0;
    // The authority of one operator cannot end the commitment of another.
    let thief = &other.authority;
    let ix = stage.commitment_end(thief.pubkey(), commitment);
    let ix = with(&ix, operator.address, other.address);

    let outcome = stage.world.svm.send(&[ix], &[thief]);

    assert_refused(outcome, ID, ProofsError::WrongOperator);
}

#[test]
fn an_operator_must_stand_at_its_own_address() {
    let mut stage = Stage::new();
    let operator = stage.world.operator("operator", 100 * TOKEN);
    let customer = stage.world.svm.funded("customer");
    let rich = copy_of(&mut stage, operator.address, |state: &mut Operator| {
        state.capacity_gib = 1;
    });
    let ix = stage.commitment_register(
        customer.pubkey(),
        operator.node.pubkey(),
        rich,
        [1; 32],
        1_000,
    );

    let signers = [&customer, &operator.node];
    let outcome = stage.world.svm.send(&[ix], &signers);

    assert_refused(outcome, ID, ProofsError::WrongAddress);
}

#[test]
fn a_stake_that_passes_64_bits_is_refused() {
    let mut stage = Stage::new();
    let operator = stage.world.operator("operator", 100 * TOKEN);
    let customer = stage.world.svm.funded("customer");
    let service = stage.world.service;
    stage.world.svm.edit(&service, |service: &mut Service| {
        service.stake_per_gib = u64::MAX;
    });

    let outcome = stage.commit(&operator, &customer, [1; 32], 2 << 30);

    assert_refused(outcome, ID, ProofsError::MathOverflow);
}

#[test]
fn a_pool_that_is_no_pool_is_refused() {
    let mut stage = Stage::new();
    let pool = pool_address(&stage.world.service).0;
    for bytes in [vec![], vec![0; POOL_ACCOUNT_LEN], vec![7; 100]] {
        stage.world.svm.put(pool, program_id("rewards"), bytes);
        let outcome = stage.propose(0, root(0));
        assert_refused(outcome, ID, ProofsError::InvariantViolated);
    }
    // One that says that it belongs to another service.
    stage.put_pool(&[]);
    let mut account = stage.world.svm.raw(&pool).expect("a pool");
    let service_at = 8 + std::mem::offset_of!(PoolState, service);
    account.data[service_at] ^= 1;
    stage.world.svm.put(pool, account.owner, account.data);
    let outcome = stage.propose(0, root(0));
    assert_refused(outcome, ID, ProofsError::WrongService);
}

#[test]
fn a_dispute_is_resolved_with_its_own_proposal_and_the_networks_vaults() {
    let (mut stage, proposal) = Stage::signed(&[BOND_MIN; 3]);
    stage.dispute(proposal).expect("a dispute");
    let resolve = stage.dispute_resolve(proposal);
    let other = copy_of(&mut stage, proposal, |_: &mut Proposal| ());
    let outcome = stage
        .world
        .svm
        .send(&[with(&resolve, proposal, other)], &[]);
    assert_refused(outcome, ID, ProofsError::WrongDispute);

    let (dispute, _) = dispute_address(&proposal);
    for vault in [
        dispute_vault_address(&dispute).0,
        stage.world.bond_vault,
        stage.world.insurance_vault,
    ] {
        let state = stage.world.svm.raw(&vault).expect("a vault");
        let other = stage.world.svm.fresh_address();
        stage.world.svm.put(other, state.owner, state.data);
        let outcome = stage.world.svm.send(&[with(&resolve, vault, other)], &[]);
        assert_refused(outcome, ID, ProofsError::WrongVault);
    }
}
