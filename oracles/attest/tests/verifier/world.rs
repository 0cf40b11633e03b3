//! Nodes with real shards, verifiers with real databases, and the accounts between them.

use anchor_lang::bytemuck::Zeroable;
use async_trait::async_trait;
use solana_keypair::Keypair;
use solana_pubkey::Pubkey;
use solana_signer::Signer;
use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::path::Path;
use std::sync::{Arc, Mutex};
use std::time::Duration;
use tempfile::TempDir;
use tokio::sync::{oneshot, watch};
use trestle_attest::chain::{ChainView, Registry};
use trestle_attest::challenge::{Challenger, EndpointPolicy, NodeAsker};
use trestle_attest::epoch::{allotted, OperatorHistory, OwnView, ServiceHistory};
use trestle_attest::metrics::AttestMetrics;
use trestle_attest::peers::Peers;
use trestle_attest::publish::server::{public_router, PublicState};
use trestle_attest::publish::Publisher;
use trestle_attest::settings::{ChallengeSettings, LimitSettings, PeerSettings};
use trestle_attest::shared::Shared;
use trestle_attest::status::Status;
use trestle_attest::store::{open_stores, EvidenceStore};
use trestle_attest::vote::{Drafter, RootBook};
use trestle_core::hash::Hash;
use trestle_core::root::RootRing;
use trestle_core::storage::{commit, leaf_count};
use trestle_kit::health::Health;
use trestle_kit::http::{HttpLimits, HttpServer};
use trestle_kit::metrics::Metrics;
use trestle_kit::settings::ServiceUrl;
use trestle_kit::supervisor::{ManagedTask, Tick};
use trestle_node::chain::{ChainError, ChainView as NodeChain, CommitmentView, Freshness};
use trestle_node::chain::{LeaseView, OperatorView};
use trestle_node::server::start_with;
use trestle_proofs::state::{CommitmentStatus, NEVER};
use trestle_sdk::fetch::{Commitment, Network, Operator, SeedRing, Service, VerifierSet};
use trestle_sdk::request::{body_digest, sign, RequestTarget};
use trestle_sdk::time::ChainTime;

/// The epoch that runs.
pub const EPOCH: u64 = 7;
/// Seconds of an epoch.
pub const EPOCH_SECONDS: u32 = 600;
/// Seed of every epoch.
pub const SEED: Hash = [9; 32];

/// The service that everything belongs to.
pub fn service() -> Pubkey {
    Pubkey::new_from_array([0x51; 32])
}

/// Its network.
pub fn network() -> Pubkey {
    Pubkey::new_from_array([0x4e; 32])
}

/// What nodes read of the chain.
#[derive(Default)]
pub struct Accounts {
    verifiers: Mutex<Vec<Pubkey>>,
    commitments: Mutex<BTreeMap<Pubkey, CommitmentView>>,
}

impl Accounts {
    /// Makes a verifier known to the nodes.
    pub fn admit(&self, verifier: &Verifier) {
        self.verifiers.lock().unwrap().push(verifier.key.pubkey());
    }
}

struct AccountsOf {
    accounts: Arc<Accounts>,
    operator: OperatorView,
}

#[async_trait]
impl NodeChain for AccountsOf {
    async fn operator(&self, _: Freshness) -> Result<Option<OperatorView>, ChainError> {
        Ok(Some(self.operator))
    }
    async fn is_verifier(
        &self,
        _: &Pubkey,
        key: &Pubkey,
        _: Freshness,
    ) -> Result<bool, ChainError> {
        Ok(self.accounts.verifiers.lock().unwrap().contains(key))
    }
    async fn customer_credits(
        &self,
        _: &Pubkey,
        _: &Pubkey,
        _: Freshness,
    ) -> Result<Option<u64>, ChainError> {
        Ok(Some(1_000_000))
    }
    async fn commitment(
        &self,
        address: &Pubkey,
        _: Freshness,
    ) -> Result<Option<CommitmentView>, ChainError> {
        Ok(self
            .accounts
            .commitments
            .lock()
            .unwrap()
            .get(address)
            .copied())
    }
    async fn lease(&self, _: &Pubkey, _: Freshness) -> Result<Option<LeaseView>, ChainError> {
        Ok(None)
    }
    async fn seed(&self, _: &Pubkey, _: u64, _: Freshness) -> Result<Option<Hash>, ChainError> {
        Ok(Some(SEED))
    }
    async fn epoch_now(&self, _: &Pubkey) -> Result<u64, ChainError> {
        Ok(EPOCH)
    }
}

/// A running storage node with one shard.
pub struct Node {
    pub folder: TempDir,
    pub operator: Pubkey,
    pub node_key: Pubkey,
    pub endpoint: String,
    pub commitment: Pubkey,
    pub root: Hash,
    pub size_bytes: u64,
    stop: Option<oneshot::Sender<()>>,
    ended: Option<tokio::task::JoinHandle<()>>,
}

impl Node {
    /// Starts a node and uploads a shard to it.
    pub async fn start(number: u8, accounts: &Arc<Accounts>) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let key = Keypair::new();
        let (node_key, operator) = (key.pubkey(), Pubkey::new_from_array([number; 32]));
        let view = OperatorView {
            address: operator,
            network: network(),
            service: service(),
            node_key,
        };
        let text = format!(
            "listen = \"127.0.0.1:0\"\ndata_dir = {:?}\nnode_key_path = \"unused\"\n[chain]\n\
             rpc_url = \"http://127.0.0.1:1\"\noperator = \"{operator}\"\n",
            folder.path().join("data")
        );
        let settings = toml::from_str(&text).unwrap();
        let metrics = Arc::new(trestle_node::metrics::Metrics::new().unwrap());
        let chain = Arc::new(AccountsOf {
            accounts: Arc::clone(accounts),
            operator: view,
        });
        let running = start_with(settings, key, metrics, chain).await.unwrap();
        let endpoint = format!("http://{}", running.address);
        let (stop, stopped) = oneshot::channel();
        let ended = tokio::spawn(async move {
            let stopped = async {
                let _ = stopped.await;
            };
            running.until(stopped).await.unwrap();
        });
        let data: Vec<u8> = (0..40_000_u32).map(|at| (at >> 3) as u8 ^ number).collect();
        let root = commit(&mut data.as_slice(), |_| {}).unwrap().root;
        let node = Self {
            folder,
            operator,
            node_key,
            endpoint,
            commitment: Pubkey::new_from_array([0xc0 | number; 32]),
            root,
            size_bytes: data.len() as u64,
            stop: Some(stop),
            ended: Some(ended),
        };
        node.upload(&data).await;
        accounts
            .commitments
            .lock()
            .unwrap()
            .insert(node.commitment, node.commitment_view());
        node
    }

    async fn upload(&self, data: &[u8]) {
        let customer = Keypair::new();
        let path = format!("/v1/shards/{}", hex::encode(self.root));
        let target = RequestTarget {
            audience: &self.node_key,
            method: "PUT",
            path_and_query: &path,
        };
        let headers = sign(&customer, &target, &body_digest(data)).unwrap();
        let mut request = reqwest::Client::new()
            .put(format!("{}{path}", self.endpoint))
            .body(data.to_vec());
        for (name, value) in headers.pairs() {
            request = request.header(name, value);
        }
        let answer = request.send().await.unwrap();
        assert_eq!(answer.status(), 201, "{:?}", answer.text().await);
    }

    fn commitment_view(&self) -> CommitmentView {
        CommitmentView {
            service: service(),
            operator: self.operator,
            customer: Pubkey::new_unique(),
            root: self.root,
            size_bytes: self.size_bytes,
            leaf_count: leaf_count(self.size_bytes).unwrap(),
            registered_epoch: 2,
            ended_epoch: None,
        }
    }

    /// Overwrites the shard on the disk.
    pub fn damage(&self) {
        let root = hex::encode(self.root);
        let shards = self.folder.path().join("data/shards");
        let data = shards.join(&root[..2]).join(&root).join("data");
        std::fs::write(data, vec![0xee; self.size_bytes as usize]).unwrap();
    }

    /// Stops the node: it answers no more.
    pub async fn stop(&mut self) {
        let _ = self.stop.take().unwrap().send(());
        self.ended.take().unwrap().await.unwrap();
    }

    fn operator_account(&self) -> Operator {
        let mut operator = Operator::zeroed();
        operator.node_key = self.node_key;
        operator.zone = 1;
        operator.capacity_gib = 1;
        operator.stake = 1_000;
        operator.registered_epoch = 1;
        operator.endpoint_len = self.endpoint.len() as u8;
        operator.endpoint[..self.endpoint.len()].copy_from_slice(self.endpoint.as_bytes());
        operator
    }

    fn commitment_account(&self) -> Commitment {
        let mut commitment = Commitment::zeroed();
        commitment.status = CommitmentStatus::Active as u8;
        commitment.service = service();
        commitment.operator = self.operator;
        commitment.root = self.root;
        commitment.size_bytes = self.size_bytes;
        commitment.leaf_count = leaf_count(self.size_bytes).unwrap();
        commitment.registered_epoch = 2;
        commitment.ended_epoch = NEVER;
        commitment
    }
}

/// The chain with these nodes, in an epoch.
pub fn view(nodes: &[Node], epoch: u64) -> ChainView {
    let mut network_account = Network::zeroed();
    network_account.epoch_seconds = EPOCH_SECONDS;
    network_account.verifier_bond_min = 10;
    let mut service_account = Service::zeroed();
    service_account.network = network();
    service_account.missing_bps = 5_000;
    service_account.detect_bps = 9_000;
    service_account.miss_slash_bps = 100;
    service_account.lost_slash_bps = 300;
    service_account.stake_per_gib = 1;
    service_account.answer_deadline_ms = 5_000;
    let mut seeds = SeedRing::zeroed();
    for (slot, entry) in seeds.entries.iter_mut().enumerate() {
        entry.epoch = slot as u64;
        entry.seed = SEED;
    }
    seeds.count = epoch + 1;
    let registry = Registry {
        epoch,
        read_at: (epoch * u64::from(EPOCH_SECONDS)) as i64,
        operators: nodes
            .iter()
            .map(|node| (node.operator, node.operator_account()))
            .collect(),
        commitments: nodes
            .iter()
            .map(|node| (node.commitment, node.commitment_account()))
            .collect(),
        delegations: BTreeMap::new(),
        maintenance: BTreeMap::new(),
    };
    ChainView {
        time: ChainTime {
            slot: 1,
            unix_seconds: (epoch * u64::from(EPOCH_SECONDS)) as i64 + 1,
        },
        epoch,
        network_address: network(),
        network: network_account,
        service_address: service(),
        service: service_account,
        verifiers: VerifierSet::zeroed(),
        ring: Arc::new(RootRing::zeroed()),
        seeds,
        pool: None,
        price_account: None,
        fee_lamports: 0,
        proposals: Vec::new(),
        rounds: BTreeMap::new(),
        registry: Arc::new(registry),
    }
}

/// One verifier without the part that sends transactions.
pub struct Verifier {
    pub folder: TempDir,
    pub key: Arc<Keypair>,
    pub shared: Shared,
    pub publisher: Publisher,
    pub challenger: Challenger,
    pub url: String,
    pub views: watch::Sender<Option<Arc<ChainView>>>,
    server: tokio::task::JoinHandle<()>,
}

impl Drop for Verifier {
    fn drop(&mut self) {
        self.server.abort();
    }
}

/// Settings with little waiting.
pub fn quick() -> ChallengeSettings {
    ChallengeSettings {
        attempts: 2,
        attempt_spacing: Duration::from_millis(100),
        concurrency: 4,
        private_endpoints: true,
    }
}

/// The store of a verifier's folder.
pub fn open_store(folder: &Path) -> Arc<dyn EvidenceStore> {
    open_stores(folder).unwrap().1
}

impl Verifier {
    pub async fn new(accounts: &Arc<Accounts>) -> Self {
        Self::with(accounts, EndpointPolicy::Any).await
    }

    pub async fn with(accounts: &Arc<Accounts>, policy: EndpointPolicy) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let key = Arc::new(Keypair::new());
        accounts.verifiers.lock().unwrap().push(key.pubkey());
        let (views, view) = watch::channel(None);
        let shared = Shared {
            view,
            store: open_store(folder.path()),
            limits: LimitSettings::default(),
            status: Status::new(key.pubkey().to_string(), service().to_string()),
            metrics: AttestMetrics::new(&Metrics::new("test").unwrap()).unwrap(),
            health: Health::default(),
        };
        let asker = NodeAsker::new(key.clone(), policy).unwrap();
        let challenger = Challenger::new(shared.clone(), asker, quick());
        let publisher = Publisher::new(folder.path(), service().as_array());
        let (url, server) = serve(&shared, &publisher);
        Self {
            folder,
            key,
            shared,
            publisher,
            challenger,
            url,
            views,
            server,
        }
    }

    /// Shows the verifier a view of the chain, as its watcher would.
    pub async fn look(&self, view: &ChainView) {
        let seen = view.operators_seen();
        self.shared.store.note_operators(&seen).await.unwrap();
        let since = view.epoch_start(view.epoch);
        let service = view.service_seen();
        self.shared
            .store
            .note_service(&service, since)
            .await
            .unwrap();
        self.shared
            .status
            .update(|report| report.epoch = Some(view.epoch.to_string()));
        self.views.send_replace(Some(Arc::new(view.clone())));
    }

    /// Asks until nothing is left to ask.
    pub async fn ask(&mut self, view: &ChainView) {
        self.look(view).await;
        for _ in 0..20 {
            self.challenger.tick().await.unwrap();
            if !self.shared.status.is_unsettled(view.epoch) {
                return;
            }
            tokio::time::sleep(Duration::from_millis(110)).await;
        }
        panic!("challenges do not settle");
    }

    /// Scores with these peers.
    pub fn drafter(&self, peers: &[&Verifier]) -> (Arc<Drafter>, Arc<RootBook>) {
        let settings = peers
            .iter()
            .map(|peer| PeerSettings {
                authority: peer.key.pubkey(),
                url: ServiceUrl::parse(&peer.url).unwrap(),
            })
            .collect();
        let peers = Arc::new(Peers::new(settings, service().to_string(), 1 << 20).unwrap());
        let store = self.shared.store.clone();
        let book = Arc::new(RootBook::new(
            store.clone(),
            peers.clone(),
            self.publisher.clone(),
        ));
        (
            Arc::new(Drafter {
                store,
                peers,
                book: book.clone(),
            }),
            book,
        )
    }

    /// What the verifier knows of an ended epoch.
    pub async fn own_view(&self, view: &ChainView, epoch: u64) -> OwnView {
        let since = view.epoch_start(epoch - 1);
        let seen = self.shared.store.operators_since(since).await.unwrap();
        let services = self.shared.store.services_since(since).await.unwrap();
        let services = ServiceHistory::new(services, view, epoch);
        let keys = view.registry.certain_keys(epoch);
        OwnView {
            network: network().to_bytes(),
            service: service().to_bytes(),
            params: services.at_start().unwrap(),
            services,
            allotted: allotted(view, epoch).unwrap(),
            previous: None,
            opened: self.shared.store.opened(epoch).await.unwrap().unwrap(),
            operators: OperatorHistory::new(&seen, view.epoch_start(epoch), &keys),
            maintenance: view.registry.maintenance.clone(),
        }
    }
}

fn serve(shared: &Shared, publisher: &Publisher) -> (String, tokio::task::JoinHandle<()>) {
    let state = PublicState {
        service: service().to_string(),
        publisher: publisher.clone(),
        store: shared.store.clone(),
        status: shared.status.clone(),
    };
    let any: SocketAddr = "127.0.0.1:0".parse().unwrap();
    let router = public_router(state);
    let server = HttpServer::bind("public", any, router, HttpLimits::default()).unwrap();
    let url = format!("http://{}", server.address().unwrap());
    let running = tokio::spawn(async move {
        let forever = tokio_util::sync::CancellationToken::new();
        Box::new(server).run(forever).await.unwrap();
    });
    (url, running)
}
