//! One module for each noun.

pub mod completion;
pub mod config;
pub mod credits;
pub mod dispute;
pub mod epoch;
pub mod epoch_challenge;
pub mod lease;
pub mod network;
pub mod operator;
pub mod reward;
pub mod reward_explain;
pub mod stake;
pub mod store;
pub mod store_output;

use crate::{
    args::{Cli, Command},
    context::Context,
    error::CliError,
};

/// Runs a command.
pub async fn run(cli: &Cli, context: &Context<'_>) -> Result<(), CliError> {
    match &cli.command {
        Command::Network(command) => network::run(command, context).await,
        Command::Operator(command) => operator::run(command, context).await,
        Command::Stake(command) => stake::run(command, context).await,
        Command::Credits(command) => credits::run(command, context).await,
        Command::Store(command) => store::run(command, context).await,
        Command::Lease(command) => lease::run(command, context).await,
        Command::Epoch(command) => epoch::run(command, context).await,
        Command::Dispute(command) => dispute::run(command, context).await,
        Command::Reward(command) => reward::run(command, context).await,
        Command::Config(command) => config::run(command, context),
        Command::Completion(args) => completion::run(args),
    }
}
