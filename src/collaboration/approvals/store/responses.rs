//! Queries on the responses of the sides.

use diesel::prelude::*;

use crate::collaboration::approvals::state::{ApprovalChoice, ApprovalKind};
use crate::kernel::db::errors::Constraint;
use crate::kernel::db::schema::{approval_responses, approvals};
use crate::kernel::db::{CachedDsl, DbConn};
use crate::kernel::error::Error;
use crate::kernel::ids::{ApprovalId, ApprovalResponseId, DelegationId, DepartmentId, DrawId, PersonId, ProjectId};
use crate::kernel::page::Page;
use crate::kernel::time::UtcTime;

const ONE_SIDE_PER_PERSON: Constraint = Constraint::new(
    "approval_responses_one_per_person",
    "approval_responses.approval_id, approval_responses.person_id",
);

/// Row of the response of one side.
#[derive(Debug, Clone, PartialEq, Queryable, Selectable, Insertable)]
#[diesel(table_name = approval_responses, treat_none_as_default_value = false)]
pub struct ApprovalResponse {
    pub id: ApprovalResponseId,
    pub approval_id: ApprovalId,
    pub project_id: ProjectId,
    pub department_id: DepartmentId,
    pub person_id: PersonId,
    pub delegation_id: Option<DelegationId>,
    pub response: ApprovalChoice,
    pub reason: Option<String>,
    pub responded_at: UtcTime,
    pub superseded_at: Option<UtcTime>,
    /// Whether only the side itself sees the response. Ends when all sides have responded, and not otherwise.
    pub sealed: bool,
    /// Random, see [`digest`](crate::collaboration::approvals::digest).
    pub salt: String,
    /// The draw of the arbiter who responded for the side, which was silent.
    pub draw_id: Option<DrawId>,
}

impl ApprovalResponse {
    /// Returns whether a caller who represents the side `viewer` sees the response; `None` is any other caller.
    #[must_use]
    pub fn is_visible_to(&self, viewer: Option<DepartmentId>) -> bool {
        !self.sealed || viewer == Some(self.department_id)
    }
}

/// The person has already responded for another side.
#[derive(Debug)]
pub struct RespondedForAnotherSide;

pub fn insert_response(
    conn: &mut DbConn,
    response: &ApprovalResponse,
) -> Result<Result<(), RespondedForAnotherSide>, Error> {
    match diesel::insert_into(approval_responses::table).values(response).execute(conn) {
        Ok(_) => Ok(Ok(())),
        Err(error) if ONE_SIDE_PER_PERSON.violated_by(&error) => Ok(Err(RespondedForAnotherSide)),
        Err(error) => Err(error.into()),
    }
}

/// Opens the sealed responses to an approval, superseded ones included.
pub fn disclose(conn: &mut DbConn, approval: ApprovalId) -> Result<(), Error> {
    diesel::update(approval_responses::table.filter(approval_responses::approval_id.eq(approval)))
        .set(approval_responses::sealed.eq(false))
        .cached()
        .execute(conn)?;
    Ok(())
}

/// Marks a response as superseded.
pub fn supersede(conn: &mut DbConn, response: ApprovalResponseId, now: UtcTime) -> Result<(), Error> {
    diesel::update(approval_responses::table.filter(approval_responses::id.eq(response)))
        .set(approval_responses::superseded_at.eq(now))
        .cached()
        .execute(conn)?;
    Ok(())
}

/// Returns the responses of a person, superseded ones included, oldest first; sealed ones only if `with_sealed`.
pub fn responses_of_person(
    conn: &mut DbConn,
    person: PersonId,
    with_sealed: bool,
    most: i64,
) -> Result<Vec<ApprovalResponse>, Error> {
    let mut rows = approval_responses::table
        .filter(approval_responses::person_id.eq(person))
        .order(approval_responses::id)
        .limit(most)
        .select(ApprovalResponse::as_select())
        .into_boxed();
    if !with_sealed {
        rows = rows.filter(approval_responses::sealed.eq(false));
    }
    Ok(rows.load(conn)?)
}

/// Returns one page of the responses to an approval that the side `viewer` sees, superseded ones included.
pub fn responses(
    conn: &mut DbConn,
    approval: ApprovalId,
    viewer: Option<DepartmentId>,
    page: &Page,
) -> Result<Vec<ApprovalResponse>, Error> {
    let mut rows = approval_responses::table
        .filter(approval_responses::approval_id.eq(approval))
        .order(approval_responses::id)
        .limit(page.fetch())
        .select(ApprovalResponse::as_select())
        .into_boxed();
    rows = match viewer {
        Some(side) => rows.filter(approval_responses::sealed.eq(false).or(approval_responses::department_id.eq(side))),
        None => rows.filter(approval_responses::sealed.eq(false)),
    };
    if let Some(after) = page.after.as_deref() {
        rows = rows.filter(approval_responses::id.gt(after));
    }
    Ok(rows.load(conn)?)
}

/// Returns the signatures of all charter versions as (side, version, superseded). A sealed response is no signature
/// yet: otherwise a signature would tell it from a rejection.
pub fn signatures(conn: &mut DbConn, project: ProjectId) -> Result<Vec<(DepartmentId, i32, bool)>, Error> {
    Ok(approval_responses::table
        .inner_join(approvals::table)
        .filter(approvals::project_id.eq(project))
        .filter(approvals::kind.eq(ApprovalKind::Charter))
        .filter(approval_responses::response.eq(ApprovalChoice::Approve))
        .filter(approval_responses::sealed.eq(false))
        .select((approval_responses::department_id, approvals::number, approval_responses::superseded_at.is_not_null()))
        .load(conn)?)
}
