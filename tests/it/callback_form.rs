//! The pages for visitors with the settings of the form: nothing that an administrator enters becomes markup or a
//! script, and nothing goes to a page that may not embed the form.

use super::form_settings::{logo_of, png, set};
use super::support::desk::*;
use super::support::edge::EdgeOptions;
use super::support::*;

async fn page(app: &TestApp, path: &str) -> Reply {
    let reply = app.anonymous().get(path).await.expect(200);
    assert_eq!(reply.header("content-type"), "text/html; charset=utf-8");
    reply
}

#[apply(both)]
async fn a_form_without_settings_is_the_standard_one(app: TestApp) {
    let form = page(&app, "/callback?lang=en").await.text;
    for part in ["Talk to a sales expert", "role=\"switch\"", ">+420<", "data-thank-you=\"\""] {
        assert!(form.contains(part), "no {part}");
    }
    for part in ["class=\"brand\"", "colors.css", "id=\"email\"", "id=\"company\"", "id=\"marketing\""] {
        assert!(!form.contains(part), "{part}");
    }
    for file in ["logo", "colors.css"] {
        app.anonymous().get(&format!("/callback/{file}")).await.refused(404, "not_found");
    }
}

#[apply(both)]
async fn a_branded_form_shows_the_settings_as_text(app: TestApp) {
    let script = "\"><script src=https://evil.example/x.js></script>";
    let settings = json!({
        "company_name": script, "accent_color": "#7a1f5c", "logo": logo_of(&png(320, 80, script)),
        "email_field": "required", "company_field": "optional", "thank_you_url": "https://www.example.com/?a=%22&b='x'",
        "texts": [
            {"locale": "en", "heading_sales": script, "lead": "{{words}}", "marketing_consent": format!("Yes\n{script}")},
            {"locale": "de", "submit": "Ruft mich an"}
        ]
    });
    set(&app, settings).await.expect(200);
    let escaped = "&quot;&gt;&lt;script src=https://evil.example/x.js&gt;&lt;/script&gt;";
    let form = page(&app, "/callback?lang=en").await;
    for part in [
        format!("<h1 id=\"heading\">{escaped}</h1>"),
        format!("alt=\"{escaped}\" width=\"320\" height=\"80\""),
        format!("<label for=\"marketing\">Yes\n{escaped}</label>"),
        "<p class=\"lead\">{{words}}</p>".into(),
        "data-thank-you=\"https://www.example.com/?a=%22&amp;b=&#39;x&#39;\"".into(),
        "id=\"email\" type=\"email\" autocomplete=\"email\" aria-describedby=\"email-error\" required>".into(),
        "href=\"callback/colors.css\"".into(),
    ] {
        assert!(form.text.contains(&part), "no {part}");
    }
    let manage = page(&app, "/callback/manage?lang=en").await;
    assert!(manage.text.contains(&format!("alt=\"{escaped}\"")));
    for reply in [&form, &manage] {
        assert_eq!(reply.text.matches("<script").count(), 1, "{}", reply.text);
        let policy = reply.header("content-security-policy");
        for directive in ["default-src 'none'", "script-src 'self'", "style-src 'self'", "img-src 'self'"] {
            assert!(policy.split("; ").any(|found| found == directive), "{policy}");
        }
        assert!(!policy.contains("evil") && !policy.contains("unsafe"), "{policy}");
    }
    // The other languages have their own texts, and no consent without a wording.
    let german = page(&app, "/callback?lang=de").await.text;
    assert!(german.contains("Ruft mich an</button>") && german.contains("Sprechen Sie mit unserem Vertrieb"));
    assert!(!german.contains("id=\"marketing\""));

    let colors = app.anonymous().get("/callback/colors.css").await.expect(200);
    assert_eq!(colors.header("content-type"), "text/css; charset=utf-8");
    assert!(colors.text.contains("--accent: #7a1f5c;"), "{}", colors.text);
    let logo = app.anonymous().get("/callback/logo").await.expect(200);
    assert_eq!((logo.header("content-type"), logo.header("x-content-type-options")), ("image/png", "nosniff"));
    let again = app.anonymous().request("GET", "/callback/logo").header("If-None-Match", &logo.etag());
    assert_eq!(again.send().await.expect(304).text, "");
}

#[apply(both)]
async fn only_configured_origins_can_embed_the_form_and_get_messages(app: TestApp) {
    let form = page(&app, "/callback").await;
    let policy = form.header("content-security-policy");
    assert!(policy.ends_with("frame-ancestors 'self' https://www.example.com"), "{policy}");
    assert!(form.text.contains("data-origins=\"https://www.example.com\""));
    let embed = app.anonymous().get("/callback/embed.js").await.expect(200);
    assert_eq!(embed.header("content-type"), "text/javascript; charset=utf-8");
    assert!(embed.text.contains("\"de\":\"Rückrufformular\""), "{}", embed.text);
    // The script takes nothing from the address of the embedding page but these parameters.
    for other in ["cookie", "localStorage", "sessionStorage", "fetch(", "location.href", "innerHTML", "postMessage"] {
        assert!(!embed.text.contains(other), "{other}");
    }
}

#[apply(both)]
async fn a_withdrawn_consent_leaves_the_promise(app: TestApp) {
    offer_consent(&app, "Yes, send me news.").await;
    let mut body = request_body(1, window("10:00-11:00"));
    body["consents"] = json!([{"purpose": "marketing", "wording": "Yes, send me news."}]);
    let receipt = app.anonymous().post(PATH, body).await.expect(201);
    let withdraw = app.anonymous().request("DELETE", &format!("{PATH}/{}/consents/marketing", receipt.id()));
    withdraw.header("Manage-Token", receipt.body["manage_token"].as_str().unwrap()).send().await.expect(204);
    let view = with_secret(&app, &receipt, "receipt").send().await.expect(200).body;
    assert_eq!((&view["state"], &view["slot_id"]), (&json!("scheduled"), &json!("20270330T0800Z")));
    assert_eq!(capacity_remaining(&app, "20270330T0800Z").await, 2);
}

/// Sets the region of the phone numbers of a queue.
async fn set_region(app: &TestApp, queue: usize, region: &str) {
    let path = format!("/v1/queues/{}", queues()[queue]);
    app.admin().patch(&path, "*", json!({"default_region": region})).await.expect(200);
}

#[apply(both)]
async fn the_language_and_the_region_of_the_queues_make_the_form_german(app: TestApp) {
    for queue in 0..queues().len() {
        set_region(&app, queue, "DE").await;
    }
    let german = app.behind(EdgeOptions { locale: Some("de".parse().unwrap()), ..EdgeOptions::default() });
    let form = german.anonymous().get("/callback").await.expect(200);
    assert_eq!(form.header("content-language"), "de");
    for part in ["<html lang=\"de\">", "Sprechen Sie mit unserem Vertrieb", ">+49<", "data-countries=\"+49 +49\""] {
        assert!(form.text.contains(part), "no {part}");
    }
    let create = |phone: &'static str| {
        let mut body = request_body(1, asap());
        body["phone"] = json!(phone);
        let client = german.anonymous();
        async move { client.post(PATH, body).await }
    };
    let receipt = create("0151 23456789").await.expect(201);
    let confirmation = receipt.body["confirmation"].as_str().unwrap().replace([' ', '\u{a0}'], "");
    assert!(confirmation.contains("+4915123456789"), "{confirmation}");
    let request = read_request(&app, &receipt).await;
    assert_eq!((&request["phone"], &request["locale"]), (&json!("+4915123456789"), &json!("de")));
    create("(0)30 901820").await.expect(201);
    create("0900 1 234567").await.violates("/phone", "phone_premium");
    // Agents, the owners of numbers and data subjects type numbers in the same way.
    let agent = german.caller("reader", "callbacks:read callbacks:work");
    let found = agent.post("/v1/callback-requests/search", json!({"phone": "0151/23456789"})).await.expect(200);
    assert_eq!(found.body["data"].as_array().unwrap().len(), 1);
    agent.post("/v1/blocked-numbers", json!({"phone": "015123456789"})).await.expect(201);
    assert_eq!(read_request(&app, &receipt).await["state"], "cancelled");
    let admin = german.caller("admin", crate::support::app::ALL_SCOPES);
    let erased = admin.post("/v1/data-subjects/erase", json!({"phone": "0151 23456789"})).await.expect(200);
    assert_eq!(erased.body["erased"], json!([receipt.id()]));
}

#[apply(both)]
async fn numbers_that_name_no_queue_need_a_country_code_if_the_queues_differ(app: TestApp) {
    let receipt = create_request(&app, 1, asap()).await.expect(201);
    set_region(&app, 1, "DE").await;
    let admin = app.admin();
    for (path, status) in [("callback-requests/search", 200), ("data-subjects/export", 200), ("blocked-numbers", 201)] {
        let path = format!("/v1/{path}");
        admin.post(&path, json!({"phone": "601 100 001"})).await.violates("/phone", "phone_no_country_code");
        admin.post(&path, json!({"phone": "00420 601 100 001"})).await.expect(status);
    }
    assert_eq!(read_request(&app, &receipt).await["state"], "cancelled");
    let form = page(&app, "/callback?lang=en").await.text;
    assert!(form.contains("data-intents=\"sales technical_support\" data-countries=\"+420 +49\""), "{form}");
}

#[apply(both)]
async fn the_form_offers_the_topics_of_public_queues(app: TestApp) {
    let hide = async |queue: usize| {
        let path = format!("/v1/queues/{}", queues()[queue]);
        app.admin().patch(&path, "*", json!({"public": false})).await.expect(200);
    };
    hide(0).await;
    let form = page(&app, "/callback?lang=en").await.text;
    assert!(form.contains("data-intents=\"technical_support\"") && !form.contains("role=\"switch\""), "{form}");
    hide(1).await;
    let form = page(&app, "/callback?lang=en").await.text;
    for part in ["Sorry, you cannot request a call at the moment.", "data-intents=\"\"", " hidden>"] {
        assert!(form.contains(part), "no {part}");
    }
}
