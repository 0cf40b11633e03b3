//! Settings from a TOML file and environment variables, checked and printable without secrets.
//!
//! `PREFIX__SECTION__KEY=value` overrides `key` in `[section]`. A value that reads as a TOML
//! boolean, integer or array is one; everything else is a string (quote it to force one).
//! Settings types carry `#[serde(deny_unknown_fields)]`, so a stale key stops the service.

use serde::de::{DeserializeOwned, Error as _};
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use std::fmt;
use std::path::{Path, PathBuf};
use thiserror::Error;
use toml::{Table, Value};

/// Between the parts of a variable's name.
const SEPARATOR: &str = "__";
/// Largest settings file in bytes.
const FILE_BYTES_MAX: u64 = 1 << 20;
/// What a secret prints as.
const REDACTED: &str = "[redacted]";

/// Why settings are not usable.
#[derive(Debug, Error)]
pub enum SettingsError {
    /// The file cannot be read.
    #[error("cannot read settings {}: {source}; give its path by `--config`", .path.display())]
    Read {
        /// Which file.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// The file is suspiciously large.
    #[error("settings {} are larger than {FILE_BYTES_MAX} bytes", .0.display())]
    TooLarge(
        /// Which file.
        PathBuf,
    ),
    /// The file is not TOML, or the values do not fit.
    #[error("settings: {0}")]
    Invalid(
        /// What the parser says.
        String,
    ),
    /// A variable's name goes through something that is not a section.
    #[error("variable `{0}` names a key inside a value that is not a section")]
    Path(
        /// The variable.
        String,
    ),
}

/// Reads a settings file.
pub fn read_file(path: &Path) -> Result<String, SettingsError> {
    let read = |source| SettingsError::Read {
        path: path.to_path_buf(),
        source,
    };
    if std::fs::metadata(path).map_err(read)?.len() > FILE_BYTES_MAX {
        return Err(SettingsError::TooLarge(path.to_path_buf()));
    }
    std::fs::read_to_string(path).map_err(read)
}

/// Builds settings from the text of a file and a set of variables. Pure: only `main` reads the
/// environment.
pub fn from_sources<T: DeserializeOwned>(
    file: &str,
    variables: impl IntoIterator<Item = (String, String)>,
    prefix: &str,
) -> Result<T, SettingsError> {
    let start = format!("{prefix}{SEPARATOR}");
    let overrides: Vec<(String, String)> = variables
        .into_iter()
        .filter(|(name, _)| name.starts_with(&start))
        .collect();
    let invalid = |error: toml::de::Error| SettingsError::Invalid(error.to_string());
    if overrides.is_empty() {
        // Straight from the text, because then errors name line and column.
        return toml::from_str(file).map_err(invalid);
    }
    let mut table: Table = file.parse().map_err(invalid)?;
    for (name, value) in overrides {
        let path: Vec<String> = name
            .strip_prefix(&start)
            .unwrap_or_default()
            .split(SEPARATOR)
            .map(str::to_ascii_lowercase)
            .collect();
        set(&mut table, &path, scalar(&value)).ok_or(SettingsError::Path(name))?;
    }
    T::deserialize(Value::Table(table)).map_err(invalid)
}

/// Effective settings as TOML. Secrets serialize as `[redacted]`, so this may be logged.
pub fn printable<T: Serialize>(settings: &T) -> Result<String, SettingsError> {
    toml::to_string_pretty(settings).map_err(|error| SettingsError::Invalid(error.to_string()))
}

fn set(table: &mut Table, path: &[String], value: Value) -> Option<()> {
    let (key, rest) = path.split_first()?;
    if rest.is_empty() {
        table.insert(key.clone(), value);
        return Some(());
    }
    let section = table
        .entry(key.clone())
        .or_insert_with(|| Value::Table(Table::new()));
    set(section.as_table_mut()?, rest, value)
}

fn scalar(text: &str) -> Value {
    let parsed = format!("value = {text}").parse::<Table>().ok();
    match parsed.and_then(|mut table| table.remove("value").filter(|_| table.is_empty())) {
        Some(value @ (Value::Boolean(_) | Value::Integer(_) | Value::Array(_))) => value,
        Some(Value::String(string)) => Value::String(string),
        _ => Value::String(text.to_owned()),
    }
}

/// A value that is never printed or logged.
#[derive(Clone, PartialEq, Eq, Deserialize)]
#[serde(transparent)]
pub struct Secret(String);

impl Secret {
    /// The value itself, for the one place that needs it.
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(REDACTED)
    }
}

impl Serialize for Secret {
    fn serialize<S: Serializer>(&self, out: S) -> Result<S::Ok, S::Error> {
        out.serialize_str(REDACTED)
    }
}

/// An `http` or `https` URL. Providers put keys into path, query and user part, so only scheme
/// and host are ever printed.
#[derive(Clone, PartialEq, Eq)]
pub struct ServiceUrl(String);

impl ServiceUrl {
    /// Accepts `http://` and `https://` URLs with a host.
    pub fn parse(text: &str) -> Result<Self, String> {
        let rest = text
            .strip_prefix("http://")
            .or_else(|| text.strip_prefix("https://"))
            .ok_or("a URL starts with http:// or https://")?;
        if rest.is_empty() || rest.starts_with('/') {
            return Err("a URL names a host".into());
        }
        if !text.bytes().all(|byte| byte.is_ascii_graphic()) {
            return Err("a URL has printable ASCII characters only".into());
        }
        Ok(Self(text.trim_end_matches('/').to_owned()))
    }

    /// The whole URL, without a slash at the end.
    pub fn expose(&self) -> &str {
        &self.0
    }

    fn redacted(&self) -> String {
        let (scheme, rest) = self.0.split_once("://").unwrap_or(("", &self.0));
        let (authority, path) = rest.split_at(rest.find(['/', '?', '#']).unwrap_or(rest.len()));
        let host = authority
            .rsplit_once('@')
            .map_or(authority, |(_, host)| host);
        let hidden = if path.is_empty() { "" } else { "/[redacted]" };
        format!("{scheme}://{host}{hidden}")
    }
}

impl fmt::Display for ServiceUrl {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(&self.redacted())
    }
}

impl fmt::Debug for ServiceUrl {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(&self.redacted())
    }
}

impl Serialize for ServiceUrl {
    fn serialize<S: Serializer>(&self, out: S) -> Result<S::Ok, S::Error> {
        out.serialize_str(&self.redacted())
    }
}

impl<'de> Deserialize<'de> for ServiceUrl {
    fn deserialize<D: Deserializer<'de>>(input: D) -> Result<Self, D::Error> {
        Self::parse(&String::deserialize(input)?).map_err(D::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::Duration;

    #[derive(Debug, PartialEq, Serialize, Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Example {
        name: String,
        token: Secret,
        rpc: ServiceUrl,
        #[serde(default)]
        limits: Limits,
    }

    #[derive(Debug, PartialEq, Default, Serialize, Deserialize)]
    #[serde(deny_unknown_fields, default)]
    struct Limits {
        count: u32,
        #[serde(with = "humantime_serde")]
        wait: Duration,
        open: bool,
    }

    const FILE: &str = "name = 'a'\ntoken = 'hush'\nrpc = 'https://u:p@host:1/key?k=1'\n\
        [limits]\ncount = 3\nwait = '2m'\n";

    fn load(file: &str, variables: &[(&str, &str)]) -> Result<Example, SettingsError> {
        let variables = variables
            .iter()
            .map(|(name, value)| (name.to_string(), value.to_string()));
        from_sources(file, variables, "EX")
    }

    #[test]
    fn variables_override_the_file() {
        let plain = load(FILE, &[("OTHER__NAME", "x"), ("EXNAME", "x")]).unwrap();
        assert_eq!((plain.name.as_str(), plain.limits.count), ("a", 3));
        assert_eq!(plain.limits.wait, Duration::from_secs(120));
        let variables = [
            ("EX__NAME", "b"),
            ("EX__LIMITS__COUNT", "7"),
            ("EX__LIMITS__WAIT", "5s"),
            ("EX__LIMITS__OPEN", "true"),
        ];
        let changed = load(FILE, &variables).unwrap();
        assert_eq!((changed.name.as_str(), changed.limits.count), ("b", 7));
        assert_eq!(
            (changed.limits.wait, changed.limits.open),
            (Duration::from_secs(5), true)
        );
        assert_eq!(load(FILE, &[("EX__NAME", "\"42\"")]).unwrap().name, "42");
    }

    #[test]
    fn unknown_keys_stop_the_service_wherever_they_come_from() {
        assert!(load(&format!("stale = 1\n{FILE}"), &[]).is_err());
        assert!(load(FILE, &[("EX__STALE", "1")]).is_err());
        assert!(load(FILE, &[("EX__LIMITS__STALE", "1")]).is_err());
        assert!(matches!(
            load(FILE, &[("EX__NAME__X", "1")]),
            Err(SettingsError::Path(_))
        ));
        assert!(load("name = [", &[("EX__NAME", "b")]).is_err());
    }

    #[test]
    fn an_injected_line_is_text_and_not_a_second_key() {
        let value = "1\ncount = 9";
        assert_eq!(scalar(value), Value::String(value.into()));
    }

    #[test]
    fn secrets_are_never_printed() {
        let settings = load(FILE, &[]).unwrap();
        let debug = format!("{settings:?}");
        for text in [
            printable(&settings).unwrap(),
            debug,
            settings.rpc.to_string(),
        ] {
            for secret in ["hush", "u:p", "key", "k=1"] {
                assert!(!text.contains(secret), "{text}");
            }
        }
        assert_eq!(settings.rpc.to_string(), "https://host:1/[redacted]");
        assert_eq!(settings.token.expose(), "hush");
    }

    #[test]
    fn urls_without_scheme_or_host_are_refused() {
        for text in [
            "",
            "host:1",
            "ftp://host",
            "http://",
            "http:///path",
            "http://a b",
        ] {
            assert!(ServiceUrl::parse(text).is_err(), "{text}");
        }
        assert_eq!(
            ServiceUrl::parse("http://127.0.0.1:80/").unwrap().expose(),
            "http://127.0.0.1:80"
        );
    }
}
