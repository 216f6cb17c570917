//! Destinations of webhooks by name: what is refused when an endpoint is saved, and when it is called.

use super::support::*;
use super::webhooks::{attempts, create_department, create_endpoint, deliveries, drain};

#[apply(both)]
async fn names_of_private_networks_are_refused_when_saved(app: TestApp) {
    let admin = app.admin();
    for (url, code) in [
        ("https://localhost/hook", "local_name"),
        ("https://LOCALHOST:8443/hook", "local_name"),
        ("https://%6cocalhost/hook", "local_name"),
        ("https://app.localhost/hook", "local_name"),
        ("https://db.localdomain/hook", "local_name"),
        ("https://printer.local/hook", "local_name"),
        ("https://metadata.google.internal/computeMetadata/v1/", "local_name"),
        ("https://crm/hook", "local_name"),
        ("https://localhost./hook", "trailing_dot"),
        ("https://crm./hook", "trailing_dot"),
        ("https://crm.example.com./hook", "trailing_dot"),
        // The address of the name is permitted, but the name is not.
        ("http://localhost/hook", "local_name"),
        // Other spellings of 10.0.0.1, a zone of IPv6, and 10.0.0.1 as an IPv6 address.
        ("https://167772161/hook", "address"),
        ("https://0xa.1/hook", "address"),
        ("https://012.0.0.1/hook", "address"),
        ("https://[fe80::1%25eth0]/hook", "wrong_format"),
        ("https://[::ffff:10.0.0.1]/hook", "address"),
    ] {
        admin.post("/v1/webhook-endpoints", json!({"url": url})).await.expect(422).violates("/url", code);
    }
    // The URL of a token server, and a change of an endpoint.
    let auth = json!({"kind": "oauth2_client_credentials", "client_id": "c", "client_secret": "s",
        "token_url": "https://id.corp.internal/token"});
    let body = json!({"url": "https://crm.example.com/", "auth": auth});
    admin.post("/v1/webhook-endpoints", body).await.expect(422).violates("/auth/token_url", "local_name");
    let endpoint = create_endpoint(&app, "https://crm.example.com/").await;
    let change = json!({"url": "https://localhost./"});
    admin.patch(endpoint.header("location"), "*", change).await.expect(422).violates("/url", "trailing_dot");
}

#[apply(both)]
async fn a_refused_name_is_explained(app: TestApp) {
    for (accepted, start, mention) in [
        ("en", "Names of a private network", "ask the operator"),
        ("cs", "Názvy z privátní sítě", "požádejte provozovatele"),
        ("de", "Namen aus einem privaten Netzwerk", "bitten Sie den Betreiber"),
    ] {
        let request = app.admin().request("POST", "/v1/webhook-endpoints").header("Accept-Language", accepted);
        let reply = request.json(json!({"url": "https://crm/hook"})).send().await.expect(422);
        let detail = reply.body["errors"][0]["detail"].as_str().unwrap();
        assert!(detail.starts_with(start) && detail.contains(mention), "{detail}");
    }
}

#[apply(both)]
async fn the_operator_permits_names_exactly(app: TestApp) {
    let admin = app.admin();
    for url in ["https://crm.corp.internal/hook", "https://CRM.Corp.Internal:8443/hook"] {
        create_endpoint(&app, url).await;
    }
    for (url, code) in [
        ("https://other.corp.internal/hook", "local_name"),
        ("https://a.crm.corp.internal/hook", "local_name"),
        ("https://crm.corp.internal./hook", "trailing_dot"),
        // Permitted by name, but not by address.
        ("https://hr.corp.internal/hook", "address"),
    ] {
        admin.post("/v1/webhook-endpoints", json!({"url": url})).await.expect(422).violates("/url", code);
    }
}

#[apply(both)]
async fn a_name_that_changes_to_a_private_address_is_not_called(app: TestApp) {
    // Public when the endpoint is saved, private from then on (DNS rebinding).
    let endpoint = create_endpoint(&app, "https://rebinds.example.com/hook").await;
    let ping = app.admin().act(&format!("{}/test", endpoint.header("location"))).await.expect(200);
    assert_eq!((&ping.body["delivered"], &ping.body["outcome"]), (&json!(false), &json!("egress_refused")));
    create_department(&app, "care").await;
    assert_eq!(drain(&app).await, 1);
    let [attempt] = &attempts(&app, &deliveries(&app, &endpoint).await[0]).await[..] else { panic!("not exactly one") };
    assert_eq!((&attempt["outcome"], &attempt["status"]), (&json!("egress_refused"), &Value::Null));
    // The attempt does not reveal to which address the name resolves.
    assert!(!attempt.to_string().contains("10.1.2.3"));
}
