//! Off chain: the `trestle` command.
//!
//! It reads arguments and settings, asks [`trestle_sdk`] to do the work, and prints what came of
//! it. Nothing here computes an amount, an address or a proof by itself.
//!
//! - Data goes to stdout, everything else to stderr.
//! - Commands that only read need no key.
//! - Each command has one output struct, which prints for people and serialises for programs.
#![forbid(unsafe_code)]
#![deny(
    clippy::print_stdout,
    clippy::print_stderr,
    clippy::exit,
    clippy::dbg_macro
)]
#![cfg_attr(
    not(test),
    deny(
        clippy::unwrap_used,
        clippy::expect_used,
        clippy::panic,
        clippy::indexing_slicing
    )
)]

pub mod args;
pub mod cleared;
pub mod commands;
pub mod config;
pub mod context;
pub mod error;
pub mod offline;
pub mod output;
pub mod published;
pub mod reference;
pub mod seed_phrase;
pub mod send;
pub mod settle;
pub mod signer;
pub mod store_progress;
pub mod surface;
pub mod text;
pub mod ui;

use std::process::ExitCode;

use clap::{error::ErrorKind, Parser};

use args::Cli;
use context::Context;
use error::{CliError, Kind};
use ui::Ui;

/// Runs the command of the process's arguments.
pub fn main() -> ExitCode {
    let cli = match Cli::try_parse() {
        Ok(cli) => cli,
        Err(error) => return usage(&error),
    };
    let ui = Ui::new(&cli.global);
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build();
    let result = match runtime {
        Ok(runtime) => runtime.block_on(interruptible(&cli, &ui)),
        Err(error) => Err(CliError::new(Kind::Failed, "runtime", error.to_string())),
    };
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) if error.is_broken_pipe() => ExitCode::SUCCESS,
        Err(error) => {
            ui.error(&error);
            ExitCode::from(error.kind.exit_code())
        }
    }
}

/// Prints help, version or what was wrong with the arguments.
fn usage(error: &clap::Error) -> ExitCode {
    let asked = matches!(
        error.kind(),
        ErrorKind::DisplayHelp | ErrorKind::DisplayVersion
    );
    // Nobody reads any more: there is nothing left to report to.
    let _ = error.print();
    if asked {
        ExitCode::SUCCESS
    } else {
        ExitCode::from(Kind::Usage.exit_code())
    }
}

async fn interruptible(cli: &Cli, ui: &Ui) -> Result<(), CliError> {
    let context = Context::new(&cli.global, ui);
    tokio::select! {
        result = commands::run(cli, &context) => result,
        _ = tokio::signal::ctrl_c() => Err(CliError::interrupted()),
    }
}
