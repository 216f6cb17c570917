//! Concurrent callback requests: the limits per telephone number and per slot hold, and no request fails because of a
//! lock conflict.

use super::support::desk::*;
use super::support::*;

/// Returns the bodies of the replies with any other status.
fn others<'a>(replies: &'a [Reply], expected: &[u16]) -> Vec<&'a Value> {
    replies.iter().filter(|reply| !expected.contains(&reply.status)).map(|reply| &reply.body).collect()
}

#[apply(both)]
async fn parallel_rescheduling_never_exceeds_the_capacity(app: TestApp) {
    set_capacity(&app, 3).await;
    let mut receipts = Vec::new();
    for number in 0..20 {
        receipts.push(create_request(&app, number, asap()).await.expect(201));
    }
    let replies = at_once(20, |turn| {
        let request = with_secret(&app, &receipts[turn], "reschedule").json(other_time("11:00-12:00"));
        async move { request.send().await }
    })
    .await;
    assert_eq!((with_status(&replies, 200), with_status(&replies, 409)), (3, 17));
    assert_eq!(capacity_remaining(&app, "20270330T0900Z").await, 0);
}

#[apply(both)]
async fn parallel_requests_of_a_visitor_are_limited_to_two(app: TestApp) {
    for address in ["192.0.2.1", "192.0.2.2"] {
        create_request_from(&app, address, 1, asap()).await.expect(201);
    }
    for number in [1, 2] {
        let replies = at_once(20, |_| {
            let request = app
                .anonymous()
                .request("POST", PATH)
                .header("X-Forwarded-For", "198.51.100.7")
                .json(request_body(number, window("11:00-12:00")));
            async move { request.send().await }
        })
        .await;
        let statuses = (with_status(&replies, 201), with_status(&replies, 429));
        assert_eq!(statuses, (2, 18), "{number}: {:?}", others(&replies, &[201, 429]));
        set_capacity(&app, 10).await;
    }
}

#[apply(both)]
async fn a_request_is_never_linked_to_a_closed_request(app: TestApp) {
    let worker = agent(&app, "a").await;
    for number in 0..10 {
        let first = create_request_from(&app, "192.0.2.1", number, asap()).await.expect(201);
        let cancel = format!("{PATH}/{}/cancel", first.id());
        let replies = at_once(6, |turn| {
            let request = match turn {
                0 => worker.request("POST", &cancel).json(json!({})),
                _ => app
                    .anonymous()
                    .request("POST", PATH)
                    .header("X-Forwarded-For", &format!("198.51.100.{turn}"))
                    .json(request_body(number, asap())),
            };
            async move { request.send().await }
        })
        .await;
        assert!(others(&replies, &[200, 201]).is_empty(), "{:?}", others(&replies, &[200, 201]));
        let all = agent(&app, "a").await.get(&format!("{PATH}?limit=100&state=queued_asap")).await.expect(200);
        let data = all.body["data"].as_array().unwrap();
        let phone = request_body(number, asap())["phone"].as_str().unwrap().replace(' ', "");
        let of_number: Vec<_> = data.iter().filter(|one| one["phone"].as_str().unwrap().ends_with(&phone)).collect();
        let leaders: Vec<_> =
            of_number.iter().filter(|one| one["linked_to"].is_null()).map(|one| one["id"].clone()).collect();
        assert_eq!(leaders.len(), 1, "{of_number:?}");
        assert!(
            of_number.iter().all(|one| one["linked_to"].is_null() || leaders.contains(&one["linked_to"])),
            "{of_number:?}"
        );
    }
}

#[apply(both)]
async fn parallel_requests_of_a_program_are_limited_to_two(app: TestApp) {
    let replies = at_once(20, |_| {
        let mut body = request_body(1, asap());
        body["form"] = json!({"honeypot": "filled in"});
        let request = app.anonymous().request("POST", PATH).json(body);
        async move { request.send().await }
    })
    .await;
    let statuses = (with_status(&replies, 201), with_status(&replies, 429));
    assert_eq!(statuses, (2, 18), "{:?}", others(&replies, &[201, 429]));
}

#[apply(both)]
async fn a_rerouted_request_still_counts_for_its_number(app: TestApp) {
    let mut open = Vec::new();
    for number in 0..8 {
        open.push(create_request_from(&app, "192.0.2.1", number, asap()).await.expect(201));
    }
    let worker = agent(&app, "a").await;
    let replies = at_once(24, |turn| {
        let (number, kind) = (turn / 3, turn % 3);
        let request = match kind {
            1 => worker.request("POST", &format!("{PATH}/{}/reroute", open[number].id())).json(json!({})),
            _ => {
                let request =
                    app.anonymous().request("POST", PATH).header("X-Forwarded-For", &format!("198.51.100.{kind}"));
                request.json(request_body(number, asap()))
            }
        };
        async move { request.send().await }
    })
    .await;
    assert!(others(&replies, &[200, 201]).is_empty(), "{:?}", others(&replies, &[200, 201]));
    // Two open requests per number; all others are quarantined.
    for (state, count) in [("queued_asap", 16), ("quarantined", 8)] {
        let found = agent(&app, "a").await.get(&format!("{PATH}?limit=100&state={state}")).await.expect(200);
        assert_eq!(found.body["data"].as_array().unwrap().len(), count, "{state}");
    }
}

#[apply(both)]
async fn parallel_releases_never_exceed_the_limit_of_two(app: TestApp) {
    for address in ["192.0.2.1", "192.0.2.2"] {
        create_request_from(&app, address, 1, asap()).await.expect(201);
    }
    let mut quarantined = Vec::new();
    for number in 1..=10 {
        quarantined.push(create_request_from(&app, &format!("198.51.100.{number}"), 1, asap()).await.expect(201));
    }
    let open = agent(&app, "a").await.get(&format!("{PATH}?state=queued_asap")).await.expect(200);
    for one in open.body["data"].as_array().unwrap() {
        agent(&app, "a").await.act(&format!("{PATH}/{}/cancel", one["id"].as_str().unwrap())).await.expect(200);
    }
    let worker = agent(&app, "a").await;
    let replies = at_once(10, |turn| {
        let (worker, release) = (&worker, format!("{PATH}/{}/release", quarantined[turn].id()));
        async move { worker.act(&release).await }
    })
    .await;
    let statuses = (with_status(&replies, 200), with_status(&replies, 409));
    assert_eq!(statuses, (2, 8), "{:?}", others(&replies, &[200, 409]));
}

#[apply(both)]
async fn rescheduling_between_two_slots_never_deadlocks(app: TestApp) {
    set_capacity(&app, 30).await;
    let windows = ["11:00-12:00", "12:00-13:00"];
    let mut receipts = Vec::new();
    for number in 0..30 {
        receipts.push(create_request(&app, number, window(windows[number % 2])).await.expect(201));
    }
    for round in 1..=3 {
        let replies = at_once(30, |turn| {
            let request =
                with_secret(&app, &receipts[turn], "reschedule").json(other_time(windows[(turn + round) % 2]));
            async move { request.send().await }
        })
        .await;
        assert_eq!(with_status(&replies, 200), 30, "{:?}", others(&replies, &[200]));
        for slot in ["20270330T0900Z", "20270330T1000Z"] {
            assert_eq!(capacity_remaining(&app, slot).await, 15);
        }
    }
}

#[apply(both)]
async fn linked_requests_can_be_cancelled_in_parallel(app: TestApp) {
    set_capacity(&app, 40).await;
    let mut pairs = Vec::new();
    for number in 0..15 {
        for address in ["192.0.2.1", "192.0.2.2"] {
            pairs.push(create_request_from(&app, address, number, window("11:00-12:00")).await.expect(201));
        }
    }
    let replies = at_once(30, |turn| {
        let request = with_secret(&app, &pairs[turn], "cancel");
        async move { request.send().await }
    })
    .await;
    assert_eq!(with_status(&replies, 200), 30, "{:?}", others(&replies, &[200]));
    assert_eq!(capacity_remaining(&app, "20270330T0900Z").await, 40);
}

/// Lets one agent, who makes one call an hour from 10 to 17, be the capacity of sales.
async fn allow_one_call_an_hour(app: &TestApp) {
    let (queue, person) = (queues()[0], person_id(app, "anna").await);
    let settings = json!({"capacity_source": "roster", "handling_minutes": 60});
    app.admin().patch(&format!("/v1/queues/{queue}"), "*", settings).await.expect(200);
    let days = ["monday", "tuesday", "wednesday", "thursday", "friday"];
    let duties = days.map(|day| json!({"weekday": day, "starts": "10:00", "ends": "17:00"}));
    let agent = json!({"person_id": person, "queues": [{"queue_id": queue, "duties": duties}]});
    app.admin().post("/v1/agents", agent).await.expect(201);
}

/// Books all hours of Wednesday and two of Thursday.
async fn book_nine_hours(app: &TestApp) -> Vec<Reply> {
    let mut booked = Vec::new();
    for number in 0..9 {
        let (day, hour) = (if number < 7 { "2027-03-31" } else { "2027-04-01" }, 10 + number % 7);
        let slot = json!({"kind": "slot", "window": format!("{hour}:00-{}:00", hour + 1), "date": day});
        booked.push(create_request(app, number, slot).await.expect(201));
    }
    booked
}

#[apply(both)]
async fn parallel_rescheduling_promises_no_more_than_the_roster_can_keep(app: TestApp) {
    allow_one_call_an_hour(&app).await;
    let booked = book_nine_hours(&app).await;
    let replies = at_once(9, |turn| {
        let request = with_secret(&app, &booked[turn], "reschedule").json(json!({"preference": asap()}));
        async move { request.send().await }
    })
    .await;
    assert_eq!(with_status(&replies, 200), 9, "{:?}", others(&replies, &[200]));
    let mut promised: Vec<_> = replies.iter().map(|reply| reply.body["promised_by"].as_str().unwrap()).collect();
    promised.sort_unstable();
    // One call ends each hour of Tuesday, and the last two on Wednesday.
    let tuesday = (9..16).map(|hour| format!("2027-03-30T{hour:02}:00:00Z"));
    let ends: Vec<_> = tuesday.chain((9..11).map(|hour| format!("2027-03-31T{hour:02}:00:00Z"))).collect();
    assert!(promised.iter().zip(&ends).all(|(by, end)| *by >= end.as_str()), "{promised:?}");
}

#[apply(both)]
async fn rescheduling_creating_and_rerouting_never_deadlock(app: TestApp) {
    allow_one_call_an_hour(&app).await;
    let booked = book_nine_hours(&app).await;
    let worker = agent(&app, "a").await;
    let replies = at_once(27, |turn| {
        let (number, kind) = (turn / 3, turn % 3);
        let request = match kind {
            0 => with_secret(&app, &booked[number], "reschedule").json(json!({"preference": asap()})),
            1 => worker.request("POST", &format!("{PATH}/{}/reroute", booked[number].id())).json(json!({})),
            _ => {
                let request = app.anonymous().request("POST", PATH).header("X-Forwarded-For", "198.51.100.7");
                request.json(request_body(number, asap()))
            }
        };
        async move { request.send().await }
    })
    .await;
    assert!(others(&replies, &[200, 201]).is_empty(), "{:?}", others(&replies, &[200, 201]));
}
