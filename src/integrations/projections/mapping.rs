//! The records of each format, as a pure function of the data of a callback request.
//!
//! A name is split at its last space, because Salesforce and HubSpot require two fields: the part before it is the
//! first name. Nothing else is guessed.

use serde_json::Value;

use super::formats::{
    HubspotContact, HubspotContactInput, HubspotContactProperties, HubspotTicket, HubspotTicketProperties, JiraFields,
    JiraRequest, Projection, ProjectionFormat, ProjectionQuery, SalesforceLead, ServicenowIncident, ZammadArticle,
    ZammadCustomer, ZammadTicket,
};
use crate::kernel::error::Text;
use crate::kernel::locale::Lang;

/// Language of the texts in records. `ENTENTE_DEFAULT_LOCALE` is the language of visitors and known to the HTTP server
/// only; the worker that sends records and the operation that previews them must create the same ones.
pub(super) const LANG: Lang = Lang::EN;

/// Limits of Salesforce, in characters.
const SALESFORCE_FIRST: usize = 40;
const SALESFORCE_LAST: usize = 80;
const SALESFORCE_EMAIL: usize = 80;
/// Limit of Zammad, in characters.
const ZAMMAD_NAME: usize = 100;

/// The data of a callback request from which the records are created.
#[derive(Debug, Clone)]
pub struct Lead {
    pub id: String,
    pub full_name: String,
    /// In the E.164 format.
    pub phone: String,
    pub email: Option<String>,
    pub company: Option<String>,
    pub notes: Option<String>,
    /// The promised time of the call, as text for people.
    pub promise: String,
    pub source_page: Option<String>,
    pub source_campaign: Option<String>,
}

/// Returns the record of `format` for a request.
#[must_use]
pub fn project(format: ProjectionFormat, lead: &Lead, query: &ProjectionQuery) -> Projection {
    match format {
        ProjectionFormat::SalesforceLead => Projection::SalesforceLead(salesforce_lead(lead)),
        ProjectionFormat::HubspotContact => Projection::HubspotContact(hubspot_contact(lead)),
        ProjectionFormat::HubspotTicket => Projection::HubspotTicket(HubspotTicket {
            properties: HubspotTicketProperties {
                subject: title(lead),
                content: summary(lead),
                hs_pipeline: "0",
                hs_pipeline_stage: "1",
                entente_request_id: lead.id.clone(),
            },
        }),
        ProjectionFormat::ServicenowIncident => Projection::ServicenowIncident(ServicenowIncident {
            short_description: title(lead),
            description: summary(lead),
            impact: "3",
            urgency: "2",
            contact_type: "phone",
            correlation_id: lead.id.clone(),
            correlation_display: "Entente",
        }),
        ProjectionFormat::JiraRequest => Projection::JiraRequest(JiraRequest {
            service_desk_id: query.service_desk_id.clone().unwrap_or_else(|| "1".into()),
            request_type_id: query.request_type_id.clone().unwrap_or_else(|| "1".into()),
            request_field_values: JiraFields { summary: title(lead), description: summary(lead) },
        }),
        ProjectionFormat::ZammadTicket => Projection::ZammadTicket(zammad_ticket(lead, query)),
    }
}

/// Returns sample records that together have every field that `format` can have.
pub fn samples(format: ProjectionFormat) -> serde_json::Result<[Value; 2]> {
    let known = Lead {
        id: "cbr_00000000000000000000000000".into(),
        full_name: "First Last".into(),
        phone: "+420601123456".into(),
        email: Some("first.last@example.com".into()),
        company: Some("Company".into()),
        notes: None,
        promise: String::new(),
        source_page: None,
        source_campaign: None,
    };
    let nameless = Lead { email: None, ..known.clone() };
    let body = |lead: &Lead| serde_json::to_value(project(format, lead, &ProjectionQuery::default()));
    Ok([body(&known)?, body(&nameless)?])
}

fn salesforce_lead(lead: &Lead) -> SalesforceLead {
    let (first, last) = names(&lead.full_name);
    let fits = |email: &&String| email.chars().count() <= SALESFORCE_EMAIL;
    SalesforceLead {
        first_name: first.map(|first| cut(&first, SALESFORCE_FIRST)),
        last_name: cut(&last, SALESFORCE_LAST),
        company: lead.company.clone().unwrap_or_else(|| "[not provided]".into()),
        phone: lead.phone.clone(),
        email: lead.email.as_ref().filter(fits).cloned(),
        lead_source: "Web",
        description: summary(lead),
    }
}

fn hubspot_contact(lead: &Lead) -> HubspotContact {
    let (firstname, lastname) = names(&lead.full_name);
    let properties = HubspotContactProperties {
        firstname,
        lastname,
        phone: lead.phone.clone(),
        email: lead.email.clone(),
        company: lead.company.clone(),
        message: summary(lead),
        entente_request_id: lead.id.clone(),
    };
    let (id_property, id) = match &lead.email {
        Some(email) => ("email", email.clone()),
        None => ("entente_request_id", lead.id.clone()),
    };
    HubspotContact { inputs: vec![HubspotContactInput { id_property, id, properties }] }
}

fn zammad_ticket(lead: &Lead, query: &ProjectionQuery) -> ZammadTicket {
    let customer = || {
        let (first, last) = names(&lead.full_name);
        let firstname = first.map(|first| cut(&first, ZAMMAD_NAME));
        ZammadCustomer { firstname, lastname: cut(&last, ZAMMAD_NAME), phone: lead.phone.clone() }
    };
    ZammadTicket {
        title: title(lead),
        group: query.group.clone().unwrap_or_else(|| "Users".into()),
        customer_id: lead.email.as_ref().map(|email| format!("guess:{email}")),
        customer: lead.email.is_none().then(customer),
        article: ZammadArticle {
            subject: title(lead),
            body: summary(lead),
            kind: "phone",
            sender: "Customer",
            internal: false,
        },
        entente_request_id: lead.id.clone(),
    }
}

/// Returns the first and the last name.
fn names(full: &str) -> (Option<String>, String) {
    let full = full.trim();
    match full.rsplit_once(char::is_whitespace) {
        Some((first, last)) => (Some(first.trim_end().to_owned()), last.to_owned()),
        None => (None, full.to_owned()),
    }
}

fn title(lead: &Lead) -> String {
    cut(&text("record-title", &lead.full_name), 160)
}

/// Returns a summary of the request as text, with all data for which the system may have no field.
fn summary(lead: &Lead) -> String {
    let lines = [
        Some(lead.promise.clone()),
        Some(text("record-name", &lead.full_name)),
        Some(text("record-phone", &lead.phone)),
        lead.email.as_ref().map(|email| text("record-email", email)),
        lead.company.as_ref().map(|company| text("record-company", company)),
        lead.notes.as_ref().filter(|notes| !notes.is_empty()).map(|notes| text("record-notes", notes)),
        lead.source_page.as_ref().map(|page| text("record-page", page)),
        lead.source_campaign.as_ref().map(|campaign| text("record-campaign", campaign)),
        Some(format!("Entente: {}", lead.id)),
    ];
    lines.into_iter().flatten().collect::<Vec<_>>().join("\n")
}

fn text(key: &'static str, value: &str) -> String {
    Text::new(key).with("value", value).in_lang(LANG)
}

/// Returns at most `most` characters of the text.
fn cut(text: &str, most: usize) -> String {
    text.chars().take(most).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::callbacks::requests::CallbackIntent;
    use proptest::prelude::*;
    use serde_json::json;

    fn lead() -> Lead {
        Lead {
            id: "cbr_01kdvdna00e008000000000001".into(),
            full_name: "Anna Marie Nováková".into(),
            phone: "+420601123456".into(),
            email: None,
            company: None,
            notes: Some("Two hundred licences".into()),
            promise: "We have promised to call on Tuesday".into(),
            source_page: None,
            source_campaign: Some("spring".into()),
        }
    }

    const SUMMARY: &str = "We have promised to call on Tuesday\nName: Anna Marie Nováková\nPhone: +420601123456\nNotes: Two hundred licences\nCampaign: spring\nEntente: cbr_01kdvdna00e008000000000001";

    fn body(format: ProjectionFormat, lead: &Lead) -> serde_json::Value {
        serde_json::to_value(project(format, lead, &ProjectionQuery::default())).unwrap()
    }

    #[test]
    fn a_lead_has_what_salesforce_requires() {
        assert_eq!(
            body(ProjectionFormat::SalesforceLead, &lead()),
            json!({
                "FirstName": "Anna Marie", "LastName": "Nováková", "Company": "[not provided]", "Phone": "+420601123456",
                "LeadSource": "Web", "Description": SUMMARY
            })
        );
        let long =
            Lead { email: Some(format!("{}@example.com", "x".repeat(80))), full_name: "Madonna".into(), ..lead() };
        let found = body(ProjectionFormat::SalesforceLead, &long);
        assert_eq!((found.get("Email"), found.get("FirstName"), &found["LastName"]), (None, None, &json!("Madonna")));
        assert!(found["Description"].as_str().unwrap().contains("@example.com"));
    }

    #[test]
    fn a_contact_is_found_by_email_or_by_request_id() {
        let known = body(ProjectionFormat::HubspotContact, &Lead { email: Some("a@example.com".into()), ..lead() });
        assert_eq!(
            (&known["inputs"][0]["idProperty"], &known["inputs"][0]["id"]),
            (&json!("email"), &json!("a@example.com"))
        );
        let contact = body(ProjectionFormat::HubspotContact, &lead());
        assert_eq!(
            contact,
            json!({"inputs": [{
                "idProperty": "entente_request_id", "id": "cbr_01kdvdna00e008000000000001",
                "properties": {
                    "firstname": "Anna Marie", "lastname": "Nováková", "phone": "+420601123456", "message": SUMMARY,
                    "entente_request_id": "cbr_01kdvdna00e008000000000001"
                }
            }]})
        );
    }

    #[test]
    fn tickets_contain_the_summary_and_the_request_id() {
        let id = json!("cbr_01kdvdna00e008000000000001");
        let incident = body(ProjectionFormat::ServicenowIncident, &lead());
        assert_eq!(
            (&incident["correlation_id"], &incident["impact"], &incident["urgency"]),
            (&id, &json!("3"), &json!("2"))
        );
        assert_eq!(
            (&incident["short_description"], &incident["description"]),
            (&json!("Call back Anna Marie Nováková"), &json!(SUMMARY))
        );
        let ticket = body(ProjectionFormat::HubspotTicket, &lead());
        assert_eq!(
            ticket["properties"],
            json!({
                "subject": "Call back Anna Marie Nováková", "content": SUMMARY, "hs_pipeline": "0", "hs_pipeline_stage": "1",
                "entente_request_id": id
            })
        );
        let query = ProjectionQuery {
            service_desk_id: Some("10".into()),
            request_type_id: Some("25".into()),
            ..Default::default()
        };
        let request = serde_json::to_value(project(ProjectionFormat::JiraRequest, &lead(), &query)).unwrap();
        assert_eq!(
            request,
            json!({
                "serviceDeskId": "10", "requestTypeId": "25",
                "requestFieldValues": {"summary": "Call back Anna Marie Nováková", "description": SUMMARY}
            })
        );
        let ticket = body(ProjectionFormat::ZammadTicket, &Lead { email: Some("a@example.com".into()), ..lead() });
        assert_eq!(
            (&ticket["customer_id"], &ticket["group"], &ticket["article"]["type"]),
            (&json!("guess:a@example.com"), &json!("Users"), &json!("phone"))
        );
        let nameless = body(ProjectionFormat::ZammadTicket, &lead());
        let customer = json!({"firstname": "Anna Marie", "lastname": "Nováková", "phone": "+420601123456"});
        assert_eq!((nameless.get("customer_id"), &nameless["customer"]), (None, &customer));
    }

    proptest! {
        #[test]
        fn records_contain_the_request_id_and_names_are_never_empty(
            full_name in "[A-Za-z\u{11b}\u{161}]{1,30}( [A-Za-z]{1,60}){0,3}", email in prop::option::of("[a-z]{1,90}@example\\.com")
        ) {
            for format in ProjectionFormat::ALL.iter().copied() {
                let lead = Lead { full_name: full_name.clone(), email: email.clone(), ..lead() };
                let text = body(format, &lead).to_string();
                prop_assert!(text.contains("cbr_01kdvdna00e008000000000001"));
                if format.intent() == CallbackIntent::Sales {
                    prop_assert!(!text.contains("\"LastName\":\"\"") && !text.contains("\"lastname\":\"\""));
                }
            }
        }
    }
}
