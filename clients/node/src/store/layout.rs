//! Where things are in the data directory, and who may use it.
//!
//! ```text
//! <data_dir>/lock              held while a node runs
//! <data_dir>/clock             newest second seen (auth)
//! <data_dir>/nonces            requests dated in the future (auth)
//! <data_dir>/tmp/<random>/     an upload on its way in, or a shard on its way out
//! <data_dir>/shards/ab/<root>/ data, tree, meta.json, held of one shard
//! ```
//!
//! A shard appears and disappears as one rename of its folder.

use super::durable::sync_dir;
use rand::RngCore;
use std::{
    fmt, fs,
    fs::{File, TryLockError},
    io,
    path::{Path, PathBuf},
    str::FromStr,
};
use thiserror::Error;
use trestle_core::hash::Hash;

/// A shard's bytes.
pub const DATA_FILE: &str = "data";
/// The upper layers of its tree.
pub const TREE_FILE: &str = "tree";
/// Whose it is.
pub const META_FILE: &str = "meta.json";

/// Unix seconds of the newest agreement that the node has signed for it.
pub const HELD_FILE: &str = "held";

/// Poseidon root of a shard, which is also its name.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Root(pub Hash);

/// The text is not 64 lower-case hex digits.
#[derive(Clone, Copy, Debug, Error, PartialEq, Eq)]
#[error("a root is 64 lower-case hex digits")]
pub struct RootError;

impl FromStr for Root {
    type Err = RootError;

    fn from_str(text: &str) -> Result<Self, RootError> {
        let is_hex = |byte: u8| byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte);
        if !text.bytes().all(is_hex) {
            return Err(RootError);
        }
        let mut root = [0_u8; 32];
        hex::decode_to_slice(text, &mut root).map_err(|_| RootError)?;
        Ok(Self(root))
    }
}

impl fmt::Display for Root {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&hex::encode(self.0))
    }
}

impl fmt::Debug for Root {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, formatter)
    }
}

/// Why the data directory cannot be used.
#[derive(Debug, Error)]
pub enum LayoutError {
    /// The system refuses.
    #[error("cannot use data directory `{path}`: {source}; make it writable for this user")]
    Io {
        /// What was touched.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// Another node has it.
    #[error("data directory `{0}` is used by another node; stop that one first")]
    Locked(PathBuf),
}

/// A data directory that this process holds.
#[derive(Debug)]
pub struct Layout {
    dir: PathBuf,
    /// Held as long as the node runs; the system frees it however the process ends.
    _lock: File,
}

impl Layout {
    /// Makes and locks the directory.
    pub fn open(dir: &Path) -> Result<Self, LayoutError> {
        let failed = |path: &Path| {
            let path = path.to_owned();
            move |source| LayoutError::Io { path, source }
        };
        fs::create_dir_all(dir).map_err(failed(dir))?;
        let lock_path = dir.join("lock");
        let lock = File::create(&lock_path).map_err(failed(&lock_path))?;
        match lock.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => return Err(LayoutError::Locked(dir.to_owned())),
            Err(TryLockError::Error(source)) => {
                return Err(LayoutError::Io {
                    path: lock_path,
                    source,
                })
            }
        }
        let layout = Self {
            dir: dir.to_owned(),
            _lock: lock,
        };
        for path in [layout.temp_dir(), layout.shards_dir()] {
            fs::create_dir_all(&path).map_err(failed(&path))?;
        }
        sync_dir(dir).map_err(failed(dir))?;
        Ok(layout)
    }

    /// File with the newest second seen.
    pub fn clock_path(&self) -> PathBuf {
        self.dir.join("clock")
    }

    /// File with requests dated in the future.
    pub fn nonces_path(&self) -> PathBuf {
        self.dir.join("nonces")
    }

    /// Where uploads and removals happen.
    pub fn temp_dir(&self) -> PathBuf {
        self.dir.join("tmp")
    }

    /// Where shards are.
    pub fn shards_dir(&self) -> PathBuf {
        self.dir.join("shards")
    }

    /// The folder of a shard. A root has no dots and no slashes, so this never leaves the place.
    pub fn shard_dir(&self, root: &Root) -> PathBuf {
        let name = root.to_string();
        let group = name.get(..2).unwrap_or_default().to_owned();
        self.shards_dir().join(group).join(name)
    }

    /// A new folder in the temporary directory.
    pub fn new_temp(&self) -> io::Result<TempFolder> {
        let mut name = [0_u8; 16];
        rand::rngs::OsRng
            .try_fill_bytes(&mut name)
            .map_err(io::Error::other)?;
        let path = self.temp_dir().join(hex::encode(name));
        fs::create_dir(&path)?;
        Ok(TempFolder { path: Some(path) })
    }

    /// Removes what an earlier run left half done; says how many entries that were.
    pub fn sweep_temp(&self) -> Result<usize, LayoutError> {
        let dir = self.temp_dir();
        let sweep = || -> io::Result<usize> {
            let mut swept = 0_usize;
            for entry in fs::read_dir(&dir)? {
                let entry = entry?;
                if entry.file_type()?.is_dir() {
                    fs::remove_dir_all(entry.path())?;
                } else {
                    fs::remove_file(entry.path())?;
                }
                swept = swept.saturating_add(1);
            }
            Ok(swept)
        };
        sweep().map_err(|source| LayoutError::Io {
            path: dir.clone(),
            source,
        })
    }

    /// Makes a finished temporary folder the shard `root`, and returns once that is durable.
    pub fn install(&self, mut folder: TempFolder, root: &Root) -> io::Result<()> {
        let target = self.shard_dir(root);
        let group = target.parent().unwrap_or(&target).to_owned();
        if !group.exists() {
            fs::create_dir_all(&group)?;
            sync_dir(&self.shards_dir())?;
        }
        let Some(path) = folder.path.clone() else {
            return Err(io::Error::other("temporary folder is gone"));
        };
        sync_dir(&path)?;
        let displaced = self.set_aside(root)?;
        fs::rename(&path, &target)?;
        folder.path = None;
        sync_dir(&group)?;
        drop(displaced);
        Ok(())
    }

    /// Moves a shard out of sight, if it is there; dropping the result deletes it.
    pub fn set_aside(&self, root: &Root) -> io::Result<Option<TempFolder>> {
        let source = self.shard_dir(root);
        let folder = self.new_temp()?;
        // A rename replaces an empty directory.
        match folder.path.as_ref().map(|path| fs::rename(&source, path)) {
            Some(Ok(())) => {}
            Some(Err(error)) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
            Some(Err(error)) => return Err(error),
            None => return Ok(None),
        }
        source.parent().map_or(Ok(()), sync_dir)?;
        Ok(Some(folder))
    }
}

/// A folder that is deleted when it is dropped, unless it has become a shard.
#[derive(Debug)]
pub struct TempFolder {
    path: Option<PathBuf>,
}

impl TempFolder {
    /// A file in it.
    pub fn join(&self, name: &str) -> PathBuf {
        self.path.as_deref().unwrap_or(Path::new("")).join(name)
    }
}

impl Drop for TempFolder {
    fn drop(&mut self) {
        if let Some(path) = self.path.take() {
            if let Err(error) = fs::remove_dir_all(&path) {
                // The next start sweeps it.
                tracing::warn!(path = %path.display(), %error, "temporary folder not removed");
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn root(byte: u8) -> Root {
        Root([byte; 32])
    }

    fn names(path: &Path) -> Vec<String> {
        fs::read_dir(path)
            .unwrap()
            .map(|entry| entry.unwrap().file_name().into_string().unwrap())
            .collect()
    }

    #[test]
    fn a_second_node_is_refused_while_the_first_runs() {
        let dir = tempfile::tempdir().unwrap();
        let first = Layout::open(dir.path()).unwrap();
        assert!(matches!(
            Layout::open(dir.path()),
            Err(LayoutError::Locked(_))
        ));
        drop(first);
        Layout::open(dir.path()).unwrap();
    }

    #[test]
    fn a_folder_becomes_a_shard_and_goes_again() {
        let dir = tempfile::tempdir().unwrap();
        let layout = Layout::open(dir.path()).unwrap();
        for content in ["one", "two"] {
            let folder = layout.new_temp().unwrap();
            fs::write(folder.join(DATA_FILE), content).unwrap();
            layout.install(folder, &root(0xab)).unwrap();
            let path = layout.shard_dir(&root(0xab)).join(DATA_FILE);
            assert_eq!(fs::read_to_string(path).unwrap(), content);
            assert!(names(&layout.temp_dir()).is_empty());
        }
        assert_eq!(names(&layout.shards_dir()), ["ab"]);
        drop(layout.set_aside(&root(0xab)).unwrap().unwrap());
        assert!(layout.set_aside(&root(0xab)).unwrap().is_none());
        assert!(!layout.shard_dir(&root(0xab)).exists());
        assert!(names(&layout.temp_dir()).is_empty());
    }

    #[test]
    fn leftovers_are_swept() {
        let dir = tempfile::tempdir().unwrap();
        let layout = Layout::open(dir.path()).unwrap();
        fs::create_dir(layout.temp_dir().join("half")).unwrap();
        fs::write(layout.temp_dir().join("half").join(DATA_FILE), "x").unwrap();
        fs::write(layout.temp_dir().join("file"), "x").unwrap();
        assert_eq!(layout.sweep_temp().unwrap(), 2);
        assert_eq!(layout.sweep_temp().unwrap(), 0);
    }

    proptest! {
        /// Only the one spelling of a root names a folder, and that lies in the shards' place.
        #[test]
        fn no_text_leads_out_of_the_directory(text in "\\PC{0,80}|[0-9a-fA-F./\\\\%]{60,68}") {
            if let Ok(root) = text.parse::<Root>() {
                prop_assert_eq!(root.to_string(), text.clone());
                prop_assert_eq!(text.len(), 64);
            }
        }

        #[test]
        fn every_root_is_read_back(bytes: [u8; 32]) {
            prop_assert_eq!(Root(bytes).to_string().parse(), Ok(Root(bytes)));
        }
    }
}
