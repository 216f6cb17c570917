//! Tests of the egress guard: a table of URLs, and a simple reference implementation for the IPv4 ranges.

use proptest::prelude::*;

use super::*;

const fn address(range: &'static str) -> Result<(), EgressFault> {
    Err(EgressFault::Address { range })
}

fn check(text: &str, policy: &EgressPolicy) -> Result<(), EgressFault> {
    check_url(&Url::parse(text).unwrap(), policy)
}

/// Returns a policy that permits loopback over plain HTTP, as for development and tests.
fn local() -> EgressPolicy {
    EgressPolicy {
        allow_http: true,
        allowed_networks: vec!["127.0.0.0/8".parse().unwrap(), "::1/128".parse().unwrap()],
        ..EgressPolicy::default()
    }
}

#[test]
fn the_default_policy_checks_urls() {
    use EgressFault::{Fragment, Port, Scheme, UserInfo};
    let cases = [
        // Ordinary URLs, and names with unusual but harmless spellings.
        ("https://example.com/hook?x=1", Ok(())),
        ("https://EXAMPLE.com:443/", Ok(())),
        ("https://example.com:8443/", Ok(())),
        ("https://@example.com/", Ok(())),
        ("https://\u{ff45}xample.com/", Ok(())),
        ("https://8.8.8.8/", Ok(())),
        ("https://[2606:4700:4700::1111]/", Ok(())),
        // Public names are checked later, by their addresses.
        ("https://127.0.0.1.nip.example/", Ok(())),
        ("https://127.0.0.0x1g/", Ok(())),
        // Scheme, user information, fragment and port.
        ("http://example.com/", Err(Scheme)),
        ("ftp://example.com/", Err(Scheme)),
        ("file:///etc/passwd", Err(Scheme)),
        ("gopher://127.0.0.1:6379/_", Err(Scheme)),
        ("data:text/plain,x", Err(Scheme)),
        ("unix:/run/docker.sock", Err(Scheme)),
        ("https://user@example.com/", Err(UserInfo)),
        ("https://:secret@example.com/", Err(UserInfo)),
        ("https://8.8.8.8@127.0.0.1/", Err(UserInfo)),
        ("https://example.com/#part", Err(Fragment)),
        ("https://example.com/#", Err(Fragment)),
        ("https://example.com:80/", Err(Port)),
        ("https://example.com:22/", Err(Port)),
        ("https://example.com:0/", Err(Port)),
        ("https://8.8.8.8:6379/", Err(Port)),
        // Spellings of IPv4 addresses.
        ("https://127.0.0.1/", address("loopback")),
        ("https://127.0.0.1./", address("loopback")),
        ("https://127.1/", address("loopback")),
        ("https://127.0.1/", address("loopback")),
        ("https://2130706433/", address("loopback")),
        ("https://017700000001/", address("loopback")),
        ("https://0x7f000001/", address("loopback")),
        ("https://0x7f.0.0.1/", address("loopback")),
        ("https://0177.0.0.01/", address("loopback")),
        ("https://0x7F.1/", address("loopback")),
        ("https://127.255.255.254:22/", address("loopback")),
        ("https://%31%32%37.0.0.1/", address("loopback")),
        ("https://\u{ff11}\u{ff12}\u{ff17}.0.0.1/", address("loopback")),
        ("https://127\u{3002}0\u{3002}0\u{3002}1/", address("loopback")),
        ("https:\\\\127.0.0.1\\", address("loopback")),
        ("https:127.0.0.1", address("loopback")),
        ("https://\t127.0.\n0.1/", address("loopback")),
        ("https://0/", address("unspecified")),
        ("https://0.0.0.0/", address("unspecified")),
        ("https://0x/", address("unspecified")),
        ("https://10.1/", address("private")),
        ("https://172.31.255.255/", address("private")),
        ("https://192.168.0.1/", address("private")),
        ("https://169.254.169.254/latest/meta-data", address("metadata")),
        ("https://2852039166/", address("metadata")),
        ("https://0xA9.0xFE.0xA9.0xFE/", address("metadata")),
        ("https://0251.0376.0251.0376/", address("metadata")),
        ("https://168.63.129.16/", address("metadata")),
        ("https://100.100.100.200/", address("carrier_nat")),
        ("https://192.0.0.192/", address("reserved")),
        ("https://255.255.255.255/", address("reserved")),
        // Spellings of IPv6 addresses.
        ("https://[::]/", address("unspecified")),
        ("https://[::1]/", address("loopback")),
        ("https://[0:0:0:0:0:0:0:1]/", address("loopback")),
        ("https://[0000:0000::0001]/", address("loopback")),
        ("https://[::127.0.0.1]/", address("ipv4_compatible")),
        ("https://[::ffff:127.0.0.1]/", address("ipv4_mapped")),
        ("https://[::ffff:7f00:1]/", address("ipv4_mapped")),
        ("https://[::FFFF:8.8.8.8]/", address("ipv4_mapped")),
        ("https://[0:0:0:0:0:ffff:a9fe:a9fe]/", address("ipv4_mapped")),
        ("https://[::ffff:0:127.0.0.1]/", address("ipv4_translated")),
        ("https://[64:ff9b::a9fe:a9fe]/", address("nat64")),
        ("https://[64:ff9b:1::10.0.0.1]/", address("nat64")),
        ("https://[2002:7f00:1::]/", address("6to4")),
        ("https://[2001:0:53aa:64c::1]/", address("teredo")),
        ("https://[fd00:ec2::254]/", address("unique_local")),
        ("https://[fe80::1]/", address("link_local")),
        ("https://[fec0::1]/", address("site_local")),
        ("https://[ff02::1]/", address("multicast")),
        ("https://[5f00::1]/", address("reserved")),
    ];
    for (text, expected) in cases {
        assert_eq!(check(text, &EgressPolicy::default()), expected, "{text}");
    }
}

#[test]
fn malformed_urls_are_rejected_by_the_parser() {
    // The parser rejects these, so they never reach a lenient resolver.
    for text in [
        "https://",
        "https:///",
        "https://256.256.256.256/",
        "https://1.2.3.4.5/",
        "https://0x100000000/",
        "https://[::1",
        "https://[fe80::1%25eth0]/",
        "https://[::ffff:127.0.0.256]/",
        "https://exa mple.com/",
        "https://example.com%00.evil.example/",
        "https://example.com:99999/",
        "//example.com/",
    ] {
        let parsed = Url::parse(text);
        assert!(parsed.is_err(), "{text} parsed as {parsed:?}");
    }
}

#[test]
fn allowed_networks_permit_any_port_and_nothing_else() {
    use EgressFault::{Fragment, LocalName, Port, Scheme, UserInfo};
    let cases = [
        ("http://127.0.0.1:41234/", Ok(())),
        ("https://2130706433:9/", Ok(())),
        ("http://[::1]:8080/", Ok(())),
        ("http://example.com/", Ok(())),
        ("http://example.com:8443/", Ok(())),
        ("http://example.com:41234/", Err(Port)),
        // A permitted network does not permit a name.
        ("http://localhost:8443/", Err(LocalName)),
        ("https://example.com:80/", Err(Port)),
        ("http://8.8.8.8:8080/", Err(Port)),
        ("http://u@127.0.0.1/", Err(UserInfo)),
        ("http://127.0.0.1/#x", Err(Fragment)),
        ("ws://127.0.0.1/", Err(Scheme)),
        ("http://10.0.0.1/", address("private")),
        ("http://[::ffff:127.0.0.1]/", address("ipv4_mapped")),
    ];
    for (text, expected) in cases {
        assert_eq!(check(text, &local()), expected, "{text}");
    }
    let https_only = EgressPolicy { allow_http: false, ..local() };
    assert_eq!(check("http://127.0.0.1:8080/", &https_only), Err(Scheme));
    assert_eq!(check("https://127.0.0.1:8080/", &https_only), Ok(()));
}

#[test]
fn names_of_private_networks_are_refused_in_every_spelling() {
    use EgressFault::{LocalName, TrailingDot};
    let cases = [
        ("https://localhost/", Err(LocalName)),
        ("https://LocalHost/", Err(LocalName)),
        ("https://%6cocal%68ost/", Err(LocalName)),
        ("https://\u{ff4c}\u{ff4f}calhost/", Err(LocalName)),
        ("https://local\u{ad}host/", Err(LocalName)),
        ("https://\u{24db}ocalhost/", Err(LocalName)),
        ("https://app.localhost/", Err(LocalName)),
        ("https://app\u{3002}LOCALHOST/", Err(LocalName)),
        ("https://db.localdomain/", Err(LocalName)),
        ("https://printer.local/", Err(LocalName)),
        ("https://metadata.google.internal/", Err(LocalName)),
        ("https://host.docker.internal/", Err(LocalName)),
        ("https://kubernetes.default.svc/", Err(LocalName)),
        ("https://kubernetes.default.svc.cluster.local/", Err(LocalName)),
        ("https://router.home.arpa/", Err(LocalName)),
        ("https://home.arpa/", Err(LocalName)),
        ("https://nas.lan/", Err(LocalName)),
        ("https://crm.corp/", Err(LocalName)),
        // One label, also as an IDN or in punycode.
        ("https://crm/", Err(LocalName)),
        ("https://com/", Err(LocalName)),
        ("https://b\u{fc}ro/", Err(LocalName)),
        ("https://xn--bro-hoa/", Err(LocalName)),
        // A dot at the end, also in the other spellings of a dot.
        ("https://localhost./", Err(TrailingDot)),
        ("https://localhost%2E/", Err(TrailingDot)),
        ("https://localhost\u{3002}/", Err(TrailingDot)),
        ("https://crm./", Err(TrailingDot)),
        ("https://example.com./hook", Err(TrailingDot)),
        // Public names that only look similar.
        ("https://localhost.example.com/", Ok(())),
        ("https://internal.example.com/", Ok(())),
        ("https://notlocal.example.com/", Ok(())),
        ("https://crm.mylocal.com/", Ok(())),
        ("https://home.arpa.example.com/", Ok(())),
        ("https://b\u{fc}ro.example.com/", Ok(())),
        ("https://xn--bro-hoa.example.com/", Ok(())),
    ];
    // A name that the operator permits, and networks, permit no other name.
    let permissive = EgressPolicy {
        allowed_hosts: vec!["intranet.corp.internal".into()],
        allowed_networks: vec!["0.0.0.0/0".parse().unwrap(), "::/0".parse().unwrap()],
        ..EgressPolicy::default()
    };
    for (text, expected) in cases {
        for policy in [&EgressPolicy::default(), &permissive] {
            assert_eq!(check(text, policy), expected, "{text}");
        }
    }
}

#[test]
fn names_that_the_operator_permits_are_compared_exactly() {
    use EgressFault::{LocalName, Port, Scheme, TrailingDot};
    let policy = EgressPolicy {
        allowed_hosts: vec!["crm".into(), "crm.corp.internal".into(), "xn--bro-hoa.internal".into()],
        ..EgressPolicy::default()
    };
    let cases = [
        ("https://crm/hook", Ok(())),
        ("https://CRM:8443/", Ok(())),
        ("https://crm.corp.internal/", Ok(())),
        ("https://CRM\u{ff0e}Corp.Internal/", Ok(())),
        ("https://B\u{dc}RO.internal/", Ok(())),
        ("https://example.com/", Ok(())),
        ("https://crm./", Err(TrailingDot)),
        ("https://crm.corp.internal./", Err(TrailingDot)),
        ("https://corp.internal/", Err(LocalName)),
        ("https://other.crm.corp.internal/", Err(LocalName)),
        ("https://evil-crm.corp.internal/", Err(LocalName)),
        ("https://crm.corp/", Err(LocalName)),
        ("https://crm2/", Err(LocalName)),
        // Only the name is permitted, no other port or scheme.
        ("https://crm:22/", Err(Port)),
        ("http://crm/", Err(Scheme)),
    ];
    for (text, expected) in cases {
        assert_eq!(check(text, &policy), expected, "{text}");
    }
}

/// The reference implementation: returns whether an IPv4 address is public, by its octets.
fn is_public(ip: Ipv4Addr) -> bool {
    let [a, b, c, d] = ip.octets();
    let special = ip.is_private()
        || ip.is_loopback()
        || ip.is_link_local()
        || ip.is_broadcast()
        || ip.is_documentation()
        || ip.is_multicast()
        || a == 0
        || a >= 240
        || (a == 100 && (64..128).contains(&b))
        || (a == 198 && (b == 18 || b == 19))
        || (a == 192 && b == 0 && c == 0)
        || [(192, 31, 196), (192, 52, 193), (192, 88, 99), (192, 175, 48)].contains(&(a, b, c))
        || (a, b, c, d) == (168, 63, 129, 16);
    !special
}

/// Checks the addresses at and next to the bounds of every range, where a mask may be wrong.
#[test]
fn bounds_of_the_ipv4_ranges_are_exact() {
    for (net, range) in REFUSED_V4 {
        let (first, last) = (net.network().to_bits(), net.broadcast().to_bits());
        for bits in [first.wrapping_sub(1), first, last, last.wrapping_add(1)] {
            let ip = Ipv4Addr::from_bits(bits);
            let public = check_ip(ip.into(), &EgressPolicy::default()).is_ok();
            assert_eq!(public, is_public(ip), "{ip} near {range}");
        }
    }
}

proptest! {
    #[test]
    fn a_local_name_is_refused_below_any_labels(labels in proptest::collection::vec("[a-z][a-z0-9]{0,9}", 0..4)) {
        for last in LOCAL_LABELS.into_iter().chain(["home.arpa"]) {
            let name = labels.iter().map(String::as_str).chain([last]).collect::<Vec<_>>().join(".");
            let policy = EgressPolicy::default();
            for (spelling, fault) in [
                (name.clone(), EgressFault::LocalName),
                (name.to_uppercase(), EgressFault::LocalName),
                (format!("{name}."), EgressFault::TrailingDot),
            ] {
                prop_assert_eq!(check(&format!("https://{spelling}/"), &policy), Err(fault), "{}", spelling);
            }
        }
    }

    #[test]
    fn ipv4_matches_the_reference_implementation(octets: [u8; 4]) {
        let ip = Ipv4Addr::from(octets);
        let public = check_ip(ip.into(), &EgressPolicy::default()).is_ok();
        prop_assert_eq!(public, is_public(ip));
    }

    #[test]
    fn every_spelling_of_an_ipv4_address_has_the_same_result(octets: [u8; 4]) {
        let ip = Ipv4Addr::from(octets);
        let [a, b, c, d] = octets;
        let policy = EgressPolicy::default();
        let expected = check_ip(ip.into(), &policy);
        for host in [
            format!("{ip}."),
            format!("{}", ip.to_bits()),
            format!("{:#x}", ip.to_bits()),
            format!("0{:o}", ip.to_bits()),
            format!("{a:#x}.0{b:o}.{}", u16::from_be_bytes([c, d])),
        ] {
            prop_assert_eq!(check(&format!("https://{host}/"), &policy), expected, "{}", host);
        }
    }

    #[test]
    fn no_ipv6_form_of_an_ipv4_address_is_permitted(high: u16, low: u16, rest: [u16; 5]) {
        let [p, q, r, s, t] = rest;
        for ip in [
            Ipv6Addr::new(0, 0, 0, 0, 0, 0, high, low),
            Ipv6Addr::new(0, 0, 0, 0, 0, 0xffff, high, low),
            Ipv6Addr::new(0, 0, 0, 0, 0xffff, 0, high, low),
            Ipv6Addr::new(0x64, 0xff9b, 0, 0, 0, 0, high, low),
            Ipv6Addr::new(0x64, 0xff9b, 1, p, q, r, high, low),
            Ipv6Addr::new(0x2001, 0, p, q, r, s, high, low),
            Ipv6Addr::new(0x2002, high, low, p, q, r, s, t),
        ] {
            prop_assert!(check_ip(ip.into(), &EgressPolicy::default()).is_err(), "{ip}");
        }
    }

    #[test]
    fn only_global_unicast_ipv6_is_permitted(segments: [u16; 8]) {
        let ip = Ipv6Addr::from(segments);
        if check_ip(ip.into(), &EgressPolicy::default()).is_ok() {
            prop_assert_eq!(segments[0] >> 13, 1);
            prop_assert!(!(ip.is_multicast() || ip.is_loopback() || ip.is_unspecified()));
        }
    }
}
