//! `trestle service`: what the service asks of those who take part.

use clap::Subcommand;

use crate::{
    commands::policy::{self, PolicyCommand},
    context::Context,
    error::CliError,
};

#[derive(Debug, Subcommand)]
pub enum ServiceCommand {
    /// Which clearances operators and customers need
    #[command(subcommand)]
    Policy(PolicyCommand),
}

pub async fn run(command: &ServiceCommand, context: &Context<'_>) -> Result<(), CliError> {
    match command {
        ServiceCommand::Policy(command) => policy::run(command, context).await,
    }
}
