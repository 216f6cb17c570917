//! From where a request comes, also behind proxies.
//!
//! Rule: `X-Forwarded-For` is believed as far as it was written by proxies of ours: read from its
//! end, the first address that is none of them is the client.

use std::net::IpAddr;
use std::sync::Arc;

use actix_web::{HttpMessage, HttpRequest, dev::ServiceRequest};
use ipnet::IpNet;

/// The client of a request; in the extensions of every request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ClientAddress(pub IpAddr);

/// Networks of our own proxies.
#[derive(Debug, Clone, Default)]
pub struct TrustedProxies(pub Arc<[IpNet]>);

impl TrustedProxies {
    /// The client of a request that came from `peer`; `forwarded` are the values of the header.
    pub fn client<'a>(&self, peer: IpAddr, forwarded: impl DoubleEndedIterator<Item = &'a str>) -> IpAddr {
        let mut client = peer;
        for hop in forwarded.flat_map(|value| value.split(',')).rev() {
            if !self.trusts(client) {
                break;
            }
            // What cannot be read was not written by a proxy of ours.
            let Ok(address) = hop.trim().parse::<IpAddr>() else { break };
            client = address.to_canonical();
        }
        client
    }

    fn trusts(&self, address: IpAddr) -> bool {
        self.0.iter().any(|network| network.contains(&address))
    }
}

/// Finds the client and keeps it with the request.
pub fn find(request: &ServiceRequest) -> Option<IpAddr> {
    let peer = request.peer_addr()?.ip().to_canonical();
    // What is not text stays in its place, so that what a proxy of ours has appended still counts.
    let forwarded: Vec<_> =
        request.headers().get_all("x-forwarded-for").map(|value| String::from_utf8_lossy(value.as_bytes())).collect();
    let client = match request.app_data::<actix_web::web::Data<TrustedProxies>>() {
        Some(proxies) => proxies.client(peer, forwarded.iter().map(AsRef::as_ref)),
        None => peer,
    };
    request.extensions_mut().insert(ClientAddress(client));
    Some(client)
}

/// The client of a request.
#[must_use]
pub fn of(request: &HttpRequest) -> IpAddr {
    let found = request.extensions().get::<ClientAddress>().map(|client| client.0);
    found.unwrap_or(IpAddr::V4(std::net::Ipv4Addr::UNSPECIFIED))
}

/// What is counted as one client: an address of IPv4, a /56 of IPv6, which one subscriber usually
/// holds.
#[must_use]
pub fn network(address: IpAddr) -> String {
    match address.to_canonical() {
        IpAddr::V4(v4) => format!("{v4}/32"),
        IpAddr::V6(v6) => format!("{}/56", std::net::Ipv6Addr::from(u128::from(v6) >> 72 << 72)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_proxies_of_ours_are_believed() {
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
    fn a_subscriber_of_ipv6_is_one_client() {
        let of = |text: &str| network(text.parse().unwrap());
        assert_eq!(of("2001:db8:12:34ff::1"), "2001:db8:12:3400::/56");
        assert_eq!(of("2001:db8:12:3401:9::2"), of("2001:db8:12:34ff::1"));
        assert_eq!(of("::ffff:192.0.2.1"), "192.0.2.1/32");
    }
}
