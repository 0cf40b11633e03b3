//! Where a signature comes from.

use std::{
    fmt, fs, io,
    os::unix::fs::PermissionsExt,
    path::{Path, PathBuf},
    str::FromStr,
};

use solana_keypair::{read_keypair, Keypair};
use solana_pubkey::Pubkey;
use solana_signer::Signer;

use crate::{error::CliError, seed_phrase::PhraseKey};

/// Others may read the file when any of these bits is set.
const OTHERS_CAN_READ: u32 = 0o044;

/// A key as it is named on the command line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SignerSource {
    /// A key file of the Solana tools.
    File(PathBuf),
    /// The content of such a file on stdin.
    Stdin,
    /// A key of a seed phrase, which is asked for.
    Phrase(PhraseKey),
    /// Only an address: enough to simulate.
    Address(Pubkey),
}

/// Who signs.
pub enum Wallet {
    Key(Keypair),
    /// Can be simulated for, and nothing else.
    Address(Pubkey),
}

impl FromStr for SignerSource {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        if text.is_empty() {
            return Err("name a key file".to_string());
        }
        if text == "-" || text == "stdin:" {
            return Ok(Self::Stdin);
        }
        if PhraseKey::is_meant_by(text) {
            return text.parse().map(Self::Phrase);
        }
        if text.starts_with("usb:") {
            return Err(format!(
                "`{text}`: hardware wallets cannot sign here: use a key file, prompt:// for a seed \
                 phrase, or --print-tx and sign elsewhere"
            ));
        }
        let path = text.strip_prefix("file:").unwrap_or(text);
        match Pubkey::from_str(text) {
            Ok(address) if !Path::new(path).exists() => Ok(Self::Address(address)),
            _ => Ok(Self::File(PathBuf::from(path))),
        }
    }
}

impl fmt::Display for SignerSource {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::File(path) => write!(f, "{}", path.display()),
            Self::Stdin => f.write_str("stdin:"),
            Self::Phrase(key) => key.fmt(f),
            Self::Address(address) => write!(f, "{address}"),
        }
    }
}

impl SignerSource {
    /// Reads the key. `warn` hears about a file that others can read.
    pub fn read(&self, warn: &dyn Fn(String)) -> Result<Wallet, CliError> {
        match self {
            Self::Address(address) => Ok(Wallet::Address(*address)),
            Self::Phrase(key) => key.ask().map(Wallet::Key),
            Self::Stdin => parse(&mut io::stdin().lock(), "stdin").map(Wallet::Key),
            Self::File(path) => read_file(path, warn).map(Wallet::Key),
        }
    }
}

fn read_file(path: &Path, warn: &dyn Fn(String)) -> Result<Keypair, CliError> {
    let name = path.display();
    let mut file = fs::File::open(path).map_err(|error| {
        CliError::config("signer", format!("key file `{name}`: {error}"))
            .hint("give another one by -k/--keypair, or make one with `solana-keygen new`")
    })?;
    let mode = file
        .metadata()
        .map(|metadata| metadata.permissions().mode());
    if mode.is_ok_and(|mode| mode & OTHERS_CAN_READ != 0) {
        warn(format!("others can read key file `{name}`: chmod 600 it"));
    }
    parse(&mut file, &name.to_string())
}

fn parse(reader: &mut impl io::Read, name: &str) -> Result<Keypair, CliError> {
    read_keypair(reader).map_err(|_| {
        // The reader's own message can quote the key.
        CliError::config("signer", format!("`{name}` does not hold a key"))
            .hint("a key file is a JSON array of 64 numbers, as `solana-keygen` writes it")
    })
}

/// The address of a key that is named by its address or by a file.
pub fn address_of(text: &str) -> Result<Pubkey, CliError> {
    if let Ok(address) = Pubkey::from_str(text) {
        return Ok(address);
    }
    read_file(Path::new(text), &|_| ()).map(|key| key.pubkey())
}

impl Wallet {
    pub fn address(&self) -> Pubkey {
        match self {
            Self::Key(key) => key.pubkey(),
            Self::Address(address) => *address,
        }
    }

    /// The key itself, where there is one.
    pub fn key(&self) -> Result<&Keypair, CliError> {
        match self {
            Self::Key(key) => Ok(key),
            Self::Address(address) => {
                let message = format!("`{address}` is an address, which cannot sign");
                Err(CliError::config("signer", message)
                    .hint("name its key file by -k/--keypair, or add --dry-run"))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn sources_are_told_apart() {
        let parse = |text: &str| text.parse::<SignerSource>();
        assert_eq!(parse("-"), Ok(SignerSource::Stdin));
        assert_eq!(parse("stdin:"), Ok(SignerSource::Stdin));
        assert_eq!(
            parse("file:a.json"),
            Ok(SignerSource::File("a.json".into()))
        );
        assert_eq!(parse("a.json"), Ok(SignerSource::File("a.json".into())));
        let address = Pubkey::new_from_array([3; 32]);
        assert_eq!(
            parse(&address.to_string()),
            Ok(SignerSource::Address(address))
        );
        for text in ["prompt://?key=0/1", "ASK"] {
            let source = parse(text).unwrap();
            assert!(matches!(source, SignerSource::Phrase(_)), "{text}");
            assert_eq!(source.to_string(), text);
        }
        for text in ["usb://ledger?key=0", "prompt://?key=x", ""] {
            assert!(parse(text).is_err(), "{text}");
        }
    }

    #[test]
    fn a_file_without_a_key_is_named_and_not_quoted() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("key.json");
        fs::write(&path, "[1,2,3]").unwrap();
        let source = SignerSource::File(path);
        let Err(error) = source.read(&|_| ()) else {
            panic!("three numbers are no key");
        };
        assert!(error.to_string().contains("key.json"), "{error}");
        assert!(!error.to_string().contains("1,2,3"), "{error}");
    }

    #[test]
    fn a_readable_key_file_is_warned_about() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("key.json");
        let key = Keypair::new();
        solana_keypair::write_keypair_file(&key, &path).unwrap();
        let warnings = std::cell::Cell::new(0);
        let source = SignerSource::File(path.clone());
        let warn = |_| warnings.set(warnings.get() + 1);
        assert_eq!(source.read(&warn).unwrap().address(), key.pubkey());
        assert_eq!(warnings.get(), 0);
        fs::set_permissions(&path, fs::Permissions::from_mode(0o644)).unwrap();
        source.read(&warn).unwrap();
        assert_eq!(warnings.get(), 1);
    }

    proptest! {
        #[test]
        fn what_is_displayed_parses_back(text in "[a-zA-Z0-9./_-]{1,40}") {
            if let Ok(source) = text.parse::<SignerSource>() {
                prop_assert_eq!(source.to_string().parse::<SignerSource>(), Ok(source));
            }
        }
    }
}
