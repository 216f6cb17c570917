//! Tests of the sender against TCP servers on 127.0.0.1.

use proptest::prelude::*;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinHandle;

use super::*;

#[path = "sender_destination_tests.rs"]
mod destinations;

const LOOPBACK: IpAddr = IpAddr::V4(std::net::Ipv4Addr::LOCALHOST);

fn local_policy() -> EgressPolicy {
    EgressPolicy { allow_http: true, allowed_networks: vec!["127.0.0.0/8".parse().unwrap()], ..EgressPolicy::default() }
}

fn sender() -> HttpSender {
    HttpSender::new(local_policy(), SendLimits::default()).unwrap()
}

fn short(total: Duration) -> HttpSender {
    let limits = SendLimits { total, ..SendLimits::default() };
    HttpSender::new(local_policy(), limits).unwrap()
}

fn request(url: &str) -> OutgoingRequest {
    OutgoingRequest {
        method: Method::POST,
        url: Url::parse(url).unwrap(),
        headers: vec![("content-type".into(), "application/json".into()), ("webhook-id".into(), "evt_1".into())],
        body: b"{\"type\":\"project.activated\"}".to_vec(),
        response_bytes: None,
    }
}

fn failed(reason: &'static str) -> SendResult {
    SendResult::Failed { reason }
}

fn refused(range: &'static str) -> SendResult {
    SendResult::Refused(EgressFault::Address { range })
}

fn responded(status: u16, body: &str) -> SendResult {
    SendResult::Responded { status, retry_after: None, body: body.as_bytes().to_vec() }
}

/// Reads one request, head and body.
async fn read_request(stream: &mut TcpStream) -> String {
    let mut text = String::new();
    loop {
        let mut buffer = [0; 4096];
        let read = stream.read(&mut buffer).await.unwrap();
        assert_ne!(read, 0, "the request ended early: {text}");
        text += std::str::from_utf8(&buffer[..read]).unwrap();
        let Some((head, body)) = text.split_once("\r\n\r\n") else {
            continue;
        };
        let length = head
            .lines()
            .find_map(|line| line.strip_prefix("content-length: "))
            .map_or(0, |length| length.parse().unwrap());
        if body.len() >= length {
            return text;
        }
    }
}

async fn listen() -> (TcpListener, String) {
    let listener = TcpListener::bind((LOOPBACK, 0)).await.unwrap();
    let url = format!("http://{}/hook", listener.local_addr().unwrap());
    (listener, url)
}

/// Starts a server for one request; the task returns the request.
async fn serve(response: impl AsRef<[u8]> + Send + 'static) -> (String, JoinHandle<String>) {
    let (listener, url) = listen().await;
    let task = tokio::spawn(async move {
        let (mut stream, _) = listener.accept().await.unwrap();
        let request = read_request(&mut stream).await;
        stream.write_all(response.as_ref()).await.unwrap();
        request
    });
    (url, task)
}

#[tokio::test]
async fn a_request_is_sent_unchanged() {
    let (url, server) = serve("HTTP/1.1 200 OK\r\ncontent-length: 5\r\n\r\nfine\0").await;
    let result = sender().send(request(&url)).await;
    assert_eq!(result, responded(200, "fine\0"));

    let seen = server.await.unwrap();
    let (head, body) = seen.split_once("\r\n\r\n").unwrap();
    assert!(head.starts_with("POST /hook HTTP/1.1\r\n"), "{head}");
    assert_eq!(body, r#"{"type":"project.activated"}"#);
    let mut names: Vec<_> =
        head.lines().skip(1).filter_map(|line| line.split_once(':')).map(|(name, _)| name).collect();
    names.sort_unstable();
    let expected = ["accept", "content-length", "content-type", "host", "user-agent", "webhook-id"];
    assert_eq!(names, expected, "no accept-encoding and no other additional header");
    assert!(head.contains(&format!("user-agent: {USER_AGENT}\r\n")));
}

#[tokio::test]
async fn a_redirect_is_not_followed() {
    let (target, target_url) = listen().await;
    let response = format!("HTTP/1.1 307 Moved\r\nlocation: {target_url}\r\ncontent-length: 0\r\n\r\n");
    let (url, _server) = serve(response).await;
    assert_eq!(sender().send(request(&url)).await, responded(307, ""));

    // The first connection to the target is the one that this test makes, so no redirect was followed.
    let probe = TcpStream::connect(target.local_addr().unwrap()).await.unwrap();
    let (_, first) = target.accept().await.unwrap();
    assert_eq!(first, probe.local_addr().unwrap());
}

#[tokio::test]
async fn retry_after_is_returned() {
    let (url, _server) = serve("HTTP/1.1 503 Busy\r\nretry-after: 120\r\ncontent-length: 0\r\n\r\n").await;
    let SendResult::Responded { status, retry_after, .. } = sender().send(request(&url)).await else {
        panic!("no response");
    };
    assert_eq!((status, retry_after.as_deref()), (503, Some("120")));
}

#[tokio::test]
async fn an_endless_response_is_cut_off() {
    let (listener, url) = listen().await;
    let server = tokio::spawn(async move {
        let (mut stream, _) = listener.accept().await.unwrap();
        read_request(&mut stream).await;
        let head = "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n";
        stream.write_all(head.as_bytes()).await.unwrap();
        let chunk = format!("1000\r\n{}\r\n", "x".repeat(0x1000));
        // Ends only because the other side closes the connection.
        let mut written = 0;
        while stream.write_all(chunk.as_bytes()).await.is_ok() {
            written += chunk.len();
        }
        written
    });
    let result = sender().send(request(&url)).await;
    assert_eq!(result, responded(200, &"x".repeat(16 * 1024)));
    // The sockets on both sides buffer more than the 16 KiB, but a bounded amount.
    assert!(server.await.unwrap() < 64 << 20);
}

#[tokio::test]
async fn a_request_can_have_a_limit_of_its_own() {
    let (url, _server) = serve(b"HTTP/1.1 200 OK\r\ncontent-length: 4\r\n\r\nabcd").await;
    let limited = OutgoingRequest { response_bytes: Some(3), ..request(&url) };
    assert_eq!(sender().send(limited).await, responded(200, "abc"));
}

#[tokio::test]
async fn a_compressed_response_is_not_decompressed() {
    let response = b"HTTP/1.1 200 OK\r\ncontent-encoding: gzip\r\ncontent-length: 10\r\n\r\n\x1f\x8b\x08\x00\x00\x00\x00\x00\x00\x03";
    let (url, _server) = serve(response).await;
    let SendResult::Responded { status, body, .. } = sender().send(request(&url)).await else { panic!("no response") };
    assert_eq!((status, &body[..3]), (200, &[0x1f, 0x8b, 0x08][..]));
}

#[tokio::test]
async fn unusual_headers_are_harmless() {
    // Bytes other than ASCII are opaque (RFC 9110 section 5.5).
    let odd = b"HTTP/1.1 204 No Content\r\nx-name: P\xf8\xedli\xb9\r\nretry-after: \xff\r\n\r\n";
    let (url, _server) = serve(odd).await;
    assert_eq!(sender().send(request(&url)).await, responded(204, ""));
    // Headers that are far larger than any receiver needs close the connection, so that memory stays bounded.
    let huge = format!("HTTP/1.1 204 No Content\r\nx-huge: {}\r\n\r\n", "x".repeat(4 << 20));
    let (url, server) = serve(huge).await;
    assert_eq!(sender().send(request(&url)).await, failed(reason::NO_ANSWER));
    assert!(server.await.is_err(), "the server wrote the whole response");
    let many = format!("HTTP/1.1 204 No Content\r\n{}\r\n", "x-a: b\r\n".repeat(10_000));
    let (url, _server) = serve(many).await;
    assert_eq!(sender().send(request(&url)).await, failed(reason::NO_ANSWER));
}

#[tokio::test]
async fn a_slow_response_is_cut_off_by_the_deadline() {
    let (listener, url) = listen().await;
    let server = tokio::spawn(async move {
        let (mut stream, _) = listener.accept().await.unwrap();
        read_request(&mut stream).await;
        let head = b"HTTP/1.1 200 OK\r\ncontent-length: 1000\r\n\r\n";
        for byte in head.iter().chain(&[b'x'; 1000]) {
            if stream.write_all(&[*byte]).await.is_err() {
                return;
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        panic!("the response was read to its end");
    });
    // The head alone takes longer than the deadline.
    assert_eq!(short(Duration::from_millis(300)).send(request(&url)).await, failed(reason::TIMEOUT));
    server.await.unwrap();
}

#[tokio::test]
async fn the_status_counts_even_if_the_body_stalls_or_breaks() {
    let (listener, url) = listen().await;
    let server = tokio::spawn(async move {
        let (mut stream, _) = listener.accept().await.unwrap();
        read_request(&mut stream).await;
        let response = "HTTP/1.1 202 Accepted\r\ncontent-length: 9\r\n\r\nhalf";
        stream.write_all(response.as_bytes()).await.unwrap();
        // Waits until the other side closes the connection.
        stream.read(&mut [0]).await.unwrap_or(0)
    });
    let result = short(Duration::from_millis(300)).send(request(&url)).await;
    assert_eq!(result, responded(202, "half"));
    assert_eq!(server.await.unwrap(), 0);

    let (url, _server) = serve("HTTP/1.1 202 Accepted\r\ncontent-length: 9\r\n\r\nhalf").await;
    assert_eq!(sender().send(request(&url)).await, responded(202, "half"));
}

#[tokio::test]
async fn a_receiver_that_never_responds_times_out() {
    // The kernel accepts the connection, but no server responds.
    let (_listener, url) = listen().await;
    let result = short(Duration::from_millis(100)).send(request(&url)).await;
    assert_eq!(result, failed(reason::TIMEOUT));
}

#[tokio::test]
async fn each_failure_has_a_reason() {
    let (url, _server) = serve("SMTP ready\r\n\r\n").await;
    let garbage = sender().send(request(&url)).await;
    assert_eq!(garbage, failed(reason::NO_ANSWER));

    let (url, _server) = serve("").await;
    let closed = sender().send(request(&url)).await;
    assert_eq!(closed, failed(reason::NO_ANSWER));

    let (listener, url) = listen().await;
    drop(listener);
    let unreachable = sender().send(request(&url)).await;
    assert_eq!(unreachable, failed(reason::CONNECT));

    let (listener, url) = listen().await;
    let server = tokio::spawn(async move {
        let (mut stream, _) = listener.accept().await.unwrap();
        stream.write_all(b"220 no TLS here\r\n").await.unwrap();
        let mut rest = Vec::new();
        stream.read_to_end(&mut rest).await.map(|_| rest)
    });
    let plain = sender().send(request(&url.replace("http:", "https:"))).await;
    assert_eq!(plain, failed(reason::TLS));
    // 0x16 starts a TLS handshake: the request itself was not sent unencrypted.
    assert!(server.await.unwrap().is_ok_and(|sent| sent[0] == 0x16));
}

#[tokio::test]
async fn connection_headers_and_malformed_headers_are_rejected() {
    let bad = [
        ("Host", "other.example"),
        ("Content-Length", "0"),
        ("Transfer-Encoding", "chunked"),
        ("x-injected", "a\r\nhost: b"),
        ("bad name", "x"),
        ("", "x"),
    ];
    for (name, value) in bad {
        let (_listener, url) = listen().await;
        let mut request = request(&url);
        request.headers.push((name.into(), value.into()));
        let result = sender().send(request).await;
        assert_eq!(result, failed(reason::INVALID_REQUEST), "{name}");
    }
}

#[tokio::test]
async fn a_connection_is_reused_after_a_short_response() {
    let (listener, url) = listen().await;
    let server = tokio::spawn(async move {
        let (mut stream, _) = listener.accept().await.unwrap();
        for _ in 0..2 {
            read_request(&mut stream).await;
            let response = "HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok";
            stream.write_all(response.as_bytes()).await.unwrap();
        }
    });
    let sender = sender();
    for _ in 0..2 {
        assert_eq!(sender.send(request(&url)).await, responded(200, "ok"));
    }
    server.await.unwrap();
}

proptest! {
    #[test]
    fn an_excerpt_is_short_and_storable(bytes in proptest::collection::vec(any::<u8>(), 0..=EXCERPT_BYTES)) {
        let text = excerpt(&bytes);
        prop_assert!(text.len() <= EXCERPT_BYTES && !text.contains('\0'));
        let whole = String::from_utf8_lossy(&bytes).replace('\0', "\u{fffd}");
        prop_assert!(whole.starts_with(&text) && whole.len() - text.len() <= 2 * bytes.len());
    }
}
