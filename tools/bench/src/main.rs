//! Off chain: `make bench` measures; `trestle-bench readme` writes the README's tables.
#![forbid(unsafe_code)]

mod idl;
mod readme;
mod rent;
mod scenario;
mod speed;
mod tables;

use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use clap::{Parser, Subcommand};

/// Measures what instructions cost and how fast the host code is.
#[derive(Parser)]
#[command(version)]
struct Cli {
    #[command(subcommand)]
    command: Option<Command>,
}

#[derive(Subcommand)]
enum Command {
    /// Writes the tables of costs and errors into the README
    Readme {
        /// Compare with the README and fail if it is out of date; change nothing
        #[arg(long)]
        check: bool,
    },
}

fn main() -> Result<()> {
    let root = root()?;
    match Cli::parse().command {
        None => {
            speed::print()?;
            print!("{}", tables::costs(&scenario::measure(&root)?));
            print!("\n{}", rent::table(&idl::read(&root)?)?);
            Ok(())
        }
        Some(Command::Readme { check: false }) => readme::write(&root),
        Some(Command::Readme { check: true }) => readme::check(&root),
    }
}

/// The checkout.
fn root() -> Result<PathBuf> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    root.canonicalize()
        .context("the checkout that this was built in is gone")
}
