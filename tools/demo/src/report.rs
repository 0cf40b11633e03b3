//! What the demo prints: each step as it happens, and the table at the end.

use std::{fmt::Write, time::Instant};

/// One transaction of the demo, for the closing table.
#[derive(Clone, Debug)]
pub struct Row {
    pub step: String,
    pub what: String,
    pub amount: String,
    pub compute_units: u64,
    pub fee_lamports: u64,
}

/// Collects what happened.
pub struct Report {
    started: Instant,
    step: String,
    rows: Vec<Row>,
}

impl Default for Report {
    fn default() -> Self {
        Self {
            started: Instant::now(),
            step: String::new(),
            rows: Vec::new(),
        }
    }
}

impl Report {
    /// Begins a step of the main job.
    pub fn step(&mut self, title: &str) {
        self.step = title.split('.').next().unwrap_or_default().to_string();
        let seconds = self.started.elapsed().as_secs();
        println!("\n== {title}  [{seconds} s]");
    }

    /// One line below the step.
    pub fn line(&self, text: impl AsRef<str>) {
        println!("   {}", text.as_ref());
    }

    /// A line that is also a row of the table.
    pub fn transaction(&mut self, what: &str, amount: &str, compute_units: u64, fee_lamports: u64) {
        self.line(format!(
            "{what}: {amount} [{compute_units} CU, {fee_lamports} lamports]"
        ));
        self.rows.push(Row {
            step: self.step.clone(),
            what: what.to_string(),
            amount: amount.to_string(),
            compute_units,
            fee_lamports,
        });
    }

    /// The closing table.
    pub fn table(&self) -> String {
        let width = |of: fn(&Row) -> &str, least: usize| {
            let longest = self.rows.iter().map(|row| of(row).chars().count()).max();
            longest.unwrap_or(0).max(least)
        };
        let what = width(|row| &row.what, 4);
        let amount = width(|row| &row.amount, 6);
        let mut table = String::new();
        let _ = writeln!(
            table,
            "step  {:what$}  {:amount$}  {:>8}  {:>12}",
            "what", "amount", "CU", "fee lamports"
        );
        for row in &self.rows {
            let _ = writeln!(
                table,
                "{:<4}  {:what$}  {:amount$}  {:>8}  {:>12}",
                row.step, row.what, row.amount, row.compute_units, row.fee_lamports
            );
        }
        let fees: u64 = self.rows.iter().map(|row| row.fee_lamports).sum();
        let _ = writeln!(
            table,
            "{} transactions, {fees} lamports of fees, {} s",
            self.rows.len(),
            self.started.elapsed().as_secs()
        );
        table
    }
}
