//! Every instruction of the programs is reached by a command, or it is said who else calls it.

use std::{collections::BTreeSet, fs, path::Path};

use trestle_cli::surface::{COMMANDS, OTHERS};

fn instructions() -> BTreeSet<String> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../idl");
    let mut found = BTreeSet::new();
    for program in ["staking", "proofs", "rewards", "credits"] {
        let path = folder.join(format!("trestle_{program}.json"));
        let text = fs::read_to_string(path).unwrap();
        let idl: serde_json::Value = serde_json::from_str(&text).unwrap();
        for instruction in idl["instructions"].as_array().unwrap() {
            found.insert(instruction["name"].as_str().unwrap().to_string());
        }
    }
    found
}

#[test]
fn each_instruction_has_a_command_or_another_caller() {
    let names = COMMANDS.iter().chain(OTHERS).map(|(name, _)| *name);
    let listed: BTreeSet<String> = names.clone().map(String::from).collect();
    assert_eq!(listed.len(), names.count(), "an instruction is listed once");
    let all = instructions();
    let forgotten: Vec<_> = all.difference(&listed).collect();
    assert!(forgotten.is_empty(), "src/surface.rs lacks {forgotten:?}");
    let gone: Vec<_> = listed.difference(&all).collect();
    assert!(gone.is_empty(), "no program has {gone:?}");
}

#[test]
fn each_command_of_the_table_exists() {
    let reference = trestle_cli::reference::markdown();
    for (instruction, command) in COMMANDS {
        let heading = format!("## trestle {command}\n");
        assert!(reference.contains(&heading), "{instruction}: {command}");
    }
    assert!(OTHERS.iter().all(|(_, reason)| reason.len() > 20));
}
