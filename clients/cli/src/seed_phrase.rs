//! Keys from seed phrases, derived as `solana-keygen recover` derives them.

use std::{io, str::FromStr};

use bip39::{Language, Mnemonic, Seed};
use console::Term;
use solana_derivation_path::DerivationPath;
use solana_keypair::Keypair;
use solana_keypair::{keypair_from_seed, seed_derivable::keypair_from_seed_and_derivation_path};

use crate::error::CliError;

/// Where the phrase's key is asked for.
const SCHEME: &str = "prompt:";
/// The Solana tools' older name: the phrase's own key, without derivation.
const LEGACY: &str = "ASK";
/// Languages of phrases, the likeliest first.
const LANGUAGES: [Language; 8] = [
    Language::English,
    Language::ChineseSimplified,
    Language::ChineseTraditional,
    Language::Japanese,
    Language::Spanish,
    Language::Korean,
    Language::French,
    Language::Italian,
];

/// Which key of a seed phrase: `prompt://`, `prompt://?key=ACCOUNT/CHANGE`,
/// `prompt://?full-path=m/44/…` or `ASK`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PhraseKey {
    text: String,
    /// `None`: the first half of the seed itself.
    path: Option<DerivationPath>,
}

impl PhraseKey {
    /// Whether a signer of this name is one.
    pub fn is_meant_by(text: &str) -> bool {
        text == LEGACY || text.starts_with(SCHEME)
    }

    /// Asks for the phrase and its passphrase on the terminal, which does not show them.
    pub fn ask(&self) -> Result<Keypair, CliError> {
        let terminal = Term::stderr();
        if !terminal.is_term() {
            let message = format!("`{self}` has to be asked for, and there is no terminal");
            return Err(CliError::config("signer", message)
                .hint("run it in a terminal, or name a key file by -k/--keypair"));
        }
        let phrase = secret(&terminal, &format!("Seed phrase for {self}: "))?;
        let passphrase = secret(&terminal, "Passphrase (empty if there is none): ")?;
        self.derive(&phrase, &passphrase)
    }

    /// The key of this phrase. An error does not quote it.
    fn derive(&self, phrase: &str, passphrase: &str) -> Result<Keypair, CliError> {
        let words: Vec<&str> = phrase.split_whitespace().collect();
        let phrase = words.join(" ");
        let mut readings = LANGUAGES
            .into_iter()
            .filter_map(|language| Mnemonic::from_phrase(&phrase, language).ok());
        let mnemonic = readings.next().ok_or_else(|| {
            CliError::config("signer", "these words are not a seed phrase")
                .hint("12 to 24 words of one word list; the last one contains a checksum")
        })?;
        let seed = Seed::new(&mnemonic, passphrase);
        let derived = match &self.path {
            Some(path) => {
                keypair_from_seed_and_derivation_path(seed.as_bytes(), Some(path.clone()))
            }
            None => keypair_from_seed(seed.as_bytes()),
        };
        derived.map_err(|error| CliError::config("signer", format!("no key for `{self}`: {error}")))
    }
}

fn secret(terminal: &Term, question: &str) -> io::Result<String> {
    terminal.write_str(question)?;
    terminal.read_secure_line()
}

impl FromStr for PhraseKey {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let key = |path| Self {
            text: text.to_string(),
            path,
        };
        if text == LEGACY {
            return Ok(key(None));
        }
        let query = text.strip_prefix(SCHEME).unwrap_or(text);
        let query = query.strip_prefix("//").unwrap_or(query);
        let path = match query.trim_start_matches('?').split_once('=') {
            None if query.is_empty() => Ok(DerivationPath::default()),
            Some(("key", path)) => DerivationPath::from_key_str(path),
            Some(("full-path", path)) => DerivationPath::from_absolute_path_str(path),
            _ => return Err(format!("`{text}`: use prompt://?key=ACCOUNT or …/CHANGE")),
        };
        let path = path.map_err(|error| format!("`{text}`: {error}"))?;
        Ok(key(Some(path)))
    }
}

impl std::fmt::Display for PhraseKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use solana_signer::Signer;

    /// The phrase of all-zero entropy in BIP-39's test vectors.
    const PHRASE: &str = "abandon abandon abandon abandon abandon abandon abandon abandon abandon \
                          abandon abandon about";

    fn address(key: &str, passphrase: &str) -> String {
        let key = key.parse::<PhraseKey>().unwrap();
        let derived = key.derive(PHRASE, passphrase).unwrap();
        derived.pubkey().to_string()
    }

    #[test]
    fn keys_are_those_that_wallets_derive() {
        // What browser wallets show as the first account of this phrase.
        let first = "HAgk14JpMQLgt6rVgv7cBQFJWFto5Dqxi472uT3DKpqk";
        assert_eq!(address("prompt://?key=0/0", ""), first);
        assert_eq!(address("prompt:?key=0'/0'", ""), first);
        assert_eq!(address("prompt://?full-path=m/44'/501'/0'/0'", ""), first);
        let keys = ["prompt://", "prompt://?key=0", "prompt://?key=1/0", "ASK"];
        for key in keys {
            assert_ne!(address(key, ""), first, "{key}");
        }
        assert_ne!(address("prompt://?key=0/0", "secret"), first);
    }

    #[test]
    fn the_older_name_is_the_seeds_own_key() {
        let expected =
            solana_keypair::keypair_from_seed_phrase_and_passphrase(PHRASE, "secret").unwrap();
        assert_eq!(address("ASK", "secret"), expected.pubkey().to_string());
    }

    #[test]
    fn words_that_are_no_phrase_are_refused_and_not_quoted() {
        let key: PhraseKey = "prompt://".parse().unwrap();
        for words in ["", "abandon", &PHRASE.replace("about", "abandon")] {
            let error = key.derive(words, "").unwrap_err();
            assert!(!error.to_string().contains("abandon"), "{error}");
        }
        let spaced = format!("  {}\n", PHRASE.replace(' ', "   "));
        assert!(key.derive(&spaced, "").is_ok());
    }

    #[test]
    fn other_queries_are_refused() {
        for text in [
            "prompt://?key=0/0/0",
            "prompt://?key=x",
            "prompt://?seed=1",
            "prompt://x",
        ] {
            assert!(text.parse::<PhraseKey>().is_err(), "{text}");
        }
    }
}
