//! Request and response bodies of projects.

mod blocker;
mod charter;
mod closure_report;

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use validator::Validate;

pub use blocker::BlockerBody;
pub use charter::{CharterBody, CharterQuery, MilestoneBody, MilestoneDate, MilestoneList};
pub use closure_report::{ClosureReportBody, NewClosureReport};

use super::charter::{CharterArea, Goal, Milestone, ParityMeasure, Template, default_response_days, sealed_by_default};
use super::state::State;
use crate::directory::expand::WithIncluded;
use crate::kernel::http::body::RequestBody;
use crate::kernel::ids::{DepartmentId, PersonId, ProjectId};
use crate::kernel::time::{Day, UtcTime};

/// A project that two or more departments own together.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
#[schema(as = Project)]
pub struct ProjectBody {
    /// Unique identifier of the project.
    pub id: ProjectId,
    /// Name of the project, from the charter. To change it, replace the charter.
    #[schema(min_length = 1, max_length = 120, pattern = r"^[^\x00-\x1f]+$", example = "One view of the customer")]
    pub name: String,
    /// Current state of the project.
    pub state: State,
    /// First day of the project, from the charter.
    pub starts_on: Day,
    /// First day after the project (exclusive end), from the charter.
    pub ends_on: Day,
    /// Maximum difference in staffing between any two sides: a number of members if `parity_measure` is `headcount`, or
    /// percent of one full-time equivalent (FTE) if it is `fte`, for example 50 for half an FTE.
    #[schema(format = Int32, minimum = 0, maximum = 1000)]
    pub parity_tolerance: i32,
    /// How the staffing of a side is measured.
    pub parity_measure: ParityMeasure,
    /// The project lead, who coordinates the project and represents no side, from the charter; null if the project has
    /// none. To change it, replace the charter.
    #[schema(required)]
    pub lead_person_id: Option<PersonId>,
    /// The departments that own the project together, in the order in which they were given.
    #[schema(min_items = 2, max_items = 8)]
    pub sides: Vec<SideBody>,
    /// The newest version of the charter, whether or not it is signed.
    pub charter: CharterReference,
    /// The version of the charter that is in force; null until the project is activated.
    #[schema(required)]
    pub charter_in_force: Option<CharterReference>,
    /// When the project was activated; null before that.
    #[schema(required)]
    pub activated_at: Option<UtcTime>,
    /// When the current hold began; null unless the project is on hold or was cancelled while on hold.
    #[schema(required)]
    pub held_since: Option<UtcTime>,
    /// The department of the side that put the project on hold; null if the system did, because a side had no sponsor,
    /// or if the project was never on hold.
    #[schema(required)]
    pub held_by_department_id: Option<DepartmentId>,
    /// When the hold ends by itself and the project is active again; null if it is not on hold, or if the system put it
    /// on hold. A hold by the system ends when every side has a sponsor.
    #[schema(required)]
    pub hold_ends_at: Option<UtcTime>,
    /// When all sides approved the closing of the project; null before that.
    #[schema(required)]
    pub closing_since: Option<UtcTime>,
    /// When the project was closed; null before that.
    #[schema(required)]
    pub closed_at: Option<UtcTime>,
    /// When the current parity breach began, or when the project was resumed if that is later; null if the sides are in
    /// parity. Checked only while the project is active.
    #[schema(required)]
    pub parity_breached_at: Option<UtcTime>,
    /// When the project was created.
    pub created_at: UtcTime,
    /// When the project was last changed.
    pub updated_at: UtcTime,
}

/// A project with the people and departments that it refers to.
pub type ProjectWithIncluded = WithIncluded<ProjectBody>;

/// Reference to one version of the charter.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct CharterReference {
    /// Version of the charter, starting at 1.
    #[schema(format = Int32, minimum = 1, maximum = 1_000_000)]
    pub version: i32,
    /// SHA-256 of the canonical JSON (RFC 8785) of the charter, in lower-case hexadecimal.
    #[schema(min_length = 64, max_length = 64, pattern = "^[0-9a-f]{64}$")]
    pub sha256: String,
}

/// A side of a project: a department and its sponsor.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = ProjectSide)]
pub struct SideBody {
    /// The project that the side belongs to.
    pub project_id: ProjectId,
    /// The department of the side.
    pub department_id: DepartmentId,
    /// The person who is named as the sponsor; null if no one is. Only a sponsor who is `in_office` represents the
    /// side.
    #[schema(required)]
    pub sponsor_person_id: Option<PersonId>,
    /// State of the role of the sponsor today.
    pub sponsor_state: SponsorState,
    /// When this person accepted the role; null before that.
    #[schema(required)]
    pub sponsor_accepted_at: Option<UtcTime>,
    /// When this person was confirmed on behalf of the department; null before that.
    #[schema(required)]
    pub sponsor_confirmed_at: Option<UtcTime>,
    /// Who confirmed this person: the head of the department, or an administrator if it has no head. Null before that,
    /// and for an administrator who is not in the directory.
    #[schema(required)]
    pub sponsor_confirmed_by: Option<PersonId>,
    /// Since when the side has had no sponsor in office; null while it has one.
    #[schema(required)]
    pub vacant_since: Option<UtcTime>,
    /// The person who is proposed to replace the sponsor in office; null if no one is. The sponsor stays in office
    /// until this person has accepted and is confirmed.
    #[schema(required)]
    pub successor_person_id: Option<PersonId>,
    /// When the successor accepted the role; null before that.
    #[schema(required)]
    pub successor_accepted_at: Option<UtcTime>,
    /// When the successor was confirmed on behalf of the department; null before that.
    #[schema(required)]
    pub successor_confirmed_at: Option<UtcTime>,
    /// From when the side may put the project on hold again; null if it never did.
    #[schema(required)]
    pub may_hold_from: Option<UtcTime>,
}

/// State of the role of a sponsor: `vacant` if no one is named, or the person is deactivated or has no regular position
/// in the department; `proposed` until the person has accepted and the department has confirmed; then `in_office`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum SponsorState {
    Vacant,
    Proposed,
    InOffice,
}

/// A change in the directory that concerns a person with a role in a project.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum DirectoryChange {
    /// The login of the person.
    Login,
    /// A regular position of the person, with its department and manager.
    HomePosition,
    /// The head of the department of the side.
    Head,
    /// The person was deactivated.
    Deactivated,
    /// The person was reactivated.
    Reactivated,
    /// From when tokens of the person are accepted.
    Tokens,
}

crate::text_enum! {
    /// The role of a person in a project: `sponsor` (in office or proposed), `head` of the department of a side,
    /// `delegate`, `lead`, `panel` (one of the people of whom an arbiter is drawn) or `arbiter`.
    pub enum NoticeRole {
        Sponsor,
        Head,
        Delegate,
        Lead,
        Panel,
        Arbiter,
    }
}

/// A change in the directory that can change who acts in a project.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct SponsorNotice {
    /// The project in which the person has the role.
    pub project_id: ProjectId,
    /// The department of the side; null for the lead, the panel and the arbiter.
    #[schema(required)]
    pub department_id: Option<DepartmentId>,
    /// The person who is named as the sponsor of the side; null if no one is.
    #[schema(required)]
    pub sponsor_person_id: Option<PersonId>,
    /// The person whom the change is about; null if the department has no head any more.
    #[schema(required)]
    pub person_id: Option<PersonId>,
    /// The role of the person in the project.
    pub role: NoticeRole,
    /// What was changed.
    pub change: DirectoryChange,
}

/// A change of the company calendar, which counts the time that the sides of a running project have.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct CalendarNotice {
    /// The running project.
    pub project_id: ProjectId,
    /// Type of the event of the change: `calendar.updated` or `closed_day.deleted`.
    #[schema(max_length = 60, pattern = "^[a-z_]+\\.[a-z_]+$", example = "calendar.updated")]
    pub event: String,
    /// Identifier of the calendar or the closed day.
    #[schema(max_length = 40, pattern = "^[a-z]{2,4}_[0-9a-z]{26}$")]
    pub changed_id: String,
}

/// A side of a new project.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewSide {
    /// The department of the side. Each department can be a side only once.
    pub department_id: DepartmentId,
    /// The sponsor to propose, whose regular position today is in the department. Null or absent to propose one later.
    /// The person accepts, and the head of the department confirms; if you propose yourself, you have accepted, and if
    /// you are the head, you have confirmed.
    #[serde(default)]
    pub sponsor_person_id: Option<PersonId>,
}

/// A project to create. It can be incomplete; its readiness lists what is missing.
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
    /// Name of the project.
    #[schema(min_length = 1, max_length = 120, pattern = r"^[^\x00-\x1f]+$")]
    pub name: String,
    /// Why the sides run this project together.
    #[schema(min_length = 1, max_length = 4000, pattern = r"^[^\x00-\x08\x0b-\x1f]+$")]
    pub purpose: String,
    /// First day of the project.
    pub starts_on: Day,
    /// First day after the project (exclusive end). Must be after `starts_on`.
    pub ends_on: Day,
    /// The project lead, who coordinates the project and represents no side. Not one of the sponsors. If null or
    /// absent, the project has no lead. Part of the charter that all sides sign.
    #[serde(default)]
    pub lead_person_id: Option<PersonId>,
    /// Whether the responses to an approval stay sealed until all sides have responded. Part of the charter; false has
    /// an effect once the charter is in force.
    #[serde(default = "sealed_by_default")]
    #[schema(default = true)]
    pub sealed: bool,
    /// Maximum difference in staffing between any two sides: a number of members if `parity_measure` is `headcount`, or
    /// percent of one full-time equivalent (FTE) if it is `fte`, for example 50 for half an FTE.
    #[serde(default)]
    #[schema(format = Int32, minimum = 0, maximum = 1000, default = 0)]
    pub parity_tolerance: i32,
    /// How the staffing of a side is measured; `headcount` if absent.
    #[serde(default)]
    #[schema(nullable = false)]
    pub parity_measure: ParityMeasure,
    /// The departments that own the project together. Once the project is active, an amendment of the charter can
    /// change them.
    #[schema(min_items = 2, max_items = 8)]
    pub sides: Vec<NewSide>,
    /// Measurable goals of the project; none if absent.
    #[serde(default)]
    #[schema(max_items = 50)]
    pub goals: Vec<Goal>,
    /// Milestones of the project; none if absent.
    #[serde(default)]
    #[schema(max_items = 100)]
    pub milestones: Vec<Milestone>,
    /// Areas of responsibility, each of which belongs to one side. If absent, the areas of `template` are used, if any.
    #[serde(default)]
    #[schema(nullable = false, max_items = 200)]
    pub areas: Option<Vec<CharterArea>>,
    /// A predefined set of areas, used if `areas` is absent. It needs the departments with the keys `marketing` and
    /// `it` as sides.
    #[serde(default)]
    pub template: Option<Template>,
    /// The panel: people of whom one is drawn at random to decide a question or a dispute that the sides cannot settle.
    /// Each must be neutral: no regular position in a department that is a side, no role in the project, no sponsor
    /// among their managers, and not the manager of only some of the sponsors. None if absent.
    #[serde(default)]
    #[schema(max_items = 20)]
    pub panel: Vec<PersonId>,
    /// Number of whole business days that the sides have to respond, at least; 3 if absent.
    #[serde(default = "default_response_days")]
    #[schema(format = Int32, minimum = 1, maximum = 60, default = 3)]
    pub response_days: i32,
}

impl RequestBody for NewProject {}
