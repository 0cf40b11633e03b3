//! The services of the demo as what they are for a user: processes with a settings file.

use std::{
    fs::File,
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    time::{Duration, Instant},
};

use anyhow::{bail, ensure, Context, Result};
use serde_json::Value;

/// How long a service may take until it answers its health check.
const START_TIMEOUT: Duration = Duration::from_secs(30);
/// Pause between two looks at something that is about to change.
pub const POLL: Duration = Duration::from_millis(200);

/// A binary of this workspace, beside the one that runs.
pub fn binary(name: &str) -> Result<PathBuf> {
    let own = std::env::current_exe().context("cannot find the demo's own path")?;
    // A test binary lies one folder deeper than the others.
    let found = own
        .ancestors()
        .skip(1)
        .take(2)
        .map(|folder| folder.join(name))
        .find(|path| path.is_file());
    found.with_context(|| format!("{name} is not built: run `make demo`, which builds it"))
}

/// A service that runs until it is stopped or dropped.
pub struct Service {
    name: String,
    log: PathBuf,
    child: Child,
}

impl Service {
    /// Starts `binary run --config config`, its output going to `log`.
    pub fn start(name: &str, binary_name: &str, config: &Path, log: PathBuf) -> Result<Self> {
        let output = File::create(&log)?;
        let child = Command::new(binary(binary_name)?)
            .args(["run", "--config"])
            .arg(config)
            .stdin(Stdio::null())
            .stdout(output.try_clone()?)
            .stderr(output)
            .spawn()
            .with_context(|| format!("cannot start {name}"))?;
        Ok(Self {
            name: name.to_string(),
            log,
            child,
        })
    }

    /// Waits until `url` answers 200.
    pub async fn wait_until_healthy(&mut self, url: &str) -> Result<()> {
        let started = Instant::now();
        while started.elapsed() < START_TIMEOUT {
            if let Some(status) = self.child.try_wait()? {
                bail!(
                    "{} ended with {status}; see {}",
                    self.name,
                    self.log.display()
                );
            }
            let answer = reqwest::get(url).await;
            if answer.is_ok_and(|response| response.status().is_success()) {
                return Ok(());
            }
            tokio::time::sleep(POLL).await;
        }
        bail!(
            "{} is not healthy at {url}; see {}",
            self.name,
            self.log.display()
        )
    }

    /// Pulls the plug, as a power cut does.
    pub fn kill(&mut self) -> Result<()> {
        self.child.kill()?;
        self.child.wait()?;
        Ok(())
    }
}

impl Drop for Service {
    fn drop(&mut self) {
        // It may have ended by itself; either way it must not outlive the demo.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// The `trestle` command with a cluster and a deployment, as a user types it.
pub struct Cli {
    binary: PathBuf,
    rpc_url: String,
    deployment: PathBuf,
    home: PathBuf,
}

impl Cli {
    /// Commands see `home` as the user's home, so that nothing of the real one is read or written.
    pub fn new(rpc_url: &str, deployment: &Path, home: &Path) -> Result<Self> {
        Ok(Self {
            binary: binary("trestle")?,
            rpc_url: rpc_url.to_string(),
            deployment: deployment.to_path_buf(),
            home: home.to_path_buf(),
        })
    }

    /// Runs a command signed by `keypair` and returns its JSON output.
    pub fn run(&self, keypair: &Path, arguments: &[&str]) -> Result<Value> {
        let output = self.command(keypair, arguments).output()?;
        ensure!(
            output.status.success(),
            "`trestle {}` failed with {}:\n{}{}",
            arguments.join(" "),
            output.status,
            String::from_utf8_lossy(&output.stdout),
            String::from_utf8_lossy(&output.stderr)
        );
        serde_json::from_slice(&output.stdout)
            .with_context(|| format!("`trestle {}` printed no JSON", arguments.join(" ")))
    }

    /// Runs a command and returns what a person would read.
    pub fn show(&self, keypair: &Path, arguments: &[&str]) -> Result<String> {
        let mut command = self.base(keypair);
        let output = command.args(arguments).output()?;
        ensure!(
            output.status.success(),
            "`trestle {}` failed:\n{}",
            arguments.join(" "),
            String::from_utf8_lossy(&output.stderr)
        );
        Ok(String::from_utf8(output.stdout)?)
    }

    fn base(&self, keypair: &Path) -> Command {
        let mut command = Command::new(&self.binary);
        command
            .env("HOME", &self.home)
            .env_remove("XDG_CONFIG_HOME")
            .env_remove("XDG_DATA_HOME")
            .stdin(Stdio::null())
            .args(["--url", &self.rpc_url, "--yes", "--deployment"])
            .arg(&self.deployment)
            .arg("--keypair")
            .arg(keypair);
        command
    }

    fn command(&self, keypair: &Path, arguments: &[&str]) -> Command {
        let mut command = self.base(keypair);
        command.args(["--output", "json"]).args(arguments);
        command
    }
}
