//! Results: one struct for each command, printed for people or for programs.

use std::{
    fmt::Display,
    io::{self, Write},
};

use clap::ValueEnum;
use serde::Serialize;

use crate::error::CliError;

/// How results are printed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, ValueEnum)]
pub enum Format {
    /// For people
    #[default]
    Display,
    /// For programs, indented
    Json,
    /// For programs, on one line
    JsonCompact,
}

/// A result as text. People get more with `verbose`, by `{:#}`.
pub fn render<T: Serialize + Display>(
    value: &T,
    format: Format,
    verbose: bool,
) -> Result<String, CliError> {
    let mut text = match format {
        Format::Display if verbose => format!("{value:#}"),
        Format::Display => value.to_string(),
        Format::Json => serde_json::to_string_pretty(value)?,
        Format::JsonCompact => serde_json::to_string(value)?,
    };
    if !text.ends_with('\n') {
        text.push('\n');
    }
    Ok(text)
}

/// Writes to stdout. A reader who has gone is an error that `main` knows.
pub fn write_stdout(text: &str) -> Result<(), CliError> {
    let mut stdout = io::stdout().lock();
    stdout.write_all(text.as_bytes())?;
    stdout.flush()?;
    Ok(())
}
