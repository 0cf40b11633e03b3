//! `network_change_cancel`, by its specification.

use {
    solana_signer::Signer,
    trestle_staking::{
        error::StakingError,
        event::NetworkChangeCancelled,
        state::{NetworkChange, NetworkParams},
        ID,
    },
    trestle_tests::{
        staking::{network_params, World},
        svm::assert_refused,
    },
};

fn propose(world: &mut World) -> NetworkChange {
    let authority = world.authority.insecure_clone();
    let params = NetworkParams {
        bond_slash_bps: 1,
        ..network_params()
    };
    let ix = world.network_change_propose(authority.pubkey(), params);
    world.svm.must(&[ix], &[&authority]);
    world.svm.get(&world.network_change())
}

#[test]
fn only_the_networks_authority_can_cancel_at_any_time_until_it_is_applied() {
    let mut world = World::new(&[]);
    let change = propose(&mut world);
    let guardian = world.guardian.insecure_clone();
    let ix = world.network_change_cancel(guardian.pubkey(), change.payer);
    let outcome = world.svm.send(&[ix], &[&guardian]);
    assert_refused(outcome, ID, StakingError::NotNetworkAuthority);

    world.reach_epoch(change.due_epoch + 1);
    let authority = world.authority.insecure_clone();
    let ix = world.network_change_cancel(authority.pubkey(), change.payer);
    let sent = world.svm.must(&[ix], &[&authority]);
    let event = sent.event::<NetworkChangeCancelled>().expect("an event");
    assert_eq!(event.due_epoch, change.due_epoch);
}

#[test]
fn one_that_has_lapsed_can_only_be_cancelled_and_another_can_be_proposed_then() {
    let mut world = World::new(&[]);
    let change = propose(&mut world);
    world.reach_epoch(change.due_epoch + 30);
    let apply = world.network_change_apply(change.payer);
    let outcome = world.svm.send(&[apply], &[]);
    assert_refused(outcome, ID, StakingError::ChangeLapsed);

    let authority = world.authority.insecure_clone();
    let ix = world.network_change_cancel(authority.pubkey(), change.payer);
    world.svm.must(&[ix], &[&authority]);
    let next = propose(&mut world);
    assert!(next.due_epoch > change.due_epoch);
}

#[test]
fn the_network_stays_as_it_is_the_rent_goes_back_to_who_paid_it() {
    let mut world = World::new(&[]);
    let change = propose(&mut world);
    let rent = world.svm.lamports(&world.network_change());
    // The authority hands over in between: the former one paid.
    let (former, successor) = (
        world.authority.insecure_clone(),
        world.svm.funded("successor"),
    );
    let hand_over = world.authority_propose(former.pubkey(), successor.pubkey());
    world.svm.must(&[hand_over], &[&former]);
    let accept = world.authority_accept(successor.pubkey());
    world.svm.must(&[accept], &[&successor]);
    let before = world.svm.lamports(&former.pubkey());
    let ix = world.network_change_cancel(successor.pubkey(), successor.pubkey());
    let outcome = world.svm.send(&[ix], &[&successor]);
    assert_refused(outcome, ID, StakingError::WrongRecipient);

    let ix = world.network_change_cancel(successor.pubkey(), change.payer);
    world.svm.must(&[ix], &[&successor]);

    assert_eq!(world.svm.lamports(&former.pubkey()), before + rent);
    assert!(world.svm.raw(&world.network_change()).is_none());
    let network = world.network();
    assert_eq!(
        (network.params(), network.params_version),
        (network_params(), 0)
    );
}

#[test]
fn it_works_while_the_network_is_paused() {
    let mut world = World::new(&[]);
    let change = propose(&mut world);
    world.pause();
    let authority = world.authority.insecure_clone();
    let ix = world.network_change_cancel(authority.pubkey(), change.payer);
    world.svm.must(&[ix], &[&authority]);
}
