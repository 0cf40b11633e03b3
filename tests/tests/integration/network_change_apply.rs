//! `network_change_apply`, by its specification.

use {
    solana_signer::Signer,
    trestle_core::pause::ALL,
    trestle_staking::{
        error::StakingError,
        event::NetworkChangeApplied,
        state::{NetworkChange, NetworkParams},
        ID,
    },
    trestle_tests::{
        proofs::{Draft, Stage, WINDOW_SECONDS},
        staking::{network_params, World, BOND_MIN},
        svm::{assert_refused, key},
        tokens::TOKEN,
    },
};

/// Every parameter other than the network has.
fn other() -> NetworkParams {
    NetworkParams {
        guardian: key("other guardian").pubkey(),
        epoch_seconds: 3_600,
        challenge_window_seconds: 60,
        unbonding_seconds: 2 * 86_400,
        verifier_bond_min: 2 * BOND_MIN,
        bond_slash_bps: 10_000,
        burn_bps: 1_000,
        insurance_bps: 2_000,
        challenger_bps: 7_000,
        displacement_margin_bps: 1_000,
    }
}

fn propose(world: &mut World, params: NetworkParams) -> NetworkChange {
    let authority = world.authority.insecure_clone();
    let ix = world.network_change_propose(authority.pubkey(), params);
    world.svm.must(&[ix], &[&authority]);
    world.svm.get(&world.network_change())
}

#[test]
fn anybody_can_apply_it_from_its_due_epoch_on() {
    let mut world = World::new(&[]);
    let change = propose(&mut world, other());
    world.reach_epoch(change.due_epoch);
    let ix = world.network_change_apply(change.payer);

    world.svm.must(&[ix], &[]);

    assert_eq!(world.network().params(), other());
}

#[test]
fn one_that_waits_or_has_lapsed_is_refused() {
    let mut world = World::new(&[]);
    let change = propose(&mut world, other());
    world.reach_epoch(change.due_epoch - 1);
    world.svm.advance(3_599);
    let ix = world.network_change_apply(change.payer);
    let outcome = world.svm.send(std::slice::from_ref(&ix), &[]);
    assert_refused(outcome, ID, StakingError::ChangeNotDue);

    world.reach_epoch(change.due_epoch + 30);
    let outcome = world.svm.send(&[ix], &[]);
    assert_refused(outcome, ID, StakingError::ChangeLapsed);
    assert_eq!(world.network().params(), network_params());
}

#[test]
fn all_parameters_are_replaced_and_the_version_of_the_parameters_counts_one_more() {
    let mut world = World::new(&[]);
    let before = world.network();
    let change = propose(&mut world, other());
    world.reach_epoch(change.due_epoch);
    let ix = world.network_change_apply(change.payer);

    let sent = world.svm.must(&[ix], &[]);

    let network = world.network();
    assert_eq!((network.params(), network.params_version), (other(), 1));
    assert_eq!(
        (network.genesis, network.epoch_seconds, network.token_mint),
        (before.genesis, before.epoch_seconds, before.token_mint)
    );
    let event = sent.event::<NetworkChangeApplied>().expect("an event");
    assert_eq!((event.params_version, event.epoch), (1, change.due_epoch));
    assert_eq!(event.guardian, other().guardian);
    assert_eq!(event.challenger_bps, 7_000);

    world.change_network(network_params());
    assert_eq!(world.network().params_version, 2);
}

#[test]
fn the_new_guardian_can_pause_and_the_former_cannot() {
    let mut world = World::new(&[]);
    world.change_network(other());
    let former = world.guardian.insecure_clone();
    let ix = world.network_pause(former.pubkey(), ALL, true);
    let outcome = world.svm.send(&[ix], &[&former]);
    assert_refused(outcome, ID, StakingError::NotGuardian);

    let guardian = world.svm.funded("other guardian");
    let ix = world.network_pause(guardian.pubkey(), ALL, true);
    world.svm.must(&[ix], &[&guardian]);
}

#[test]
fn stake_and_bonds_that_unbond_already_keep_their_unlock_time() {
    let mut world = World::new(&[]);
    let keys = world.operator("operator", 9 * TOKEN);
    let verifier = world.verifier("verifier", BOND_MIN);
    let change = propose(&mut world, other());
    world.reach_epoch(change.due_epoch - 1);
    let unbond = world.stake_unbond(&keys, TOKEN);
    let exit = world.verifier_exit(verifier.key.pubkey());
    world.svm.must(&[unbond], &[&keys.authority]);
    world.svm.must(&[exit], &[&verifier.key]);
    let unlock_at = world.svm.now() + 86_400;

    world.apply_network_change();

    assert_eq!(world.operator_state(&keys).tickets[0].unlock_at, unlock_at);
    assert_eq!(world.verifier_set().entries[0].exit_unlock_at, unlock_at);
    world.svm.set_time(unlock_at);
    let withdraw = world.stake_withdraw(&keys, keys.purse);
    world.svm.must(&[withdraw], &[&keys.authority]);
    let withdraw = world.verifier_withdraw(verifier.key.pubkey(), verifier.purse);
    world.svm.must(&[withdraw], &[&verifier.key]);

    let unbond = world.stake_unbond(&keys, TOKEN);
    world.svm.must(&[unbond], &[&keys.authority]);
    let later = world.svm.now() + 2 * 86_400;
    assert_eq!(world.operator_state(&keys).tickets[0].unlock_at, later);
}

#[test]
fn a_vote_that_was_cast_before_the_change_was_known_is_settled_under_the_old_terms() {
    let mut stage = Stage::new();
    let proposal = {
        stage
            .propose(0, Draft::honest(0, 3, 10).root)
            .expect("a proposal");
        stage.proposal(0, 0)
    };
    let change = propose(&mut stage.world, other());
    // The last moment of attesting, and then the whole window.
    stage.world.svm.advance(3_600);
    stage.attest(1, proposal).expect("an attestation");
    stage.attest(2, proposal).expect("an attestation");
    stage.world.svm.advance(WINDOW_SECONDS);
    let apply = stage.world.network_change_apply(change.payer);

    let outcome = stage.world.svm.send(&[apply], &[]);

    assert_refused(outcome, ID, StakingError::ChangeNotDue);
    stage.finalize(proposal).expect("a final root");
}

#[test]
fn the_change_closes_and_its_rent_goes_back_to_who_paid_it() {
    let mut world = World::new(&[]);
    let change = propose(&mut world, other());
    let rent = world.svm.lamports(&world.network_change());
    world.reach_epoch(change.due_epoch);
    let stranger = world.svm.funded("stranger").pubkey();
    let ix = world.network_change_apply(stranger);
    let outcome = world.svm.send(&[ix], &[]);
    assert_refused(outcome, ID, StakingError::WrongRecipient);

    let before = world.svm.lamports(&change.payer);
    let ix = world.network_change_apply(change.payer);
    world.svm.must(&[ix], &[]);

    assert_eq!(world.svm.lamports(&change.payer), before + rent);
    assert!(world.svm.raw(&world.network_change()).is_none());
}

#[test]
fn the_change_of_another_account_is_refused() {
    let mut world = World::new(&[]);
    let change = propose(&mut world, other());
    world.reach_epoch(change.due_epoch);
    let address = world.network_change();
    let stranger = world.svm.fresh_address();
    world
        .svm
        .edit::<NetworkChange>(&address, |change| change.network = stranger);
    let ix = world.network_change_apply(change.payer);

    let outcome = world.svm.send(&[ix], &[]);

    assert_refused(outcome, ID, StakingError::WrongChange);
}

#[test]
fn it_works_while_the_network_is_paused() {
    let mut world = World::new(&[]);
    propose(&mut world, other());
    world.pause();
    world.apply_network_change();
}
