//! Reed-Solomon over the chunks of one stripe.

use reed_solomon_simd::{ReedSolomonDecoder, ReedSolomonEncoder};
use thiserror::Error;

use super::Layout;

/// Why a stripe could not be coded.
#[derive(Debug, Clone, PartialEq, Error)]
pub enum ErasureError {
    #[error("erasure coding failed: {0}")]
    Coding(#[from] reed_solomon_simd::Error),
    #[error("only {found} of {needed} shards are there")]
    TooFew { found: usize, needed: usize },
}

/// The recovery chunks of a stripe, given its data chunks.
pub fn recovery_chunks(layout: &Layout, data: &[Vec<u8>]) -> Result<Vec<Vec<u8>>, ErasureError> {
    let mut encoder = ReedSolomonEncoder::new(
        layout.data_shards(),
        layout.recovery_shards(),
        layout.chunk(),
    )?;
    for chunk in data {
        encoder.add_original_shard(chunk)?;
    }
    let coded = encoder.encode()?;
    Ok(coded.recovery_iter().map(<[u8]>::to_vec).collect())
}

/// The data chunks of a stripe, given any `data` of its chunks. `chunks[i]` is chunk `i` where it
/// is there.
pub fn data_chunks(
    layout: &Layout,
    mut chunks: Vec<Option<Vec<u8>>>,
) -> Result<Vec<Vec<u8>>, ErasureError> {
    let needed = layout.data_shards();
    let found = chunks.iter().flatten().count();
    if found < needed {
        return Err(ErasureError::TooFew { found, needed });
    }
    let recovery = chunks.split_off(needed.min(chunks.len()));
    if chunks.iter().all(Option::is_some) {
        return Ok(chunks.into_iter().flatten().collect());
    }
    let mut decoder = ReedSolomonDecoder::new(needed, layout.recovery_shards(), layout.chunk())?;
    for (index, chunk) in present(&chunks) {
        decoder.add_original_shard(index, chunk)?;
    }
    for (index, chunk) in present(&recovery) {
        decoder.add_recovery_shard(index, chunk)?;
    }
    let restored = decoder.decode()?;
    for (index, chunk) in restored.restored_original_iter() {
        if let Some(place) = chunks.get_mut(index) {
            *place = Some(chunk.to_vec());
        }
    }
    Ok(chunks.into_iter().flatten().collect())
}

fn present(chunks: &[Option<Vec<u8>>]) -> impl Iterator<Item = (usize, &Vec<u8>)> {
    let numbered = chunks.iter().enumerate();
    numbered.filter_map(|(index, chunk)| chunk.as_ref().map(|chunk| (index, chunk)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn stripe(layout: &Layout, seed: u8) -> Vec<Vec<u8>> {
        let byte = |chunk: usize, position: usize| {
            (chunk * 31 + position * 7 + usize::from(seed)).to_le_bytes()[0]
        };
        (0..layout.data_shards())
            .map(|chunk| (0..layout.chunk()).map(|at| byte(chunk, at)).collect())
            .collect()
    }

    proptest! {
        #[test]
        fn any_k_of_n_chunks_bring_the_stripe_back(
            data in 1_u16..8,
            more in 1_u16..6,
            file_bytes in 0_u64..5_000,
            seed: u8,
            order in Just((0_usize..14).collect::<Vec<_>>()).prop_shuffle(),
        ) {
            let layout = Layout::for_file(file_bytes, data, data + more).unwrap();
            let original = stripe(&layout, seed);
            let recovery = recovery_chunks(&layout, &original).unwrap();
            let all: Vec<Vec<u8>> = original.iter().chain(&recovery).cloned().collect();
            let kept: Vec<usize> = order
                .into_iter()
                .filter(|index| *index < all.len())
                .take(layout.data_shards())
                .collect();
            let chunks = all
                .into_iter()
                .enumerate()
                .map(|(index, chunk)| kept.contains(&index).then_some(chunk))
                .collect();
            prop_assert_eq!(data_chunks(&layout, chunks).unwrap(), original);
        }
    }

    #[test]
    fn fewer_than_k_chunks_are_not_enough() {
        let layout = Layout::for_file(1_000, 4, 6).unwrap();
        let original = stripe(&layout, 1);
        let mut chunks: Vec<Option<Vec<u8>>> = original.into_iter().map(Some).collect();
        chunks.extend([None, None]);
        chunks[0] = None;
        let few = ErasureError::TooFew {
            found: 3,
            needed: 4,
        };
        assert_eq!(data_chunks(&layout, chunks), Err(few));
    }
}
