//! Why the service did not start or did not go on.

use crate::chain::ReadError;
use crate::key::KeyError;
use thiserror::Error;
use trestle_kit::database::DatabaseError;
use trestle_kit::http::BindError;
use trestle_kit::metrics::MetricsError;
use trestle_kit::supervisor::SupervisorError;

/// A reason to stop, with what to do about it.
#[derive(Debug, Error)]
pub enum ServeError {
    /// The key cannot be read.
    #[error(transparent)]
    Key(#[from] KeyError),
    /// The data directory cannot be made.
    #[error("cannot use `data_dir`: {0}; make it writable")]
    DataDir(#[from] std::io::Error),
    /// The database cannot be used.
    #[error(transparent)]
    Database(#[from] DatabaseError),
    /// TLS cannot be set up.
    #[error("HTTP client: {0}")]
    Http(#[from] reqwest::Error),
    /// An address is taken.
    #[error(transparent)]
    Bind(#[from] BindError),
    /// A metric is defined twice.
    #[error(transparent)]
    Metrics(#[from] MetricsError),
    /// The service account cannot be read.
    #[error("cannot read the service: {0}; check `chain.rpc_url` and `chain.service`")]
    Chain(#[from] ReadError),
    /// A task failed.
    #[error(transparent)]
    Supervisor(#[from] SupervisorError),
}
