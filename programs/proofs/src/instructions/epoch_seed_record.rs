//! Record the challenge seed of the running epoch.
//!
//! The seed decides what is asked in the epoch. It binds the newest slot hash, which nobody knew
//! when the commitments were made, and the newest final root.
//!
//! Specification:
//! - Anybody can record the seed, once for each epoch.
//! - Only the running epoch gets one.
//! - The seed digests the newest slot hash and its slot, the newest final root, service and epoch.
//! - A cluster without a slot hash is refused.
//! - The ring keeps the last 64 seeds.
//! - It works while the network is paused.

use {
    crate::{
        clock::{current_epoch, now},
        error::ProofsError,
        event::EpochSeedRecorded,
        state::{RootRing, SeedEntry, SeedRing, State},
    },
    anchor_lang::{
        pinocchio::sysvars::slot_hashes::{fetch_into, ENTRY_SIZE, NUM_ENTRIES_SIZE},
        prelude::*,
    },
    trestle_core::hash::{epoch_seed, Hash},
    trestle_staking::state::{Network, Service},
};

#[derive(Accounts)]
pub struct EpochSeedRecord {
    /// The network: its clock counts the epochs.
    #[account(address = service.network @ ProofsError::WrongNetwork)]
    pub network: State<Network>,
    /// The service.
    #[account(constraint = service.is_at(service.address()) @ ProofsError::WrongAddress)]
    pub service: State<Service>,
    /// The service's final roots.
    #[account(
        constraint = ring.service == *service.address() @ ProofsError::WrongService,
        constraint = ring.is_at(ring.address()) @ ProofsError::WrongAddress,
    )]
    pub ring: State<RootRing>,
    /// The service's seeds: one is added.
    #[account(
        mut,
        constraint = seeds.service == *service.address() @ ProofsError::WrongService,
        constraint = seeds.is_at(seeds.address()) @ ProofsError::WrongAddress,
    )]
    pub seeds: State<SeedRing>,
}

impl EpochSeedRecord {
    fn validate(&self, epoch: u64) -> Result<()> {
        let current = current_epoch(&self.network, now()?)?;
        require!(epoch == current, ProofsError::NotCurrentEpoch);
        Ok(())
    }

    pub fn epoch_seed_record(&mut self, epoch: u64) -> Result<EpochSeedRecorded> {
        self.validate(epoch)?;
        let service = *self.service.address();
        let (slot, slot_hash) = newest_slot_hash()?;
        let latest_digest = self.ring.latest_digest();
        let seed = epoch_seed(&slot_hash, slot, &latest_digest, service.as_array(), epoch);
        self.seeds.record(&SeedEntry { epoch, slot, seed })?;
        self.seeds.invariant()?;
        Ok(EpochSeedRecorded {
            service,
            epoch,
            slot,
            seed,
        })
    }
}

/// The first entry of the cluster's slot hashes, which is the newest. Without any, the cluster
/// answers with zeros, from which everybody could have computed the seed.
fn newest_slot_hash() -> Result<(u64, Hash)> {
    let mut bytes = [0; NUM_ENTRIES_SIZE + ENTRY_SIZE];
    let count = fetch_into(&mut bytes, 0).map_err(|_| ProofsError::NoSlotHash)?;
    require!(count > 0, ProofsError::NoSlotHash);
    let (slot, hash) = bytes
        .get(NUM_ENTRIES_SIZE..)
        .and_then(|entry| entry.split_first_chunk())
        .ok_or(ProofsError::NoSlotHash)?;
    let hash = Hash::try_from(hash).map_err(|_| ProofsError::NoSlotHash)?;
    Ok((u64::from_le_bytes(*slot), hash))
}
