//! How the services of a network share an emission.

use super::Emission;
use crate::math::{split_largest_remainder, MathError};

/// What each service gets: what revenue earned by each one's revenue, base and re-emission by the
/// weights that the network's authority gave. Both splits are by largest remainder, so that a
/// service gets its exact share to within a base unit of each.
///
/// Base must not follow revenue: a credit spent on one's own service would then earn what nobody
/// else's revenue claims, whatever `rho` is. For the same reason what has no weight to go by is
/// granted to nobody instead of following the revenue.
pub fn service_shares<const N: usize>(
    emission: &Emission,
    weights: &[u64; N],
    revenue: &[u64; N],
) -> Result<[u64; N], MathError> {
    let earned = emission.earned();
    let rest = emission
        .granted
        .checked_sub(earned)
        .ok_or(MathError::Overflow)?;
    let mut shares = [0; N];
    split_largest_remainder(earned, revenue, &mut shares)?;
    let mut by_weight = [0; N];
    split_largest_remainder(rest, weights, &mut by_weight)?;
    for (share, more) in shares.iter_mut().zip(by_weight) {
        *share = share.checked_add(more).ok_or(MathError::Overflow)?;
    }
    Ok(shares)
}
