//! The event feed: without gaps, numbered per subject, deleted after the retention period.

use std::time::Duration;

use diesel::connection::SimpleConnection;
use entente::app::worker::{self, Parts};

use super::support::receiver::Receiver;
use super::support::*;
use super::webhooks::{create_department, create_endpoint, drain};

const DAY: Duration = Duration::from_secs(86_400);

async fn delete_old_events(app: &TestApp) {
    worker::delete_old_events(&Parts::of(&app.context)).await.unwrap();
}

async fn department(app: &TestApp, key: &str) -> String {
    app.admin().post("/v1/departments", json!({"key": key, "name": key})).await.expect(201).id()
}

#[apply(both)]
async fn the_changes_of_a_request_are_recorded_in_their_order(app: TestApp) {
    let admin = app.admin();
    let mut expected = Vec::new();
    // The changes of a request are written with one or more statements, according to their number.
    for count in [1, 2, 3, 4, 5, 6, 7, 8, 9, 18] {
        let names: Vec<String> = (0..count).map(|number| format!("p{count}-{number}")).collect();
        let person = |name: &String| json!({"display_name": name, "email": format!("{name}@example.com")});
        let items: Vec<Value> = names.iter().map(person).collect();
        admin.post("/v1/people/import", json!({"items": items})).await.expect(200);
        expected.extend(names);
    }
    let names = |records: &[Value], part: &str| -> Vec<String> {
        records.iter().map(|record| record[part]["display_name"].as_str().unwrap().to_owned()).collect()
    };
    assert_eq!(names(&app.drained_feed().await, "data"), expected);
    let entries = admin.get("/v1/audit-entries?limit=100").await.expect(200);
    assert_eq!(names(entries.body["data"].as_array().unwrap(), "after"), expected);
}

#[apply(both)]
async fn events_are_numbered_in_the_feed_and_per_subject(app: TestApp) {
    let (care, legal) = (department(&app, "care").await, department(&app, "legal").await);
    let renames = at_once(30, |number| {
        let (admin, path) = (app.admin(), format!("/v1/departments/{}", if number % 3 == 0 { &care } else { &legal }));
        async move { admin.patch(&path, "*", json!({"name": format!("n{number}")})).await }
    });
    // Three concurrent dispatchers.
    let environment = app.state.environment.clone();
    let dispatching = futures_util::future::join_all((0..3).map(|_| {
        let (db, environment) = (app.state.db.clone(), environment.clone());
        async move {
            for _ in 0..10 {
                let environment = environment.clone();
                db.write(move |conn| {
                    entente::integrations::webhooks::dispatcher::dispatch(conn, &environment, environment.now())
                })
                .await
                .unwrap();
            }
        }
    }));
    let (replies, _) = tokio::join!(renames, dispatching);
    assert_eq!(with_status(&replies, 200), 30);
    let feed = app.drained_feed().await;
    let sequences: Vec<i64> = feed.iter().map(|event| event["sequence"].as_i64().unwrap()).collect();
    assert_eq!(sequences, (1..=32).collect::<Vec<_>>());
    for (subject, count) in [(&care, 11), (&legal, 21)] {
        let of_subject = app.admin().get(&format!("/v1/events?subject={subject}&limit=100")).await.expect(200);
        let numbers: Vec<i64> = of_subject.body["data"]
            .as_array()
            .unwrap()
            .iter()
            .map(|event| event["subject_sequence"].as_i64().unwrap())
            .collect();
        assert_eq!(numbers, (1..=count).collect::<Vec<_>>());
    }
}

/// Reads a page of events of two types and returns their sequences and the position after it.
async fn read_two_types(app: &TestApp, after: i64) -> (Vec<i64>, i64) {
    let path = format!("/v1/events?after={after}&type=department.created&type=department.updated&limit=100");
    let page = app.admin().get(&path).await.expect(200);
    let sequences = page.body["data"].as_array().unwrap().iter().map(|event| event["sequence"].as_i64().unwrap());
    (sequences.collect(), page.body["last_sequence"].as_i64().unwrap())
}

#[apply(both)]
async fn a_page_of_several_types_ends_at_the_position_it_started_with(app: TestApp) {
    department(&app, "care").await;
    app.drained_feed().await;
    department(&app, "legal").await;
    // As if the event were sequenced between the statements of the page, after the position was read.
    let sequenced = "UPDATE events SET sequence = 2, subject_sequence = 1 WHERE sequence IS NULL";
    app.state.db.write(move |conn| Ok(conn.batch_execute(sequenced)?)).await.unwrap();
    assert_eq!(read_two_types(&app, 0).await, (vec![1], 1));
}

#[apply(both)]
async fn a_reader_of_several_types_misses_no_event_of_concurrent_writers(app: TestApp) {
    let writers = at_once(30, |number| {
        let app = &app;
        async move {
            let path = format!("/v1/departments/{}", department(app, &format!("d{number}")).await);
            let renamed = app.admin().patch(&path, "*", json!({"name": format!("n{number}")})).await.expect(200);
            app.drained_feed().await;
            renamed
        }
    });
    let readers = futures_util::future::join_all((0..12).map(|_| {
        let app = &app;
        async move {
            let (mut position, mut read) = (0, Vec::new());
            while position < 60 {
                let (sequences, next) = read_two_types(app, position).await;
                read.extend(sequences);
                position = next;
            }
            read
        }
    }));
    let (_, readers) = tokio::join!(writers, readers);
    for read in readers {
        assert_eq!(read, (1..=60).collect::<Vec<_>>());
    }
}

#[apply(both)]
async fn old_events_are_deleted_and_late_readers_get_410(app: TestApp) {
    let receiver = Receiver::start();
    create_endpoint(&app, &receiver.url).await;
    let care = department(&app, "care").await;
    create_department(&app, "legal").await;
    drain(&app).await;
    app.clock.advance(20 * DAY);
    create_department(&app, "sales").await;
    drain(&app).await;
    delete_old_events(&app).await;
    assert_eq!(app.drained_feed().await.len(), 4);

    app.clock.advance(11 * DAY);
    delete_old_events(&app).await;
    let kept = app.drained_feed().await;
    assert_eq!(kept.iter().map(|event| &event["sequence"]).collect::<Vec<_>>(), [4]);
    let late = app.admin().get("/v1/events?after=1").await.refused(410, "events_expired");
    assert_eq!(late.body["oldest_sequence"], 4);
    let ahead = app.admin().get("/v1/events?after=5").await.refused(409, "position_unknown");
    assert_eq!(ahead.body["last_sequence"], 4);
    app.admin().get("/v1/events?after=3").await.expect(200);
    assert_eq!(app.admin().get("/v1/events?after=4").await.expect(200).body["data"], json!([]));

    // The numbering of the subject continues.
    app.admin().patch(&format!("/v1/departments/{care}"), "*", json!({"name": "Care"})).await.expect(200);
    let feed = app.drained_feed().await;
    assert_eq!((&feed[1]["sequence"], &feed[1]["subject_sequence"]), (&json!(5), &json!(2)));
}

#[apply(both)]
async fn a_filtered_page_advances_the_position(app: TestApp) {
    for key in ["care", "legal", "sales"] {
        create_department(&app, key).await;
    }
    app.drained_feed().await;
    let none = app.admin().get("/v1/events?type=project.created&after=1").await.expect(200);
    assert_eq!((&none.body["data"], &none.body["last_sequence"]), (&json!([]), &json!(3)));
    let one = app.admin().get("/v1/events?type=department.created&limit=1").await.expect(200);
    assert_eq!(one.body["last_sequence"], 1, "the page is full, so there may be more");
    let ahead = app.admin().get("/v1/events?after=9").await.refused(409, "position_unknown");
    assert_eq!(ahead.body["last_sequence"], 3);
}

#[apply(both)]
async fn deliveries_blocked_by_a_deleted_event_are_sent(app: TestApp) {
    let mut receiver = Receiver::start();
    let body = json!({"url": receiver.url, "event_types": ["department.created", "department.updated"], "ordering": "subject", "on_exhausted": "hold", "retry_delays": [0]});
    app.admin().post("/v1/webhook-endpoints", body).await.expect(201);
    receiver.will_respond(&[500]);
    let care = department(&app, "care").await;
    drain(&app).await;
    app.clock.advance(20 * DAY);
    app.admin().patch(&format!("/v1/departments/{care}"), "*", json!({"name": "Care"})).await.expect(200);
    assert_eq!(drain(&app).await, 0, "it is blocked by an exhausted delivery");
    app.clock.advance(11 * DAY);
    delete_old_events(&app).await;
    receiver.received();
    assert_eq!(drain(&app).await, 1);
    assert_eq!(receiver.received()[0].body()["data"]["name"], "Care");
}

#[apply(both)]
async fn events_with_pending_deliveries_are_not_deleted(app: TestApp) {
    let receiver = Receiver::start();
    let endpoint = create_endpoint(&app, &receiver.url).await;
    receiver.will_request_pause(503, "86400");
    create_department(&app, "care").await;
    drain(&app).await;
    app.clock.advance(31 * DAY);
    create_department(&app, "legal").await;
    app.drained_feed().await;
    delete_old_events(&app).await;
    assert_eq!(
        app.admin().get("/v1/events?type=department.created").await.expect(200).body["data"].as_array().unwrap().len(),
        2
    );
    // Deliveries to a disabled endpoint do not keep their events.
    app.admin().patch(endpoint.header("location"), "*", json!({"enabled": false})).await.expect(200);
    delete_old_events(&app).await;
    let left = app.admin().get("/v1/events?type=department.created").await.expect(200);
    assert_eq!(left.body["data"].as_array().unwrap().len(), 1);
    assert_eq!(
        app.admin().get(&format!("{}/deliveries", endpoint.header("location"))).await.expect(200).body["data"]
            .as_array()
            .unwrap()
            .len(),
        1
    );
}
