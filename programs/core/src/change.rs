//! When a proposed change of parameters takes effect.

use crate::units::Epoch;

/// Whole epochs between proposing a change and applying it, at least: whoever dislikes what is
/// coming has the time to leave.
pub const CHANGE_DELAY_EPOCHS: u64 = 2;
/// Epochs after which a change that nobody applied lapses: a forgotten one must not surprise later.
pub const CHANGE_LAPSE_EPOCHS: u64 = 30;

/// Where a proposed change stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ChangeState {
    /// Its delay has not passed.
    Waiting,
    /// It can be applied.
    Due,
    /// It can only be cancelled.
    Lapsed,
}

/// First epoch in which a change proposed in `epoch` can be applied. The running epoch does not
/// count, so that the delay is never shorter than its number of whole epochs.
pub const fn due_epoch(epoch: Epoch) -> Epoch {
    Epoch(
        epoch
            .0
            .saturating_add(CHANGE_DELAY_EPOCHS)
            .saturating_add(1),
    )
}

/// First epoch of a change that must also wait for `more` whole epochs of something under way.
pub const fn due_epoch_after(epoch: Epoch, more: u64) -> Epoch {
    Epoch(due_epoch(epoch).0.saturating_add(more))
}

/// Whole epochs that last at least as long as `seconds`; `None` if epochs have no length.
pub const fn epochs_covering(seconds: u32, epoch_seconds: u32) -> Option<u64> {
    match seconds.checked_rem(epoch_seconds) {
        None => None,
        Some(rest) => match seconds.checked_div(epoch_seconds) {
            None => None,
            Some(whole) => Some((whole as u64).saturating_add((rest > 0) as u64)),
        },
    }
}

/// Where a change that is due from `due` on stands in `now`.
pub const fn change_state(due: Epoch, now: Epoch) -> ChangeState {
    if now.0 < due.0 {
        ChangeState::Waiting
    } else if now.0.saturating_sub(due.0) < CHANGE_LAPSE_EPOCHS {
        ChangeState::Due
    } else {
        ChangeState::Lapsed
    }
}
