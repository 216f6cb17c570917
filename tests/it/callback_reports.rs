//! The callback report: every promise is counted exactly once.

use super::agents::tick;
use super::support::desk::*;
use super::support::*;

async fn report(app: &TestApp) -> Value {
    agent(app, "a").await.get("/v1/reports/callbacks?from=2027-03-01&to=2027-05-01").await.expect(200).body
}

#[apply(both)]
async fn a_promise_is_counted_once(app: TestApp) {
    // Missed, then rerouted: one broken promise.
    let missed = create_request(&app, 1, asap()).await.expect(201);
    // Missed, then rescheduled by the visitor: still broken, on its original day.
    let moved = create_request(&app, 2, asap()).await.expect(201);
    // Called in time, with a linked request, then rescheduled by an agent.
    let led = create_request_from(&app, "192.0.2.1", 3, asap()).await.expect(201);
    create_request_from(&app, "192.0.2.2", 3, asap()).await.expect(201);
    let worker = agent(&app, "a").await;
    worker.act(&format!("{PATH}/{}/assign", led.id())).await.expect(200);
    app.clock.set("2027-03-30T08:00:00Z".parse().unwrap());
    call(&worker, &led, "busy").await;
    app.clock.set("2027-03-30T09:00:00Z".parse().unwrap());
    tick(&app).await;
    worker.act(&format!("{PATH}/{}/reroute", missed.id())).await.expect(201);
    let later = json!({"preference": {"kind": "slot", "window": "14:00-15:00"}});
    let secret = moved.body["manage_token"].as_str().unwrap();
    let by_visitor = app
        .anonymous()
        .request("POST", &format!("{PATH}/{}/reschedule", moved.id()))
        .header("Manage-Token", secret)
        .json(later.clone());
    by_visitor.send().await.expect(200);
    worker.post(&format!("{PATH}/{}/reschedule", led.id()), later).await.expect(200);
    tick(&app).await;
    let promises = report(&app).await["promises"].clone();
    assert_eq!((&promises["kept"], &promises["broken"], &promises["pending"]), (&json!(1), &json!(2), &json!(0)));
}

#[apply(both)]
async fn an_early_call_releases_its_slot(app: TestApp) {
    let worker = agent(&app, "a").await;
    for (number, outcome) in [(1, "reached"), (2, "busy")] {
        let receipt = create_request(&app, number, window("11:00-12:00")).await.expect(201);
        worker.act(&format!("{PATH}/{}/assign", receipt.id())).await.expect(200);
        call(&worker, &receipt, outcome).await;
        if outcome == "busy" {
            assert_eq!(capacity_remaining(&app, "20270330T0900Z").await, 2);
            worker.act(&format!("{PATH}/{}/reroute", receipt.id())).await.expect(201);
        }
        assert_eq!(capacity_remaining(&app, "20270330T0900Z").await, 3, "{outcome}");
    }
}

#[apply(both)]
async fn promises_are_counted_by_outcome(app: TestApp) {
    let worker = agent(&app, "a").await;
    // Kept: a call in its window, and an ASAP call before the promised time.
    let window_kept = create_request(&app, 1, window("10:00-11:00")).await.expect(201);
    let asap_kept = create_request(&app, 2, asap()).await.expect(201);
    let too_early = create_request(&app, 3, window("11:00-12:00")).await.expect(201);
    let visitor_cancels = create_request(&app, 4, window("10:00-11:00")).await.expect(201);
    let agent_cancels = create_request(&app, 5, window("10:00-11:00")).await.expect(201);
    let agent_reschedules = create_request(&app, 6, window("12:00-13:00")).await.expect(201);
    let never = create_request(&app, 7, window("13:00-14:00")).await.expect(201);
    let abuse = create_request(&app, 8, window("14:00-15:00")).await.expect(201);
    app.clock.set("2027-03-30T08:04:00Z".parse().unwrap());
    for receipt in [&window_kept, &asap_kept, &too_early] {
        worker.post(&format!("{PATH}/{}/assign", receipt.id()), json!({})).await.expect(200);
        call(&worker, receipt, "reached").await;
    }
    for (receipt, reason) in [(&visitor_cancels, "visitor_asked"), (&agent_cancels, "other"), (&abuse, "abuse")] {
        worker.post(&format!("{PATH}/{}/cancel", receipt.id()), json!({"reason": reason})).await.expect(200);
    }
    let later = json!({"preference": {"kind": "slot", "window": "16:00-17:00"}});
    worker.post(&format!("{PATH}/{}/reschedule", agent_reschedules.id()), later).await.expect(200);
    app.clock.set("2027-03-30T14:30:00Z".parse().unwrap());
    worker.post(&format!("{PATH}/{}/assign", agent_reschedules.id()), json!({})).await.expect(200);
    call(&worker, &agent_reschedules, "reached").await;

    let counted = report(&app).await;
    // Broken: called too early, cancelled by an agent, rescheduled by an agent, never called.
    assert_eq!(
        counted["promises"],
        json!({"kept": 2, "broken": 4, "pending": 0, "not_counted": 2, "cancelled_by_desk": 2, "kept_share": 2.0 / 6.0})
    );
    assert_eq!(
        counted["response"],
        json!({"calls": 1, "within_5_minutes": 1, "within_5_minutes_share": 1.0, "p50_seconds": 240, "p90_seconds": 240})
    );
    // The scheduler changes the states, but not the counts.
    tick(&app).await;
    assert_eq!(report(&app).await, counted);
    assert_eq!(read_request(&app, &never).await["state"], "missed");
}

#[apply(both)]
async fn rescheduling_by_the_visitor_makes_a_new_promise(app: TestApp) {
    let receipt = create_request(&app, 1, window("10:00-11:00")).await.expect(201);
    let path = format!("{PATH}/{}/reschedule", receipt.id());
    let secret = receipt.body["manage_token"].as_str().unwrap();
    let later = json!({"preference": {"kind": "slot", "window": "12:00-13:00"}});
    app.anonymous().request("POST", &path).header("Manage-Token", secret).json(later).send().await.expect(200);
    app.clock.set("2027-03-30T10:00:00Z".parse().unwrap());
    let worker = agent(&app, "a").await;
    worker.act(&format!("{PATH}/next")).await.expect(200);
    call(&worker, &receipt, "busy").await;
    assert_eq!(read_request(&app, &receipt).await["promise"], "kept");
}

#[apply(both)]
async fn response_times_are_percentiles_of_the_calls(app: TestApp) {
    let worker = agent(&app, "a").await;
    app.clock.set("2027-03-30T08:00:00Z".parse().unwrap());
    let mut receipts = Vec::new();
    for number in 0..10 {
        receipts.push(create_request(&app, number, asap()).await.expect(201));
    }
    for receipt in &receipts {
        app.clock.advance(std::time::Duration::from_secs(60));
        worker.post(&format!("{PATH}/{}/assign", receipt.id()), json!({})).await.expect(200);
        call(&worker, receipt, "reached").await;
    }
    let response = report(&app).await["response"].clone();
    assert_eq!(
        response,
        json!({"calls": 10, "within_5_minutes": 5, "within_5_minutes_share": 0.5, "p50_seconds": 300, "p90_seconds": 540})
    );
    let none = worker.get("/v1/reports/callbacks?intent=technical_support").await.expect(200);
    assert_eq!(none.body["response"]["p50_seconds"], Value::Null);
    worker
        .get("/v1/reports/callbacks?from=2027-03-02&to=2027-03-02")
        .await
        .refused(422, "validation_failed")
        .violates("to", "not_after_start");
}

/// Creates a request that belongs to this campaign.
async fn of_campaign(app: &TestApp, number: usize, intent: &str, campaign: Option<&str>, preference: Value) -> Reply {
    let mut body = request_body(number, preference);
    body["intent"] = json!(intent);
    body["email"] = json!(format!("visitor-{number}@example.com"));
    if let Some(campaign) = campaign {
        body["source"] = json!({"campaign": campaign});
    }
    app.anonymous().post(PATH, body).await.expect(201)
}

async fn says(app: &TestApp, receipt: &Reply, called_on_time: bool) {
    let body = json!({"called_on_time": called_on_time});
    with_secret(app, receipt, "feedback").json(body).send().await.expect(200);
}

/// Two days of two queues and two agents:
/// - on the first day, sales: kept, and the visitor says so; kept, but the visitor says that it was late; void, because an
///   agent cancelled it for the visitor, who says that it was late;
/// - on the first day, support: never called, but the visitor says that it was on time;
/// - on the second day, sales: kept, and an agent created the link.
async fn two_days(app: &TestApp) {
    const FORMULA: &str = "=HYPERLINK(\"https://evil.example\")";
    let (anna, bara) = (agent(app, "anna").await, agent(app, "bara").await);
    let kept = of_campaign(app, 1, "sales", Some("spring"), window("10:00-11:00")).await;
    let late = of_campaign(app, 2, "sales", Some("spring"), window("10:00-11:00")).await;
    let void = of_campaign(app, 3, "sales", None, window("10:00-11:00")).await;
    let never = of_campaign(app, 4, "technical_support", Some(FORMULA), window("10:00-11:00")).await;
    let next_day = json!({"kind": "slot", "window": "10:00-11:00", "date": "2027-03-31"});
    let linked = of_campaign(app, 5, "sales", None, next_day).await;
    app.clock.set("2027-03-30T08:10:00Z".parse().unwrap());
    for (worker, receipt) in [(&anna, &kept), (&bara, &late)] {
        worker.act(&format!("{PATH}/{}/assign", receipt.id())).await.expect(200);
        call(worker, receipt, "reached").await;
    }
    anna.post(&format!("{PATH}/{}/cancel", void.id()), json!({"reason": "visitor_asked"})).await.expect(200);
    anna.act(&format!("{PATH}/{}/manage-link", linked.id())).await.expect(200);
    app.clock.set("2027-03-30T09:00:00Z".parse().unwrap());
    for (receipt, called_on_time) in [(&kept, true), (&late, false), (&void, false), (&never, true)] {
        says(app, receipt, called_on_time).await;
    }
    app.clock.set("2027-03-31T08:30:00Z".parse().unwrap());
    anna.act(&format!("{PATH}/{}/assign", linked.id())).await.expect(200);
    call(&anna, &linked, "reached").await;
    app.clock.set("2027-03-31T09:00:00Z".parse().unwrap());
}

const PERIOD: &str = "from=2027-03-28&to=2027-04-02";

/// Returns for each group: kept, broken, not counted, cancelled by the desk; on time, late; kept but late, broken but
/// on time, not counted but late; links of agents.
fn figures(of: &Value) -> [i64; 10] {
    let (promises, visitors) = (&of["promises"], &of["visitors"]);
    let number = |of: &Value, field: &str| of[field].as_i64().unwrap();
    [
        number(promises, "kept"),
        number(promises, "broken"),
        number(promises, "not_counted"),
        number(promises, "cancelled_by_desk"),
        number(visitors, "on_time"),
        number(visitors, "late"),
        number(visitors, "kept_but_late"),
        number(visitors, "broken_but_on_time"),
        number(visitors, "not_counted_but_late"),
        number(visitors, "agent_links"),
    ]
}

async fn groups(app: &TestApp, group_by: &str, field: &str) -> Vec<(Value, [i64; 10])> {
    let path = format!("/v1/reports/callbacks?{PERIOD}&group_by={group_by}");
    let report = agent(app, "a").await.get(&path).await.expect(200).body;
    assert_eq!((&report["group_by"], &report["has_more_groups"]), (&json!(group_by), &json!(false)));
    assert_eq!(figures(&report), [3, 1, 1, 1, 2, 2, 1, 1, 1, 1]);
    let groups = report["groups"].as_array().unwrap();
    groups.iter().map(|group| (group[field].clone(), figures(group))).collect()
}

#[apply(both)]
async fn the_counts_of_the_service_and_of_the_visitors_are_compared_by_group(app: TestApp) {
    two_days(&app).await;
    let path = format!("/v1/reports/callbacks?{PERIOD}");
    let total = agent(&app, "a").await.get(&path).await.expect(200).body;
    assert_eq!(figures(&total), [3, 1, 1, 1, 2, 2, 1, 1, 1, 1]);
    assert_eq!((&total["groups"], &total["group_by"]), (&json!([]), &Value::Null));
    // The clock changes on the first day of the period.
    assert_eq!(
        groups(&app, "day", "day").await,
        [(json!("2027-03-30"), [2, 1, 1, 1, 2, 2, 1, 1, 1, 0]), (json!("2027-03-31"), [1, 0, 0, 0, 0, 0, 0, 0, 0, 1])]
    );
    assert_eq!(
        groups(&app, "queue", "queue").await,
        [(json!("sales"), [3, 0, 1, 1, 1, 2, 1, 0, 1, 1]), (json!("support"), [0, 1, 0, 0, 1, 0, 0, 1, 0, 0])]
    );
    let (anna, bara) = (agent_id(&app, "anna").await, agent_id(&app, "bara").await);
    let mut of_agents = vec![
        (json!(anna), [2, 0, 1, 1, 1, 1, 0, 0, 1, 1]),
        (json!(bara), [1, 0, 0, 0, 0, 1, 1, 0, 0, 0]),
        (Value::Null, [0, 1, 0, 0, 1, 0, 0, 1, 0, 0]),
    ];
    of_agents[..2].sort_by_key(|(id, _)| id.as_str().map(str::to_owned));
    assert_eq!(groups(&app, "agent", "agent_id").await, of_agents);
    assert_eq!(
        groups(&app, "campaign", "campaign").await,
        [
            (json!("=HYPERLINK(\"https://evil.example\")"), [0, 1, 0, 0, 1, 0, 0, 1, 0, 0]),
            (json!("spring"), [2, 0, 0, 0, 1, 1, 1, 0, 0, 0]),
            (Value::Null, [1, 0, 1, 1, 0, 1, 0, 0, 1, 1])
        ]
    );
    // The scheduler changes the states, but not the counts.
    tick(&app).await;
    assert_eq!(figures(&agent(&app, "a").await.get(&path).await.expect(200).body), figures(&total));
}

#[apply(both)]
async fn promises_that_agents_take_out_of_the_count_are_shown(app: TestApp) {
    let (anna, bara) = (agent(&app, "anna").await, agent(&app, "bara").await);
    let mut receipts = Vec::new();
    for number in 0..6 {
        let address = if number == 4 { "192.0.2.9" } else { "192.0.2.1" };
        receipts.push(create_request_from(&app, address, number, asap()).await.expect(201));
    }
    let path = |number: usize, verb: &str| format!("{PATH}/{}/{verb}", receipts[number].id());
    for number in [0, 2, 3] {
        bara.act(&path(number, "assign")).await.expect(200);
    }
    // The agent who cancels counts, not the one who had the request.
    bara.act(&path(0, "unassign")).await.expect(200);
    anna.post(&path(0, "cancel"), json!({"reason": "visitor_asked"})).await.expect(200);
    with_secret(&app, &receipts[1], "cancel").send().await.expect(200);
    let reason = json!({"reason": "abuse"});
    app.service("crm", "callbacks:work").post(&path(2, "cancel"), reason).await.expect(200);
    bara.post(&path(3, "cancel"), json!({"reason": "other"})).await.expect(200);
    bara.act(&path(4, "cancel-network")).await.expect(200);
    anna.post("/v1/blocked-numbers", json!({"phone": "601 100 005"})).await.expect(201);

    let report = anna.get(&format!("/v1/reports/callbacks?{PERIOD}&group_by=agent")).await.expect(200).body;
    let counts = |of: &Value| {
        ["broken", "not_counted", "cancelled_by_desk"].map(|field| of["promises"][field].as_i64().unwrap())
    };
    assert_eq!(counts(&report), [1, 5, 4]);
    let groups = report["groups"].as_array().unwrap();
    let of_agent = |id: Value| groups.iter().find(|group| group["agent_id"] == id).map(counts);
    assert_eq!(of_agent(json!(agent_id(&app, "anna").await)), Some([0, 2, 2]));
    assert_eq!(of_agent(json!(agent_id(&app, "bara").await)), Some([1, 1, 1]));
    // The visitor, and the application.
    assert_eq!(of_agent(Value::Null), Some([0, 2, 1]));
    let file = anna.get(&format!("/v1/reports/callbacks.csv?{PERIOD}")).await.expect(200);
    let mut lines = file.text.lines();
    let column = lines.next().unwrap().split(',').position(|name| name == "cancelled_by_desk").unwrap();
    assert_eq!(lines.next().unwrap().split(',').nth(column), Some("4"));
}

#[apply(both)]
async fn a_broken_promise_counts_for_the_agent_who_had_the_request(app: TestApp) {
    let (anna, bara) = (agent(&app, "anna").await, agent(&app, "bara").await);
    let assign = |receipt: &Reply| format!("{PATH}/{}/assign", receipt.id());
    let late = create_request(&app, 1, window("10:00-11:00")).await.expect(201);
    let waiting = create_request(&app, 2, window("10:00-11:00")).await.expect(201);
    let unnoticed = create_request(&app, 3, window("10:00-11:00")).await.expect(201);
    let kept = create_request(&app, 4, window("11:00-12:00")).await.expect(201);
    let cancelled = create_request(&app, 5, window("13:00-14:00")).await.expect(201);
    anna.act(&assign(&late)).await.expect(200);
    // The first agent moves this call to a later time, and a colleague makes it.
    let moved_later = create_request(&app, 6, window("12:00-13:00")).await.expect(201);
    let later = json!({"preference": {"kind": "slot", "window": "16:00-17:00"}});
    anna.post(&format!("{PATH}/{}/reschedule", moved_later.id()), later).await.expect(200);
    assert_eq!(read_request(&app, &moved_later).await["promise"], "broken");
    // The promises end. The second agent calls the visitors, one of them before the scheduler has noticed.
    app.clock.set("2027-03-30T09:00:00Z".parse().unwrap());
    bara.act(&assign(&unnoticed)).await.expect(200);
    call(&bara, &unnoticed, "reached").await;
    tick(&app).await;
    for receipt in [&late, &waiting] {
        bara.act(&assign(receipt)).await.expect(200);
        call(&bara, receipt, "reached").await;
    }
    // The first agent keeps a promise without reaching the visitor, whom the second one reaches.
    app.clock.set("2027-03-30T09:10:00Z".parse().unwrap());
    anna.act(&assign(&kept)).await.expect(200);
    call(&anna, &kept, "busy").await;
    app.clock.set("2027-03-30T10:10:00Z".parse().unwrap());
    bara.act(&assign(&kept)).await.expect(200);
    call(&bara, &kept, "reached").await;
    bara.post(&format!("{PATH}/{}/cancel", cancelled.id()), json!({"reason": "other"})).await.expect(200);
    app.clock.set("2027-03-30T14:00:00Z".parse().unwrap());
    bara.act(&assign(&moved_later)).await.expect(200);
    call(&bara, &moved_later, "reached").await;

    let report = anna.get(&format!("/v1/reports/callbacks?{PERIOD}&group_by=agent")).await.expect(200).body;
    let groups = report["groups"].as_array().unwrap();
    let of_agent = |id: Value| {
        let group = groups.iter().find(|group| group["agent_id"] == id).unwrap();
        ["kept", "broken"].map(|field| group["promises"][field].as_i64().unwrap())
    };
    assert_eq!(of_agent(json!(agent_id(&app, "anna").await)), [1, 2]);
    // Only the one that this agent cancelled.
    assert_eq!(of_agent(json!(agent_id(&app, "bara").await)), [0, 1]);
    assert_eq!(of_agent(Value::Null), [0, 2]);
}

#[apply(both)]
async fn the_report_is_exported_as_csv(app: TestApp) {
    two_days(&app).await;
    let worker = agent(&app, "a").await;
    let rows = async |group_by: &str| {
        let file = worker.get(&format!("/v1/reports/callbacks.csv?{PERIOD}{group_by}")).await.expect(200);
        assert_eq!(file.header("content-type"), "text/csv; charset=utf-8; header=present");
        assert!(file.text.starts_with('\u{feff}') && file.text.ends_with("\r\n"));
        let mut reader = csv::Reader::from_reader(file.text.trim_start_matches('\u{feff}').as_bytes());
        let rows: Vec<std::collections::BTreeMap<String, String>> = reader.deserialize().map(Result::unwrap).collect();
        rows
    };
    let total = rows("").await;
    assert_eq!((total.len(), total[0]["kept"].as_str(), total[0]["kept_share"].as_str()), (1, "3", "0.75"));
    assert_eq!((total[0]["starts_on"].as_str(), total[0]["ends_on"].as_str()), ("2027-03-28", "2027-04-02"));
    let days = rows("&group_by=day").await;
    assert_eq!(days.iter().map(|row| row["day"].as_str()).collect::<Vec<_>>(), ["2027-03-30", "2027-03-31"]);
    // Visitors choose the campaign.
    let campaigns = rows("&group_by=campaign").await;
    let names: Vec<_> = campaigns.iter().map(|row| row["campaign"].as_str()).collect();
    assert_eq!(names, ["'=HYPERLINK(\"https://evil.example\")", "spring", ""]);
    for (field, value) in [("broken", "1"), ("visitors_on_time", "1"), ("broken_but_on_time", "1")] {
        assert_eq!(campaigns[0][field], value, "{field}");
    }
    let anonymous = app.anonymous().get(&format!("/v1/reports/callbacks.csv?{PERIOD}")).await;
    anonymous.refused(401, "unauthenticated");
}

#[apply(both)]
async fn a_report_by_day_is_limited_to_a_year(app: TestApp) {
    let worker = agent(&app, "a").await;
    for path in ["/v1/reports/callbacks", "/v1/reports/callbacks.csv"] {
        let of = |to: &str, grouping: &str| format!("{path}?from=2026-01-01&to={to}&group_by={grouping}");
        worker.get(&of("2027-01-02", "day")).await.expect(200);
        worker.get(&of("2027-01-03", "day")).await.refused(422, "validation_failed").violates("to", "too_far");
        worker.get(&of("2036-01-01", "campaign")).await.expect(200);
        worker.get(&of("2036-01-01", "hour")).await.refused(400, "invalid_parameter");
    }
}

#[apply(both)]
async fn a_campaign_that_was_erased_is_not_in_the_report(app: TestApp) {
    two_days(&app).await;
    app.admin().post("/v1/data-subjects/erase", json!({"email": "visitor-4@example.com"})).await.expect(200);
    let path = format!("/v1/reports/callbacks?{PERIOD}&group_by=campaign");
    let report = agent(&app, "a").await.get(&path).await.expect(200);
    assert!(!report.text.contains("HYPERLINK"), "{}", report.text);
    // What the visitor said is erased as well.
    assert_eq!(report.body["visitors"]["broken_but_on_time"], 0);
}
