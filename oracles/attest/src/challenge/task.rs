//! The task that opens epochs and asks until every challenge is answered or given up.

use super::answer::judge_answer;
use super::client::{NodeAnswer, NodeAsker, NodeTarget};
use super::plan::{open_asks, progress, Ask, Asked};
use crate::chain::ChainView;
use crate::epoch::ServiceHistory;
use crate::settings::ChallengeSettings;
use crate::shared::Shared;
use crate::status::ChallengeProgress;
use crate::store::{ExchangeDraft, ExchangeResult, OpenedEpoch, StoreError};
use async_trait::async_trait;
use futures_util::StreamExt;
use serde_json::json;
use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};
use trestle_kit::supervisor::{TaskResult, Tick};
use trestle_verify::storage::ChallengeScope;
use trestle_verify::text::{Base58, Hex};

/// Name of the task in logs, health and metrics.
pub const CHALLENGER: &str = "challenger";
/// Requests to one operator in one round: a silent one must not hold up the others for long.
const ASKS_PER_OPERATOR_MAX: usize = 64;
/// Requests to one operator at the same time.
const OPERATOR_CONCURRENCY: usize = 4;

/// Opens epochs and asks.
pub struct Challenger {
    shared: Shared,
    asker: NodeAsker,
    settings: ChallengeSettings,
    epochs: BTreeMap<u64, Working>,
}

/// An epoch that is worked on. The store has all of it but the moments of the last attempts.
struct Working {
    opened: Arc<OpenedEpoch>,
    asked: Asked,
    last_asked: BTreeMap<([u8; 32], u32), Instant>,
}

/// Requests to one operator, and where to send them.
struct OperatorAsks {
    target: NodeTarget,
    /// What answers are checked with: the key that the chain convicts by or, after a change, that
    /// of the epoch's start, so that nobody escapes a signed loss by changing keys.
    node_key: [u8; 32],
    asks: Vec<Ask>,
}

/// What came of one request.
struct Answered {
    commitment: [u8; 32],
    chunk: u32,
    found: Vec<u32>,
}

#[async_trait]
impl Tick for Challenger {
    async fn tick(&mut self) -> TaskResult {
        let Some(view) = self.shared.view.borrow().clone() else {
            return Ok(());
        };
        if let Err(reason) = view.within(&self.shared.limits) {
            self.shared.trouble(CHALLENGER, &reason);
            return Ok(());
        }
        let previous = view.epoch.saturating_sub(1);
        self.epochs.retain(|epoch, _| *epoch >= previous);
        // The epoch before may have unanswered challenges left: its data is still kept.
        for epoch in previous..=view.epoch {
            if self.open(&view, epoch).await? {
                self.work(&view, epoch).await?;
            }
        }
        self.shared.health.succeeded(CHALLENGER);
        Ok(())
    }
}

impl Challenger {
    /// Has no epoch open yet.
    pub fn new(shared: Shared, asker: NodeAsker, settings: ChallengeSettings) -> Self {
        Self {
            shared,
            asker,
            settings,
            epochs: BTreeMap::new(),
        }
    }

    /// Fixes the questions of an epoch once its seed is on chain. Returns whether they are fixed.
    async fn open(&mut self, view: &ChainView, epoch: u64) -> Result<bool, StoreError> {
        if self.epochs.contains_key(&epoch) {
            return Ok(true);
        }
        let opened = match self.shared.store.opened(epoch).await? {
            Some(opened) => opened,
            None => {
                let Some(opened) = self.questions(view, epoch).await? else {
                    return Ok(false);
                };
                self.shared.store.open_epoch(&opened).await?;
                let commitments = opened.commitments.len();
                tracing::info!(
                    epoch,
                    commitments,
                    challenges = opened.challenges,
                    "epoch opened"
                );
                opened
            }
        };
        let found = self.shared.store.found(epoch).await?;
        let asked = Asked::new(&found, &self.shared.store.attempts(epoch).await?);
        let opened = Arc::new(opened);
        self.epochs.insert(
            epoch,
            Working {
                opened,
                asked,
                last_asked: BTreeMap::new(),
            },
        );
        Ok(true)
    }

    /// The questions of an epoch, as the chain fixes them.
    async fn questions(
        &self,
        view: &ChainView,
        epoch: u64,
    ) -> Result<Option<OpenedEpoch>, StoreError> {
        let Some((seed, commitments)) = view.seed(epoch).zip(view.challenged(epoch)) else {
            return Ok(None);
        };
        let since = view.epoch_start(epoch.saturating_sub(1));
        let seen = self.shared.store.services_since(since).await?;
        let params = ServiceHistory::new(seen, view, epoch).at_start();
        let count = params.and_then(|params| params.challenges_per_commitment().ok());
        Ok(count.map(|challenges| OpenedEpoch {
            epoch,
            seed,
            challenges,
            commitments,
        }))
    }

    async fn work(&mut self, view: &ChainView, epoch: u64) -> Result<(), StoreError> {
        let Some(working) = self.epochs.get(&epoch) else {
            return Ok(());
        };
        let opened = Arc::clone(&working.opened);
        let due = working.due(view, &self.settings);
        if !due.is_empty() {
            let groups = self.group(view, epoch, due).await?;
            let answered = self.ask_all(view, &opened, groups).await?;
            if let Some(working) = self.epochs.get_mut(&epoch) {
                working.note(&answered);
            }
        }
        self.report(view, epoch);
        Ok(())
    }

    async fn group(
        &self,
        view: &ChainView,
        epoch: u64,
        asks: Vec<Ask>,
    ) -> Result<Vec<OperatorAsks>, StoreError> {
        let seen = self
            .shared
            .store
            .operators_since(view.epoch_start(epoch))
            .await?;
        let mut keys = view.registry.certain_keys(epoch);
        for one in &seen {
            keys.entry(one.operator).or_insert(one.node_key);
        }
        let mut by_operator: BTreeMap<[u8; 32], Vec<Ask>> = BTreeMap::new();
        for ask in asks {
            let group = by_operator.entry(ask.commitment.operator).or_default();
            if group.len() < ASKS_PER_OPERATOR_MAX {
                group.push(ask);
            }
        }
        let mut groups = Vec::new();
        for (operator, asks) in by_operator {
            let Some(account) = view.registry.operator(&operator) else {
                continue;
            };
            let endpoint = account.endpoint_str().to_owned();
            let target = NodeTarget {
                endpoint,
                node_key: account.node_key,
            };
            let node_key = keys
                .get(&operator)
                .copied()
                .unwrap_or(account.node_key.to_bytes());
            groups.push(OperatorAsks {
                target,
                node_key,
                asks,
            });
        }
        Ok(groups)
    }

    async fn ask_all(
        &self,
        view: &ChainView,
        opened: &OpenedEpoch,
        groups: Vec<OperatorAsks>,
    ) -> Result<Vec<Answered>, StoreError> {
        let deadline = Duration::from_millis(view.service.answer_deadline_ms.into());
        let operators: Vec<_> = groups
            .iter()
            .map(|group| self.ask_operator(opened, group, deadline))
            .collect();
        let results: Vec<Vec<Result<Answered, StoreError>>> = futures_util::stream::iter(operators)
            .buffer_unordered(self.settings.concurrency)
            .collect()
            .await;
        results.into_iter().flatten().collect()
    }

    async fn ask_operator(
        &self,
        opened: &OpenedEpoch,
        group: &OperatorAsks,
        deadline: Duration,
    ) -> Vec<Result<Answered, StoreError>> {
        let requests: Vec<_> = group
            .asks
            .iter()
            .map(|ask| self.ask(opened, group, ask, deadline))
            .collect();
        futures_util::stream::iter(requests)
            .buffer_unordered(OPERATOR_CONCURRENCY)
            .collect()
            .await
    }

    /// One exchange: written down, sent, written down with what it proves.
    async fn ask(
        &self,
        opened: &OpenedEpoch,
        group: &OperatorAsks,
        ask: &Ask,
        deadline: Duration,
    ) -> Result<Answered, StoreError> {
        let draft = ExchangeDraft {
            epoch: opened.epoch,
            commitment: ask.commitment.address,
            chunk: ask.chunk,
            request: self.request(opened, ask),
            asked_at_ms: unix_ms(),
        };
        let id = self.shared.store.begin_exchange(&draft).await?;
        let answer = self
            .asker
            .ask(&group.target, &draft.request, deadline)
            .await;
        let result = judge(opened.scope(), ask.clone(), group.node_key, answer).await;
        self.observe(&draft, &result);
        self.shared.store.end_exchange(id, &result).await?;
        let found = result
            .findings
            .iter()
            .map(|finding| finding.number)
            .collect();
        Ok(Answered {
            commitment: draft.commitment,
            chunk: draft.chunk,
            found,
        })
    }

    fn observe(&self, draft: &ExchangeDraft, result: &ExchangeResult) {
        let label = if result.error.is_none() {
            "answered"
        } else {
            "failed"
        };
        self.shared
            .metrics
            .exchanges
            .with_label_values(&[label])
            .inc();
        let seconds = Duration::from_millis(result.elapsed_ms).as_secs_f64();
        self.shared
            .metrics
            .exchange_seconds
            .with_label_values(&[label])
            .observe(seconds);
        if let Some(reason) = &result.error {
            let commitment = Base58(&draft.commitment).to_string();
            tracing::debug!(commitment, chunk = draft.chunk, reason, "not answered");
        }
    }

    fn request(&self, opened: &OpenedEpoch, ask: &Ask) -> String {
        let scope = opened.scope();
        let numbers: Vec<_> = ask
            .numbers
            .iter()
            .map(|number| {
                json!({ "number": number, "index": scope.index(&ask.commitment, *number) })
            })
            .collect();
        json!({
            "service": self.shared.status.report().service,
            "epoch": opened.epoch.to_string(),
            "commitment": Base58(&ask.commitment.address).to_string(),
            "root": Hex(&ask.commitment.root).to_string(),
            "numbers": numbers,
        })
        .to_string()
    }

    fn report(&self, view: &ChainView, epoch: u64) {
        let Some(working) = self.epochs.get(&epoch) else {
            return;
        };
        let progress = working.progress(view, self.settings.attempts);
        let left = progress
            .total
            .saturating_sub(progress.found)
            .saturating_sub(progress.missed);
        for (state, count) in [
            ("found", progress.found),
            ("missed", progress.missed),
            ("open", left),
        ] {
            self.shared
                .metrics
                .challenges
                .with_label_values(&[state])
                .set(count.cast_signed());
        }
        self.shared.status.update(|report| {
            report.challenges.insert(epoch, progress);
            report
                .challenges
                .retain(|known, _| *known >= epoch.saturating_sub(1));
        });
    }
}

impl Working {
    fn open_asks(&self, view: &ChainView, attempts: u32) -> Vec<Ask> {
        let epoch = self.opened.epoch;
        open_asks(&self.opened, &self.asked, attempts, |one| {
            may_ask(view, epoch, one)
        })
    }

    /// Requests whose time has come.
    fn due(&self, view: &ChainView, settings: &ChallengeSettings) -> Vec<Ask> {
        let mut asks = self.open_asks(view, settings.attempts);
        asks.retain(|ask| {
            let last = self.last_asked.get(&(ask.commitment.address, ask.chunk));
            last.is_none_or(|last| last.elapsed() >= settings.attempt_spacing)
        });
        asks
    }

    fn note(&mut self, answered: &[Answered]) {
        let now = Instant::now();
        for one in answered {
            self.asked.note(&one.commitment, one.chunk, &one.found);
            self.last_asked.insert((one.commitment, one.chunk), now);
        }
    }

    fn progress(&self, view: &ChainView, attempts: u32) -> ChallengeProgress {
        let left = self.open_asks(view, attempts);
        let open = left.iter().map(|ask| ask.numbers.len() as u64).sum();
        progress(&self.opened, &self.asked, attempts, open)
    }
}

/// Hashing is not for the threads that wait for sockets.
async fn judge(
    scope: ChallengeScope,
    ask: Ask,
    node_key: [u8; 32],
    answer: NodeAnswer,
) -> ExchangeResult {
    let elapsed_ms = u64::try_from(answer.elapsed.as_millis()).unwrap_or(u64::MAX);
    let body = answer.body.clone();
    let (findings, error) = match answer.error {
        Some(error) => (Vec::new(), Some(error)),
        None => tokio::task::spawn_blocking(move || {
            judge_answer(&scope, &ask.commitment, &node_key, &ask.numbers, &body)
        })
        .await
        .unwrap_or_else(|_| (Vec::new(), Some("judging was interrupted".into()))),
    };
    ExchangeResult {
        answer: answer.body,
        error,
        elapsed_ms,
        findings,
    }
}

/// Whether a node must still have the data of a commitment for challenges of `epoch`. After its
/// last epoch a node may delete it, so a late question could only convict the innocent.
fn may_ask(view: &ChainView, epoch: u64, commitment: &[u8; 32]) -> bool {
    epoch == view.epoch
        || view
            .registry
            .commitment(commitment)
            .is_some_and(|one| one.serves(view.epoch))
}

/// For people who read the store; nothing is decided by it.
fn unix_ms() -> i64 {
    let elapsed = SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .unwrap_or_default();
    i64::try_from(elapsed.as_millis()).unwrap_or(i64::MAX)
}
