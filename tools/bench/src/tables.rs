//! The tables, as Markdown.

use std::{collections::BTreeMap, fmt::Write};

use anyhow::{Context, Result};

use crate::{
    idl::{self, Program},
    scenario::{Costs, Row},
};

/// Instruction, and what it was measured with.
pub type Key = (String, String);

/// The table of costs, and that of the programs' sizes.
pub fn costs(costs: &Costs) -> String {
    let mut text = String::from(
        "| program | instruction | measured with | compute units | heap bytes \
         | transaction bytes |\n\
         |---|---|---|---:|---:|---:|\n",
    );
    for row in &costs.rows {
        text.push_str(&cost_line(row));
    }
    text.push_str("\n| program | bytes of its `.so` |\n|---|---:|\n");
    for (program, size) in &costs.sizes {
        // Writing to a string cannot fail.
        let _ = writeln!(text, "| {program} | {} |", grouped(*size));
    }
    text
}

/// One line of the table of costs.
pub fn cost_line(row: &Row) -> String {
    format!(
        "| {} | `{}` | {} | {} | {} | {} |\n",
        row.program,
        row.instruction,
        row.case,
        grouped(row.cost.compute_units),
        grouped(row.cost.heap_bytes),
        grouped(row.cost.transaction_bytes)
    )
}

/// Compute units and heap bytes by instruction and case, as a table of costs gives them.
pub fn read_costs(table: &str) -> Result<BTreeMap<Key, [u64; 2]>> {
    table
        .lines()
        .filter_map(|line| {
            let cells: Vec<&str> = line.split('|').map(str::trim).collect();
            let [_, _, name, case, units, heap, _, _] = cells.as_slice() else {
                return None;
            };
            let name = name.strip_prefix('`')?.strip_suffix('`')?;
            Some((line, (name.to_owned(), (*case).to_owned()), [*units, *heap]))
        })
        .map(|(line, key, [units, heap])| {
            let number = |text: &str| {
                let parsed = text.replace(',', "").parse();
                parsed.with_context(|| format!("`{text}` is no number in: {line}"))
            };
            Ok((key, [number(units)?, number(heap)?]))
        })
        .collect()
}

/// What no key of Trestle's is needed for: documented as whoever it is, or as who pays the rent.
const ANYONE: [&str; 2] = ["Whoever", "Pays"];

/// Who has to sign what: the roles as the programs' accounts are documented, up to the first sign.
pub fn signers(programs: &[Program]) -> String {
    let mut roles: BTreeMap<String, Vec<String>> = BTreeMap::new();
    let mut anyone = Vec::new();
    for program in programs {
        for instruction in &program.idl.instructions {
            let name = format!("`{}`", instruction.name);
            let signing = idl::signers(&instruction.accounts);
            let due: Vec<_> = signing
                .into_iter()
                .filter(|role| !is_anyone(role))
                .collect();
            if due.is_empty() {
                anyone.push(name);
                continue;
            }
            for role in due {
                roles.entry(role).or_default().push(name.clone());
            }
        }
    }
    let mut text = String::from("| signer | signs |\n|---|---|\n");
    for (role, instructions) in roles {
        let _ = writeln!(text, "| {role} | {} |", instructions.join(", "));
    }
    let _ = writeln!(text, "| anyone | {} |", anyone.join(", "));
    text
}

fn is_anyone(role: &str) -> bool {
    ANYONE.iter().any(|start| role.starts_with(start))
}

/// The table of errors.
pub fn errors(programs: &[Program]) -> String {
    let mut text = String::from(
        "| code | hex | program | name | meaning and remedy |\n|---:|---|---|---|---|\n",
    );
    for program in programs {
        for error in &program.idl.errors {
            let message = error.msg.as_deref().unwrap_or_default().replace('|', "\\|");
            let _ = writeln!(
                text,
                "| {0} | `{0:#x}` | {1} | `{2}` | {message} |",
                error.code, program.name, error.name
            );
        }
    }
    text
}

/// A number with a comma before each three digits.
pub fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let mut text = String::new();
    for (position, digit) in digits.chars().enumerate() {
        if position > 0 && (digits.len() - position).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scenario::Cost;

    #[test]
    fn numbers_are_grouped_by_three_digits() {
        let cases = [
            (0, "0"),
            (999, "999"),
            (1_000, "1,000"),
            (1_234_567, "1,234,567"),
        ];
        for (number, text) in cases {
            assert_eq!(grouped(number), text);
        }
    }

    #[test]
    fn what_is_written_is_read_again() {
        let row = |instruction: &str, case, compute_units| Row {
            program: "staking",
            instruction: instruction.to_owned(),
            case,
            cost: Cost {
                compute_units,
                heap_bytes: 2_048,
                transaction_bytes: 1_232,
            },
        };
        let written = costs(&Costs {
            rows: vec![
                row("stake_deposit", "", 4_321),
                row("slash_apply", "depth 20", 99),
            ],
            sizes: vec![("staking", 100_000)],
        });
        let read = read_costs(&written).unwrap();
        let key = |name: &str, case: &str| (name.to_owned(), case.to_owned());
        assert_eq!(
            read.into_iter().collect::<Vec<_>>(),
            [
                (key("slash_apply", "depth 20"), [99, 2_048]),
                (key("stake_deposit", ""), [4_321, 2_048])
            ]
        );
    }
}
