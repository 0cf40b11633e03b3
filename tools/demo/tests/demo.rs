//! The main job over JSON-RPC: network, nodes, verifiers and the command line as processes. A test
//! binary of its own, so that nothing else competes for the deadlines of the challenges.

use std::{path::PathBuf, process::Command};

#[test]
fn the_demo_runs_to_its_end() {
    let root = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../..");
    let output = Command::new(env!("CARGO_BIN_EXE_trestle-demo"))
        .arg(root.join("Cargo.lock"))
        .arg("--artifacts")
        .arg(root.join("target/deploy"))
        .output()
        .expect("the demo starts");
    let printed = String::from_utf8_lossy(&output.stdout);
    assert!(
        output.status.success(),
        "{printed}\n{}",
        String::from_utf8_lossy(&output.stderr)
    );
    for step in 1..=7 {
        assert!(
            printed.contains(&format!("== {step}. ")),
            "step {step} is missing:\n{printed}"
        );
    }
}
