//! The requests with which a record is found, created and changed: method and path template for each format.
//!
//! Rule: a path is relative to the URL of the endpoint, which is the address of the collection of records. `..` removes
//! the last segment of the URL; `{request}` is the id of the callback request and `{record}` that of the record, or the
//! e-mail address of a contact. Both become one segment or one parameter, whatever they contain.

use reqwest::Method;
use url::Url;

use super::formats::ProjectionFormat;

/// Most records that a search in Jira or Zammad returns.
pub const MOST_FOUND: usize = 5;

/// What a request is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Purpose {
    /// Finds the record by the id of the callback request.
    Find,
    /// Finds the contact that has the e-mail address.
    FindByEmail,
    Create,
    /// Updates, closes or redacts a record.
    Change,
    /// Reads the status of a record and how it can change, where closing needs a step of its own.
    Inspect,
    /// Changes the status.
    Transition,
}

/// The parameters of a request.
type Query = &'static [(&'static str, &'static str)];

/// The method, the path and the parameters of a request.
struct Template {
    method: Method,
    path: &'static str,
    query: Query,
}

fn with(method: Method, path: &'static str, query: Query) -> Template {
    Template { method, path, query }
}

fn template(format: ProjectionFormat, purpose: Purpose) -> Template {
    const BY_REQUEST_ID: Query = &[("idProperty", "entente_request_id"), ("properties", "entente_request_id")];
    // ServiceNow ignores a condition on a column that does not exist and returns all records, so the column is read.
    const BY_CORRELATION: Query = &[
        ("sysparm_query", "correlation_id={request}"),
        ("sysparm_fields", "sys_id,correlation_id"),
        ("sysparm_limit", "1"),
    ];
    // The oldest issues first: who quotes an ID does so after the issue with this ID was created.
    const BY_DESCRIPTION: Query = &[
        ("jql", "description ~ \"{request}\" order by created asc"),
        ("fields", "description"),
        ("maxResults", "{most}"),
    ];
    // Without `expand`, older versions of Zammad return an object instead of a list.
    const BY_ATTRIBUTE: Query = &[("query", "entente_request_id:{request}"), ("limit", "{most}"), ("expand", "true")];
    const BY_EMAIL: Query = &[("idProperty", "email"), ("properties", "entente_request_id")];
    // The whole incident would be longer than the part of a response that is read.
    const ID_ONLY: Query = &[("sysparm_fields", "sys_id")];
    const WITH_TRANSITIONS: Query = &[("fields", "status"), ("expand", "transitions")];
    use ProjectionFormat as Format;
    match (purpose, format) {
        (Purpose::Find, Format::SalesforceLead) => with(Method::GET, "{request}", &[("fields", "Id")]),
        (Purpose::Find, Format::HubspotContact | Format::HubspotTicket) => {
            with(Method::GET, "{request}", BY_REQUEST_ID)
        }
        (Purpose::Find, Format::ServicenowIncident) => with(Method::GET, "", BY_CORRELATION),
        (Purpose::Find, Format::JiraRequest) => with(Method::GET, "../../api/3/search/jql", BY_DESCRIPTION),
        (Purpose::Find, Format::ZammadTicket) => with(Method::GET, "search", BY_ATTRIBUTE),
        (Purpose::FindByEmail, _) => with(Method::GET, "{record}", BY_EMAIL),
        (Purpose::Create, Format::SalesforceLead) => with(Method::PATCH, "{request}", &[]),
        (Purpose::Create, Format::HubspotContact | Format::HubspotTicket) => with(Method::POST, "batch/upsert", &[]),
        (Purpose::Create, Format::ServicenowIncident) => with(Method::POST, "", ID_ONLY),
        (Purpose::Create, Format::JiraRequest | Format::ZammadTicket) => with(Method::POST, "", &[]),
        (Purpose::Change, Format::SalesforceLead) => with(Method::PATCH, "../{record}", &[]),
        (Purpose::Change, Format::HubspotContact | Format::HubspotTicket) => with(Method::PATCH, "{record}", &[]),
        (Purpose::Change, Format::ServicenowIncident) => with(Method::PATCH, "{record}", ID_ONLY),
        (Purpose::Change, Format::JiraRequest) => with(Method::PUT, "../../api/3/issue/{record}", &[]),
        (Purpose::Change, Format::ZammadTicket) => with(Method::PUT, "{record}", &[]),
        (Purpose::Inspect, _) => with(Method::GET, "../../api/3/issue/{record}", WITH_TRANSITIONS),
        (Purpose::Transition, _) => with(Method::POST, "../../api/3/issue/{record}/transitions", &[]),
    }
}

/// Returns the method and the URL of a request. `record` is the id of the record or the e-mail address to look up;
/// empty if neither is known.
pub fn method_and_url(
    endpoint: &Url,
    format: ProjectionFormat,
    purpose: Purpose,
    request: &str,
    record: &str,
) -> (Method, Url) {
    let Template { method, path, query } = template(format, purpose);
    let most = MOST_FOUND.to_string();
    let filled = |text: &str| text.replace("{most}", &most).replace("{request}", request).replace("{record}", record);
    let mut url = endpoint.clone();
    // Fails only for a URL that cannot have a path, which the egress guard refuses.
    if let Ok(mut segments) = url.path_segments_mut() {
        segments.pop_if_empty();
        for part in path.split('/').filter(|part| !part.is_empty()) {
            match part {
                ".." => segments.pop(),
                part => segments.push(&filled(part)),
            };
        }
    }
    if purpose == Purpose::FindByEmail {
        // Valid in a path, but some servers read it as a space.
        let path = url.path().replace('+', "%2B");
        url.set_path(&path);
    }
    for (name, value) in query {
        url.query_pairs_mut().append_pair(name, &filled(value));
    }
    (method, url)
}

/// Returns the link to a record for people, where it follows from the id.
pub fn link(endpoint: &Url, format: ProjectionFormat, record: &str) -> Option<String> {
    let origin = endpoint.origin().ascii_serialization();
    // The id is part of a link, so it must not change its meaning.
    if !record.bytes().all(|byte| byte.is_ascii_alphanumeric()) {
        return None;
    }
    match format {
        ProjectionFormat::SalesforceLead => Some(format!("{origin}/{record}")),
        ProjectionFormat::ServicenowIncident => Some(format!("{origin}/incident.do?sys_id={record}")),
        ProjectionFormat::ZammadTicket => Some(format!("{origin}/#ticket/zoom/{record}")),
        ProjectionFormat::HubspotContact | ProjectionFormat::HubspotTicket | ProjectionFormat::JiraRequest => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn requested(endpoint: &str, format: ProjectionFormat, purpose: Purpose) -> String {
        let endpoint = Url::parse(endpoint).unwrap();
        let (method, url) = method_and_url(&endpoint, format, purpose, "cbr_1", "r/1");
        format!("{method} {}{}", url.path(), url.query().map(|query| format!("?{query}")).unwrap_or_default())
    }

    #[test]
    fn paths_are_relative_to_the_collection() {
        let cases = [
            (
                "https://x.example/services/data/v62.0/sobjects/Lead/Entente_Request_Id__c",
                ProjectionFormat::SalesforceLead,
                [
                    (Purpose::Find, "GET /services/data/v62.0/sobjects/Lead/Entente_Request_Id__c/cbr_1?fields=Id"),
                    (Purpose::Create, "PATCH /services/data/v62.0/sobjects/Lead/Entente_Request_Id__c/cbr_1"),
                    (Purpose::Change, "PATCH /services/data/v62.0/sobjects/Lead/r%2F1"),
                ],
            ),
            (
                "https://x.example/crm/v3/objects/tickets/",
                ProjectionFormat::HubspotTicket,
                [
                    (
                        Purpose::Find,
                        "GET /crm/v3/objects/tickets/cbr_1?idProperty=entente_request_id&properties=entente_request_id",
                    ),
                    (Purpose::Create, "POST /crm/v3/objects/tickets/batch/upsert"),
                    (Purpose::Change, "PATCH /crm/v3/objects/tickets/r%2F1"),
                ],
            ),
            (
                "https://x.example/api/now/table/incident",
                ProjectionFormat::ServicenowIncident,
                [
                    (
                        Purpose::Find,
                        "GET /api/now/table/incident?sysparm_query=correlation_id%3Dcbr_1&sysparm_fields=sys_id%2Ccorrelation_id&sysparm_limit=1",
                    ),
                    (Purpose::Create, "POST /api/now/table/incident?sysparm_fields=sys_id"),
                    (Purpose::Change, "PATCH /api/now/table/incident/r%2F1?sysparm_fields=sys_id"),
                ],
            ),
            (
                "https://x.example/jira/rest/servicedeskapi/request",
                ProjectionFormat::JiraRequest,
                [
                    (
                        Purpose::Find,
                        "GET /jira/rest/api/3/search/jql?jql=description+%7E+%22cbr_1%22+order+by+created+asc&fields=description&maxResults=5",
                    ),
                    (Purpose::Create, "POST /jira/rest/servicedeskapi/request"),
                    (Purpose::Change, "PUT /jira/rest/api/3/issue/r%2F1"),
                ],
            ),
            (
                "https://x.example/api/v1/tickets",
                ProjectionFormat::ZammadTicket,
                [
                    (Purpose::Find, "GET /api/v1/tickets/search?query=entente_request_id%3Acbr_1&limit=5&expand=true"),
                    (Purpose::Create, "POST /api/v1/tickets"),
                    (Purpose::Change, "PUT /api/v1/tickets/r%2F1"),
                ],
            ),
        ];
        for (endpoint, format, expected) in cases {
            for (purpose, expected) in expected {
                assert_eq!(requested(endpoint, format, purpose), expected);
            }
        }
    }

    #[test]
    fn a_transition_has_a_path_of_its_own() {
        let endpoint = "https://x.example/jira/rest/servicedeskapi/request";
        let path = "POST /jira/rest/api/3/issue/r%2F1/transitions";
        assert_eq!(requested(endpoint, ProjectionFormat::JiraRequest, Purpose::Transition), path);
    }

    #[test]
    fn an_email_address_is_one_segment() {
        let endpoint = Url::parse("https://x.example/crm/v3/objects/contacts").unwrap();
        for (email, segment) in [
            ("anna@example.com", "anna@example.com"),
            ("a+b%2f@example.com", "a%2Bb%252f@example.com"),
            ("a/../b?c#d@example.com", "a%2F..%2Fb%3Fc%23d@example.com"),
            ("{most}{request}@example.com", "%7Bmost%7D%7Brequest%7D@example.com"),
        ] {
            let (method, url) =
                method_and_url(&endpoint, ProjectionFormat::HubspotContact, Purpose::FindByEmail, "cbr_1", email);
            assert_eq!((method, url.path()), (Method::GET, &format!("/crm/v3/objects/contacts/{segment}")[..]));
            assert_eq!(url.query(), Some("idProperty=email&properties=entente_request_id"));
        }
    }

    #[test]
    fn links_need_a_plain_id() {
        let endpoint = Url::parse("https://x.example/api/v1/tickets").unwrap();
        let zammad = ProjectionFormat::ZammadTicket;
        assert_eq!(link(&endpoint, zammad, "17").as_deref(), Some("https://x.example/#ticket/zoom/17"));
        assert_eq!(link(&endpoint, zammad, "../17"), None);
        assert_eq!(link(&endpoint, ProjectionFormat::JiraRequest, "17"), None);
    }
}
