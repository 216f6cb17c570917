//! Conditions of changes, client addresses behind proxies, and languages.

use std::iter::once;
use std::net::IpAddr;

use actix_web::HttpRequest;
use actix_web::http::StatusCode;
use actix_web::http::header::{HeaderName, HeaderValue, IF_MATCH, IF_NONE_MATCH};
use actix_web::test::TestRequest;
use ipnet::IpNet;

use super::text;
use crate::kernel::config::ForwardedHeader;
use crate::kernel::http::client_address::{TrustedProxies, network, wide_network};
use crate::kernel::http::etag::{ETag, IfMatch};
use crate::kernel::locale::Lang;

/// The version in the conditions of the seeds.
const VERSION: i64 = 7;
const TAG: &[u8] = b"\"v7\"";

/// A condition holds exactly if the header lists the tag of the version, or `*`. The first line is `If-Match`; the
/// second one, if there is one, is `If-None-Match` of a read.
pub fn entity_tag(bytes: &[u8]) -> bool {
    let mut lines = bytes.split(|byte| *byte == b'\n');
    let line = lines.next().unwrap_or_default();
    if let Some(known) = lines.next() {
        check_if_none_match(known);
    }
    let Some(request) = change(IF_MATCH, line) else { return false };
    let condition = match IfMatch::from_request(&request) {
        Ok(condition) => condition,
        Err(refusal) => {
            assert_eq!(refusal.status(), StatusCode::BAD_REQUEST, "{refusal}");
            return false;
        }
    };
    let is_listed = members(line).any(|tag| tag == TAG || tag == b"*");
    assert_eq!(IfMatch::check(condition.as_ref(), VERSION).is_ok(), is_listed);
    assert!(IfMatch::check(condition.as_ref(), 0).is_err(), "what does not exist is changed");
    if let Some(IfMatch::Tags(tags)) = &condition {
        let again = change(IF_MATCH, tags.join(", ").as_bytes());
        assert_eq!(again.and_then(|request| IfMatch::from_request(&request).ok().flatten()), condition);
    }
    true
}

fn check_if_none_match(line: &[u8]) {
    let Some(request) = change(IF_NONE_MATCH, line) else { return };
    let is_listed = members(line).any(|tag| tag == b"*" || tag.strip_prefix(b"W/").unwrap_or(tag) == TAG);
    let is_ascii = line.is_ascii();
    assert_eq!(ETag::of_version(VERSION).matches_none_of(&request), is_listed && is_ascii);
    let creates = IfMatch::from_request(&request).is_ok_and(|condition| condition == Some(IfMatch::Absent));
    assert_eq!(creates, line.trim_ascii() == b"*");
}

fn change(name: HeaderName, value: &[u8]) -> Option<HttpRequest> {
    let value = HeaderValue::from_bytes(value).ok()?;
    Some(TestRequest::put().insert_header((name, value)).to_http_request())
}

fn members(line: &[u8]) -> impl Iterator<Item = &[u8]> {
    line.split(|byte| *byte == b',').map(<[u8]>::trim_ascii)
}

/// The client is the first address that is not a trusted proxy, from the end, and what the client adds itself has no
/// effect. The first line is the address of the peer, the others are values of `X-Forwarded-For`.
pub fn client_address(bytes: &[u8]) -> bool {
    let text = text(bytes);
    let mut lines = text.lines();
    let Some(peer) = lines.next().and_then(|line| line.parse::<IpAddr>().ok()) else { return false };
    let (peer, forwarded): (_, Vec<&str>) = (peer.to_canonical(), lines.collect());
    let trusted: Vec<IpNet> = ["10.0.0.0/8", "2001:db8::/32"].iter().filter_map(|text| text.parse().ok()).collect();
    let trusts = |address: &IpAddr| trusted.iter().any(|network| network.contains(address));
    let proxies = TrustedProxies::new(&trusted, ForwardedHeader::XForwardedFor);
    let client = proxies.client(peer, forwarded.iter().copied());

    let hops = forwarded.iter().flat_map(|value| value.split(',')).map(str::trim).filter(|hop| !hop.is_empty());
    let addresses: Result<Vec<IpAddr>, _> = hops.map(str::parse).collect();
    // Entries with ports and malformed ones are left to the unit tests.
    if let Ok(addresses) = addresses {
        let chain: Vec<IpAddr> = once(peer).chain(addresses.iter().rev().map(IpAddr::to_canonical)).collect();
        assert_eq!(Some(&client), chain.iter().find(|address| !trusts(address)).or(chain.last()));
    }

    for (header, forged) in [
        (ForwardedHeader::XForwardedFor, "203.0.113.66, 10.0.0.1"),
        (ForwardedHeader::Forwarded, "for=203.0.113.66, for=10.0.0.1"),
    ] {
        let proxies = TrustedProxies::new(&trusted, header);
        let client = proxies.client(peer, forwarded.iter().copied());
        if !trusts(&client) {
            assert_eq!(proxies.client(peer, once(forged).chain(forwarded.iter().copied())), client);
        }
    }
    for network in [network(client), wide_network(client)] {
        let network = network.parse::<IpNet>();
        assert!(network.is_ok_and(|network| network.contains(&client) && network.trunc() == network));
    }
    true
}

/// The language is one that is offered, and a malformed member has no effect.
pub fn accept_language(bytes: &[u8]) -> bool {
    let header = text(bytes);
    for default in [Lang::EN, Lang::CS] {
        let chosen = Lang::negotiate(Some(&header), Lang::all(), default);
        assert!(Lang::all().contains(&chosen), "{chosen:?}");
        let longer = format!("{header},cs;q=2,;q=1");
        assert_eq!(Lang::negotiate(Some(&longer), Lang::all(), default), chosen);
    }
    Lang::negotiate(Some(&header), Lang::all(), Lang::EN) != Lang::EN
}
