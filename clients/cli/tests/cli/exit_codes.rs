//! The binary from outside: exit codes, error texts, and what goes to which stream.

use std::{
    fs,
    path::Path,
    process::{Command, Output, Stdio},
};

use tempfile::TempDir;

/// An RPC URL on which nothing listens: port 9 of the loopback is the discard service's.
const DEAD_URL: &str = "http://127.0.0.1:9";
const SOME_ADDRESS: &str = "4vJ9JU1bJJE96FWSJKvHsmmFADCg4gpZQff4P3bkLKi";

struct Home {
    folder: TempDir,
}

impl Home {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        Self { folder }
    }

    fn path(&self) -> &Path {
        self.folder.path()
    }

    fn write(&self, name: &str, text: &str) -> String {
        let path = self.path().join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(&path, text).unwrap();
        path.display().to_string()
    }

    fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_trestle"));
        command
            .env_clear()
            .env("HOME", self.path())
            .stdin(Stdio::null())
            .args(arguments);
        command
    }

    fn run(&self, arguments: &[&str]) -> Output {
        self.command(arguments).output().unwrap()
    }

    /// Runs, expects this exit code, and returns stderr. Nothing may be on stdout.
    fn fails(&self, code: i32, arguments: &[&str]) -> String {
        let output = self.run(arguments);
        let stderr = String::from_utf8(output.stderr).unwrap();
        assert_eq!(output.status.code(), Some(code), "{arguments:?}: {stderr}");
        assert_eq!(output.stdout, b"", "{arguments:?}");
        stderr
    }

    fn succeeds(&self, arguments: &[&str]) -> String {
        let output = self.run(arguments);
        let stderr = String::from_utf8_lossy(&output.stderr);
        assert_eq!(output.status.code(), Some(0), "{arguments:?}: {stderr}");
        assert_eq!(stderr, "", "{arguments:?}");
        String::from_utf8(output.stdout).unwrap()
    }
}

#[test]
fn unusable_arguments_are_2() {
    let home = Home::new();
    for arguments in [
        vec!["stake"],
        vec!["stake", "deposit"],
        vec!["stake", "deposit", "1e3"],
        vec!["stake", "deposit", "-1"],
        vec!["--outptu", "json", "network", "show"],
        vec!["credits", "buy", "--with", "token"],
        vec!["credits", "buy", "1", "--usd", "1", "--with", "token"],
        vec!["credits", "buy", "0", "--with", "token"],
        vec!["credits", "buy", "1.5", "--with", "token"],
        vec!["operator", "update"],
        vec!["--commitment", "max", "network", "show"],
        vec!["-v", "-q", "network", "show"],
        vec!["-k", "usb://ledger", "stake", "withdraw"],
        vec!["--with-compute-unit-limit", "1400001", "network", "show"],
        vec!["reward", "push"],
        vec!["config", "set"],
        vec!["--signer", "nobody", "stake", "withdraw"],
        vec!["transaction", "show", "not a transaction"],
    ] {
        home.fails(2, &arguments);
    }
}

#[test]
fn unusable_settings_are_3_and_name_path_and_line() {
    let home = Home::new();
    let broken = home.write("broken.yml", "---\njson_rpc_url: x\ncommitment: [\n");
    let stderr = home.fails(3, &["-C", &broken, "network", "show"]);
    assert!(stderr.contains("broken.yml`, line "), "{stderr}");

    let unknown = home.write("commitment.yml", "commitment: max\njson_rpc_url: l\n");
    let stderr = home.fails(
        3,
        &["-C", &unknown, "--network", SOME_ADDRESS, "network", "show"],
    );
    assert!(stderr.contains("`max`"), "{stderr}");

    home.write(".config/trestle/config.yml", "deploymnet: x\n");
    let stderr = home.fails(3, &["config", "get"]);
    assert!(stderr.contains("deploymnet"), "{stderr}");
}

#[test]
fn an_unknown_network_is_3() {
    let home = Home::new();
    let stderr = home.fails(3, &["network", "show"]);
    assert!(stderr.contains("api.mainnet-beta.solana.com"), "{stderr}");
    assert!(
        stderr.contains("hint: name its deployment file"),
        "{stderr}"
    );
    let stderr = home.fails(3, &["-u", "moon", "network", "show"]);
    assert!(stderr.contains("`moon`"), "{stderr}");
    let stderr = home.fails(3, &["--deployment", "absent.json", "network", "show"]);
    assert!(stderr.contains("absent.json"), "{stderr}");
    let file = home.write("deployment.json", "{\"rpcUrl\": 1}");
    let stderr = home.fails(3, &["--deployment", &file, "network", "show"]);
    assert!(stderr.contains("line 1"), "{stderr}");
}

#[test]
fn an_unusable_key_is_3() {
    let home = Home::new();
    let stderr = home.fails(3, &["-k", "absent.json", "credits", "balance"]);
    assert!(stderr.contains("absent.json"), "{stderr}");
    let file = home.write("key.json", "[1,2,3]");
    let stderr = home.fails(3, &["-q", "-k", &file, "credits", "balance"]);
    assert!(stderr.contains("does not hold a key"), "{stderr}");
    assert!(!stderr.contains("1,2,3"), "{stderr}");
}

#[test]
fn an_unreachable_cluster_is_4() {
    let home = Home::new();
    let arguments = ["-u", DEAD_URL, "--network", SOME_ADDRESS, "network", "show"];
    let stderr = home.fails(4, &arguments);
    assert!(
        stderr.starts_with("error: reading network failed"),
        "{stderr}"
    );
    assert!(stderr.contains("hint: check the cluster"), "{stderr}");
}

#[test]
fn errors_are_json_in_json_mode() {
    let home = Home::new();
    let stderr = home.fails(3, &["--output", "json", "network", "show"]);
    let error: serde_json::Value = serde_json::from_str(&stderr).unwrap();
    assert_eq!(error["error"]["code"], "no-deployment");
    assert_eq!(error["error"]["exitCode"], 3);
    assert!(error["error"]["hint"].is_string());
}

#[test]
fn reading_commands_need_no_key() {
    let home = Home::new();
    for arguments in [
        vec!["network", "show"],
        vec!["operator", "list"],
        vec!["epoch", "show"],
        vec!["epoch", "list"],
        vec!["lease", "list", "--all"],
        vec!["credits", "balance", SOME_ADDRESS],
        vec!["stake", "show", SOME_ADDRESS],
        vec!["reward", "show", SOME_ADDRESS],
    ] {
        let mut all = vec!["-u", DEAD_URL, "--network", SOME_ADDRESS];
        all.extend(arguments);
        // Without a key they come as far as the cluster, which is not there.
        home.fails(4, &all);
    }
}

#[test]
fn settings_say_where_they_come_from_and_can_be_changed() {
    let home = Home::new();
    let before = home.succeeds(&["config", "get"]);
    assert!(
        before.contains("https://api.mainnet-beta.solana.com (default)"),
        "{before}"
    );
    home.succeeds(&["config", "set", "-u", "d", "--commitment", "finalized"]);
    let after = home.succeeds(&["--output", "json", "config", "get"]);
    let after: serde_json::Value = serde_json::from_str(&after).unwrap();
    assert_eq!(after["url"]["value"], "https://api.devnet.solana.com");
    assert_eq!(after["url"]["origin"], "file");
    assert_eq!(after["commitment"]["value"], "finalized");
    let flag = home.succeeds(&["-u", "t", "config", "get"]);
    assert!(
        flag.contains("https://api.testnet.solana.com (command line)"),
        "{flag}"
    );
}

#[test]
fn help_version_and_completion_need_nothing() {
    let home = Home::new();
    assert!(home.succeeds(&["--help"]).contains("Exit codes:"));
    assert!(home.succeeds(&["store", "put", "-h"]).contains("--epochs"));
    assert!(home.succeeds(&["--version"]).starts_with("trestle "));
    for shell in ["bash", "zsh", "fish", "powershell", "elvish"] {
        assert!(
            home.succeeds(&["completion", shell]).contains("trestle"),
            "{shell}"
        );
    }
}

#[test]
fn a_reader_who_left_is_no_failure() {
    let home = Home::new();
    let mut child = home
        .command(&["completion", "bash"])
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    drop(child.stdout.take());
    let output = child.wait_with_output().unwrap();
    assert_eq!(output.status.code(), Some(0));
    assert_eq!(output.stderr, b"");
}

#[test]
fn an_empty_library_lists_nothing() {
    let home = Home::new();
    assert!(home
        .succeeds(&["store", "ls"])
        .starts_with("No manifests in "));
    let listed = home.succeeds(&["--output", "json-compact", "store", "ls"]);
    assert!(listed.ends_with("\"files\":[]}\n"), "{listed}");
    let stderr = home.fails(1, &["store", "get", "absent", "--to", "x"]);
    assert!(stderr.contains("hint: `trestle store ls`"), "{stderr}");
}
