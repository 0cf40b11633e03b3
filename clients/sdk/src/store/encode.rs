//! A file into shards: read, encrypt, erasure-code, hash and write, batch by batch.

use std::{
    fs::File,
    io::{BufWriter, Read, Write},
    path::{Path, PathBuf},
};

use rayon::prelude::*;
use sha2::{Digest, Sha256};
use trestle_core::storage::CommitmentBuilder;

use super::{
    batch_stripes, erasure::recovery_chunks, FileKey, IoContext, Layout, SegmentCipher, StoreError,
    NONCE_PREFIX_BYTES,
};

/// Bytes gathered before a write to a shard file.
const WRITE_BUFFER_BYTES: usize = 256 << 10;

/// What to encode and where to.
pub struct EncodeJob<'a> {
    pub source: &'a Path,
    /// Existing folder that receives the shard files.
    pub folder: &'a Path,
    pub layout: Layout,
    pub key: &'a FileKey,
    pub nonce_prefix: [u8; NONCE_PREFIX_BYTES],
}

/// A shard on disk, ready to be uploaded.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EncodedShard {
    pub path: PathBuf,
    /// Poseidon root: what is committed to on chain.
    pub root: [u8; 32],
    /// Of the whole shard: what the upload is signed with.
    pub sha256: [u8; 32],
}

/// All shards of a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Encoded {
    pub shards: Vec<EncodedShard>,
    /// Of the file itself.
    pub file_sha256: [u8; 32],
}

/// File of shard `index` in a folder.
pub fn shard_path(folder: &Path, index: usize) -> PathBuf {
    folder.join(format!("shard-{index:02}"))
}

/// Encodes the whole file. `progress` gets the bytes of the file done so far. Uses all cores and
/// the same memory for every file size.
pub fn encode(job: &EncodeJob<'_>, progress: &dyn Fn(u64)) -> Result<Encoded, StoreError> {
    let layout = &job.layout;
    let segments = u32::try_from(layout.segments()).map_err(|_| StoreError::TooManySegments)?;
    let cipher = SegmentCipher::new(job.key, &job.nonce_prefix, segments);
    let mut source = File::open(job.source).at(job.source)?;
    let mut writers = (0..layout.total_shards())
        .map(|index| ShardWriter::create(shard_path(job.folder, index)))
        .collect::<Result<Vec<_>, _>>()?;
    let mut file_hash = Sha256::new();
    let mut left = layout.file_bytes;
    let mut next_stripe = 0_u64;
    while next_stripe < layout.stripes {
        let stripes = batch_stripes(layout).min(layout.stripes.saturating_sub(next_stripe));
        let batch = read_batch(&mut source, layout, stripes, &mut left, job.source)?;
        file_hash.update(batch.file_part());
        let coded = code_batch(layout, &cipher, &batch.bytes, next_stripe)?;
        writers
            .par_iter_mut()
            .enumerate()
            .try_for_each(|(index, writer)| writer.append(&coded, index))?;
        next_stripe = next_stripe.saturating_add(stripes);
        progress(layout.file_bytes.saturating_sub(left));
    }
    ensure_at_end(&mut source, job.source)?;
    let shards = writers.into_par_iter().map(ShardWriter::finish);
    Ok(Encoded {
        shards: shards.collect::<Result<_, _>>()?,
        file_sha256: file_hash.finalize().into(),
    })
}

struct Batch {
    /// Padded with zeros to whole stripes.
    bytes: Vec<u8>,
    file_bytes: usize,
}

impl Batch {
    fn file_part(&self) -> &[u8] {
        self.bytes.get(..self.file_bytes).unwrap_or(&self.bytes)
    }
}

fn read_batch(
    source: &mut File,
    layout: &Layout,
    stripes: u64,
    left: &mut u64,
    path: &Path,
) -> Result<Batch, StoreError> {
    let whole = stripes.saturating_mul(layout.stripe() as u64);
    let wanted = whole.min(*left);
    let length = usize::try_from(whole).map_err(|_| StoreError::TooManySegments)?;
    let mut bytes = Vec::with_capacity(length);
    let read = source.take(wanted).read_to_end(&mut bytes).at(path)?;
    if (read as u64) < wanted {
        return Err(StoreError::SourceChanged(path.to_path_buf()));
    }
    *left = left.saturating_sub(wanted);
    bytes.resize(length, 0);
    Ok(Batch {
        bytes,
        file_bytes: read,
    })
}

/// A file that grew while it was read would lose its end.
fn ensure_at_end(source: &mut File, path: &Path) -> Result<(), StoreError> {
    let mut more = [0_u8; 1];
    if source.read(&mut more).at(path)? > 0 {
        return Err(StoreError::SourceChanged(path.to_path_buf()));
    }
    Ok(())
}

/// Chunks of each stripe of a batch, data before recovery.
fn code_batch(
    layout: &Layout,
    cipher: &SegmentCipher,
    bytes: &[u8],
    first_stripe: u64,
) -> Result<Vec<Vec<Vec<u8>>>, StoreError> {
    let code_stripe = |(offset, stripe): (usize, &[u8])| {
        let number = first_stripe.saturating_add(offset as u64);
        let first = number.saturating_mul(u64::from(layout.data));
        let mut chunks = Vec::with_capacity(layout.total_shards());
        for (position, segment) in stripe.chunks(layout.segment()).enumerate() {
            let number = u32::try_from(first.saturating_add(position as u64))
                .map_err(|_| StoreError::TooManySegments)?;
            let mut chunk = Vec::with_capacity(layout.chunk());
            chunk.extend_from_slice(segment);
            cipher.encrypt(number, &mut chunk)?;
            chunks.push(chunk);
        }
        let recovery = recovery_chunks(layout, &chunks)?;
        chunks.extend(recovery);
        Ok(chunks)
    };
    let stripes = bytes.par_chunks(layout.stripe()).enumerate();
    stripes.map(code_stripe).collect()
}

struct ShardWriter {
    path: PathBuf,
    file: BufWriter<File>,
    hash: Sha256,
    commitment: CommitmentBuilder,
}

impl ShardWriter {
    fn create(path: PathBuf) -> Result<Self, StoreError> {
        let file = File::create(&path).at(&path)?;
        Ok(Self {
            path,
            file: BufWriter::with_capacity(WRITE_BUFFER_BYTES, file),
            hash: Sha256::new(),
            commitment: CommitmentBuilder::new()?,
        })
    }

    fn append(&mut self, stripes: &[Vec<Vec<u8>>], index: usize) -> Result<(), StoreError> {
        for chunk in stripes.iter().filter_map(|stripe| stripe.get(index)) {
            self.file.write_all(chunk).at(&self.path)?;
            self.hash.update(chunk);
            self.commitment.push(chunk)?;
        }
        Ok(())
    }

    fn finish(self) -> Result<EncodedShard, StoreError> {
        let Self {
            path,
            file,
            hash,
            commitment,
        } = self;
        let file = file
            .into_inner()
            .map_err(std::io::IntoInnerError::into_error)
            .at(&path)?;
        file.sync_all().at(&path)?;
        Ok(EncodedShard {
            root: commitment.finish()?.root,
            sha256: hash.finalize().into(),
            path,
        })
    }
}
