//! Fetching what other verifiers published. Nothing of it is trusted.

use crate::settings::PeerSettings;
use reqwest::redirect::Policy;
use reqwest::Client;
use solana_pubkey::Pubkey;
use std::time::Duration;
use thiserror::Error;
use trestle_core::hash::Hash;
use trestle_verify::published::{
    parse_evidence_line, parse_root, EpochFiles, EpochTexts, EVIDENCE_FILE, INPUTS_FILE,
    LEAVES_FILE, ROOT_FILE,
};
use trestle_verify::storage::ChallengeEvidence;
use trestle_verify::VerifyError;

/// Time to connect.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(5);
/// Longest pause within a transfer.
const STALL_TIMEOUT: Duration = Duration::from_secs(20);
/// Longest time for one file: a peer that sends drop by drop must not hold up a vote.
const TRANSFER_TIMEOUT: Duration = Duration::from_secs(300);
/// Bytes of `root.json`.
const ROOT_BYTES_MAX: u64 = 64 << 10;

/// Why a peer's file is of no use.
#[derive(Debug, Error)]
pub enum PeerError {
    /// The peer does not answer, or not with success.
    #[error("{url}: {reason}")]
    Unavailable {
        /// What was asked for.
        url: String,
        /// Why.
        reason: String,
    },
    /// The file is larger than `limits.peer_file_bytes_max`.
    #[error("{url} is longer than {limit} bytes")]
    TooLong {
        /// Which file.
        url: String,
        /// The limit.
        limit: u64,
    },
    /// The peer has another root for the epoch.
    #[error("{url} has another digest")]
    OtherDigest {
        /// Which peer.
        url: String,
    },
    /// The files do not parse: the digest they belong to cannot be right.
    #[error("{url}: {source}")]
    Malformed {
        /// Which peer.
        url: String,
        /// Why.
        source: VerifyError,
    },
}

impl PeerError {
    /// Whether the fault lies in the published content rather than in reaching it.
    pub fn is_content(&self) -> bool {
        matches!(self, Self::Malformed { .. })
    }
}

/// The other verifiers of the settings.
pub struct Peers {
    client: Client,
    peers: Vec<PeerSettings>,
    service: String,
    file_bytes_max: u64,
}

impl Peers {
    /// For one service. Fails if TLS cannot be set up.
    pub fn new(
        peers: Vec<PeerSettings>,
        service: String,
        file_bytes_max: u64,
    ) -> Result<Self, reqwest::Error> {
        let client = Client::builder()
            .redirect(Policy::none())
            .connect_timeout(CONNECT_TIMEOUT)
            .read_timeout(STALL_TIMEOUT)
            .timeout(TRANSFER_TIMEOUT)
            .build()?;
        Ok(Self {
            client,
            peers,
            service,
            file_bytes_max,
        })
    }

    /// The files behind a digest: from its proposer if that is a peer, else from any who has them.
    pub async fn files(
        &self,
        epoch: u64,
        digest: &Hash,
        first: Option<&Pubkey>,
    ) -> Result<(EpochTexts, EpochFiles), PeerError> {
        let mut order: Vec<&PeerSettings> = self.peers.iter().collect();
        order.sort_by_key(|peer| Some(&peer.authority) != first);
        let mut worst = PeerError::Unavailable {
            url: format!("epoch {epoch}"),
            reason: "no peers are set; add [[peers]]".into(),
        };
        for peer in order {
            match self.files_of(peer, epoch, digest).await {
                Ok(files) => return Ok(files),
                // What is wrong with published content says more than who cannot be reached.
                Err(error) if error.is_content() || !worst.is_content() => worst = error,
                Err(_) => {}
            }
        }
        Err(worst)
    }

    async fn files_of(
        &self,
        peer: &PeerSettings,
        epoch: u64,
        digest: &Hash,
    ) -> Result<(EpochTexts, EpochFiles), PeerError> {
        let folder = format!("{}/v1/epochs/{}/{epoch}", peer.url.expose(), self.service);
        let url = || peer.url.to_string();
        let malformed = |source| PeerError::Malformed { url: url(), source };
        let get = |file: &str, limit| self.get(format!("{folder}/{file}"), url(), limit);
        let root = get(ROOT_FILE, ROOT_BYTES_MAX).await?;
        let parsed = parse_root(&root).map_err(malformed)?;
        if parsed.digest != *digest {
            return Err(PeerError::OtherDigest { url: url() });
        }
        let texts = EpochTexts {
            inputs: get(INPUTS_FILE, self.file_bytes_max).await?,
            evidence: get(EVIDENCE_FILE, self.file_bytes_max).await?,
            leaves: get(LEAVES_FILE, self.file_bytes_max).await?,
            root,
        };
        let parsing = tokio::task::spawn_blocking(move || {
            let files = EpochFiles::parse(&texts);
            files.map(|files| (texts, files))
        });
        match parsing.await {
            Ok(parsed) => parsed.map_err(malformed),
            Err(error) => Err(PeerError::Unavailable {
                url: url(),
                reason: error.to_string(),
            }),
        }
    }

    /// How many peers there are.
    pub fn count(&self) -> usize {
        self.peers.len()
    }

    /// What one peer found in an ended epoch; nothing if it does not say.
    pub async fn findings(&self, number: usize, epoch: u64) -> Vec<ChallengeEvidence> {
        let Some(peer) = self.peers.get(number) else {
            return Vec::new();
        };
        let url = format!("{}/v1/evidence/{}/{epoch}", peer.url.expose(), self.service);
        let text = match self
            .get(url, peer.url.to_string(), self.file_bytes_max)
            .await
        {
            Ok(text) => text,
            Err(error) => {
                tracing::debug!(%error, "no evidence of a peer");
                return Vec::new();
            }
        };
        let parsed: Result<Vec<_>, _> = text.lines().map(parse_evidence_line).collect();
        match parsed {
            Ok(records) => records.into_iter().map(|(record, _)| record).collect(),
            Err(error) => {
                tracing::warn!(peer = %peer.url, %error, "evidence is malformed");
                Vec::new()
            }
        }
    }

    async fn get(&self, url: String, shown: String, limit: u64) -> Result<String, PeerError> {
        let unavailable = |reason: String| PeerError::Unavailable {
            url: shown.clone(),
            reason,
        };
        let failed = |error: reqwest::Error| unavailable(error.without_url().to_string());
        let mut response = self.client.get(url).send().await.map_err(failed)?;
        if !response.status().is_success() {
            return Err(unavailable(format!("HTTP {}", response.status().as_u16())));
        }
        let mut bytes: Vec<u8> = Vec::new();
        while let Some(piece) = response.chunk().await.map_err(failed)? {
            bytes.extend_from_slice(&piece);
            if bytes.len() as u64 > limit {
                return Err(PeerError::TooLong {
                    url: shown.clone(),
                    limit,
                });
            }
        }
        String::from_utf8(bytes).map_err(|_| unavailable("not UTF-8".into()))
    }
}
