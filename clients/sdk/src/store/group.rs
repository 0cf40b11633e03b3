//! Storing a file by a lease group instead of a lease for each shard.

use solana_pubkey::Pubkey;

use super::{LeaseChoice, StoreContext, StoreError};
use crate::{
    fetch::{fetch, LeaseGroup},
    instruction::credits::GroupTerms,
};

/// The group that pays for a file's shards.
#[derive(Clone, Copy)]
pub(super) struct ShardGroup {
    pub(super) address: Pubkey,
    state: LeaseGroup,
}

impl ShardGroup {
    pub(super) async fn read(
        context: &StoreContext<'_>,
        address: &Pubkey,
    ) -> Result<Self, StoreError> {
        let state: LeaseGroup = fetch(context.sender.rpc, address).await?;
        if state.customer != context.customer.pubkey() || state.service != context.service {
            return Err(StoreError::ForeignGroup(*address));
        }
        Ok(Self {
            address: *address,
            state,
        })
    }

    /// What every operator that takes a shard agrees to.
    pub(super) fn terms(&self) -> GroupTerms {
        self.state.terms()
    }

    pub(super) fn lease(&self) -> LeaseChoice {
        LeaseChoice::from(&self.terms().lease)
    }

    /// Whether a member serves this commitment.
    pub(super) fn pays_for(&self, commitment: &Pubkey) -> bool {
        let mut members = self.state.members().iter();
        members.any(|member| member.commitment == *commitment)
    }

    /// Refuses if the group cannot take in so many members more.
    pub(super) fn require_places(&self, needed: usize) -> Result<(), StoreError> {
        let free = self.state.places_free();
        if needed > free {
            return Err(StoreError::GroupPlaces { needed, free });
        }
        Ok(())
    }
}
