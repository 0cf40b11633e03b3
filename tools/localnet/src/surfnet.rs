//! The network itself: Surfnet on chosen ports, driven over its JSON-RPC cheatcodes.

use std::{net::TcpListener, path::Path, time::Duration};

use anyhow::{anyhow, bail, Context, Result};
use serde_json::{json, Value};
use solana_clock::Clock;
use solana_pubkey::Pubkey;
use solana_rpc_client::rpc_client::RpcClient;
use solana_rpc_client_api::request::RpcRequest;
use surfpool_core::{
    runloops::start_local_surfnet_runloop,
    surfnet::{
        locker::SurfnetSvmLocker,
        svm::{SurfnetSvm, SurfnetSvmConfig},
    },
};
use surfpool_sdk::{BlockProductionMode, SimnetCommand, SimnetEvent, SvmFeatureConfig};
use surfpool_types::{RpcConfig, SimnetConfig, SurfpoolConfig};

/// Where `-u localhost` looks for a network.
pub const DEFAULT_RPC_PORT: u16 = 8899;
/// Solana clients expect the web socket one above the RPC port.
pub const DEFAULT_WS_PORT: u16 = 8900;
/// Milliseconds a slot takes: what the public clusters run at.
const SLOT_MS: u64 = 200;
/// How long the network may take to announce itself.
const START_TIMEOUT: Duration = Duration::from_secs(30);
/// Events read while waiting for the network to start.
const START_EVENTS_MAX: usize = 10_000;

/// Ports of a network; 0 asks for any free one.
#[derive(Clone, Copy, Debug)]
pub struct Ports {
    pub rpc: u16,
    pub ws: u16,
}

impl Ports {
    /// Any two free ports, for networks that live as long as a test.
    pub const ANY: Self = Self { rpc: 0, ws: 0 };
    /// Where clients look by default.
    pub const DEFAULT: Self = Self {
        rpc: DEFAULT_RPC_PORT,
        ws: DEFAULT_WS_PORT,
    };
}

/// A running local network. It ends when this value is dropped.
pub struct LocalNetwork {
    remote: Remote,
    ws_url: String,
    commands: crossbeam_channel::Sender<SimnetCommand>,
}

impl LocalNetwork {
    /// Starts a network on loopback.
    ///
    /// # Errors
    /// When a port is taken, or the network does not announce itself in time.
    pub fn start(ports: Ports) -> Result<Self> {
        let rpc_port = claim_port(ports.rpc)?;
        let ws_port = claim_port(ports.ws)?;
        let config = SurfpoolConfig {
            simnets: vec![SimnetConfig {
                offline_mode: true,
                remote_rpc_url: None,
                slot_time: SLOT_MS,
                block_production_mode: BlockProductionMode::Clock,
                instruction_profiling_enabled: false,
                ..Default::default()
            }],
            rpc: RpcConfig {
                bind_host: "127.0.0.1".into(),
                bind_port: rpc_port,
                ws_port,
                ..Default::default()
            },
            ..Default::default()
        };
        let commands = run(config)?;
        let remote = Remote::new(format!("http://127.0.0.1:{rpc_port}"));
        remote.clock().context("the network answers no requests")?;
        Ok(Self {
            remote,
            ws_url: format!("ws://127.0.0.1:{ws_port}"),
            commands,
        })
    }

    /// The JSON-RPC address.
    pub fn rpc_url(&self) -> &str {
        &self.remote.url
    }

    /// The web socket address.
    pub fn ws_url(&self) -> &str {
        &self.ws_url
    }

    /// The handle by which anyone steers this network over RPC.
    pub fn remote(&self) -> &Remote {
        &self.remote
    }
}

impl Drop for LocalNetwork {
    fn drop(&mut self) {
        // The receiver is gone only when the network has ended already.
        let _ = self.commands.send(SimnetCommand::Terminate(None));
    }
}

fn claim_port(wanted: u16) -> Result<u16> {
    let listener = TcpListener::bind(("127.0.0.1", wanted))
        .with_context(|| format!("port {wanted} is taken: stop what uses it or choose another"))?;
    Ok(listener.local_addr()?.port())
}

fn run(config: SurfpoolConfig) -> Result<crossbeam_channel::Sender<SimnetCommand>> {
    let simnet = config.simnets.first().context("no network configured")?;
    let (svm, events, geyser) = SurfnetSvm::new(SurfnetSvmConfig {
        surfnet_id: simnet.surfnet_id.clone(),
        slot_time: simnet.slot_time,
        instruction_profiling_enabled: simnet.instruction_profiling_enabled,
        max_profiles: simnet.max_profiles,
        log_bytes_limit: simnet.log_bytes_limit,
        feature_config: SvmFeatureConfig::default(),
        skip_blockhash_check: simnet.skip_blockhash_check,
    })
    .map_err(|error| anyhow!("cannot start the network: {error}"))?;
    let (commands, inbox) = crossbeam_channel::unbounded();
    let runloop_commands = commands.clone();
    std::thread::Builder::new()
        .name("localnet".into())
        .spawn(move || {
            let locker = SurfnetSvmLocker::new(svm);
            let runloop =
                start_local_surfnet_runloop(locker, config, runloop_commands, inbox, geyser);
            if let Err(error) = hiro_system_kit::nestable_block_on(runloop) {
                eprintln!("the local network ended: {error}");
            }
        })?;
    for _ in 0..START_EVENTS_MAX {
        match events.recv_timeout(START_TIMEOUT) {
            Ok(SimnetEvent::CoreStarted(_)) => {
                drain(events)?;
                return Ok(commands);
            }
            Ok(SimnetEvent::Aborted(error)) => bail!("the network did not start: {error}"),
            Ok(_) => {}
            Err(error) => bail!("the network did not start: {error}"),
        }
    }
    bail!("the network did not announce itself")
}

/// Events are unbounded on the sending side: somebody has to read them.
fn drain(events: crossbeam_channel::Receiver<SimnetEvent>) -> Result<()> {
    std::thread::Builder::new()
        .name("localnet-events".into())
        .spawn(move || while events.recv().is_ok() {})?;
    Ok(())
}

/// Steers a local network by its cheatcodes. These exist on local networks only.
pub struct Remote {
    url: String,
    client: RpcClient,
}

impl Remote {
    /// A handle on the network that serves `url`.
    pub fn new(url: impl Into<String>) -> Self {
        let url = url.into();
        let client = RpcClient::new(url.clone());
        Self { url, client }
    }

    /// The JSON-RPC address.
    pub fn url(&self) -> &str {
        &self.url
    }

    fn cheat(&self, method: &'static str, params: Value) -> Result<Value> {
        self.client
            .send::<Value>(RpcRequest::Custom { method }, params)
            .with_context(|| format!("{method} failed: is {} a local network?", self.url))
    }

    /// The chain's clock.
    pub fn clock(&self) -> Result<Clock> {
        let account = self.client.get_account(&solana_clock_id())?;
        let bytes = |at: usize| -> Result<[u8; 8]> {
            let slice = account.data.get(at..at + 8).context("short clock sysvar")?;
            Ok(slice.try_into()?)
        };
        Ok(Clock {
            slot: u64::from_le_bytes(bytes(0)?),
            epoch_start_timestamp: i64::from_le_bytes(bytes(8)?),
            epoch: u64::from_le_bytes(bytes(16)?),
            leader_schedule_epoch: u64::from_le_bytes(bytes(24)?),
            unix_timestamp: i64::from_le_bytes(bytes(32)?),
        })
    }

    /// Moves the chain's clock forward to `unix_seconds`.
    pub fn travel_to(&self, unix_seconds: i64) -> Result<()> {
        let now = self.clock()?.unix_timestamp;
        if unix_seconds <= now {
            return Ok(());
        }
        let millis = unix_seconds
            .checked_mul(1_000)
            .context("time out of range")?;
        self.cheat(
            "surfnet_timeTravel",
            json!([{ "absoluteTimestamp": millis }]),
        )?;
        Ok(())
    }

    /// Gives `address` exactly `lamports`.
    pub fn fund_sol(&self, address: &Pubkey, lamports: u64) -> Result<()> {
        self.cheat(
            "surfnet_setAccount",
            json!([address.to_string(), { "lamports": lamports }]),
        )?;
        Ok(())
    }

    /// Sets the associated token account of `owner` to hold `amount` base units.
    pub fn fund_token(&self, owner: &Pubkey, mint: &Pubkey, amount: u64) -> Result<()> {
        self.cheat(
            "surfnet_setTokenAccount",
            json!([owner.to_string(), mint.to_string(), { "amount": amount }]),
        )?;
        Ok(())
    }

    /// Writes a whole account.
    pub fn set_account(&self, address: &Pubkey, owner: &Pubkey, data: &[u8]) -> Result<()> {
        let lamports = self
            .client
            .get_minimum_balance_for_rent_exemption(data.len())?;
        self.cheat(
            "surfnet_setAccount",
            json!([address.to_string(), {
                "lamports": lamports,
                "owner": owner.to_string(),
                "data": hex::encode(data),
            }]),
        )?;
        Ok(())
    }

    /// Puts a built program at its address.
    pub fn deploy(&self, program: &Pubkey, so_file: &Path) -> Result<()> {
        let bytes = std::fs::read(so_file)
            .with_context(|| format!("{}: run `make programs`", so_file.display()))?;
        self.cheat(
            "surfnet_writeProgram",
            json!([program.to_string(), hex::encode(bytes), 0]),
        )?;
        Ok(())
    }
}

fn solana_clock_id() -> Pubkey {
    Pubkey::from_str_const("SysvarC1ock11111111111111111111111111111111")
}
