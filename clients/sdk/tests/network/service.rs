//! A storage service over JSON-RPC: a local network, operators with their nodes, a customer.

use std::{path::PathBuf, sync::Arc};

use solana_keypair::{write_keypair_file, Keypair};
use solana_pubkey::Pubkey;
use solana_rpc_client::nonblocking::rpc_client::RpcClient;
use solana_signer::Signer;
use tempfile::TempDir;
use tokio::{
    sync::oneshot,
    task::{JoinError, JoinHandle},
};
use trestle_localnet::{rpc_client, Deployed, LocalNetwork, Options, Ports, STABLE, TOKEN};
use trestle_sdk::{
    address,
    fetch::{fetch, CustomerAccount},
    instruction::{credits, staking, token},
    node::http_client,
    send::{Outcome, SendConfig, Sender, TransactionRequest},
    store::{LeaseChoice, Observer, PutOptions, StoreContext},
};

/// Lamports of each wallet: 10 SOL.
const WALLET_LAMPORTS: u64 = 10_000_000_000;
/// What each operator stakes, in base units.
const STAKE: u64 = 50 * TOKEN;
/// Credits that the customer starts with.
pub const CREDITS: u64 = 1_000_000;
/// Epochs of the leases.
pub const EPOCHS: u64 = 5;

/// An operator and its node.
pub struct Host {
    pub operator: Pubkey,
    stop: Option<oneshot::Sender<()>>,
    served: Option<JoinHandle<()>>,
    pub data: PathBuf,
}

/// Everything that a customer needs to store a file.
pub struct Service {
    pub network: LocalNetwork,
    pub deployed: Deployed,
    pub rpc: RpcClient,
    pub customer: Keypair,
    pub hosts: Vec<Host>,
    pub folder: TempDir,
}

impl Host {
    async fn stop(&mut self) -> Result<(), JoinError> {
        drop(self.stop.take());
        match self.served.take() {
            Some(served) => served.await,
            None => Ok(()),
        }
    }
}

/// A node writes its clock when it stops, and a folder in which files appear cannot be removed: so
/// all have stopped before the folder goes.
impl Drop for Service {
    fn drop(&mut self) {
        let hosts = &mut self.hosts;
        tokio::task::block_in_place(|| {
            tokio::runtime::Handle::current().block_on(async {
                for host in hosts {
                    // What a node failed of has failed the test already.
                    let _ = host.stop().await;
                }
            });
        });
    }
}

impl Service {
    /// A service with this many operators, and a customer with credits.
    pub async fn start(operators: usize) -> Self {
        Self::start_with(operators, 1).await
    }

    /// The same with this many verifiers, which do not run.
    pub async fn start_with(operators: usize, verifiers: usize) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let network = LocalNetwork::start(Ports::ANY).unwrap();
        let options = Options {
            folder: folder.path().join("keys"),
            artifacts: artifacts(),
            verifier_urls: vec!["http://127.0.0.1:9".to_string(); verifiers],
        };
        let deployed = Deployed::deploy(&network, &options, |_, _| {})
            .await
            .unwrap();
        let rpc = rpc_client(network.rpc_url());
        let mut service = Self {
            network,
            deployed,
            rpc,
            customer: Keypair::new(),
            hosts: Vec::new(),
            folder,
        };
        service.fund_customer().await;
        for _ in 0..operators {
            service.add_host().await;
        }
        service
    }

    /// Sends instructions and requires that they land.
    pub async fn land(&self, payer: &Keypair, instructions: Vec<solana_instruction::Instruction>) {
        self.land_signed(&[payer], instructions).await;
    }

    /// The same with several signers, the first of whom pays.
    pub async fn land_signed(
        &self,
        signers: &[&Keypair],
        instructions: Vec<solana_instruction::Instruction>,
    ) {
        let payer = signers[0];
        let signers: Vec<&dyn Signer> = signers.iter().map(|one| *one as &dyn Signer).collect();
        let sender = Sender::new(&self.rpc, SendConfig::default());
        let request = TransactionRequest::new(payer.pubkey(), instructions);
        let receipt = sender.send(&request, &signers, |_| Ok(())).await.unwrap();
        assert!(
            matches!(receipt.outcome, Outcome::Landed { .. }),
            "{:?}",
            receipt.outcome
        );
    }

    async fn wallet(&self, owner: &Keypair, tokens: u64, stable: u64) {
        let address = owner.pubkey();
        let remote = self.network.remote();
        remote.fund_sol(&address, WALLET_LAMPORTS).unwrap();
        let faucet = self.deployed.faucet(&self.rpc, &address, tokens, stable);
        faucet.await.unwrap();
    }

    async fn fund_customer(&self) {
        let book = &self.deployed.deployment;
        let customer = self.customer.pubkey();
        self.wallet(&self.customer, 0, 100 * STABLE).await;
        let stable = address::token_account(&customer, &book.stable_mint);
        let instructions = vec![
            token::credit_account_create(&customer, &customer, &book.credit_mint),
            credits::credits_buy_stable(&customer, &book.network, &stable, CREDITS, CREDITS * 10),
            credits::account_open(&customer, &book.network),
            credits::account_deposit(&customer, &book.network, CREDITS),
        ];
        self.land(&self.customer, instructions).await;
    }

    /// Registers one more operator in a zone of its own and starts its node.
    pub async fn add_host(&mut self) {
        let book = &self.deployed.deployment;
        let number = self.hosts.len();
        let (wallet, node_key) = (Keypair::new(), Keypair::new());
        self.wallet(&wallet, STAKE, 0).await;
        let authority = wallet.pubkey();
        let tokens = address::token_account(&authority, &book.token_mint);
        let operator = address::operator(&book.service, &authority);
        let port = free_port();
        let profile = staking::OperatorProfile {
            node_key: node_key.pubkey(),
            zone: u32::try_from(number).unwrap(),
            capacity_gib: 1,
            endpoint: format!("http://127.0.0.1:{port}"),
        };
        let instructions = vec![
            staking::operator_register(&authority, &book.network, &book.service, &tokens, profile),
            staking::stake_deposit(&authority, &tokens, &book.network, &operator, STAKE),
        ];
        self.land(&wallet, instructions).await;
        let key_file = self.folder.path().join(format!("node-{number}.json"));
        write_keypair_file(&node_key, &key_file).unwrap();
        let data = self.folder.path().join(format!("node-{number}"));
        let settings = format!(
            "listen = \"127.0.0.1:{port}\"\ndata_dir = {data:?}\nnode_key_path = {key_file:?}\n\
             [chain]\nrpc_url = \"{}\"\noperator = \"{operator}\"\n\
             cache_ttl_ms = 500\ncache_absent_ttl_ms = 200\n\
             [terms]\nrate_min = {}\n",
            self.network.rpc_url(),
            // The first one is the cheapest, so that every file is offered to it.
            1 + number.min(1),
        );
        let file = self.folder.path().join(format!("node-{number}.toml"));
        std::fs::write(&file, settings).unwrap();
        let settings = trestle_node::settings::Settings::load(&file).unwrap();
        let running = trestle_node::server::start(settings).await.unwrap();
        let (stop, stopped) = oneshot::channel::<()>();
        let served = tokio::spawn(async move {
            let _ = running
                .until(async {
                    let _ = stopped.await;
                })
                .await;
        });
        self.hosts.push(Host {
            operator,
            stop: Some(stop),
            served: Some(served),
            data,
        });
    }

    /// Stops the node of an operator.
    pub async fn stop_host(&mut self, operator: &Pubkey) {
        let host = self
            .hosts
            .iter_mut()
            .find(|host| host.operator == *operator);
        host.expect("one of the hosts").stop().await.unwrap();
    }

    /// The customer's side.
    pub fn context(&self, observer: Observer) -> StoreContext<'_> {
        StoreContext {
            sender: Sender::new(&self.rpc, SendConfig::default()),
            http: http_client().unwrap(),
            network: self.deployed.deployment.network,
            service: self.deployed.deployment.service,
            customer: &self.customer,
            payer: &self.customer,
            observer,
        }
    }

    /// Free credits of the customer.
    pub async fn balance(&self) -> u64 {
        let network = self.deployed.deployment.network;
        let account = address::customer(&network, &self.customer.pubkey());
        fetch::<CustomerAccount>(&self.rpc, &account)
            .await
            .unwrap()
            .balance
    }
}

/// Any four of six, for a few epochs.
pub fn options() -> PutOptions {
    PutOptions {
        data: 4,
        total: 6,
        lease: LeaseChoice {
            epochs: EPOCHS,
            period_epochs: 1,
            sla_bps: 9_500,
            credit_bps: 1_000,
            deeper_steps: Vec::new(),
            credit_cap_bps: 10_000,
            notice_epochs: 0,
            renewal_epochs: 0,
        },
        rate_max: None,
        group: None,
    }
}

/// Hears nothing.
pub fn silent() -> Observer {
    Arc::new(|_| {})
}

fn free_port() -> u16 {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    listener.local_addr().unwrap().port()
}

/// Where `make programs` puts the built programs, or the folder that `TRESTLE_SO_DIR` names.
pub fn artifacts() -> PathBuf {
    let built = concat!(env!("CARGO_MANIFEST_DIR"), "/../../target/deploy");
    std::env::var_os("TRESTLE_SO_DIR").map_or_else(|| built.into(), PathBuf::from)
}
