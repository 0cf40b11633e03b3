//! One signed request to a node. The SDK's client has fixed time limits; here the service's own
//! deadline decides, and the raw answer is kept.

use super::guard::{EndpointPolicy, PublicResolver};
use crate::store::ANSWER_BYTES_MAX;
use reqwest::redirect::Policy;
use reqwest::{header, Client, Url};
use solana_keypair::Keypair;
use solana_pubkey::Pubkey;
use std::sync::Arc;
use std::time::{Duration, Instant};
use trestle_sdk::request::{body_digest, sign, RequestTarget};

/// Path of the API under a node's endpoint.
const CHALLENGES_PATH: &str = "/v1/challenges";

/// Whom to ask.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NodeTarget {
    /// URL of the operator account.
    pub endpoint: String,
    /// Key of the operator account: the request is signed for it.
    pub node_key: Pubkey,
}

/// What came back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NodeAnswer {
    /// The body, whatever its status; empty if there is none.
    pub body: Vec<u8>,
    /// Why the body is no answer.
    pub error: Option<String>,
    /// From request to answer.
    pub elapsed: Duration,
}

/// Sends challenges with the verifier's signature.
pub struct NodeAsker {
    client: Client,
    keypair: Arc<Keypair>,
    policy: EndpointPolicy,
}

impl NodeAsker {
    /// Fails if TLS cannot be set up.
    pub fn new(keypair: Arc<Keypair>, policy: EndpointPolicy) -> Result<Self, reqwest::Error> {
        // A redirect or a proxy would lead around the policy.
        let builder = Client::builder().redirect(Policy::none()).no_proxy();
        let builder = match policy {
            EndpointPolicy::Public => builder.dns_resolver(Arc::new(PublicResolver)),
            EndpointPolicy::Any => builder,
        };
        Ok(Self {
            client: builder.build()?,
            keypair,
            policy,
        })
    }

    /// Sends `body`; the whole answer must arrive within `deadline`.
    pub async fn ask(&self, target: &NodeTarget, body: &str, deadline: Duration) -> NodeAnswer {
        let started = Instant::now();
        let mut received = Vec::new();
        let exchange = self.exchange(target, body, &mut received);
        let error = match tokio::time::timeout(deadline, exchange).await {
            Ok(Ok(())) => None,
            Ok(Err(error)) => Some(error),
            Err(_) => Some(format!("no answer within {} ms", deadline.as_millis())),
        };
        NodeAnswer {
            body: received,
            error,
            elapsed: started.elapsed(),
        }
    }

    async fn exchange(
        &self,
        target: &NodeTarget,
        body: &str,
        received: &mut Vec<u8>,
    ) -> Result<(), String> {
        let base = target.endpoint.trim_end_matches('/');
        let url = Url::parse(&format!("{base}{CHALLENGES_PATH}"))
            .map_err(|error| format!("endpoint: {error}"))?;
        self.policy.check(&url)?;
        let request = RequestTarget {
            audience: &target.node_key,
            method: "POST",
            path_and_query: url.path(),
        };
        let signed = sign(
            self.keypair.as_ref(),
            &request,
            &body_digest(body.as_bytes()),
        )
        .map_err(|error| error.to_string())?;
        let mut builder = self
            .client
            .post(url.clone())
            .header(header::CONTENT_TYPE, "application/json")
            .body(body.to_owned());
        for (name, value) in signed.pairs() {
            builder = builder.header(name, value);
        }
        let without_url = |error: reqwest::Error| describe(&error.without_url());
        let mut response = builder.send().await.map_err(without_url)?;
        let status = response.status();
        while let Some(piece) = response.chunk().await.map_err(without_url)? {
            if received.len().saturating_add(piece.len()) > ANSWER_BYTES_MAX {
                return Err(format!("answer is longer than {ANSWER_BYTES_MAX} bytes"));
            }
            received.extend_from_slice(&piece);
        }
        if status.is_success() {
            return Ok(());
        }
        Err(format!("HTTP {}", status.as_u16()))
    }
}

/// An error with its causes: reqwest itself only says that sending failed.
fn describe(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(inner) = cause {
        text = format!("{text}: {inner}");
        cause = inner.source();
    }
    text
}
