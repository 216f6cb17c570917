//! A visitor who owns an IPv6 /48 has 256 networks (/56), but only one share of the capacity of a day.

use entente::callbacks::requests::erasure;

use super::abuse::{LIMITS, attack, ids_in_state, limited, network_hashes, reason, remaining_by_day};
use super::support::desk::*;
use super::support::*;

/// Returns an address in one of the 256 networks of a /48.
fn address_in_48(network: usize) -> String {
    format!("2001:db8:12:{network:02x}00::1")
}

/// Returns the name of one of the seven windows of a day.
fn window_name(number: usize) -> String {
    let hour = 10 + number % 7;
    format!("{hour}:00-{}:00", hour + 1)
}

#[apply(both)]
async fn the_networks_of_one_48_leave_two_thirds_of_each_day(app: TestApp) {
    let app = limited(app, LIMITS);
    let before = remaining_by_day(&app).await;
    attack(&app, 300, |attempt| address_in_48(attempt % 100)).await;
    let after = remaining_by_day(&app).await;
    for (day, capacity) in &before {
        assert_eq!((*capacity, after[day]), (21, 15), "{day}");
    }
    let refused = create_request_from(&app, &address_in_48(255), 900, window("16:00-17:00")).await.expect(201);
    assert_eq!(reason(&app, &refused).await, "network_day_share");
    for (number, address) in [(901, "2001:db8:13::1"), (902, "203.0.113.7"), (903, "203.0.113.8")] {
        let honest = create_request_from(&app, address, number, window("16:00-17:00")).await.expect(201);
        assert_eq!(read_request(&app, &honest).await["state"], "scheduled", "{address}");
    }
}

#[apply(both)]
async fn parallel_requests_of_one_48_never_exceed_the_share_of_a_day(app: TestApp) {
    let app = limited(app, LIMITS);
    set_capacity(&app, 10).await;
    let replies = at_once(50, |number| {
        let request = app.anonymous().request("POST", PATH).header("X-Forwarded-For", &address_in_48(number));
        let request = request.json(request_body(number, window(&window_name(number))));
        async move { request.send().await }
    })
    .await;
    assert_eq!(with_status(&replies, 201), 50, "{:?}", replies.iter().find(|reply| reply.status != 201));
    // 33 percent of 70 calls.
    assert_eq!((ids_in_state(&app, "scheduled").await.len(), ids_in_state(&app, "quarantined").await.len()), (23, 27));
    assert_eq!(remaining_by_day(&app).await["2027-03-30"], 47);
}

#[apply(both)]
async fn parallel_rescheduling_in_one_48_never_exceeds_the_share_of_a_day(app: TestApp) {
    let app = limited(app, LIMITS);
    let mut receipts = Vec::new();
    for number in 0..20 {
        receipts.push(create_request_from(&app, &address_in_48(number), number, asap()).await.expect(201));
    }
    let replies = at_once(20, |turn| {
        let request = with_secret(&app, &receipts[turn], "reschedule").json(other_time(&window_name(turn)));
        async move { request.send().await }
    })
    .await;
    assert_eq!(with_status(&replies, 200), 20, "{:?}", replies.iter().find(|reply| reply.status != 200));
    // 33 percent of 21 calls.
    assert_eq!((ids_in_state(&app, "scheduled").await.len(), ids_in_state(&app, "quarantined").await.len()), (6, 14));
    assert_eq!(remaining_by_day(&app).await["2027-03-30"], 15);
}

#[apply(both)]
async fn open_requests_are_limited_per_56(app: TestApp) {
    let app = limited(app, LIMITS);
    for number in 0..20 {
        create_request_from(&app, &address_in_48(number), number, asap()).await.expect(201);
    }
    assert_eq!(ids_in_state(&app, "queued_asap").await.len(), 20);
    for number in 21..=25 {
        let receipt = create_request_from(&app, &address_in_48(0), number, asap()).await.expect(201);
        let expected = if number < 25 { Value::Null } else { json!("network_limit") };
        assert_eq!(reason(&app, &receipt).await, expected, "{number}");
    }
}

#[apply(both)]
async fn both_hashes_of_a_network_are_exported_and_erased_together(app: TestApp) {
    create_request_from(&app, &address_in_48(1), 1, asap()).await.expect(201);
    let closed = create_request_from(&app, &address_in_48(2), 2, asap()).await.expect(201);
    let stored = network_hashes(&app, 1).await;
    let (first, second) = (stored.clone(), network_hashes(&app, 2).await);
    assert!(first.0.is_some() && first.0 != second.0, "{first:?} {second:?}");
    assert!(first.0 != first.1 && first.1 == second.1, "{first:?} {second:?}");

    let person = json!({"phone": request_body(1, asap())["phone"]});
    let export = app.admin().post("/v1/data-subjects/export", person).await.expect(200);
    let exported = &export.body["requests"][0];
    assert_eq!((&exported["network_hash"], &exported["wide_network_hash"]), (&json!(first.0), &json!(first.1)));

    with_secret(&app, &closed, "cancel").send().await.expect(200);
    app.state.db.write(erasure::delete_networks).await.unwrap();
    assert_eq!(network_hashes(&app, 2).await, (None, None));
    assert_eq!(network_hashes(&app, 1).await, stored);
}
