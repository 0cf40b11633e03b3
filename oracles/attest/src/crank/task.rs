//! The task that sends what is due when it is this verifier's turn.

use super::due::{due, Due};
use super::groups::{due_group_settlements, due_records};
use super::leases::{due_leases, MaintenanceBook};
use super::slashes::{due_slashes, leaf_proof, owing, Owing};
use super::turns::Turns;
use crate::chain::{ActionSender, ChainView};
use crate::settings::CrankSettings;
use crate::shared::Shared;
use crate::store::{KnownRoot, StoreError};
use crate::vote::{BookError, RootBook};
use async_trait::async_trait;
use solana_pubkey::Pubkey;
use solana_rpc_client::nonblocking::rpc_client::RpcClient;
use std::mem::offset_of;
use std::sync::Arc;
use trestle_core::leaf::PayoutLeaf;
use trestle_core::merkle::Tree;
use trestle_core::root::FinalRoot;
use trestle_kit::supervisor::{TaskFailure, TaskResult, Tick};
use trestle_sdk::address;
use trestle_sdk::fetch::{fetch_many, list, Claim, Filter, Lease, LeaseGroup, Maintenance};
use trestle_sdk::instruction::credits::no_leaf;

/// Name of the task in logs, health and metrics.
pub const CRANKER: &str = "cranker";

/// Sends what is due.
pub struct Cranker {
    shared: Shared,
    rpc: Arc<RpcClient>,
    sender: Arc<ActionSender>,
    book: Arc<RootBook>,
    settings: CrankSettings,
    turns: Turns,
    /// The final root that was last needed, with its tree.
    tree: Option<(Arc<KnownRoot>, Arc<Tree>)>,
}

#[async_trait]
impl Tick for Cranker {
    async fn tick(&mut self) -> TaskResult {
        let Some(view) = self.shared.view.borrow().clone() else {
            return Ok(());
        };
        let mut all = due(&view, &self.settings);
        match self.due_by_roots(&view).await {
            Ok(more) => all.extend(more),
            Err(BookError::Store(error)) => return Err(Box::<StoreError>::new(error)),
            Err(error) => {
                self.shared.trouble(CRANKER, &error);
            }
        }
        for one in self.turns.ours(&view, &all) {
            let sent = self.sender.send(&one.action).await;
            sent.map_err(|error| Box::new(error) as TaskFailure)?;
        }
        self.shared.health.succeeded(CRANKER);
        Ok(())
    }
}

impl Cranker {
    /// Has sent nothing yet.
    pub fn new(
        shared: Shared,
        rpc: Arc<RpcClient>,
        sender: Arc<ActionSender>,
        book: Arc<RootBook>,
        settings: CrankSettings,
    ) -> Self {
        Self {
            shared,
            rpc,
            turns: Turns::new(sender.pubkey(), settings.delay),
            sender,
            book,
            settings,
            tree: None,
        }
    }

    async fn due_by_roots(&mut self, view: &ChainView) -> Result<Vec<Due>, BookError> {
        let Some(latest) = view.latest_final().copied() else {
            return Ok(Vec::new());
        };
        let mut all = Vec::new();
        if self.settings.slash {
            all.extend(self.slashes(view, &latest).await?);
        }
        if self.settings.leases {
            all.extend(self.settlements(view).await?);
            all.extend(self.groups(view).await?);
        }
        Ok(all)
    }

    async fn slashes(
        &mut self,
        view: &ChainView,
        latest: &FinalRoot,
    ) -> Result<Vec<Due>, BookError> {
        let (known, tree) = self.tree(latest).await?;
        let owing = owing(view, &known);
        if owing.is_empty() {
            return Ok(Vec::new());
        }
        let pool = address::pool(&view.service_address);
        let claim_of = |one: &Owing<'_>| address::claim(&pool, &one.address);
        let addresses: Vec<Pubkey> = owing.iter().map(claim_of).collect();
        // Without it, nobody knows whether an operator's pay was asked: better to wait.
        let claims = match fetch_many::<Claim>(&self.rpc, &addresses).await {
            Ok(claims) => claims.into_iter().flatten(),
            Err(error) => {
                tracing::warn!(%error, "claims cannot be read");
                return Ok(Vec::new());
            }
        };
        let claims = claims.map(|claim| (claim.operator, claim)).collect();
        Ok(due_slashes(view, &known, &tree, &owing, &claims))
    }

    async fn settlements(&mut self, view: &ChainView) -> Result<Vec<Due>, BookError> {
        let by_service = Filter::address(offset_of!(Lease, service), &view.service_address);
        let leases = match list::<Lease>(&self.rpc, &[by_service]).await {
            Ok(leases) => leases,
            Err(error) => {
                tracing::warn!(%error, "leases cannot be listed");
                return Ok(Vec::new());
            }
        };
        // Without it, nobody knows where maintenance parts a period: better to wait than to fail.
        let maintenance: MaintenanceBook = match list::<Maintenance>(&self.rpc, &[]).await {
            Ok(all) => all
                .into_iter()
                .map(|(_, one)| (one.operator, one))
                .collect(),
            Err(error) => {
                tracing::warn!(%error, "maintenance cannot be listed");
                return Ok(Vec::new());
            }
        };
        let mut all = Vec::new();
        for lease in due_leases(view, &leases, &maintenance) {
            let (known, tree) = self.tree(&lease.root).await?;
            let proof = leaf_proof(&known, &tree, lease.operator());
            all.extend(proof.map(|proof| lease.settle(proof)));
        }
        Ok(all)
    }

    async fn groups(&mut self, view: &ChainView) -> Result<Vec<Due>, BookError> {
        let by_service = Filter::address(offset_of!(LeaseGroup, service), &view.service_address);
        let groups = match list::<LeaseGroup>(&self.rpc, &[by_service]).await {
            Ok(groups) => groups,
            Err(error) => {
                tracing::warn!(%error, "lease groups cannot be listed");
                return Ok(Vec::new());
            }
        };
        let mut all = due_group_settlements(view, &groups);
        for record in due_records(view, &groups) {
            if !record.needs_leaf {
                all.push(record.record(no_leaf()));
                continue;
            }
            let (known, tree) = self.tree(&record.root).await?;
            let proof = leaf_proof(&known, &tree, record.operator());
            all.extend(proof.map(|proof| record.record(proof)));
        }
        Ok(all)
    }

    async fn tree(&mut self, root: &FinalRoot) -> Result<(Arc<KnownRoot>, Arc<Tree>), BookError> {
        if let Some((known, tree)) = &self.tree {
            if known.digest == root.digest {
                return Ok((Arc::clone(known), Arc::clone(tree)));
            }
        }
        let known = self.book.known(root).await?;
        let states = Arc::clone(&known);
        let built = crate::vote::blocking(move || {
            let leaves: Vec<PayoutLeaf> = states.states.iter().map(|one| one.leaf()).collect();
            Tree::build(leaves.iter().map(PayoutLeaf::hash).collect())
        });
        let tree = built.await?.map_err(|_| BookError::Interrupted)?;
        let tree = Arc::new(tree);
        self.tree = Some((Arc::clone(&known), Arc::clone(&tree)));
        Ok((known, tree))
    }
}
