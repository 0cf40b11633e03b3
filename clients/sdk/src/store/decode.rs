//! Shards back into the file: read, restore, decrypt and write, batch by batch.

use std::{
    fs::File,
    io::{BufWriter, Read, Write},
    path::{Path, PathBuf},
};

use rayon::prelude::*;
use sha2::{Digest, Sha256};

use super::{
    batch_stripes, erasure::data_chunks, ErasureError, FileKey, IoContext, Layout, SegmentCipher,
    StoreError, NONCE_PREFIX_BYTES,
};

/// Bytes gathered before a write to the file.
const WRITE_BUFFER_BYTES: usize = 256 << 10;

/// What to decode.
pub struct DecodeJob<'a> {
    /// File of each shard that is there, by shard number.
    pub shards: &'a [Option<PathBuf>],
    pub layout: Layout,
    pub key: &'a FileKey,
    pub nonce_prefix: [u8; NONCE_PREFIX_BYTES],
}

/// Decodes the whole file into `sink` and returns its sha256. `progress` gets the bytes done so
/// far. Uses all cores and the same memory for every file size.
pub fn decode(
    job: &DecodeJob<'_>,
    sink: &mut (impl Write + Send),
    progress: &dyn Fn(u64),
) -> Result<[u8; 32], StoreError> {
    let layout = &job.layout;
    let segments = u32::try_from(layout.segments()).map_err(|_| StoreError::TooManySegments)?;
    let cipher = SegmentCipher::new(job.key, &job.nonce_prefix, segments);
    let mut readers = open_shards(job)?;
    let mut hash = Sha256::new();
    let mut left = layout.file_bytes;
    let mut next_stripe = 0_u64;
    while next_stripe < layout.stripes {
        let stripes = batch_stripes(layout).min(layout.stripes.saturating_sub(next_stripe));
        let parts = read_parts(&mut readers, layout, stripes)?;
        for stripe in restore_batch(layout, &cipher, &parts, next_stripe, stripes)? {
            let length = usize::try_from(left).map_or(stripe.len(), |left| left.min(stripe.len()));
            let part = stripe.get(..length).unwrap_or(&stripe);
            hash.update(part);
            sink.write_all(part).map_err(StoreError::Sink)?;
            left = left.saturating_sub(part.len() as u64);
        }
        next_stripe = next_stripe.saturating_add(stripes);
        progress(layout.file_bytes.saturating_sub(left));
    }
    Ok(hash.finalize().into())
}

/// Decodes into a new file beside `target`, checks it, and only then puts it in its place.
pub fn decode_to_file(
    job: &DecodeJob<'_>,
    target: &Path,
    expected_sha256: &[u8; 32],
    progress: &dyn Fn(u64),
) -> Result<(), StoreError> {
    let draft = draft_path(target);
    let written = write_draft(job, &draft, expected_sha256, progress);
    let placed = written.and_then(|()| std::fs::rename(&draft, target).at(target));
    if placed.is_err() {
        // Nothing can be done about a draft that cannot be removed; the first error matters.
        let _ = std::fs::remove_file(&draft);
    }
    placed
}

fn write_draft(
    job: &DecodeJob<'_>,
    draft: &Path,
    expected_sha256: &[u8; 32],
    progress: &dyn Fn(u64),
) -> Result<(), StoreError> {
    let file = File::create(draft).at(draft)?;
    let mut writer = BufWriter::with_capacity(WRITE_BUFFER_BYTES, file);
    let sha256 = decode(job, &mut writer, progress)?;
    let file = writer
        .into_inner()
        .map_err(std::io::IntoInnerError::into_error)
        .at(draft)?;
    file.sync_all().at(draft)?;
    if sha256 == *expected_sha256 {
        Ok(())
    } else {
        Err(StoreError::WrongContent)
    }
}

/// `.NAME.trestle-part` in the same folder, so that the rename stays on one file system.
fn draft_path(target: &Path) -> PathBuf {
    let name = target.file_name().unwrap_or_default().to_string_lossy();
    target.with_file_name(format!(".{name}.trestle-part"))
}

fn open_shards(job: &DecodeJob<'_>) -> Result<Vec<Option<ShardReader>>, StoreError> {
    let needed = job.layout.data_shards();
    let mut opened = 0_usize;
    let mut readers = Vec::with_capacity(job.shards.len());
    for path in job.shards {
        // Data shards come first, so that as little as possible has to be restored.
        let reader = match path {
            Some(path) if opened < needed => Some(ShardReader::open(path, &job.layout)?),
            _ => None,
        };
        opened = opened.saturating_add(usize::from(reader.is_some()));
        readers.push(reader);
    }
    if opened < needed {
        let found = opened;
        return Err(ErasureError::TooFew { found, needed }.into());
    }
    Ok(readers)
}

struct ShardReader {
    path: PathBuf,
    file: File,
}

impl ShardReader {
    fn open(path: &Path, layout: &Layout) -> Result<Self, StoreError> {
        let file = File::open(path).at(path)?;
        if file.metadata().at(path)?.len() != layout.shard_bytes() {
            return Err(StoreError::ShardLength(path.to_path_buf()));
        }
        Ok(Self {
            path: path.to_path_buf(),
            file,
        })
    }
}

/// The next chunks of each shard, as many as stripes.
fn read_parts(
    readers: &mut [Option<ShardReader>],
    layout: &Layout,
    stripes: u64,
) -> Result<Vec<Option<Vec<u8>>>, StoreError> {
    let length = stripes.saturating_mul(u64::from(layout.chunk_bytes));
    let length = usize::try_from(length).map_err(|_| StoreError::TooManySegments)?;
    let read = |reader: &mut Option<ShardReader>| {
        let Some(reader) = reader else {
            return Ok(None);
        };
        let mut part = vec![0_u8; length];
        reader.file.read_exact(&mut part).at(&reader.path)?;
        Ok(Some(part))
    };
    readers.iter_mut().map(read).collect()
}

/// The file's bytes of each stripe of a batch.
fn restore_batch(
    layout: &Layout,
    cipher: &SegmentCipher,
    parts: &[Option<Vec<u8>>],
    first_stripe: u64,
    stripes: u64,
) -> Result<Vec<Vec<u8>>, StoreError> {
    let restore = |offset: u64| {
        let chunks = parts.iter().map(|part| chunk_of(part, layout, offset));
        let mut bytes = Vec::with_capacity(layout.stripe());
        let number = first_stripe.saturating_add(offset);
        let first = number.saturating_mul(u64::from(layout.data));
        let data = data_chunks(layout, chunks.collect())?;
        for (position, mut chunk) in data.into_iter().enumerate() {
            let segment = u32::try_from(first.saturating_add(position as u64))
                .map_err(|_| StoreError::TooManySegments)?;
            cipher.decrypt(segment, &mut chunk)?;
            bytes.append(&mut chunk);
        }
        Ok(bytes)
    };
    (0..stripes).into_par_iter().map(restore).collect()
}

fn chunk_of(part: &Option<Vec<u8>>, layout: &Layout, offset: u64) -> Option<Vec<u8>> {
    let start = usize::try_from(offset).ok()?.checked_mul(layout.chunk())?;
    let end = start.checked_add(layout.chunk())?;
    part.as_ref()?.get(start..end).map(<[u8]>::to_vec)
}
