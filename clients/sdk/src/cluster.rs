//! Clusters by name or URL, as Solana's own tools write them.

use std::str::FromStr;

pub use anchor_client::Cluster;
use thiserror::Error;

/// Why text names no cluster.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("`{0}` is no cluster; use mainnet-beta, testnet, devnet, localhost or an http(s) URL")]
pub struct ClusterError(String);

/// A moniker (or its first letter) or an `http(s)://` URL. The web socket's URL follows from it:
/// the next port, or the same host where the URL names no port.
pub fn parse_cluster(text: &str) -> Result<Cluster, ClusterError> {
    let refused = || ClusterError(text.to_string());
    match text {
        "m" | "mainnet" | "mainnet-beta" => Ok(Cluster::Mainnet),
        "t" | "testnet" => Ok(Cluster::Testnet),
        "d" | "devnet" => Ok(Cluster::Devnet),
        "l" | "localnet" | "localhost" => Ok(Cluster::Localnet),
        url if url.starts_with("http://") || url.starts_with("https://") => {
            Cluster::from_str(url).map_err(|_| refused())
        }
        _ => Err(refused()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn monikers_and_their_first_letters_are_known() {
        let url = |text: &str| parse_cluster(text).unwrap().url().to_string();
        for (long, short) in [
            ("mainnet-beta", "m"),
            ("testnet", "t"),
            ("devnet", "d"),
            ("localhost", "l"),
        ] {
            assert_eq!(url(long), url(short));
        }
        assert_eq!(url("l"), "http://127.0.0.1:8899");
    }

    #[test]
    fn a_url_leads_to_its_web_socket() {
        let socket = |text: &str| parse_cluster(text).unwrap().ws_url().to_string();
        assert_eq!(socket("http://127.0.0.1:8899"), "ws://127.0.0.1:8900/");
        assert_eq!(socket("https://rpc.example"), "wss://rpc.example/");
        assert_eq!(socket("l"), "ws://127.0.0.1:8900");
    }

    #[test]
    fn what_names_no_cluster_is_refused() {
        for text in [
            "",
            "g",
            "debug",
            "Mainnet",
            "ftp://a",
            "127.0.0.1:8899",
            "http://:x",
        ] {
            assert_eq!(parse_cluster(text), Err(ClusterError(text.to_string())));
        }
    }
}
