//! Epoch arithmetic: epochs have a fixed length in seconds and start at the network's genesis.

use crate::{
    math::MathError,
    units::{Epoch, UnixSeconds},
};

/// The epoch that `now` lies in; `None` before genesis or if epochs have no length.
pub fn epoch_at(genesis: UnixSeconds, epoch_seconds: u32, now: UnixSeconds) -> Option<Epoch> {
    if now < genesis {
        return None;
    }
    now.0
        .abs_diff(genesis.0)
        .checked_div(u64::from(epoch_seconds))
        .map(Epoch)
}

/// First second of an epoch.
pub fn epoch_start(
    genesis: UnixSeconds,
    epoch_seconds: u32,
    epoch: Epoch,
) -> Result<UnixSeconds, MathError> {
    let offset = epoch
        .0
        .checked_mul(u64::from(epoch_seconds))
        .ok_or(MathError::Overflow)?;
    genesis.checked_add(offset)
}

/// First second after an epoch, which is the first second of the next one.
pub fn epoch_end(
    genesis: UnixSeconds,
    epoch_seconds: u32,
    epoch: Epoch,
) -> Result<UnixSeconds, MathError> {
    epoch_start(genesis, epoch_seconds, epoch.next()?)
}
