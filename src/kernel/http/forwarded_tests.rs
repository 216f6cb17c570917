use proptest::prelude::*;

use super::*;
use crate::kernel::http::client_address::TrustedProxies;
use ForwardedHeader::{Forwarded, XForwardedFor};

fn read(header: ForwardedHeader, lines: &[&str]) -> Vec<Option<IpAddr>> {
    addresses(header, lines.iter().copied()).collect()
}

#[test]
fn ports_brackets_and_spaces_are_understood() {
    for (entry, address) in [
        ("192.0.2.1", Some("192.0.2.1")),
        (" 192.0.2.1\t", Some("192.0.2.1")),
        ("192.0.2.1:5678", Some("192.0.2.1")),
        ("192.0.2.1:_a.b-c", Some("192.0.2.1")),
        ("2001:db8::1", Some("2001:db8::1")),
        ("[2001:db8::1]", Some("2001:db8::1")),
        ("[2001:db8::1]:443", Some("2001:db8::1")),
        ("::ffff:192.0.2.1", Some("192.0.2.1")),
        ("[::ffff:c000:201]:443", Some("192.0.2.1")),
        ("unknown", None),
        ("_hidden", None),
        ("192.0.2.1:", None),
        ("192.0.2.1:x", None),
        ("192.0.2.1:123456", None),
        ("192.0.2.1:_", None),
        ("192.0.2", None),
        ("192.0.2.01", None),
        ("[192.0.2.1]", None),
        ("[2001:db8::1", None),
        ("[2001:db8::1]443", None),
        ("fe80::1%eth0", None),
        ("\"192.0.2.1\"", None),
        ("example.com", None),
    ] {
        assert_eq!(read(XForwardedFor, &[entry]), [address.map(|text| text.parse().unwrap())], "{entry}");
    }
}

#[test]
fn lines_are_one_list_and_empty_entries_are_left_out() {
    let expected: Vec<Option<IpAddr>> =
        ["192.0.2.3", "192.0.2.2", "192.0.2.1"].iter().map(|text| Some(text.parse().unwrap())).collect();
    assert_eq!(read(XForwardedFor, &["192.0.2.1, ,192.0.2.2,", "", " , 192.0.2.3 ,"]), expected);
    assert_eq!(read(Forwarded, &["for=192.0.2.1,,for=192.0.2.2", "", "for=192.0.2.3,"]), expected);
    assert!(read(XForwardedFor, &[]).is_empty());
}

#[test]
fn entries_of_forwarded_are_read_as_rfc_7239_defines() {
    for (entry, address) in [
        ("for=192.0.2.60;proto=http;by=203.0.113.43", Some("192.0.2.60")),
        ("For=\"[2001:db8:cafe::17]:4711\"", Some("2001:db8:cafe::17")),
        ("for=\"[2001:db8::1]:4711\";proto=https", Some("2001:db8::1")),
        ("proto=https;host=\"a,b;c\\\"d\";FOR=192.0.2.1;", Some("192.0.2.1")),
        ("for=\"192.0.2.1:_port\"", Some("192.0.2.1")),
        ("for=unknown", None),
        ("for=\"_hidden\"", None),
        ("for=_SEVKISEK", None),
        ("proto=https", None),
        ("for=192.0.2.1;for=192.0.2.2", None),
        ("for=\"192.0.2.1", None),
        ("for=\"192.0.2.\\1\"", None),
        ("for=", None),
        ("192.0.2.1", None),
        ("for=192.0.2.1;x", None),
    ] {
        assert_eq!(read(Forwarded, &[entry]), [address.map(|text| text.parse().unwrap())], "{entry}");
    }
}

#[test]
fn an_open_quote_does_not_hide_the_entry_of_the_proxy() {
    for forged in ["for=\"", "for=6.6.6.6;host=\"x", "\"\\", "for=\"6.6.6.6, for=\"\\\""] {
        let line = format!("{forged}, for=192.0.2.1;host=\"a, b\"");
        let first = addresses(Forwarded, [line.as_str()].into_iter()).next();
        assert_eq!(first, Some(Some("192.0.2.1".parse().unwrap())), "{line}");
    }
}

/// Returns how a proxy writes the address of its client.
fn entry(header: ForwardedHeader, client: IpAddr, form: usize) -> String {
    let node = match client {
        IpAddr::V4(v4) => [format!("{v4}"), format!("{v4}:49152")][form % 2].clone(),
        IpAddr::V6(v6) => [format!("[{v6}]"), format!("[{v6}]:49152")][form % 2].clone(),
    };
    match header {
        XForwardedFor if form > 3 => client.to_string(),
        XForwardedFor => node,
        Forwarded => {
            [format!("for=\"{node}\""), format!("proto=https;for=\"{node}\";host=\"a, \\\"b\"")][form / 4].clone()
        }
    }
}

proptest! {
    #[test]
    fn the_client_of_a_trusted_proxy_is_never_an_address_that_the_client_wrote(
        forged in proptest::collection::vec("(\\PC{0,20}|[-a-z0-9.:,;=\"\\[\\]\\\\ _]{0,60}|(for=)?\"?6.6.6.6\"?,? ?){1,3}", 0..4),
        v4 in any::<u16>(),
        v6 in any::<Option<u64>>(),
        form in 0_usize..8,
        same_line in any::<bool>(),
        header in proptest::sample::select(vec![XForwardedFor, Forwarded]),
    ) {
        let client = match v6 {
            Some(bits) => IpAddr::V6(std::net::Ipv6Addr::from((0x2001_0db8_u128 << 96) | u128::from(bits))),
            None => IpAddr::V4(std::net::Ipv4Addr::from(0xc612_0000 | u32::from(v4))),
        };
        let mut lines = forged;
        let appended = entry(header, client, form);
        match lines.last_mut().filter(|_| same_line) {
            Some(line) => *line = format!("{line}, {appended}"),
            None => lines.push(appended),
        }
        let proxies = TrustedProxies::new(&["10.0.0.0/8".parse().unwrap()], header);
        let found = proxies.client("10.0.0.1".parse().unwrap(), lines.iter().map(String::as_str));
        prop_assert_eq!(found, client, "{:?}", lines);
    }

    #[test]
    fn text_of_any_kind_does_not_panic(lines in proptest::collection::vec("\\PC{0,60}|[,;=\"\\\\\\[\\]for:.0-9 ]{0,60}", 0..4)) {
        for header in [XForwardedFor, Forwarded] {
            addresses(header, lines.iter().map(String::as_str)).for_each(drop);
        }
    }
}
