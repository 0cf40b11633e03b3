//! `trestle-migrate`: says what a deployment lacks, and with `--apply` does it.

use std::{path::PathBuf, process::ExitCode};

use anyhow::Result;
use clap::Parser;
use trestle_migrations::{apply, steps, Context, Settings};

/// Create or complete a deployment of Trestle.
///
/// Without a flag nothing is sent: each step reads the chain and says what it would do.
#[derive(Parser)]
#[command(version, about)]
struct Arguments {
    /// The deployment's settings.
    #[arg(long)]
    config: PathBuf,
    /// Send what is missing, then verify.
    #[arg(long, conflicts_with_all = ["verify", "dry_run"])]
    apply: bool,
    /// Only verify that the chain is as the settings say.
    #[arg(long, conflicts_with = "dry_run")]
    verify: bool,
    /// Say what would be done. This is the default.
    #[arg(long)]
    dry_run: bool,
    /// Where to write the address book after applying.
    #[arg(long, default_value = "deployment.json")]
    deployment: PathBuf,
}

#[tokio::main]
async fn main() -> ExitCode {
    match run(&Arguments::parse()).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error:#}");
            ExitCode::FAILURE
        }
    }
}

async fn run(arguments: &Arguments) -> Result<()> {
    let context = Context::connect(Settings::load(&arguments.config)?).await?;
    if arguments.apply {
        apply(&context, |step, plan| {
            let done = if plan.is_done() {
                "nothing to do"
            } else {
                "applying"
            };
            eprintln!("{step}: {done}");
        })
        .await?;
        context.deployment()?.write(&arguments.deployment)?;
        println!("{}", arguments.deployment.display());
        return Ok(());
    }
    let mut open = 0;
    for step in steps() {
        if arguments.verify {
            step.verify(&context).await?;
            println!("{}: as it should be", step.name());
            continue;
        }
        let plan = step.plan(&context).await?;
        open += plan.actions.len();
        for action in &plan.actions {
            println!("{}: {action}", step.name());
        }
    }
    if !arguments.verify {
        eprintln!("{open} actions are missing, nothing was sent; --apply does them");
    }
    Ok(())
}
