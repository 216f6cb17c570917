//! External references, and that a system does not receive the changes that it caused.

use super::support::client::Client;
use super::support::desk::{PATH, agent, asap, create_request};
use super::support::pair::{Pair, text};
use super::support::receiver::Receiver;
use super::support::team::person_without_position;
use super::support::*;
use super::webhooks::{deliveries, drain};

fn kinds(receiver: &mut Receiver) -> Vec<String> {
    receiver.received().iter().map(|one| one.body()["type"].as_str().unwrap().to_owned()).collect()
}

#[apply(both)]
async fn a_system_does_not_receive_the_references_that_it_wrote(app: TestApp) {
    let (mut crm, mut other) = (Receiver::start(), Receiver::start());
    app.admin().post("/v1/webhook-endpoints", json!({"url": crm.url, "system": "salesforce"})).await.expect(201);
    app.admin().post("/v1/webhook-endpoints", json!({"url": other.url})).await.expect(201);
    let receipt = create_request(&app, 1, asap()).await.expect(201);
    drain(&app).await;
    kinds(&mut crm);
    kinds(&mut other);

    let application = app.service("crm", "callbacks:read callbacks:work");
    let path = format!("{PATH}/{}/external-references", receipt.id());
    let lead = json!({"external_id": "00Q1", "url": "https://example.my.salesforce.com/00Q1", "status": "New"});
    let first = application.put(&format!("{path}/salesforce"), NEW, lead.clone()).await.expect(201);
    assert_eq!(
        (&first.body["subject"], &first.body["system"], &first.body["external_id"]),
        (&json!(receipt.id()), &json!("salesforce"), &json!("00Q1"))
    );
    assert_eq!(
        application.put(&format!("{path}/salesforce"), &first.etag(), lead.clone()).await.expect(200).etag(),
        first.etag()
    );
    let second = application
        .put(&format!("{path}/salesforce"), &first.etag(), json!({"external_id": "00Q1", "status": "Working"}))
        .await
        .expect(200);
    assert_eq!((&second.body["status"], &second.body["url"]), (&json!("Working"), &Value::Null));
    application.put(&format!("{path}/salesforce"), &first.etag(), lead.clone()).await.refused(412, "stale_version");
    let read = application.get(&format!("{path}/salesforce")).await.expect(200);
    assert_eq!((&read.body, read.etag()), (&second.body, second.etag()));
    application.get(&format!("{path}/zammad")).await.refused(404, "not_found");
    app.caller("writer", "projects:write").get(&format!("{path}/salesforce")).await.refused(403, "forbidden");
    let at = format!("{path}/zammad");
    application.put(&at, "*", lead.clone()).await.refused(412, "stale_version");
    let created = application.put(&at, NEW, json!({"external_id": "4711"})).await.expect(201);
    assert_eq!(created.header("location"), at);
    let exists = application.put(&at, NEW, lead.clone()).await.refused(412, "stale_version");
    assert!(text(&exists.body["detail"]).contains("already exists") && exists.etag() == created.etag());
    let weak = application.put(&at, &format!("W/{}", created.etag()), lead.clone()).await.refused(412, "stale_version");
    assert!(text(&weak.body["detail"]).contains("weak ETag"));
    drain(&app).await;
    assert_eq!(kinds(&mut crm), ["external_reference.recorded"], "only the reference of the other system");
    assert_eq!(kinds(&mut other), ["external_reference.recorded"; 3]);
    let list = application.get(&path).await.expect(200);
    assert_eq!(
        list.body["data"].as_array().unwrap().iter().map(|one| &one["system"]).collect::<Vec<_>>(),
        ["salesforce", "zammad"]
    );

    application.delete(&format!("{path}/zammad")).await.expect(204);
    application.delete(&format!("{path}/zammad")).await.refused(404, "not_found");
    application
        .request("PUT", &format!("{path}/zammad"))
        .json(lead.clone())
        .send()
        .await
        .refused(428, "precondition_required");
    application.put(&format!("{path}/Zammad"), "*", lead.clone()).await.refused(404, "not_found");
    app.caller("reader", "callbacks:read")
        .put(&format!("{path}/zammad"), "*", lead.clone())
        .await
        .refused(403, "forbidden");
}

#[apply(both)]
async fn changes_caused_by_a_system_are_not_sent_back_to_it(app: TestApp) {
    let (mut crm, mut other) = (Receiver::start(), Receiver::start());
    let types = json!(["callback_request.cancelled"]);
    app.admin()
        .post("/v1/webhook-endpoints", json!({"url": crm.url, "system": "salesforce", "event_types": types}))
        .await
        .expect(201);
    app.admin().post("/v1/webhook-endpoints", json!({"url": other.url, "event_types": types})).await.expect(201);
    let cancel = |client: Client, id: String| async move {
        client
            .request("POST", &format!("{PATH}/{id}/cancel"))
            .header("Caused-By", "salesforce")
            .json(json!({}))
            .send()
            .await
    };
    let by_application = create_request(&app, 1, asap()).await.expect(201).id();
    cancel(app.service("crm", "callbacks:read callbacks:work"), by_application).await.expect(200);
    drain(&app).await;
    assert_eq!((kinds(&mut crm).len(), kinds(&mut other).len()), (0, 1));
    let feed = app.drained_feed().await;
    let event = feed.iter().find(|event| event["type"] == "callback_request.cancelled").unwrap();
    assert_eq!(event["caused_by"], "salesforce");
    // `Caused-By` has no effect for people, only for application.
    let by_person = create_request(&app, 2, asap()).await.expect(201).id();
    cancel(agent(&app, "a").await, by_person).await.expect(200);
    drain(&app).await;
    assert_eq!((kinds(&mut crm).len(), kinds(&mut other).len()), (1, 1));
    let wrong = app
        .admin()
        .request("POST", "/v1/departments")
        .header("Caused-By", "Sales Force")
        .json(json!({"key": "x", "name": "x"}))
        .send()
        .await;
    wrong.expect(400).violates("Caused-By", "malformed_system_name");
}

#[apply(both)]
async fn projects_have_external_references(app: TestApp) {
    let pair = Pair::prepared(&app).await;
    let path = format!("/v1/projects/{}/external-references", pair.project);
    let application = app.service("jira", "projects:read projects:write");
    application.put(&format!("{path}/jira"), NEW, json!({"external_id": "ENT-1"})).await.expect(201);
    assert_eq!(app.person("cmo").get(&path).await.expect(200).body["data"][0]["external_id"], "ENT-1");
    app.person("cmo").put(&format!("{path}/wiki"), NEW, json!({"external_id": "Home"})).await.expect(201);
    app.person("cmo").get(&format!("{path}/jira")).await.expect(200).etag();
    person_without_position(&app, "stranger").await;
    app.person("stranger").get(&path).await.refused(404, "not_found");
    app.person("stranger").get(&format!("{path}/jira")).await.refused(404, "not_found");
    app.person("stranger")
        .put(&format!("{path}/wiki"), "*", json!({"external_id": "x"}))
        .await
        .refused(404, "not_found");
}

#[apply(both)]
async fn erasure_deletes_external_references(app: TestApp) {
    let receiver = Receiver::start();
    let endpoint = app
        .admin()
        .post("/v1/webhook-endpoints", json!({"url": receiver.url, "event_types": ["external_reference.recorded"]}))
        .await
        .expect(201);
    let receipt = create_request(&app, 1, asap()).await.expect(201);
    let path = format!("{PATH}/{}/external-references", receipt.id());
    app.admin()
        .put(
            &format!("{path}/crm"),
            NEW,
            json!({"external_id": "anna-novakova", "url": "https://crm.example.com/anna-novakova"}),
        )
        .await
        .expect(201);
    app.admin().put(&format!("{path}/gone"), NEW, json!({"external_id": "anna-too"})).await.expect(201);
    app.admin().delete(&format!("{path}/gone")).await.expect(204);
    receiver.will_respond(&[500]);
    drain(&app).await;
    app.admin().post("/v1/data-subjects/erase", json!({"email": "visitor@example.com"})).await.expect(200);
    assert_eq!(app.admin().get(&path).await.expect(200).body["data"], json!([]));
    app.admin().put(&format!("{path}/crm"), NEW, json!({"external_id": "again"})).await.refused(409, "conflict");
    for event in app.drained_feed().await {
        assert!(!event.to_string().contains("anna"), "{event}");
    }
    let mut receiver = receiver;
    receiver.received();
    app.clock.advance(std::time::Duration::from_secs(7));
    assert_eq!(drain(&app).await, 1);
    assert!(!String::from_utf8_lossy(&receiver.received()[0].bytes).contains("anna"));
    assert_eq!(deliveries(&app, &endpoint).await.len(), 2);
    let trail = app.admin().get(&format!("/v1/audit-entries?subject={}", receipt.id())).await.expect(200);
    assert!(!trail.text.contains("anna"), "{}", trail.text);
}

#[apply(both)]
async fn erasure_after_the_retention_period_deletes_external_references(app: TestApp) {
    let receipt = create_request(&app, 1, asap()).await.expect(201);
    let path = format!("{PATH}/{}/external-references", receipt.id());
    app.admin().put(&format!("{path}/crm"), NEW, json!({"external_id": "anna-novakova"})).await.expect(201);
    agent(&app, "a").await.post(&format!("{PATH}/{}/cancel", receipt.id()), json!({})).await.expect(200);
    app.clock.advance(std::time::Duration::from_secs(400 * 86_400));
    let erase = entente::app::scheduler::unit(&app.state.environment, entente::privacy::erase_outdated);
    assert_eq!(app.state.db.write(erase).await.unwrap(), 1);
    assert_eq!(app.admin().get(&path).await.expect(200).body["data"], json!([]));
}

#[apply(both)]
async fn parallel_writes_of_a_reference_succeed_once(app: TestApp) {
    let receipt = create_request(&app, 1, asap()).await.expect(201);
    let path = format!("{PATH}/{}/external-references/crm", receipt.id());
    let replies = at_once(30, |number| {
        let (admin, path) = (app.admin(), path.clone());
        async move { admin.put(&path, NEW, json!({"external_id": format!("id-{number}")})).await }
    })
    .await;
    assert_eq!((with_status(&replies, 201), with_status(&replies, 412)), (1, 29));
}
