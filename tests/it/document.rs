//! The OpenAPI document: it is up to date, served, and its security is enforced.

use super::support::*;

use entente::app::openapi::{Rendering, pretty, rendering};

#[test]
fn the_committed_documents_are_up_to_date() {
    for (file, kind) in [("openapi.json", Rendering::V3_1), ("openapi-3.0.json", Rendering::V3_0)] {
        let current = pretty(&rendering(kind).unwrap()).unwrap();
        let committed = std::fs::read_to_string(format!("openapi/{file}")).unwrap_or_default();
        assert!(current == committed, "openapi/{file} is out of date; run: make openapi");
    }
}

#[test]
fn the_committed_reference_pages_are_current() {
    use entente::app::reference::Page;

    for page in [Page::Events, Page::Metrics, Page::Permissions, Page::Problems, Page::States] {
        let committed = std::fs::read_to_string(page.path()).unwrap_or_default();
        assert!(page.render() == committed, "{} is out of date; run: make reference", page.path());
    }
}

#[apply(both)]
async fn the_served_documents_are_the_generated_ones(app: TestApp) {
    let renderings = [
        ("/openapi.json", Rendering::V3_1),
        ("/openapi-3.0.json", Rendering::V3_0),
        ("/docs/openapi.json", Rendering::Lean),
    ];
    for (path, kind) in renderings {
        let served = app.anonymous().get(path).await.expect(200);
        assert_eq!(served.body, rendering(kind).unwrap(), "{path}");
        assert!(!served.text.contains('\n'), "{path} is not minified");
        assert_eq!(
            (served.header("cache-control"), served.header("vary")),
            ("no-cache", "Accept-Encoding, Origin"),
            "{path}"
        );
    }
    // The files of Swagger UI are always compressed.
    let docs = app.anonymous().get("/docs/").await.expect(200);
    assert_eq!((docs.header("content-type"), docs.header("content-encoding")), ("text/html", "gzip"));
}

#[apply(both)]
async fn swagger_ui_runs_only_its_own_files_and_keeps_no_token(app: TestApp) {
    let caller = app.anonymous();
    for path in ["/docs/", "/docs/index.html", "/docs/swagger-ui-bundle.js", "/docs/swagger-initializer.js"] {
        let reply = caller.get(path).await.expect(200);
        let policy: Vec<_> = reply.header("content-security-policy").split("; ").collect();
        for directive in ["default-src 'none'", "script-src 'self'", "connect-src 'self'", "frame-ancestors 'none'"] {
            assert!(policy.contains(&directive), "{path}: no {directive}");
        }
        assert!(!policy.iter().any(|directive| directive.contains("unsafe") || directive.contains("http")), "{path}");
        for (name, expected) in
            [("x-frame-options", "DENY"), ("referrer-policy", "no-referrer"), ("x-content-type-options", "nosniff")]
        {
            assert_eq!(reply.header(name), expected, "{path}: {name}");
        }
    }
    let settings = caller.get("/docs/swagger-initializer.js").await.text;
    assert!(settings.contains("\"persistAuthorization\": false") && settings.contains("\"validatorUrl\": \"none\""));
    // Other paths keep their responses.
    caller.get("/docs/nothing.js").await.refused(404, "not_found");
    caller.get("/docs/openapi.json").await.expect(200);
    assert_eq!(caller.get("/docs").await.expect(308).header("location"), "/docs/");
    caller.request("POST", "/docs/").send().await.expect(404);
}

#[apply(both)]
async fn the_served_document_is_compressed_and_cached(app: TestApp) {
    let caller = app.anonymous();
    let get = |encoding: &'static str| caller.request("GET", "/openapi.json").header("Accept-Encoding", encoding);
    let plain = get("identity").send().await.expect(200);
    assert!(!plain.headers.contains_key("content-encoding"));
    let uncompressed = get("gzip;q=0").send().await.expect(200);
    assert_eq!(uncompressed.header("etag"), plain.header("etag"));
    let compressed = get("gzip, deflate, br").send().await.expect(200);
    assert_eq!(compressed.header("content-encoding"), "gzip");
    assert!(compressed.header("content-length").parse::<usize>().unwrap() * 5 < plain.text.len());
    assert_ne!(compressed.header("etag"), plain.header("etag"));
    for (encoding, tag) in [("identity", plain.header("etag")), ("gzip", compressed.header("etag"))] {
        assert!(tag.starts_with('"'), "{tag} is not strong");
        let unchanged = get(encoding).header("If-None-Match", tag).send().await.expect(304);
        assert_eq!((unchanged.text.as_str(), unchanged.header("etag")), ("", tag));
    }
}

#[apply(both)]
async fn every_secured_operation_rejects_callers_without_a_token(app: TestApp) {
    let document = entente::app::openapi::document().unwrap();
    let mut seen = 0;
    for (path, methods) in document["paths"].as_object().unwrap() {
        for (method, operation) in methods.as_object().unwrap() {
            let is_optional = |options: &Vec<Value>| options.contains(&json!({}));
            if operation["security"].as_array().is_some_and(is_optional) {
                continue;
            }
            seen += 1;
            let path = path
                .split('/')
                .map(|part| if part.starts_with('{') { "x" } else { part })
                .collect::<Vec<_>>()
                .join("/");
            let reply = app.anonymous().request(&method.to_uppercase(), &path).send().await;
            // The invalid id may be rejected before the credentials are checked.
            assert!([401, 404].contains(&reply.status), "{method} {path}: {}", reply.status);
        }
    }
    assert!(seen > 0);
}
