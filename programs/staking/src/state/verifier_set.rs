//! The verifiers of a network and their bonds.

use {
    crate::{
        constants::{DISPLACEMENT_SEATS, VERIFIERS_MAX, VERSION},
        error::StakingError,
        versioned::Layout,
        ID,
    },
    anchor_lang::{address_eq, prelude::*},
    bytemuck::{Pod, Zeroable},
    core::mem::{offset_of, size_of},
    trestle_core::{
        seeds::SEED_VERIFIERS,
        slash::displacing_bond,
        units::{Bps, TokenAmount},
    },
};

/// PDA `["verifiers", network]`. The position of an entry is the verifier's number in votes.
#[account]
pub struct VerifierSet {
    /// Layout version.
    pub version: u8,
    /// Bump of this account's own address.
    pub bump: u8,
    /// Zero.
    pub _pad: [u8; 2],
    /// Entries in use.
    pub count: u32,
    /// The network it belongs to.
    pub network: Address,
    /// The verifiers. An entry is reused only after its verifier has withdrawn.
    pub entries: [VerifierEntry; VERIFIERS_MAX],
}

impl Layout for VerifierSet {
    const VERSION: u8 = VERSION;
}

/// One verifier: active (`exit_unlock_at` is zero), exiting, or a free entry (zero throughout).
#[repr(C)]
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Pod, Zeroable, IdlType)]
pub struct VerifierEntry {
    /// Key that signs its votes; zero in a free entry.
    pub authority: Address,
    /// Bond that counts as weight, in base units of the token; zero once exiting.
    pub bond: u64,
    /// Bond on its way out, which can still be slashed.
    pub exiting_bond: u64,
    /// Unix seconds from which the exiting bond can be withdrawn; zero while active.
    pub exit_unlock_at: i64,
    /// Epoch in which it was admitted.
    pub admitted_epoch: u64,
}

const _: () = assert!(size_of::<VerifierEntry>() == 64);
const _: () = assert!(size_of::<VerifierSet>() == 2_088);
const _: () = assert!(offset_of!(VerifierSet, network) == 8);
const _: () = assert!(offset_of!(VerifierSet, entries) == 40);

impl VerifierEntry {
    /// Whether nobody holds this entry.
    #[inline(always)]
    pub fn is_free(&self) -> bool {
        address_eq(&self.authority, &Address::default())
    }

    /// Whether this verifier may propose and attest.
    pub fn is_active(&self) -> bool {
        !self.is_free() && self.exit_unlock_at == 0
    }

    /// Bond and exiting bond together: all that a lost root can cost.
    pub fn slashable(&self) -> Result<u64> {
        self.bond
            .checked_add(self.exiting_bond)
            .ok_or_else(|| StakingError::InvariantViolated.into())
    }
}

/// What a slash of bonds took, and of whom.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BondsTaken {
    /// Bits of the entries that lost bond.
    pub mask: u32,
    /// Sum over them.
    pub amount: TokenAmount,
}

/// A verifier that has to leave.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Displaced {
    pub index: u32,
    pub authority: Address,
    /// What starts to unbond.
    pub bond: TokenAmount,
}

impl VerifierSet {
    /// Writes an empty set.
    pub fn create(&mut self, bump: u8, network: Address) {
        self.version = VERSION;
        self.bump = bump;
        self.network = network;
    }

    /// Whether `address` is the one that the network gives.
    #[inline(never)]
    pub fn is_at(&self, address: &Address) -> bool {
        let seeds = [SEED_VERIFIERS, self.network.as_ref()];
        address_eq(
            address,
            &Address::derive_address(&seeds, Some(self.bump), &ID),
        )
    }

    /// The number of the verifier with this key.
    pub fn find(&self, authority: &Address) -> Option<usize> {
        self.entries
            .iter()
            .position(|entry| address_eq(&entry.authority, authority))
    }

    /// Admits a verifier into the first free entry and returns its number.
    pub fn admit(&mut self, authority: Address, bond: TokenAmount, epoch: u64) -> Result<u32> {
        require!(
            self.find(&authority).is_none(),
            StakingError::VerifierExists
        );
        let (index, entry) = self
            .entries
            .iter_mut()
            .enumerate()
            .find(|(_, entry)| entry.is_free())
            .ok_or(StakingError::VerifierSetFull)?;
        *entry = VerifierEntry {
            authority,
            bond: bond.0,
            admitted_epoch: epoch,
            ..entry_free()
        };
        self.count = self
            .count
            .checked_add(1)
            .ok_or(StakingError::MathOverflow)?;
        u32::try_from(index).map_err(|_| StakingError::MathOverflow.into())
    }

    /// Adds to the bond of an active verifier and returns its number and its bond.
    pub fn add_bond(
        &mut self,
        authority: &Address,
        amount: TokenAmount,
    ) -> Result<(u32, TokenAmount)> {
        require!(amount.0 > 0, StakingError::ZeroAmount);
        let (index, entry) = self.entry_mut(authority)?;
        require!(entry.exit_unlock_at == 0, StakingError::VerifierExiting);
        entry.bond = entry
            .bond
            .checked_add(amount.0)
            .ok_or(StakingError::MathOverflow)?;
        Ok((index, TokenAmount(entry.bond)))
    }

    /// Starts the exit of a verifier and returns its number and bond.
    pub fn start_exit(
        &mut self,
        authority: &Address,
        unlock_at: i64,
    ) -> Result<(u32, TokenAmount)> {
        let (index, entry) = self.entry_mut(authority)?;
        require!(entry.exit_unlock_at == 0, StakingError::VerifierExiting);
        entry.exiting_bond = entry.bond;
        entry.bond = 0;
        entry.exit_unlock_at = unlock_at;
        Ok((index, TokenAmount(entry.exiting_bond)))
    }

    /// Has the active verifier with the smallest bond leave, for a newcomer with this one.
    pub fn displace(
        &mut self,
        bond: TokenAmount,
        margin: Bps,
        unlock_at: i64,
    ) -> Result<Displaced> {
        let smallest = self
            .entries
            .iter()
            .filter(|entry| entry.is_active())
            .min_by_key(|entry| entry.bond)
            .ok_or(StakingError::NoVerifierToDisplace)?;
        let authority = smallest.authority;
        let due = displacing_bond(TokenAmount(smallest.bond), margin);
        require!(
            due.is_some_and(|due| bond >= due),
            StakingError::BondNotLarger
        );
        let (index, bond) = self.start_exit(&authority, unlock_at)?;
        Ok(Displaced {
            index,
            authority,
            bond,
        })
    }

    /// Whether so few numbers are free that they are kept for displacement.
    pub fn is_crowded(&self) -> bool {
        let used = self.count.saturating_add(DISPLACEMENT_SEATS);
        usize::try_from(used).is_ok_and(|used| used >= VERIFIERS_MAX)
    }

    /// Frees the entry of a verifier whose bond has matured at `now`, and returns its number and
    /// what is left of the bond (nothing, if all of it was slashed).
    pub fn withdraw(&mut self, authority: &Address, now: i64) -> Result<(u32, TokenAmount)> {
        let (index, entry) = self.entry_mut(authority)?;
        require!(entry.exit_unlock_at != 0, StakingError::VerifierNotExiting);
        require!(entry.exit_unlock_at <= now, StakingError::BondLocked);
        let left = TokenAmount(entry.exiting_bond);
        *entry = entry_free();
        self.count = self
            .count
            .checked_sub(1)
            .ok_or(StakingError::InvariantViolated)?;
        Ok((index, left))
    }

    /// Takes `bps` of the bond of each verifier in `mask`, whether it is exiting or not, and
    /// returns the sum. Entries admitted after `voted_epoch` are spared: they have taken over
    /// the number of a verifier that has left, and not its votes.
    pub fn slash(&mut self, mask: u32, voted_epoch: u64, bps: Bps) -> Result<BondsTaken> {
        let mut taken = BondsTaken {
            mask: 0,
            amount: TokenAmount(0),
        };
        for (index, entry) in self.entries.iter_mut().enumerate() {
            let bit = 1u32 << index;
            if mask & bit == 0 || entry.admitted_epoch > voted_epoch {
                continue;
            }
            let share = bps.apply_floor(entry.slashable()?);
            if share == 0 {
                continue;
            }
            // Only one of the two is above zero: exiting moves the whole bond.
            let held = if entry.bond > 0 {
                &mut entry.bond
            } else {
                &mut entry.exiting_bond
            };
            *held = held
                .checked_sub(share)
                .ok_or(StakingError::InvariantViolated)?;
            taken.mask |= bit;
            taken.amount.0 = taken
                .amount
                .0
                .checked_add(share)
                .ok_or(StakingError::MathOverflow)?;
        }
        require!(taken.mask != 0, StakingError::NoBondToSlash);
        Ok(taken)
    }

    /// What holds after every instruction that changes the set.
    ///
    /// - It has this layout.
    /// - `count` entries are in use.
    /// - Nobody has both a bond and an exiting bond, and free entries have neither.
    /// - All bonds together are what the network says its bond vault owes.
    pub fn invariant(&self, total_bond: u64) -> Result<()> {
        require!(self.version == VERSION, StakingError::InvariantViolated);
        let mut used: u32 = 0;
        let mut sum: u64 = 0;
        for entry in &self.entries {
            let bond = entry.slashable()?;
            if entry.is_free() {
                require!(bond == 0, StakingError::InvariantViolated);
                continue;
            }
            require!(
                entry.bond == 0 || entry.exiting_bond == 0,
                StakingError::InvariantViolated
            );
            used = used.checked_add(1).ok_or(StakingError::InvariantViolated)?;
            sum = sum
                .checked_add(bond)
                .ok_or(StakingError::InvariantViolated)?;
        }
        require!(
            used == self.count && sum == total_bond,
            StakingError::InvariantViolated
        );
        Ok(())
    }

    fn entry_mut(&mut self, authority: &Address) -> Result<(u32, &mut VerifierEntry)> {
        let index = self.find(authority).ok_or(StakingError::NotVerifier)?;
        let entry = self
            .entries
            .get_mut(index)
            .ok_or(StakingError::NotVerifier)?;
        let index = u32::try_from(index).map_err(|_| StakingError::MathOverflow)?;
        Ok((index, entry))
    }
}

/// An entry that nobody holds.
fn entry_free() -> VerifierEntry {
    VerifierEntry::zeroed()
}
