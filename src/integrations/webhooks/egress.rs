//! The egress guard, which decides to which destinations requests can be sent. It protects against server-side request
//! forgery (SSRF).
//!
//! Pure. A URL is checked after it is parsed by the WHATWG rules (the `url` crate), so that every unusual spelling of
//! an address is recognised. A name is checked twice: [`check_url`] refuses names of private networks, and the sender
//! resolves the others and passes each address to [`check_ip`], both when an endpoint is saved and for each connection.
//!
//! The guard refuses all ranges that the IANA special-purpose registries (RFC 6890) do not declare globally reachable,
//! every IPv6 form that contains an IPv4 address, and the metadata services of clouds. It cannot know a NAT64 prefix of
//! the operator's own network.

use std::fmt;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use ipnet::{IpNet, Ipv4Net, Ipv6Net};
use url::{Host, Url};

/// The destinations that the operator permits.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EgressPolicy {
    /// Whether `http` is permitted in addition to `https`, and with it port 80.
    pub allow_http: bool,
    /// Ports that are permitted for every host.
    pub allowed_ports: Vec<u16>,
    /// Networks that are permitted even if their range is refused by default. A URL with an IP address in one of them
    /// can use any port; a URL with a name can use only `allowed_ports`, because its addresses are not known when the
    /// port is checked.
    pub allowed_networks: Vec<IpNet>,
    /// Names that are permitted even if they belong to a private network, exactly as a parsed URL contains them: in
    /// lower case and without a dot at the end. Their addresses are still checked.
    pub allowed_hosts: Vec<String>,
}

impl Default for EgressPolicy {
    /// Permits `https` to public addresses on ports 443 and 8443.
    fn default() -> Self {
        Self {
            allow_http: false,
            allowed_ports: vec![443, 8443],
            allowed_networks: Vec::new(),
            allowed_hosts: Vec::new(),
        }
    }
}

impl EgressPolicy {
    fn allows(&self, ip: IpAddr) -> bool {
        self.allowed_networks.iter().any(|net| net.contains(&ip))
    }

    fn permits_port(&self, url: &Url) -> bool {
        url.port_or_known_default().is_some_and(|port| {
            self.allowed_ports.contains(&port) || (port == 80 && self.allow_http && url.scheme() == "http")
        })
    }
}

/// Why a destination is refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum EgressFault {
    /// The scheme is neither `https` nor a permitted `http`.
    Scheme,
    /// The URL has no host.
    Host,
    /// The name ends with a dot, which is another spelling of the name without it.
    TrailingDot,
    /// The name has only one label or belongs to a private network, and is not one of the permitted names.
    LocalName,
    /// The URL contains a user name or a password.
    UserInfo,
    /// The URL contains a fragment, which would never be sent.
    Fragment,
    /// The port is not permitted.
    Port,
    /// The address is in a range that is not permitted.
    Address {
        /// The range, for operators. Do not show it to the caller who chose the URL, because it reveals how names
        /// resolve inside the network.
        range: &'static str,
    },
}

impl EgressFault {
    /// Returns a short stable name for problem codes, metrics and logs.
    pub fn label(self) -> &'static str {
        match self {
            Self::Scheme => "scheme",
            Self::Host => "host",
            Self::TrailingDot => "trailing_dot",
            Self::LocalName => "local_name",
            Self::UserInfo => "userinfo",
            Self::Fragment => "fragment",
            Self::Port => "port",
            Self::Address { .. } => "address",
        }
    }
}

impl fmt::Display for EgressFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Scheme => "the scheme must be https",
            Self::Host => "the URL has no host",
            Self::TrailingDot => "the host name must not end with a dot",
            Self::LocalName => "the name belongs to a private network",
            Self::UserInfo => "the URL must not contain a user name or password",
            Self::Fragment => "the URL must not contain a fragment",
            Self::Port => "the port is not permitted",
            Self::Address { .. } => "the address is not permitted",
        })
    }
}

impl std::error::Error for EgressFault {}

/// Checks a URL, with its name or its IP address. The addresses of a name are checked with [`check_ip`].
///
/// # Errors
/// The first [`EgressFault`] found.
pub fn check_url(url: &Url, policy: &EgressPolicy) -> Result<(), EgressFault> {
    match url.scheme() {
        "https" => {}
        "http" if policy.allow_http => {}
        _ => return Err(EgressFault::Scheme),
    }
    if !url.username().is_empty() || url.password().is_some() {
        return Err(EgressFault::UserInfo);
    }
    if url.fragment().is_some() {
        return Err(EgressFault::Fragment);
    }
    let literal: Option<IpAddr> = match url.host().ok_or(EgressFault::Host)? {
        Host::Domain(name) => {
            check_name(name, policy)?;
            None
        }
        Host::Ipv4(ip) => Some(ip.into()),
        Host::Ipv6(ip) => Some(ip.into()),
    };
    if let Some(ip) = literal {
        check_ip(ip, policy)?;
    }
    if policy.permits_port(url) || literal.is_some_and(|ip| policy.allows(ip)) {
        Ok(())
    } else {
        Err(EgressFault::Port)
    }
}

/// Checks a name as a parsed URL contains it: in lower case, without percent-encoding, and with IDNs in punycode.
///
/// A name of a private network is refused even if its address is permitted, because the machine that resolves it
/// decides what it means: `localhost` is another machine for each replica.
fn check_name(name: &str, policy: &EgressPolicy) -> Result<(), EgressFault> {
    if name.ends_with('.') {
        return Err(EgressFault::TrailingDot);
    }
    if !is_local(name) || policy.allowed_hosts.iter().any(|allowed| allowed == name) {
        Ok(())
    } else {
        Err(EgressFault::LocalName)
    }
}

/// Returns whether a name has only one label, or ends with a label of private networks.
fn is_local(name: &str) -> bool {
    let Some((rest, last)) = name.rsplit_once('.') else { return true };
    LOCAL_LABELS.contains(&last) || (last == "arpa" && rest.rsplit('.').next() == Some("home"))
}

/// Checks one address.
///
/// # Errors
/// [`EgressFault::Address`] when it is not public and in no permitted network.
pub fn check_ip(ip: IpAddr, policy: &EgressPolicy) -> Result<(), EgressFault> {
    if policy.allows(ip) {
        return Ok(());
    }
    let refused = match ip {
        IpAddr::V4(ip) => refused_v4(ip),
        IpAddr::V6(ip) => refused_v6(ip),
    };
    refused.map_or(Ok(()), |range| Err(EgressFault::Address { range }))
}

fn refused_v4(ip: Ipv4Addr) -> Option<&'static str> {
    let found = REFUSED_V4.iter().find(|(net, _)| net.contains(&ip));
    found.map(|(_, range)| *range)
}

fn refused_v6(ip: Ipv6Addr) -> Option<&'static str> {
    let found = REFUSED_V6.iter().find(|(net, _)| net.contains(&ip));
    match found {
        Some((_, range)) => Some(range),
        // IANA has assigned no other range for global use so far.
        None if GLOBAL_V6.contains(&ip) => None,
        None => Some("reserved"),
    }
}

/// Last labels of names that exist in private networks only: special-use names (RFC 6761, RFC 6762 with its appendix
/// G), `internal`, which ICANN reserved for private use, and those that systems and Kubernetes assign by default.
const LOCAL_LABELS: [&str; 10] =
    ["localhost", "localdomain", "local", "internal", "intranet", "private", "corp", "home", "lan", "svc"];

const fn v4(a: u8, b: u8, c: u8, d: u8, length: u8) -> Ipv4Net {
    Ipv4Net::new_assert(Ipv4Addr::new(a, b, c, d), length)
}

const fn v6(s: [u16; 4], length: u8) -> Ipv6Net {
    Ipv6Net::new_assert(Ipv6Addr::new(s[0], s[1], s[2], s[3], 0, 0, 0, 0), length)
}

const REFUSED_V4: [(Ipv4Net, &str); 20] = [
    (v4(0, 0, 0, 0, 8), "unspecified"),
    (v4(10, 0, 0, 0, 8), "private"),
    (v4(100, 64, 0, 0, 10), "carrier_nat"),
    (v4(127, 0, 0, 0, 8), "loopback"),
    // Azure's platform service, inside a public range.
    (v4(168, 63, 129, 16, 32), "metadata"),
    (v4(169, 254, 169, 254, 32), "metadata"),
    (v4(169, 254, 0, 0, 16), "link_local"),
    (v4(172, 16, 0, 0, 12), "private"),
    // Protocol assignments; Oracle's metadata service is at 192.0.0.192.
    (v4(192, 0, 0, 0, 24), "reserved"),
    (v4(192, 0, 2, 0, 24), "documentation"),
    (v4(192, 31, 196, 0, 24), "as112"),
    (v4(192, 52, 193, 0, 24), "amt"),
    (v4(192, 88, 99, 0, 24), "6to4_relay"),
    (v4(192, 168, 0, 0, 16), "private"),
    (v4(192, 175, 48, 0, 24), "as112"),
    (v4(198, 18, 0, 0, 15), "benchmarking"),
    (v4(198, 51, 100, 0, 24), "documentation"),
    (v4(203, 0, 113, 0, 24), "documentation"),
    (v4(224, 0, 0, 0, 4), "multicast"),
    (v4(240, 0, 0, 0, 4), "reserved"),
];

const GLOBAL_V6: Ipv6Net = v6([0x2000, 0, 0, 0], 3);

/// The first match decides the name of the range, so narrower ranges come before wider ones.
const REFUSED_V6: [(Ipv6Net, &str); 18] = [
    (Ipv6Net::new_assert(Ipv6Addr::UNSPECIFIED, 128), "unspecified"),
    (Ipv6Net::new_assert(Ipv6Addr::LOCALHOST, 128), "loopback"),
    (v6([0, 0, 0, 0], 96), "ipv4_compatible"),
    (Ipv6Net::new_assert(Ipv6Addr::new(0, 0, 0, 0, 0, 0xffff, 0, 0), 96), "ipv4_mapped"),
    (Ipv6Net::new_assert(Ipv6Addr::new(0, 0, 0, 0, 0xffff, 0, 0, 0), 96), "ipv4_translated"),
    (v6([0x64, 0xff9b, 0, 0], 96), "nat64"),
    (v6([0x64, 0xff9b, 1, 0], 48), "nat64"),
    (v6([0x100, 0, 0, 0], 63), "discard"),
    (v6([0x2001, 0, 0, 0], 32), "teredo"),
    (v6([0x2001, 2, 0, 0], 48), "benchmarking"),
    (v6([0x2001, 0, 0, 0], 23), "reserved"),
    (v6([0x2001, 0xdb8, 0, 0], 32), "documentation"),
    (v6([0x2002, 0, 0, 0], 16), "6to4"),
    (v6([0x3fff, 0, 0, 0], 20), "documentation"),
    (v6([0xfc00, 0, 0, 0], 7), "unique_local"),
    (v6([0xfe80, 0, 0, 0], 10), "link_local"),
    (v6([0xfec0, 0, 0, 0], 10), "site_local"),
    (v6([0xff00, 0, 0, 0], 8), "multicast"),
];

#[cfg(test)]
#[path = "egress_tests.rs"]
mod tests;
