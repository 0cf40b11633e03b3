//! The newest second that any run of this node has seen, kept on the disk.
//!
//! A node that starts with its clock turned back would take old requests for new ones.

use crate::store::durable::replace_file;
use std::{
    io,
    path::Path,
    time::{SystemTime, UNIX_EPOCH},
};
use thiserror::Error;
use trestle_sdk::request::TIME_SKEW_MAX_SECONDS;

/// Why the clock cannot be trusted.
#[derive(Debug, Error)]
pub enum ClockError {
    /// The system clock is behind an earlier run.
    #[error("system clock is {behind_seconds} s behind the node's last run; set the clock")]
    Behind {
        /// By how much.
        behind_seconds: i64,
    },
    /// The file cannot be read or written.
    #[error("cannot keep the clock file: {0}; make `data_dir` writable")]
    Io(#[from] io::Error),
}

/// Unix seconds of the system clock; 0 before 1970.
pub fn unix_now() -> i64 {
    let elapsed = SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .unwrap_or_default();
    i64::try_from(elapsed.as_secs()).unwrap_or(i64::MAX)
}

/// The second up to which requests must be refused by a node that starts now.
pub fn floor_at_start(path: &Path, now: i64) -> Result<i64, ClockError> {
    let recorded = match std::fs::read_to_string(path) {
        Ok(text) => text.trim().parse().unwrap_or(0),
        Err(error) if error.kind() == io::ErrorKind::NotFound => 0,
        Err(error) => return Err(error.into()),
    };
    let behind_seconds = i64::saturating_sub(recorded, now);
    if behind_seconds > TIME_SKEW_MAX_SECONDS {
        return Err(ClockError::Behind { behind_seconds });
    }
    let floor = now.max(recorded);
    record(path, floor)?;
    Ok(floor)
}

/// Notes how late it is.
pub fn record(path: &Path, now: i64) -> io::Result<()> {
    replace_file(path, format!("{now}\n").as_bytes())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn floor_never_falls_and_a_clock_far_behind_is_refused() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("clock");
        assert_eq!(floor_at_start(&path, 1_000).unwrap(), 1_000);
        assert_eq!(floor_at_start(&path, 990).unwrap(), 1_000);
        assert_eq!(floor_at_start(&path, 2_000).unwrap(), 2_000);
        let error = floor_at_start(&path, 1_000).unwrap_err();
        assert!(matches!(
            error,
            ClockError::Behind {
                behind_seconds: 1_000
            }
        ));
    }
}
