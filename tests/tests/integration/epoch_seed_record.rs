//! `epoch_seed_record`, by its specification.

use {
    solana_slot_hashes::SlotHashes,
    trestle_core::hash::epoch_seed,
    trestle_proofs::{constants::SEEDS_MAX, error::ProofsError, event::EpochSeedRecorded, ID},
    trestle_tests::{
        proofs::{Draft, Stage},
        svm::assert_refused,
    },
};

/// The seed that the newest slot hash gives.
fn expected_seed(stage: &mut Stage, epoch: u64) -> (u64, [u8; 32]) {
    let hashes = stage.world.svm.vm().get_sysvar::<SlotHashes>();
    let (slot, hash) = hashes.first().expect("a slot hash");
    let digest = stage.ring_state().latest_digest();
    let service = stage.world.service.to_bytes();
    let seed = epoch_seed(&hash.to_bytes(), *slot, &digest, &service, epoch);
    (*slot, seed)
}

#[test]
fn anybody_can_record_the_seed_once_for_each_epoch() {
    let mut stage = Stage::new();
    let sent = stage.record_seed().expect("a seed");
    println!(
        "epoch_seed_record: {} CU, {} bytes",
        sent.compute_units, sent.size
    );

    let outcome = stage.record_seed();

    assert_refused(outcome, ID, ProofsError::SeedExists);
    stage.next_epoch();
    stage.record_seed().expect("the seed of the next epoch");
    assert_eq!(stage.seeds_state().count, 2);
}

#[test]
fn only_the_running_epoch_gets_one() {
    let mut stage = Stage::new();
    for epoch in [0, 2, u64::MAX] {
        let ix = stage.epoch_seed_record(epoch);
        let outcome = stage.world.svm.send(&[ix], &[]);
        assert_refused(outcome, ID, ProofsError::NotCurrentEpoch);
    }
}

#[test]
fn the_seed_digests_the_newest_slot_hash_and_its_slot_the_newest_final_root_service_and_epoch() {
    let mut stage = Stage::new();
    let (slot, first) = expected_seed(&mut stage, 1);

    let sent = stage.record_seed().expect("a seed");

    assert_eq!(stage.seeds_state().find(1), Some(&first));
    let event = sent.event::<EpochSeedRecorded>().expect("an event");
    assert_eq!((event.epoch, event.slot, event.seed), (1, slot, first));

    stage.next_epoch();
    stage.settle(&Draft::honest(1, 3, 10));
    assert_ne!(stage.ring_state().latest_digest(), [0; 32]);
    let (_, second) = expected_seed(&mut stage, 2);
    stage.record_seed().expect("a seed");
    assert_eq!(stage.seeds_state().find(2), Some(&second));
    assert_ne!(first, second);
}

#[test]
fn the_ring_keeps_the_last_64_seeds() {
    let mut stage = Stage::new();
    for _ in 0..=SEEDS_MAX {
        stage.record_seed().expect("a seed");
        stage.next_epoch();
    }

    let seeds = stage.seeds_state();

    assert_eq!(seeds.count, SEEDS_MAX as u64 + 1);
    assert_eq!(seeds.find(1), None);
    assert!((2..=SEEDS_MAX as u64 + 1).all(|epoch| seeds.find(epoch).is_some()));
}

#[test]
fn it_works_while_the_network_is_paused() {
    let mut stage = Stage::new();
    stage.world.pause();

    stage.record_seed().expect("a seed");
}

#[test]
fn a_cluster_without_a_slot_hash_is_refused() {
    let mut stage = Stage::new();
    stage.world.svm.vm().set_sysvar(&SlotHashes::new(&[]));

    let outcome = stage.record_seed();

    assert_refused(outcome, ID, ProofsError::NoSlotHash);
}
