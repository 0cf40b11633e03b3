//! After a crash the journal and the chain decide; nothing is sent while something may still land.

use async_trait::async_trait;
use solana_keypair::Keypair;
use solana_rpc_client::nonblocking::rpc_client::RpcClient;
use solana_signature::Signature;
use std::sync::{Arc, Mutex};
use trestle_attest::chain::{Action, ActionSender, Sent};
use trestle_attest::metrics::AttestMetrics;
use trestle_attest::store::open_stores;
use trestle_attest::vote::vote_key;
use trestle_kit::journal::{Begun, Draft, EntryState, Journal};
use trestle_kit::journal_resolve::{ChainStatus, ChainUnavailable, SignatureFate};
use trestle_kit::metrics::Metrics;

const LAST_VALID: u64 = 100;

struct Chain(Mutex<(u64, SignatureFate)>);

#[async_trait]
impl ChainStatus for Chain {
    async fn finalized_block_height(&self) -> Result<u64, ChainUnavailable> {
        Ok(self.0.lock().unwrap().0)
    }
    async fn fate(&self, _: &Signature) -> Result<SignatureFate, ChainUnavailable> {
        Ok(self.0.lock().unwrap().1.clone())
    }
}

struct Setup {
    _folder: tempfile::TempDir,
    journal: Arc<dyn Journal>,
    chain: Arc<Chain>,
    sender: ActionSender,
    action: Action,
}

/// A sender whose vote was written down when the process died. Its RPC endpoint is a closed port:
/// whatever it tries to send is seen as unavailable.
async fn after_crash() -> Setup {
    let folder = tempfile::tempdir().unwrap();
    let (journal, _) = open_stores(folder.path()).unwrap();
    let key = vote_key("service", 7);
    let draft = Draft {
        key: key.clone(),
        signature: Signature::from([7; 64]),
        last_valid_block_height: LAST_VALID,
        wire: vec![1, 2, 3],
    };
    assert!(matches!(
        journal.begin(draft).await.unwrap(),
        Begun::Started(_)
    ));
    let chain = Arc::new(Chain(Mutex::new((0, SignatureFate::Absent))));
    let sender = ActionSender {
        rpc: Arc::new(RpcClient::new("http://127.0.0.1:1".into())),
        keypair: Arc::new(Keypair::new()),
        journal: journal.clone(),
        status: chain.clone(),
        metrics: AttestMetrics::new(&Metrics::new("test").unwrap()).unwrap(),
        refusals: Default::default(),
        awaited: Default::default(),
    };
    let action = Action {
        key,
        kind: "attest",
        instructions: Vec::new(),
    };
    Setup {
        _folder: folder,
        journal,
        chain,
        sender,
        action,
    }
}

impl Setup {
    async fn send(&self, height: u64, fate: SignatureFate) -> Sent {
        *self.chain.0.lock().unwrap() = (height, fate);
        self.sender.send(&self.action).await.unwrap()
    }

    async fn state(&self) -> EntryState {
        self.journal
            .latest(&self.action.key)
            .await
            .unwrap()
            .unwrap()
            .state
    }
}

#[tokio::test]
async fn a_vote_that_landed_before_the_crash_is_not_sent_again() {
    let setup = after_crash().await;
    let sent = setup.send(0, SignatureFate::Landed { slot: 3 }).await;
    assert_eq!(sent, Sent::Done(Signature::from([7; 64])));
    assert_eq!(setup.state().await, EntryState::Landed { slot: 3 });
    assert!(
        setup.send(900, SignatureFate::Absent).await.is_done(),
        "and stays done"
    );
}

#[tokio::test]
async fn a_vote_that_may_still_land_is_waited_for() {
    let setup = after_crash().await;
    for (height, fate) in [
        (LAST_VALID, SignatureFate::Absent),
        (LAST_VALID + 1, SignatureFate::Unconfirmed),
    ] {
        let sent = setup.send(height, fate).await;
        assert_eq!(sent, Sent::InFlight(Signature::from([7; 64])));
        assert_eq!(setup.state().await, EntryState::Unknown);
    }
}

#[tokio::test]
async fn a_vote_that_can_never_land_is_tried_anew() {
    let setup = after_crash().await;
    let sent = setup.send(LAST_VALID + 1, SignatureFate::Absent).await;
    assert!(matches!(sent, Sent::Unavailable(_)), "{sent:?}");
    assert_eq!(
        setup.state().await,
        EntryState::Expired,
        "and nothing new was written down"
    );
}

#[tokio::test]
async fn what_an_earlier_run_left_open_is_decided_without_being_asked_for() {
    let setup = after_crash().await;
    *setup.chain.0.lock().unwrap() = (
        0,
        SignatureFate::Failed {
            error: "6201".into(),
        },
    );
    setup.sender.resolve_left_open().await.unwrap();
    assert_eq!(
        setup.state().await,
        EntryState::Failed {
            error: "6201".into()
        }
    );
}
