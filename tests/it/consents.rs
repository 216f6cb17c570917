//! Consents of visitors, which other systems learn about.

use super::support::client::Client;
use super::support::desk::*;
use super::support::*;

const WORDING: &str = "Yes, send me news.";

/// Creates a request with a consent to marketing.
async fn with_consent(app: &TestApp, number: usize) -> Reply {
    let mut body = request_body(number, asap());
    body["consents"] = json!([{"purpose": "marketing", "wording": WORDING}]);
    app.anonymous().post(PATH, body).await.expect(201)
}

/// Withdraws the consent as the visitor, by the id of one of the requests.
async fn withdraw(app: &TestApp, receipt: &Reply, id: &str) -> Reply {
    let secret = receipt.body["manage_token"].as_str().unwrap();
    let path = format!("{PATH}/{id}/consents/marketing");
    app.anonymous().request("DELETE", &path).header("Manage-Token", secret).send().await
}

/// Returns whether the record of a request has the consent.
async fn has_consent(worker: &Client, id: &str) -> bool {
    let request = worker.get(&format!("{PATH}/{id}")).await.expect(200);
    let (format, field) = match request.body["intent"].as_str() {
        Some("sales") => ("salesforce-lead", "Entente_Marketing_Consent__c"),
        _ => ("servicenow-incident", "u_entente_marketing_consent"),
    };
    let record = worker.get(&format!("{PATH}/{id}/projections/{format}")).await.expect(200);
    [json!(true), json!("true")].contains(&record.body[field])
}

/// Reroutes the last request of a chain.
async fn reroute(worker: &Client, chain: &mut Vec<String>) {
    let last = chain.last().unwrap();
    let next = worker.act(&format!("{PATH}/{last}/reroute")).await.expect(201).id();
    chain.push(next);
}

#[apply(both)]
async fn a_consent_stays_in_force_after_each_reroute(app: TestApp) {
    offer_consent(&app, WORDING).await;
    let worker = agent(&app, "anna").await;
    let receipt = with_consent(&app, 1).await;
    let mut chain = vec![receipt.id()];
    for _ in 0..2 {
        reroute(&worker, &mut chain).await;
        for id in &chain {
            assert!(has_consent(&worker, id).await, "{id}");
        }
        let view = with_secret(&app, &receipt, "receipt").send().await.expect(200);
        let consents = view.body["consents"].as_array().unwrap();
        assert_eq!((consents.len(), &consents[0]["wording"]), (1, &json!(WORDING)));
        assert_eq!(consents[0]["given_at"], "2027-03-30T07:00:00Z");
    }
    // Also if the requests that were rerouted are erased before the last one.
    app.clock.advance(std::time::Duration::from_secs(40 * 86_400));
    let retention = entente::app::scheduler::unit(&app.state.environment, entente::privacy::erase_outdated);
    app.state.db.write(retention).await.unwrap();
    let worker = agent(&app, "anna").await;
    for (id, is_erased) in chain.iter().zip([true, true, false]) {
        let request = worker.get(&format!("{PATH}/{id}")).await.expect(200);
        assert_eq!(request.body["erased_at"].is_string(), is_erased, "{id}");
    }
    assert!(has_consent(&worker, &chain[2]).await);
    let exported = app.admin().post("/v1/data-subjects/export", json!({"email": "visitor@example.com"})).await;
    let requests = exported.expect(200).body["requests"].clone();
    assert_eq!((requests.as_array().unwrap().len(), &requests[0]["consents"][0]["wording"]), (1, &json!(WORDING)));
    withdraw(&app, &receipt, &chain[0]).await.expect(204);
    assert!(!has_consent(&worker, &chain[2]).await);
}

#[apply(both)]
async fn a_consent_is_withdrawn_for_the_whole_chain_at_any_time(app: TestApp) {
    offer_consent(&app, WORDING).await;
    let worker = agent(&app, "anna").await;
    for withdrawn_after in 0..3 {
        let receipt = with_consent(&app, withdrawn_after).await;
        let mut chain = vec![receipt.id()];
        for reroutes in 0..3 {
            if reroutes > 0 {
                reroute(&worker, &mut chain).await;
            }
            if reroutes == withdrawn_after {
                // With the link that the visitor has by then, which names the last request.
                let link = worker.act(&format!("{PATH}/{}/manage-link", receipt.id())).await.expect(200);
                assert_eq!(link.body["id"], json!(chain.last()));
                withdraw(&app, &link, &link.id()).await.expect(204);
            }
            for id in &chain {
                assert_eq!(has_consent(&worker, id).await, reroutes < withdrawn_after, "{id}");
            }
        }
        // The call is still promised.
        let last = worker.get(&format!("{PATH}/{}", chain[2])).await.expect(200);
        assert_eq!((&last.body["state"], &last.body["promise"]), (&json!("queued_asap"), &json!("pending")));
        let path = format!("{PATH}/{}/consents/marketing", chain[1]);
        worker.delete(&path).await.refused(404, "not_found");
    }
}

#[apply(both)]
async fn an_agent_withdraws_a_consent_by_any_request_of_the_chain(app: TestApp) {
    offer_consent(&app, WORDING).await;
    let worker = agent(&app, "anna").await;
    for named in 0..3 {
        let mut chain = vec![with_consent(&app, named).await.id()];
        for _ in 0..2 {
            reroute(&worker, &mut chain).await;
        }
        worker.delete(&format!("{PATH}/{}/consents/marketing", chain[named])).await.expect(204);
        for id in &chain {
            assert!(!has_consent(&worker, id).await, "{id}");
        }
    }
}

#[apply(both)]
async fn a_withdrawal_is_an_event_of_every_request_that_continues_the_first_one(app: TestApp) {
    offer_consent(&app, WORDING).await;
    let worker = agent(&app, "anna").await;
    for number in 0..2 {
        let receipt = with_consent(&app, number).await;
        let second = worker.act(&format!("{PATH}/{}/reroute", receipt.id())).await.expect(201).id();
        let third = worker.act(&format!("{PATH}/{second}/reroute")).await.expect(201).id();
        // Visitors know the id of the first request, or that of the last one from its receipt.
        let known = if number == 0 { receipt.id() } else { third.clone() };
        withdraw(&app, &receipt, &known).await.expect(204);
        withdraw(&app, &receipt, &known).await.refused(404, "not_found");
        app.drained_feed().await;
        let path = "/v1/events?limit=100&type=callback_request.consent_withdrawn";
        let events = app.admin().get(path).await.expect(200);
        let subjects: Vec<_> = events.body["data"].as_array().unwrap().iter().map(|event| &event["subject"]).collect();
        let expected = [receipt.id(), second, third].map(|id| json!(id));
        assert_eq!(subjects[3 * number..], expected.iter().collect::<Vec<_>>());
    }
}
