//! Renewals that were signed and may not be on the chain yet.
//!
//! Each renewal is checked against the lease as the chain shows it, so that several that are signed
//! before the first of them lands would together bind the node for longer than it wants. What was
//! signed therefore counts until its transaction can no longer land. A restart forgets it: then one
//! more term than wanted can be signed, never more.

use crate::store::HOLD_SECONDS;
use solana_pubkey::Pubkey;
use std::{
    collections::HashMap,
    sync::{Mutex, PoisonError},
};
use thiserror::Error;

/// Leases whose renewals are remembered at most: some hundred bytes each, and more than a node is
/// asked for while one transaction can land.
const LEASES_MAX: usize = 100_000;

/// A renewal that the node is asked to sign.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Renewal {
    /// What the lease pays for.
    pub commitment: Pubkey,
    /// Last epoch that the lease pays for, as the chain shows it.
    pub end_epoch: u64,
    /// Epochs that are added.
    pub epochs: u64,
}

/// Why renewals are not signed.
#[derive(Clone, Copy, Debug, Error, PartialEq, Eq)]
pub enum RenewalError {
    /// The node would be bound for longer than it wants.
    #[error("the term ahead would be {term} epochs, {most} at most are agreed to")]
    TooLong {
        /// Epochs from now on, with all that was signed.
        term: u64,
        /// What the node wants at most.
        most: u64,
    },
    /// Nothing would be added.
    #[error("a renewal adds one epoch at least")]
    Empty,
    /// There is no room to remember one more.
    #[error("too many renewals are under way; ask again in ten minutes")]
    Full,
}

/// What the node wants, and when it is asked.
#[derive(Clone, Copy, Debug)]
pub struct RenewalBounds {
    /// The epoch that runs.
    pub epoch: u64,
    /// Epochs ahead that the node wants at most.
    pub most: u64,
    /// Unix seconds.
    pub now: i64,
}

/// What was signed of one lease, from the first renewal until none of them can land any more.
#[derive(Clone, Copy, Debug)]
struct Signed {
    /// Last epoch of the lease when the first of them was signed.
    end_epoch: u64,
    /// Epochs that all of them add.
    epochs: u64,
    /// Unix seconds at which the last of them was signed.
    last_at: i64,
}

impl Signed {
    /// The last epoch if all of them land, of a lease that ends so by now.
    fn end_at_most(&self, end_epoch: u64) -> u64 {
        end_epoch.max(self.end_epoch.saturating_add(self.epochs))
    }
}

/// Every renewal that the node signed and that may still land.
#[derive(Debug, Default)]
pub struct SignedRenewals {
    leases: Mutex<HashMap<Pubkey, Signed>>,
}

impl SignedRenewals {
    /// Counts these as signed, all or none: what the node has signed before and may still land is
    /// part of the term.
    pub fn sign(&self, asked: &[Renewal], bounds: RenewalBounds) -> Result<(), RenewalError> {
        let mut leases = self.leases.lock().unwrap_or_else(PoisonError::into_inner);
        leases.retain(|_, signed| bounds.now < signed.last_at.saturating_add(HOLD_SECONDS));
        if leases.len().saturating_add(asked.len()) > LEASES_MAX {
            return Err(RenewalError::Full);
        }
        for renewal in asked {
            check(renewal, asked, leases.get(&renewal.commitment), bounds)?;
        }
        for renewal in asked {
            let signed = leases.entry(renewal.commitment).or_insert(Signed {
                end_epoch: renewal.end_epoch,
                epochs: 0,
                last_at: bounds.now,
            });
            signed.epochs = signed.epochs.saturating_add(renewal.epochs);
            signed.last_at = bounds.now;
        }
        Ok(())
    }
}

/// Checks a renewal together with the others of the same lease that are asked with it.
fn check(
    renewal: &Renewal,
    asked: &[Renewal],
    signed: Option<&Signed>,
    bounds: RenewalBounds,
) -> Result<(), RenewalError> {
    if renewal.epochs == 0 {
        return Err(RenewalError::Empty);
    }
    let end = signed.map_or(renewal.end_epoch, |signed| {
        signed.end_at_most(renewal.end_epoch)
    });
    let ahead = end.saturating_sub(bounds.epoch);
    let same = asked
        .iter()
        .filter(|other| other.commitment == renewal.commitment);
    let term = same.fold(ahead, |sum, other| sum.saturating_add(other.epochs));
    if term > bounds.most {
        let most = bounds.most;
        return Err(RenewalError::TooLong { term, most });
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const COMMITMENT: Pubkey = Pubkey::new_from_array([1; 32]);

    fn bounds(now: i64) -> RenewalBounds {
        RenewalBounds {
            epoch: 100,
            most: 50,
            now,
        }
    }

    fn renewal(end_epoch: u64, epochs: u64) -> Renewal {
        Renewal {
            commitment: COMMITMENT,
            end_epoch,
            epochs,
        }
    }

    #[test]
    fn what_was_signed_counts_until_none_of_it_can_land_any_more() {
        let book = SignedRenewals::default();
        book.sign(&[renewal(120, 20)], bounds(0)).unwrap();
        let second = [renewal(120, 20)];
        let refused = RenewalError::TooLong { term: 60, most: 50 };
        assert_eq!(book.sign(&second, bounds(1)), Err(refused));
        let before = HOLD_SECONDS - 1;
        assert_eq!(book.sign(&second, bounds(before)), Err(refused));
        book.sign(&[renewal(120, 10)], bounds(before)).unwrap();
        let later = before + HOLD_SECONDS;
        assert!(book.sign(&[renewal(120, 1)], bounds(later - 1)).is_err());
        book.sign(&[renewal(120, 30)], bounds(later)).unwrap();
    }

    #[test]
    fn what_has_landed_counts_once() {
        let book = SignedRenewals::default();
        book.sign(&[renewal(120, 20)], bounds(0)).unwrap();
        book.sign(&[renewal(140, 10)], bounds(1)).unwrap();
        assert!(book.sign(&[renewal(140, 1)], bounds(2)).is_err());
        assert!(book.sign(&[renewal(150, 1)], bounds(3)).is_err());
    }

    #[test]
    fn all_or_none_is_signed() {
        let book = SignedRenewals::default();
        let other = Renewal {
            commitment: Pubkey::new_from_array([2; 32]),
            ..renewal(120, 30)
        };
        for wrong in [renewal(120, 31), renewal(120, 0)] {
            assert!(book.sign(&[other, wrong], bounds(0)).is_err());
        }
        book.sign(&[other, renewal(120, 30)], bounds(0)).unwrap();
    }

    proptest! {
        /// In whatever order they are signed and land, the lease never ends later than wanted.
        #[test]
        fn no_lease_gets_longer_than_wanted(
            steps in prop::collection::vec((1_u64..30, 0_usize..4, any::<bool>()), 1..60),
        ) {
            let book = SignedRenewals::default();
            let (mut end, mut waiting) = (110_u64, Vec::new());
            for (now, (epochs, place, lands)) in steps.into_iter().enumerate() {
                let now = i64::try_from(now).unwrap();
                if book.sign(&[renewal(end, epochs)], bounds(now)).is_ok() {
                    waiting.push(epochs);
                }
                if lands && place < waiting.len() {
                    end += waiting.remove(place);
                }
                prop_assert!(end + waiting.iter().sum::<u64>() <= 100 + 50);
            }
        }
    }
}
