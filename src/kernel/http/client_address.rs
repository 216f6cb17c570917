//! The client address of a request, also behind proxies.
//!
//! Rule: `X-Forwarded-For` is used only as far as trusted proxies wrote it. Read from its end, the first address that
//! is not a trusted proxy is the client.

use std::net::IpAddr;
use std::sync::Arc;

use actix_web::{HttpMessage, HttpRequest, dev::ServiceRequest};
use ipnet::IpNet;

/// The client address of a request, stored in the extensions of every request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ClientAddress(pub IpAddr);

/// The networks of the trusted proxies.
#[derive(Debug, Clone, Default)]
pub struct TrustedProxies(pub Arc<[IpNet]>);

impl TrustedProxies {
    /// Returns the client address of a request from `peer`. `forwarded` has the values of `X-Forwarded-For`.
    pub fn client<'a>(&self, peer: IpAddr, forwarded: impl DoubleEndedIterator<Item = &'a str>) -> IpAddr {
        let mut client = peer;
        for hop in forwarded.flat_map(|value| value.split(',')).rev() {
            if !self.trusts(client) {
                break;
            }
            // A value that is not an address was not written by a trusted proxy.
            let Ok(address) = hop.trim().parse::<IpAddr>() else { break };
            client = address.to_canonical();
        }
        client
    }

    fn trusts(&self, address: IpAddr) -> bool {
        self.0.iter().any(|network| network.contains(&address))
    }
}

/// Determines the client address and stores it in the extensions of the request.
pub fn find(request: &ServiceRequest) -> Option<IpAddr> {
    let peer = request.peer_addr()?.ip().to_canonical();
    // A value that is not text keeps its position, so that addresses appended by a trusted proxy are still used.
    let forwarded: Vec<_> =
        request.headers().get_all("x-forwarded-for").map(|value| String::from_utf8_lossy(value.as_bytes())).collect();
    let client = match request.app_data::<actix_web::web::Data<TrustedProxies>>() {
        Some(proxies) => proxies.client(peer, forwarded.iter().map(AsRef::as_ref)),
        None => peer,
    };
    request.extensions_mut().insert(ClientAddress(client));
    Some(client)
}

/// Returns the client address of a request.
#[must_use]
pub fn of(request: &HttpRequest) -> IpAddr {
    let found = request.extensions().get::<ClientAddress>().map(|client| client.0);
    found.unwrap_or(IpAddr::V4(std::net::Ipv4Addr::UNSPECIFIED))
}

/// Returns the network that counts as one client: an IPv4 address, or an IPv6 /56, which is usually one subscriber.
#[must_use]
pub fn network(address: IpAddr) -> String {
    match address.to_canonical() {
        IpAddr::V4(v4) => format!("{v4}/32"),
        IpAddr::V6(v6) => format!("{}/56", std::net::Ipv6Addr::from(u128::from(v6) >> 72 << 72)),
    }
}

/// Returns the largest network that is usually assigned to one client: an IPv4 address, or an IPv6 /48.
#[must_use]
pub fn wide_network(address: IpAddr) -> String {
    match address.to_canonical() {
        IpAddr::V4(v4) => format!("{v4}/32"),
        IpAddr::V6(v6) => ipv6_48(v6),
    }
}

/// Returns the network of an address for logs, which does not identify a person: /24 of IPv4, /48 of IPv6.
#[must_use]
pub fn network_for_logs(address: IpAddr) -> String {
    match address.to_canonical() {
        IpAddr::V4(v4) => format!("{}/24", std::net::Ipv4Addr::from(u32::from(v4) >> 8 << 8)),
        IpAddr::V6(v6) => ipv6_48(v6),
    }
}

fn ipv6_48(address: std::net::Ipv6Addr) -> String {
    format!("{}/48", std::net::Ipv6Addr::from(u128::from(address) >> 80 << 80))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_trusted_proxies_are_believed() {
        let proxies = TrustedProxies(["10.0.0.0/8".parse().unwrap(), "::1/128".parse().unwrap()].into());
        for (peer, forwarded, client) in [
            ("192.0.2.1", vec![], "192.0.2.1"),
            ("192.0.2.1", vec!["198.51.100.7"], "192.0.2.1"),
            ("10.0.0.1", vec!["198.51.100.7"], "198.51.100.7"),
            ("10.0.0.1", vec!["203.0.113.9, 198.51.100.7"], "198.51.100.7"),
            ("10.0.0.1", vec!["203.0.113.9", "198.51.100.7, 10.0.0.2"], "198.51.100.7"),
            ("10.0.0.1", vec!["203.0.113.9, 10.0.0.3, 10.0.0.2"], "203.0.113.9"),
            ("10.0.0.1", vec!["spoofed, 10.0.0.2"], "10.0.0.2"),
            ("10.0.0.1", vec![], "10.0.0.1"),
            ("::1", vec!["::ffff:198.51.100.7"], "198.51.100.7"),
        ] {
            let found = proxies.client(peer.parse().unwrap(), forwarded.iter().copied());
            assert_eq!(found, client.parse::<IpAddr>().unwrap(), "{peer} {forwarded:?}");
        }
    }

    #[test]
    fn an_ipv6_subscriber_is_one_client() {
        let of = |text: &str| network(text.parse().unwrap());
        assert_eq!(of("2001:db8:12:34ff::1"), "2001:db8:12:3400::/56");
        assert_eq!(of("2001:db8:12:3401:9::2"), of("2001:db8:12:34ff::1"));
        assert_eq!(of("::ffff:192.0.2.1"), "192.0.2.1/32");
    }

    #[test]
    fn a_wide_network_includes_every_network_of_a_48() {
        let of = |text: &str| wide_network(text.parse().unwrap());
        assert_eq!(of("2001:db8:12:34ff::1"), "2001:db8:12::/48");
        assert_eq!(of("2001:db8:12:ffff:9::2"), of("2001:db8:12::1"));
        assert_ne!(of("2001:db8:13::1"), of("2001:db8:12::1"));
        // IPv4 addresses of one /24 belong to different clients.
        for text in ["192.0.2.77", "::ffff:192.0.2.77"] {
            assert_eq!((of(text), network(text.parse().unwrap())), ("192.0.2.77/32".into(), "192.0.2.77/32".into()));
        }
    }

    #[test]
    fn logs_contain_networks_of_many_callers() {
        let of = |text: &str| network_for_logs(text.parse().unwrap());
        assert_eq!(of("2001:db8:12:34ff::1"), "2001:db8:12::/48");
        assert_eq!(of("192.0.2.77"), "192.0.2.0/24");
        assert_eq!(of("::ffff:192.0.2.77"), "192.0.2.0/24");
    }
}
