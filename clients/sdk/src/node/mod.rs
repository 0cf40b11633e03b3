//! Client of a storage node's HTTP API.
//!
//! Requests are signed for the node's own key (see [`crate::request`]) and every answer is bounded:
//! a node is not trusted to be short or quick.

mod error;
mod patience;
mod types;

use std::{path::Path, time::Duration};

use futures_util::TryStreamExt;
use reqwest::{header, Client, Method, RequestBuilder, Response, StatusCode};
use serde::{de::DeserializeOwned, Deserialize};
use serde_json::json;
use solana_pubkey::Pubkey;
use solana_signer::Signer;
use solana_transaction::versioned::VersionedTransaction;
use tokio::time::timeout;
use tokio_util::{bytes::Bytes, io::ReaderStream};

pub use error::NodeError;
pub use types::{ChallengeAnswer, ChallengeRequest, Health, Terms};

use patience::UploadProgress;

use crate::{
    request::{body_digest, sign, RequestTarget, HEADER_VALUE_MAX_BYTES},
    send::{decode_transaction, encode_transaction},
};

/// A key that signs from any thread.
pub type DynSigner = dyn Signer + Send + Sync;

/// A connection that takes longer counts as an unreachable node.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(5);
/// For answers that need no large transfer.
const ANSWER_TIMEOUT: Duration = Duration::from_secs(10);
/// A transfer may take long, but not stand still this long.
const STALL_TIMEOUT: Duration = Duration::from_secs(120);
/// Bytes of JSON that a node may answer with. 1,024 openings of 26 levels are under 4 MiB.
const JSON_BYTES_MAX: usize = 8 << 20;
/// Bytes read from disk at a time while uploading.
const UPLOAD_BUFFER_BYTES: usize = 64 << 10;

#[derive(Deserialize)]
struct ErrorBody {
    error: ErrorDetails,
}

#[derive(Deserialize)]
struct ErrorDetails {
    code: String,
    message: String,
    #[serde(default)]
    hint: String,
}

/// An HTTP client for nodes; one serves all of them. [`NodeClient`] bounds how long an answer
/// takes: the client's own read timeout counts from the start of a request, however long its body
/// is. It takes no proxy from the environment: who needs one builds a client with it.
pub fn http_client() -> Result<Client, reqwest::Error> {
    Client::builder()
        .connect_timeout(CONNECT_TIMEOUT)
        .redirect(reqwest::redirect::Policy::none())
        .no_proxy()
        .build()
}

/// One node.
#[derive(Debug, Clone)]
pub struct NodeClient {
    http: Client,
    /// URL without a slash at its end.
    endpoint: String,
    /// Path of that URL, which is part of what is signed.
    base_path: String,
    node_key: Pubkey,
}

impl NodeClient {
    /// `endpoint` and `node_key` as the Operator account names them.
    pub fn new(http: Client, endpoint: &str, node_key: Pubkey) -> Result<Self, NodeError> {
        let invalid = || NodeError::Endpoint(endpoint.to_string());
        let url = reqwest::Url::parse(endpoint).map_err(|_| invalid())?;
        if !matches!(url.scheme(), "http" | "https") || url.query().is_some() {
            return Err(invalid());
        }
        Ok(Self {
            http,
            endpoint: url.as_str().trim_end_matches('/').to_string(),
            base_path: url.path().trim_end_matches('/').to_string(),
            node_key,
        })
    }

    pub fn endpoint(&self) -> &str {
        &self.endpoint
    }

    /// What the node says about itself. Anybody may ask.
    pub async fn health(&self) -> Result<Health, NodeError> {
        let request = self
            .http
            .get(format!("{}/v1/health", self.endpoint))
            .timeout(ANSWER_TIMEOUT);
        let answer = self.call(request).await?;
        self.json(answer).await
    }

    /// Uploads a shard from a file whose sha256 is known. Repeating it is harmless.
    pub async fn put_shard(
        &self,
        signer: &DynSigner,
        root: &[u8; 32],
        file: &Path,
        sha256: &[u8; 32],
        progress: impl Fn(u64) + Send + Sync + 'static,
    ) -> Result<(), NodeError> {
        let path = shard_path(root);
        let reader = tokio::fs::File::open(file).await?;
        let size = reader.metadata().await?.len();
        let stream = ReaderStream::with_capacity(reader, UPLOAD_BUFFER_BYTES);
        let sent = UploadProgress::of(size);
        let counter = sent.clone();
        let counted = stream.inspect_ok(move |piece| {
            counter.add(piece.len() as u64);
            progress(piece.len() as u64);
        });
        let request = self
            .signed(signer, Method::PUT, &path, sha256)?
            .header(header::CONTENT_LENGTH, size)
            .body(reqwest::Body::wrap_stream(counted));
        let answer = sent.watch(request.send()).await;
        self.accepted(answer.ok_or_else(|| self.stalled())?)
            .await
            .map(drop)
    }

    /// Starts the download of a shard of `size` bytes.
    pub async fn open_shard(
        &self,
        signer: &DynSigner,
        root: &[u8; 32],
        size: u64,
    ) -> Result<ShardDownload<'_>, NodeError> {
        let path = shard_path(root);
        let request = self.signed(signer, Method::GET, &path, &body_digest(b""))?;
        Ok(ShardDownload {
            node: self,
            answer: self.call(request).await?,
            left: size,
        })
    }

    /// Downloads a shard piece by piece into `sink`.
    pub async fn get_shard(
        &self,
        signer: &DynSigner,
        root: &[u8; 32],
        size: u64,
        mut sink: impl FnMut(&[u8]) -> std::io::Result<()> + Send,
    ) -> Result<(), NodeError> {
        let mut download = self.open_shard(signer, root, size).await?;
        while let Some(piece) = download.next().await? {
            sink(&piece)?;
        }
        Ok(())
    }

    /// Has the node forget a shard that no lease pays for any more.
    pub async fn delete_shard(&self, signer: &DynSigner, root: &[u8; 32]) -> Result<(), NodeError> {
        let path = shard_path(root);
        let request = self
            .signed(signer, Method::DELETE, &path, &body_digest(b""))?
            .timeout(ANSWER_TIMEOUT);
        self.call(request).await.map(drop)
    }

    /// Has the node sign the registration of a commitment. What comes back must be the same
    /// message: the caller checks that with [`crate::send::Sender::complete`].
    pub async fn sign_commitment(
        &self,
        signer: &DynSigner,
        transaction: &VersionedTransaction,
    ) -> Result<VersionedTransaction, NodeError> {
        #[derive(Deserialize)]
        struct Answer {
            transaction: String,
        }
        let body = json!({ "transaction": encode_transaction(transaction)? });
        let answer: Answer = self.post(signer, "/v1/commitments/sign", &body).await?;
        Ok(decode_transaction(&answer.transaction)?)
    }

    /// Asks a node to open leaves. Only registered verifiers get an answer.
    pub async fn challenge(
        &self,
        signer: &DynSigner,
        request: &ChallengeRequest,
    ) -> Result<Vec<ChallengeAnswer>, NodeError> {
        #[derive(Deserialize)]
        struct Answer {
            answers: Vec<ChallengeAnswer>,
        }
        let numbers: Vec<_> = request
            .numbers
            .iter()
            .map(|(number, index)| json!({ "number": number, "index": index }))
            .collect();
        let body = json!({
            "service": request.service.to_string(),
            "epoch": request.epoch.to_string(),
            "commitment": request.commitment.to_string(),
            "root": hex::encode(request.root),
            "numbers": numbers,
        });
        let answer: Answer = self.post(signer, "/v1/challenges", &body).await?;
        Ok(answer.answers)
    }

    async fn post<T: DeserializeOwned>(
        &self,
        signer: &DynSigner,
        path: &str,
        body: &serde_json::Value,
    ) -> Result<T, NodeError> {
        let body = body.to_string().into_bytes();
        let request = self
            .signed(signer, Method::POST, path, &body_digest(&body))?
            .header(header::CONTENT_TYPE, "application/json")
            .timeout(ANSWER_TIMEOUT)
            .body(body);
        let answer = self.call(request).await?;
        self.json(answer).await
    }

    fn signed(
        &self,
        signer: &DynSigner,
        method: Method,
        path: &str,
        digest: &[u8; 32],
    ) -> Result<RequestBuilder, NodeError> {
        let path_and_query = format!("{}{path}", self.base_path);
        let target = RequestTarget {
            audience: &self.node_key,
            method: method.as_str(),
            path_and_query: &path_and_query,
        };
        let headers = sign(signer, &target, digest)?;
        let url = format!("{}{path}", self.endpoint);
        let mut request = self.http.request(method.clone(), url);
        for (name, value) in headers.pairs() {
            request = request.header(name, value);
        }
        Ok(request)
    }

    async fn call(&self, request: RequestBuilder) -> Result<Response, NodeError> {
        let answer = timeout(STALL_TIMEOUT, request.send()).await;
        self.accepted(answer.map_err(|_| self.stalled())?).await
    }

    async fn accepted(
        &self,
        answer: Result<Response, reqwest::Error>,
    ) -> Result<Response, NodeError> {
        let answer = answer.map_err(|e| self.unreachable(e))?;
        if answer.status().is_success() {
            return Ok(answer);
        }
        Err(self.refusal(answer).await)
    }

    async fn refusal(&self, answer: Response) -> NodeError {
        let status = answer.status();
        let retry_after = answer
            .headers()
            .get(header::RETRY_AFTER)
            .filter(|value| value.len() <= HEADER_VALUE_MAX_BYTES)
            .and_then(|value| value.to_str().ok()?.parse().ok());
        let details = self.json::<ErrorBody>(answer).await.map(|body| body.error);
        let details = details.unwrap_or_else(|_| plain_refusal(status));
        NodeError::Refused {
            endpoint: self.endpoint.clone(),
            status: status.as_u16(),
            code: details.code,
            message: details.message,
            hint: details.hint,
            retry_after,
        }
    }

    async fn json<T: DeserializeOwned>(&self, mut answer: Response) -> Result<T, NodeError> {
        let mut bytes = Vec::new();
        while let Some(piece) = self.chunk(&mut answer).await? {
            if bytes.len().saturating_add(piece.len()) > JSON_BYTES_MAX {
                return Err(self.nonsense("the answer is too long"));
            }
            bytes.extend_from_slice(&piece);
        }
        serde_json::from_slice(&bytes).map_err(|error| self.nonsense(&error.to_string()))
    }

    async fn chunk(&self, answer: &mut Response) -> Result<Option<Bytes>, NodeError> {
        let piece = timeout(STALL_TIMEOUT, answer.chunk()).await;
        piece
            .map_err(|_| self.stalled())?
            .map_err(|error| self.unreachable(error))
    }

    fn stalled(&self) -> NodeError {
        NodeError::Stalled {
            endpoint: self.endpoint.clone(),
            seconds: STALL_TIMEOUT.as_secs(),
        }
    }

    fn unreachable(&self, source: reqwest::Error) -> NodeError {
        NodeError::Unreachable {
            endpoint: self.endpoint.clone(),
            source: source.without_url(),
        }
    }

    fn nonsense(&self, what: &str) -> NodeError {
        NodeError::Protocol {
            endpoint: self.endpoint.clone(),
            what: what.to_string(),
        }
    }
}

/// A shard on its way.
pub struct ShardDownload<'a> {
    node: &'a NodeClient,
    answer: Response,
    left: u64,
}

impl ShardDownload<'_> {
    /// The next piece, `None` after the last. A node that sends more or fewer bytes than the shard
    /// has is cut off.
    pub async fn next(&mut self) -> Result<Option<Bytes>, NodeError> {
        match self.node.chunk(&mut self.answer).await? {
            Some(piece) => {
                let left = self.left.checked_sub(piece.len() as u64);
                self.left = left.ok_or_else(|| self.node.nonsense("it sends too many bytes"))?;
                Ok(Some(piece))
            }
            None if self.left == 0 => Ok(None),
            None => Err(self.node.nonsense("it sends too few bytes")),
        }
    }
}

fn plain_refusal(status: StatusCode) -> ErrorDetails {
    ErrorDetails {
        code: "http_error".to_string(),
        message: status
            .canonical_reason()
            .unwrap_or("no reason given")
            .to_string(),
        hint: String::new(),
    }
}

fn shard_path(root: &[u8; 32]) -> String {
    format!("/v1/shards/{}", hex::encode(root))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn endpoints_keep_their_path_and_lose_the_last_slash() {
        let http = http_client().unwrap();
        let key = Pubkey::new_from_array([1; 32]);
        let node = NodeClient::new(http.clone(), "https://a.example/store/", key).unwrap();
        assert_eq!(node.endpoint(), "https://a.example/store");
        assert_eq!(node.base_path, "/store");
        let plain = NodeClient::new(http.clone(), "http://127.0.0.1:7400", key).unwrap();
        assert_eq!(plain.endpoint(), "http://127.0.0.1:7400");
        assert_eq!(plain.base_path, "");
        for wrong in ["", "ftp://a", "node", "http://a?b=c"] {
            let refused = NodeClient::new(http.clone(), wrong, key);
            assert!(matches!(refused, Err(NodeError::Endpoint(_))), "{wrong}");
        }
    }

    #[tokio::test]
    async fn an_absent_node_is_unreachable_and_transient() {
        // Port 9 (discard) is not served.
        let node = NodeClient::new(
            http_client().unwrap(),
            "http://127.0.0.1:9",
            Pubkey::new_from_array([1; 32]),
        );
        let error = node.unwrap().health().await.unwrap_err();
        assert!(matches!(error, NodeError::Unreachable { .. }));
        assert!(error.is_transient());
    }
}
