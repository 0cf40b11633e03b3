//! The task that records the seed of an epoch as soon as the epoch has begun.
//!
//! Whoever records a seed first chooses the slot that it comes from. The other cranks look at much
//! of the chain and so at an interval; this one looks at the view alone, at every second.

use super::due::due_seed;
use super::turns::Turns;
use crate::chain::ActionSender;
use crate::settings::CrankSettings;
use crate::shared::Shared;
use async_trait::async_trait;
use std::sync::Arc;
use std::time::Duration;
use trestle_kit::supervisor::{TaskFailure, TaskResult, Tick};

/// Name of the task in logs, health and metrics.
pub const SEEDER: &str = "seeder";
/// Between two looks at the view.
pub const SEEDER_BEAT: Duration = Duration::from_secs(1);

/// Records seeds.
pub struct Seeder {
    shared: Shared,
    sender: Arc<ActionSender>,
    settings: CrankSettings,
    turns: Turns,
}

impl Seeder {
    /// Has sent nothing yet.
    pub fn new(shared: Shared, sender: Arc<ActionSender>, settings: CrankSettings) -> Self {
        Self {
            shared,
            turns: Turns::new(sender.pubkey(), settings.delay),
            sender,
            settings,
        }
    }
}

#[async_trait]
impl Tick for Seeder {
    async fn tick(&mut self) -> TaskResult {
        let Some(view) = self.shared.view.borrow().clone() else {
            return Ok(());
        };
        let due = Vec::from_iter(due_seed(&view, &self.settings));
        for one in self.turns.ours(&view, &due) {
            let sent = self.sender.send(&one.action).await;
            sent.map_err(|error| Box::new(error) as TaskFailure)?;
        }
        self.shared.health.succeeded(SEEDER);
        Ok(())
    }
}
