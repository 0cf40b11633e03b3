//! Getting every shard of a manifest onto an operator of its own, committed to and paid for.
//!
//! The manifest is written before and after every step that cannot be taken back. The chain has
//! the last word: a commitment that exists is never paid for again, and a transaction that may
//! still land is waited for before another one is sent.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex},
};

use futures_util::{stream, StreamExt};
use solana_pubkey::Pubkey;

use super::{
    context::{lock, Tally},
    encode::shard_path,
    group::ShardGroup,
    manifest::{Manifest, ManifestPaths, ShardRecord, ShardState},
    placement::{find_candidates, Candidate, Demand, Market},
    retry::retrying,
    StoreContext, StoreError, StoreEvent,
};
use crate::{
    address,
    fetch::{fetch_optional, Commitment, CustomerAccount, Lease},
    instruction::{
        clearance::Admission,
        credits::{lease_group_join, lease_open},
        proofs::{commitment_register, CommitmentParties},
    },
    node::NodeError,
    send::{sign_partially, unsigned, Outcome, Pending, SendError, TransactionRequest},
};

/// Shards that are on their way at once.
const SHARDS_AT_ONCE: usize = 4;
/// Operators that one shard is offered to.
const OPERATORS_PER_SHARD_MAX: usize = 4;
/// Transactions for one shard and operator, each sent only after the last one expired.
const SEND_ATTEMPTS_MAX: u32 = 3;

/// Refusals of the programs that another operator would meet too.
const OWN_MATTERS: [&str; 4] = [
    "GroupBegun",
    "GroupFull",
    "InsufficientCredits",
    "LeaseNotRunning",
];

/// Places the shards of one manifest.
pub(super) struct Placement<'a> {
    context: &'a StoreContext<'a>,
    paths: ManifestPaths,
    manifest: Mutex<Manifest>,
    market: Mutex<Market>,
    uploaded: Arc<Tally>,
    group: Option<ShardGroup>,
}

impl<'a> Placement<'a> {
    pub(super) fn new(
        context: &'a StoreContext<'a>,
        paths: ManifestPaths,
        manifest: Manifest,
        group: Option<ShardGroup>,
    ) -> Self {
        let shard_bytes = manifest.layout.shard_bytes();
        let total = shard_bytes.saturating_mul(manifest.shards.len() as u64);
        Self {
            context,
            paths,
            manifest: Mutex::new(manifest),
            market: Mutex::new(Market::default()),
            uploaded: Arc::new(Tally::new(total)),
            group,
        }
    }

    /// Places what is not placed yet. All shards are tried before the first failure is reported.
    pub(super) async fn run(self, rate_max: Option<u64>) -> Result<Manifest, StoreError> {
        let open = self.reconcile().await?;
        if !open.is_empty() {
            if let Some(group) = &self.group {
                group.require_places(open.len())?;
            }
            self.context.tell(StoreEvent::Placing);
            let offers = self.open_market(&open, rate_max).await?;
            self.check_funds(&offers).await?;
            let results: Vec<_> = stream::iter(offers)
                .map(|(shard, candidate)| self.place(shard, candidate))
                .buffer_unordered(SHARDS_AT_ONCE)
                .collect()
                .await;
            results.into_iter().collect::<Result<Vec<()>, _>>()?;
        }
        let manifest = lock(&self.manifest).clone();
        Ok(manifest)
    }

    /// Compares the manifest with the chain and returns the shards that are left to do.
    async fn reconcile(&self) -> Result<Vec<usize>, StoreError> {
        let records = lock(&self.manifest).shards.clone();
        let mut open = Vec::new();
        for (shard, record) in records.iter().enumerate() {
            if record.state != ShardState::Committed && !self.landed_before(shard, record).await? {
                open.push(shard);
            }
        }
        Ok(open)
    }

    /// Whether an earlier run has committed an operator to this shard.
    async fn landed_before(&self, shard: usize, record: &ShardRecord) -> Result<bool, StoreError> {
        let Some(operator) = record.operator else {
            return Ok(false);
        };
        if let Some(pending) = &record.transaction {
            self.settle(shard, pending).await?;
        }
        if !self.is_on_chain(record).await? {
            self.update(shard, |record| record.transaction = None)?;
            return Ok(false);
        }
        self.update(shard, |record| record.state = ShardState::Committed)?;
        self.context.tell(StoreEvent::Committed { shard, operator });
        Ok(true)
    }

    async fn settle(&self, shard: usize, pending: &Pending) -> Result<(), StoreError> {
        match self.context.sender.resolve(pending).await {
            Outcome::Unknown { reason } => Err(StoreError::Undecided {
                shard,
                signature: pending.signature.to_string(),
                reason,
            }),
            _ => Ok(()),
        }
    }

    async fn is_on_chain(&self, record: &ShardRecord) -> Result<bool, StoreError> {
        let rpc = self.context.sender.rpc;
        let customer = self.context.customer.pubkey();
        let (Some(commitment), Some(lease)) = (record.commitment(), record.lease()) else {
            return Ok(false);
        };
        let state: Option<Commitment> = fetch_optional(rpc, &commitment).await?;
        let ours = state.is_some_and(|state| state.customer == customer);
        if let Some(group) = &self.group {
            return Ok(ours && group.pays_for(&commitment));
        }
        let lease: Option<Lease> = fetch_optional(rpc, &lease).await?;
        Ok(ours && lease.is_some_and(|lease| lease.customer == customer))
    }

    /// Finds an operator for each open shard, the one that has it already where there is one.
    async fn open_market(
        &self,
        open: &[usize],
        rate_max: Option<u64>,
    ) -> Result<Vec<(usize, Candidate)>, StoreError> {
        let (demand, records) = {
            let manifest = lock(&self.manifest);
            (self.demand(&manifest, rate_max), manifest.shards.clone())
        };
        let mut market = find_candidates(self.context, &demand).await?;
        let mut known: HashMap<Pubkey, Candidate> = HashMap::new();
        let used = |operator: &Pubkey| records.iter().any(|r| r.operator == Some(*operator));
        market.candidates.retain(|candidate| {
            let free = !used(&candidate.operator);
            if !free {
                known.insert(candidate.operator, candidate.clone());
            }
            free
        });
        let found = market.candidates.len().saturating_add(known.len());
        let mut offers = Vec::new();
        for shard in open {
            let earlier = records.get(*shard).and_then(|record| record.operator);
            let kept = earlier.and_then(|operator| known.remove(&operator));
            match kept.or_else(|| market.candidates.pop_front()) {
                Some(candidate) => offers.push((*shard, candidate)),
                None => {
                    return Err(StoreError::TooFewOperators {
                        found,
                        needed: records.len(),
                        refusals: market.refusals,
                    })
                }
            }
        }
        *lock(&self.market) = market;
        Ok(offers)
    }

    /// Of a group, nobody may ask for more than what it pays a member at least.
    fn demand(&self, manifest: &Manifest, rate_max: Option<u64>) -> Demand {
        let least = self.group.map(|group| group.terms().rate_min());
        let rate_max = least.into_iter().chain(rate_max).min();
        Demand {
            file_sha256: manifest.sha256,
            shard_bytes: manifest.layout.shard_bytes(),
            lease: manifest.lease.clone(),
            rate_max,
        }
    }

    /// Refuses before anything is uploaded if the account cannot pay for all of it. A group is paid
    /// already.
    async fn check_funds(&self, offers: &[(usize, Candidate)]) -> Result<(), StoreError> {
        if self.group.is_some() {
            self.context.tell(StoreEvent::Placed { credits: 0 });
            return Ok(());
        }
        let epochs = lock(&self.manifest).lease.epochs;
        let rates = offers.iter().map(|(_, candidate)| candidate.rate);
        let needed = rates
            .fold(0_u64, u64::saturating_add)
            .saturating_mul(epochs);
        let customer = self.context.customer.pubkey();
        let account = address::customer(&self.context.network, &customer);
        let account: Option<CustomerAccount> =
            fetch_optional(self.context.sender.rpc, &account).await?;
        let available = account.map_or(0, |account| account.balance);
        if available < needed {
            return Err(StoreError::TooFewCredits { needed, available });
        }
        self.context.tell(StoreEvent::Placed { credits: needed });
        Ok(())
    }

    /// Offers a shard to one operator after another.
    async fn place(&self, shard: usize, first: Candidate) -> Result<(), StoreError> {
        let mut candidate = first;
        for _ in 0..OPERATORS_PER_SHARD_MAX {
            let error = match self.place_with(shard, &candidate).await {
                Ok(()) => return Ok(()),
                Err(error) if is_operators_fault(&error) => error,
                Err(error) => return Err(error),
            };
            let reason = error.to_string();
            self.context.tell(StoreEvent::Replaced {
                shard,
                operator: candidate.operator,
                reason: reason.clone(),
            });
            let next = lock(&self.market).candidates.pop_front();
            candidate = next.ok_or(StoreError::ShardNotPlaced { shard, reason })?;
        }
        let reason = format!("{OPERATORS_PER_SHARD_MAX} operators failed to take it");
        Err(StoreError::ShardNotPlaced { shard, reason })
    }

    async fn place_with(&self, shard: usize, candidate: &Candidate) -> Result<(), StoreError> {
        self.update(shard, |record| {
            record.operator = Some(candidate.operator);
            record.state = ShardState::Encoded;
            record.rate = candidate.rate;
            record.transaction = None;
        })?;
        self.upload(shard, candidate).await?;
        self.update(shard, |record| record.state = ShardState::Uploaded)?;
        for _ in 0..SEND_ATTEMPTS_MAX {
            if self.agree(shard, candidate).await? {
                self.update(shard, |record| record.state = ShardState::Committed)?;
                let operator = candidate.operator;
                self.context.tell(StoreEvent::Committed { shard, operator });
                return Ok(());
            }
        }
        let reason = format!("{SEND_ATTEMPTS_MAX} transactions expired; the cluster is congested");
        Err(StoreError::ShardNotPlaced { shard, reason })
    }

    async fn upload(&self, shard: usize, candidate: &Candidate) -> Result<(), StoreError> {
        let record = self.record(shard)?;
        let path = shard_path(&self.paths.staging, shard);
        let customer = self.context.customer;
        retrying(|| {
            let (tally, observer) = (self.uploaded.clone(), self.context.observer.clone());
            let progress = move |bytes| {
                let (done, total) = tally.add(bytes);
                observer(StoreEvent::Uploading { done, total });
            };
            let node = &candidate.node;
            node.put_shard(customer, &record.root, &path, &record.sha256, progress)
        })
        .await?;
        Ok(())
    }

    /// Has customer and node sign the commitment and its lease or group, and sends them as one
    /// transaction. `false` if it expired: then it is safe to try again.
    async fn agree(&self, shard: usize, candidate: &Candidate) -> Result<bool, StoreError> {
        let sender = &self.context.sender;
        let request = self.agreement(shard, candidate)?;
        let prepared = sender.prepare(&request).await?;
        let mut transaction = unsigned(&prepared);
        let (payer, customer) = (self.context.payer, self.context.customer);
        sign_partially(&mut transaction, &[payer, customer]).map_err(SendError::from)?;
        let node = &candidate.node;
        let agreed = retrying(|| node.sign_commitment(customer, &transaction)).await?;
        let signed = sender.complete(&prepared, agreed)?;
        let pending = signed.pending();
        self.update(shard, |record| record.transaction = Some(pending))?;
        let signature = pending.signature;
        self.context.tell(StoreEvent::Sending { shard, signature });
        match sender.submit_and_resolve(&signed).await {
            Outcome::Landed { .. } => Ok(true),
            Outcome::Expired => Ok(false),
            Outcome::Failed { error, logs, .. } => Err(SendError::Rejected {
                error,
                logs,
                units_consumed: 0,
            }
            .into()),
            Outcome::Unknown { reason } => Err(StoreError::Undecided {
                shard,
                signature: signature.to_string(),
                reason,
            }),
        }
    }

    fn agreement(
        &self,
        shard: usize,
        candidate: &Candidate,
    ) -> Result<TransactionRequest, StoreError> {
        let record = self.record(shard)?;
        let manifest = lock(&self.manifest);
        let (operator, node_key) = (candidate.operator, candidate.node_key);
        let (customer, network) = (manifest.customer, manifest.network);
        let admission = Admission {
            operator: candidate.voucher,
            customer: lock(&self.market).customer_voucher,
        };
        let parties = CommitmentParties {
            customer,
            node_key,
            network,
            service: manifest.service,
            operator,
            admission,
        };
        let size = manifest.layout.shard_bytes();
        let register = commitment_register(&parties, record.root, size);
        let lease = parties.lease(&record.root);
        let paid = match &self.group {
            Some(group) => lease_group_join(&group.address, &lease, group.terms()),
            None => lease_open(&lease, manifest.lease.terms(candidate.rate)),
        };
        let instructions = vec![register, paid];
        Ok(TransactionRequest::new(
            self.context.payer.pubkey(),
            instructions,
        ))
    }

    fn record(&self, shard: usize) -> Result<ShardRecord, StoreError> {
        let manifest = lock(&self.manifest);
        let record = manifest.shards.get(shard).cloned();
        record.ok_or_else(|| no_such_shard(shard))
    }

    /// Changes one shard's record and writes the manifest.
    fn update(
        &self,
        shard: usize,
        change: impl FnOnce(&mut ShardRecord),
    ) -> Result<(), StoreError> {
        let mut manifest = lock(&self.manifest);
        let record = manifest.shards.get_mut(shard);
        change(record.ok_or_else(|| no_such_shard(shard))?);
        manifest.write(&self.paths.manifest)?;
        Ok(())
    }
}

fn no_such_shard(shard: usize) -> StoreError {
    StoreError::ShardNotPlaced {
        shard,
        reason: "the manifest does not list it".to_string(),
    }
}

/// Whether another operator may do better. What concerns the customer's own means or machine will
/// fail again.
fn is_operators_fault(error: &StoreError) -> bool {
    match error {
        StoreError::Node(NodeError::Io(_)) => false,
        StoreError::Node(_) => true,
        StoreError::Send(SendError::Wire(_)) => true,
        StoreError::Send(SendError::Rejected { error, .. }) => {
            let trestle = [address::PROOFS_ID, address::CREDITS_ID];
            error
                .program
                .is_some_and(|program| trestle.contains(&program))
                && !OWN_MATTERS.contains(&error.name.as_str())
        }
        _ => false,
    }
}
