//! Tests of the bodies of records.

use proptest::prelude::*;
use serde_json::json;

use super::*;
use crate::callbacks::requests::enums::{CallOutcome, PromiseStatus};
use crate::callbacks::requests::{CallbackIntent, LastCall};
use crate::integrations::projections::lead::Utm;

const ID: &str = "cbr_01kdvdna00e008000000000001";
const SUMMARY: &str = "Call promised between 2027-03-30T08:00:00Z and 2027-03-30T09:00:00Z.\n\
    Name: Anna Marie Nováková\nPhone: +420601123456\nNotes: Two hundred licences\nCampaign: spring\n\
    Campaign parameters: utm_source=letter, utm_term=crm\n\
    Entente: cbr_01kdvdna00e008000000000001";

fn lead() -> Lead {
    Lead {
        id: ID.into(),
        full_name: "Anna Marie Nováková".into(),
        email: None,
        company: None,
        notes: Some("Two hundred licences".into()),
        source_campaign: Some("spring".into()),
        utm: Utm { source: Some("letter".into()), term: Some("crm".into()), ..Utm::default() },
        ..Lead::sample()
    }
}

/// Returns the data after the visitor was reached.
fn completed() -> Lead {
    let mut lead = lead();
    lead.state = CallbackState::Completed;
    lead.promise = PromiseStatus::Kept;
    lead.calls = 1;
    lead.desk.agent_email = Some("agent@example.com".into());
    lead.desk.last_call = Some(LastCall { number: 1, outcome: CallOutcome::Reached, started_at: lead.promised_by });
    lead.desk.marketing_consent = true;
    lead
}

fn erased() -> Lead {
    Lead {
        full_name: ERASED.into(),
        phone: String::new(),
        notes: None,
        source_campaign: None,
        utm: Utm::default(),
        erased: true,
        ..completed()
    }
}

fn body(format: ProjectionFormat, lead: &Lead) -> Value {
    serde_json::to_value(project(format, lead, &ProjectionQuery::default())).unwrap()
}

fn changed(format: ProjectionFormat, lead: &Lead, operation: RecordOperation, noted: bool) -> Value {
    change(format, lead, &FieldMapping::default(), operation, noted).unwrap()
}

#[test]
fn the_bodies_of_every_operation_are_recorded() {
    let golden: Value = serde_json::from_str(include_str!("golden.json")).unwrap();
    let mut bodies = Map::new();
    for format in ProjectionFormat::ALL.iter().copied() {
        let steps = [
            ("create", body(format, &lead())),
            ("update", changed(format, &lead(), RecordOperation::Update, true)),
            ("close", changed(format, &completed(), RecordOperation::Close, true)),
            ("erase", changed(format, &erased(), RecordOperation::Erase, false)),
        ];
        for (name, body) in steps {
            bodies.insert(format!("{}, {name}", format.as_str()), body);
        }
    }
    let bodies = Value::Object(bodies);
    assert_eq!(bodies, golden, "{}", serde_json::to_string_pretty(&bodies).unwrap());
}

#[test]
fn a_lead_has_what_salesforce_requires() {
    let found = body(ProjectionFormat::SalesforceLead, &lead());
    assert_eq!((&found["Company"], &found["Description"]), (&json!("[not provided]"), &json!(SUMMARY)));
    let long = Lead { email: Some(format!("{}@example.com", "x".repeat(80))), full_name: "Madonna".into(), ..lead() };
    let found = body(ProjectionFormat::SalesforceLead, &long);
    assert_eq!((found.get("Email"), found.get("FirstName"), &found["LastName"]), (None, None, &json!("Madonna")));
    assert!(found["Description"].as_str().unwrap().contains("@example.com"));
}

#[test]
fn a_contact_is_never_found_by_an_email_address() {
    for email in [None, Some("a@example.com".to_owned())] {
        let contact = body(ProjectionFormat::HubspotContact, &Lead { email: email.clone(), ..lead() });
        let input = &contact["inputs"][0];
        assert_eq!((&input["idProperty"], &input["id"]), (&json!("entente_request_id"), &json!(ID)));
        // People find the address in the text if it is not sent as a property.
        let message = input["properties"]["message"].as_str().unwrap();
        assert_eq!(message.contains("E-mail: a@example.com"), email.is_some());
    }
}

#[test]
fn settings_of_the_company_are_used() {
    let query = ProjectionQuery {
        service_desk_id: Some("10".into()),
        request_type_id: Some("25".into()),
        group: Some("Desk".into()),
    };
    let request = serde_json::to_value(project(ProjectionFormat::JiraRequest, &lead(), &query)).unwrap();
    assert_eq!((&request["serviceDeskId"], &request["requestTypeId"]), (&json!("10"), &json!("25")));
    let ticket = serde_json::to_value(project(ProjectionFormat::ZammadTicket, &lead(), &query)).unwrap();
    assert_eq!(ticket["group"], "Desk");
    let known = Lead { email: Some("a@example.com".into()), ..lead() };
    let ticket = body(ProjectionFormat::ZammadTicket, &known);
    assert_eq!((&ticket["customer_id"], ticket.get("customer")), (&json!("guess:a@example.com"), None));
}

#[test]
fn changes_do_not_overwrite_what_people_corrected() {
    for format in ProjectionFormat::ALL.iter().copied() {
        for operation in [RecordOperation::Update, RecordOperation::Close] {
            let mut body = changed(format, &completed(), operation, false);
            let fields = ["/properties", "/fields"].iter().find_map(|at| body.pointer(at).cloned());
            let fields = fields.unwrap_or_else(|| body.take());
            for name in ["FirstName", "LastName", "Phone", "lastname", "phone", "subject", "summary", "title"] {
                assert!(fields.get(name).is_none(), "{format:?} {operation:?} {name}");
            }
        }
    }
}

#[test]
fn an_erasure_leaves_no_data_of_the_visitor() {
    for format in ProjectionFormat::ALL.iter().copied() {
        let text = changed(format, &erased(), RecordOperation::Erase, false).to_string();
        for personal in ["Nov", "Anna", "601123456", "licences", "spring", "letter", "crm"] {
            assert!(!text.contains(personal), "{format:?} {text}");
        }
    }
    let lead = changed(ProjectionFormat::SalesforceLead, &erased(), RecordOperation::Erase, false);
    for cleared in ["FirstName", "Phone", "Email", "Entente_Campaign__c", "Entente_Utm_Source__c"] {
        assert_eq!(lead.get(cleared), Some(&Value::Null), "{cleared}");
    }
    // An erasure cancels an open request, whose record is then closed.
    let cancelled = Lead { state: CallbackState::Cancelled, ..erased() };
    let incident = changed(ProjectionFormat::ServicenowIncident, &cancelled, RecordOperation::Erase, false);
    assert_eq!(incident["state"], "8");
}

#[test]
fn the_mapping_applies_to_every_operation() {
    let mapping: FieldMapping = serde_json::from_value(json!({
        "remove": ["/inputs/0/properties/entente_promise"],
        "rename": [{"from": "/inputs/0/properties/content", "to": "story"}],
        "copy": [{"value": "state", "to": "/inputs/0/properties/callback_state"}],
        "set": [{"at": "/inputs/0/properties/hs_pipeline_stage", "value": "99", "on": ["close"]}]
    }))
    .unwrap();
    let body = |operation| change(ProjectionFormat::HubspotTicket, &completed(), &mapping, operation, false).unwrap();
    let closed = &body(RecordOperation::Close)["properties"];
    assert_eq!((&closed["callback_state"], &closed["hs_pipeline_stage"]), (&json!("completed"), &json!("99")));
    assert!(
        closed.get("content").is_none() && closed.get("entente_promise").is_none() && closed.get("story").is_some()
    );
    assert!(body(RecordOperation::Update)["properties"].get("hs_pipeline_stage").is_none());
}

proptest! {
    #[test]
    fn records_contain_the_request_id_and_names_are_never_empty(
        full_name in "[A-Za-z\u{11b}\u{161}]{1,30}( [A-Za-z]{1,60}){0,3}",
        email in prop::option::of("[a-z]{1,90}@example\\.com")
    ) {
        for format in ProjectionFormat::ALL.iter().copied() {
            let lead = Lead { full_name: full_name.clone(), email: email.clone(), ..lead() };
            let text = body(format, &lead).to_string();
            prop_assert!(text.contains(ID));
            if format.intent() == CallbackIntent::Sales {
                prop_assert!(!text.contains("\"LastName\":\"\"") && !text.contains("\"lastname\":\"\""));
            }
        }
    }
}
