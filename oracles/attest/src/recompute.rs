//! What any third party can do: recompute an epoch from published files and compare with the chain.

use serde::Serialize;
use solana_commitment_config::CommitmentConfig;
use solana_pubkey::Pubkey;
use solana_rpc_client::nonblocking::rpc_client::RpcClient;
use std::io;
use std::path::{Path, PathBuf};
use std::time::Duration;
use thiserror::Error;
use trestle_sdk::fetch::{self, FetchError};
use trestle_verify::published::{
    EpochFiles, EpochTexts, RootFile, EVIDENCE_FILE, INPUTS_FILE, LEAVES_FILE, ROOT_FILE,
};
use trestle_verify::storage::recompute;
use trestle_verify::VerifyError;

/// Longest time for one file or RPC request.
const TIMEOUT: Duration = Duration::from_secs(300);
/// Largest file in bytes.
const FILE_BYTES_MAX: u64 = 4 << 30;

/// Where the files are.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Source {
    /// A folder with one folder for each epoch: `<data_dir>/published/<service>`.
    Folder(PathBuf),
    /// A verifier's public server.
    Url {
        /// Base URL.
        url: String,
        /// Service account.
        service: Pubkey,
    },
}

/// What was found.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Report {
    /// The recomputed root.
    pub root: RootFile,
    /// Whether it is the final root on chain; absent when the chain was not asked.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub final_on_chain: Option<bool>,
}

/// Why there is no agreement.
#[derive(Debug, Error)]
pub enum RecomputeError {
    /// A file cannot be had.
    #[error("{file}: {reason}")]
    Unavailable {
        /// Which file or URL.
        file: String,
        /// Why.
        reason: String,
    },
    /// The files do not agree with each other or with the chain.
    #[error(transparent)]
    Differs(#[from] VerifyError),
    /// The chain cannot be read.
    #[error(transparent)]
    Chain(#[from] FetchError),
    /// The chain has no final root of the epoch, or no longer keeps it.
    #[error("the chain holds no final root of epoch {0}; it keeps the last 64")]
    NotFinal(
        /// The epoch.
        u64,
    ),
}

impl RecomputeError {
    /// Whether the published files are wrong, as opposed to out of reach.
    pub fn is_disagreement(&self) -> bool {
        matches!(self, Self::Differs(_))
    }
}

/// Recomputes an epoch; with `rpc_url`, compares with the final root on chain.
pub async fn run(
    source: &Source,
    epoch: u64,
    rpc_url: Option<&str>,
) -> Result<Report, RecomputeError> {
    let texts = match source {
        Source::Folder(folder) => read(&folder.join(epoch.to_string()))?,
        Source::Url { url, service } => {
            let base = url.trim_end_matches('/');
            download(&format!("{base}/v1/epochs/{service}/{epoch}")).await?
        }
    };
    let files = EpochFiles::parse(&texts)?;
    let recomputed = recompute(&files)?;
    let mut report = Report {
        root: files.root,
        final_on_chain: None,
    };
    let Some(rpc_url) = rpc_url else {
        return Ok(report);
    };
    let rpc = RpcClient::new_with_timeout_and_commitment(
        rpc_url.to_owned(),
        TIMEOUT,
        CommitmentConfig::confirmed(),
    );
    let ring = fetch::ring(&rpc, &Pubkey::new_from_array(files.inputs.service)).await?;
    let chain = ring.find(epoch).ok_or(RecomputeError::NotFinal(epoch))?;
    recomputed.compare_with_chain(chain)?;
    report.final_on_chain = Some(true);
    Ok(report)
}

fn read(folder: &Path) -> Result<EpochTexts, RecomputeError> {
    let text = |name: &str| {
        let path = folder.join(name);
        let unavailable = |error: io::Error| RecomputeError::Unavailable {
            file: path.display().to_string(),
            reason: error.to_string(),
        };
        std::fs::read_to_string(&path).map_err(unavailable)
    };
    Ok(EpochTexts {
        inputs: text(INPUTS_FILE)?,
        evidence: text(EVIDENCE_FILE)?,
        leaves: text(LEAVES_FILE)?,
        root: text(ROOT_FILE)?,
    })
}

async fn download(folder: &str) -> Result<EpochTexts, RecomputeError> {
    let failed = |file: &str, reason: String| RecomputeError::Unavailable {
        file: file.to_owned(),
        reason,
    };
    let client = reqwest::Client::builder()
        .timeout(TIMEOUT)
        .build()
        .map_err(|error| failed(folder, error.to_string()))?;
    let get = async |name: &str| {
        let url = format!("{folder}/{name}");
        let broken = |error: reqwest::Error| failed(&url, error.without_url().to_string());
        let mut response = client.get(&url).send().await.map_err(broken)?;
        if !response.status().is_success() {
            return Err(failed(&url, format!("HTTP {}", response.status().as_u16())));
        }
        let mut bytes: Vec<u8> = Vec::new();
        while let Some(piece) = response.chunk().await.map_err(broken)? {
            bytes.extend_from_slice(&piece);
            if bytes.len() as u64 > FILE_BYTES_MAX {
                return Err(failed(&url, format!("longer than {FILE_BYTES_MAX} bytes")));
            }
        }
        String::from_utf8(bytes).map_err(|_| failed(&url, "not UTF-8".into()))
    };
    Ok(EpochTexts {
        inputs: get(INPUTS_FILE).await?,
        evidence: get(EVIDENCE_FILE).await?,
        leaves: get(LEAVES_FILE).await?,
        root: get(ROOT_FILE).await?,
    })
}
