//! The charter: the document that all sides of a project sign.
//!
//! Rules: a version is stored as canonical JSON (RFC 8785) and identified by the SHA-256 of those bytes, so anyone who
//! has the text can verify what was signed. The charter of a draft can be incomplete (readiness lists what is missing),
//! but never contradictory.

use std::collections::HashSet;

use data_encoding::HEXLOWER;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use utoipa::ToSchema;

use super::data_asset;
use crate::kernel::error::{Error, Text, Violation};
use crate::kernel::ids::{DepartmentId, PersonId};
use crate::kernel::time::Day;

/// Business days that the sides have to respond, unless the charter says otherwise.
pub const DEFAULT_RESPONSE_DAYS: i32 = 3;

/// The content of a charter version, which all sides sign.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[schema(as = CharterContent)]
pub struct Content {
    /// Name of the project.
    #[schema(min_length = 1, max_length = 120, pattern = r"^[^\x00-\x1f]+$")]
    pub name: String,
    /// Why the sides run this project together.
    #[schema(min_length = 1, max_length = 4000, pattern = r"^[^\x00-\x08\x0b-\x1f]+$")]
    pub purpose: String,
    /// First day of the project.
    pub starts_on: Day,
    /// First day after the project (exclusive end).
    pub ends_on: Day,
    /// Maximum difference in staffing between any two sides: a number of members if `parity_measure` is `headcount`, or
    /// percent of one full-time equivalent (FTE) if it is `fte`, for example 50 for half an FTE.
    #[schema(format = Int32, minimum = 0, maximum = 1000)]
    pub parity_tolerance: i32,
    /// How the staffing of a side is measured.
    #[serde(default)]
    pub parity_measure: ParityMeasure,
    /// The departments that own the project together, each of which is a side.
    #[schema(min_items = 2, max_items = 8)]
    pub sides: Vec<DepartmentId>,
    /// Measurable goals of the project.
    #[schema(max_items = 50)]
    pub goals: Vec<Goal>,
    /// Milestones of the project.
    #[schema(max_items = 100)]
    pub milestones: Vec<Milestone>,
    /// Areas of responsibility, each of which belongs to one side.
    #[schema(max_items = 200)]
    pub areas: Vec<CharterArea>,
    // A charter without these fields keeps its text and its hash.
    /// The project lead, who coordinates the project and represents no side; absent if the project has none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub lead_person_id: Option<PersonId>,
    /// Whether the responses to an approval stay sealed until all sides have responded. Absent if true, which it is in
    /// all charters from before the field.
    #[serde(default = "sealed_by_default", skip_serializing_if = "is_default_sealed")]
    #[schema(default = true)]
    pub sealed: bool,
    /// The panel: people of whom one is drawn at random to decide a question or a dispute that the sides cannot settle.
    /// Absent if there is no panel.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schema(max_items = 20)]
    pub panel: Vec<PersonId>,
    /// Number of whole business days that the sides have to respond, at least. Absent if it is 3.
    #[serde(default = "default_response_days", skip_serializing_if = "is_default_response_days")]
    #[schema(format = Int32, minimum = 1, maximum = 60, default = 3)]
    pub response_days: i32,
}

/// The value of `sealed` in charters without the field.
#[must_use]
pub fn sealed_by_default() -> bool {
    true
}

fn is_default_sealed(sealed: &bool) -> bool {
    *sealed == sealed_by_default()
}

/// Returns the number of business days for a charter that does not name one.
#[must_use]
pub fn default_response_days() -> i32 {
    DEFAULT_RESPONSE_DAYS
}

#[allow(clippy::trivially_copy_pass_by_ref, reason = "serde passes a reference")]
fn is_default_response_days(days: &i32) -> bool {
    *days == DEFAULT_RESPONSE_DAYS
}

crate::text_enum! {
    /// How the staffing of a side is measured: `headcount` counts its members, `fte` adds up their full-time
    /// equivalents (FTE), in percent.
    #[derive(Default)]
    pub enum ParityMeasure {
        #[default]
        Headcount,
        Fte,
    }
}

/// A measurable goal of a project.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Goal {
    /// The result that the project wants to achieve.
    #[schema(min_length = 1, max_length = 500, pattern = r"^[^\x00-\x1f]+$", example = "Respond to customers sooner")]
    pub statement: String,
    /// Name of the metric that shows whether the goal is met.
    #[schema(
        min_length = 1,
        max_length = 120,
        pattern = r"^[^\x00-\x1f]+$",
        example = "Median time to first response"
    )]
    pub metric: String,
    /// Unit of `baseline` and `target`.
    #[schema(min_length = 1, max_length = 40, pattern = r"^[^\x00-\x1f]+$", example = "hours")]
    pub unit: String,
    /// Value of the metric at the start of the project, in `unit`.
    #[schema(minimum = -1_000_000_000_000i64, maximum = 1_000_000_000_000i64, example = 26.5)]
    pub baseline: f64,
    /// Value of the metric to reach by `due_on`, in `unit`.
    #[schema(minimum = -1_000_000_000_000i64, maximum = 1_000_000_000_000i64, example = 4)]
    pub target: f64,
    /// Day by which the target is to be reached. To propose the project, it must be from `starts_on` to `ends_on` of
    /// the project, both included.
    pub due_on: Day,
}

/// A milestone of a project.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Milestone {
    /// Name of the milestone. It identifies the milestone across versions of the charter.
    #[schema(min_length = 1, max_length = 120, pattern = r"^[^\x00-\x1f]+$", example = "One customer database")]
    pub name: String,
    /// Day on which the milestone is due. To propose the project, it must be from `starts_on` to `ends_on` of the
    /// project, both included.
    pub due_on: Day,
}

/// An area of responsibility, which belongs to one side.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CharterArea {
    /// Machine-readable key of the area, unique within the project. An area that keeps its key keeps its history.
    #[schema(max_length = 40, pattern = "^[a-z][a-z0-9-]{0,39}$", example = "customer-databases")]
    pub key: String,
    /// Name of the area.
    #[schema(min_length = 1, max_length = 120, pattern = r"^[^\x00-\x1f]+$", example = "Customer databases")]
    pub name: String,
    /// Scope of the area in plain text; null or absent if there is no description.
    #[serde(default)]
    #[schema(min_length = 1, max_length = 1000, pattern = r"^[^\x00-\x08\x0b-\x1f]+$")]
    pub description: Option<String>,
    /// The department of the side that owns the area.
    pub department_id: DepartmentId,
    /// Identifier of the data that the area is about, as in your data catalogue. All projects share these identifiers.
    /// Spaces around it are removed, and it is stored in Unicode form NFC; otherwise it is compared exactly, with case.
    /// Absent if the area is not about data.
    #[serde(default, deserialize_with = "data_asset::deserialize", skip_serializing_if = "Option::is_none")]
    #[schema(
        min_length = 1,
        max_length = 500,
        pattern = r"^[^\x00-\x1f\x7f-\x9f]+$",
        example = "component:default/crm"
    )]
    pub data_asset: Option<String>,
}

/// A predefined set of areas.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
#[schema(as = ProjectTemplate)]
pub enum Template {
    /// The areas `data-processing` and `data-policy`, owned by IT, and `customer-databases`, owned by Marketing.
    DataOwnership,
}

impl Template {
    /// Returns key, name and key of the owning department of each area.
    #[must_use]
    pub fn areas(self) -> &'static [(&'static str, &'static str, &'static str)] {
        match self {
            Self::DataOwnership => &[
                ("data-processing", "Data processing", "it"),
                ("data-policy", "Data policy", "it"),
                ("customer-databases", "Customer databases", "marketing"),
            ],
        }
    }
}

/// A charter in the form that is hashed and stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sealed {
    /// Canonical JSON.
    pub text: String,
    /// SHA-256 of `text`, 64 lower-case hexadecimal digits.
    pub sha256: String,
}

impl Content {
    /// Returns the canonical JSON of the charter and its hash.
    pub fn seal(&self) -> Result<Sealed, Error> {
        let text = serde_json_canonicalizer::to_string(self).map_err(Error::internal)?;
        let sha256 = HEXLOWER.encode(&Sha256::digest(&text));
        Ok(Sealed { text, sha256 })
    }

    /// Returns the due days of the goals and of the milestones.
    #[must_use]
    pub fn due_days(&self) -> (Vec<Day>, Vec<Day>) {
        let goals = self.goals.iter().map(|goal| goal.due_on).collect();
        (goals, self.milestones.iter().map(|milestone| milestone.due_on).collect())
    }

    /// Parses the canonical JSON written by [`Content::seal`].
    ///
    /// # Errors
    /// 500 when the text cannot be parsed.
    pub fn unseal(text: &str) -> Result<Self, Error> {
        serde_json::from_str(text).map_err(Error::internal)
    }

    /// Returns all contradictions in the charter, with pointers into the request body.
    #[must_use]
    pub fn contradictions(&self) -> Vec<Violation> {
        let mut found = Vec::new();
        if self.ends_on <= self.starts_on {
            let text = Text::new("violation-must-be-after").with("field", "ends_on").with("other", "starts_on");
            found.push(Violation::at("/ends_on", "not_after_start", text));
        }
        let mut sides = HashSet::new();
        for (index, side) in self.sides.iter().enumerate().filter(|(_, side)| !sides.insert(**side)) {
            let text = Text::new("violation-repeated-side").with("department", side.to_string());
            found.push(Violation::at(format!("/sides/{index}/department_id"), "duplicate_item", text));
        }
        let mut panel = HashSet::new();
        for (index, _) in self.panel.iter().enumerate().filter(|(_, person)| !panel.insert(**person)) {
            let text = Text::new("violation-repeated-arbiter");
            found.push(Violation::at(format!("/panel/{index}"), "duplicate_item", text));
        }
        let mut keys = HashSet::new();
        for (index, area) in self.areas.iter().enumerate() {
            if !keys.insert(area.key.as_str()) {
                let text = Text::new("violation-repeated-area-key");
                found.push(Violation::at(format!("/areas/{index}/key"), "duplicate_item", text));
            }
            if !sides.contains(&area.department_id) {
                let text = Text::new("violation-area-side");
                found.push(Violation::at(format!("/areas/{index}/department_id"), "not_a_side", text));
            }
            let asset = area.data_asset.as_deref();
            if let Some((code, text)) = asset.and_then(data_asset::fault) {
                found.push(Violation::at(format!("/areas/{index}/data_asset"), code, text));
            }
        }
        found
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn department(number: u128) -> DepartmentId {
        DepartmentId::from_uuid(uuid::Uuid::from_u128(number))
    }

    fn content() -> Content {
        Content {
            name: "One customer".into(),
            purpose: "Zákazník je jeden.".into(),
            starts_on: "2027-01-01".parse().unwrap(),
            ends_on: "2027-07-01".parse().unwrap(),
            parity_tolerance: 0,
            parity_measure: ParityMeasure::Headcount,
            sides: vec![department(1), department(2)],
            goals: vec![],
            milestones: vec![],
            areas: vec![CharterArea {
                key: "data-policy".into(),
                name: "Data policy".into(),
                description: None,
                department_id: department(1),
                data_asset: None,
            }],
            lead_person_id: None,
            sealed: true,
            panel: vec![],
            response_days: DEFAULT_RESPONSE_DAYS,
        }
    }

    #[test]
    fn a_charter_without_panel_and_response_days_keeps_its_text() {
        let sealed = content().seal().unwrap();
        assert!(!sealed.text.contains("panel") && !sealed.text.contains("response_days"), "{}", sealed.text);
        let read = Content::unseal(&sealed.text).unwrap();
        assert_eq!((read.panel.len(), read.response_days), (0, DEFAULT_RESPONSE_DAYS));
        assert_eq!(read.seal().unwrap(), sealed);
    }

    #[test]
    fn panel_and_response_days_are_part_of_the_hash() {
        let plain = content().seal().unwrap();
        let with_panel = Content { panel: vec![PersonId::demo(1)], ..content() };
        let with_days = Content { response_days: 5, ..content() };
        for changed in [with_panel, with_days] {
            let sealed = changed.seal().unwrap();
            assert_ne!(sealed.sha256, plain.sha256);
            assert_eq!(Content::unseal(&sealed.text).unwrap(), changed);
        }
    }

    #[test]
    fn the_hash_is_over_the_text_and_the_text_has_sorted_fields() {
        let sealed = content().seal().unwrap();
        let again = HEXLOWER.encode(&Sha256::digest(sealed.text.as_bytes()));
        assert_eq!(sealed.sha256, again);
        assert!(sealed.text.starts_with(r#"{"areas":[{"department_id":"#), "{}", sealed.text);
    }

    #[test]
    fn a_charter_from_before_lead_and_sealed_keeps_its_text_and_hash() {
        let old = content().seal().unwrap();
        assert!(!old.text.contains("lead_person_id") && !old.text.contains("sealed"), "{}", old.text);
        let read = Content::unseal(&old.text).unwrap();
        assert_eq!((read.lead_person_id, read.sealed), (None, true));
        assert_eq!(read.seal().unwrap(), old);
        let other = Content { lead_person_id: Some(PersonId::demo(1)), sealed: false, ..content() };
        let sealed = other.seal().unwrap();
        assert_ne!(sealed.sha256, old.sha256);
        assert_eq!(Content::unseal(&sealed.text).unwrap(), other);
    }

    #[test]
    fn all_contradictions_are_reported_at_once() {
        let mut wrong = content();
        wrong.ends_on = wrong.starts_on;
        wrong.sides.push(department(1));
        wrong.panel = vec![PersonId::demo(1), PersonId::demo(1)];
        wrong.areas.push(CharterArea { department_id: department(9), ..wrong.areas[0].clone() });
        let places: Vec<_> =
            wrong.contradictions().into_iter().map(|violation| (violation.place, violation.code)).collect();
        let at = |pointer: &str| crate::kernel::error::Place::Body(pointer.into());
        assert_eq!(
            places,
            [
                (at("/ends_on"), "not_after_start"),
                (at("/sides/2/department_id"), "duplicate_item"),
                (at("/panel/1"), "duplicate_item"),
                (at("/areas/1/key"), "duplicate_item"),
                (at("/areas/1/department_id"), "not_a_side"),
            ]
        );
        assert!(content().contradictions().is_empty());
    }

    proptest! {
        #[test]
        fn a_sealed_charter_round_trips(
            baseline in -1e12..1e12f64, target in -1e12..1e12f64, name in "[^\\x00-\\x1f]{1,40}",
        ) {
            let mut written = content();
            written.name = name;
            let due_on = written.starts_on;
            let (statement, metric, unit) = ("s".to_owned(), "m".to_owned(), "u".to_owned());
            written.goals.push(Goal { statement, metric, unit, baseline, target, due_on });
            let sealed = written.seal().unwrap();
            let read = Content::unseal(&sealed.text).unwrap();
            prop_assert_eq!(read.seal().unwrap(), sealed);
            prop_assert_eq!(read, written);
        }
    }
}
