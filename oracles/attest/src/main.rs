//! Off chain. `trestle-attest`: runs the verifier service, checks its settings, recomputes epochs.
//!
//! Exit codes: 0 done, 1 failed or disagreed, 2 usage, 3 settings or key, 4 network.

#![forbid(unsafe_code)]

use clap::{Args, Parser, Subcommand};
use solana_pubkey::Pubkey;
use solana_signer::Signer;
use std::io::Write;
use std::path::PathBuf;
use std::process::ExitCode;
use trestle_attest::error::ServeError;
use trestle_attest::key::read_key;
use trestle_attest::recompute::{self, RecomputeError, Source};
use trestle_attest::server::serve;
use trestle_attest::settings::{Settings, EXAMPLE};
use trestle_kit::settings::{printable, read_file};
use trestle_kit::telemetry;

const FAILED: u8 = 1;
const BAD_SETTINGS: u8 = 3;
const NETWORK: u8 = 4;

/// The Trestle verifier: challenges storage, scores it, and votes for what it computed
#[derive(Parser)]
#[command(version)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Run the service until SIGTERM or Ctrl-C
    Run(ConfigArgs),
    /// Check settings and key, and print the effective settings without secrets
    ConfigCheck(ConfigArgs),
    /// Print a settings file with every key, its default and what it means
    ConfigExample,
    /// Recompute an epoch from published files and, with --rpc-url, compare it with the chain
    Recompute(RecomputeArgs),
}

#[derive(Args)]
struct ConfigArgs {
    /// Settings file (TOML); TRESTLE_ATTEST__SECTION__KEY variables override it
    #[arg(long, value_name = "PATH")]
    config: PathBuf,
}

#[derive(Args)]
struct RecomputeArgs {
    /// Folder of published epochs, such as <data_dir>/published/<service>
    #[arg(long, value_name = "PATH", required_unless_present = "url")]
    dir: Option<PathBuf>,
    /// Base URL of a verifier's public server
    #[arg(long, value_name = "URL", conflicts_with = "dir", requires = "service")]
    url: Option<String>,
    /// Service account, with --url
    #[arg(long, value_name = "ADDRESS")]
    service: Option<Pubkey>,
    /// The epoch
    #[arg(long, value_name = "NUMBER")]
    epoch: u64,
    /// JSON-RPC endpoint of the chain to compare with
    #[arg(long, value_name = "URL")]
    rpc_url: Option<String>,
}

/// A message for stderr and an exit code.
struct Failure(u8, String);

fn main() -> ExitCode {
    let done = match Cli::parse().command {
        Command::Run(args) => run(&args),
        Command::ConfigCheck(args) => config_check(&args),
        Command::ConfigExample => show(EXAMPLE),
        Command::Recompute(args) => run_recompute(args),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(Failure(code, message)) => {
            let _ = writeln!(std::io::stderr(), "error: {message}");
            ExitCode::from(code)
        }
    }
}

fn load(args: &ConfigArgs) -> Result<Settings, Failure> {
    let bad = |error: &dyn std::fmt::Display| Failure(BAD_SETTINGS, error.to_string());
    let text = read_file(&args.config).map_err(|error| bad(&error))?;
    // The only place that reads the environment. A value that is not text cannot be a setting.
    let variables = std::env::vars_os()
        .filter_map(|(name, value)| Some((name.into_string().ok()?, value.into_string().ok()?)));
    Settings::load(&text, variables).map_err(|error| bad(&error))
}

fn run(args: &ConfigArgs) -> Result<(), Failure> {
    let settings = load(args)?;
    telemetry::init(&settings.log).map_err(|error| Failure(BAD_SETTINGS, error.to_string()))?;
    let shown = printable(&settings).map_err(|error| Failure(BAD_SETTINGS, error.to_string()))?;
    tracing::info!("settings:\n{shown}");
    runtime()?.block_on(serve(settings)).map_err(|error| {
        let code = match error {
            ServeError::Key(_) | ServeError::DataDir(_) | ServeError::Bind(_) => BAD_SETTINGS,
            ServeError::Chain(_) => NETWORK,
            _ => FAILED,
        };
        Failure(code, error.to_string())
    })
}

fn config_check(args: &ConfigArgs) -> Result<(), Failure> {
    let settings = load(args)?;
    let bad = |error: &dyn std::fmt::Display| Failure(BAD_SETTINGS, error.to_string());
    let key = read_key(&settings.keypair_path).map_err(|error| bad(&error))?;
    let shown = printable(&settings).map_err(|error| bad(&error))?;
    show(&format!("# verifier = \"{}\"\n{shown}", key.pubkey()))
}

fn run_recompute(args: RecomputeArgs) -> Result<(), Failure> {
    let source = match (args.dir, args.url, args.service) {
        (Some(folder), ..) => Source::Folder(folder),
        (None, Some(url), Some(service)) => Source::Url { url, service },
        _ => return Err(Failure(2, "give --dir, or --url with --service".into())),
    };
    let report = runtime()?
        .block_on(recompute::run(&source, args.epoch, args.rpc_url.as_deref()))
        .map_err(|error: RecomputeError| {
            let code = if error.is_disagreement() {
                FAILED
            } else {
                NETWORK
            };
            Failure(code, error.to_string())
        })?;
    let text = serde_json::to_string_pretty(&report)
        .map_err(|error| Failure(FAILED, error.to_string()))?;
    show(&format!("{text}\n"))
}

fn runtime() -> Result<tokio::runtime::Runtime, Failure> {
    tokio::runtime::Runtime::new().map_err(|error| Failure(FAILED, error.to_string()))
}

/// Data goes to stdout. A reader that went away is no error.
fn show(text: &str) -> Result<(), Failure> {
    match std::io::stdout().write_all(text.as_bytes()) {
        Err(error) if error.kind() != std::io::ErrorKind::BrokenPipe => {
            Err(Failure(FAILED, error.to_string()))
        }
        _ => Ok(()),
    }
}
