//! The upper layers of a shard's tree, kept beside it so that a challenge costs 64 leaves and not
//! the whole shard. A checksum at the end tells a damaged tree file from a damaged shard: for the
//! one the file is built again, for the other the node must say that the shard is lost.

use super::layout::{Root, TREE_FILE};
use sha2::{Digest, Sha256};
use std::{
    fs::{self, File},
    io::{self, BufReader, BufWriter, Read, Write},
    path::Path,
};
use trestle_core::storage::{CacheFile, SubtreeCache, SubtreeNodes};

/// Bytes of the checksum.
const CHECKSUM_BYTES: u64 = 32;
/// Bytes read at once when a file is checked.
const CHUNK_BYTES: usize = 1 << 16;

/// An open tree file.
pub(super) type TreeFile = CacheFile<BufReader<File>>;

/// Writes the file and returns once its content is on the disk.
pub(super) fn write(path: &Path, cache: &SubtreeCache) -> io::Result<()> {
    let mut writer = Summing {
        inner: BufWriter::new(File::create(path)?),
        digest: Sha256::new(),
    };
    cache.write_to(&mut writer)?;
    let Summing { mut inner, digest } = writer;
    inner.write_all(&digest.finalize())?;
    inner
        .into_inner()
        .map_err(io::IntoInnerError::into_error)?
        .sync_all()
}

/// Opens the file of a shard; `None` if it is missing or another's.
pub(super) fn open(folder: &Path, root: &Root, size_bytes: u64) -> io::Result<Option<TreeFile>> {
    let file = match File::open(folder.join(TREE_FILE)) {
        Ok(file) => file,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(error),
    };
    let Ok(tree) = CacheFile::open(BufReader::new(file)) else {
        return Ok(None);
    };
    let commitment = tree.commitment();
    let is_ours = commitment.root == root.0 && commitment.size_bytes == size_bytes;
    Ok(is_ours.then_some(tree))
}

/// Whether the file is bit for bit what [`write`] wrote.
pub(super) fn is_whole(folder: &Path) -> io::Result<bool> {
    let path = folder.join(TREE_FILE);
    let Some(body_bytes) = fs::metadata(&path)?.len().checked_sub(CHECKSUM_BYTES) else {
        return Ok(false);
    };
    let mut reader = File::open(path)?;
    let mut digest = Sha256::new();
    let mut left = body_bytes;
    let mut chunk = vec![0_u8; CHUNK_BYTES];
    while left > 0 {
        let wanted = usize::try_from(left)
            .unwrap_or(CHUNK_BYTES)
            .min(CHUNK_BYTES);
        let read = reader.read(chunk.get_mut(..wanted).unwrap_or_default())?;
        let Some(bytes) = chunk.get(..read).filter(|bytes| !bytes.is_empty()) else {
            return Ok(false);
        };
        digest.update(bytes);
        left = left.saturating_sub(read as u64);
    }
    let mut checksum = [0_u8; 32];
    reader.read_exact(&mut checksum)?;
    Ok(checksum == <[u8; 32]>::from(digest.finalize()))
}

/// Hashes what passes through.
struct Summing<W> {
    inner: W,
    digest: Sha256,
}

impl<W: Write> Write for Summing<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let written = self.inner.write(bytes)?;
        self.digest.update(bytes.get(..written).unwrap_or_default());
        Ok(written)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.inner.flush()
    }
}
