//! The permissions of sponsors, and the order of project lists.

use super::support::draft::{charter, draft};
use super::support::team::person_without_position;
use super::support::*;

#[apply(both)]
async fn a_sponsor_acts_for_their_own_side_only(app: TestApp) {
    // Each sponsor manages the people and the areas of their own side.
    let project = draft(&app).await.with_team(&app).await;
    let cio = app.person("cio");
    let of = async |side: &str| -> Value {
        let list = cio.get(&project.at(&format!("memberships?department_id={side}"))).await.expect(200);
        list.body["data"][0].clone()
    };
    let (theirs, own) = (of(&project.brand).await, of(&project.platform).await);
    let end = |membership: &Value| format!("/v1/memberships/{}/end", membership["id"].as_str().unwrap());
    let body = json!({"ends_on": "2027-04-30", "reason": "Needed in the department."});
    cio.post(&end(&theirs), body.clone()).await.refused(403, "forbidden");

    let areas = cio.get(&project.at("areas")).await.expect(200).body["data"].clone();
    for area in areas.as_array().unwrap() {
        let expected = if area["department_id"] == json!(project.brand) { 403 } else { 200 };
        let path = format!("/v1/assignments/{}/end", area["accountable"]["id"].as_str().unwrap());
        cio.post(&path, json!({"ends_on": "2027-04-30"})).await.expect(expected);
    }
    // The member no longer owns an area, so the membership can end.
    cio.post(&end(&own), body).await.expect(200);

    let successor = person_without_position(&app, "successor").await;
    let position = json!({"department_id": project.brand, "title": "Editor", "valid_from": "2020-01-01"});
    app.admin().post(&format!("/v1/people/{successor}/home-positions"), position).await.expect(201);
    let invitation = json!({"person_id": successor, "department_id": project.brand, "project_role": "Editor"});
    cio.post(&project.at("memberships"), invitation.clone()).await.refused(403, "forbidden");
    app.person("cmo").post(&project.at("memberships"), invitation).await.expect(201);
}

#[apply(both)]
async fn descending_order_is_the_reverse_of_ascending_order(app: TestApp) {
    let (body, _) = charter(&app).await;
    for _ in 0..5 {
        app.person("cmo").post("/v1/projects", body.clone()).await.expect(201);
    }
    let list = async |sort: &str| -> Vec<Value> {
        let (mut ids, mut path) = (Vec::new(), format!("/v1/projects?limit=2&sort={sort}"));
        loop {
            let page = app.admin().get(&path).await.expect(200);
            ids.extend(page.body["data"].as_array().unwrap().iter().map(|project| project["id"].clone()));
            let Some(cursor) = page.body["next_cursor"].as_str() else { return ids };
            path = format!("/v1/projects?limit=2&sort={sort}&cursor={cursor}");
        }
    };
    let mut newest_first = list("-created_at").await;
    newest_first.reverse();
    assert_eq!(newest_first.len(), 5);
    assert_eq!(newest_first, list("created_at").await);
    app.admin().get("/v1/projects?sort=name").await.refused(400, "invalid_parameter").violates("sort", "unknown_value");
}
