use super::*;
use std::collections::BTreeSet;

fn example() -> Settings {
    toml::from_str(EXAMPLE).unwrap()
}

fn keys(value: &toml::Value, prefix: &str, out: &mut BTreeSet<String>) {
    if let toml::Value::Table(table) = value {
        for (key, value) in table {
            keys(value, &format!("{prefix}.{key}"), out);
        }
    } else {
        out.insert(prefix.to_owned());
    }
}

#[test]
fn example_is_valid_and_shows_the_defaults() {
    let settings = example();
    settings.validate().unwrap();
    assert_eq!(settings.terms, Terms::default());
    assert_eq!(settings.limits, Limits::default());
    assert_eq!(settings.retention, Retention::default());
    let minimal = "data_dir = \"/var/lib/trestle-node\"\n\
         node_key_path = \"/etc/trestle/node.json\"\n[chain]\n\
         rpc_url = \"http://127.0.0.1:8899\"\n\
         operator = \"11111111111111111111111111111112\"\n";
    assert_eq!(toml::from_str::<Settings>(minimal).unwrap(), settings);
}

#[test]
fn example_names_every_key() {
    let (mut shown, mut known) = (BTreeSet::new(), BTreeSet::new());
    keys(&toml::from_str(EXAMPLE).unwrap(), "", &mut shown);
    keys(&toml::Value::try_from(example()).unwrap(), "", &mut known);
    assert_eq!(shown, known);
    let tls = TlsSettings {
        certificate_path: "a".into(),
        private_key_path: "b".into(),
    };
    let mut tls_keys = BTreeSet::new();
    keys(&toml::Value::try_from(tls).unwrap(), "", &mut tls_keys);
    for key in tls_keys {
        assert!(
            EXAMPLE.contains(&format!("# {} =", key.trim_start_matches('.'))),
            "{key}"
        );
    }
}

#[test]
fn unknown_keys_are_refused_with_their_line() {
    let text = EXAMPLE.replace("uploads_max = 8", "upload_max = 8");
    let error = toml::from_str::<Settings>(&text).unwrap_err().to_string();
    assert!(
        error.contains("upload_max") && error.contains("line"),
        "{error}"
    );
}

#[test]
fn every_problem_is_named_with_its_remedy() {
    let mut settings = example();
    settings.limits.uploads_max = 0;
    settings.limits.shard_bytes_max = 2;
    settings.limits.capacity_bytes = 1;
    settings.terms.epochs_min = 9;
    settings.terms.epochs_max = 8;
    let text = settings.validate().unwrap_err().to_string();
    for part in [
        "limits.uploads_max",
        "limits.shard_bytes_max",
        "terms.epochs_min",
    ] {
        assert!(text.contains(part), "{text}");
    }
    assert!(text.contains("from 1 to 1024"), "{text}");
}

#[test]
fn urls_are_printed_without_secrets() {
    let printed = |text: &str| text.parse::<SecretUrl>().unwrap().to_string();
    assert_eq!(
        printed("https://rpc.example.com"),
        "https://rpc.example.com"
    );
    assert_eq!(printed("http://127.0.0.1:8899/"), "http://127.0.0.1:8899/");
    assert_eq!(
        printed("https://rpc.example.com/v2/KEY"),
        "https://rpc.example.com/***"
    );
    assert_eq!(
        printed("https://rpc.example.com?api-key=KEY"),
        "https://rpc.example.com/***"
    );
    assert_eq!(
        printed("https://me:KEY@rpc.example.com"),
        "https://***@rpc.example.com"
    );
    for text in ["", "localhost", "ftp://x", "http://", "https:///x"] {
        assert!(text.parse::<SecretUrl>().is_err(), "{text}");
    }
    let mut settings = example();
    settings.chain.rpc_url = "https://rpc.example.com/KEY".parse().unwrap();
    assert!(!settings.render().unwrap().contains("KEY"));
    assert!(!format!("{settings:?}").contains("KEY"));
}
