//! The main job, step by step. Each step fails unless what it shows really held.

mod epochs;
mod exit;
mod false_root;
mod faults;
mod rewards;
pub mod stage;
pub mod store;

use std::path::{Path, PathBuf};

use anyhow::{ensure, Context, Result};

use crate::report::Report;

/// Runs the whole job on `file`.
///
/// # Errors
/// At the first thing that does not hold.
pub async fn run(file: &Path, artifacts: &Path, keep: Option<&Path>) -> Result<()> {
    let file = file
        .canonicalize()
        .with_context(|| format!("cannot read {}", file.display()))?;
    ensure!(file.is_file(), "{} is not a file", file.display());
    let folder = Folder::new(keep)?;
    let file = copy(&file, &folder.path)?;
    let mut report = Report::default();

    report.step("1. Start the network, deploy, bond verifiers, stake operators");
    let mut demo = stage::run(report, &folder.path, artifacts).await?;
    demo.report.step("2. Buy credits, store the file");
    let stored = store::run(&mut demo, &file).await?;
    demo.report.step("3. Two epochs: challenges, scores, roots");
    let epoch = epochs::run(&mut demo).await?;
    demo.report.step("4. Claim and push rewards, explain one");
    rewards::run(&mut demo, epoch).await?;
    demo.report
        .step("5. One node loses data, one goes dark; the file survives");
    let epoch = faults::run(&mut demo, epoch + 1, &stored).await?;
    demo.report
        .step("6. A false root is proposed with one verifier's key");
    demo.travel_to_epoch(epoch + 2).await?;
    false_root::run(&mut demo, epoch + 1).await?;
    demo.report
        .step("7. An honest operator unbonds and withdraws");
    exit::run(&mut demo, &stored).await?;

    println!("\n{}", demo.report.table());
    Ok(())
}

/// The demo stores a copy: what comes back is compared with it, and the user's file may change.
fn copy(file: &Path, folder: &Path) -> Result<PathBuf> {
    let name = file.file_name().context("the file has no name")?;
    let input = folder.join("input");
    std::fs::create_dir_all(&input)?;
    let copied = input.join(name);
    std::fs::copy(file, &copied).with_context(|| format!("cannot copy {}", file.display()))?;
    Ok(copied)
}

/// Where the demo keeps its files; deleted at the end unless the user asked to keep it.
pub struct Folder {
    path: PathBuf,
    keep: bool,
}

impl Folder {
    /// The folder that the user named, or a temporary one.
    pub fn new(keep: Option<&Path>) -> Result<Self> {
        let path = match keep {
            Some(path) => path.to_path_buf(),
            None => std::env::temp_dir().join(format!("trestle-demo-{}", std::process::id())),
        };
        std::fs::create_dir_all(&path)?;
        Ok(Self {
            path: path.canonicalize()?,
            keep: keep.is_some(),
        })
    }

    pub fn path(&self) -> &Path {
        &self.path
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        if !self.keep && !std::thread::panicking() {
            // What cannot be deleted stays in the system's folder for temporary files.
            let _ = std::fs::remove_dir_all(&self.path);
        }
    }
}
