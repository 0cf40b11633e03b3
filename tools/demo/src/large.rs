//! A file far larger than the memory that may be used for it: stored, brought back, compared.

use std::{
    fs::{self, File},
    io::{BufReader, BufWriter, Read, Write},
    path::Path,
};

use anyhow::{ensure, Context, Result};

use crate::{
    process::Measured,
    report::Report,
    steps::{stage, store, Folder},
    Demo,
};

/// Most memory that storing or restoring a file of any size may use, in bytes.
pub const MEMORY_MAX_BYTES: u64 = 200_000_000;
/// Bytes that are written and compared at a time.
const BLOCK_BYTES: usize = 1 << 20;
/// Epochs the file is stored for.
const EPOCHS: &str = "1";
/// Credits bought: six shards of a GiB cost about a million each an epoch.
const CREDITS: &str = "7000000";

/// Stores a file of `bytes` on a local network, brings it back and compares it.
///
/// # Errors
/// When anything fails, the file differs, or a command used more than [`MEMORY_MAX_BYTES`].
pub async fn run_large(bytes: u64, artifacts: &Path, keep: Option<&Path>) -> Result<()> {
    ensure!(bytes > 0, "a file of no bytes shows nothing");
    let folder = Folder::new(keep)?;
    let mut report = Report::default();
    report.step("1. Start the network, deploy, bond verifiers, stake operators");
    let mut demo = stage::run(report, folder.path(), artifacts).await?;
    demo.report.step("2. Store the file");
    let file = folder.path().join("large");
    write_noise(&file, bytes)?;
    store::buy(&mut demo, "stable", CREDITS).await?;
    store::deposit(&mut demo, CREDITS).await?;
    let manifest = folder.path().join("large.json");
    let put = store::put(&demo, &file, &manifest, EPOCHS)?;
    show(&demo, "store put", bytes, &put)?;
    demo.report.step("3. Bring it back");
    let restored = folder.path().join("restored");
    let wallet = demo.stage.key_file("customer");
    let arguments = ["store", "get", text(&manifest)?, "--to", text(&restored)?];
    let get = demo.stage.cli.measure(&wallet, &arguments)?;
    show(&demo, "store get", bytes, &get)?;
    ensure!(
        same_content(&file, &restored)?,
        "what came back is not what was stored"
    );
    demo.report.line("the file is back, bit for bit");
    for node in &demo.nodes {
        let peak = node.peak_bytes()?;
        demo.report
            .line(format!("{}: {} MB at most", node.name(), mega(peak)));
        ensure!(peak < MEMORY_MAX_BYTES, "{} used too much", node.name());
    }
    Ok(())
}

fn show(demo: &Demo, command: &str, bytes: u64, measured: &Measured) -> Result<()> {
    let seconds = measured.took.as_secs().max(1);
    demo.report.line(format!(
        "{command}: {} MB in {seconds} s, {} MB of memory at most",
        mega(bytes),
        mega(measured.peak_bytes)
    ));
    ensure!(
        measured.peak_bytes < MEMORY_MAX_BYTES,
        "`{command}` used {} bytes of memory, more than {MEMORY_MAX_BYTES}",
        measured.peak_bytes
    );
    Ok(())
}

fn mega(bytes: u64) -> u64 {
    bytes / 1_000_000
}

fn text(path: &Path) -> Result<&str> {
    path.to_str().context("the folder's name is not UTF-8")
}

/// Writes bytes that neither compress nor repeat (xorshift64).
fn write_noise(path: &Path, bytes: u64) -> Result<()> {
    let mut writer = BufWriter::with_capacity(BLOCK_BYTES, File::create(path)?);
    let mut state = 0x9e37_79b9_7f4a_7c15_u64;
    let mut left = bytes;
    while left > 0 {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        let word = state.to_le_bytes();
        let count = word.len().min(usize::try_from(left).unwrap_or(usize::MAX));
        writer.write_all(word.get(..count).unwrap_or(&word))?;
        left -= count as u64;
    }
    writer.flush()?;
    Ok(())
}

fn same_content(one: &Path, other: &Path) -> Result<bool> {
    if fs::metadata(one)?.len() != fs::metadata(other)?.len() {
        return Ok(false);
    }
    let mut one = File::open(one)?;
    let mut other = BufReader::new(File::open(other)?);
    let (mut block, mut other_block) = (vec![0; BLOCK_BYTES], vec![0; BLOCK_BYTES]);
    loop {
        let count = one.read(&mut block)?;
        if count == 0 {
            return Ok(true);
        }
        let (read, expected) = (other_block.get_mut(..count), block.get(..count));
        let read = read.context("a block of this size")?;
        other.read_exact(read)?;
        if Some(&*read) != expected {
            return Ok(false);
        }
    }
}
