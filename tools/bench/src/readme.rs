//! The tables within the README, between markers.

use std::{collections::BTreeMap, fs, path::Path};

use anyhow::{bail, ensure, Context, Result};

use crate::{
    idl, rent,
    scenario::{self, Costs},
    tables,
};

/// Names of the marked parts.
const COSTS: &str = "cu-table";
const ERRORS: &str = "error-table";
const RENTS: &str = "rent-table";
const SIGNERS: &str = "signer-table";
/// Per cent by which compute units and heap bytes may differ from what the README says: compilers
/// of other versions lay code out differently.
const TOLERANCE_PERCENT: u64 = 2;

/// Writes the tables; leaves the rest of the README untouched.
pub fn write(root: &Path) -> Result<()> {
    let programs = idl::read(root)?;
    let (errors, rents) = (tables::errors(&programs), rent::table(&programs)?);
    let signers = tables::signers(&programs);
    let costs = tables::costs(&scenario::measure(root)?);
    // Read last: measuring takes a while, in which the README may have been edited.
    let present = read(root)?;
    let mut text = present.clone();
    for (name, table) in [
        (SIGNERS, &signers),
        (ERRORS, &errors),
        (COSTS, &costs),
        (RENTS, &rents),
    ] {
        text = replaced(&text, name, table)?;
    }
    if text != present {
        fs::write(root.join("README.md"), text).context("cannot write README.md")?;
        eprintln!("readme: README.md");
    }
    Ok(())
}

/// Fails if the README says other signers, errors or costs than the programs have.
pub fn check(root: &Path) -> Result<()> {
    let readme = read(root)?;
    let programs = idl::read(root)?;
    let mut wrong = differences(part(&readme, ERRORS)?, &tables::errors(&programs));
    wrong.extend(differences(part(&readme, RENTS)?, &rent::table(&programs)?));
    wrong.extend(differences(
        part(&readme, SIGNERS)?,
        &tables::signers(&programs),
    ));
    let written = tables::read_costs(part(&readme, COSTS)?)?;
    wrong.extend(cost_differences(written, &scenario::measure(root)?));
    if wrong.is_empty() {
        return Ok(());
    }
    for line in &wrong {
        eprintln!("{line}");
    }
    bail!(
        "README.md is out of date in the {} lines above: run `make readme`",
        wrong.len()
    );
}

fn read(root: &Path) -> Result<String> {
    fs::read_to_string(root.join("README.md")).context("cannot read README.md")
}

/// Lines of one text that the other does not have, as a patch shows them.
fn differences(present: &str, due: &str) -> Vec<String> {
    let (present, due) = (present.trim(), due.trim());
    if present == due {
        return Vec::new();
    }
    let gone = present
        .lines()
        .filter(|line| !due.lines().any(|other| other == *line));
    let new = due
        .lines()
        .filter(|line| !present.lines().any(|other| other == *line));
    let mut lines: Vec<String> = gone.map(|line| format!("-{line}")).collect();
    lines.extend(new.map(|line| format!("+{line}")));
    if lines.is_empty() {
        lines.push("a table has the right lines in another order".to_owned());
    }
    lines
}

fn cost_differences(mut written: BTreeMap<tables::Key, [u64; 2]>, costs: &Costs) -> Vec<String> {
    let mut lines = Vec::new();
    for row in &costs.rows {
        let due = tables::cost_line(row);
        let found = written.remove(&(row.instruction.clone(), row.case.to_owned()));
        match found {
            Some([units, heap])
                if is_near(units, row.cost.compute_units) && is_near(heap, row.cost.heap_bytes) => {
            }
            Some([units, heap]) => {
                lines.push(format!("+{} (README.md: {units}, {heap})", due.trim()));
            }
            None => lines.push(format!("+{} (missing in README.md)", due.trim())),
        }
    }
    lines.extend(
        written
            .keys()
            .map(|(name, case)| format!("-`{name}` {case} (no longer measured)")),
    );
    lines
}

fn is_near(written: u64, measured: u64) -> bool {
    written.abs_diff(measured).saturating_mul(100) <= measured.saturating_mul(TOLERANCE_PERCENT)
}

/// What stands between the markers of a name.
fn part<'a>(text: &'a str, name: &str) -> Result<&'a str> {
    let (begin, end) = bounds(text, name)?;
    text.get(begin..end).context("markers within a character")
}

fn replaced(text: &str, name: &str, content: &str) -> Result<String> {
    let (begin, end) = bounds(text, name)?;
    let (head, tail) = text
        .split_at_checked(end)
        .context("markers within a character")?;
    let head = head.get(..begin).context("markers within a character")?;
    Ok(format!("{head}\n{content}{tail}"))
}

/// Where the content between two markers begins and ends.
fn bounds(text: &str, name: &str) -> Result<(usize, usize)> {
    let find = |what: &str| {
        let marker = format!("<!-- {name}:{what} -->");
        let place = text.find(&marker).with_context(|| {
            format!("README.md has no line {marker}: put it where the table belongs")
        })?;
        ensure!(
            text.rfind(&marker) == Some(place),
            "README.md has {marker} twice: remove one"
        );
        Ok((place, place + marker.len()))
    };
    let ((_, begin), (end, _)) = (find("begin")?, find("end")?);
    ensure!(
        begin <= end,
        "README.md ends the {name} before it begins: swap the markers"
    );
    Ok((begin, end))
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str = "a\n<!-- x:begin -->\nold\n<!-- x:end -->\nb\n";

    #[test]
    fn only_what_is_between_the_markers_is_replaced() {
        let new = replaced(TEXT, "x", "new\n").unwrap();
        assert_eq!(new, "a\n<!-- x:begin -->\nnew\n<!-- x:end -->\nb\n");
        assert_eq!(replaced(&new, "x", "new\n").unwrap(), new);
        assert_eq!(part(&new, "x").unwrap().trim(), "new");
    }

    #[test]
    fn missing_doubled_and_swapped_markers_are_refused() {
        assert!(replaced(TEXT, "y", "").is_err());
        assert!(replaced(&format!("{TEXT}{TEXT}"), "x", "").is_err());
        assert!(part("<!-- x:end --><!-- x:begin -->", "x").is_err());
    }

    #[test]
    fn two_per_cent_are_near_and_more_is_not() {
        for (written, near) in [(1_000, true), (1_020, true), (980, true), (1_021, false)] {
            assert_eq!(is_near(written, 1_000), near, "{written}");
        }
    }

    #[test]
    fn each_differing_line_is_shown() {
        assert!(differences("\na\nb\n", "a\nb\n").is_empty());
        assert_eq!(differences("a\nb", "b\nc"), ["-a", "+c"]);
        assert_eq!(differences("a\nb", "b\na").len(), 1);
    }
    #[test]
    fn costs_that_are_off_missing_or_no_longer_measured_are_shown() {
        let row = |instruction: &str, compute_units| scenario::Row {
            program: "staking",
            instruction: instruction.to_owned(),
            case: "",
            cost: scenario::Cost {
                compute_units,
                heap_bytes: 8,
                transaction_bytes: 1,
            },
        };
        let written = [
            ("near", 1_010, 8),
            ("far", 2_000, 8),
            ("heap", 5, 9),
            ("old", 1, 8),
        ]
        .map(|(name, units, heap)| ((name.to_owned(), String::new()), [units, heap]));
        let measured = Costs {
            rows: vec![
                row("near", 1_000),
                row("far", 1_000),
                row("heap", 5),
                row("new", 5),
            ],
            sizes: Vec::new(),
        };
        let lines = cost_differences(written.into(), &measured);
        let starts = [
            "+| staking | `far`",
            "+| staking | `heap`",
            "+| staking | `new`",
            "-`old`",
        ];
        assert_eq!(lines.len(), starts.len(), "{lines:?}");
        for (line, start) in lines.iter().zip(starts) {
            assert!(line.starts_with(start), "{line}");
        }
    }
}
