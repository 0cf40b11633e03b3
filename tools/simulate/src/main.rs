//! `make simulate`: exit code 0 only if every law held and every attack lost.
#![forbid(unsafe_code)]

use {
    clap::Parser,
    std::{path::PathBuf, process::ExitCode},
    trestle_simulate::{simulate_all, write, Parameters},
};

/// Run ten years of a Trestle network under good and bad markets.
#[derive(Parser)]
#[command(version, about)]
struct Arguments {
    /// Folder for the report, the tables and the charts.
    #[arg(default_value = "target/simulate")]
    folder: PathBuf,
}

fn main() -> ExitCode {
    match run(&Arguments::parse()) {
        Ok(losers) if losers => ExitCode::SUCCESS,
        Ok(_) => ExitCode::FAILURE,
        Err(error) => {
            eprintln!("error: {error:#}");
            ExitCode::FAILURE
        }
    }
}

/// Whether every attacker lost.
fn run(arguments: &Arguments) -> anyhow::Result<bool> {
    let parameters = Parameters::sound();
    let outcomes = simulate_all(&parameters)?;
    write(&arguments.folder, &outcomes, &parameters)?;
    for outcome in &outcomes {
        println!(
            "{:<15} wash trading {:+.4} $, burn farming {:+.4} $ for a dollar",
            outcome.scenario().name,
            outcome.wash().per_dollar(),
            outcome.farm().per_dollar(),
        );
    }
    println!("report: {}", arguments.folder.join("report.md").display());
    let lose = outcomes.iter().all(|outcome| outcome.attacks_lose());
    if !lose {
        eprintln!("error: an attack on the emission pays; see the report");
    }
    Ok(lose)
}
