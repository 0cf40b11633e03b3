//! `network_pause`, by its specification.

use {
    solana_signer::Signer,
    trestle_core::pause::{ALL, AREAS, AREA_CREDITS, AREA_PROOFS, AREA_REWARDS, AREA_STAKING},
    trestle_credits::error::CreditsError,
    trestle_proofs::error::ProofsError,
    trestle_rewards::error::RewardsError,
    trestle_staking::{error::StakingError, event::NetworkPaused, ID},
    trestle_tests::{
        credits::CreditsWorld,
        proofs::Stage,
        rewards::RewardsWorld,
        staking::World,
        svm::{assert_refused, Outcome},
        tokens::TOKEN,
    },
};

#[test]
fn the_guardian_or_the_authority_can_pause_areas_besides_those_that_are_paused() {
    for by_guardian in [true, false] {
        let mut world = World::new(&[]);
        let key = if by_guardian {
            world.guardian.insecure_clone()
        } else {
            world.authority.insecure_clone()
        };
        let mut before = 0;
        for (area, _) in AREAS {
            let ix = world.network_pause(key.pubkey(), area, true);

            let sent = world.svm.must(&[ix], &[&key]);

            let event = sent.event::<NetworkPaused>().expect("an event");
            assert_eq!(event.by, key.pubkey());
            assert_eq!((event.before, event.after), (before, before | area));
            assert_eq!(world.network().paused, event.after);
            before = event.after;
        }
        assert_eq!(before, ALL);
    }
}

#[test]
fn nobody_else_can_pause() {
    let mut world = World::new(&[]);
    let stranger = world.svm.funded("stranger");
    let ix = world.network_pause(stranger.pubkey(), ALL, true);

    let outcome = world.svm.send(&[ix], &[&stranger]);

    assert_refused(outcome, ID, StakingError::NotGuardian);
}

#[test]
fn only_the_authority_can_resume_areas_the_others_stay_paused() {
    let mut world = World::new(&[]);
    world.pause();
    let ix = world.network_pause(world.guardian.pubkey(), AREA_REWARDS, false);
    let outcome = world.svm.send(&[ix], &[&world.guardian]);
    assert_refused(outcome, ID, StakingError::NotNetworkAuthority);

    let ix = world.network_pause(world.authority.pubkey(), AREA_REWARDS, false);
    let sent = world.svm.must(&[ix], &[&world.authority]);
    assert_eq!(world.network().paused, ALL - AREA_REWARDS);
    let event = sent.event::<NetworkPaused>().expect("an event");
    assert_eq!((event.before, event.after), (ALL, ALL - AREA_REWARDS));

    let ix = world.network_pause(world.authority.pubkey(), ALL, false);
    world.svm.must(&[ix], &[&world.authority]);
    assert_eq!(world.network().paused, 0);
}

/// Checks that what brings value in is refused exactly when its own area is paused.
#[track_caller]
fn heeds(
    own: u8,
    paused: u8,
    outcome: Outcome,
    program: &str,
    error: impl Into<anchor_lang::Error>,
) {
    if own == paused {
        assert_refused(outcome, trestle_tests::svm::program_id(program), error);
    } else {
        outcome.expect("an area that runs");
    }
}

#[test]
fn each_area_stops_its_own_program_and_no_other() {
    for (area, _) in AREAS {
        let mut world = World::new(&[]);
        let keys = world.operator("operator", TOKEN);
        world.pause_areas(area);
        let ix = world.stake_deposit(keys.address, keys.authority.pubkey(), keys.purse, TOKEN);
        let outcome = world.svm.send(&[ix], &[&keys.authority]);
        heeds(
            AREA_STAKING,
            area,
            outcome,
            "staking",
            StakingError::NetworkPaused,
        );

        let mut stage = Stage::new();
        let keys = stage.world.operator("operator", 100 * TOKEN);
        let customer = stage.world.svm.funded("customer");
        stage.world.pause_areas(area);
        let outcome = stage.commit(&keys, &customer, [1; 32], 1_000);
        heeds(
            AREA_PROOFS,
            area,
            outcome,
            "proofs",
            ProofsError::NetworkPaused,
        );

        let mut world = RewardsWorld::new();
        world.pause_areas(area);
        let funder = world.funder.authority.insecure_clone();
        let ix = world.pool_fund(funder.pubkey(), world.funder.purse, TOKEN);
        let outcome = world.svm.send(&[ix], &[&funder]);
        heeds(
            AREA_REWARDS,
            area,
            outcome,
            "rewards",
            RewardsError::NetworkPaused,
        );

        let mut world = CreditsWorld::new();
        let customer = world.customer("customer");
        world.pause_areas(area);
        let ix = world.credits_buy_stable(&customer, 1_000, u64::MAX);
        let outcome = world.svm.send(&[ix], &[&customer.key]);
        heeds(
            AREA_CREDITS,
            area,
            outcome,
            "credits",
            CreditsError::NetworkPaused,
        );
    }
}

#[test]
fn an_area_that_does_not_exist_is_refused_and_so_is_none() {
    let mut world = World::new(&[]);
    for (areas, paused) in [(0, true), (ALL + 1, true), (u8::MAX, true), (0, false)] {
        let ix = world.network_pause(world.authority.pubkey(), areas, paused);
        let outcome = world.svm.send(&[ix], &[&world.authority]);
        assert_refused(outcome, ID, StakingError::BadAreas);
    }
}

#[test]
fn pausing_what_is_paused_or_resuming_what_runs_is_refused() {
    let mut world = World::new(&[]);
    let resume = world.network_pause(world.authority.pubkey(), ALL, false);
    let outcome = world.svm.send(&[resume], &[&world.authority]);
    assert_refused(outcome, ID, StakingError::PauseUnchanged);

    world.pause_areas(AREA_STAKING | AREA_PROOFS);
    let pause = world.network_pause(world.guardian.pubkey(), AREA_PROOFS, true);
    let outcome = world.svm.send(&[pause], &[&world.guardian]);
    assert_refused(outcome, ID, StakingError::PauseUnchanged);
}
