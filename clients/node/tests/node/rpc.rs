//! A JSON-RPC endpoint with accounts in the programs' own layouts, for the real binary.

use axum::{extract::State, routing::post, Json, Router};
use base64::{engine::general_purpose::STANDARD, Engine};
use bytemuck::{bytes_of, Zeroable};
use serde_json::{json, Value};
use solana_pubkey::Pubkey;
use std::{
    collections::HashMap,
    net::SocketAddr,
    sync::{Arc, Mutex},
};
use trestle_credits::{address::customer_address, state::CustomerAccount};
use trestle_proofs::{
    address::{commitment_address, seeds_address},
    state::{Commitment, SeedEntry, SeedRing, NEVER},
};
use trestle_sdk::address::{CREDITS_ID, PROOFS_ID, STAKING_ID};
use trestle_staking::{
    address::verifiers_address,
    state::{Network, Operator, VerifierEntry, VerifierSet},
    versioned::Layout,
};

type Accounts = Arc<Mutex<HashMap<String, (Pubkey, Vec<u8>)>>>;

/// The endpoint.
pub struct Rpc {
    pub address: SocketAddr,
    pub network: Pubkey,
    pub service: Pubkey,
    pub operator: Pubkey,
    accounts: Accounts,
}

impl Rpc {
    /// Serves an operator with this node key, a customer with credits and a verifier.
    pub async fn start(node_key: Pubkey, customer: Pubkey, verifier: Pubkey) -> Self {
        let accounts = Accounts::default();
        let app = Router::new()
            .route("/", post(answer))
            .with_state(Arc::clone(&accounts));
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        tokio::spawn(async move { axum::serve(listener, app).await.unwrap() });
        let [network, service, operator] = std::array::from_fn(|_| Pubkey::new_unique());
        let rpc = Self {
            address,
            network,
            service,
            operator,
            accounts,
        };
        rpc.set_node_key(node_key);
        let parameters = Network {
            genesis: 1_000,
            epoch_seconds: 100,
            ..zeroed()
        };
        rpc.write(network, STAKING_ID, &parameters);
        let mut set: VerifierSet = zeroed();
        set.entries[1] = VerifierEntry {
            authority: verifier,
            bond: 5,
            ..zeroed()
        };
        rpc.write(verifiers_address(&network).0, STAKING_ID, &set);
        rpc.set_credits(customer, 10);
        rpc.set_clock(1_000 + 7 * 100);
        rpc
    }

    /// Has the operator name another node key.
    pub fn set_node_key(&self, node_key: Pubkey) {
        let Self {
            network, service, ..
        } = *self;
        let operator = Operator {
            node_key,
            network,
            service,
            ..zeroed()
        };
        self.write(self.operator, STAKING_ID, &operator);
    }

    /// Sets what a customer has.
    pub fn set_credits(&self, customer: Pubkey, balance: u64) {
        let network = self.network;
        let account = CustomerAccount {
            network,
            customer,
            balance,
            ..zeroed()
        };
        self.write(
            customer_address(&network, &customer).0,
            CREDITS_ID,
            &account,
        );
    }

    /// Changes an account by hand.
    pub fn spoil(&self, address: &Pubkey, change: fn(&mut (Pubkey, Vec<u8>))) {
        change(
            self.accounts
                .lock()
                .unwrap()
                .get_mut(&address.to_string())
                .unwrap(),
        );
    }

    /// Sets the chain's clock.
    pub fn set_clock(&self, unix_seconds: i64) {
        let mut data = vec![0; 40];
        data[32..].copy_from_slice(&unix_seconds.to_le_bytes());
        let owner = Pubkey::from_str_const("Sysvar1111111111111111111111111111111111111");
        let key = "SysvarC1ock11111111111111111111111111111111".to_owned();
        self.accounts.lock().unwrap().insert(key, (owner, data));
    }

    /// Registers a commitment of the operator.
    pub fn commit(&self, customer: Pubkey, root: [u8; 32], size: u64, leaf_count: u32) -> Pubkey {
        let address = commitment_address(&self.operator, &root).0;
        let commitment = Commitment {
            service: self.service,
            operator: self.operator,
            customer,
            root,
            size_bytes: size,
            leaf_count,
            registered_epoch: 6,
            ended_epoch: NEVER,
            ..zeroed()
        };
        self.write(address, PROOFS_ID, &commitment);
        address
    }

    /// Records the seed of an epoch.
    pub fn seed(&self, epoch: u64, seed: [u8; 32]) {
        let mut ring: SeedRing = zeroed();
        ring.count = 1;
        ring.entries[0] = SeedEntry {
            epoch,
            slot: 1,
            seed,
        };
        self.write(seeds_address(&self.service).0, PROOFS_ID, &ring);
    }

    fn write<T: Layout>(&self, address: Pubkey, owner: Pubkey, state: &T) {
        let mut data = [T::DISCRIMINATOR, bytes_of(state)].concat();
        data[T::DISCRIMINATOR.len()] = T::VERSION;
        self.accounts
            .lock()
            .unwrap()
            .insert(address.to_string(), (owner, data));
    }
}

fn zeroed<T: Zeroable>() -> T {
    T::zeroed()
}

async fn answer(State(accounts): State<Accounts>, Json(request): Json<Value>) -> Json<Value> {
    assert_eq!(request["method"], "getAccountInfo", "{request}");
    let address = request["params"][0].as_str().unwrap();
    let found = accounts.lock().unwrap().get(address).cloned();
    let value = found.map(|(owner, data)| {
        json!({
            "data": [STANDARD.encode(&data), "base64"],
            "executable": false,
            "lamports": 1,
            "owner": owner.to_string(),
            "rentEpoch": 0,
            "space": data.len(),
        })
    });
    Json(json!({
        "jsonrpc": "2.0",
        "id": request["id"],
        "result": { "context": { "slot": 1, "apiVersion": "4.3.2" }, "value": value },
    }))
}
