//! One supervisor owns every task of a service. Nothing else spawns.
//!
//! SIGTERM or Ctrl-C stops all tasks, the last added first, so that what others depend on (the
//! database, the monitor) goes last. A task that fails or panics stops the rest, and the service
//! exits with its error: a half-dead verifier is worse than one that is restarted.

use async_trait::async_trait;
use std::error::Error;
use std::future::Future;
use std::time::Duration;
use thiserror::Error;
use tokio::task::JoinHandle;
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

/// How long a task may take to stop before it is dropped. Safe, because tasks are crash-only.
pub const SHUTDOWN_TIMEOUT: Duration = Duration::from_secs(10);

/// What a task fails with.
pub type TaskFailure = Box<dyn Error + Send + Sync>;
/// What a task ends with.
pub type TaskResult = Result<(), TaskFailure>;

/// Something that runs until it is told to stop.
#[async_trait]
pub trait ManagedTask: Send + 'static {
    /// Names the task in logs and errors.
    fn name(&self) -> &'static str;
    /// Runs until `shutdown` or a failure that the service cannot live with.
    async fn run(self: Box<Self>, shutdown: CancellationToken) -> TaskResult;
}

/// The work of one beat of a [`Periodic`].
#[async_trait]
pub trait Tick: Send + 'static {
    /// Does it. Transient trouble is logged and left to the next tick; an error ends the service.
    async fn tick(&mut self) -> TaskResult;

    /// How long to wait for the next tick where that is less than the interval; `None` otherwise.
    fn sooner(&self) -> Option<Duration> {
        None
    }
}

/// Shortest wait between two ticks.
const WAIT_MIN: Duration = Duration::from_millis(1);

/// Ticks at an interval, the first time at once. A late tick delays the next: they never pile up.
pub struct Periodic<T> {
    name: &'static str,
    interval: Duration,
    work: T,
}

impl<T: Tick> Periodic<T> {
    /// A task of that name. The interval is at least a millisecond.
    pub fn new(name: &'static str, interval: Duration, work: T) -> Self {
        Self {
            name,
            interval: interval.max(WAIT_MIN),
            work,
        }
    }
}

#[async_trait]
impl<T: Tick> ManagedTask for Periodic<T> {
    fn name(&self) -> &'static str {
        self.name
    }

    async fn run(mut self: Box<Self>, shutdown: CancellationToken) -> TaskResult {
        let mut due = Instant::now();
        loop {
            let round = async {
                tokio::time::sleep_until(due).await;
                let started = Instant::now();
                self.work.tick().await.map(|()| started)
            };
            let started = tokio::select! {
                biased;
                () = shutdown.cancelled() => return Ok(()),
                result = round => result?,
            };
            let wait = wait_of(self.interval, self.work.sooner());
            due = started.checked_add(wait).unwrap_or(started);
        }
    }
}

/// From the start of a tick to that of the next.
fn wait_of(interval: Duration, sooner: Option<Duration>) -> Duration {
    sooner.unwrap_or(interval).clamp(WAIT_MIN, interval)
}

/// How a service ended badly.
#[derive(Debug, Error)]
pub enum SupervisorError {
    /// A task returned an error.
    #[error("task `{task}` failed: {source}")]
    Failed {
        /// Which one.
        task: &'static str,
        /// Why.
        source: TaskFailure,
    },
    /// A task panicked.
    #[error("task `{task}` panicked; this is a bug, restart the service and report it")]
    Panicked {
        /// Which one.
        task: &'static str,
    },
    /// Signal handlers could not be installed.
    #[error("cannot listen for signals: {0}")]
    Signals(
        /// Why.
        #[from]
        std::io::Error,
    ),
}

struct Running {
    name: &'static str,
    stop: CancellationToken,
    handle: JoinHandle<TaskResult>,
}

/// Starts and stops the tasks of a service.
#[derive(Default)]
pub struct Supervisor {
    tasks: Vec<Box<dyn ManagedTask>>,
}

impl Supervisor {
    /// Without tasks.
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds a task; the last added stops first.
    #[must_use]
    pub fn with(mut self, task: impl ManagedTask) -> Self {
        self.tasks.push(Box::new(task));
        self
    }

    /// Runs all tasks until SIGTERM, Ctrl-C, a failure, or until all have ended.
    pub async fn run(self) -> Result<(), SupervisorError> {
        let mut terminate =
            tokio::signal::unix::signal(tokio::signal::unix::SignalKind::terminate())?;
        let mut interrupt =
            tokio::signal::unix::signal(tokio::signal::unix::SignalKind::interrupt())?;
        self.run_until(async move {
            tokio::select! {
                _ = terminate.recv() => {}
                _ = interrupt.recv() => {}
            }
        })
        .await
    }

    /// Runs all tasks until `stop` is ready, a failure, or until all have ended.
    pub async fn run_until(self, stop: impl Future<Output = ()>) -> Result<(), SupervisorError> {
        let (ended, mut ends) = tokio::sync::mpsc::unbounded_channel::<usize>();
        let mut running: Vec<Option<Running>> = Vec::with_capacity(self.tasks.len());
        for (slot, task) in self.tasks.into_iter().enumerate() {
            running.push(Some(start(slot, task, ended.clone())));
        }
        drop(ended);
        tokio::pin!(stop);
        let mut outcome = Ok(());
        while outcome.is_ok() {
            let slot = tokio::select! {
                biased;
                () = &mut stop => break,
                slot = ends.recv() => slot,
            };
            let Some(slot) = slot else { break };
            if let Some(task) = running.get_mut(slot).and_then(Option::take) {
                outcome = finished(task.name, task.handle.await);
            }
        }
        for task in running.into_iter().rev().flatten() {
            let stopped = stop_task(task).await;
            outcome = outcome.and(stopped);
        }
        outcome
    }
}

/// Tells the supervisor that a task is over even when it panics.
struct EndNotice {
    slot: usize,
    ended: tokio::sync::mpsc::UnboundedSender<usize>,
}

impl Drop for EndNotice {
    fn drop(&mut self) {
        // The receiver is gone only when the supervisor has stopped listening.
        let _ = self.ended.send(self.slot);
    }
}

fn start(
    slot: usize,
    task: Box<dyn ManagedTask>,
    ended: tokio::sync::mpsc::UnboundedSender<usize>,
) -> Running {
    let (name, stop) = (task.name(), CancellationToken::new());
    let token = stop.clone();
    let handle = tokio::spawn(async move {
        let _notice = EndNotice { slot, ended };
        task.run(token).await
    });
    tracing::debug!(task = name, "started");
    Running { name, stop, handle }
}

async fn stop_task(mut task: Running) -> Result<(), SupervisorError> {
    task.stop.cancel();
    if let Ok(joined) = tokio::time::timeout(SHUTDOWN_TIMEOUT, &mut task.handle).await {
        return finished(task.name, joined);
    }
    tracing::warn!(task = task.name, "did not stop in time and was dropped");
    task.handle.abort();
    Ok(())
}

fn finished(
    task: &'static str,
    joined: Result<TaskResult, tokio::task::JoinError>,
) -> Result<(), SupervisorError> {
    tracing::debug!(task, "stopped");
    match joined {
        Ok(Ok(())) => Ok(()),
        Ok(Err(source)) => Err(SupervisorError::Failed { task, source }),
        Err(_) => Err(SupervisorError::Panicked { task }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::atomic::{AtomicU32, Ordering};
    use std::sync::{Arc, Mutex};

    struct Waits(&'static str, Arc<Mutex<Vec<&'static str>>>);

    #[async_trait]
    impl ManagedTask for Waits {
        fn name(&self) -> &'static str {
            self.0
        }
        async fn run(self: Box<Self>, shutdown: CancellationToken) -> TaskResult {
            shutdown.cancelled().await;
            self.1.lock().unwrap().push(self.0);
            Ok(())
        }
    }

    struct Counts(Arc<AtomicU32>, u32);

    #[async_trait]
    impl Tick for Counts {
        async fn tick(&mut self) -> TaskResult {
            let count = self.0.fetch_add(1, Ordering::SeqCst) + 1;
            if count == self.1 {
                return Err("enough".into());
            }
            assert_ne!(count, self.1 + 100, "panic on purpose");
            Ok(())
        }
    }

    #[test]
    fn a_tick_comes_sooner_where_the_work_asks_for_it_and_never_later() {
        let interval = Duration::from_secs(15);
        for (sooner, wait) in [
            (None, interval),
            (Some(Duration::from_secs(9)), Duration::from_secs(9)),
            (Some(Duration::from_secs(99)), interval),
            (Some(Duration::ZERO), WAIT_MIN),
        ] {
            assert_eq!(wait_of(interval, sooner), wait);
        }
    }

    #[tokio::test]
    async fn stops_in_reverse_order_on_request() {
        let order = Arc::default();
        let supervisor = Supervisor::new()
            .with(Waits("first", Arc::clone(&order)))
            .with(Waits("second", Arc::clone(&order)));
        supervisor.run_until(async {}).await.unwrap();
        assert_eq!(*order.lock().unwrap(), ["second", "first"]);
    }

    #[tokio::test]
    async fn an_error_in_one_task_stops_the_rest() {
        let (order, count) = (Arc::default(), Arc::default());
        let beat = Periodic::new(
            "beat",
            Duration::from_millis(1),
            Counts(Arc::clone(&count), 3),
        );
        let result = Supervisor::new()
            .with(Waits("waits", Arc::clone(&order)))
            .with(beat)
            .run_until(std::future::pending())
            .await;
        assert!(matches!(
            result,
            Err(SupervisorError::Failed { task: "beat", .. })
        ));
        assert_eq!(count.load(Ordering::SeqCst), 3);
        assert_eq!(*order.lock().unwrap(), ["waits"]);
    }

    #[tokio::test]
    async fn a_panic_stops_the_rest() {
        let (order, count) = (Arc::default(), Arc::new(AtomicU32::new(99)));
        let beat = Periodic::new("beat", Duration::from_millis(1), Counts(count, 0));
        let result = Supervisor::new()
            .with(Waits("waits", Arc::clone(&order)))
            .with(beat)
            .run_until(std::future::pending())
            .await;
        assert!(matches!(
            result,
            Err(SupervisorError::Panicked { task: "beat" })
        ));
        assert_eq!(*order.lock().unwrap(), ["waits"]);
    }

    #[tokio::test]
    async fn ends_when_all_tasks_have_ended() {
        Supervisor::new()
            .run_until(std::future::pending())
            .await
            .unwrap();
    }
}
