//! Abuse of the public form.

use super::support::desk::*;
use super::support::*;

#[apply(both)]
async fn the_page_of_the_form_is_a_web_page(app: TestApp) {
    let from_page = async |number, page: &str| {
        let mut body = request_body(number, asap());
        body["source"] = json!({"page": page});
        app.anonymous().post(PATH, body).await
    };
    for (page, code) in [
        ("ftp://example.com/form", "pattern_mismatch"),
        ("javascript:alert(1)", "pattern_mismatch"),
        ("https://user:password@example.com/", "url_has_credentials"),
        ("https://user@example.com/", "url_has_credentials"),
        ("http://:password@example.com/", "url_has_credentials"),
    ] {
        from_page(1, page).await.violates("/source/page", code);
    }
    for (number, page) in [(1, "https://www.example.com/contact?a=b@c#form"), (2, "http://localhost:8080/")] {
        from_page(number, page).await.expect(201);
    }
}
