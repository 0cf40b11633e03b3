//! Off chain: the `trestle-node` command.
#![forbid(unsafe_code)]

mod commit;

use clap::{Parser, Subcommand, ValueEnum};
use std::{
    fmt,
    io::{self, IsTerminal, Write},
    path::{Path, PathBuf},
    process::ExitCode,
    time::Duration,
};
use tokio::signal::unix::{signal, SignalKind};
use tracing_subscriber::EnvFilter;
use trestle_node::{
    server::{self, read_key, StartError},
    settings::{Settings, SettingsError, EXAMPLE},
};

/// How long threads that still hash may take after everything else has ended.
const THREADS_GRACE: Duration = Duration::from_secs(5);

/// Storage agent of a Trestle operator: keeps shards and proves that it does.
#[derive(Debug, Parser)]
#[command(version)]
struct Args {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Serve until SIGTERM or Ctrl-C.
    Run(ConfigArgs),
    /// Check settings and key; print what would be in force.
    ConfigCheck(ConfigArgs),
    /// Print a settings file with every key, its default and what it means.
    ConfigExample,
    /// Print the commitment of a file: the root that names it as a shard.
    Commit(CommitArgs),
}

#[derive(Debug, clap::Args)]
struct ConfigArgs {
    /// Settings file.
    #[arg(long, short = 'c', env = "TRESTLE_NODE_CONFIG", value_name = "PATH")]
    config: PathBuf,
}

#[derive(Debug, clap::Args)]
struct CommitArgs {
    /// The file.
    file: PathBuf,
    /// How to print it.
    #[arg(long, default_value = "display")]
    output: OutputFormat,
    /// No progress bar, even on a terminal.
    #[arg(long, short)]
    quiet: bool,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum OutputFormat {
    Display,
    Json,
    JsonCompact,
}

/// Everything that ends the command badly, with its exit code.
#[derive(Debug)]
enum Failure {
    Settings(SettingsError),
    Start(Box<StartError>),
    Commit(commit::CommitFileError),
    Io(io::Error),
}

impl Failure {
    /// 1 failed, 3 settings or key: the codes of the `trestle` command.
    fn exit_code(&self) -> u8 {
        match self {
            Self::Settings(_) => 3,
            Self::Start(error) if matches!(**error, StartError::Key { .. }) => 3,
            _ => 1,
        }
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Settings(error) => error.fmt(formatter),
            Self::Start(error) => error.fmt(formatter),
            Self::Commit(error) => error.fmt(formatter),
            Self::Io(error) => error.fmt(formatter),
        }
    }
}

impl From<SettingsError> for Failure {
    fn from(error: SettingsError) -> Self {
        Self::Settings(error)
    }
}

impl From<StartError> for Failure {
    fn from(error: StartError) -> Self {
        Self::Start(Box::new(error))
    }
}

impl From<io::Error> for Failure {
    fn from(error: io::Error) -> Self {
        Self::Io(error)
    }
}

fn main() -> ExitCode {
    match dispatch(Args::parse().command) {
        Ok(()) => ExitCode::SUCCESS,
        // Whoever reads our output has read enough.
        Err(Failure::Io(error)) if error.kind() == io::ErrorKind::BrokenPipe => ExitCode::SUCCESS,
        Err(failure) => {
            let _ = writeln!(io::stderr(), "error: {failure}");
            ExitCode::from(failure.exit_code())
        }
    }
}

fn dispatch(command: Command) -> Result<(), Failure> {
    match command {
        Command::Run(args) => run(&args.config),
        Command::ConfigCheck(args) => config_check(&args.config),
        Command::ConfigExample => Ok(io::stdout().write_all(EXAMPLE.as_bytes())?),
        Command::Commit(args) => {
            let committed = commit::commit_file(&args.file, progress_wanted(args.quiet))
                .map_err(Failure::Commit)?;
            let text = match args.output {
                OutputFormat::Display => committed.to_string(),
                OutputFormat::Json => {
                    serde_json::to_string_pretty(&committed).map_err(io::Error::other)?
                }
                OutputFormat::JsonCompact => {
                    serde_json::to_string(&committed).map_err(io::Error::other)?
                }
            };
            Ok(writeln!(io::stdout(), "{text}")?)
        }
    }
}

fn progress_wanted(quiet: bool) -> bool {
    !quiet && io::stderr().is_terminal()
}

fn run(path: &Path) -> Result<(), Failure> {
    let settings = Settings::load(path)?;
    start_log(&settings.log)?;
    let shown = settings.render().map_err(io::Error::other)?;
    tracing::info!(version = env!("CARGO_PKG_VERSION"), "settings:\n{shown}");
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()?;
    let served = runtime.block_on(async {
        let mut terminate = signal(SignalKind::terminate())?;
        let mut interrupt = signal(SignalKind::interrupt())?;
        let running = server::start(settings).await?;
        let scheme = if running.state().settings.tls.is_some() {
            "https"
        } else {
            "http"
        };
        let key = running.state().node_key();
        tracing::info!(node_key = %key, "listening on {scheme}://{}", running.address);
        let stop = async move {
            tokio::select! {
                _ = terminate.recv() => {}
                _ = interrupt.recv() => {}
            }
        };
        running.until(stop).await?;
        Ok(())
    });
    runtime.shutdown_timeout(THREADS_GRACE);
    served
}

fn config_check(path: &Path) -> Result<(), Failure> {
    let settings = Settings::load(path)?;
    parse_filter(&settings.log)?;
    read_key(&settings.node_key_path)?;
    let shown = settings.render().map_err(io::Error::other)?;
    Ok(io::stdout().write_all(shown.as_bytes())?)
}

fn start_log(filter: &str) -> Result<(), Failure> {
    let filter = parse_filter(filter)?;
    let ansi = io::stderr().is_terminal() && std::env::var_os("NO_COLOR").is_none();
    tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_ansi(ansi)
        .with_writer(io::stderr)
        .init();
    Ok(())
}

fn parse_filter(filter: &str) -> Result<EnvFilter, Failure> {
    EnvFilter::builder().parse(filter).map_err(|error| {
        let problem = format!("- `log` is `{filter}`: {error}; set it to `info`");
        Failure::Settings(SettingsError::Invalid(vec![problem]))
    })
}
