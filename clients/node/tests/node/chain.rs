//! The chain as it is read over JSON-RPC.

use crate::rpc::Rpc;
use solana_pubkey::Pubkey;
use std::sync::Arc;
use trestle_node::{
    chain::{ChainError, ChainView, Freshness, RpcChain},
    metrics::Metrics,
    settings::Settings,
};

struct Keys {
    node: Pubkey,
    customer: Pubkey,
    verifier: Pubkey,
}

async fn chain() -> (Keys, Rpc, RpcChain) {
    let [node, customer, verifier] = std::array::from_fn(|_| Pubkey::new_unique());
    let rpc = Rpc::start(node, customer, verifier).await;
    let mut settings: Settings = crate::world::settings("unused".into(), rpc.operator);
    settings.chain.rpc_url = format!("http://{}", rpc.address).parse().unwrap();
    let view = RpcChain::new(&settings.chain, Arc::new(Metrics::new().unwrap()));
    let keys = Keys {
        node,
        customer,
        verifier,
    };
    (keys, rpc, view)
}

#[tokio::test(flavor = "multi_thread")]
async fn accounts_are_read_as_the_programs_wrote_them() {
    let (keys, rpc, chain) = chain().await;
    let operator = chain.operator(Freshness::Cached).await.unwrap().unwrap();
    assert_eq!(operator.address, rpc.operator);
    assert_eq!(
        (operator.network, operator.service),
        (rpc.network, rpc.service)
    );
    assert_eq!(operator.node_key, keys.node);
    let network = &operator.network;
    for (key, known) in [
        (keys.verifier, true),
        (keys.customer, false),
        (Pubkey::default(), false),
    ] {
        let found = chain.is_verifier(network, &key, Freshness::Cached).await;
        assert_eq!(found, Ok(known), "{key}");
    }
    let credits = |key| chain.customer_credits(network, key, Freshness::Cached);
    assert_eq!(credits(&keys.customer).await, Ok(Some(10)));
    assert_eq!(credits(&keys.verifier).await, Ok(None));
    let address = rpc.commit(keys.customer, [5; 32], 1_000, 9);
    let commitment = chain
        .commitment(&address, Freshness::Cached)
        .await
        .unwrap()
        .unwrap();
    assert_eq!((commitment.root, commitment.leaf_count), ([5; 32], 9));
    assert_eq!(
        (commitment.registered_epoch, commitment.ended_epoch),
        (6, None)
    );
    rpc.seed(7, [3; 32]);
    let service = &rpc.service;
    assert_eq!(
        chain.seed(service, 7, Freshness::Cached).await,
        Ok(Some([3; 32]))
    );
    assert_eq!(chain.seed(service, 6, Freshness::Cached).await, Ok(None));
    assert_eq!(chain.epoch_now(network).await, Ok(7));
    rpc.set_clock(1_000 + 8 * 100);
    assert_eq!(chain.epoch_now(network).await, Ok(8));
}

#[tokio::test(flavor = "multi_thread")]
async fn what_has_changed_is_seen_before_anybody_is_turned_away() {
    let (keys, rpc, chain) = chain().await;
    let network = &rpc.network;
    let credits = |freshness| chain.customer_credits(network, &keys.customer, freshness);
    assert_eq!(credits(Freshness::Cached).await, Ok(Some(10)));
    rpc.set_credits(keys.customer, 20);
    assert_eq!(credits(Freshness::Cached).await, Ok(Some(10)));
    tokio::time::sleep(std::time::Duration::from_millis(550)).await;
    assert_eq!(credits(Freshness::Recent).await, Ok(Some(20)));
    rpc.set_credits(keys.customer, 30);
    assert_eq!(credits(Freshness::Recent).await, Ok(Some(20)));
    assert_eq!(credits(Freshness::Now).await, Ok(Some(30)));
}

#[tokio::test(flavor = "multi_thread")]
async fn accounts_of_others_are_not_believed() {
    let (keys, rpc, chain) = chain().await;
    for (kind, spoil) in [
        (
            "owner",
            (|(owner, _)| *owner = Pubkey::new_unique()) as fn(&mut (Pubkey, Vec<u8>)),
        ),
        ("discriminator", |(_, data)| data[0] ^= 1),
        ("length", |(_, data)| data.truncate(100)),
        ("emptiness", |(_, data)| data.clear()),
    ] {
        let address = rpc.commit(keys.customer, [5; 32], 1_000, 9);
        rpc.spoil(&address, spoil);
        let read = chain.commitment(&address, Freshness::Now).await;
        let malformed = ChainError::Malformed {
            address,
            kind: "Commitment",
        };
        assert_eq!(read, Err(malformed), "{kind}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn accounts_of_another_layout_are_not_believed() {
    let (keys, rpc, chain) = chain().await;
    for version in [
        (|(_, data)| data[8] = 0) as fn(&mut (Pubkey, Vec<u8>)),
        |(_, data)| data[8] += 1,
    ] {
        let address = rpc.commit(keys.customer, [5; 32], 1_000, 9);
        rpc.spoil(&address, version);
        let kind = "Commitment";
        let refused = ChainError::Version { address, kind };
        let read = chain.commitment(&address, Freshness::Now).await;
        assert_eq!(read, Err(refused));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_unreachable_rpc_is_reported_without_its_url() {
    let (_, rpc, _) = chain().await;
    let mut settings = crate::world::settings("unused".into(), rpc.operator);
    settings.chain.rpc_url = "http://127.0.0.1:1/SECRET".parse().unwrap();
    let chain = RpcChain::new(&settings.chain, Arc::new(Metrics::new().unwrap()));
    let error = chain
        .operator(Freshness::Cached)
        .await
        .unwrap_err()
        .to_string();
    assert!(
        error.contains("rpc_url") && !error.contains("SECRET"),
        "{error}"
    );
}
