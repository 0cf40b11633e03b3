//! Copying a shard from one operator's node to another's, through the customer.

use std::{
    fs::File,
    io::{BufWriter, Write},
    path::Path,
};

use sha2::{Digest, Sha256};
use trestle_core::storage::commit;

use super::{put::blocking, retry::retrying, IoContext, StoreError};
use crate::node::{DynSigner, NodeClient, NodeError};

/// A shard that is to be with another operator besides.
pub struct ShardCopy<'a> {
    pub root: [u8; 32],
    pub size_bytes: u64,
    pub from: &'a NodeClient,
    pub to: &'a NodeClient,
}

/// Downloads a shard into `scratch`, checks it against its root, and uploads it. The caller removes
/// `scratch`.
pub async fn copy_shard(
    customer: &DynSigner,
    copy: &ShardCopy<'_>,
    scratch: &Path,
) -> Result<(), StoreError> {
    let sha256 = retrying(|| download(customer, copy, scratch)).await?;
    check_root(copy, scratch).await?;
    retrying(|| {
        let (to, root) = (copy.to, &copy.root);
        to.put_shard(customer, root, scratch, &sha256, |_| {})
    })
    .await?;
    Ok(())
}

/// Returns the sha256 of what came.
async fn download(
    customer: &DynSigner,
    copy: &ShardCopy<'_>,
    scratch: &Path,
) -> Result<[u8; 32], NodeError> {
    let mut file = BufWriter::new(File::create(scratch)?);
    let mut hash = Sha256::new();
    let node = copy.from;
    node.get_shard(customer, &copy.root, copy.size_bytes, |piece| {
        hash.update(piece);
        file.write_all(piece)
    })
    .await?;
    file.flush()?;
    Ok(hash.finalize().into())
}

async fn check_root(copy: &ShardCopy<'_>, scratch: &Path) -> Result<(), StoreError> {
    let path = scratch.to_path_buf();
    let committed = blocking(move || {
        let mut file = File::open(&path).at(&path)?;
        Ok(commit(&mut file, |_| {})?)
    })
    .await?;
    if committed.root == copy.root {
        Ok(())
    } else {
        Err(StoreError::WrongShard(copy.from.endpoint().to_string()))
    }
}
