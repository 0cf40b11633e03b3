//! The arguments of `trestle`.

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand};
use solana_pubkey::Pubkey;

use crate::{
    commands::{
        card::CardCommand, clearance::ClearanceCommand, completion::CompletionArgs,
        config::ConfigCommand, credits::CreditsCommand, delegation::DelegationCommand,
        dispute::DisputeCommand, doctor::DoctorArgs, epoch::EpochCommand,
        insurance::InsuranceCommand, issuer::IssuerCommand, lease::LeaseCommand,
        market::MarketCommand, meter::MeterCommand, network::NetworkCommand,
        operator::OperatorCommand, pool::PoolCommand, revenue::RevenueCommand,
        revenue::TreasuryCommand, reward::RewardCommand, service::ServiceCommand,
        stake::StakeCommand, store::StoreCommand, transaction::TransactionCommand,
        verifier::VerifierCommand,
    },
    config::{parse_commitment, Commitment},
    offline::OfflineArgs,
    output::Format,
    signer::SignerSource,
};

const ABOUT: &str = "Store files on Trestle, run a storage operator, and check what is paid";

const AFTER_LONG_HELP: &str = "\
Results go to stdout, everything else to stderr.
Amounts are decimal numbers of tokens, such as 12.5; ALL stands for everything there is.

Exit codes:
  0    it worked
  1    it did not, for the reason given
  2    the arguments cannot be used
  3    settings, deployment file or key cannot be used
  4    the cluster, a node or a verifier could not be reached
  5    the transaction was refused or failed
  6    the transaction expired, or its outcome is unknown
  130  interrupted

Examples:
  trestle -u localhost network show
  trestle credits buy 500000 --with stable
  trestle store put photos.tar --epochs 30
  trestle store get photos.tar --to restored.tar
  trestle reward explain OPERATOR --epoch 42";

/// The whole command line.
#[derive(Debug, Parser)]
#[command(
    name = "trestle",
    version,
    about = ABOUT,
    after_long_help = AFTER_LONG_HELP,
    propagate_version = true,
    infer_long_args = false
)]
pub struct Cli {
    #[command(flatten)]
    pub global: GlobalArgs,
    #[command(subcommand)]
    pub command: Command,
}

/// What every command takes.
#[derive(Debug, Clone, Default, Args)]
#[command(next_help_heading = "Global options")]
pub struct GlobalArgs {
    /// Settings file of the Solana tools [default: ~/.config/solana/cli/config.yml]
    #[arg(short = 'C', long, global = true, value_name = "PATH")]
    pub config: Option<PathBuf>,
    /// RPC URL or moniker: m(ainnet-beta), t(estnet), d(evnet), l(ocalhost)
    #[arg(short, long, global = true, value_name = "URL_OR_MONIKER")]
    pub url: Option<String>,
    /// WebSocket URL [default: derived from the RPC URL]
    #[arg(long, global = true, value_name = "URL")]
    pub ws: Option<String>,
    /// Key that signs: a file, `-` for stdin, prompt:// (or prompt://?key=ACCOUNT/CHANGE) for a
    /// seed phrase, or an address (with --dry-run only)
    #[arg(short, long, global = true, value_name = "SOURCE")]
    pub keypair: Option<SignerSource>,
    /// Key that pays the fees [default: the signing key]
    #[arg(long, global = true, value_name = "SOURCE")]
    pub fee_payer: Option<SignerSource>,
    /// When something counts as done: processed, confirmed or finalized
    // Its id must differ from `commitment`, the account that some commands take.
    #[arg(
        id = "commitment-level",
        long = "commitment",
        global = true,
        value_name = "LEVEL",
        value_parser = parse_commitment
    )]
    pub commitment: Option<Commitment>,
    /// How results are printed
    #[arg(
        long,
        global = true,
        value_enum,
        value_name = "FORMAT",
        default_value_t
    )]
    pub output: Format,
    /// Deployment file of the network [default: the setting, or that of a local network]
    #[arg(
        long,
        global = true,
        value_name = "PATH",
        env = "TRESTLE_DEPLOYMENT",
        hide_env_values = true
    )]
    pub deployment: Option<PathBuf>,
    /// Address of a network, instead of a deployment file
    #[arg(
        long,
        global = true,
        value_name = "ADDRESS",
        conflicts_with = "deployment"
    )]
    pub network: Option<Pubkey>,
    /// Print more
    #[arg(short, long, global = true, conflicts_with = "quiet")]
    pub verbose: bool,
    /// Print results and errors only
    #[arg(short, long, global = true)]
    pub quiet: bool,
    /// Simulate, show what would happen, and send nothing
    #[arg(long, global = true)]
    pub dry_run: bool,
    /// Micro-lamports for each compute unit [default: what was paid recently]
    #[arg(long, global = true, value_name = "MICRO_LAMPORTS")]
    pub with_compute_unit_price: Option<u64>,
    /// Compute units to ask for [default: as simulated, and a tenth more]
    #[arg(
        long,
        global = true,
        value_name = "UNITS",
        value_parser = clap::value_parser!(u32).range(1..=1_400_000)
    )]
    pub with_compute_unit_limit: Option<u32>,
    /// Do not ask before what cannot be undone
    #[arg(short, long, global = true)]
    pub yes: bool,
    #[command(flatten)]
    pub offline: OfflineArgs,
}

/// `<noun> <verb>`.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// What a network is, how it stands, and who governs it
    #[command(subcommand)]
    Network(NetworkCommand),
    /// The rules of the service, and what it asks of those who take part
    #[command(subcommand)]
    Service(ServiceCommand),
    /// Who vouches for roots, and with which bond
    #[command(subcommand)]
    Verifier(VerifierCommand),
    /// Register and look at storage operators
    #[command(subcommand)]
    Operator(OperatorCommand),
    /// What operators have at stake
    #[command(subcommand)]
    Stake(StakeCommand),
    /// Put tokens at stake with an operator for a share of what it earns
    #[command(subcommand)]
    Delegation(DelegationCommand),
    /// Buy and hold the credits that storage is paid with
    #[command(subcommand)]
    Credits(CreditsCommand),
    /// Credits that pay operators for usage by signed receipts
    #[command(subcommand)]
    Meter(MeterCommand),
    /// Credits for people who pay by card
    #[command(subcommand)]
    Card(CardCommand),
    /// The rules that credits are sold by
    #[command(subcommand)]
    Market(MarketCommand),
    /// What customers paid, and its release to who earned it
    #[command(subcommand)]
    Revenue(RevenueCommand),
    /// The network's own share of the revenue
    #[command(subcommand)]
    Treasury(TreasuryCommand),
    /// What is set aside of the revenue for customers who were let down
    #[command(subcommand)]
    Insurance(InsuranceCommand),
    /// Store files and get them back
    #[command(subcommand)]
    Store(StoreCommand),
    /// The agreements that pay operators
    #[command(subcommand)]
    Lease(LeaseCommand),
    /// Epochs and their roots
    #[command(subcommand)]
    Epoch(EpochCommand),
    /// Put the question whether a proposed root is right to the verifiers
    #[command(subcommand)]
    Dispute(DisputeCommand),
    /// What operators have earned, and why
    #[command(subcommand)]
    Reward(RewardCommand),
    /// Where operators' pay comes from
    #[command(subcommand)]
    Pool(PoolCommand),
    /// Whose word about wallets the network takes
    #[command(subcommand)]
    Issuer(IssuerCommand),
    /// What issuers vouch for about wallets
    #[command(subcommand)]
    Clearance(ClearanceCommand),
    /// Sign and send transactions that were built elsewhere
    #[command(subcommand)]
    Transaction(TransactionCommand),
    /// Check cluster, clock, key, programs, network and node, and say what to do
    Doctor(DoctorArgs),
    /// Settings
    #[command(subcommand)]
    Config(ConfigCommand),
    /// Print a completion script for a shell
    Completion(CompletionArgs),
}
