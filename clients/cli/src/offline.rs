//! Transactions for others to sign or to send: the arguments that every writing command takes.

use std::{fmt, str::FromStr};

use clap::{Args, ValueEnum};
use serde::Serialize;
use solana_message::Hash;
use solana_pubkey::Pubkey;
use solana_signature::Signature;
use solana_transaction::versioned::VersionedTransaction;
use trestle_sdk::send::{decode_transaction, encode_transaction, signers};

use crate::{error::CliError, signer::SignerSource, text::row};

/// The same for every command that writes, with the meaning that they have in Solana's own tools.
#[derive(Debug, Clone, Default, Args)]
#[command(next_help_heading = "Offline signing")]
pub struct OfflineArgs {
    /// Sign, print the signatures, and send nothing; needs --blockhash
    #[arg(long, global = true)]
    pub sign_only: bool,
    /// Blockhash to sign with, or the nonce's value: nothing is simulated and no fee is estimated
    #[arg(
        id = "blockhash-given",
        long = "blockhash",
        global = true,
        value_name = "HASH"
    )]
    pub given: Option<Hash>,
    /// A signature from elsewhere; may be repeated
    #[arg(
        id = "signer-given",
        long = "signer",
        global = true,
        value_name = "PUBKEY=SIGNATURE"
    )]
    pub signatures: Vec<SignatureArg>,
    /// Durable nonce account, whose value is given by --blockhash
    #[arg(long, global = true, value_name = "ADDRESS")]
    pub nonce: Option<Pubkey>,
    /// Key that may advance the nonce [default: the signing key]
    #[arg(long, global = true, value_name = "SOURCE")]
    pub nonce_authority: Option<SignerSource>,
    /// With --sign-only, print the message that is signed, in base64
    #[arg(long, global = true)]
    pub dump_transaction_message: bool,
    /// Print the transaction with the signatures that there are, and send nothing
    #[arg(long, global = true, value_enum, value_name = "ENCODING")]
    pub print_tx: Option<Encoding>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Encoding {
    /// As RPC and most multisigs take it
    Base64,
    /// As some multisigs take it
    Base58,
}

/// A signature as it is typed: `PUBKEY=SIGNATURE`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SignatureArg {
    pub key: Pubkey,
    pub signature: Signature,
}

impl FromStr for SignatureArg {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let parsed = text.split_once('=').and_then(|(key, signature)| {
            Some(Self {
                key: key.parse().ok()?,
                signature: signature.parse().ok()?,
            })
        });
        parsed.ok_or_else(|| format!("`{text}` is not PUBKEY=SIGNATURE, both in base58"))
    }
}

impl fmt::Display for SignatureArg {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}={}", self.key, self.signature)
    }
}

/// A transaction that was not sent.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct OfflineText {
    pub blockhash: String,
    /// `PUBKEY=SIGNATURE` of those who have signed.
    pub signers: Vec<String>,
    /// Those who have not.
    pub absent: Vec<String>,
    /// The message in base64.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub message: Option<String>,
    /// The transaction.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub transaction: Option<String>,
}

impl OfflineArgs {
    /// Whether any of it was asked for.
    pub fn is_used(&self) -> bool {
        let prints = self.is_for_others() || self.dump_transaction_message;
        prints || self.given.is_some() || self.nonce.is_some() || !self.signatures.is_empty()
    }

    /// Whether the transaction is printed and not sent.
    pub fn is_for_others(&self) -> bool {
        self.sign_only || self.print_tx.is_some()
    }

    /// The blockhash that was given. Without one, signatures from elsewhere would not fit.
    pub fn blockhash(&self) -> Result<Option<Hash>, CliError> {
        let needs = [
            (self.sign_only, "--sign-only"),
            (self.nonce.is_some(), "--nonce"),
            (!self.signatures.is_empty(), "--signer"),
        ];
        for (used, name) in needs {
            if used && self.given.is_none() {
                return Err(CliError::usage(format!("{name} needs --blockhash"))
                    .hint("`--print-tx base64` shows one, or give the value of a nonce account"));
            }
        }
        if self.dump_transaction_message && !self.sign_only {
            return Err(CliError::usage(
                "--dump-transaction-message needs --sign-only",
            ));
        }
        Ok(self.given)
    }

    /// What is printed of the transaction.
    pub fn text(&self, transaction: &VersionedTransaction) -> Result<OfflineText, CliError> {
        let mut text = OfflineText::new(transaction);
        if self.dump_transaction_message {
            text.message = Some(base64(&transaction.message.serialize()));
        }
        let encoded = encode_transaction(transaction)?;
        text.transaction = match self.print_tx {
            None => None,
            Some(Encoding::Base64) => Some(encoded),
            Some(Encoding::Base58) => Some(bs58::encode(unbase64(&encoded)?).into_string()),
        };
        Ok(text)
    }
}

fn base64(bytes: &[u8]) -> String {
    use base64::{engine::general_purpose::STANDARD, Engine};
    STANDARD.encode(bytes)
}

fn unbase64(text: &str) -> Result<Vec<u8>, CliError> {
    use base64::{engine::general_purpose::STANDARD, Engine};
    let decoded = STANDARD.decode(text);
    decoded.map_err(|error| CliError::failed("transaction", error.to_string()))
}

/// Reads a transaction in either encoding. Some base58 is base64 too, but then of no transaction.
pub fn parse_transaction(text: &str) -> Result<VersionedTransaction, CliError> {
    let refused = match decode_transaction(text) {
        Ok(transaction) => return Ok(transaction),
        Err(error) => error,
    };
    let bytes = bs58::decode(text).into_vec().ok();
    let transaction = bytes.and_then(|bytes| decode_transaction(&base64(&bytes)).ok());
    transaction.ok_or_else(|| {
        CliError::usage(refused.to_string())
            .hint("give one in base64 or base58, as --print-tx prints it")
    })
}

impl OfflineText {
    pub fn new(transaction: &VersionedTransaction) -> Self {
        let (signed, absent) = signers(transaction);
        let signed = signed
            .into_iter()
            .map(|(key, signature)| SignatureArg { key, signature });
        Self {
            blockhash: transaction.message.recent_blockhash().to_string(),
            signers: signed.map(|one| one.to_string()).collect(),
            absent: absent.iter().map(ToString::to_string).collect(),
            message: None,
            transaction: None,
        }
    }
}

impl fmt::Display for OfflineText {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        row(f, "Committed", "no")?;
        row(f, "Blockhash", &self.blockhash)?;
        for signer in &self.signers {
            row(f, "Signed", signer)?;
        }
        for signer in &self.absent {
            row(f, "Not signed yet", signer)?;
        }
        if let Some(message) = &self.message {
            row(f, "Message", message)?;
        }
        match &self.transaction {
            Some(transaction) => row(f, "Transaction", transaction),
            None => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_signature_is_a_key_and_a_signature() {
        let one = SignatureArg {
            key: Pubkey::new_from_array([3; 32]),
            signature: Signature::from([4; 64]),
        };
        assert_eq!(one.to_string().parse::<SignatureArg>(), Ok(one));
        for text in ["", "x", "=", "a=b"] {
            assert!(text.parse::<SignatureArg>().is_err(), "{text}");
        }
    }

    #[test]
    fn signatures_need_a_blockhash() {
        let args = OfflineArgs {
            sign_only: true,
            ..Default::default()
        };
        let error = args.blockhash().unwrap_err();
        assert_eq!(error.kind.exit_code(), 2);
        let given = OfflineArgs {
            given: Some(Hash::default()),
            ..args
        };
        assert_eq!(given.blockhash(), Ok(Some(Hash::default())));
        assert!(!OfflineArgs::default().is_used());
    }
}
