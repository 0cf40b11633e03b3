//! A node on a loopback port, the chain that it sees, and clients with keys.

use async_trait::async_trait;
use reqwest::{Method, StatusCode};
use serde_json::Value;
use solana_keypair::Keypair;
use solana_pubkey::Pubkey;
use solana_signer::Signer;
use std::{
    collections::{HashMap, HashSet},
    path::PathBuf,
    sync::{Arc, Mutex},
    time::Duration,
};
use tempfile::TempDir;
use tokio::sync::oneshot;
use trestle_core::{
    hash::Hash,
    storage::{commit, leaf_count},
};
use trestle_node::{
    chain::{ChainError, ChainView, CommitmentView, Freshness, LeaseView, OperatorView},
    http::Shared,
    metrics::Metrics,
    server::start_with,
    settings::Settings,
    store::Root,
};
use trestle_proofs::address::commitment_address;
use trestle_sdk::request::{body_digest, sign, RequestTarget, SignedHeaders};

/// The epoch that the chain is in unless a test says otherwise.
pub const EPOCH: u64 = 7;

/// What the chain holds; tests write into it.
#[derive(Debug, Default)]
pub struct ChainState {
    pub operator: Option<OperatorView>,
    pub verifiers: HashSet<Pubkey>,
    pub credits: HashMap<Pubkey, u64>,
    pub commitments: HashMap<Pubkey, CommitmentView>,
    /// By commitment.
    pub leases: HashMap<Pubkey, LeaseView>,
    pub seeds: HashMap<u64, Hash>,
    pub epoch: u64,
    pub down: bool,
}

/// The chain in memory.
#[derive(Debug, Default)]
pub struct MemoryChain(pub Mutex<ChainState>);

impl MemoryChain {
    fn read<T>(&self, get: impl FnOnce(&ChainState) -> T) -> Result<T, ChainError> {
        let state = self.0.lock().unwrap();
        if state.down {
            return Err(ChainError::Unavailable("it is down".to_owned()));
        }
        Ok(get(&state))
    }
}

#[async_trait]
impl ChainView for MemoryChain {
    async fn operator(&self, _: Freshness) -> Result<Option<OperatorView>, ChainError> {
        self.read(|state| state.operator)
    }

    async fn is_verifier(
        &self,
        _: &Pubkey,
        key: &Pubkey,
        _: Freshness,
    ) -> Result<bool, ChainError> {
        self.read(|state| state.verifiers.contains(key))
    }

    async fn customer_credits(
        &self,
        _: &Pubkey,
        key: &Pubkey,
        _: Freshness,
    ) -> Result<Option<u64>, ChainError> {
        self.read(|state| state.credits.get(key).copied())
    }

    async fn commitment(
        &self,
        address: &Pubkey,
        _: Freshness,
    ) -> Result<Option<CommitmentView>, ChainError> {
        self.read(|state| state.commitments.get(address).copied())
    }

    async fn lease(
        &self,
        commitment: &Pubkey,
        _: Freshness,
    ) -> Result<Option<LeaseView>, ChainError> {
        self.read(|state| state.leases.get(commitment).copied())
    }

    async fn seed(&self, _: &Pubkey, epoch: u64, _: Freshness) -> Result<Option<Hash>, ChainError> {
        self.read(|state| state.seeds.get(&epoch).copied())
    }

    async fn epoch_now(&self, _: &Pubkey) -> Result<u64, ChainError> {
        self.read(|state| state.epoch)
    }
}

/// A shard as its customer knows it.
#[derive(Clone)]
pub struct Shard {
    pub data: Vec<u8>,
    pub root: Root,
    pub leaf_count: u32,
}

impl Shard {
    /// Some bytes that differ for each `salt`.
    pub fn new(size: usize, salt: u8) -> Self {
        let byte = |at: usize| (at.wrapping_mul(31) >> 3) as u8 ^ salt;
        Self::of((0..size).map(byte).collect())
    }

    pub fn of(data: Vec<u8>) -> Self {
        let committed = commit(&mut data.as_slice(), |_| {}).unwrap();
        let leaf_count = leaf_count(data.len() as u64).unwrap();
        Self {
            data,
            root: Root(committed.root),
            leaf_count,
        }
    }

    pub fn path(&self) -> String {
        format!("/v1/shards/{}", self.root)
    }
}

/// What a request brought.
#[derive(Debug)]
pub struct Answer {
    pub status: StatusCode,
    pub headers: reqwest::header::HeaderMap,
    pub body: Vec<u8>,
}

impl Answer {
    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap_or(Value::Null)
    }

    /// `status code`, and that the error is complete.
    #[track_caller]
    pub fn expect_error(&self, status: u16, code: &str) -> String {
        let json = self.json();
        let error = &json["error"];
        let found = (self.status.as_u16(), error["code"].as_str().unwrap_or("?"));
        assert_eq!(found, (status, code), "{json}");
        assert!(!error["message"].as_str().unwrap().is_empty());
        assert!(!error["hint"].as_str().unwrap().is_empty());
        if matches!(status, 429 | 503) {
            assert!(self.headers.contains_key("retry-after"));
        }
        error["message"].as_str().unwrap().to_owned()
    }
}

/// A node with its surroundings.
pub struct World {
    /// Deleted with the world.
    _dir: TempDir,
    pub settings: Settings,
    pub chain: Arc<MemoryChain>,
    pub node_key: Pubkey,
    pub customer: Keypair,
    pub verifier: Keypair,
    pub http: reqwest::Client,
    pub url: String,
    key_bytes: [u8; 64],
    running: Option<(Shared, oneshot::Sender<()>, tokio::task::JoinHandle<()>)>,
}

impl World {
    pub async fn new() -> Self {
        Self::with(|_| {}).await
    }

    pub async fn with(change: impl FnOnce(&mut Settings)) -> Self {
        let dir = tempfile::tempdir().unwrap();
        let key = Keypair::new();
        let (customer, verifier) = (Keypair::new(), Keypair::new());
        let operator = OperatorView {
            address: Pubkey::new_unique(),
            network: Pubkey::new_unique(),
            service: Pubkey::new_unique(),
            node_key: key.pubkey(),
        };
        let mut settings = settings(dir.path().join("data"), operator.address);
        change(&mut settings);
        settings.validate().unwrap();
        let chain = Arc::new(MemoryChain::default());
        {
            let mut state = chain.0.lock().unwrap();
            state.operator = Some(operator);
            state.credits.insert(customer.pubkey(), 1_000);
            state.verifiers.insert(verifier.pubkey());
            state.seeds.insert(EPOCH, [9; 32]);
            state.epoch = EPOCH;
        }
        let mut world = Self {
            _dir: dir,
            settings,
            chain,
            node_key: key.pubkey(),
            customer,
            verifier,
            http: reqwest::Client::builder()
                .pool_max_idle_per_host(0)
                .build()
                .unwrap(),
            url: String::new(),
            key_bytes: key.to_bytes(),
            running: None,
        };
        world.start().await;
        world
    }

    pub async fn start(&mut self) {
        let key = Keypair::try_from(self.key_bytes.as_slice()).unwrap();
        let metrics = Arc::new(Metrics::new().unwrap());
        let chain: Arc<dyn ChainView> = Arc::clone(&self.chain) as _;
        let running = start_with(self.settings.clone(), key, metrics, chain)
            .await
            .unwrap();
        self.url = format!("http://{}", running.address);
        let state = Arc::clone(running.state());
        let (stop, stopped) = oneshot::channel();
        let ended = tokio::spawn(async move {
            let stop = async {
                let _ = stopped.await;
            };
            running.until(stop).await.unwrap();
        });
        self.running = Some((state, stop, ended));
    }

    pub async fn stop(&mut self) {
        let (state, stop, ended) = self.running.take().unwrap();
        drop(state);
        let _ = stop.send(());
        ended.await.unwrap();
    }

    pub fn state(&self) -> &Shared {
        &self.running.as_ref().unwrap().0
    }

    pub fn chain(&self) -> std::sync::MutexGuard<'_, ChainState> {
        self.chain.0.lock().unwrap()
    }

    pub fn operator(&self) -> OperatorView {
        self.chain().operator.unwrap()
    }

    pub fn signed(
        &self,
        signer: &Keypair,
        method: &str,
        path: &str,
        digest: &[u8; 32],
    ) -> SignedHeaders {
        let target = RequestTarget {
            audience: &self.node_key,
            method,
            path_and_query: path,
        };
        sign(signer, &target, digest).unwrap()
    }

    /// Sends with these headers and nothing else of ours.
    pub async fn send(
        &self,
        method: &str,
        path: &str,
        headers: &[(&str, String)],
        body: impl Into<reqwest::Body>,
    ) -> Answer {
        let method: Method = method.parse().unwrap();
        let mut request = self
            .http
            .request(method, format!("{}{path}", self.url))
            .body(body);
        for (name, value) in headers {
            request = request.header(*name, value);
        }
        let response = request.send().await.unwrap();
        let (status, headers) = (response.status(), response.headers().clone());
        Answer {
            status,
            headers,
            body: response.bytes().await.unwrap().to_vec(),
        }
    }

    /// Sends signed.
    pub async fn call(&self, signer: &Keypair, method: &str, path: &str, body: &[u8]) -> Answer {
        let headers = self.signed(signer, method, path, &body_digest(body));
        self.send(method, path, &headers.pairs(), body.to_vec())
            .await
    }

    pub async fn put(&self, shard: &Shard) -> Answer {
        self.call(&self.customer, "PUT", &shard.path(), &shard.data)
            .await
    }

    /// Uploads what must be accepted.
    pub async fn store(&self, size: usize, salt: u8) -> Shard {
        let shard = Shard::new(size, salt);
        let answer = self.put(&shard).await;
        assert_eq!(answer.status, 201, "{}", answer.json());
        shard
    }

    /// Registers a commitment on the chain.
    pub fn commit(&self, shard: &Shard) -> Pubkey {
        let operator = self.operator();
        let address = commitment_address(&operator.address, &shard.root.0).0;
        let view = CommitmentView {
            service: operator.service,
            operator: operator.address,
            customer: self.customer.pubkey(),
            root: shard.root.0,
            size_bytes: shard.data.len() as u64,
            leaf_count: shard.leaf_count,
            registered_epoch: EPOCH - 1,
            ended_epoch: None,
        };
        self.chain().commitments.insert(address, view);
        address
    }

    /// The folder of a shard on the disk.
    pub fn folder(&self, shard: &Shard) -> PathBuf {
        let name = shard.root.to_string();
        self.settings
            .data_dir
            .join("shards")
            .join(&name[..2])
            .join(name)
    }

    /// Waits until nothing is half done and says what is stored.
    pub async fn settled(&self) -> (usize, u64) {
        for _ in 0..200 {
            let temp = std::fs::read_dir(self.settings.data_dir.join("tmp")).unwrap();
            if temp.count() == 0 {
                return self.state().store.index().usage();
            }
            tokio::time::sleep(Duration::from_millis(25)).await;
        }
        panic!("temporary files stay");
    }
}

/// Settings for a node of a test.
pub fn settings(data_dir: PathBuf, operator: Pubkey) -> Settings {
    let text = format!(
        "listen = \"127.0.0.1:0\"\ndata_dir = {data_dir:?}\nnode_key_path = \"unused\"\n\
         [chain]\nrpc_url = \"http://127.0.0.1:1\"\noperator = \"{operator}\"\n"
    );
    toml::from_str(&text).unwrap()
}
