//! Files: agent calendars, the import of closed days, the export of callback requests.

use std::collections::BTreeMap;

use super::agents::{on_duty, tick};
use super::support::desk::*;
use super::support::*;

#[apply(both)]
async fn an_agent_calendar_contains_times_but_no_personal_data(app: TestApp) {
    let anna = on_duty(&app, "anna", "10:00", "17:00").await;
    let link = format!("{}/calendar-link", anna.header("location"));
    agent(&app, "bara").await.act(&link).await.refused(403, "forbidden");
    let old = agent(&app, "anna").await.act(&link).await.expect(200).body["path"].as_str().unwrap().to_owned();
    let receipt = create_request(&app, 1, window("10:00-11:00")).await.expect(201);
    tick(&app).await;
    let feed = app.anonymous().request("GET", &old).header("Accept-Language", "en").send().await.expect(200);
    assert_eq!(feed.header("content-type"), "text/calendar; charset=utf-8");
    for line in ["DTSTART:20270330T080000Z", "DTEND:20270330T090000Z", "SUMMARY:Call back: sales"] {
        assert!(feed.text.contains(line), "{line} in {}", feed.text);
    }
    assert!(feed.text.contains(&receipt.id()) && !feed.text.contains("Visitor") && !feed.text.contains("60110000"));
    // Calendar programs usually send no `Accept-Language`; the default language of the service applies.
    let default = app.anonymous().get(&old).await.expect(200);
    assert!(default.text.contains("SUMMARY:Zavolat: prodej"), "{}", default.text);
    let new = app.admin().act(&link).await.expect(200).body["path"].as_str().unwrap().to_owned();
    app.anonymous().get(&old).await.refused(404, "not_found");
    app.anonymous().get(&new).await.expect(200);
}

#[apply(both)]
async fn closed_days_are_imported_from_a_calendar(app: TestApp) {
    let text = "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//T//EN\r\nBEGIN:VEVENT\r\nUID:1\r\nDTSTART;VALUE=DATE:20270331\r\nDTEND;VALUE=DATE:20270402\r\nSUMMARY:Moving\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n";
    let send = |text: &str| {
        app.admin()
            .request("POST", "/v1/calendars/default/closed-days/import")
            .bytes("text/calendar; charset=utf-8", text.to_owned())
    };
    let booked = create_request(&app, 1, json!({"kind": "slot", "window": "10:00-11:00", "date": "2027-04-01"}))
        .await
        .expect(201);
    let first = send(text).send().await.expect(200);
    let days: Vec<_> = first.body["added"]
        .as_array()
        .unwrap()
        .iter()
        .map(|one| (one["date"].clone(), one["reason"].clone()))
        .collect();
    assert_eq!(days, [(json!("2027-03-31"), json!("Moving")), (json!("2027-04-01"), json!("Moving"))]);
    assert_eq!(read_request(&app, &booked).await["flags"], json!(["closed_day"]));
    let again = send(text).send().await.expect(200);
    assert_eq!(again.body, json!({"added": [], "already_closed": ["2027-03-31", "2027-04-01"]}));
    send(&text.replace("SUMMARY", "RRULE:FREQ=DAILY\r\nSUMMARY")).send().await.violates("", "recurring_event");
    send("").send().await.violates("", "not_a_calendar");
    app.admin()
        .post("/v1/calendars/default/closed-days/import", json!({}))
        .await
        .refused(415, "unsupported_media_type");
    app.anonymous()
        .request("POST", "/v1/calendars/default/closed-days/import")
        .bytes("text/calendar", text)
        .send()
        .await
        .refused(401, "unauthenticated");
}

#[apply(both)]
async fn the_export_contains_the_filtered_list(app: TestApp) {
    let mut body = request_body(1, asap());
    (body["full_name"], body["notes"]) = (json!("=cmd|' /C calc'!A0"), json!("two\nlines, \"quoted\""));
    let formula = app.anonymous().post(PATH, body).await.expect(201);
    let mut support = request_body(2, asap());
    support["intent"] = json!("technical_support");
    app.anonymous().post(PATH, support).await.expect(201);
    let file = agent(&app, "a").await.get(&format!("{PATH}/export?intent=sales")).await.expect(200);
    assert_eq!(file.header("content-type"), "text/csv; charset=utf-8; header=present");
    let mut reader = csv::Reader::from_reader(file.text.trim_start_matches('\u{feff}').as_bytes());
    let rows: Vec<BTreeMap<String, String>> = reader.deserialize().map(Result::unwrap).collect();
    assert_eq!(rows.len(), 1);
    let row = &rows[0];
    assert_eq!((row["id"].as_str(), row["full_name"].as_str()), (formula.id().as_str(), "'=cmd|' /C calc'!A0"));
    assert_eq!((row["queue"].as_str(), row["intent"].as_str()), ("sales", "sales"));
    assert_eq!((row["phone"].as_str(), row["notes"].as_str()), ("+420601100001", "two\nlines, \"quoted\""));
    assert!(file.text.ends_with("\r\n"));
    let invalid = "created_from=2027-03-31T00:00:00Z&created_to=2027-03-30T00:00:00Z";
    for path in [PATH.to_owned(), format!("{PATH}/export")] {
        agent(&app, "a")
            .await
            .get(&format!("{path}?{invalid}"))
            .await
            .refused(422, "validation_failed")
            .violates("created_to", "not_after_start");
    }
    app.anonymous().get(&format!("{PATH}/export")).await.refused(401, "unauthenticated");
    agent(&app, "a").await.get(&format!("{PATH}/export?limit=1")).await.refused(400, "invalid_parameter");
}

#[apply(both)]
async fn the_export_is_read_in_pages(app: TestApp) {
    for number in 0..12 {
        create_request(&app, number, asap()).await.expect(201);
    }
    // More than two pages of 500 rows.
    copy_requests(&app, 100).await;
    let worker = agent(&app, "a").await;
    // What is read about the caller, and their pseudonym, are remembered for the next requests.
    worker.get(&format!("{PATH}/export")).await.expect(200);
    app.record_statements();
    let file = worker.get(&format!("{PATH}/export")).await.expect(200);
    assert_eq!(
        csv::Reader::from_reader(file.text.trim_start_matches('\u{feff}').as_bytes()).records().count(),
        12 + 1_200
    );
    // Three pages, and the audit entry of the export.
    assert_eq!(app.statements().len(), 4);
}

/// Adds `times` cancelled copies of every request.
async fn copy_requests(app: &TestApp, times: u32) {
    use diesel::connection::SimpleConnection;
    let copy = |number: u32| {
        format!(
            "INSERT INTO callback_requests (id, version, state, queue_id, queue_key, intent, phone_e164, locale, notice_id, \
             promised_by, rolled, first_promised_by, promise, due_from, due_by, priority, offered, attempts, \
             same_number, at_risk, closed_day, manage_token_sha256, requested_at, created_at, updated_at) \
             SELECT substr(id, 1, 24) || '{number:06}', version, 'cancelled', queue_id, queue_key, intent, phone_e164, locale, \
             notice_id, promised_by, rolled, first_promised_by, 'void', due_from, due_by, priority, offered, attempts, \
             same_number, at_risk, closed_day, manage_token_sha256, requested_at, created_at, updated_at FROM callback_requests WHERE state <> 'cancelled'"
        )
    };
    let statements: Vec<String> = (0..times).map(copy).collect();
    app.state.db.write(move |conn| statements.iter().try_for_each(|sql| Ok(conn.batch_execute(sql)?))).await.unwrap();
}
