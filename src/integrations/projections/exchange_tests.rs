//! Tests of the exchange with another system.

use proptest::prelude::*;

use super::*;

fn plan(format: ProjectionFormat, operation: RecordOperation, known: Option<&str>) -> RecordPlan {
    let creates = matches!(operation, RecordOperation::Create | RecordOperation::Update);
    RecordPlan {
        format,
        request: "cbr_1".into(),
        known: known.map(str::to_owned),
        operation,
        creation: creates.then(|| json!({"new": true})),
        change: json!({"changed": true}),
        closes: operation == RecordOperation::Close,
    }
}

fn send(next: Next) -> RecordRequest {
    match next {
        Next::Send(request) => request,
        Next::End(ending) => panic!("ended: {ending:?}"),
    }
}

fn end(next: Next) -> Ending {
    match next {
        Next::End(ending) => ending,
        Next::Send(request) => panic!("sends {request:?}"),
    }
}

fn written(record: &str) -> Ending {
    Ending::Written(Some(record.into()))
}

#[test]
fn the_id_is_taken_from_the_response_that_created_the_record() {
    let cases = [
        (ProjectionFormat::SalesforceLead, 201, r#"{"id":"00Q1","success":true,"errors":[],"created":true}"#, "00Q1"),
        (ProjectionFormat::HubspotContact, 200, r#"{"status":"COMPLETE","results":[{"id":"51","new":true}]}"#, "51"),
        (ProjectionFormat::HubspotTicket, 200, r#"{"status":"COMPLETE","results":[{"id":"52"}]}"#, "52"),
        (
            ProjectionFormat::ServicenowIncident,
            201,
            r#"{"result":{"sys_id":"9d385017c611228701d22104cc95c371"}}"#,
            "9d385017c611228701d22104cc95c371",
        ),
        (ProjectionFormat::JiraRequest, 201, r#"{"issueId":"107001","issueKey":"HELP-1"}"#, "107001"),
        (ProjectionFormat::ZammadTicket, 201, r#"{"id":17,"number":"22001"}"#, "17"),
    ];
    for (format, status, body, id) in cases {
        let plan = plan(format, RecordOperation::Create, None);
        let mut request = plan.first();
        if !format.is_upsert() {
            assert_eq!(request.purpose, Purpose::Find);
            let nothing = match format {
                ProjectionFormat::ServicenowIncident => r#"{"result":[]}"#,
                ProjectionFormat::JiraRequest => r#"{"issues":[],"isLast":true}"#,
                _ => "[]",
            };
            request = send(plan.next(&request, 200, nothing.as_bytes()));
        }
        assert_eq!((request.purpose, &request.body), (Purpose::Create, &Some(json!({"new": true}))));
        assert_eq!(end(plan.next(&request, status, body.as_bytes())), written(id));
        // Without an id, the record is found later, and is not created again.
        assert_eq!(end(plan.next(&request, 200, b"")), Ending::Written(None));
        assert_eq!(end(plan.next(&request, 400, body.as_bytes())), Ending::Failed);
    }
}

#[test]
fn a_record_whose_response_was_lost_is_found() {
    for (format, body) in [
        (ProjectionFormat::ServicenowIncident, r#"{"result":[{"sys_id":"s1","correlation_id":"cbr_1"}]}"#),
        (ProjectionFormat::JiraRequest, found_issues(&[("s1", &["Name: x", "Entente: cbr_1"])], true).as_str()),
        (ProjectionFormat::ZammadTicket, r#"[{"id":"s1","entente_request_id":"cbr_1"}]"#),
    ] {
        let plan = plan(format, RecordOperation::Create, None);
        assert_eq!(end(plan.next(&plan.first(), 200, body.as_bytes())), written("s1"));
    }
}

/// Returns the response of Jira to a search: issues with their id and the paragraphs of their description.
fn found_issues(issues: &[(&str, &[&str])], is_last: bool) -> String {
    let paragraph = |text: &&str| json!({"type": "paragraph", "content": [{"type": "text", "text": text}]});
    let issue = |(id, lines): &(&str, &[&str])| {
        let content: Vec<Value> = lines.iter().map(paragraph).collect();
        json!({"id": id, "fields": {"description": {"type": "doc", "version": 1, "content": content}}})
    };
    let issues: Vec<Value> = issues.iter().map(issue).collect();
    json!({"issues": issues, "isLast": is_last}).to_string()
}

#[test]
fn the_id_of_another_request_in_a_text_of_a_visitor_finds_nothing() {
    // The visitor of request 2 has typed the ID of request 1, also in the form of the last line.
    let quoting: (&str, &[&str]) = ("s2", &["Notes: cbr_1", "Entente: cbr_1", "", "Entente: cbr_2"]);
    let own: (&str, &[&str]) = ("s1", &["Notes: help", "Entente: cbr_1"]);
    let jira = plan(ProjectionFormat::JiraRequest, RecordOperation::Update, None);
    let search = jira.first();
    let both = found_issues(&[quoting, own], true);
    let change = send(jira.next(&search, 200, both.as_bytes()));
    assert_eq!((change.purpose, &change.record[..]), (Purpose::Change, "s1"));
    let only_quoting = found_issues(&[quoting], true);
    assert_eq!(send(jira.next(&search, 200, only_quoting.as_bytes())).purpose, Purpose::Create);
    // The issue of the request can be on another page.
    let more = found_issues(&[quoting], false);
    assert_eq!(end(jira.next(&search, 200, more.as_bytes())), Ending::Failed);

    let zammad = plan(ProjectionFormat::ZammadTicket, RecordOperation::Update, None);
    let search = zammad.first();
    let ticket = |id: &str, request: Value| json!({"id": id, "title": "cbr_1", "entente_request_id": request});
    let both = json!([ticket("s2", json!("cbr_2")), ticket("s1", json!("cbr_1"))]).to_string();
    assert_eq!(send(zammad.next(&search, 200, both.as_bytes())).record, "s1");
    let others = json!([ticket("s2", json!("cbr_2")), ticket("s3", Value::Null)]).to_string();
    assert_eq!(send(zammad.next(&search, 200, others.as_bytes())).purpose, Purpose::Create);
    let full = Value::from(vec![ticket("s2", json!("cbr_2")); paths::MOST_FOUND]).to_string();
    assert_eq!(end(zammad.next(&search, 200, full.as_bytes())), Ending::Failed);
}

#[test]
fn only_the_last_paragraph_of_a_description_identifies_an_issue() {
    let jira = plan(ProjectionFormat::JiraRequest, RecordOperation::Update, None);
    let text = |text: &str| json!({"type": "text", "text": text});
    let is_found = |last: Value| {
        let description = json!({"type": "doc", "version": 1, "content": [{"type": "paragraph"}, last]});
        let body = json!({"issues": [{"id": "s1", "fields": {"description": description}}], "isLast": true});
        send(jira.next(&jira.first(), 200, body.to_string().as_bytes())).purpose == Purpose::Change
    };
    let lines = json!([text("Name: x"), {"type": "hardBreak"}, text("Entente: "), text("cbr_1")]);
    assert!(is_found(json!({"type": "paragraph", "content": lines})));
    for content in ["Notes: Entente: cbr_1", "Entente: cbr_12", "Entente: cbr_1 cbr_2", "cbr_1"] {
        assert!(!is_found(json!({"type": "paragraph", "content": [text(content)]})), "{content}");
    }
    for other in ["codeBlock", "blockquote"] {
        assert!(!is_found(json!({"type": other, "content": [text("Entente: cbr_1")]})), "{other}");
    }
    assert!(!is_found(json!({"type": "paragraph"})));
    // Without the description, nothing is known.
    let body = r#"{"issues":[{"id":"s1","fields":{}}],"isLast":true}"#;
    assert_eq!(end(jira.next(&jira.first(), 200, body.as_bytes())), Ending::Failed);
}

/// Returns the plan for a contact with an e-mail address.
fn contact_plan(operation: RecordOperation) -> RecordPlan {
    let properties = json!({"lastname": "x", "email": "anna@example.com", "message": "E-mail: anna@example.com"});
    let creation = json!({"inputs": [{"idProperty": "entente_request_id", "id": "cbr_1", "properties": properties}]});
    RecordPlan { creation: Some(creation), ..plan(ProjectionFormat::HubspotContact, operation, None) }
}

#[test]
fn a_contact_with_the_email_address_of_a_visitor_is_not_changed() {
    for operation in [RecordOperation::Create, RecordOperation::Update] {
        let plan = contact_plan(operation);
        let lookup = plan.first();
        assert_eq!((lookup.purpose, &lookup.record[..]), (Purpose::FindByEmail, "anna@example.com"));
        // No contact has the address.
        let create = send(plan.next(&lookup, 404, b"{}"));
        assert_eq!((create.purpose, &create.body), (Purpose::Create, &plan.creation));
        // Another contact has it, also one that belongs to another request.
        for other in [json!({}), json!({"entente_request_id": null}), json!({"entente_request_id": "cbr_2"})] {
            let other = json!({"id": "7", "properties": other}).to_string();
            let create = send(plan.next(&lookup, 200, other.as_bytes()));
            assert_eq!((create.purpose, &create.record[..]), (Purpose::Create, ""));
            let input = &create.body.unwrap()["inputs"][0];
            assert_eq!((&input["idProperty"], &input["id"]), (&json!("entente_request_id"), &json!("cbr_1")));
            let expected = json!({"lastname": "x", "message": "E-mail: anna@example.com"});
            assert_eq!(input["properties"], expected);
        }
        for (status, body) in
            [(200, ""), (200, "[]"), (200, "{}"), (204, ""), (207, "{}"), (400, ""), (403, ""), (500, "")]
        {
            assert_eq!(end(plan.next(&lookup, status, body.as_bytes())), Ending::Failed, "{status} {body}");
        }
    }
}

#[test]
fn a_contact_whose_response_was_lost_is_recognised_by_the_request() {
    let own = br#"{"id":"7","properties":{"entente_request_id":"cbr_1"}}"#;
    let created = contact_plan(RecordOperation::Create);
    assert_eq!(end(created.next(&created.first(), 200, own)), written("7"));
    let updated = contact_plan(RecordOperation::Update);
    let change = send(updated.next(&updated.first(), 200, own));
    assert_eq!((change.purpose, &change.record[..]), (Purpose::Change, "7"));
}

#[test]
fn only_a_contact_with_an_email_address_is_looked_up() {
    for body in
        [json!({"inputs": [{"properties": {"lastname": "x"}}]}), json!({"inputs": [{"properties": {"email": ""}}]})]
    {
        let plan = RecordPlan { creation: Some(body), ..contact_plan(RecordOperation::Create) };
        assert_eq!(plan.first().purpose, Purpose::Create);
    }
    for operation in [RecordOperation::Close, RecordOperation::Erase] {
        assert_eq!(plan(ProjectionFormat::HubspotContact, operation, None).first().purpose, Purpose::Find);
    }
    let known = RecordPlan { known: Some("7".into()), ..contact_plan(RecordOperation::Update) };
    assert_eq!(known.first().purpose, Purpose::Change);
}

#[test]
fn more_of_the_response_to_a_search_is_read() {
    let jira = plan(ProjectionFormat::JiraRequest, RecordOperation::Create, None);
    assert_eq!(jira.response_bytes(&jira.first()), Some(SEARCH_BYTES));
    assert_eq!(jira.response_bytes(&create(&json!({}))), None);
}

#[test]
fn a_repeated_creation_waits_where_a_search_is_late() {
    for format in ProjectionFormat::ALL.iter().copied() {
        let plan = plan(format, RecordOperation::Create, None);
        let is_late = matches!(format, ProjectionFormat::JiraRequest | ProjectionFormat::ZammadTicket);
        assert_eq!(plan.search_delay(&create(&json!({}))) > Duration::ZERO, is_late, "{format:?}");
        assert!(!is_late || plan.search_delay(&plan.first()).is_zero());
    }
}

#[test]
fn a_search_that_cannot_be_read_creates_nothing() {
    for format in [ProjectionFormat::ServicenowIncident, ProjectionFormat::JiraRequest, ProjectionFormat::ZammadTicket]
    {
        let plan = plan(format, RecordOperation::Create, None);
        for (status, body) in [(200, "<html>"), (200, "{}"), (404, "[]"), (500, ""), (207, "[{}]"), (302, "")] {
            assert_eq!(end(plan.next(&plan.first(), status, body.as_bytes())), Ending::Failed, "{format:?} {body}");
        }
    }
}

#[test]
fn the_record_of_something_else_is_neither_changed_nor_taken_for_a_missing_one() {
    for operation in RecordOperation::ALL.iter().copied() {
        let plan = plan(ProjectionFormat::ServicenowIncident, operation, None);
        for body in [
            r#"{"result":[{"sys_id":"s1","correlation_id":"cbr_2"}]}"#,
            r#"{"result":[{"sys_id":"s1","correlation_id":""}]}"#,
            r#"{"result":[{"sys_id":"s1"}]}"#,
        ] {
            assert_eq!(end(plan.next(&plan.first(), 200, body.as_bytes())), Ending::Failed, "{operation:?} {body}");
        }
    }
}

#[test]
fn a_known_record_is_changed_by_its_id() {
    for format in ProjectionFormat::ALL.iter().copied() {
        let plan = plan(format, RecordOperation::Update, Some("r1"));
        let request = plan.first();
        assert_eq!((request.purpose, &request.record[..]), (Purpose::Change, "r1"));
        assert_eq!(end(plan.next(&request, 200, b"{}")), written("r1"));
        assert_eq!(end(plan.next(&request, 404, b"")), Ending::RecordDeleted);
        assert_eq!(end(plan.next(&request, 503, b"")), Ending::Failed);
    }
}

#[test]
fn a_record_that_was_never_created_is_not_created_to_be_closed() {
    for operation in [RecordOperation::Close, RecordOperation::Erase] {
        let lead = plan(ProjectionFormat::SalesforceLead, operation, None);
        assert_eq!(lead.first().purpose, Purpose::Find);
        assert_eq!(end(lead.next(&lead.first(), 404, b"[]")), Ending::NoRecord);
        let found = send(lead.next(&lead.first(), 200, br#"{"Id":"00Q1"}"#));
        assert_eq!((found.purpose, &found.record[..]), (Purpose::Change, "00Q1"));
        let ticket = plan(ProjectionFormat::ZammadTicket, operation, None);
        assert_eq!(end(ticket.next(&ticket.first(), 200, b"[]")), Ending::NoRecord);
    }
}

#[test]
fn a_record_that_was_created_without_an_id_is_only_looked_up() {
    for operation in [RecordOperation::Create, RecordOperation::Update] {
        let plan = RecordPlan { creation: None, ..plan(ProjectionFormat::ServicenowIncident, operation, None) };
        let search = plan.first();
        assert_eq!(search.purpose, Purpose::Find);
        assert_eq!(end(plan.next(&search, 200, br#"{"result":[]}"#)), Ending::NoRecord);
        assert_eq!(end(plan.next(&search, 500, b"")), Ending::Failed);
    }
}

#[test]
fn a_converted_lead_is_left_as_it_is() {
    let plan = plan(ProjectionFormat::SalesforceLead, RecordOperation::Close, Some("00Q1"));
    let converted = br#"[{"message":"cannot reference converted lead","errorCode":"CANNOT_UPDATE_CONVERTED_LEAD"}]"#;
    assert_eq!(end(plan.next(&plan.first(), 400, converted)), Ending::RecordLocked);
    let other = br#"[{"message":"x","errorCode":"INVALID_FIELD"}]"#;
    assert_eq!(end(plan.next(&plan.first(), 400, other)), Ending::Failed);
}

#[test]
fn an_issue_is_closed_by_a_transition_to_a_done_status() {
    let plan = plan(ProjectionFormat::JiraRequest, RecordOperation::Close, Some("10001"));
    let changed = plan.first();
    let inspect = send(plan.next(&changed, 204, b""));
    assert_eq!((inspect.purpose, &inspect.body), (Purpose::Inspect, &None));
    let issue = |category: &str, transitions: Value| {
        json!({"fields": {"status": {"statusCategory": {"key": category}}}, "transitions": transitions}).to_string()
    };
    let transitions = json!([
        {"id": "11", "to": {"statusCategory": {"key": "indeterminate"}}},
        {"id": "31", "to": {"statusCategory": {"key": "done"}}}
    ]);
    let transition = send(plan.next(&inspect, 200, issue("new", transitions.clone()).as_bytes()));
    assert_eq!(transition.body, Some(json!({"transition": {"id": "31"}})));
    assert_eq!(end(plan.next(&transition, 204, b"")), written("10001"));
    // A repetition after a lost response finds it closed.
    assert_eq!(end(plan.next(&inspect, 200, issue("done", transitions).as_bytes())), written("10001"));
    let open = issue("new", json!([]));
    assert_eq!(end(plan.next(&inspect, 200, open.as_bytes())), Ending::NotClosed("10001".into()));
    assert_eq!(end(plan.next(&inspect, 200, b"{}")), Ending::Failed);
}

proptest! {
    #[test]
    fn no_response_panics_or_makes_an_exchange_endless(status in 100u16..600, body in ".{0,40}", known in prop::option::of("[a-z]{1,4}")) {
        for format in ProjectionFormat::ALL.iter().copied() {
            for operation in RecordOperation::ALL.iter().copied() {
                let plan = plan(format, operation, known.as_deref());
                let mut request = plan.first();
                for _ in 0..4 {
                    match plan.next(&request, status, body.as_bytes()) {
                        Next::Send(next) => request = next,
                        Next::End(_) => break,
                    }
                }
                prop_assert!(matches!(plan.next(&request, status, body.as_bytes()), Next::End(_)));
            }
        }
    }

    #[test]
    fn an_id_is_one_segment(id in ".{0,20}") {
        if let Some(id) = identifier(Some(&json!(id))) {
            let endpoint = Url::parse("https://x.example/api/v1/tickets").unwrap();
            let plan = plan(ProjectionFormat::ZammadTicket, RecordOperation::Update, Some(&id));
            let (_, url) = plan.method_and_url(&endpoint, &plan.first());
            prop_assert!(url.path().starts_with("/api/v1/tickets/"));
            prop_assert_eq!(url.path_segments().unwrap().count(), 4);
        }
    }
}
