//! Tests of the destinations that the sender resolves, refuses and connects to.

use std::sync::atomic::{AtomicUsize, Ordering};

use super::*;

const PRIVATE: IpAddr = IpAddr::V4(std::net::Ipv4Addr::new(10, 0, 0, 1));
/// 127.0.0.1 as an IPv6 address.
const MAPPED: IpAddr = IpAddr::V6(std::net::Ipv6Addr::new(0, 0, 0, 0, 0, 0xffff, 0x7f00, 1));

/// Returns a resolver that returns these results one after another, and the last one from then on.
fn scripted(results: &'static [&'static [IpAddr]]) -> Lookup {
    let calls = AtomicUsize::new(0);
    Arc::new(move |_| {
        let call = calls.fetch_add(1, Ordering::Relaxed);
        let addresses = results[call.min(results.len() - 1)];
        Box::pin(async move { Ok(addresses.to_vec()) })
    })
}

/// Returns a sender for the name `hook.example` on the port of `url`, and the URL to use.
fn named(url: &str, lookup: Lookup, limits: SendLimits) -> (HttpSender, String) {
    let policy = EgressPolicy { allowed_ports: vec![Url::parse(url).unwrap().port().unwrap()], ..local_policy() };
    let sender = HttpSender::with_lookup(policy, limits, lookup).unwrap();
    (sender, url.replace("127.0.0.1", "hook.example"))
}

#[tokio::test]
async fn loopback_is_refused_unless_permitted() {
    let policy = EgressPolicy { allow_http: true, ..EgressPolicy::default() };
    let strict = HttpSender::new(policy, SendLimits::default()).unwrap();
    for url in ["http://127.0.0.1:8443/", "https://2130706433/", "https://0x7f.1/", "https://017700000001/"] {
        let result = strict.send(request(url)).await;
        assert_eq!(result, refused("loopback"), "{url}");
        let fault = EgressFault::Address { range: "loopback" };
        assert_eq!(
            strict.check_destination(&Url::parse(url).unwrap()).await,
            Err(DestinationFault::Refused(fault)),
            "{url}"
        );
    }
    let result = strict.send(request("http://192.168.0.1:8443/")).await;
    assert_eq!(result, refused("private"));
}

#[tokio::test]
async fn connections_use_only_permitted_addresses_of_a_name() {
    let (url, server) = serve("HTTP/1.1 204 No Content\r\n\r\n").await;
    let mixed = scripted(&[&[PRIVATE, LOOPBACK]]);
    let (sender, named_url) = named(&url, mixed, SendLimits::default());
    assert_eq!(sender.send(request(&named_url)).await, responded(204, ""));
    assert!(server.await.unwrap().contains("host: hook.example:"));
}

#[tokio::test]
async fn dns_rebinding_does_not_bypass_the_guard() {
    let (listener, url) = listen().await;
    // The last address is that of the listener in a form that is not permitted.
    let rebinding = scripted(&[&[LOOPBACK], &[PRIVATE], &[MAPPED]]);
    let (sender, named_url) = named(&url, rebinding, SendLimits::default());
    let parsed = Url::parse(&named_url).unwrap();
    assert_eq!(sender.check_destination(&parsed).await, Ok(()));
    assert_eq!(sender.send(request(&named_url)).await, refused("private"));
    assert_eq!(sender.send(request(&named_url)).await, refused("ipv4_mapped"));

    // The first connection is the one that this test makes, so the sender made none.
    let probe = TcpStream::connect(listener.local_addr().unwrap()).await.unwrap();
    let (_, first) = listener.accept().await.unwrap();
    assert_eq!(first, probe.local_addr().unwrap());
}

#[tokio::test]
async fn a_name_is_resolved_once_for_each_connection() {
    let (url, server) = serve("HTTP/1.1 204 No Content\r\n\r\n").await;
    // A second resolution would return an address that is not permitted.
    let (sender, named_url) = named(&url, scripted(&[&[LOOPBACK], &[PRIVATE]]), SendLimits::default());
    assert_eq!(sender.send(request(&named_url)).await, responded(204, ""));
    server.await.unwrap();
}

#[tokio::test]
async fn names_of_private_networks_are_refused_without_a_resolution() {
    let never: Lookup = Arc::new(|name| panic!("{name} was resolved"));
    let sender = HttpSender::with_lookup(local_policy(), SendLimits::default(), never).unwrap();
    for (url, fault) in [
        ("http://localhost:8443/", EgressFault::LocalName),
        ("https://metadata.google.internal/", EgressFault::LocalName),
        ("https://crm/", EgressFault::LocalName),
        ("https://localhost./", EgressFault::TrailingDot),
    ] {
        assert_eq!(sender.send(request(url)).await, SendResult::Refused(fault), "{url}");
        let checked = sender.check_destination(&Url::parse(url).unwrap()).await;
        assert_eq!(checked, Err(DestinationFault::Refused(fault)), "{url}");
    }
}

#[tokio::test]
async fn a_permitted_name_needs_a_permitted_address() {
    let policy = EgressPolicy { allowed_hosts: vec!["crm".into()], ..local_policy() };
    let url = Url::parse("https://crm/").unwrap();
    let refused = DestinationFault::Refused(EgressFault::Address { range: "private" });
    let cases: [(&'static [&'static [IpAddr]], _); 2] = [(&[&[LOOPBACK]], Ok(())), (&[&[PRIVATE]], Err(refused))];
    for (addresses, expected) in cases {
        let sender = HttpSender::with_lookup(policy.clone(), SendLimits::default(), scripted(addresses)).unwrap();
        assert_eq!(sender.check_destination(&url).await, expected);
    }
}

#[tokio::test]
async fn names_that_do_not_resolve_in_time_fail_with_dns() {
    let limits = SendLimits { dns: Duration::from_millis(50), ..SendLimits::default() };
    let lookups: [Lookup; 3] = [
        scripted(&[&[]]),
        Arc::new(|_| Box::pin(async { Err(io::Error::other("no such name")) })),
        Arc::new(|_| Box::pin(std::future::pending())),
    ];
    for lookup in lookups {
        let (sender, url) = named("http://127.0.0.1:8443/", lookup, limits);
        assert_eq!(sender.send(request(&url)).await, failed(reason::DNS));
        let parsed = Url::parse(&url).unwrap();
        let fault = sender.check_destination(&parsed).await;
        assert_eq!(fault, Err(DestinationFault::Unresolved));
    }
}
