//! Consents of visitors, which other systems learn about.

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
