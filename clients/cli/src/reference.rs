//! The help of every command as one document.

use std::fmt::Write;

use clap::{Command, CommandFactory};

use crate::args::Cli;

/// Columns of the help texts in the document.
const WIDTH: usize = 100;

const HEAD: &str = "# trestle: command line reference\n\n\
    Written from the commands' own help; a test fails when the two differ.\n";

/// `REFERENCE.md`.
pub fn markdown() -> String {
    let mut command = Cli::command().term_width(WIDTH);
    command.build();
    let mut text = HEAD.to_string();
    describe(&mut command, "", &mut text);
    text
}

fn describe(command: &mut Command, parent: &str, text: &mut String) {
    let name = format!("{parent}{}", command.get_name());
    if !parent.is_empty() {
        // Once, at the top, is enough.
        *command = command.clone().mut_args(|argument| {
            let global = argument.is_global_set();
            argument.hide(global)
        });
    }
    let help = command.render_long_help().to_string();
    let trimmed: Vec<&str> = help.lines().map(str::trim_end).collect();
    // Writing to a string does not fail.
    let _ = write!(
        text,
        "\n## {name}\n\n```text\n{}\n```\n",
        trimmed.join("\n").trim_end()
    );
    for child in command.get_subcommands_mut() {
        if child.get_name() != "help" {
            describe(child, &format!("{name} "), text);
        }
    }
}
