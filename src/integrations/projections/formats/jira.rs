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
    /// Summary of the callback request as wiki markup, including the promised time; the last line contains the ID.
    /// Everything else is in a `{noformat}` block, so that markup in a text of the visitor has no effect.
    #[schema(max_length = 32767, pattern = r"^[^\x00]*$")]
    pub description: String,
}

/// Returns the customer request of a callback request. The description of a new one is markup; that of a change becomes
/// a [`document`], whose texts are never markup.
pub fn record(lead: &Lead, query: &ProjectionQuery, is_new: bool) -> JiraRequest {
    let text = summary(lead);
    let description = if is_new { markup(&text) } else { text };
    JiraRequest {
        service_desk_id: query.service_desk_id.clone().unwrap_or_else(|| "1".into()),
        request_type_id: query.request_type_id.clone().unwrap_or_else(|| "1".into()),
        request_field_values: JiraFields { summary: title(lead), description },
    }
}

/// Returns wiki markup that shows a summary as it was typed. The last line, the ID, is a paragraph of its own.
fn markup(summary: &str) -> String {
    match summary.rsplit_once('\n') {
        Some((text, id)) => format!("{{noformat}}\n{}\n{{noformat}}\n{id}", without_macro(text)),
        None => summary.to_owned(),
    }
}

/// Returns a text that cannot end a `{noformat}` block: a space follows each brace before that word.
fn without_macro(text: &str) -> String {
    const MACRO: &str = "noformat";
    let mut changed = String::with_capacity(text.len());
    for part in text.split_inclusive('{') {
        if changed.ends_with('{') && part.get(..MACRO.len()).is_some_and(|word| word.eq_ignore_ascii_case(MACRO)) {
            changed.push(' ');
        }
        changed.push_str(part);
    }
    changed
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
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn texts_of_visitors_are_not_markup_in_jira() {
        let lead = Lead {
            id: "cbr_1".into(),
            full_name: "{NoFormat}".into(),
            notes: Some("{noformat}\n!http://x.example/a.png!\n{{noformat:title=a}}[b|http://x.example]".into()),
            ..Lead::sample()
        };
        let created = record(&lead, &ProjectionQuery::default(), true).request_field_values.description;
        assert!(created.starts_with("{noformat}\nCall promised between"), "{created}");
        assert!(created.ends_with("\n{noformat}\nEntente: cbr_1"), "{created}");
        assert_eq!(created.to_ascii_lowercase().matches("{noformat").count(), 2, "{created}");
        assert!(created.contains("Name: { NoFormat}") && created.contains("\n!http://x.example/a.png!\n"), "{created}");
        // A change is a document, in which nothing is markup.
        let changed = record(&lead, &ProjectionQuery::default(), false).request_field_values.description;
        assert!(changed.contains("Notes: {noformat}\n"), "{changed}");
    }

    proptest! {
        #[test]
        fn no_text_ends_the_block(text in "(\\{|\\}|noformat|NOFORMAT|:|\n|[a-z ]){0,12}") {
            let created = markup(&format!("{text}\nEntente: cbr_1")).to_ascii_lowercase();
            prop_assert_eq!(created.matches("{noformat").count(), 2);
            let ends = created.ends_with("\n{noformat}\nentente: cbr_1");
            prop_assert!(ends);
        }
    }

    #[test]
    fn a_document_has_a_paragraph_per_line() {
        let expected = json!({"type": "doc", "version": 1, "content": [
            {"type": "paragraph", "content": [{"type": "text", "text": "One"}]},
            {"type": "paragraph", "content": [{"type": "text", "text": "Two"}]}
        ]});
        assert_eq!(document("One\n\nTwo\n"), expected);
    }
}
