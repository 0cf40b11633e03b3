//! The main job over JSON-RPC: network, nodes, verifiers and the command line as processes.

use std::{path::PathBuf, process::Command};

/// Binaries of the workspace, beside this test's own folder.
fn binary(name: &str) -> PathBuf {
    let own = std::env::current_exe().expect("the test has a path");
    let folder = own
        .ancestors()
        .nth(2)
        .expect("the test lies in target/debug/deps");
    folder.join(name)
}

#[test]
fn the_demo_runs_to_its_end() {
    let root = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("..");
    let demo = binary("trestle-demo");
    assert!(
        demo.is_file(),
        "{} is missing: run `make build`",
        demo.display()
    );
    let output = Command::new(demo)
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
