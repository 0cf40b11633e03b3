//! The task that looks at the chain, notes what it sees and hands the view to the others.

use crate::chain::{ActionSender, ChainReader, ChainView, Registry};
use crate::publish::Publisher;
use crate::shared::Shared;
use async_trait::async_trait;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::watch;
use trestle_kit::journal_resolve::ResolveError;
use trestle_kit::supervisor::{TaskFailure, TaskResult, Tick};

/// Name of the task in logs, health and metrics.
pub const WATCHER: &str = "watcher";

/// Everything the watcher works with.
pub struct Watcher {
    /// Store, status, metrics, health.
    pub shared: Shared,
    /// Reads the chain.
    pub reader: ChainReader,
    /// Knows of transactions whose fate is open.
    pub sender: Arc<ActionSender>,
    /// Old files go.
    pub publisher: Publisher,
    /// Where views go.
    pub views: watch::Sender<Option<Arc<ChainView>>>,
    /// Lists whose operators are noted.
    pub noted: Option<Arc<Registry>>,
    /// Epoch for which old data was last removed.
    pub pruned: Option<u64>,
}

#[async_trait]
impl Tick for Watcher {
    async fn tick(&mut self) -> TaskResult {
        match self.reader.read().await {
            Ok(view) => self.take(view).await,
            Err(error) => {
                self.shared.trouble(WATCHER, &error);
                Ok(())
            }
        }
    }

    fn sooner(&self) -> Option<Duration> {
        self.views.borrow().as_ref().map(|view| view.until_epoch())
    }
}

impl Watcher {
    async fn take(&mut self, view: ChainView) -> TaskResult {
        // On disk before anybody decides anything by it.
        self.shared
            .store
            .note_service(&view.service_seen(), view.epoch_start(view.epoch))
            .await?;
        if !self
            .noted
            .as_ref()
            .is_some_and(|noted| Arc::ptr_eq(noted, &view.registry))
        {
            self.shared
                .store
                .note_operators(&view.operators_seen())
                .await?;
            self.noted = Some(Arc::clone(&view.registry));
        }
        self.report(&view);
        self.prune(&view).await?;
        self.views.send_replace(Some(Arc::new(view)));
        match self.sender.resolve_left_open().await {
            Ok(()) => self.shared.health.succeeded(WATCHER),
            Err(ResolveError::Chain(error)) => self.shared.trouble(WATCHER, &error),
            Err(ResolveError::Journal(error)) => return Err(Box::new(error)),
        }
        Ok(())
    }

    fn report(&self, view: &ChainView) {
        self.shared.metrics.set_epoch("current", view.epoch);
        let (fee, verifier) = (view.fee_lamports, self.sender.pubkey());
        let gauge = self
            .shared
            .metrics
            .fee_lamports
            .with_label_values(&[&verifier.to_string()]);
        gauge.set(fee.cast_signed());
        self.shared.status.update(|report| {
            report.slot = view.voter(&verifier).map(|(slot, _)| slot);
            report.epoch = Some(view.epoch.to_string());
            report.seed_recorded = view.seed(view.epoch).is_some();
            report.latest_final = view.latest_final().map(|latest| latest.epoch.to_string());
            report.fee_lamports = fee.to_string();
        });
    }

    async fn prune(&mut self, view: &ChainView) -> TaskResult {
        if self.pruned == Some(view.epoch) {
            return Ok(());
        }
        // The newest final root is what the next epoch builds on, however old it is.
        let needed = view
            .latest_final()
            .map_or(view.epoch, |latest| latest.epoch);
        let oldest = view
            .epoch
            .saturating_sub(self.shared.limits.epochs_kept)
            .min(needed);
        self.shared
            .store
            .prune(oldest, view.epoch_start(oldest))
            .await?;
        let publisher = self.publisher.clone();
        tokio::task::spawn_blocking(move || publisher.prune(oldest))
            .await
            .map_err(|error| Box::new(error) as TaskFailure)??;
        self.pruned = Some(view.epoch);
        Ok(())
    }
}
