//! Signed HTTP requests between customers, verifiers and storage nodes.
//!
//! A request names its signer and carries an ed25519 signature over a canonical text:
//!
//! ```text
//! trestle:request:v1\n{AUDIENCE}\n{METHOD}\n{PATH?QUERY}\n{DIGEST}\n{TIME}\n{NONCE}
//! ```
//!
//! `AUDIENCE` is the base58 node key of the server that is asked. It is not sent: both sides know
//! it (the client from the operator's account). Without it a node could replay a customer's
//! `DELETE` at another node that holds a copy of the same shard.
//!
//! Whoever checks a request must also refuse a nonce that it has seen from that signer within
//! [`NONCE_KEPT_SECONDS`]; this module holds no state.

use ed25519_dalek::{Signature as DalekSignature, VerifyingKey};
use rand::RngCore;
use sha2::{Digest, Sha256};
use solana_pubkey::Pubkey;
use solana_signature::Signature;
use solana_signer::Signer;
use std::str::FromStr;
use std::time::{SystemTime, UNIX_EPOCH};
use thiserror::Error;

/// First line of the canonical text; a change of its layout changes the version.
pub const REQUEST_DOMAIN: &str = "trestle:request:v1";

/// Base58 public key of the signer.
pub const HEADER_KEY: &str = "x-trestle-key";
/// Unix seconds, decimal.
pub const HEADER_TIME: &str = "x-trestle-time";
/// Sixteen random bytes, lower-case hex.
pub const HEADER_NONCE: &str = "x-trestle-nonce";
/// sha256 of the body, lower-case hex; of no bytes when there is no body.
pub const HEADER_DIGEST: &str = "x-trestle-digest";
/// Base58 ed25519 signature over the canonical text.
pub const HEADER_SIGNATURE: &str = "x-trestle-signature";

/// Every header of a signed request, each of which must appear exactly once.
pub const HEADERS: [&str; 5] = [
    HEADER_KEY,
    HEADER_TIME,
    HEADER_NONCE,
    HEADER_DIGEST,
    HEADER_SIGNATURE,
];

/// Largest difference, in seconds, between the signer's clock and the checker's.
pub const TIME_SKEW_MAX_SECONDS: i64 = 120;
/// How long, in seconds, a nonce must be remembered: a request may be as far ahead of the checker's
/// clock as it may be behind it.
pub const NONCE_KEPT_SECONDS: i64 = 2 * TIME_SKEW_MAX_SECONDS;
/// Length of a nonce in bytes.
pub const NONCE_BYTES: usize = 16;
/// Length of a header value beyond which none is valid, in bytes.
pub const HEADER_VALUE_MAX_BYTES: usize = 128;

/// Why a request was not signed or not accepted.
#[derive(Debug, Error, PartialEq, Eq)]
pub enum RequestError {
    /// A header is absent.
    #[error("header `{0}` is missing; sign the request with `trestle_sdk::request`")]
    Missing(&'static str),
    /// A header does not have its form.
    #[error("header `{0}` is malformed; sign the request with `trestle_sdk::request`")]
    Malformed(&'static str),
    /// The signer's clock and ours differ too much.
    #[error(
        "request time is {skew_seconds} s away; set the clock (limit {TIME_SKEW_MAX_SECONDS} s)"
    )]
    Skewed {
        /// Absolute difference of the two clocks in seconds.
        skew_seconds: u64,
    },
    /// The signature does not verify over the canonical text.
    #[error("signature does not verify; was the request signed for this node's key and path?")]
    BadSignature,
    /// The signer could not sign.
    #[error("signing failed: {0}")]
    Signer(String),
    /// The system clock stands before 1970.
    #[error("system clock is before 1970; set it")]
    Clock,
}

/// What is asked, of whom.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RequestTarget<'a> {
    /// Node key of the server.
    pub audience: &'a Pubkey,
    /// Upper-case HTTP method.
    pub method: &'a str,
    /// Path and, if there is one, `?` and query, exactly as on the request line.
    pub path_and_query: &'a str,
}

/// The values of the five headers, decoded.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SignedHeaders {
    /// Who signed.
    pub key: Pubkey,
    /// When, in unix seconds of the signer's clock.
    pub time: i64,
    /// Never used twice by this key within [`NONCE_KEPT_SECONDS`].
    pub nonce: [u8; NONCE_BYTES],
    /// sha256 of the body.
    pub digest: [u8; 32],
    /// Over [`canonical_request`].
    pub signature: Signature,
}

/// The text that is signed.
pub fn canonical_request(
    target: &RequestTarget<'_>,
    digest: &[u8; 32],
    time: i64,
    nonce: &[u8; NONCE_BYTES],
) -> String {
    format!(
        "{REQUEST_DOMAIN}\n{}\n{}\n{}\n{}\n{time}\n{}",
        target.audience,
        target.method,
        target.path_and_query,
        hex::encode(digest),
        hex::encode(nonce),
    )
}

/// sha256 of a body held in memory.
pub fn body_digest(body: &[u8]) -> [u8; 32] {
    Sha256::digest(body).into()
}

/// Signs with the system clock and a random nonce.
pub fn sign(
    signer: &dyn Signer,
    target: &RequestTarget<'_>,
    digest: &[u8; 32],
) -> Result<SignedHeaders, RequestError> {
    let elapsed = SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .map_err(|_| RequestError::Clock)?;
    let time = i64::try_from(elapsed.as_secs()).map_err(|_| RequestError::Clock)?;
    let mut nonce = [0_u8; NONCE_BYTES];
    rand::rngs::OsRng
        .try_fill_bytes(&mut nonce)
        .map_err(|error| RequestError::Signer(error.to_string()))?;
    sign_at(signer, target, digest, time, nonce)
}

/// Signs with a given time and nonce.
pub fn sign_at(
    signer: &dyn Signer,
    target: &RequestTarget<'_>,
    digest: &[u8; 32],
    time: i64,
    nonce: [u8; NONCE_BYTES],
) -> Result<SignedHeaders, RequestError> {
    let text = canonical_request(target, digest, time, &nonce);
    let signature = signer
        .try_sign_message(text.as_bytes())
        .map_err(|error| RequestError::Signer(error.to_string()))?;
    let key = signer
        .try_pubkey()
        .map_err(|error| RequestError::Signer(error.to_string()))?;
    Ok(SignedHeaders {
        key,
        time,
        nonce,
        digest: *digest,
        signature,
    })
}

impl SignedHeaders {
    /// Header names and values to send.
    pub fn pairs(&self) -> [(&'static str, String); 5] {
        [
            (HEADER_KEY, self.key.to_string()),
            (HEADER_TIME, self.time.to_string()),
            (HEADER_NONCE, hex::encode(self.nonce)),
            (HEADER_DIGEST, hex::encode(self.digest)),
            (HEADER_SIGNATURE, self.signature.to_string()),
        ]
    }

    /// Decodes the headers that `get` finds by name. Only the one canonical spelling of each value
    /// is accepted. `get` must answer `None` for a header that appears more than once.
    pub fn parse<'h>(get: impl Fn(&'static str) -> Option<&'h str>) -> Result<Self, RequestError> {
        let value = |name| {
            let text = get(name).ok_or(RequestError::Missing(name))?;
            (text.len() <= HEADER_VALUE_MAX_BYTES)
                .then_some(text)
                .ok_or(RequestError::Malformed(name))
        };
        Ok(Self {
            key: decode_canonical(HEADER_KEY, value(HEADER_KEY)?)?,
            time: decode_canonical(HEADER_TIME, value(HEADER_TIME)?)?,
            nonce: decode_hex(HEADER_NONCE, value(HEADER_NONCE)?)?,
            digest: decode_hex(HEADER_DIGEST, value(HEADER_DIGEST)?)?,
            signature: decode_canonical(HEADER_SIGNATURE, value(HEADER_SIGNATURE)?)?,
        })
    }

    /// Checks clock and signature. The body and the nonce are for the caller to check.
    pub fn verify(&self, target: &RequestTarget<'_>, now: i64) -> Result<(), RequestError> {
        let skew_seconds = self.time.abs_diff(now);
        if skew_seconds > TIME_SKEW_MAX_SECONDS.unsigned_abs() {
            return Err(RequestError::Skewed { skew_seconds });
        }
        let text = canonical_request(target, &self.digest, self.time, &self.nonce);
        verify_signature(&self.key, text.as_bytes(), &self.signature)
    }
}

/// Strict ed25519: refuses keys and points of small order, which sign for every message.
pub fn verify_signature(
    key: &Pubkey,
    message: &[u8],
    signature: &Signature,
) -> Result<(), RequestError> {
    let key = VerifyingKey::from_bytes(&key.to_bytes()).map_err(|_| RequestError::BadSignature)?;
    let bytes: [u8; 64] = (*signature).into();
    key.verify_strict(message, &DalekSignature::from_bytes(&bytes))
        .map_err(|_| RequestError::BadSignature)
}

fn decode_canonical<T: FromStr + ToString>(
    name: &'static str,
    text: &str,
) -> Result<T, RequestError> {
    let value = T::from_str(text).map_err(|_| RequestError::Malformed(name))?;
    if value.to_string() == text {
        Ok(value)
    } else {
        Err(RequestError::Malformed(name))
    }
}

fn decode_hex<const N: usize>(name: &'static str, text: &str) -> Result<[u8; N], RequestError> {
    let mut bytes = [0_u8; N];
    let upper = text.bytes().any(|byte| byte.is_ascii_uppercase());
    match hex::decode_to_slice(text, &mut bytes) {
        Ok(()) if !upper => Ok(bytes),
        _ => Err(RequestError::Malformed(name)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use solana_keypair::Keypair;

    const NOW: i64 = 1_700_000_000;

    fn signed(audience: &Pubkey, path: &str) -> (Keypair, SignedHeaders) {
        let keypair = Keypair::new();
        let target = RequestTarget {
            audience,
            method: "PUT",
            path_and_query: path,
        };
        let headers = sign_at(&keypair, &target, &body_digest(b"body"), NOW, [7; 16]).unwrap();
        (keypair, headers)
    }

    fn parse(pairs: &[(&'static str, String)]) -> Result<SignedHeaders, RequestError> {
        SignedHeaders::parse(|name| {
            pairs
                .iter()
                .find(|pair| pair.0 == name)
                .map(|pair| pair.1.as_str())
        })
    }

    #[test]
    fn canonical_text_is_pinned() {
        let target = RequestTarget {
            audience: &Pubkey::new_from_array([1; 32]),
            method: "GET",
            path_and_query: "/v1/shards/ab?x=1",
        };
        let text = canonical_request(&target, &body_digest(b""), NOW, &[0xab; 16]);
        assert_eq!(
            text,
            "trestle:request:v1\n4vJ9JU1bJJE96FWSJKvHsmmFADCg4gpZQff4P3bkLKi\nGET\n\
             /v1/shards/ab?x=1\n\
             e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855\n\
             1700000000\nabababababababababababababababab"
        );
    }

    #[test]
    fn headers_survive_the_wire_and_verify() {
        let audience = Pubkey::new_unique();
        let (_, headers) = signed(&audience, "/v1/x");
        let parsed = parse(&headers.pairs()).unwrap();
        assert_eq!(parsed, headers);
        let target = RequestTarget {
            audience: &audience,
            method: "PUT",
            path_and_query: "/v1/x",
        };
        assert_eq!(parsed.verify(&target, NOW + TIME_SKEW_MAX_SECONDS), Ok(()));
        assert_eq!(parsed.verify(&target, NOW - TIME_SKEW_MAX_SECONDS), Ok(()));
    }

    #[test]
    fn anything_else_than_what_was_signed_is_refused() {
        let audience = Pubkey::new_unique();
        let (_, headers) = signed(&audience, "/v1/x");
        let target = RequestTarget {
            audience: &audience,
            method: "PUT",
            path_and_query: "/v1/x",
        };
        let other = Pubkey::new_unique();
        let refused = [
            headers.verify(
                &RequestTarget {
                    method: "GET",
                    ..target
                },
                NOW,
            ),
            headers.verify(
                &RequestTarget {
                    path_and_query: "/v1/y",
                    ..target
                },
                NOW,
            ),
            headers.verify(
                &RequestTarget {
                    audience: &other,
                    ..target
                },
                NOW,
            ),
            SignedHeaders {
                digest: [0; 32],
                ..headers.clone()
            }
            .verify(&target, NOW),
            SignedHeaders {
                time: NOW + 1,
                ..headers.clone()
            }
            .verify(&target, NOW),
            SignedHeaders {
                nonce: [8; 16],
                ..headers.clone()
            }
            .verify(&target, NOW),
            SignedHeaders {
                key: other,
                ..headers.clone()
            }
            .verify(&target, NOW),
        ];
        assert!(refused
            .iter()
            .all(|result| result == &Err(RequestError::BadSignature)));
    }

    #[test]
    fn clock_skew_is_bounded_both_ways_without_overflow() {
        let audience = Pubkey::new_unique();
        let (_, headers) = signed(&audience, "/");
        let target = RequestTarget {
            audience: &audience,
            method: "PUT",
            path_and_query: "/",
        };
        for now in [NOW + 121, NOW - 121, i64::MIN, i64::MAX] {
            assert!(matches!(
                headers.verify(&target, now),
                Err(RequestError::Skewed { .. })
            ));
        }
    }

    #[test]
    fn missing_and_noncanonical_headers_are_named() {
        let (_, headers) = signed(&Pubkey::new_unique(), "/");
        for (position, name) in HEADERS.iter().enumerate() {
            let mut pairs = headers.pairs().to_vec();
            pairs.remove(position);
            assert_eq!(parse(&pairs), Err(RequestError::Missing(name)));
        }
        let spoiled = [
            (0, "1".repeat(200)),
            (1, "+1700000000".into()),
            (1, "01700000000".into()),
            (2, "AB".repeat(16)),
            (2, "ab".repeat(15)),
            (3, "zz".repeat(32)),
            (4, String::new()),
        ];
        for (position, text) in spoiled {
            let mut pairs = headers.pairs();
            pairs[position].1 = text;
            assert_eq!(
                parse(&pairs),
                Err(RequestError::Malformed(HEADERS[position]))
            );
        }
    }

    #[test]
    fn key_of_small_order_signs_nothing() {
        // The identity point: under lenient rules it "signs" everything with R = identity, s = 0.
        let mut identity = [0_u8; 32];
        identity[0] = 1;
        let mut signature = [0_u8; 64];
        signature[0] = 1;
        let key = Pubkey::new_from_array(identity);
        assert_eq!(
            verify_signature(&key, b"anything", &Signature::from(signature)),
            Err(RequestError::BadSignature)
        );
    }
}
