//! Customer requests of Jira Service Management.

use serde::Serialize;
use serde_json::{Value, json};
use utoipa::ToSchema;

use super::ProjectionQuery;
use crate::integrations::projections::lead::Lead;
use crate::integrations::projections::summary::{summary, title};

/// A customer request in Jira Service Management, sent with `POST /rest/servicedeskapi/request`.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct JiraRequest {
    /// Identifier of the service desk in Jira.
    #[schema(max_length = 20, pattern = "^[0-9]+$")]
    pub service_desk_id: String,
    /// Identifier of the request type in Jira.
    #[schema(max_length = 20, pattern = "^[0-9]+$")]
    pub request_type_id: String,
    /// Fields of the request.
    pub request_field_values: JiraFields,
}

/// Fields of a customer request in Jira Service Management.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct JiraFields {
    /// Title of the request, with the name of the visitor.
    #[schema(min_length = 1, max_length = 255, pattern = r"^[^\x00-\x1f]+$")]
    pub summary: String,
    /// Summary of the callback request as text, including the promised time; the last line contains the ID.
    #[schema(max_length = 32767, pattern = r"^[^\x00]*$")]
    pub description: String,
}

/// Returns the customer request of a callback request.
pub fn record(lead: &Lead, query: &ProjectionQuery) -> JiraRequest {
    JiraRequest {
        service_desk_id: query.service_desk_id.clone().unwrap_or_else(|| "1".into()),
        request_type_id: query.request_type_id.clone().unwrap_or_else(|| "1".into()),
        request_field_values: JiraFields { summary: title(lead), description: summary(lead) },
    }
}

/// Returns a text as a document of paragraphs (Atlassian Document Format), which version 3 of the API requires for the
/// description of an issue.
pub fn document(text: &str) -> Value {
    let paragraphs: Vec<Value> = text
        .lines()
        .filter(|line| !line.is_empty())
        .map(|line| json!({"type": "paragraph", "content": [{"type": "text", "text": line}]}))
        .collect();
    json!({"type": "doc", "version": 1, "content": paragraphs})
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_document_has_a_paragraph_per_line() {
        let expected = json!({"type": "doc", "version": 1, "content": [
            {"type": "paragraph", "content": [{"type": "text", "text": "One"}]},
            {"type": "paragraph", "content": [{"type": "text", "text": "Two"}]}
        ]});
        assert_eq!(document("One\n\nTwo\n"), expected);
    }
}
