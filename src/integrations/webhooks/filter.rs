//! The content filter of an endpoint. Pure.
//!
//! Rules: an event passes if every listed field has one of its values; an event without the field does not pass; a list
//! that is absent does not filter.

use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::ToSchema;

use crate::callbacks::requests::{CallbackIntent, CallbackState};
use crate::kernel::events::EventBody;
use crate::kernel::ids::ProjectId;
use crate::kernel::locale::Lang;

/// Filters events by their content. For each field in the filter, an event must have one of the listed values; events
/// that lack the field are not sent.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"data.intent": ["sales"], "data.locale": ["de", "en"]}))]
pub struct EventFilter {
    /// Intents of callback requests.
    #[serde(rename = "data.intent", skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, min_items = 1, max_items = 2)]
    pub intent: Option<Vec<CallbackIntent>>,
    /// Keys of queues.
    #[serde(rename = "data.queue", skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, min_items = 1, max_items = 50)]
    pub queue: Option<Vec<FilterValue>>,
    /// Languages of visitors.
    #[serde(rename = "data.locale", skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, min_items = 1, max_items = 20)]
    pub locale: Option<Vec<Lang>>,
    /// States of callback requests after the event.
    #[serde(rename = "data.state", skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, min_items = 1, max_items = 20)]
    pub state: Option<Vec<CallbackState>>,
    /// Identifiers of projects.
    #[serde(rename = "data.project_id", skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, min_items = 1, max_items = 50)]
    pub project_id: Option<Vec<ProjectId>>,
    /// Marketing campaigns of callback requests, also for the events of their calls. They are not part of events, and
    /// are looked up when an event is queued.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, min_items = 1, max_items = 50)]
    pub campaign: Option<Vec<FilterValue>>,
}

/// A value that a field must have.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[schema(min_length = 1, max_length = 120, pattern = r"^[^\x00-\x1f]+$", example = "spring")]
pub struct FilterValue(pub String);

impl EventFilter {
    /// Returns whether an event passes; `campaign` is that of its callback request, also for the events of a call.
    #[must_use]
    pub fn passes(&self, event: &EventBody, campaign: Option<&str>) -> bool {
        if *self == Self::default() {
            return true;
        }
        let Ok(data) = serde_json::from_str::<Value>(event.data.get()) else { return false };
        let texts = |values: &Option<Vec<FilterValue>>| -> Option<Vec<String>> {
            values.as_ref().map(|values| values.iter().map(|value| value.0.clone()).collect())
        };
        let listed = |values: Option<Vec<String>>, found: Option<&str>| {
            values.is_none_or(|values| found.is_some_and(|found| values.iter().any(|value| value == found)))
        };
        let field = |name: &str| data.get(name).and_then(Value::as_str);
        // The events of a project are about the project itself.
        let project = field("project_id").or(Some(event.subject.as_str()));
        listed(names(self.intent.as_ref(), |one| one.as_str().to_owned()), field("intent"))
            && listed(texts(&self.queue), field("queue"))
            && listed(names(self.locale.as_ref(), |one| one.as_str().to_owned()), field("locale"))
            && listed(names(self.state.as_ref(), |one| one.as_str().to_owned()), field("state"))
            && listed(names(self.project_id.as_ref(), ToString::to_string), project)
            && listed(texts(&self.campaign), campaign)
    }
}

fn names<T>(values: Option<&Vec<T>>, name: impl Fn(&T) -> String) -> Option<Vec<String>> {
    values.map(|values| values.iter().map(name).collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kernel::time::UtcTime;
    use serde_json::json;
    use serde_json::value::RawValue;

    fn event(data: &Value) -> EventBody {
        EventBody {
            id: "evt_01kdvdna00e008000000000001".parse().unwrap(),
            kind: "callback_request.received".into(),
            sequence: 1,
            subject_sequence: 1,
            timestamp: UtcTime::from_unix_micros(0),
            subject: "prj_01kdvdna00e008000000000001".into(),
            request_id: String::new(),
            caused_by: None,
            chain_head: None,
            data: RawValue::from_string(data.to_string()).unwrap(),
        }
    }

    fn passes(filter: Value, data: &Value, campaign: Option<&str>) -> bool {
        serde_json::from_value::<EventFilter>(filter).unwrap().passes(&event(data), campaign)
    }

    #[test]
    fn every_field_must_have_one_of_the_values() {
        let sales = json!({"intent": "sales", "locale": "de", "queue": "vip", "state": "scheduled"});
        assert!(passes(json!({}), &sales, None));
        assert!(passes(json!({"data.intent": ["sales", "technical_support"]}), &sales, None));
        assert!(!passes(json!({"data.intent": ["technical_support"]}), &sales, None));
        assert!(passes(json!({"data.intent": ["sales"], "data.locale": ["en", "de"]}), &sales, None));
        assert!(!passes(json!({"data.intent": ["sales"], "data.locale": ["en"]}), &sales, None));
        assert!(passes(json!({"data.queue": ["vip"]}), &sales, None));
        assert!(!passes(json!({"data.queue": ["vip"]}), &json!({"intent": "sales"}), None));
        assert!(!passes(json!({"data.state": ["completed"]}), &sales, None));
        assert!(passes(json!({"campaign": ["spring"]}), &sales, Some("spring")));
        assert!(!passes(json!({"campaign": ["spring"]}), &sales, None));
        let project = "prj_01kdvdna00e008000000000001";
        assert!(passes(json!({"data.project_id": [project]}), &json!({}), None));
        assert!(passes(json!({"data.project_id": [project]}), &json!({"project_id": project}), None));
        assert!(!passes(json!({"data.project_id": [project]}), &json!({"project_id": "prj_other"}), None));
    }

    #[test]
    fn unknown_fields_are_rejected() {
        assert!(serde_json::from_value::<EventFilter>(json!({"data.intend": ["sales"]})).is_err());
    }
}
