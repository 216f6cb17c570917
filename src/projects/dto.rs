//! Projects in requests and answers.

use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use validator::Validate;

use super::charter::{CharterArea, Content, Goal, Milestone, Template};
use super::readiness::{Blocker, Code};
use super::state::State;
use super::store::{CharterRow, Project, Side, Signature};
use crate::error::Error;
use crate::http::body::RequestBody;
use crate::http::page::Sort;
use crate::ids::{AreaId, DepartmentId, PersonId, ProjectId, SignatureId};
use crate::lang::Lang;
use crate::time::{Day, UtcTime};

/// A project that two or more departments own together.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
#[schema(as = Project)]
pub struct ProjectBody {
    pub id: ProjectId,
    #[schema(min_length = 1, max_length = 120, pattern = r"^[^\x00-\x1f]+$", example = "One view of the customer")]
    pub name: String,
    pub state: State,
    /// The first day.
    pub starts_on: Day,
    /// The first day after it.
    pub ends_on: Day,
    /// Most that the counted members of two sides may differ by.
    #[schema(format = Int32, minimum = 0, maximum = 1000)]
    pub parity_tolerance: i32,
    #[schema(required)]
    pub lead_person_id: Option<PersonId>,
    /// In the order in which they were named.
    #[schema(min_items = 2, max_items = 8)]
    pub sides: Vec<SideBody>,
    /// The newest charter.
    pub charter: CharterMark,
    /// The charter the project runs on; null until it is activated.
    #[schema(required)]
    pub charter_in_force: Option<CharterMark>,
    pub created_at: UtcTime,
    pub updated_at: UtcTime,
}

/// Which text of the charter.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct CharterMark {
    #[schema(format = Int32, minimum = 1, maximum = 1_000_000)]
    pub version: i32,
    /// SHA-256 of its canonical JSON (RFC 8785).
    #[schema(min_length = 64, max_length = 64, pattern = "^[0-9a-f]{64}$")]
    pub sha256: String,
}

/// A side of a project and its seat.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = ProjectSide)]
pub struct SideBody {
    pub project_id: ProjectId,
    pub department_id: DepartmentId,
    /// Null while the seat is vacant.
    #[schema(required)]
    pub sponsor_person_id: Option<PersonId>,
}

impl From<Side> for SideBody {
    fn from(row: Side) -> Self {
        let Side { project_id, department_id, position: _, sponsor_person_id } = row;
        Self { project_id, department_id, sponsor_person_id }
    }
}

impl ProjectBody {
    /// Puts a project and its sides together.
    #[must_use]
    pub fn new(row: Project, sides: Vec<Side>) -> Self {
        let in_force = row.in_force_version.zip(row.in_force_sha256);
        Self {
            id: row.id,
            name: row.name,
            state: row.state,
            starts_on: row.starts_on,
            ends_on: row.ends_on,
            parity_tolerance: row.parity_tolerance,
            lead_person_id: row.lead_person_id,
            sides: sides.into_iter().map(Into::into).collect(),
            charter: CharterMark { version: row.charter_version, sha256: row.charter_sha256 },
            charter_in_force: in_force.map(|(version, sha256)| CharterMark { version, sha256 }),
            created_at: row.created_at,
            updated_at: row.updated_at,
        }
    }
}

/// A side of a new project.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewSide {
    pub department_id: DepartmentId,
    /// Who sits in the seat; it can be filled later.
    #[serde(default)]
    pub sponsor_person_id: Option<PersonId>,
}

/// A project to draft. It may be incomplete: its readiness list says what is missing.
#[derive(Debug, Clone, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({
    "name": "Loyalty programme", "purpose": "Marketing and IT reward regular customers together.",
    "starts_on": "2027-01-04", "ends_on": "2027-07-01",
    "sides": [
        {"department_id": DepartmentId::demo(1), "sponsor_person_id": PersonId::demo(1)},
        {"department_id": DepartmentId::demo(2), "sponsor_person_id": PersonId::demo(5)}
    ],
    "goals": [{
        "statement": "Customers come back", "metric": "Repeat purchases", "unit": "%",
        "baseline": 18, "target": 25, "due_on": "2027-06-01"
    }],
    "milestones": [{"name": "First members", "due_on": "2027-03-01"}],
    "template": "data-ownership"
}))]
pub struct NewProject {
    #[schema(min_length = 1, max_length = 120, pattern = r"^[^\x00-\x1f]+$")]
    pub name: String,
    /// Why the sides do this together.
    #[schema(min_length = 1, max_length = 4000, pattern = r"^[^\x00-\x08\x0b-\x1f]+$")]
    pub purpose: String,
    /// The first day.
    pub starts_on: Day,
    /// The first day after it.
    pub ends_on: Day,
    /// Who runs it; you, when you do not say and the directory knows you.
    #[serde(default)]
    pub lead_person_id: Option<PersonId>,
    /// Most that the counted members of two sides may differ by.
    #[serde(default)]
    #[schema(format = Int32, minimum = 0, maximum = 1000, default = 0)]
    pub parity_tolerance: i32,
    /// The departments that own the project together; they cannot be changed later.
    #[schema(min_items = 2, max_items = 8)]
    pub sides: Vec<NewSide>,
    #[serde(default)]
    #[schema(max_items = 50)]
    pub goals: Vec<Goal>,
    #[serde(default)]
    #[schema(max_items = 100)]
    pub milestones: Vec<Milestone>,
    /// What is owned, and by which side.
    #[serde(default)]
    #[schema(nullable = false, max_items = 100)]
    pub areas: Option<Vec<CharterArea>>,
    /// Ready-made areas, for when you name none.
    #[serde(default)]
    pub template: Option<Template>,
}

impl RequestBody for NewProject {}

/// The whole text of a charter, in place of the present one. The sides stay as they are.
#[derive(Debug, Clone, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({
    "name": "Loyalty programme", "purpose": "Marketing and IT reward regular customers together.",
    "starts_on": "2027-01-04", "ends_on": "2027-09-01", "parity_tolerance": 0,
    "goals": [{
        "statement": "Customers come back", "metric": "Repeat purchases", "unit": "%",
        "baseline": 18, "target": 25, "due_on": "2027-08-01"
    }],
    "milestones": [{"name": "First members", "due_on": "2027-03-01"}],
    "areas": [
        {"key": "data-policy", "name": "Data policy", "department_id": DepartmentId::demo(2)},
        {"key": "customer-databases", "name": "Customer databases", "department_id": DepartmentId::demo(1)}
    ]
}))]
pub struct CharterText {
    #[schema(min_length = 1, max_length = 120, pattern = r"^[^\x00-\x1f]+$")]
    pub name: String,
    /// Why the sides do this together.
    #[schema(min_length = 1, max_length = 4000, pattern = r"^[^\x00-\x08\x0b-\x1f]+$")]
    pub purpose: String,
    /// The first day.
    pub starts_on: Day,
    /// The first day after it.
    pub ends_on: Day,
    /// Most that the counted members of two sides may differ by.
    #[schema(format = Int32, minimum = 0, maximum = 1000)]
    pub parity_tolerance: i32,
    #[schema(max_items = 50)]
    pub goals: Vec<Goal>,
    #[schema(max_items = 100)]
    pub milestones: Vec<Milestone>,
    /// What is owned, and by which side. An area keeps its history by keeping its key.
    #[schema(max_items = 100)]
    pub areas: Vec<CharterArea>,
}

impl RequestBody for CharterText {}

/// A version of a charter.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(as = Charter)]
pub struct CharterBody {
    pub project_id: ProjectId,
    #[schema(format = Int32, minimum = 1, maximum = 1_000_000)]
    pub version: i32,
    /// SHA-256 of the canonical JSON (RFC 8785) of `content`.
    #[schema(min_length = 64, max_length = 64, pattern = "^[0-9a-f]{64}$")]
    pub sha256: String,
    pub content: Content,
    pub created_at: UtcTime,
}

impl TryFrom<CharterRow> for CharterBody {
    type Error = Error;

    fn try_from(row: CharterRow) -> Result<Self, Error> {
        let CharterRow { project_id, version, content, sha256, created_at } = row;
        Ok(Self { project_id, version, sha256, content: Content::unseal(&content)?, created_at })
    }
}

/// Who takes a seat.
#[derive(Debug, Clone, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"person_id": PersonId::demo(5)}))]
pub struct SeatTaker {
    pub person_id: PersonId,
}

impl RequestBody for SeatTaker {}

/// What exactly is signed: copy both from the charter you have read.
#[derive(Debug, Clone, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({
    "charter_version": 1,
    "charter_sha256": "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"
}))]
pub struct CharterToSign {
    #[schema(format = Int32, minimum = 1, maximum = 1_000_000)]
    pub charter_version: i32,
    #[schema(min_length = 64, max_length = 64, pattern = "^[0-9a-f]{64}$")]
    pub charter_sha256: String,
}

impl RequestBody for CharterToSign {}

/// One side's signature under one version of the charter.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(as = Signature)]
pub struct SignatureBody {
    pub id: SignatureId,
    pub project_id: ProjectId,
    /// The side.
    pub department_id: DepartmentId,
    /// Its sponsor at that time.
    pub person_id: PersonId,
    #[schema(format = Int32, minimum = 1, maximum = 1_000_000)]
    pub charter_version: i32,
    #[schema(min_length = 64, max_length = 64, pattern = "^[0-9a-f]{64}$")]
    pub charter_sha256: String,
    pub signed_at: UtcTime,
    /// When somebody else took the seat, so that the side has to sign again; null while it counts.
    #[schema(required)]
    pub superseded_at: Option<UtcTime>,
}

impl From<Signature> for SignatureBody {
    fn from(row: Signature) -> Self {
        let Signature { id, project_id, department_id, person_id, charter_version, .. } = row;
        let Signature { charter_sha256, signed_at, superseded_at, .. } = row;
        Self { id, project_id, department_id, person_id, charter_version, charter_sha256, signed_at, superseded_at }
    }
}

/// Why a project is given up.
#[derive(Debug, Clone, Default, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"reason": "Both departments decided to wait for the new shop."}))]
pub struct Cancellation {
    /// Kept in the audit trail.
    #[serde(default)]
    #[schema(min_length = 1, max_length = 500, pattern = r"^[^\x00-\x08\x0b-\x1f]+$")]
    pub reason: Option<String>,
}

impl RequestBody for Cancellation {
    const OPTIONAL: bool = true;
}

/// What a project lacks before it can be activated.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Readiness {
    /// Whether nothing is missing.
    pub ready: bool,
    #[schema(max_items = 10_000)]
    pub blockers: Vec<BlockerBody>,
}

/// One thing that is missing, and of whom or what.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(as = Blocker)]
pub struct BlockerBody {
    pub code: Code,
    /// The side it is about.
    #[schema(required)]
    pub department_id: Option<DepartmentId>,
    /// The area it is about.
    #[schema(required)]
    pub area_id: Option<AreaId>,
    /// The person it is about.
    #[schema(required)]
    pub person_id: Option<PersonId>,
    /// What to do about it.
    #[schema(max_length = 300, pattern = r"^[^\x00-\x1f]+$")]
    pub detail: String,
}

impl BlockerBody {
    /// A blocker in the caller's language.
    #[must_use]
    pub fn new(blocker: &Blocker, lang: Lang) -> Self {
        let text = blocker.text();
        let detail = match lang {
            Lang::En => text.en,
            Lang::Cs => text.cs,
        };
        let Blocker { code, side, area, person } = *blocker;
        Self { code, department_id: side, area_id: area, person_id: person, detail: detail.into_owned() }
    }
}

/// Which projects.
#[derive(Debug, Clone, Deserialize, ToSchema, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct ProjectQuery {
    /// Only projects in these states; repeat for several.
    #[serde(default)]
    #[schema(nullable = false, max_items = 7)]
    #[param(nullable = false, max_items = 7)]
    pub state: Option<Vec<State>>,
    /// Only projects with this side.
    #[serde(default)]
    #[schema(nullable = false)]
    #[param(nullable = false)]
    pub department_id: Option<DepartmentId>,
    /// Only projects where you are sponsor, lead or member.
    #[serde(default)]
    #[schema(nullable = false, default = false)]
    #[param(nullable = false, default = false)]
    pub mine: Option<bool>,
    /// `created_at` for the oldest first, `-created_at` for the newest first.
    #[serde(default)]
    #[schema(nullable = false)]
    #[param(nullable = false, inline)]
    pub sort: Option<Sort>,
    /// Items of a page.
    #[serde(default)]
    #[schema(nullable = false, format = Int32, minimum = 1, maximum = 100, default = 20)]
    #[param(nullable = false, format = Int32, minimum = 1, maximum = 100, default = 20)]
    pub limit: Option<i64>,
    /// `next_cursor` of the page before.
    #[serde(default)]
    #[schema(nullable = false, max_length = 512, pattern = "^[A-Za-z0-9_-]+$")]
    #[param(nullable = false, max_length = 512, pattern = "^[A-Za-z0-9_-]+$")]
    pub cursor: Option<String>,
}

/// Which version of a charter.
#[derive(Debug, Clone, Deserialize, ToSchema, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct CharterQuery {
    /// The newest one when absent.
    #[serde(default)]
    #[schema(nullable = false, format = Int32, minimum = 1, maximum = 1_000_000)]
    #[param(nullable = false, format = Int32, minimum = 1, maximum = 1_000_000)]
    pub version: Option<i32>,
}

/// Which stretch of the signatures.
#[derive(Debug, Clone, Deserialize, ToSchema, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct SignatureQuery {
    /// Items of a page.
    #[serde(default)]
    #[schema(nullable = false, format = Int32, minimum = 1, maximum = 100, default = 20)]
    #[param(nullable = false, format = Int32, minimum = 1, maximum = 100, default = 20)]
    pub limit: Option<i64>,
    /// `next_cursor` of the page before.
    #[serde(default)]
    #[schema(nullable = false, max_length = 512, pattern = "^[A-Za-z0-9_-]+$")]
    #[param(nullable = false, max_length = 512, pattern = "^[A-Za-z0-9_-]+$")]
    pub cursor: Option<String>,
}
