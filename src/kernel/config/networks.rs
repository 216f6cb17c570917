//! Which private networks production may reach. Pure.
//!
//! Rules: a network is not wider than /8, and an address at which clouds serve credentials is allowed only exactly.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use ipnet::{IpNet, Ipv4Net, Ipv6Net};

/// Shortest prefix of a network, so that one typing error does not allow all networks.
const WIDEST: u8 = 8;

/// Addresses of metadata services: AWS, Google, Azure and others; AWS containers; Azure; Alibaba; Oracle.
const METADATA_V4: [Ipv4Addr; 6] = [
    Ipv4Addr::new(169, 254, 169, 254),
    Ipv4Addr::new(169, 254, 170, 2),
    Ipv4Addr::new(169, 254, 170, 23),
    Ipv4Addr::new(168, 63, 129, 16),
    Ipv4Addr::new(100, 100, 100, 200),
    Ipv4Addr::new(192, 0, 0, 192),
];
/// AWS, its containers, and Google.
const METADATA_V6: [Ipv6Addr; 3] = [
    Ipv6Addr::new(0xfd00, 0xec2, 0, 0, 0, 0, 0, 0x254),
    Ipv6Addr::new(0xfd00, 0xec2, 0, 0, 0, 0, 0, 0x23),
    Ipv6Addr::new(0xfd20, 0xce, 0, 0, 0, 0, 0, 0x254),
];
/// Networks whose last 32 bits are an IPv4 address: compatible, mapped, translated, NAT64.
const EMBEDDED: [Ipv6Net; 4] = [
    Ipv6Net::new_assert(Ipv6Addr::UNSPECIFIED, 96),
    Ipv6Net::new_assert(Ipv6Addr::new(0, 0, 0, 0, 0, 0xffff, 0, 0), 96),
    Ipv6Net::new_assert(Ipv6Addr::new(0, 0, 0, 0, 0xffff, 0, 0, 0), 96),
    Ipv6Net::new_assert(Ipv6Addr::new(0x64, 0xff9b, 0, 0, 0, 0, 0, 0), 96),
];

/// Returns why production does not allow the network; `None` if it does.
pub(super) fn refusal(network: &IpNet) -> Option<String> {
    if network.prefix_len() < WIDEST || embedded(network).is_some_and(|network| network.prefix_len() < WIDEST) {
        return Some(format!("{network} is wider than /{WIDEST}; name the networks that are needed"));
    }
    let metadata = metadata_in(network)?;
    let is_exact = network.prefix_len() == network.max_prefix_len();
    (!is_exact).then(|| {
        let length = network.max_prefix_len();
        format!(
            "{network} contains the metadata address {metadata}, which has credentials of this machine; name smaller \
             networks, and {metadata}/{length} only if it is needed"
        )
    })
}

/// Returns the IPv4 network that an IPv6 network contains in the form of IPv6 addresses.
fn embedded(network: &IpNet) -> Option<Ipv4Net> {
    let IpNet::V6(network) = network else { return None };
    let wider = EMBEDDED.iter().find(|range| range.contains(network) || network.contains(*range))?;
    if !wider.contains(network) {
        return Some(Ipv4Net::default());
    }
    let [.., a, b, c, d] = network.network().octets();
    Ipv4Net::new(Ipv4Addr::new(a, b, c, d), network.prefix_len().saturating_sub(96)).ok()
}

fn metadata_in(network: &IpNet) -> Option<IpAddr> {
    let v4 = |network: &Ipv4Net| METADATA_V4.into_iter().find(|address| network.contains(address)).map(IpAddr::from);
    match network {
        IpNet::V4(network) => v4(network),
        IpNet::V6(inner) => METADATA_V6
            .into_iter()
            .find(|address| inner.contains(address))
            .map(IpAddr::from)
            .or_else(|| embedded(network).and_then(|network| v4(&network))),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn refused(network: &str) -> Option<String> {
        refusal(&network.parse().unwrap())
    }

    #[test]
    fn private_networks_and_exact_addresses_are_possible() {
        for network in [
            "10.0.0.0/8",
            "10.1.0.0/16",
            "127.0.0.1/32",
            "172.16.0.0/12",
            "192.168.0.0/16",
            "169.254.169.254/32",
            "168.63.129.16/32",
            "fd12:3456::/32",
            "fd00:ec2::254/128",
            "::1/128",
            "::ffff:10.1.0.0/112",
        ] {
            assert_eq!(refused(network), None, "{network}");
        }
    }

    #[test]
    fn wide_networks_and_metadata_addresses_are_refused() {
        for network in ["0.0.0.0/0", "::/0", "10.0.0.0/7", "0.0.0.0/1", "128.0.0.0/1", "fc00::/7", "::/64"] {
            assert!(refused(network).unwrap().contains("wider than /8"), "{network}");
        }
        for network in ["::ffff:0.0.0.0/96", "::ffff:0.0.0.0/100", "64:ff9b::/96", "64:ff9b::/32", "::/8"] {
            assert!(refused(network).unwrap().contains("wider than /8"), "{network}");
        }
        for network in [
            "169.0.0.0/8",
            "169.254.0.0/16",
            "169.254.169.254/31",
            "100.64.0.0/10",
            "168.63.0.0/16",
            "fd00::/8",
            "fd00:ec2::/32",
            "::ffff:169.254.0.0/112",
            "64:ff9b::169.254.169.0/120",
        ] {
            assert!(refused(network).unwrap().contains("metadata address"), "{network}");
        }
    }

    proptest! {
        #[test]
        fn no_allowed_network_contains_a_metadata_address_with_others(
            bits in any::<u32>(), length in 0_u8..=32, which in 0..METADATA_V4.len(),
        ) {
            let network = Ipv4Net::new(Ipv4Addr::from(bits), length).unwrap();
            let around = Ipv4Net::new(METADATA_V4[which], length).unwrap();
            prop_assert_eq!(refusal(&around.into()).is_none(), length == 32);
            prop_assert!(length >= 8 || refusal(&network.into()).is_some());
        }
    }
}
