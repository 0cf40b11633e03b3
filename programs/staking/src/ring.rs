//! The ring of final roots, which the proofs program owns and this program reads.

use {
    crate::constants::PROOFS_ID,
    anchor_lang::{prelude::*, Discriminator, Owner},
    bytemuck::{Pod, Zeroable},
    core::ops::Deref,
    trestle_core::root::{RootRing, ROOT_RING_DISCRIMINATOR},
};

/// The account `RootRing` of the proofs program. Loading it as `Account<FinalRoots>` checks owner
/// and discriminator; which service it belongs to, the reader must check.
#[repr(transparent)]
#[derive(Clone, Copy, Pod, Zeroable)]
pub struct FinalRoots(pub RootRing);

impl Owner for FinalRoots {
    const OWNER: Address = PROOFS_ID;
}

impl Discriminator for FinalRoots {
    const DISCRIMINATOR: &'static [u8] = &ROOT_RING_DISCRIMINATOR;
}

/// Described in the interface of the program that owns it.
impl IdlAccountType for FinalRoots {}

impl Deref for FinalRoots {
    type Target = RootRing;

    fn deref(&self) -> &RootRing {
        &self.0
    }
}
