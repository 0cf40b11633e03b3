//! One module for each noun.

pub mod biller;
pub mod card;
pub mod change;
pub mod clearance;
pub mod completion;
pub mod config;
pub mod credits;
pub mod credits_invoice;
pub mod delegate;
pub mod delegation;
pub mod delegation_output;
pub mod devices;
pub mod dispute;
pub mod doctor;
pub mod epoch;
pub mod epoch_challenge;
pub mod hand_over;
pub mod insurance;
pub mod issuer;
pub mod lease;
mod lease_agree;
pub mod lease_group;
mod lease_group_output;
mod lease_group_settle;
mod lease_maintenance;
mod lease_output;
pub mod lease_terms;
pub mod market;
pub mod meter;
pub mod meter_output;
pub mod network;
pub mod network_change;
pub mod network_pause;
pub mod operator;
pub mod policy;
pub mod pool;
pub mod pool_change;
pub mod pool_output;
pub mod revenue;
pub mod reward;
pub mod reward_explain;
pub mod reward_held;
pub mod reward_output;
pub mod reward_stable;
pub mod service;
pub mod stake;
pub mod stake_move;
pub mod stake_slash;
pub mod store;
pub mod store_output;
pub mod topup;
pub mod transaction;
pub mod verifier;

use crate::{
    args::{Cli, Command},
    context::Context,
    error::CliError,
};

/// Runs a command.
pub async fn run(cli: &Cli, context: &Context<'_>) -> Result<(), CliError> {
    match &cli.command {
        Command::Network(command) => network::run(command, context).await,
        Command::Service(command) => service::run(command, context).await,
        Command::Verifier(command) => verifier::run(command, context).await,
        Command::Operator(command) => operator::run(command, context).await,
        Command::Stake(command) => stake::run(command, context).await,
        Command::Delegation(command) => delegation::run(command, context).await,
        Command::Credits(command) => credits::run(command, context).await,
        Command::Meter(command) => meter::run(command, context).await,
        Command::Card(command) => card::run(command, context).await,
        Command::Market(command) => market::run(command, context).await,
        Command::Revenue(command) => revenue::run(command, context).await,
        Command::Treasury(command) => revenue::run_treasury(command, context).await,
        Command::Insurance(command) => insurance::run(command, context).await,
        Command::Store(command) => store::run(command, context).await,
        Command::Lease(command) => lease::run(command, context).await,
        Command::Epoch(command) => epoch::run(command, context).await,
        Command::Dispute(command) => dispute::run(command, context).await,
        Command::Reward(command) => reward::run(command, context).await,
        Command::Pool(command) => pool::run(command, context).await,
        Command::Issuer(command) => issuer::run(command, context).await,
        Command::Clearance(command) => clearance::run(command, context).await,
        Command::Transaction(command) => transaction::run(command, context).await,
        Command::Doctor(args) => doctor::run(args, context).await,
        Command::Config(command) => config::run(command, context),
        Command::Completion(args) => completion::run(args),
    }
}
