//! Whom to tell about a weakness can be read from the built programs, as explorers do it: by the
//! marks that stand around the text.

use {
    std::{collections::BTreeMap, fs},
    trestle_tests::artifacts,
};

const BEGIN: &str = "=======BEGIN SECURITY.TXT V1=======\0";
const END: &str = "=======END SECURITY.TXT V1=======\0";

/// The fields in a program's bytes, if there is exactly one such text.
fn read(program: &str) -> BTreeMap<String, String> {
    let bytes = fs::read(artifacts::program(program)).expect("a built program");
    let text = String::from_utf8_lossy(&bytes);
    let (_, rest) = text.split_once(BEGIN).expect("a begin");
    let (fields, rest) = rest.split_once(END).expect("an end");
    assert!(!rest.contains(BEGIN), "{program}: two texts");
    let parts: Vec<&str> = fields.trim_end_matches('\0').split('\0').collect();
    let pairs = parts.chunks(2);
    pairs
        .map(|pair| (pair[0].to_string(), pair[1].to_string()))
        .collect()
}

#[test]
fn every_program_says_whom_to_tell_about_a_weakness() {
    for program in ["staking", "proofs", "rewards", "credits"] {
        let fields = read(program);
        assert_eq!(fields["name"], format!("Trestle {program}"));
        assert_eq!(fields["auditors"], "None");
        assert!(fields["policy"].ends_with("/SECURITY.md"));
        for field in ["project_url", "source_code", "policy"] {
            assert!(fields[field].starts_with("https://"), "{program}: {field}");
        }
        assert!(fields["contacts"].starts_with("link:https://"));
    }
}

#[test]
fn a_program_that_links_ours_does_not_carry_our_text() {
    let bytes = fs::read(artifacts::program("prepaid_gateway")).expect("a built program");
    assert!(!String::from_utf8_lossy(&bytes).contains(BEGIN));
}
