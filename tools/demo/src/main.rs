//! `make demo [FILE=path]`: exit code 0 only if every step really held.

use std::{path::PathBuf, process::ExitCode};

use clap::Parser;

/// Run the whole loop of Trestle on a file.
#[derive(Parser)]
#[command(version, about)]
struct Arguments {
    /// The file to store.
    #[arg(default_value = "Cargo.lock")]
    file: PathBuf,
    /// Instead of the whole loop, store and restore a made-up file of this many bytes, and measure
    #[arg(long, value_name = "BYTES", conflicts_with = "file")]
    large: Option<u64>,
    /// Folder of the built programs.
    #[arg(long, default_value = "target/deploy")]
    artifacts: PathBuf,
    /// Keep keys, shards and logs in this folder; without it they are deleted at the end.
    #[arg(long)]
    keep: Option<PathBuf>,
}

#[tokio::main]
async fn main() -> ExitCode {
    let arguments = Arguments::parse();
    let folder = arguments.keep.as_deref();
    let held = match arguments.large {
        Some(bytes) => trestle_demo::run_large(bytes, &arguments.artifacts, folder).await,
        None => trestle_demo::run(&arguments.file, &arguments.artifacts, folder).await,
    };
    match held {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error:#}");
            ExitCode::FAILURE
        }
    }
}
