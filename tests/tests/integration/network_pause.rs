//! `network_pause`, by its specification.

use {
    solana_signer::Signer,
    trestle_staking::{error::StakingError, event::NetworkPaused, ID},
    trestle_tests::{staking::World, svm::assert_refused},
};

#[test]
fn the_guardian_or_the_authority_can_pause() {
    for by_guardian in [true, false] {
        let mut world = World::new(&[]);
        let key = if by_guardian {
            &world.guardian
        } else {
            &world.authority
        };
        let ix = world.network_pause(key.pubkey(), true);

        let sent = world.svm.must(&[ix], &[key]);

        let event = sent.event::<NetworkPaused>().expect("an event");
        assert_eq!((event.by, event.paused), (key.pubkey(), 1));
        assert_eq!(world.network().paused, 1);
    }
}

#[test]
fn nobody_else_can_pause() {
    let mut world = World::new(&[]);
    let stranger = world.svm.funded("stranger");
    let ix = world.network_pause(stranger.pubkey(), true);

    let outcome = world.svm.send(&[ix], &[&stranger]);

    assert_refused(outcome, ID, StakingError::NotGuardian);
}

#[test]
fn only_the_authority_can_resume() {
    let mut world = World::new(&[]);
    world.pause();
    let ix = world.network_pause(world.guardian.pubkey(), false);
    let outcome = world.svm.send(&[ix], &[&world.guardian]);
    assert_refused(outcome, ID, StakingError::NotNetworkAuthority);

    let ix = world.network_pause(world.authority.pubkey(), false);
    world.svm.must(&[ix], &[&world.authority]);
    assert_eq!(world.network().paused, 0);
}

#[test]
fn pausing_a_paused_network_or_resuming_a_running_one_is_refused() {
    let mut world = World::new(&[]);
    let resume = world.network_pause(world.authority.pubkey(), false);
    let outcome = world.svm.send(&[resume], &[&world.authority]);
    assert_refused(outcome, ID, StakingError::PauseUnchanged);

    world.pause();
    let pause = world.network_pause(world.guardian.pubkey(), true);
    let outcome = world.svm.send(&[pause], &[&world.guardian]);
    assert_refused(outcome, ID, StakingError::PauseUnchanged);
}
