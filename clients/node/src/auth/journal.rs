//! Requests dated in the future, remembered across a restart.
//!
//! A restarted node refuses everything dated before its start, so only a request that its signer's
//! clock dated later than that could be replayed. Those few are written and synced before they are
//! acted upon; all others need no disk.

use solana_pubkey::Pubkey;
use std::{
    fs::{File, OpenOptions},
    io::{self, BufRead, BufReader, Write},
    path::{Path, PathBuf},
};
use trestle_sdk::request::NONCE_BYTES;

/// Lines after which the file is written anew with what is still needed.
const LINES_MAX: usize = 16_384;
/// Longest line that can be an entry, in bytes: address, nonce, time and two blanks.
const LINE_BYTES_MAX: usize = 128;

/// One admitted request: who, nonce, unix seconds.
pub(super) type Entry = (Pubkey, [u8; NONCE_BYTES], i64);

/// The file and how long it has become.
#[derive(Debug)]
pub(super) struct NonceJournal {
    path: PathBuf,
    file: File,
    lines: usize,
}

impl NonceJournal {
    /// Opens the file, drops what lies before `now`, and returns what is still to be refused.
    pub(super) fn open(path: &Path, now: i64) -> io::Result<(Self, Vec<Entry>)> {
        let mut entries = Vec::new();
        match File::open(path) {
            Ok(file) => {
                for line in BufReader::new(file).split(b'\n') {
                    // A torn last line was never acted upon.
                    if let Some(entry) = parse(&line?).filter(|entry| entry.2 > now) {
                        entries.push(entry);
                    }
                }
            }
            Err(error) if error.kind() == io::ErrorKind::NotFound => {}
            Err(error) => return Err(error),
        }
        let file = rewrite(path, &entries)?;
        let journal = Self {
            path: path.to_owned(),
            file,
            lines: entries.len(),
        };
        Ok((journal, entries))
    }

    /// Writes an entry and returns once it is on the disk.
    pub(super) fn append(&mut self, entry: &Entry) -> io::Result<()> {
        self.file.write_all(render(entry).as_bytes())?;
        self.file.sync_data()?;
        self.lines = self.lines.saturating_add(1);
        Ok(())
    }

    /// Whether it is time to call [`Self::compact`].
    pub(super) fn is_long(&self) -> bool {
        self.lines >= LINES_MAX
    }

    /// Writes the file anew with what is still needed.
    pub(super) fn compact(&mut self, entries: &[Entry]) -> io::Result<()> {
        self.file = rewrite(&self.path, entries)?;
        self.lines = entries.len();
        Ok(())
    }
}

fn rewrite(path: &Path, entries: &[Entry]) -> io::Result<File> {
    let text: String = entries.iter().map(render).collect();
    crate::store::durable::replace_file(path, text.as_bytes())?;
    OpenOptions::new().append(true).open(path)
}

fn render((key, nonce, time): &Entry) -> String {
    format!("{key} {} {time}\n", hex::encode(nonce))
}

fn parse(line: &[u8]) -> Option<Entry> {
    if line.len() > LINE_BYTES_MAX {
        return None;
    }
    let mut words = std::str::from_utf8(line).ok()?.split(' ');
    let key = words.next()?.parse().ok()?;
    let mut nonce = [0_u8; NONCE_BYTES];
    hex::decode_to_slice(words.next()?, &mut nonce).ok()?;
    let time = words.next()?.parse().ok()?;
    words.next().is_none().then_some((key, nonce, time))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn entry(nonce: u8, time: i64) -> Entry {
        (Pubkey::new_from_array([3; 32]), [nonce; NONCE_BYTES], time)
    }

    #[test]
    fn entries_survive_and_old_ones_are_dropped() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("nonces");
        let (mut journal, entries) = NonceJournal::open(&path, 0).unwrap();
        assert!(entries.is_empty());
        journal.append(&entry(1, 10)).unwrap();
        journal.append(&entry(2, 20)).unwrap();
        drop(journal);
        let (journal, entries) = NonceJournal::open(&path, 10).unwrap();
        assert_eq!(entries, vec![entry(2, 20)]);
        assert_eq!(journal.lines, 1);
    }

    #[test]
    fn a_torn_line_is_skipped() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("nonces");
        let whole = render(&entry(1, 10));
        std::fs::write(&path, format!("{whole}{}", &whole[..20])).unwrap();
        let (_, entries) = NonceJournal::open(&path, 0).unwrap();
        assert_eq!(entries, vec![entry(1, 10)]);
    }

    #[test]
    fn compaction_keeps_what_is_given() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("nonces");
        let (mut journal, _) = NonceJournal::open(&path, 0).unwrap();
        for nonce in 0..9 {
            journal.append(&entry(nonce, 10)).unwrap();
        }
        journal.compact(&[entry(8, 10)]).unwrap();
        journal.append(&entry(9, 11)).unwrap();
        let (_, entries) = NonceJournal::open(&path, 0).unwrap();
        assert_eq!(entries, vec![entry(8, 10), entry(9, 11)]);
    }
}
