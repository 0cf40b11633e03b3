//! How a file is cut: segments, stripes and shards.
//!
//! A file becomes segments of equal size, the last filled up with zeros. Each segment is encrypted
//! into one chunk. `data` chunks make a stripe, to which `total - data` recovery chunks are
//! computed; shard `i` is chunk `i` of every stripe in order. So both directions work stripe by
//! stripe in constant memory, shards have equal sizes, and of a file's size an operator learns no
//! more than the number of stripes.

use serde::{Deserialize, Serialize};
use thiserror::Error;
use trestle_core::storage::SIZE_MAX_BYTES;

use crate::encoding::string;

/// Bytes that encryption adds to a segment.
pub const TAG_BYTES: usize = 16;
/// Bytes of a chunk in files that fill at least a stripe.
pub const CHUNK_BYTES_MAX: usize = 65_536;
/// Erasure coding works on multiples of this many bytes.
const CHUNK_BYTES_STEP: usize = 64;
/// Shards of one file. Each is hashed with a buffer of 2 MB, which this keeps below 64 MB in all.
pub const SHARDS_MAX: u16 = 32;
/// Shards any of which bring the file back, where the customer does not choose.
pub const DEFAULT_DATA_SHARDS: u16 = 4;
/// Shards in all, where the customer does not choose.
pub const DEFAULT_TOTAL_SHARDS: u16 = 6;
/// Segments a file can have: the cipher counts them in 32 bits.
const SEGMENTS_MAX: u64 = u32::MAX as u64;

/// Why a file cannot be cut that way.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum LayoutError {
    #[error("{data} of {total} shards is not possible; use 1 <= data < total <= {SHARDS_MAX}")]
    Shards { data: u16, total: u16 },
    #[error("its shards would be larger than 64 GiB each; use more data shards or split the file")]
    TooLarge,
    #[error("the layout in the manifest contradicts itself; the manifest is damaged")]
    Inconsistent,
}

/// The cut of one file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Layout {
    /// Shards that are enough to bring the file back.
    pub data: u16,
    /// Shards in all.
    pub total: u16,
    /// Bytes of an encrypted segment.
    pub chunk_bytes: u32,
    #[serde(with = "string")]
    pub stripes: u64,
    /// Bytes of the file.
    #[serde(with = "string")]
    pub file_bytes: u64,
}

impl Layout {
    /// Cuts a file of `file_bytes` so that any `data` of `total` shards are enough.
    pub fn for_file(file_bytes: u64, data: u16, total: u16) -> Result<Self, LayoutError> {
        if data == 0 || data >= total || total > SHARDS_MAX {
            return Err(LayoutError::Shards { data, total });
        }
        let chunk_bytes = chunk_bytes_for(file_bytes, data);
        let segment = chunk_bytes.saturating_sub(TAG_BYTES) as u64;
        let stripe = segment.saturating_mul(u64::from(data));
        let stripes = file_bytes.div_ceil(stripe).max(1);
        if stripes.saturating_mul(u64::from(data)) > SEGMENTS_MAX {
            return Err(LayoutError::TooLarge);
        }
        let layout = Self {
            data,
            total,
            chunk_bytes: u32::try_from(chunk_bytes).map_err(|_| LayoutError::TooLarge)?,
            stripes,
            file_bytes,
        };
        if layout.shard_bytes() > SIZE_MAX_BYTES {
            return Err(LayoutError::TooLarge);
        }
        Ok(layout)
    }

    /// A layout out of a manifest must be the one that its file size leads to.
    pub fn check(&self) -> Result<(), LayoutError> {
        let expected = Self::for_file(self.file_bytes, self.data, self.total)?;
        if *self == expected {
            Ok(())
        } else {
            Err(LayoutError::Inconsistent)
        }
    }

    pub fn data_shards(&self) -> usize {
        usize::from(self.data)
    }

    pub fn total_shards(&self) -> usize {
        usize::from(self.total)
    }

    pub fn recovery_shards(&self) -> usize {
        self.total_shards().saturating_sub(self.data_shards())
    }

    pub fn chunk(&self) -> usize {
        usize::try_from(self.chunk_bytes).unwrap_or(CHUNK_BYTES_MAX)
    }

    /// Bytes of the file in one segment.
    pub fn segment(&self) -> usize {
        self.chunk().saturating_sub(TAG_BYTES)
    }

    /// Bytes of the file in one stripe.
    pub fn stripe(&self) -> usize {
        self.segment().saturating_mul(self.data_shards())
    }

    pub fn segments(&self) -> u64 {
        self.stripes.saturating_mul(u64::from(self.data))
    }

    /// Bytes of each shard.
    pub fn shard_bytes(&self) -> u64 {
        self.stripes.saturating_mul(u64::from(self.chunk_bytes))
    }
}

/// A file smaller than a stripe gets chunks just large enough for one.
fn chunk_bytes_for(file_bytes: u64, data: u16) -> usize {
    let share = file_bytes.div_ceil(u64::from(data).max(1));
    let share = usize::try_from(share).unwrap_or(usize::MAX);
    share
        .max(1)
        .saturating_add(TAG_BYTES)
        .min(CHUNK_BYTES_MAX)
        .next_multiple_of(CHUNK_BYTES_STEP)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn small_files_fit_one_stripe_and_large_ones_use_full_chunks() {
        let empty = Layout::for_file(0, 4, 6).unwrap();
        assert_eq!((empty.chunk_bytes, empty.stripes), (64, 1));
        let small = Layout::for_file(300_000, 4, 6).unwrap();
        assert_eq!(small.stripes, 2);
        let large = Layout::for_file(4 << 30, 4, 6).unwrap();
        assert_eq!(large.chunk(), CHUNK_BYTES_MAX);
        assert_eq!(large.shard_bytes() % u64::from(large.chunk_bytes), 0);
    }

    #[test]
    fn impossible_shard_counts_are_refused() {
        for (data, total) in [(0, 6), (6, 6), (7, 6), (1, 33)] {
            let refused = LayoutError::Shards { data, total };
            assert_eq!(Layout::for_file(1, data, total), Err(refused));
        }
        assert_eq!(Layout::for_file(1 << 60, 4, 6), Err(LayoutError::TooLarge));
        assert_eq!(
            Layout::for_file(SIZE_MAX_BYTES, 1, 2),
            Err(LayoutError::TooLarge)
        );
        assert!(Layout::for_file(SIZE_MAX_BYTES, 2, 3).is_ok());
    }

    #[test]
    fn a_changed_layout_is_noticed() {
        let layout = Layout::for_file(1_000_000, 4, 6).unwrap();
        assert_eq!(layout.check(), Ok(()));
        let changed = Layout {
            stripes: layout.stripes + 1,
            ..layout
        };
        assert_eq!(changed.check(), Err(LayoutError::Inconsistent));
    }

    proptest! {
        #[test]
        fn stripes_hold_the_file_and_less_than_one_stripe_more(
            file_bytes in 0_u64..SIZE_MAX_BYTES / 2,
            data in 1_u16..16,
            more in 1_u16..16,
        ) {
            let layout = Layout::for_file(file_bytes, data, data + more).unwrap();
            let capacity = layout.stripes * layout.stripe() as u64;
            prop_assert!(capacity >= file_bytes);
            prop_assert!(capacity - file_bytes <= layout.stripe() as u64);
            prop_assert_eq!(layout.chunk() % CHUNK_BYTES_STEP, 0);
            prop_assert!(layout.chunk() <= CHUNK_BYTES_MAX);
        }
    }
}
