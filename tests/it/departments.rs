//! Departments.

use super::support::*;

#[apply(both)]
async fn a_department_is_created_read_updated_and_listed(app: TestApp) {
    let admin = app.admin();
    let created = admin.post("/v1/departments", json!({"key": "care", "name": "Customer care"})).await.expect(201);
    let path = created.header("location").to_owned();
    assert_eq!(created.body["head_title"], Value::Null);
    let read = admin.get(&path).await.expect(200);
    assert_eq!(read.body, created.body);
    assert_eq!(read.etag(), created.etag());

    let changed = admin.patch(&path, &read.etag(), json!({"head_title": "Head of care"})).await.expect(200);
    assert_eq!(changed.body["head_title"], "Head of care");
    assert_ne!(changed.etag(), read.etag());
    let cleared = admin.patch(&path, &changed.etag(), json!({"head_title": null})).await.expect(200);
    assert_eq!(cleared.body["head_title"], Value::Null);

    let list = admin.get("/v1/departments?key=care").await.expect(200);
    assert_eq!(list.body["data"].as_array().unwrap().len(), 1);
}

#[apply(both)]
async fn a_department_key_is_unique(app: TestApp) {
    let replies = at_once(30, |number| {
        let admin = app.admin();
        async move { admin.post("/v1/departments", json!({"key": "legal", "name": format!("Legal {number}")})).await }
    })
    .await;
    assert_eq!(with_status(&replies, 201), 1);
    assert_eq!(with_status(&replies, 409), 29);
    assert!(replies.iter().filter(|reply| reply.status == 409).all(|reply| reply.body["code"] == "already_exists"));
}

#[apply(both)]
async fn only_administrators_create_departments(app: TestApp) {
    let reader = app.person("reader");
    let refused =
        reader.post("/v1/departments", json!({"key": "care", "name": "Care"})).await.refused(403, "forbidden");
    assert_eq!(refused.body["required_scope"], "directory:write");
    reader.get("/v1/departments").await.expect(200);
    app.caller("unknown", "").get("/v1/departments").await.refused(403, "forbidden");
}
