//! `expand`: the people and departments that a response refers to, in the same response.

use std::collections::{BTreeMap, BTreeSet};

use super::support::client::Client;
use super::support::pair::{Pair, text};
use super::support::team::person_without_position;
use super::support::*;

/// Returns the path of every read that takes `expand`. The CMO has access to all of them, and a pending action.
async fn reads(app: &TestApp, pair: &Pair) -> Vec<String> {
    let approval = app.person("cio").act(&pair.at("close")).await.expect(201).id();
    let membership = pair.membership(app, &pair.mia).await;
    vec![
        format!("/v1/projects/{}", pair.project),
        pair.at("memberships"),
        format!("/v1/memberships/{}", text(&membership["id"])),
        format!("/v1/people/{}/memberships", pair.mia),
        pair.at("approvals"),
        format!("/v1/approvals/{approval}"),
        pair.at("areas"),
        "/v1/me/inbox".to_owned(),
    ]
}

/// Returns the different ids with this prefix in a text.
fn ids(text: &str, prefix: &str) -> BTreeSet<String> {
    const LENGTH: usize = 30;
    text.match_indices(prefix).map(|(at, _)| text[at..at + LENGTH].to_owned()).collect()
}

/// Returns the keys of an object.
fn keys(object: &Value) -> BTreeSet<String> {
    object.as_object().unwrap().keys().cloned().collect()
}

/// Splits a response into the body without `included`, and `included`.
fn split(reply: &Reply) -> (Value, Value) {
    let mut body = reply.body.clone();
    let included = body.as_object_mut().unwrap().remove("included").unwrap_or_else(|| panic!("{}", reply.text));
    (body, included)
}

/// Returns the body of each resource, by its id.
async fn read_each(client: &Client, kind: &str, ids: &[&String]) -> BTreeMap<String, Value> {
    let mut bodies = BTreeMap::new();
    for id in ids {
        bodies.insert((*id).clone(), client.get(&format!("/v1/{kind}/{id}")).await.expect(200).body);
    }
    bodies
}

#[apply(both)]
async fn every_reference_is_included_as_its_own_read_returns_it(app: TestApp) {
    let pair = Pair::running(&app).await;
    let cmo = app.person("cmo");
    let everyone = [&pair.cmo, &pair.cio, &pair.mia, &pair.max, &pair.ivan, &pair.ina];
    let known = BTreeMap::from([
        ("people", read_each(&cmo, "people", &everyone).await),
        ("departments", read_each(&cmo, "departments", &[&pair.brand, &pair.platform]).await),
    ]);
    let mut seen = BTreeSet::new();
    for path in reads(&app, &pair).await {
        let plain = cmo.get(&path).await.expect(200);
        assert_eq!(plain.body.get("included"), None, "{path}");
        for (query, kinds) in [
            ("people", &["people"][..]),
            ("departments", &["departments"][..]),
            ("people,departments", &["people", "departments"][..]),
            ("departments&expand=people,people", &["people", "departments"][..]),
        ] {
            let expanded = cmo.get(&format!("{path}?expand={query}")).await.expect(200);
            let (body, included) = split(&expanded);
            assert_eq!(body, plain.body, "{path} {query}");
            let requested: BTreeSet<String> = kinds.iter().map(|kind| (*kind).to_owned()).collect();
            assert_eq!(keys(&included), requested, "{path} {query}");
            for kind in kinds {
                let prefix = if *kind == "people" { "per_" } else { "dpt_" };
                let expected = ids(&plain.text, prefix);
                assert_eq!(keys(&included[kind]), expected, "{path} {query}");
                for id in expected {
                    assert_eq!(included[kind][&id], known[kind][&id], "{path} {query}");
                    seen.insert(id);
                }
            }
        }
    }
    assert_eq!(seen.len(), 8, "{seen:?}");
}

#[apply(both)]
async fn pending_actions_name_the_person_and_the_side(app: TestApp) {
    let pair = Pair::running(&app).await;
    app.person("cio").act(&pair.at("close")).await.expect(201);
    let offer = json!({"to_person_id": pair.max});
    app.person("mia").post(&format!("/v1/areas/{}/transfers", pair.databases), offer).await.expect(201);
    for (login, side, requested_by) in [("cmo", Value::Null, &pair.cio), ("max", json!(pair.brand), &pair.mia)] {
        let inbox = app.person(login).get("/v1/me/inbox?expand=people,departments").await.expect(200);
        let item = &inbox.body["data"][0];
        assert_eq!((&item["department_id"], &item["requested_by"]), (&side, &json!(requested_by)), "{login}");
        let included = &inbox.body["included"];
        assert_eq!(included["people"][requested_by]["id"], json!(requested_by));
        let sides: BTreeSet<String> = side.as_str().map(str::to_owned).into_iter().collect();
        assert_eq!(keys(&included["departments"]), sides);
    }
}

#[apply(both)]
async fn unknown_values_are_rejected(app: TestApp) {
    let pair = Pair::running(&app).await;
    let cmo = app.person("cmo");
    for path in reads(&app, &pair).await {
        for query in ["expand=managers", "expand=", "expand=people,", "expand=People", "expand=people&expand=managers"]
        {
            let refused = cmo.get(&format!("{path}?{query}")).await.refused(400, "invalid_parameter");
            let expected = json!([{
                "parameter": "expand", "code": "unknown_value",
                "detail": "Must be one of \"people\", \"departments\"."
            }]);
            assert_eq!(refused.body["errors"], expected, "{path} {query}");
        }
    }
    // Other reads do not have the parameter.
    cmo.get("/v1/departments?expand=people")
        .await
        .refused(400, "invalid_parameter")
        .violates("expand", "unknown_parameter");
}

#[apply(both)]
async fn expanding_needs_the_permission_to_read_the_directory(app: TestApp) {
    let pair = Pair::running(&app).await;
    let without_scope = app.caller("cmo", "projects:write");
    let of_people = without_scope.get("/v1/people").await.refused(403, "forbidden");
    assert_eq!(of_people.body["required_scope"], "projects:read");
    for path in reads(&app, &pair).await {
        let refused = without_scope.get(&format!("{path}?expand=people,departments")).await.refused(403, "forbidden");
        for field in ["required_scope", "detail"] {
            assert_eq!(refused.body[field], of_people.body[field], "{path}");
        }
    }
}

#[apply(both)]
async fn expanding_reveals_nothing_about_projects_without_access(app: TestApp) {
    let pair = Pair::running(&app).await;
    person_without_position(&app, "outsider").await;
    let outsider = app.person("outsider");
    let of_person = format!("/v1/people/{}/memberships", pair.mia);
    for path in reads(&app, &pair).await {
        let expanded = outsider.get(&format!("{path}?expand=people,departments")).await;
        let empty = match path.as_str() {
            "/v1/me/inbox" => Some(json!({"data": [], "has_more": false})),
            path if path == of_person => Some(json!({"data": [], "next_cursor": null})),
            _ => None,
        };
        if let Some(empty) = empty {
            let nothing = json!({"people": {}, "departments": {}});
            assert_eq!(split(&expanded.expect(200)), (empty, nothing), "{path}");
            continue;
        }
        let plain = outsider.get(&path).await.refused(404, "not_found");
        let expanded = expanded.refused(404, "not_found");
        assert_eq!(keys(&expanded.body), keys(&plain.body), "{path}");
        assert_eq!(ids(&expanded.text, "per_"), ids(&plain.text, "per_"), "{path}");
    }
}

#[apply(both)]
async fn an_expanded_response_is_never_304(app: TestApp) {
    let pair = Pair::running(&app).await;
    let cmo = app.person("cmo");
    let mut versioned = 0;
    for path in reads(&app, &pair).await {
        let expanded_path = format!("{path}?expand=people");
        let (plain, expanded) = (cmo.get(&path).await.expect(200), cmo.get(&expanded_path).await.expect(200));
        assert_eq!(expanded.header("cache-control"), "no-store", "{path}");
        // The tag is still the one to send in `If-Match`.
        assert_eq!(expanded.etag(), plain.etag(), "{path}");
        if plain.etag().is_empty() {
            continue;
        }
        versioned += 1;
        // A change of a person does not change the version of the resource.
        let name = format!("Sponsor {versioned}");
        let change = json!({"display_name": name});
        app.admin().patch(&format!("/v1/people/{}", pair.cio), "*", change).await.expect(200);
        for tag in [plain.etag().as_str(), "*"] {
            let conditional = |path: &str| cmo.request("GET", path).header("If-None-Match", tag).send();
            conditional(&path).await.expect(304);
            let current = conditional(&expanded_path).await.expect(200);
            assert_eq!(current.body["included"]["people"][&pair.cio]["display_name"], name, "{path}");
        }
    }
    assert_eq!(versioned, 3);
}

#[apply(both)]
async fn each_kind_takes_one_statement(app: TestApp) {
    let pair = Pair::running(&app).await;
    let cmo = app.person("cmo");
    let count = async |path: String| {
        app.record_statements();
        cmo.get(&path).await.expect(200);
        app.statements().len()
    };
    for path in reads(&app, &pair).await {
        let text = cmo.get(&path).await.expect(200).text;
        // A kind without references needs no statement.
        let [people, departments] = ["per_", "dpt_"].map(|prefix| usize::from(!ids(&text, prefix).is_empty()));
        let plain = count(path.clone()).await;
        assert_eq!(count(format!("{path}?expand=people")).await, plain + people, "{path}");
        assert_eq!(count(format!("{path}?expand=departments")).await, plain + departments, "{path}");
        let both = count(format!("{path}?expand=people,departments")).await;
        assert_eq!(both, plain + people + departments, "{path}");
    }
}

#[apply(both)]
async fn only_the_items_of_the_page_are_expanded(app: TestApp) {
    let pair = Pair::running(&app).await;
    let cmo = app.person("cmo");
    let mut path = pair.at("memberships?limit=1&expand=people");
    let mut members = Vec::new();
    loop {
        let page = cmo.get(&path).await.expect(200);
        let person = text(&page.body["data"][0]["person_id"]).to_owned();
        // The member and the sponsors, to whom the member reports.
        let expected: BTreeSet<String> = [&person, &pair.cmo, &pair.cio].map(String::clone).into();
        assert_eq!(keys(&page.body["included"]["people"]), expected);
        members.push(person);
        let Some(link) = page.header("link").strip_suffix(">; rel=\"next\"") else { break };
        path = link.trim_start_matches('<').to_owned();
    }
    assert_eq!(members, [pair.mia, pair.max, pair.ivan, pair.ina]);
}

#[apply(both)]
async fn an_erased_person_is_included_in_redacted_form(app: TestApp) {
    let pair = Pair::running(&app).await;
    let admin = app.admin();
    let person = format!("/v1/people/{}", pair.max);
    admin.post(&format!("{person}/deactivate"), json!({"reason": "Left the company."})).await.expect(200);
    admin.act(&format!("{person}/erase")).await.expect(200);
    let list = app.person("cmo").get(&pair.at("memberships?expand=people")).await.expect(200);
    let included = &list.body["included"]["people"][&pair.max];
    assert_eq!(included["display_name"], "[erased]");
    assert_eq!(*included, admin.get(&person).await.expect(200).body);
}

#[test]
fn the_document_has_the_parameter_and_the_field_at_the_same_operations() {
    let document = entente::app::openapi::document().unwrap();
    let paths = document["paths"].as_object().unwrap().values();
    let mut expandable = Vec::new();
    for operation in paths.flat_map(|item| item.as_object().unwrap().values()) {
        let mut parameters = operation["parameters"].as_array().into_iter().flatten();
        let takes_expand = parameters.any(|parameter| parameter["name"] == "expand");
        let reference = operation["responses"]["200"]["content"]["application/json"]["schema"]["$ref"].as_str();
        let schema = reference.and_then(|reference| document.pointer(reference.trim_start_matches('#')));
        let included = schema.map_or(&Value::Null, |schema| &schema["properties"]["included"]);
        let kind = included["$ref"].as_str().unwrap_or_default();
        assert_eq!(kind.starts_with("#/components/schemas/Included"), takes_expand, "{}", operation["operationId"]);
        if takes_expand {
            expandable.push(text(&operation["operationId"]));
        }
    }
    expandable.sort_unstable();
    let expected = [
        "get_approval",
        "get_inbox",
        "get_membership",
        "get_person_inbox",
        "get_project",
        "list_approvals",
        "list_areas",
        "list_audit_entries",
        "list_memberships",
        "list_person_memberships",
    ];
    assert_eq!(expandable, expected);
}
