//! Finding a final root by its place in time, among the ones that the ring still holds.

use trestle_core::root::{FinalRoot, RootRing};

/// The final roots that the ring holds, oldest first.
fn by_age(ring: &RootRing) -> impl DoubleEndedIterator<Item = &FinalRoot> {
    let len = ring.entries.len();
    let count = usize::try_from(ring.count).unwrap_or(usize::MAX);
    (count.saturating_sub(len)..count).filter_map(move |number| ring.entries.get(number % len))
}

/// The oldest final root of this epoch or a later one.
#[inline(never)]
pub fn oldest_from(ring: &RootRing, epoch: u64) -> Option<&FinalRoot> {
    by_age(ring).find(|root| root.epoch >= epoch)
}

/// The newest final root of an epoch before this one.
pub fn newest_before(ring: &RootRing, epoch: u64) -> Option<&FinalRoot> {
    by_age(ring).rev().find(|root| root.epoch < epoch)
}

/// Whether the ring still holds every root that was ever final.
pub fn is_whole(ring: &RootRing) -> bool {
    usize::try_from(ring.count).is_ok_and(|count| count <= ring.entries.len())
}
