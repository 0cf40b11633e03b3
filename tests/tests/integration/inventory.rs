//! Nothing is forgotten: what the interfaces list is what the tests test.

use {
    serde_json::Value,
    std::{
        fs,
        path::{Path, PathBuf},
    },
};

/// The programs, each with the name of its errors in the tests.
const PROGRAMS: [(&str, &str); 4] = [
    ("staking", "StakingError"),
    ("proofs", "ProofsError"),
    ("rewards", "RewardsError"),
    ("credits", "CreditsError"),
];

/// Errors that no test can reach, each with the reason. There are none.
const UNREACHABLE: [(&str, &str); 0] = [];

fn tests_folder() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// The interface of a program.
fn interface(program: &str) -> Value {
    let path = tests_folder().join(format!("../idl/trestle_{program}.json"));
    let text = fs::read_to_string(path).expect("the interface of the program");
    serde_json::from_str(&text).expect("an interface in JSON")
}

/// The names in a list of the interface.
fn names(interface: &Value, list: &str) -> Vec<String> {
    let entries = interface[list].as_array().expect("a list");
    assert!(!entries.is_empty(), "no {list}: the scan reads nothing");
    let name = |entry: &Value| entry["name"].as_str().expect("a name").to_owned();
    entries.iter().map(name).collect()
}

/// The test sources whose file names begin with this, but for this file.
fn sources(prefix: &str) -> Vec<String> {
    let folders = [
        tests_folder().join("tests/integration"),
        tests_folder().join("src"),
    ];
    let is_wanted = |path: &PathBuf| {
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        name.starts_with(prefix) && name.ends_with(".rs") && name != "inventory.rs"
    };
    let found: Vec<String> = folders
        .iter()
        .flat_map(|folder| fs::read_dir(folder).expect("a readable folder"))
        .map(|entry| entry.expect("a readable entry").path())
        .filter(is_wanted)
        .map(|path| fs::read_to_string(path).expect("a text file"))
        .collect();
    assert!(!found.is_empty(), "no file begins with {prefix}");
    found
}

/// Whether a text has the word, not as a part of a longer one.
fn has_word(text: &str, word: &str) -> bool {
    let is_part = |letter: char| letter.is_alphanumeric() || letter == '_';
    text.match_indices(word).any(|(at, _)| {
        let before = text[..at].chars().next_back();
        let after = text[at + word.len()..].chars().next();
        !before.is_some_and(is_part) && !after.is_some_and(is_part)
    })
}

/// Whether a source imports variants of these errors by name, this one among them, and uses it.
fn imports(source: &str, errors: &str, variant: &str) -> bool {
    let start = format!("{errors}::{{");
    source.split(start.as_str()).skip(1).any(|rest| {
        let (list, body) = rest.split_once('}').unwrap_or_default();
        has_word(list, variant) && has_word(body, variant)
    })
}

#[test]
fn each_instruction_has_an_account_matrix() {
    let matrices = sources("accounts_matrix");
    for (program, _) in PROGRAMS {
        for name in names(&interface(program), "instructions") {
            // A name may go on: "delegation_deposit, again".
            let starts = [format!("\"{name}\""), format!("\"{name},")];
            let has_matrix = |source: &String| starts.iter().any(|start| source.contains(start));
            assert!(
                matrices.iter().any(has_matrix),
                "{program}: `{name}` has no account matrix"
            );
        }
    }
}

#[test]
fn each_error_is_asserted_by_a_test() {
    let sources = sources("");
    for (program, errors) in PROGRAMS {
        for variant in names(&interface(program), "errors") {
            let path = format!("{errors}::{variant}");
            let is_asserted = sources
                .iter()
                .any(|source| has_word(source, &path) || imports(source, errors, &variant));
            let is_excused = UNREACHABLE.iter().any(|(excused, _)| *excused == path);
            assert!(is_asserted != is_excused, "{path}: asserted {is_asserted}");
        }
    }
}

/// The gateway is no program of Trestle and has no interface file: its errors are read from the
/// source.
#[test]
fn each_error_of_the_gateway_is_asserted_by_a_test() {
    let path = tests_folder().join("gateway/src/error.rs");
    let text = fs::read_to_string(path).expect("the errors of the gateway");
    let variants: Vec<&str> = text
        .lines()
        .filter_map(|line| line.strip_prefix("    ")?.strip_suffix(','))
        .filter(|name| name.chars().all(char::is_alphanumeric))
        .collect();
    assert!(variants.len() > 20, "the scan reads {variants:?}");
    let sources = sources("gateway_");
    for variant in variants {
        let path = format!("GatewayError::{variant}");
        let is_asserted = sources.iter().any(|source| has_word(source, &path));
        assert!(is_asserted, "{path}");
    }
}

#[test]
fn each_account_begins_with_the_version_of_its_layout() {
    for (program, _) in PROGRAMS {
        let interface = interface(program);
        for account in names(&interface, "accounts") {
            let types = interface["types"].as_array().expect("types");
            let layout = types.iter().find(|one| one["name"] == account.as_str());
            let first = &layout.expect("the account's type")["type"]["fields"][0];
            assert_eq!(
                (&first["name"], &first["type"]),
                (&Value::from("version"), &Value::from("u8")),
                "{program}: {account}"
            );
        }
    }
}
