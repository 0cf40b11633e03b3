//! The directory of published files.
//!
//! `<root>/<service>/<epoch>` is a link to a folder that never changes once it is linked, so that a
//! reader finds the four files of one root or those of another, never a mixture.

use std::fs::{self, File};
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use trestle_core::hash::Hash;
use trestle_verify::published::{parse_root, EpochTexts, RootFile, FILES, ROOT_FILE};
use trestle_verify::text::{Base58, Hex};

pub mod server;

/// Bytes of the digest that name a folder.
const NAME_BYTES: usize = 16;

/// The files of one service. Methods block: call them from a thread for blocking work.
#[derive(Debug, Clone)]
pub struct Publisher {
    folder: PathBuf,
}

impl Publisher {
    /// Under `<data_dir>/published`, for one service.
    pub fn new(data_dir: &Path, service: &[u8; 32]) -> Self {
        Self {
            folder: data_dir.join("published").join(Base58(service).to_string()),
        }
    }

    /// Writes the files of an epoch and makes them the published ones, at once. When it returns
    /// they are on disk.
    pub fn publish(&self, epoch: u64, digest: &Hash, texts: &EpochTexts) -> io::Result<()> {
        fs::create_dir_all(&self.folder)?;
        let name = format!(
            ".{epoch}-{}",
            Hex(digest.get(..NAME_BYTES).unwrap_or_default())
        );
        let target = self.folder.join(&name);
        if !target.exists() {
            let draft = self.folder.join(format!("{name}.draft"));
            write_folder(&draft, texts)?;
            fs::rename(&draft, &target)?;
        }
        let link = self.folder.join(format!("{name}.link"));
        remove_if_there(&link)?;
        std::os::unix::fs::symlink(&name, &link)?;
        fs::rename(&link, self.folder.join(epoch.to_string()))?;
        sync(&self.folder)
    }

    /// `root.json` of a published epoch; `None` when there is none or it does not parse.
    pub fn root(&self, epoch: u64) -> Option<RootFile> {
        let path = self.path(epoch, ROOT_FILE)?;
        parse_root(&fs::read_to_string(path).ok()?).ok()
    }

    /// Path of a file of a published epoch. Only the four names of [`FILES`] are known.
    pub fn path(&self, epoch: u64, file: &str) -> Option<PathBuf> {
        let file = FILES.into_iter().find(|known| *known == file)?;
        Some(self.folder.join(epoch.to_string()).join(file))
    }

    /// Published epochs, ascending.
    pub fn epochs(&self) -> io::Result<Vec<u64>> {
        let entries = match fs::read_dir(&self.folder) {
            Ok(entries) => entries,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
            Err(error) => return Err(error),
        };
        let mut epochs = Vec::new();
        for entry in entries {
            let name = entry?.file_name();
            epochs.extend(name.to_str().and_then(|name| name.parse::<u64>().ok()));
        }
        epochs.sort_unstable();
        Ok(epochs)
    }

    /// Removes the files of all epochs before `epoch`.
    pub fn prune(&self, epoch: u64) -> io::Result<()> {
        for old in self.epochs()?.into_iter().take_while(|old| *old < epoch) {
            remove_if_there(&self.folder.join(old.to_string()))?;
            let prefix = format!(".{old}-");
            for entry in fs::read_dir(&self.folder)? {
                let entry = entry?;
                if entry.file_name().to_string_lossy().starts_with(&prefix) {
                    fs::remove_dir_all(entry.path())?;
                }
            }
        }
        Ok(())
    }
}

fn write_folder(folder: &Path, texts: &EpochTexts) -> io::Result<()> {
    if folder.exists() {
        // Left behind by a crash.
        fs::remove_dir_all(folder)?;
    }
    fs::create_dir(folder)?;
    for (name, text) in texts.named() {
        let mut file = File::create_new(folder.join(name))?;
        file.write_all(text.as_bytes())?;
        file.sync_all()?;
    }
    sync(folder)
}

fn sync(folder: &Path) -> io::Result<()> {
    File::open(folder)?.sync_all()
}

fn remove_if_there(path: &Path) -> io::Result<()> {
    match fs::remove_file(path) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn texts(mark: &str) -> EpochTexts {
        let text = |name: &str| format!("{name} {mark}\n");
        EpochTexts {
            inputs: text("inputs"),
            evidence: text("evidence"),
            leaves: text("leaves"),
            root: text("root"),
        }
    }

    fn read(publisher: &Publisher, epoch: u64, file: &str) -> String {
        fs::read_to_string(publisher.path(epoch, file).unwrap()).unwrap()
    }

    #[test]
    fn a_later_root_replaces_all_four_files_and_repeating_is_harmless() {
        let folder = tempfile::tempdir().unwrap();
        let publisher = Publisher::new(folder.path(), &[7; 32]);
        assert!(publisher.epochs().unwrap().is_empty());
        publisher.publish(3, &[1; 32], &texts("a")).unwrap();
        publisher.publish(3, &[1; 32], &texts("a")).unwrap();
        publisher.publish(12, &[1; 32], &texts("c")).unwrap();
        publisher.publish(3, &[2; 32], &texts("b")).unwrap();
        for (name, text) in texts("b").named() {
            assert_eq!(read(&publisher, 3, name), text);
        }
        assert_eq!(publisher.epochs().unwrap(), [3, 12]);
    }

    #[test]
    fn half_a_folder_of_a_crash_is_written_anew() {
        let folder = tempfile::tempdir().unwrap();
        let publisher = Publisher::new(folder.path(), &[7; 32]);
        let draft = publisher
            .folder
            .join(format!(".3-{}.draft", Hex(&[1; NAME_BYTES])));
        fs::create_dir_all(&draft).unwrap();
        fs::write(draft.join(ROOT_FILE), "half").unwrap();
        assert!(publisher.epochs().unwrap().is_empty());
        publisher.publish(3, &[1; 32], &texts("a")).unwrap();
        assert_eq!(read(&publisher, 3, ROOT_FILE), "root a\n");
        assert!(!draft.exists());
    }

    #[test]
    fn pruning_removes_old_epochs_with_all_their_roots() {
        let folder = tempfile::tempdir().unwrap();
        let publisher = Publisher::new(folder.path(), &[7; 32]);
        for epoch in [1, 2, 10, 11] {
            publisher.publish(epoch, &[1; 32], &texts("a")).unwrap();
            publisher.publish(epoch, &[2; 32], &texts("b")).unwrap();
        }
        publisher.prune(10).unwrap();
        assert_eq!(publisher.epochs().unwrap(), [10, 11]);
        assert_eq!(fs::read_dir(&publisher.folder).unwrap().count(), 6);
    }

    #[test]
    fn only_the_four_names_have_a_path() {
        let publisher = Publisher::new(Path::new("/d"), &[7; 32]);
        assert!(FILES.iter().all(|file| publisher.path(1, file).is_some()));
        for file in [
            "",
            "..",
            "../root.json",
            "root.json/",
            "root",
            "/etc/passwd",
        ] {
            assert!(publisher.path(1, file).is_none(), "{file}");
        }
    }
}
