//! Data subjects in requests and responses.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use validator::{Validate, ValidationError};

use crate::callbacks::agents::AgentBody;
use crate::callbacks::requests::ExportedCallbackRequest;
use crate::collaboration::approvals::ApprovalResponseBody;
use crate::collaboration::approvals::delegations::DelegationBody;
use crate::collaboration::memberships::MembershipBody;
use crate::collaboration::ownership::AssignmentBody;
use crate::directory::people::{HomePositionBody, PersonBody};
use crate::kernel::audit::{ActorBody, RecordedAction};
use crate::kernel::http::body::{self, RequestBody};
use crate::kernel::ids::{CallbackRequestId, PersonId};
use crate::kernel::time::UtcTime;

/// The visitor to erase, identified by phone number or e-mail address. If you send both, every callback
/// request that matches either of them is included.
#[derive(Debug, Clone, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
#[schema(min_properties = 1, example = json!({"phone": "603 345 678"}))]
#[validate(schema(function = require_phone_or_email))]
pub struct DataSubject {
    /// Phone number in any common notation. A number that does not start with `+` or `00` is one of the
    /// `default_region` of the queues, and is refused if they have different ones.
    #[serde(default)]
    #[schema(nullable = false, min_length = 1, max_length = 64, pattern = r"^[^\x00]+$")]
    pub phone: Option<String>,
    /// E-mail address. Upper and lower case are equivalent.
    #[serde(default)]
    #[schema(nullable = false, format = Email, min_length = 3, max_length = 254)]
    pub email: Option<String>,
}

impl RequestBody for DataSubject {}

fn require_phone_or_email(who: &DataSubject) -> Result<(), ValidationError> {
    if who.phone.is_some() || who.email.is_some() {
        return Ok(());
    }
    Err(body::fault("required", "violation-phone-or-email"))
}

/// Whose data to export: a visitor, identified by phone number or e-mail address, or a person in the directory. If you
/// send several of them, the data of each is included.
#[derive(Debug, Clone, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
#[schema(min_properties = 1, example = json!({"phone": "603 345 678"}))]
#[validate(schema(function = require_data_subject))]
pub struct DataSubjectToExport {
    /// Phone number of a visitor in any common notation. A number that does not start with `+` or `00` is one of the
    /// `default_region` of the queues, and is refused if they have different ones.
    #[serde(default)]
    #[schema(nullable = false, min_length = 1, max_length = 64, pattern = r"^[^\x00]+$")]
    pub phone: Option<String>,
    /// E-mail address of a visitor. Upper and lower case are equivalent.
    #[serde(default)]
    #[schema(nullable = false, format = Email, min_length = 3, max_length = 254)]
    pub email: Option<String>,
    /// A person in the directory.
    #[serde(default)]
    #[schema(nullable = false)]
    pub person_id: Option<PersonId>,
}

impl RequestBody for DataSubjectToExport {}

fn require_data_subject(who: &DataSubjectToExport) -> Result<(), ValidationError> {
    if who.phone.is_some() || who.email.is_some() || who.person_id.is_some() {
        return Ok(());
    }
    Err(body::fault("required", "violation-data-subject"))
}

/// All stored data of a visitor or a person in the directory (GDPR, Article 15).
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct DataSubjectExport {
    /// When the export was created.
    pub exported_at: UtcTime,
    /// Whether every list of the export is complete; false if one of them has more items than fit into one response.
    pub complete: bool,
    /// Callback requests of the visitor, oldest first.
    #[schema(max_items = 2000)]
    pub requests: Vec<ExportedCallbackRequest>,
    /// The person in the directory; null unless `person_id` was sent.
    #[schema(required)]
    pub person: Option<ExportedPerson>,
}

/// All stored data of a person in the directory, except texts that people wrote about them. Lists are in the order of
/// creation.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct ExportedPerson {
    /// The person.
    pub person: PersonBody,
    /// Regular positions of the person.
    #[schema(max_items = 1000)]
    pub home_positions: Vec<HomePositionBody>,
    /// Memberships and invitations of the person, in all projects.
    #[schema(max_items = 1000)]
    pub memberships: Vec<MembershipBody>,
    /// Assignments of areas to the person.
    #[schema(max_items = 1000)]
    pub assignments: Vec<AssignmentBody>,
    /// What the person approved and rejected, including superseded responses. Responses that are sealed are included
    /// only if you export your own data.
    #[schema(max_items = 1000)]
    pub approval_responses: Vec<ApprovalResponseBody>,
    /// Delegations by the person and to the person.
    #[schema(max_items = 1000)]
    pub delegations: Vec<DelegationBody>,
    /// The person as an agent who calls visitors back; null if the person is not on the roster.
    #[schema(required)]
    pub agent: Option<AgentBody>,
    /// How the audit trail names the person; empty if the person changed nothing, or was erased.
    #[schema(max_items = 1000)]
    pub actors: Vec<ActorBody>,
    /// What the person did, from the audit trail.
    #[schema(max_items = 1000)]
    pub actions: Vec<RecordedAction>,
}

/// The result of an erasure (GDPR, Article 17).
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct ErasedDataSubject {
    /// Callback requests whose personal data this call erased; empty when none was stored.
    #[schema(max_items = 100_000)]
    pub erased: Vec<CallbackRequestId>,
}
