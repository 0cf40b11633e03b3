//! The rules of style that a machine can check.

use std::{
    fs,
    path::{Path, PathBuf},
};

const LINE_COLUMNS_MAX: usize = 100;
const FILE_LINES_MAX: usize = 500;
const FUNCTION_LINES_MAX: usize = 70;

struct Source {
    path: PathBuf,
    text: String,
}

impl Source {
    /// Test code may unwrap and name machine facts; it still keeps the size limits.
    fn is_test(&self) -> bool {
        let path = self.path.to_string_lossy();
        path.contains("/tests/")
            || path.contains("/examples/")
            || path.contains("test")
            || path.ends_with("tests.rs")
    }

    /// Tables that a test writes and checks grow with what they list.
    fn is_generated(&self) -> bool {
        self.text.starts_with("//! Generated ")
    }

    /// The part of the file that ships.
    fn shipped(&self) -> &str {
        if self.is_test() {
            return "";
        }
        self.text.split("#[cfg(test)]").next().unwrap_or_default()
    }

    fn is_under(&self, folder: &str) -> bool {
        self.path.starts_with(root().join(folder))
    }
}

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .parent()
        .expect("the tests crate lies in the workspace")
        .to_path_buf()
}

fn sources() -> Vec<Source> {
    let mut found = Vec::new();
    for folder in [
        "programs",
        "clients",
        "oracles",
        "migrations",
        "tests",
        "tools",
    ] {
        collect(&root().join(folder), &mut found);
    }
    assert!(
        found.len() > 50,
        "the walk found too few files to mean anything"
    );
    found
}

fn collect(folder: &Path, found: &mut Vec<Source>) {
    for entry in fs::read_dir(folder).expect("a readable folder") {
        let path = entry.expect("a readable entry").path();
        if path.is_dir() {
            if path.file_name().is_some_and(|name| name != "target") {
                collect(&path, found);
            }
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            let text = fs::read_to_string(&path).expect("a text file");
            found.push(Source { path, text });
        }
    }
}

fn report(rule: &str, offences: Vec<String>) {
    assert!(
        offences.is_empty(),
        "{rule}, {} offences:\n{}",
        offences.len(),
        offences.join("\n")
    );
}

#[test]
fn lines_and_files_are_short() {
    let mut offences = Vec::new();
    for source in sources() {
        let count = source.text.lines().count();
        if count > FILE_LINES_MAX && !source.is_generated() {
            offences.push(format!("{}: {count} lines", source.path.display()));
        }
        for (index, line) in source.text.lines().enumerate() {
            if line.chars().count() > LINE_COLUMNS_MAX {
                offences.push(format!("{}:{}", source.path.display(), index + 1));
            }
        }
    }
    report(
        "files of at most 500 lines of at most 100 columns",
        offences,
    );
}

#[test]
fn functions_are_short() {
    let mut offences = Vec::new();
    for source in sources().into_iter().filter(|source| !source.is_test()) {
        for (name, length) in functions(&source.text) {
            if length > FUNCTION_LINES_MAX {
                offences.push(format!("{}: {name} ({length})", source.path.display()));
            }
        }
    }
    report("functions of at most 70 lines", offences);
}

/// Name and length of each function, found by rustfmt's indentation.
fn functions(text: &str) -> Vec<(String, usize)> {
    let mut found = Vec::new();
    let mut open: Option<(String, usize, usize)> = None;
    for (index, line) in text.lines().enumerate() {
        let indent = line.len() - line.trim_start().len();
        let words = line.trim_start();
        let signature = words.split('(').next().unwrap_or_default();
        let starts = signature.split_whitespace().any(|word| word == "fn")
            && !words.starts_with("//")
            && !words.ends_with(';');
        if starts && open.is_none() {
            let name = signature.rsplit(' ').next().unwrap_or_default().to_string();
            open = Some((name, index, indent));
        } else if words == "}" {
            if let Some((name, start, at)) = open.take_if(|(_, _, at)| *at == indent) {
                let _ = at;
                found.push((name, index - start + 1));
            }
        }
    }
    found
}

#[test]
fn programs_never_panic_or_float() {
    let forbidden = [
        ".unwrap()",
        ".expect(",
        "panic!(",
        "unreachable!(",
        "f64",
        "f32",
        "msg!(",
    ];
    let mut offences = Vec::new();
    for source in sources() {
        let rules = source.is_under("programs") || source.is_under("oracles/verify/src");
        if !rules {
            continue;
        }
        for (index, line) in source.shipped().lines().enumerate() {
            let code = line.split("//").next().unwrap_or_default();
            if forbidden.iter().any(|word| code.contains(word)) {
                offences.push(format!("{}:{}", source.path.display(), index + 1));
            }
        }
    }
    report(
        "no panic, no float, no log in what decides money or guilt",
        offences,
    );
}

#[test]
fn nothing_is_left_for_later() {
    let forbidden = [
        concat!("todo", "!("),
        concat!("unimplemented", "!("),
        concat!("TO", "DO"),
        concat!("FIX", "ME"),
        concat!("#[ign", "ore"),
        concat!("macro_", "rules!"),
    ];
    let mut offences = Vec::new();
    for source in sources() {
        for (index, line) in source.text.lines().enumerate() {
            if forbidden.iter().any(|word| line.contains(word)) {
                offences.push(format!("{}:{}", source.path.display(), index + 1));
            }
        }
    }
    report("no stub, no ignored test, no project macro", offences);
}

#[test]
fn every_crate_says_where_it_runs() {
    let mut offences = Vec::new();
    for source in sources() {
        let is_crate_root = source.path.ends_with("src/lib.rs");
        let first = source
            .text
            .lines()
            .next()
            .unwrap_or_default()
            .to_lowercase();
        if is_crate_root && !(first.contains("on chain") || first.contains("off chain")) {
            offences.push(source.path.display().to_string());
        }
    }
    report(
        "the first line of a crate says on chain, off chain or both",
        offences,
    );
}

#[test]
fn each_instruction_has_a_specification_and_a_test() {
    let tests = sources()
        .into_iter()
        .filter(|source| source.is_under("tests/tests"))
        .map(|source| source.text)
        .collect::<String>();
    let mut offences = Vec::new();
    for source in sources() {
        let path = source.path.to_string_lossy();
        if !path.contains("/src/instructions/") || path.ends_with("mod.rs") {
            continue;
        }
        let name = source
            .path
            .file_stem()
            .unwrap_or_default()
            .to_string_lossy();
        if !source.text.contains("Specification") {
            offences.push(format!("{name}: no specification"));
        }
        if !tests.contains(name.as_ref()) {
            offences.push(format!("{name}: no test names it"));
        }
    }
    report("each instruction is specified and tested", offences);
}

#[test]
fn nothing_leaves_the_state_unchecked() {
    let mut offences = Vec::new();
    for source in sources() {
        let path = source.path.to_string_lossy();
        let is_state = path.contains("/src/state/") && !path.ends_with("mod.rs");
        if source.is_under("programs") && is_state && source.text.contains("#[account") {
            let has = source.text.contains("fn invariant(");
            if !has {
                offences.push(path.to_string());
            }
        }
    }
    report("every account type states its invariant", offences);
}

/// An account of the programs that is loaded as the framework's `Account` would be read whatever
/// the version of its layout.
#[test]
fn programs_load_their_accounts_with_the_version_checked() {
    let mut offences = Vec::new();
    for source in sources() {
        if !source.is_under("programs") {
            continue;
        }
        for (index, line) in source.shipped().lines().enumerate() {
            if loads_unchecked(line) {
                offences.push(format!("{}:{}", source.path.display(), index + 1));
            }
        }
    }
    report("accounts of the programs loaded as `State`", offences);
}

/// Whether a line of code names the framework's `Account` of anything but tokens.
fn loads_unchecked(line: &str) -> bool {
    let code = line.trim_start();
    let starts_name = |head: &str| !head.ends_with(|letter: char| letter.is_alphanumeric());
    !code.starts_with("//")
        && ["Account<", "Account::<"].iter().any(|name| {
            code.match_indices(name).any(|(at, _)| {
                let inner = &code[at + name.len()..];
                let is_token = inner.starts_with("TokenAccount>") || inner.starts_with("Mint>");
                starts_name(&code[..at]) && !is_token
            })
        })
}
