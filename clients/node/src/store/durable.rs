//! Writing so that it is still there after the power failed.

use std::{
    fs::{self, File},
    io::{self, Write},
    path::Path,
};

/// Replaces a file as a whole: readers and crashes see the old content or the new.
pub fn replace_file(path: &Path, content: &[u8]) -> io::Result<()> {
    let fresh = path.with_extension("new");
    write_file(&fresh, content)?;
    fs::rename(&fresh, path)?;
    path.parent().map_or(Ok(()), sync_dir)
}

/// Writes a file and returns once its content is on the disk. Its name may not be yet.
pub fn write_file(path: &Path, content: &[u8]) -> io::Result<()> {
    let mut file = File::create(path)?;
    file.write_all(content)?;
    file.sync_all()
}

/// Puts the names in a directory onto the disk.
pub fn sync_dir(path: &Path) -> io::Result<()> {
    let path = if path.as_os_str().is_empty() {
        Path::new(".")
    } else {
        path
    };
    File::open(path)?.sync_all()
}
