//! `trestle-node commit FILE`.

use indicatif::{ProgressBar, ProgressStyle};
use serde::Serialize;
use std::{
    fmt,
    fs::File,
    io,
    path::{Path, PathBuf},
};
use thiserror::Error;
use trestle_core::storage::{commit, CommitError};
use trestle_sdk::encoding::{hex32, string};

/// What the bar shows.
const TEMPLATE: &str = "{bar:30} {bytes}/{total_bytes} {bytes_per_sec} {eta}";

/// Why there is no commitment.
#[derive(Debug, Error)]
pub enum CommitFileError {
    /// The file cannot be read.
    #[error("cannot read `{path}`: {source}")]
    Open {
        /// The file.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// Reading or hashing failed.
    #[error("cannot commit to `{path}`: {source}")]
    Commit {
        /// The file.
        path: PathBuf,
        /// What went wrong.
        source: CommitError,
    },
}

/// A file's commitment.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Committed {
    #[serde(with = "hex32")]
    root: [u8; 32],
    #[serde(with = "string")]
    size: u64,
    leaf_count: u32,
}

impl fmt::Display for Committed {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(formatter, "Root:   {}", hex::encode(self.root))?;
        writeln!(formatter, "Size:   {} bytes", self.size)?;
        write!(formatter, "Leaves: {}", self.leaf_count)
    }
}

/// Computes a file's commitment with all cores.
pub fn commit_file(path: &Path, progress: bool) -> Result<Committed, CommitFileError> {
    let opened = File::open(path).and_then(|file| Ok((file.metadata()?.len(), file)));
    let (size, mut file) = opened.map_err(|source| CommitFileError::Open {
        path: path.to_owned(),
        source,
    })?;
    let bar = if progress {
        ProgressBar::new(size)
    } else {
        ProgressBar::hidden()
    };
    if let Ok(style) = ProgressStyle::with_template(TEMPLATE) {
        bar.set_style(style);
    }
    let committed = commit(&mut file, |bytes| bar.set_position(bytes));
    bar.finish_and_clear();
    let committed = committed.map_err(|source| CommitFileError::Commit {
        path: path.to_owned(),
        source,
    })?;
    Ok(Committed {
        root: committed.root,
        size: committed.size_bytes,
        leaf_count: committed.leaf_count,
    })
}
