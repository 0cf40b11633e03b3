//! Maintenance that an operator declared ahead: epochs without pay and without penalty.

use crate::units::Epoch;
use bytemuck::{Pod, Zeroable};

/// Windows that an operator's account remembers.
pub const MAINTENANCE_WINDOWS_MAX: usize = 8;
/// Whole epochs between declaring a window and its first epoch, at least: a customer who cannot
/// bear it has the time to fetch the data.
pub const MAINTENANCE_LEAD_EPOCHS: u64 = 2;
/// Epochs that count as a quarter, and for which a window is remembered at least. Longer than final
/// roots are kept while every epoch has one, so that leases settle by it.
pub const MAINTENANCE_QUARTER_EPOCHS: u64 = 90;
/// Epochs of maintenance in any quarter, at most.
pub const MAINTENANCE_EPOCHS_MAX: u64 = 9;

/// Consecutive epochs. Zeroed it has none.
#[repr(C)]
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Pod, Zeroable)]
pub struct EpochRange {
    /// First epoch.
    pub first: u64,
    /// How many there are.
    pub epochs: u64,
}

impl EpochRange {
    /// The epochs from `first` to `last`, both included.
    pub const fn between(first: u64, last: u64) -> Self {
        let epochs = if first <= last {
            last.saturating_sub(first).saturating_add(1)
        } else {
            0
        };
        Self { first, epochs }
    }

    /// Whether it has no epoch.
    pub const fn is_empty(&self) -> bool {
        self.epochs == 0
    }

    /// The epoch after its last one.
    pub const fn end(&self) -> u64 {
        self.first.saturating_add(self.epochs)
    }

    /// Its last epoch, if it has one.
    pub const fn last(&self) -> u64 {
        self.end().saturating_sub(1)
    }

    /// Whether it has this epoch.
    pub const fn contains(&self, epoch: u64) -> bool {
        self.first <= epoch && epoch < self.end()
    }

    /// The epochs that it shares with another one.
    pub fn intersection(&self, other: &Self) -> Self {
        let first = self.first.max(other.first);
        let end = self.end().min(other.end());
        Self {
            first,
            epochs: end.saturating_sub(first),
        }
    }
}

/// Why a window cannot be declared.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MaintenanceError {
    /// It has no epoch.
    Empty,
    /// It begins too early.
    TooSoon,
    /// It does not come after every window that was declared before.
    OutOfOrder,
    /// A quarter would have too much of it.
    TooMuch,
    /// All places are taken by windows that still count.
    Full,
}

/// Epochs of `range` in which maintenance was declared. The windows do not overlap.
pub fn declared_epochs(windows: &[EpochRange], range: &EpochRange) -> u64 {
    windows
        .iter()
        .map(|window| window.intersection(range).epochs)
        .fold(0, u64::saturating_add)
}

/// Last epoch that may be settled together with `first`: maintenance and other epochs are settled
/// apart. At most `last`.
pub fn settled_together(windows: &[EpochRange], first: u64, last: u64) -> u64 {
    windows
        .iter()
        .filter(|window| !window.is_empty() && first < window.end())
        .map(|window| {
            if window.contains(first) {
                window.last()
            } else {
                window.first.saturating_sub(1)
            }
        })
        .fold(last, u64::min)
}

/// Whether a window can be declared beside those that are remembered, over the one in `slot`, which
/// is the oldest. Windows come in order, so that none of them overlap.
pub fn declare(
    windows: &[EpochRange; MAINTENANCE_WINDOWS_MAX],
    slot: usize,
    window: &EpochRange,
    now: Epoch,
) -> Result<(), MaintenanceError> {
    if window.is_empty() {
        return Err(MaintenanceError::Empty);
    }
    if window.first <= now.0.saturating_add(MAINTENANCE_LEAD_EPOCHS) {
        return Err(MaintenanceError::TooSoon);
    }
    let mut known = windows.iter().filter(|one| !one.is_empty());
    if known.any(|one| window.first < one.end()) {
        return Err(MaintenanceError::OutOfOrder);
    }
    // The quarter that ends with the window has the most of it that any with the window can have.
    let quarter = EpochRange {
        first: window.end().saturating_sub(MAINTENANCE_QUARTER_EPOCHS),
        epochs: MAINTENANCE_QUARTER_EPOCHS,
    };
    let declared = declared_epochs(windows, &quarter).saturating_add(window.epochs);
    if declared > MAINTENANCE_EPOCHS_MAX {
        return Err(MaintenanceError::TooMuch);
    }
    let oldest = windows.get(slot).copied().unwrap_or_default();
    let forgotten_at = oldest.end().saturating_add(MAINTENANCE_QUARTER_EPOCHS);
    if !oldest.is_empty() && now.0 < forgotten_at {
        return Err(MaintenanceError::Full);
    }
    Ok(())
}
