//! Off chain: writes `idl/trestle_<program>.json` for each of the programs, from their sources.
//!
//! Anchor's own generator does the work, by the tests that `#[program]` makes under the feature
//! `idl-build`; this adds a fixed order, a fixed layout and no second copy of an unchanged file.

#![forbid(unsafe_code)]

use std::{
    env, fs,
    path::{Path, PathBuf},
};

use anchor_lang_idl::build::IdlBuilder;
use anyhow::{Context, Result};

const PROGRAMS: [&str; 4] = ["staking", "proofs", "rewards", "credits"];

fn main() -> Result<()> {
    // Cargo run by rustup sets this, and the generator answers it with `rustup toolchain install`,
    // which would download and replace the user's compiler.
    env::remove_var("RUSTUP_TOOLCHAIN");
    let root = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../..")
        .canonicalize()?;
    let folder = root.join("idl");
    fs::create_dir_all(&folder).with_context(|| format!("cannot make {}", folder.display()))?;
    for program in PROGRAMS {
        let text = describe(root.join("programs").join(program))
            .with_context(|| format!("cannot describe the program {program}"))?;
        let path = folder.join(format!("trestle_{program}.json"));
        write_if_changed(&path, &text)?;
        eprintln!(
            "idl: {}",
            path.strip_prefix(&root).unwrap_or(&path).display()
        );
    }
    Ok(())
}

fn describe(program: PathBuf) -> Result<String> {
    let idl = IdlBuilder::new()
        .program_path(program)
        .cargo_args(vec![
            "--lib".into(),
            "--locked".into(),
            "--ignore-rust-version".into(),
        ])
        .build()?;
    Ok(serde_json::to_string_pretty(&idl)? + "\n")
}

fn write_if_changed(path: &Path, text: &str) -> Result<()> {
    if fs::read_to_string(path).is_ok_and(|present| present == text) {
        return Ok(());
    }
    fs::write(path, text).with_context(|| format!("cannot write {}", path.display()))
}
