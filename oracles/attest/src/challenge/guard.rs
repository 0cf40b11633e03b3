//! Where a verifier may connect to. Anybody can register an operator with any endpoint, so an
//! endpoint must not make verifiers reach into their own networks.

use reqwest::dns::{Addrs, Name, Resolve, Resolving};
use reqwest::Url;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};

/// Which addresses nodes may have.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum EndpointPolicy {
    /// Only addresses of the public internet.
    Public,
    /// Any address, for local networks.
    Any,
}

/// Whether an address belongs to the public internet.
pub fn is_public(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(address) => is_public_v4(address),
        IpAddr::V6(address) => is_public_v6(address),
    }
}

fn is_public_v4(address: Ipv4Addr) -> bool {
    let [a, b, c, _] = address.octets();
    let shared = a == 100 && (b & 0xc0) == 64;
    let protocol = a == 192 && b == 0 && c == 0;
    let benchmark = a == 198 && (b & 0xfe) == 18;
    let reserved = a == 0 || a >= 240;
    !(address.is_private()
        || address.is_loopback()
        || address.is_link_local()
        || address.is_documentation()
        || address.is_multicast()
        || shared
        || protocol
        || benchmark
        || reserved)
}

fn is_public_v6(address: Ipv6Addr) -> bool {
    if let Some(inner) = address.to_ipv4_mapped() {
        return is_public_v4(inner);
    }
    // 2000::/3 is what is routed at all; within it, 2001:db8::/32 is for documents, and 2002::/16
    // and 2001::/32 carry an IPv4 address of anybody's choice.
    let [first, second, ..] = address.segments();
    let global = (first & 0xe000) == 0x2000;
    let tunnel = first == 0x2002 || (first == 0x2001 && second == 0);
    let document = first == 0x2001 && second == 0x0db8;
    global && !tunnel && !document
}

impl EndpointPolicy {
    /// The policy of `challenge.private_endpoints`.
    pub fn from_private(allowed: bool) -> Self {
        if allowed {
            Self::Any
        } else {
            Self::Public
        }
    }

    /// Whether a URL may be asked. Names are checked again when they are resolved.
    pub fn check(self, url: &Url) -> Result<(), String> {
        let literal = match url.host() {
            Some(host) => host
                .to_string()
                .trim_matches(['[', ']'])
                .parse::<IpAddr>()
                .ok(),
            None => return Err("the endpoint has no host".into()),
        };
        match literal {
            Some(address) if self == Self::Public && !is_public(address) => Err(format!(
                "{address} is not an address of the public internet"
            )),
            _ => Ok(()),
        }
    }
}

/// Resolves names to public addresses only. A name is resolved once for each connection, so it
/// cannot point elsewhere between check and use.
pub(super) struct PublicResolver;

impl Resolve for PublicResolver {
    fn resolve(&self, name: Name) -> Resolving {
        Box::pin(async move {
            let found = tokio::net::lookup_host((name.as_str(), 0)).await?;
            let public: Vec<SocketAddr> = found.filter(|address| is_public(address.ip())).collect();
            if public.is_empty() {
                return Err("the name has no address of the public internet".into());
            }
            Ok(Box::new(public.into_iter()) as Addrs)
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn private_special_and_tunnelled_addresses_are_not_public() {
        for text in [
            "127.0.0.1",
            "10.1.2.3",
            "172.16.0.1",
            "192.168.1.1",
            "169.254.169.254",
            "100.64.0.1",
            "0.0.0.0",
            "255.255.255.255",
            "224.0.0.1",
            "192.0.0.1",
            "198.18.0.1",
            "203.0.113.1",
            "240.0.0.1",
            "::1",
            "::",
            "fe80::1",
            "fc00::1",
            "ff02::1",
            "::ffff:127.0.0.1",
            "::ffff:10.0.0.1",
            "2001:db8::1",
            "2002:7f00:1::",
            "64:ff9b::7f00:1",
            "2001::1",
        ] {
            assert!(!is_public(text.parse().unwrap()), "{text}");
        }
        for text in [
            "1.1.1.1",
            "8.8.8.8",
            "100.128.0.1",
            "2606:4700::1111",
            "::ffff:1.1.1.1",
        ] {
            assert!(is_public(text.parse().unwrap()), "{text}");
        }
    }

    #[test]
    fn literal_addresses_in_urls_are_checked_in_every_spelling() {
        for text in [
            "http://127.0.0.1:80",
            "http://2130706433/",
            "http://0x7f.1/",
            "http://[::1]/",
            "http://[::ffff:7f00:1]/",
            "http://169.254.169.254/latest",
        ] {
            let url = Url::parse(text).unwrap();
            assert!(EndpointPolicy::Public.check(&url).is_err(), "{text}");
            assert!(EndpointPolicy::Any.check(&url).is_ok(), "{text}");
        }
        let url = Url::parse("https://1.1.1.1/").unwrap();
        assert!(EndpointPolicy::Public.check(&url).is_ok());
        assert!(EndpointPolicy::Public
            .check(&Url::parse("unix:/run/x").unwrap())
            .is_err());
    }

    #[tokio::test]
    async fn names_of_private_addresses_are_not_resolved() {
        let name: Name = "localhost".parse().unwrap();
        assert!(PublicResolver.resolve(name).await.is_err());
    }
}
