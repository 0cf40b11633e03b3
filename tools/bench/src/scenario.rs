//! Executes every instruction of the four programs, as built, and records what it cost.
//!
//! Every key follows from a name and every time is fixed, so that each run finds the same addresses
//! with the same bumps and the numbers of one build never differ.

mod billing;
mod challenges;
mod credits;
mod disputes;
mod proofs;
mod rewards;

use std::{collections::BTreeMap, fs, path::Path};

use anyhow::{anyhow, ensure, Context, Result};
use solana_instruction::Instruction;
use solana_keypair::Keypair;
use trestle_tests::{
    artifacts, costs, heap,
    svm::{Outcome, Sent, Svm},
};

use crate::idl;

/// Leaves of a payout tree as deep as the largest that a service is measured with: depth 20.
const MANY_LEAVES: usize = 1 << 20;

/// A service whose policy asks for a clearance of either party.
const TWO_CLEARANCES: &str = "policy, two clearances";

/// What one execution of an instruction cost, alone in its transaction.
pub struct Row {
    pub program: &'static str,
    pub instruction: String,
    /// What the cost depends on; empty where it always is the same.
    pub case: &'static str,
    pub cost: Cost,
}

#[derive(Clone, Copy)]
pub struct Cost {
    pub compute_units: u64,
    pub transaction_bytes: u64,
    /// Heap of the hungriest of Trestle's programs.
    pub heap_bytes: u64,
}

impl Cost {
    fn of(sent: &Sent) -> Result<Self> {
        Ok(Self {
            compute_units: sent.compute_units,
            transaction_bytes: u64::try_from(sent.size)?,
            heap_bytes: sent.heap,
        })
    }
}

/// Everything that was measured.
pub struct Costs {
    /// In the order of the programs and, within each, of its description.
    pub rows: Vec<Row>,
    /// Program and bytes of its `.so`.
    pub sizes: Vec<(&'static str, u64)>,
}

/// Costs by name of the instruction, in the order in which they were measured.
#[derive(Default)]
struct Recorder {
    found: BTreeMap<String, Vec<(&'static str, Cost)>>,
}

impl Recorder {
    /// Sends an instruction alone and records its cost.
    fn send(
        &mut self,
        name: &str,
        case: &'static str,
        svm: &mut Svm,
        instruction: Instruction,
        signers: &[&Keypair],
    ) -> Result<()> {
        self.record(name, case, svm.send(&[instruction], signers))
    }

    /// Records the cost of a transaction that holds one instruction.
    fn record(&mut self, name: &str, case: &'static str, outcome: Outcome) -> Result<()> {
        let sent = outcome.map_err(|refused| {
            anyhow!(
                "{name} is refused: {:?}\n{}",
                refused.error,
                refused.logs.join("\n")
            )
        })?;
        let cost = (case, Cost::of(&sent)?);
        self.found.entry(name.to_owned()).or_default().push(cost);
        Ok(())
    }
}

/// Executes everything.
pub fn measure(root: &Path) -> Result<Costs> {
    heap::measure();
    let mut recorder = Recorder::default();
    for measured in costs::staking() {
        let case = staking_case(measured.instruction);
        let cost = Cost::of(&measured.sent)?;
        recorder
            .found
            .entry(measured.instruction.to_owned())
            .or_default()
            .push((case, cost));
    }
    proofs::measure(&mut recorder)?;
    challenges::measure(&mut recorder)?;
    disputes::measure(&mut recorder)?;
    rewards::measure(&mut recorder)?;
    credits::measure(&mut recorder)?;
    billing::measure(&mut recorder)?;
    Ok(Costs {
        rows: ordered(recorder, &idl::read(root)?)?,
        sizes: sizes()?,
    })
}

/// What the staking instructions are measured with.
fn staking_case(instruction: &str) -> &'static str {
    match instruction {
        "slash_apply" => "depth 20",
        "delegation_deposit" => "first deposit",
        "delegation_claim" | "delegation_fund" => "both assets",
        "verifier_displace" => "24 verifiers",
        "bond_slash" => "32 verifiers, all slashed",
        "verifier_register" | "verifier_bond_add" | "verifier_exit" | "verifier_remove"
        | "verifier_withdraw" => "32 verifiers",
        _ => "",
    }
}

/// The rows in the order of the descriptions, every instruction of which must have been measured.
fn ordered(mut recorder: Recorder, programs: &[idl::Program]) -> Result<Vec<Row>> {
    let mut rows = Vec::new();
    for program in programs {
        for instruction in program.instructions() {
            let found = recorder.found.remove(instruction).with_context(|| {
                format!(
                    "{instruction} of {} is not measured: add it to the scenario",
                    program.name
                )
            })?;
            rows.extend(found.into_iter().map(|(case, cost)| Row {
                program: program.name,
                instruction: instruction.to_owned(),
                case,
                cost,
            }));
        }
    }
    let unknown: Vec<_> = recorder.found.into_keys().collect();
    ensure!(
        unknown.is_empty(),
        "measured, but not in idl/: {}: run `make idl`",
        unknown.join(", ")
    );
    Ok(rows)
}

fn sizes() -> Result<Vec<(&'static str, u64)>> {
    let size = |name| Ok((name, fs::metadata(artifacts::program(name))?.len()));
    idl::PROGRAMS.into_iter().map(size).collect()
}
