//! Shows on stderr how far storing or restoring has come.

use std::sync::{Mutex, MutexGuard};

use indicatif::ProgressBar;
use trestle_sdk::store::StoreEvent;

use crate::ui::Ui;

/// Hears of every step, from any thread.
pub struct Progress {
    ui: Ui,
    /// The bar that is shown, with what it says.
    bar: Mutex<Option<(&'static str, ProgressBar)>>,
}

impl Progress {
    pub fn new(ui: Ui) -> Self {
        Self {
            ui,
            bar: Mutex::new(None),
        }
    }

    pub fn show(&self, event: StoreEvent) {
        match event {
            StoreEvent::Hashing { done, total } => self.advance("hashing", done, total),
            StoreEvent::Encoding { done, total } => self.advance("encrypting", done, total),
            StoreEvent::Uploading { done, total } => self.advance("uploading", done, total),
            StoreEvent::Downloading { done, total } => self.advance("downloading", done, total),
            StoreEvent::Decoding { done, total } => self.advance("restoring", done, total),
            other => self.say(&other),
        }
    }

    /// Takes the bar away.
    pub fn finish(&self) {
        if let Some((_, bar)) = self.bar().take() {
            bar.finish_and_clear();
        }
    }

    fn say(&self, event: &StoreEvent) {
        let text = match event {
            StoreEvent::Placing => "Asking operators".to_string(),
            StoreEvent::Placed { credits } => format!("Cost:    {credits} credits"),
            StoreEvent::Sending { shard, signature } => {
                format!("Signature of shard {shard}: {signature}")
            }
            StoreEvent::Committed { shard, operator } => format!("Shard {shard}: {operator}"),
            StoreEvent::Replaced {
                shard,
                operator,
                reason,
            } => format!("Shard {shard}: {operator} failed, trying another one: {reason}"),
            StoreEvent::ShardFailed {
                shard,
                operator,
                reason,
            } => format!("Shard {shard}: {operator} failed: {reason}"),
            _ => return,
        };
        match &*self.bar() {
            Some((_, bar)) => bar.suspend(|| self.ui.status(text)),
            None => self.ui.status(text),
        }
    }

    fn advance(&self, what: &'static str, done: u64, total: u64) {
        let mut bar = self.bar();
        let current = bar.take().filter(|(shown, _)| *shown == what);
        let (_, next) = current.unwrap_or_else(|| (what, self.ui.bytes(total, what)));
        next.set_position(done);
        *bar = Some((what, next));
    }

    fn bar(&self) -> MutexGuard<'_, Option<(&'static str, ProgressBar)>> {
        match self.bar.lock() {
            Ok(guard) => guard,
            Err(poisoned) => poisoned.into_inner(),
        }
    }
}
