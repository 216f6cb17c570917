//! The settings of the callback form, and what an administrator or a visitor could do with them.

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use data_encoding::HEXLOWER;
use diesel::prelude::*;
use entente::kernel::db::schema::{consent_wordings, form_logos};
use sha2::{Digest, Sha256};

use super::support::desk::*;
use super::support::*;

const SETTINGS: &str = "/v1/form-settings";

/// Returns a PNG image of this size, of which `text` is a comment.
pub fn png(width: u32, height: u32, text: &str) -> Vec<u8> {
    let chunk = |kind: &[u8], content: &[u8]| {
        [&u32::try_from(content.len()).unwrap().to_be_bytes()[..], kind, content, &[0; 4]].concat()
    };
    let header = [&width.to_be_bytes()[..], &height.to_be_bytes(), &[8, 6, 0, 0, 0]].concat();
    let chunks = [chunk(b"IHDR", &header), chunk(b"tEXt", text.as_bytes()), chunk(b"IDAT", b"x"), chunk(b"IEND", b"")];
    [&b"\x89PNG\r\n\x1a\n"[..], &chunks.concat()].concat()
}

pub fn logo_of(image: &[u8]) -> Value {
    json!({ "data": BASE64_STANDARD.encode(image) })
}

/// Changes the settings, whatever their version is.
pub async fn set(app: &TestApp, patch: Value) -> Reply {
    app.admin().patch(SETTINGS, "*", patch).await
}

#[apply(both)]
async fn settings_are_read_and_changed(app: TestApp) {
    let admin = app.admin();
    let first = admin.get(SETTINGS).await.expect(200);
    let standard = json!({
        "company_name": null, "logo": null, "accent_color": null, "email_field": "hidden", "company_field": "hidden",
        "intents": ["sales", "technical_support"], "thank_you_url": null, "texts": [],
        "updated_at": "2026-01-01T00:00:00Z"
    });
    assert_eq!(first.body, standard);
    let texts = json!([{"locale": "de", "heading_sales": "Fragen? Wir rufen an.", "submit": null}]);
    let patch = json!({
        "company_name": "Příklad & synové", "accent_color": "#7A1F5C", "email_field": "required",
        "company_field": "optional", "intents": ["technical_support"], "texts": texts,
        "thank_you_url": "https://www.example.com/thanks?from=form", "logo": logo_of(&png(320, 80, ""))
    });
    let changed = admin.patch(SETTINGS, &first.etag(), patch).await.expect(200);
    assert_ne!(changed.etag(), first.etag());
    assert_eq!(
        (&changed.body["company_name"], &changed.body["accent_color"], &changed.body["intents"]),
        (&json!("Příklad & synové"), &json!("#7a1f5c"), &json!(["technical_support"]))
    );
    let image = png(320, 80, "");
    let logo = json!({
        "format": "png", "width": 320, "height": 80, "bytes": image.len(), "sha256": HEXLOWER.encode(&Sha256::digest(&image))
    });
    assert_eq!(changed.body["logo"], logo);
    let stored = &changed.body["texts"][0];
    assert_eq!((&stored["heading_sales"], &stored["lead"]), (&json!("Fragen? Wir rufen an."), &Value::Null));
    let read = admin.get(SETTINGS).await.expect(200);
    assert_eq!((&read.body, read.etag()), (&changed.body, changed.etag()));
    // What was read can be sent back, without the fields that are not settings.
    let mut same = read.body.clone();
    for field in ["logo", "updated_at"] {
        same.as_object_mut().unwrap().remove(field);
    }
    assert_eq!(admin.patch(SETTINGS, &read.etag(), same).await.expect(200).etag(), read.etag());

    let cleared = json!({"logo": null, "accent_color": null, "thank_you_url": null, "texts": [], "company_name": null});
    let cleared = admin.patch(SETTINGS, &read.etag(), cleared).await.expect(200);
    assert_eq!((&cleared.body["logo"], &cleared.body["company_name"]), (&Value::Null, &Value::Null));
    assert_eq!(cleared.body["email_field"], "required");
    let feed = app.drained_feed().await;
    let events: Vec<&Value> = feed.iter().filter(|event| event["type"] == "form_settings.updated").collect();
    assert_eq!((events.len(), &events[0]["data"]), (2, &changed.body));
}

#[apply(both)]
async fn only_administrators_change_settings_and_only_the_version_they_have_read(app: TestApp) {
    let anonymous = app.anonymous();
    anonymous.get(SETTINGS).await.refused(401, "unauthenticated");
    anonymous.patch(SETTINGS, "*", json!({"company_name": "Evil"})).await.refused(401, "unauthenticated");
    let agent = agent(&app, "a").await;
    agent.get(SETTINGS).await.refused(403, "forbidden");
    agent.patch(SETTINGS, "*", json!({"company_name": "Evil"})).await.refused(403, "forbidden");

    let etag = app.admin().get(SETTINGS).await.expect(200).etag();
    let replies = at_once(20, |number| {
        let (admin, etag) = (app.admin(), etag.clone());
        async move { admin.patch(SETTINGS, &etag, json!({"company_name": format!("Company {number}")})).await }
    })
    .await;
    let with = |status: u16| replies.iter().filter(|reply| reply.status == status).count();
    assert_eq!((with(200), with(412)), (1, 19));
    app.admin()
        .request("PATCH", SETTINGS)
        .merge_patch(json!({"company_name": "A"}))
        .send()
        .await
        .refused(428, "precondition_required");
}

#[apply(both)]
async fn values_that_would_harm_visitors_are_refused(app: TestApp) {
    for (patch, place, code) in [
        (json!({"accent_color": "#ffcc00"}), "/accent_color", "contrast_too_low"),
        (json!({"accent_color": "#777777"}), "/accent_color", "contrast_too_low"),
        (json!({"accent_color": "red"}), "/accent_color", "pattern_mismatch"),
        (json!({"accent_color": "#123456;}"}), "/accent_color", "too_long"),
        (json!({"accent_color": "#fff"}), "/accent_color", "pattern_mismatch"),
        (json!({"thank_you_url": "javascript:alert(1)//https://"}), "/thank_you_url", "pattern_mismatch"),
        (json!({"thank_you_url": "data:text/html,x"}), "/thank_you_url", "pattern_mismatch"),
        (json!({"thank_you_url": "http://www.example.com/"}), "/thank_you_url", "pattern_mismatch"),
        (json!({"thank_you_url": "https://"}), "/thank_you_url", "pattern_mismatch"),
        (json!({"thank_you_url": "https://user:secret@example.com/"}), "/thank_you_url", "url_has_credentials"),
        (json!({"company_name": ""}), "/company_name", "too_short"),
        (json!({"company_name": "\u{200b}"}), "/company_name", "blank"),
        (json!({"company_name": "A\u{0}"}), "/company_name", "nul_character"),
        (json!({"company_name": "x".repeat(81)}), "/company_name", "too_long"),
        (json!({"intents": []}), "/intents", "too_few_items"),
        (json!({"intents": ["everything"]}), "/intents/0", "unknown_value"),
        (json!({"email_field": "secret"}), "/email_field", "unknown_value"),
        (json!({"texts": [{"locale": "cs"}, {"locale": "cs"}]}), "/texts/1/locale", "duplicate_item"),
        (json!({"texts": [{"locale": "tlh"}]}), "/texts/0/locale", "unknown_value"),
        (json!({"texts": [{"locale": "cs", "lead": "\u{a0}"}]}), "/texts/0/lead", "blank"),
        (json!({"texts": [{"locale": "cs", "footer": "x"}]}), "/texts/0/footer", "unknown_field"),
        (json!({"frame_origins": ["https://evil.example"]}), "/frame_origins", "unknown_field"),
    ] {
        set(&app, patch).await.expect(422).violates(place, code);
    }
    let refused = set(&app, json!({"accent_color": "#ffcc00"})).await.expect(422);
    let detail = refused.body["errors"][0]["detail"].as_str().unwrap();
    let suggested = detail.split('"').nth(1).unwrap();
    set(&app, json!({ "accent_color": suggested })).await.expect(200);
}

#[apply(both)]
async fn a_logo_is_an_image(app: TestApp) {
    set(&app, json!({"company_name": "Example"})).await.expect(200);
    let svg = b"<svg xmlns=\"http://www.w3.org/2000/svg\"><script>alert(1)</script></svg>";
    let whole = png(10, 10, "");
    for (image, code) in [
        (svg.to_vec(), "image_format"),
        (b"<html><script>alert(1)</script></html>".to_vec(), "image_format"),
        (b"GIF89a".to_vec(), "image_format"),
        // An SVG with the signature of a PNG, and an image with a script behind it.
        ([&b"\x89PNG\r\n\x1a\n"[..], svg].concat(), "image_damaged"),
        ([&whole[..], svg].concat(), "image_damaged"),
        (whole[..whole.len() - 1].to_vec(), "image_damaged"),
        (png(2_001, 10, ""), "image_size"),
        (png(10, 0, ""), "image_size"),
        (png(10, 10, &"x".repeat(99_931)), "image_too_large"),
    ] {
        set(&app, json!({ "logo": logo_of(&image) })).await.expect(422).violates("/logo/data", code);
    }
    set(&app, json!({"logo": {"data": "not Base64!"}})).await.violates("/logo/data", "pattern_mismatch");
    set(&app, json!({"logo": {"data": "AAAA", "format": "svg"}})).await.violates("/logo/format", "unknown_field");
    set(&app, json!({"logo": {"data": "A".repeat(300_000)}})).await.refused(413, "payload_too_large");
    let largest = png(2_000, 2_000, &"x".repeat(99_900));
    assert!(largest.len() <= 100_000);
    set(&app, json!({ "logo": logo_of(&largest) })).await.expect(200);
    // A logo has an alternative text.
    set(&app, json!({"company_name": null})).await.violates("/company_name", "required");

    set(&app, json!({ "logo": logo_of(&whole) })).await.expect(200);
    assert_eq!(logos(&app).await, 1);
    set(&app, json!({"logo": null})).await.expect(200);
    assert_eq!(logos(&app).await, 0);
}

async fn logos(app: &TestApp) -> i64 {
    app.state.db.read(|conn| Ok(form_logos::table.count().get_result::<i64>(conn)?)).await.unwrap()
}

fn consenting(number: usize, wording: &str) -> Value {
    let mut body = request_body(number, asap());
    body["consents"] = json!([{"purpose": "marketing", "wording": wording}]);
    body
}

#[apply(both)]
async fn a_consent_has_a_text_that_the_form_has_shown(app: TestApp) {
    let visitor = app.anonymous();
    let foreign = visitor.post(PATH, consenting(1, "I agree to everything.")).await;
    foreign.violates("/consents/0/wording", "unknown_reference");
    offer_consent(&app, "Yes, send me news.\nAt most once a month.").await;
    for other in
        ["yes, send me news.\nAt most once a month.", "Yes, send me news.", "Yes, send me news. At most once a month."]
    {
        visitor.post(PATH, consenting(1, other)).await.violates("/consents/0/wording", "unknown_reference");
    }
    let receipt = visitor.post(PATH, consenting(1, "Yes, send me news.\nAt most once a month.")).await.expect(201);
    let given = with_secret(&app, &receipt, "receipt").send().await.expect(200).body["consents"][0].clone();
    let sha256 = HEXLOWER.encode(&Sha256::digest("Yes, send me news.\nAt most once a month."));
    assert_eq!((&given["wording_sha256"], &given["withdrawn_at"]), (&json!(sha256), &Value::Null));

    // A form that was opened before the change can still be sent; its wording stays recorded.
    offer_consent(&app, "Another text.").await;
    visitor.post(PATH, consenting(2, "Yes, send me news.\nAt most once a month.")).await.expect(201);
    set(&app, json!({"texts": []})).await.expect(200);
    visitor.post(PATH, consenting(3, "Another text.")).await.expect(201);
    let wordings =
        app.state.db.read(|conn| Ok(consent_wordings::table.count().get_result::<i64>(conn)?)).await.unwrap();
    assert_eq!(wordings, 2);

    // The form of an application has its own texts. Other callers are visitors.
    app.service("website", "callbacks:create").post(PATH, consenting(4, "A text of its own.")).await.expect(201);
    app.admin()
        .post(PATH, consenting(5, "A text of its own."))
        .await
        .violates("/consents/0/wording", "unknown_reference");
    // A request without the consent is the same.
    visitor.post(PATH, request_body(6, asap())).await.expect(201);
}
