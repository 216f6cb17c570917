//! The client address of a request, also behind proxies.
//!
//! Rules: only what trusted proxies wrote counts. Read from its end, the first address that is not a trusted proxy is
//! the client. Only one header is read, `X-Forwarded-For` or `Forwarded`: a proxy usually sets one of them and passes
//! the other one on as the client sent it.

use std::net::IpAddr;
use std::sync::Arc;

use actix_web::{HttpMessage, HttpRequest, dev::ServiceRequest};
use ipnet::{IpNet, Ipv4Net};

use super::forwarded;
use crate::kernel::config::ForwardedHeader;

/// The client address of a request, stored in the extensions of every request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ClientAddress(pub IpAddr);

/// The networks of the trusted proxies, and the header in which they send the address of their client.
#[derive(Debug, Clone)]
pub struct TrustedProxies {
    networks: Arc<[IpNet]>,
    header: ForwardedHeader,
}

impl TrustedProxies {
    /// Creates the set of trusted proxies. Networks of IPv4-mapped IPv6 addresses are those of the IPv4 addresses.
    #[must_use]
    pub fn new(networks: &[IpNet], header: ForwardedHeader) -> Self {
        Self { networks: networks.iter().copied().map(canonical).collect(), header }
    }

    /// Returns the client address of a request from `peer`. `lines` has the values of the header, in their order.
    pub fn client<'a>(&self, peer: IpAddr, lines: impl DoubleEndedIterator<Item = &'a str>) -> IpAddr {
        let mut client = peer.to_canonical();
        let mut addresses = forwarded::addresses(self.header, lines);
        while self.trusts(client) {
            // An entry without an address ends the search: what is before it cannot be attributed to a trusted proxy.
            let Some(Some(address)) = addresses.next() else { break };
            client = address;
        }
        client
    }

    fn trusts(&self, address: IpAddr) -> bool {
        self.networks.iter().any(|network| network.contains(&address))
    }
}

/// Returns the IPv4 network of a network of IPv4-mapped IPv6 addresses.
fn canonical(network: IpNet) -> IpNet {
    let v4 = match (network, network.addr().to_canonical()) {
        (IpNet::V6(mapped), IpAddr::V4(v4)) => {
            mapped.prefix_len().checked_sub(96).and_then(|length| Ipv4Net::new(v4, length).ok())
        }
        _ => None,
    };
    v4.map_or(network, IpNet::V4)
}

/// Determines the client address and stores it in the extensions of the request.
pub fn find(request: &ServiceRequest) -> Option<IpAddr> {
    let peer = request.peer_addr()?.ip().to_canonical();
    let proxies = request.app_data::<actix_web::web::Data<TrustedProxies>>().filter(|proxies| proxies.trusts(peer));
    let client = proxies.map_or(peer, |proxies| {
        let values = request.headers().get_all(proxies.header.name());
        // A value that is not text keeps its position, so that addresses appended by a trusted proxy are still used.
        let lines: Vec<_> = values.map(|value| String::from_utf8_lossy(value.as_bytes())).collect();
        proxies.client(peer, lines.iter().map(AsRef::as_ref))
    });
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

/// Returns the network of [`network`] as a number, which is cheap to hash and to compare.
#[must_use]
pub fn network_number(address: IpAddr) -> u128 {
    match address.to_canonical() {
        IpAddr::V4(v4) => u128::from(v4.to_ipv6_mapped()),
        IpAddr::V6(v6) => u128::from(v6) >> 72 << 72,
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
        let networks: [IpNet; 3] =
            ["10.0.0.0/8", "::1/128", "::ffff:172.16.0.0/108"].map(|network| network.parse().unwrap());
        let proxies = TrustedProxies::new(&networks, ForwardedHeader::XForwardedFor);
        for (peer, forwarded, client) in [
            ("192.0.2.1", vec![], "192.0.2.1"),
            ("192.0.2.1", vec!["198.51.100.7"], "192.0.2.1"),
            ("10.0.0.1", vec!["198.51.100.7"], "198.51.100.7"),
            ("10.0.0.1", vec!["203.0.113.9, 198.51.100.7"], "198.51.100.7"),
            ("10.0.0.1", vec!["203.0.113.9", "198.51.100.7, 10.0.0.2"], "198.51.100.7"),
            ("10.0.0.1", vec!["203.0.113.9, 10.0.0.3, 10.0.0.2"], "203.0.113.9"),
            ("10.0.0.1", vec!["spoofed, 10.0.0.2"], "10.0.0.2"),
            ("10.0.0.1", vec!["198.51.100.7, spoofed, 10.0.0.2"], "10.0.0.2"),
            ("10.0.0.1", vec!["198.51.100.7:1234, [::ffff:10.0.0.2]:80"], "198.51.100.7"),
            ("::ffff:10.0.0.1", vec!["198.51.100.7"], "198.51.100.7"),
            ("172.16.3.4", vec!["198.51.100.7"], "198.51.100.7"),
            ("172.32.3.4", vec!["198.51.100.7"], "172.32.3.4"),
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
        let number = |text: &str| network_number(text.parse().unwrap());
        assert_eq!(number("2001:db8:12:3401:9::2"), number("2001:db8:12:34ff::1"));
        assert_ne!(number("2001:db8:12:3500::1"), number("2001:db8:12:34ff::1"));
        assert_eq!(number("::ffff:192.0.2.1"), number("192.0.2.1"));
        assert_ne!(number("192.0.2.2"), number("192.0.2.1"));
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
