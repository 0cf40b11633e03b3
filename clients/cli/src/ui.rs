//! Everything for people's eyes that is not the result: stderr, and only there.

use std::{
    io::{self, BufRead, IsTerminal, Write},
    time::Duration,
};

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

use crate::{
    args::GlobalArgs,
    error::{CliError, Kind},
    output::Format,
};

/// How often a spinner moves.
const TICK: Duration = Duration::from_millis(120);

/// What may be written to stderr, and how.
#[derive(Debug, Clone)]
pub struct Ui {
    quiet: bool,
    verbose: bool,
    colors: bool,
    /// Somebody sits at the terminal.
    interactive: bool,
    json: bool,
    yes: bool,
}

impl Ui {
    pub fn new(global: &GlobalArgs) -> Self {
        let terminal = io::stderr().is_terminal();
        // https://no-color.org: any value but the empty one turns colours off.
        let no_color = std::env::var_os("NO_COLOR").is_some_and(|value| !value.is_empty());
        Self {
            quiet: global.quiet,
            verbose: global.verbose,
            colors: terminal && !no_color,
            interactive: terminal && io::stdin().is_terminal(),
            json: global.output != Format::Display,
            yes: global.yes,
        }
    }

    /// Something worth knowing while the command works. Silenced by --quiet.
    pub fn status(&self, text: impl AsRef<str>) {
        if !self.quiet {
            line(text.as_ref());
        }
    }

    /// Something that may go wrong later.
    pub fn warning(&self, text: impl AsRef<str>) {
        line(&format!(
            "{} {}",
            self.paint("33", "warning:"),
            text.as_ref()
        ));
    }

    pub fn error(&self, error: &CliError) {
        if self.json {
            line(&error.to_json());
            return;
        }
        line(&format!("{} {error}", self.paint("31;1", "error:")));
        for log in error.logs.iter().filter(|_| self.verbose) {
            line(&format!("  | {log}"));
        }
        if let Some(hint) = &error.hint {
            line(&format!("{} {hint}", self.paint("36", "hint:")));
        }
    }

    /// Asks before something that cannot be undone. Without a terminal, --yes is required.
    pub fn confirm(&self, question: &str) -> Result<(), CliError> {
        if self.yes {
            return Ok(());
        }
        if !self.interactive {
            let message = format!("`{question}` needs a confirmation, and nobody can be asked");
            return Err(CliError::new(Kind::Usage, "confirmation", message)
                .hint("add -y/--yes if you are sure"));
        }
        let mut stderr = io::stderr().lock();
        write!(stderr, "{question} [y/N] ")?;
        stderr.flush()?;
        let mut answer = String::new();
        io::stdin().lock().read_line(&mut answer)?;
        if matches!(answer.trim(), "y" | "Y" | "yes") {
            return Ok(());
        }
        Err(CliError::failed("declined", "nothing was done"))
    }

    /// Turns while something is waited for.
    pub fn spinner(&self, text: impl Into<String>) -> ProgressBar {
        let bar = self.bar_or_nothing(ProgressBar::new_spinner());
        if let Ok(style) = ProgressStyle::with_template("{spinner} {wide_msg}") {
            bar.set_style(style);
        }
        bar.set_message(text.into());
        bar.enable_steady_tick(TICK);
        bar
    }

    /// Fills while bytes go by.
    pub fn bytes(&self, total: u64, text: impl Into<String>) -> ProgressBar {
        let bar = self.bar_or_nothing(ProgressBar::new(total));
        let template = "{msg} [{bar:30}] {bytes}/{total_bytes} {bytes_per_sec} {eta}";
        if let Ok(style) = ProgressStyle::with_template(template) {
            bar.set_style(style);
        }
        bar.set_message(text.into());
        bar
    }

    fn bar_or_nothing(&self, bar: ProgressBar) -> ProgressBar {
        if self.quiet || self.json || !io::stderr().is_terminal() {
            bar.set_draw_target(ProgressDrawTarget::hidden());
        }
        bar
    }

    fn paint(&self, code: &str, text: &str) -> String {
        if self.colors {
            format!("\u{1b}[{code}m{text}\u{1b}[0m")
        } else {
            text.to_string()
        }
    }
}

/// When stderr is closed there is nobody to tell.
fn line(text: &str) {
    let _ = writeln!(io::stderr().lock(), "{text}");
}

#[cfg(test)]
mod tests {
    use super::*;

    fn nobody() -> Ui {
        Ui {
            quiet: true,
            verbose: false,
            colors: false,
            interactive: false,
            json: false,
            yes: false,
        }
    }

    #[test]
    fn without_a_terminal_what_cannot_be_undone_needs_yes() {
        let error = nobody().confirm("Really?").unwrap_err();
        assert_eq!(error.kind.exit_code(), 2);
        assert!(error.hint.unwrap().contains("--yes"));
        let sure = Ui {
            yes: true,
            ..nobody()
        };
        assert_eq!(sure.confirm("Really?"), Ok(()));
    }

    #[test]
    fn colours_are_for_terminals() {
        assert_eq!(nobody().paint("31", "error:"), "error:");
        let colors = Ui {
            colors: true,
            ..nobody()
        };
        assert_eq!(colors.paint("31", "x"), "\u{1b}[31mx\u{1b}[0m");
    }
}
