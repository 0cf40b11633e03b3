//! The services of the demo as what they are for a user: processes with a settings file.

use std::{
    fs::{self, File},
    path::{Path, PathBuf},
    process::{Child, Command, Output, Stdio},
    thread,
    time::{Duration, Instant},
};

use anyhow::{anyhow, bail, ensure, Context, Result};
use serde_json::Value;

/// How long a service may take until it answers its health check.
const START_TIMEOUT: Duration = Duration::from_secs(30);
/// Pause between two looks at something that is about to change.
pub const POLL: Duration = Duration::from_millis(200);

/// Pause between two looks at the memory of a command.
const LOOK: Duration = Duration::from_millis(50);

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

    /// Name for messages.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Most memory that the service has had so far, in bytes.
    pub fn peak_bytes(&self) -> Result<u64> {
        peak_bytes(self.child.id()).with_context(|| format!("{} has ended", self.name))
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

/// What a command printed, and what it took.
pub struct Measured {
    pub output: Value,
    /// Most memory that it had, in bytes.
    pub peak_bytes: u64,
    pub took: Duration,
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
        json(arguments, &self.command(keypair, arguments).output()?)
    }

    /// As [`Self::run`], watching what the command takes.
    pub fn measure(&self, keypair: &Path, arguments: &[&str]) -> Result<Measured> {
        let started = Instant::now();
        let child = self
            .command(keypair, arguments)
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()?;
        let id = child.id();
        let waiting = thread::spawn(move || child.wait_with_output());
        let mut peak = 0;
        while !waiting.is_finished() {
            // Only grows, so what is missed is what was added since the last look.
            peak = peak_bytes(id).unwrap_or(peak);
            thread::sleep(LOOK);
        }
        let output = waiting
            .join()
            .map_err(|_| anyhow!("the thread that waits for the command panicked"))??;
        Ok(Measured {
            output: json(arguments, &output)?,
            peak_bytes: peak,
            took: started.elapsed(),
        })
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

/// The JSON that a command printed, if it succeeded.
fn json(arguments: &[&str], output: &Output) -> Result<Value> {
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

/// Most memory that a process has had so far, in bytes; `None` when it has ended.
fn peak_bytes(id: u32) -> Option<u64> {
    let status = fs::read_to_string(format!("/proc/{id}/status")).ok()?;
    let line = status.lines().find(|line| line.starts_with("VmHWM:"))?;
    let kib: u64 = line.split_whitespace().nth(1)?.parse().ok()?;
    kib.checked_mul(1024)
}
