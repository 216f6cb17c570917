use std::sync::Mutex;

use super::*;
use OperationClass::{Expensive, Read, Write};

const A: Client = Client::Network(1);
const B: Client = Client::Network(2);

/// Limits with a stopwatch that the test moves.
fn limits(requests: u32, writes: u32, expensive: u32) -> (RateLimits, impl Fn(u64)) {
    let time = Arc::new(Mutex::new(Duration::ZERO));
    let shown = time.clone();
    let settings = RateLimitSettings { requests, writes, expensive };
    let limits = RateLimits::new(settings, Stopwatch::new(move || *shown.lock().unwrap()));
    (limits, move |seconds| *time.lock().unwrap() += Duration::from_secs(seconds))
}

/// Returns how many of 20 requests are allowed.
fn allowed(limits: &RateLimits, client: Client, class: OperationClass) -> usize {
    (0..20).filter(|_| limits.count(client, class).wait().is_none()).count()
}

fn headers(status: RateLimitStatus) -> Vec<String> {
    let mut headers = HeaderMap::new();
    status.write_headers(&mut headers);
    let text = |name: &str| headers.get(name).map(|value| value.to_str().unwrap().to_owned());
    ["ratelimit-policy", "ratelimit"].into_iter().filter_map(text).collect()
}

#[test]
fn each_client_has_its_own_budget_which_fills_up_again() {
    let (limits, advance) = limits(6, 0, 0);
    assert_eq!((allowed(&limits, A, Read), allowed(&limits, B, Read)), (6, 6));
    assert_eq!(limits.count(A, Read).wait(), Some(11));
    advance(10);
    assert_eq!((allowed(&limits, A, Read), allowed(&limits, A, Read)), (1, 0));
    advance(60);
    assert_eq!(allowed(&limits, A, Write), 6);
}

#[test]
fn classes_have_budgets_of_their_own_within_that_of_all_requests() {
    let (limits, _) = limits(10, 3, 2);
    assert_eq!((allowed(&limits, A, Write), allowed(&limits, A, Expensive)), (3, 2));
    // The requests that were refused have not used the budget of all requests.
    assert_eq!(allowed(&limits, A, Read), 5);
    assert_eq!(allowed(&limits, B, Read), 10);
    assert_eq!(allowed(&limits, B, Write), 0);
}

#[test]
fn zero_is_no_limit() {
    let (limits, _) = limits(0, 0, 1);
    assert_eq!((allowed(&limits, A, Read), allowed(&limits, A, Write), allowed(&limits, A, Expensive)), (20, 20, 1));
    assert_eq!(limits.count_refused(A), RateLimitStatus::default());
    assert_eq!(limits.refusal(A), None);
    assert_eq!(headers(limits.count(A, Read)), Vec::<String>::new());
}

#[test]
fn headers_have_the_budgets_that_the_request_used() {
    let (limits, _) = limits(5, 2, 0);
    let caller = limits.caller(("person", "jana"));
    assert_eq!(headers(limits.count(A, Read)), ["\"address\";q=5;w=60", "\"address\";r=4;t=1"]);
    assert_eq!(
        headers(limits.count(caller, Write)),
        ["\"caller\";q=5;w=60, \"writes\";q=2;w=60", "\"caller\";r=4;t=1, \"writes\";r=1;t=1"]
    );
    assert_eq!(allowed(&limits, caller, Write), 1);
    assert_eq!(headers(limits.count(caller, Write)), ["\"writes\";q=2;w=60", "\"writes\";r=0;t=31"]);
}

#[test]
fn equal_identities_are_one_caller() {
    let (limits, _) = limits(1, 0, 0);
    let caller = |kind: u8, issuer: &str, subject: &str| limits.caller((kind, issuer, subject));
    assert_eq!(caller(1, "a", "jana"), caller(1, "a", "jana"));
    for other in [caller(2, "a", "jana"), caller(1, "b", "jana"), caller(1, "a", "petr"), caller(1, "aj", "ana")] {
        assert_ne!(caller(1, "a", "jana"), other);
    }
}

#[test]
fn a_network_that_guesses_credentials_is_blocked_until_its_budget_fills_up() {
    let (limits, advance) = limits(3, 0, 0);
    for remaining in [2, 1, 0] {
        assert_eq!(limits.refusal(A), None, "{remaining}");
        let status = limits.count_refused(A);
        assert_eq!(headers(status)[1], format!("\"credentials\";r={remaining};t=1"));
    }
    assert_eq!(limits.refusal(A).and_then(|status| status.wait()), Some(21));
    // Others, and requests of the same network without credentials, are not affected.
    assert_eq!((limits.refusal(B), allowed(&limits, A, Read)), (None, 3));
    advance(20);
    assert_eq!(limits.refusal(A), None);
    // One more guess, and no credit for the time in which nothing was counted.
    let _ = limits.count_refused(A);
    assert!(limits.refusal(A).is_some());
}

#[test]
fn counters_of_idle_clients_are_removed() {
    let (limits, advance) = limits(60, 60, 60);
    for number in 0..1_000 {
        let client = Client::Network(number);
        let _ = (limits.count(client, Write), limits.count(client, Expensive));
        for _ in 0..70 {
            let _ = limits.count_refused(client);
        }
    }
    assert_eq!(limits.counters(), 5_000);
    limits.remove_idle();
    assert_eq!(limits.counters(), 5_000);
    advance(120);
    limits.remove_idle();
    assert_eq!(limits.counters(), 0);
}

#[test]
fn parallel_requests_never_exceed_a_budget() {
    let (limits, _) = limits(100, 30, 0);
    let writes: usize = std::thread::scope(|scope| {
        let threads: Vec<_> = (0..20).map(|_| scope.spawn(|| allowed(&limits, A, Write))).collect();
        threads.into_iter().map(|thread| thread.join().unwrap()).sum()
    });
    assert_eq!(writes, 30);
}
