//! `service_change_apply` and `service_change_cancel`, by their specifications.

use {
    solana_signer::Signer,
    trestle_staking::{
        error::StakingError,
        event::{ServiceChangeApplied, ServiceChangeCancelled},
        state::{Service, ServiceChange, ServiceParams},
        ID,
    },
    trestle_tests::{
        proofs::Stage,
        staking::{service_params, World},
        svm::assert_refused,
        tokens::TOKEN,
    },
};

/// Every parameter other than the service has.
fn other() -> ServiceParams {
    ServiceParams {
        kind: 1,
        stake_per_gib: 2 * TOKEN,
        missing_bps: 200,
        detect_bps: 9_000,
        miss_slash_bps: 200,
        lost_slash_bps: 5_000,
        answer_deadline_ms: 6_000,
        notice_epochs: 9,
    }
}

fn propose(world: &mut World) -> ServiceChange {
    let authority = world.authority.insecure_clone();
    let ix = world.service_change_propose(authority.pubkey(), other());
    world.svm.must(&[ix], &[&authority]);
    world.svm.get(&world.service_change())
}

fn service(world: &World) -> Service {
    world.svm.get(&world.service)
}

#[test]
fn anybody_can_apply_it_from_its_due_epoch_on() {
    let mut world = World::new(&[]);
    let change = propose(&mut world);
    world.pause();
    world.reach_epoch(change.due_epoch);
    let before = world.svm.lamports(&change.payer);
    let rent = world.svm.lamports(&world.service_change());
    let ix = world.service_change_apply(change.payer);

    let sent = world.svm.must(&[ix], &[]);

    let now = service(&world);
    assert_eq!((now.params(), now.params_version), (other(), 1));
    let event = sent.event::<ServiceChangeApplied>().expect("an event");
    assert_eq!((event.params_version, event.lost_slash_bps), (1, 5_000));
    assert_eq!(world.svm.lamports(&change.payer), before + rent);
    assert!(world.svm.raw(&world.service_change()).is_none());
}

#[test]
fn one_that_waits_or_has_lapsed_is_refused() {
    let mut world = World::new(&[]);
    let change = propose(&mut world);
    world.reach_epoch(change.due_epoch - 1);
    world.svm.advance(3_599);
    let ix = world.service_change_apply(change.payer);
    let outcome = world.svm.send(std::slice::from_ref(&ix), &[]);
    assert_refused(outcome, ID, StakingError::ChangeNotDue);

    world.reach_epoch(change.due_epoch + 30);
    let outcome = world.svm.send(&[ix], &[]);
    assert_refused(outcome, ID, StakingError::ChangeLapsed);
    assert_eq!(service(&world).params(), service_params());
}

#[test]
fn commitments_that_were_ended_keep_their_last_epoch() {
    let mut stage = Stage::new();
    let keys = stage.world.operator("operator", 100 * TOKEN);
    let customer = stage.world.svm.funded("customer");
    stage
        .commit(&keys, &customer, [1; 32], 1_000)
        .expect("a commitment");
    let change = propose(&mut stage.world);
    let commitment = trestle_proofs::address::commitment_address(&keys.address, &[1; 32]).0;
    let ix = stage.commitment_end(keys.authority.pubkey(), commitment);
    stage.world.svm.must(&[ix], &[&keys.authority]);
    let last = stage.commitment_state(&commitment).ended_epoch;
    // Whoever gives notice when the change becomes known serves no epoch under it.
    assert!(last < change.due_epoch);

    stage.world.reach_epoch(change.due_epoch);
    let ix = stage.world.service_change_apply(change.payer);
    stage.world.svm.must(&[ix], &[]);

    assert_eq!(stage.commitment_state(&commitment).ended_epoch, last);
}

#[test]
fn only_the_networks_authority_can_cancel_at_any_time_until_it_is_applied() {
    let mut world = World::new(&[]);
    let change = propose(&mut world);
    world.pause();
    let guardian = world.guardian.insecure_clone();
    let ix = world.service_change_cancel(guardian.pubkey(), change.payer);
    let outcome = world.svm.send(&[ix], &[&guardian]);
    assert_refused(outcome, ID, StakingError::NotNetworkAuthority);

    world.reach_epoch(change.due_epoch + 30);
    let authority = world.authority.insecure_clone();
    let before = world.svm.lamports(&change.payer);
    let rent = world.svm.lamports(&world.service_change());
    let ix = world.service_change_cancel(authority.pubkey(), change.payer);
    let sent = world.svm.must(&[ix], &[&authority]);
    let event = sent.event::<ServiceChangeCancelled>().expect("an event");
    assert_eq!(event.due_epoch, change.due_epoch);
    let after = world.svm.lamports(&change.payer);
    assert_eq!(after + sent.fee, before + rent);
    assert_eq!(service(&world).params(), service_params());
    propose(&mut world);
}
