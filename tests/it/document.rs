//! The document: what is served, what is committed, and what it says about itself.

use super::support::*;

#[test]
fn the_committed_document_is_what_the_code_says() {
    let current = entente::app::openapi::pretty(&entente::app::openapi::document().unwrap()).unwrap();
    let committed = std::fs::read_to_string("openapi/openapi.json").unwrap_or_default();
    assert!(
        current == committed,
        "openapi/openapi.json is out of date; run: cargo run -- openapi > openapi/openapi.json"
    );
}

#[test]
fn the_committed_reference_pages_are_current() {
    use entente::app::reference::Page;

    for page in [Page::Events, Page::Problems, Page::States] {
        let committed = std::fs::read_to_string(page.path()).unwrap_or_default();
        assert!(page.render() == committed, "{} is out of date; run: make reference", page.path());
    }
}

#[apply(both)]
async fn the_served_document_is_the_committed_one(app: TestApp) {
    let served = app.anonymous().get("/openapi.json").await.expect(200);
    assert_eq!(served.body, entente::app::openapi::document().unwrap());
    let docs = app.anonymous().get("/docs/").await.expect(200);
    assert!(docs.text.contains("swagger-ui"));
}

#[apply(both)]
async fn every_secured_operation_refuses_a_caller_without_token(app: TestApp) {
    let document = entente::app::openapi::document().unwrap();
    let mut seen = 0;
    for (path, methods) in document["paths"].as_object().unwrap() {
        for (method, operation) in methods.as_object().unwrap() {
            let public = operation["security"] == json!([{}]);
            if public {
                continue;
            }
            seen += 1;
            let path = path
                .split('/')
                .map(|part| if part.starts_with('{') { "x" } else { part })
                .collect::<Vec<_>>()
                .join("/");
            let reply = app.anonymous().request(&method.to_uppercase(), &path).send().await;
            // A path that names nothing may be found out before the caller is asked for.
            assert!([401, 404].contains(&reply.status), "{method} {path}: {}", reply.status);
        }
    }
    assert!(seen > 0);
}
