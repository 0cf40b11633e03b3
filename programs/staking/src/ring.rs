//! The ring of final roots, which the proofs program owns and this program reads.

use {
    crate::{constants::PROOFS_ID, versioned::Layout},
    anchor_lang::{address_eq, prelude::*, Discriminator, Owner},
    bytemuck::{Pod, Zeroable},
    core::ops::Deref,
    trestle_core::{
        root::{RootRing, ROOT_RING_DISCRIMINATOR, ROOT_RING_VERSION},
        seeds::SEED_RING,
    },
};

/// The account `RootRing` of the proofs program. Loading it as `State<FinalRoots>` checks owner,
/// discriminator and version; that it is the ring of the right service, the reader checks by
/// [`FinalRoots::is_of`].
#[repr(transparent)]
#[derive(Clone, Copy, Pod, Zeroable)]
pub struct FinalRoots(pub RootRing);

impl Owner for FinalRoots {
    const OWNER: Address = PROOFS_ID;
}

impl Discriminator for FinalRoots {
    const DISCRIMINATOR: &'static [u8] = &ROOT_RING_DISCRIMINATOR;
}

impl Layout for FinalRoots {
    const VERSION: u8 = ROOT_RING_VERSION;
}

impl FinalRoots {
    /// Whether this is the ring of `service`, at the address that the service gives.
    #[inline(never)]
    pub fn is_of(&self, service: &Address, address: &Address) -> bool {
        let seeds = [SEED_RING, service.as_ref()];
        self.0.service == *service.as_array()
            && address_eq(
                address,
                &Address::derive_address(&seeds, Some(self.0.bump), &PROOFS_ID),
            )
    }
}

/// Described in the interface of the program that owns it.
impl IdlAccountType for FinalRoots {}

impl Deref for FinalRoots {
    type Target = RootRing;

    fn deref(&self) -> &RootRing {
        &self.0
    }
}
