//! The areas of a project with their accountable people.

use diesel::prelude::*;

use super::Assignment;
use crate::collaboration::approvals::{ApprovalKind, ApprovalState};
use crate::collaboration::ownership::responsibility::Responsibility;
use crate::collaboration::ownership::transfers::TransferState;
use crate::collaboration::projects::Area;
use crate::collaboration::states::DisputeState;
use crate::kernel::db::DbConn;
use crate::kernel::db::schema::{approvals, areas, assignments, disputes, transfers};
use crate::kernel::error::Error;
use crate::kernel::ids::{AreaId, DepartmentId, PersonId, ProjectId};
use crate::kernel::time::{Day, UtcTime};
use crate::with_backend;

/// An accountable person of an area.
#[derive(Debug, Clone, Copy, Queryable, Selectable)]
#[diesel(table_name = assignments)]
pub struct Owner {
    pub person_id: PersonId,
    pub valid_from: Day,
    pub valid_to: Option<Day>,
}

/// The transfer of an area that is stored as open, including an offer that has expired since.
#[derive(Debug, Clone, Copy, Queryable, Selectable)]
#[diesel(table_name = transfers)]
pub struct OpenTransfer {
    pub to_person_id: PersonId,
    pub effective_on: Day,
    pub state: TransferState,
    pub expires_at: UtcTime,
}

/// An area of the charter with one of its accountable people, and what is proposed for it.
#[derive(Debug, Clone)]
pub struct OwnedArea {
    pub id: AreaId,
    pub key: String,
    pub department_id: DepartmentId,
    pub owner: Option<Owner>,
    pub transfer: Option<OpenTransfer>,
    /// The terms of the settlement that the sides are responding to.
    pub settlement: Option<String>,
}

/// Loads the areas of the charter of a project, each with every accountable person, past and planned, without those
/// whose assignment never took effect; an area without any has one row. An area has at most one open transfer, and one
/// open dispute with one open settlement.
pub fn owned_areas(conn: &mut DbConn, project: ProjectId) -> Result<Vec<OwnedArea>, Error> {
    let owner = assignments::area_id
        .eq(areas::id)
        .and(assignments::responsibility.eq(Responsibility::Accountable))
        .and(assignments::superseded_at.is_null())
        .and(assignments::valid_to.is_null().or(assignments::valid_to.gt(assignments::valid_from.nullable())));
    let transfer = transfers::area_id
        .eq(areas::id)
        .and(transfers::state.eq(TransferState::Offered).or(transfers::state.eq(TransferState::Accepted)));
    let dispute = disputes::area_id.eq(areas::id).and(disputes::state.eq(DisputeState::Open));
    let settlement = approvals::project_id
        .eq(disputes::project_id)
        .and(approvals::kind.eq(ApprovalKind::Settlement))
        .and(approvals::subject.eq(disputes::id))
        .and(approvals::state.eq(ApprovalState::Open));
    type Row = (AreaId, String, DepartmentId, Option<Owner>, Option<OpenTransfer>, Option<String>);
    let rows: Vec<Row> = with_backend!(conn, |conn| areas::table
        .left_join(transfers::table.on(transfer))
        .left_join(disputes::table.on(dispute))
        .left_join(approvals::table.on(settlement))
        .left_join(assignments::table.on(owner))
        .filter(areas::project_id.eq(project))
        .filter(areas::retired_at.is_null())
        .order((areas::id, assignments::valid_from))
        .select((
            areas::id,
            areas::key,
            areas::department_id,
            Option::<Owner>::as_select(),
            Option::<OpenTransfer>::as_select(),
            approvals::terms.nullable(),
        ))
        .load(conn))?;
    let area = |(id, key, department_id, owner, transfer, settlement): Row| OwnedArea {
        id,
        key,
        department_id,
        owner,
        transfer,
        settlement,
    };
    Ok(rows.into_iter().map(area).collect())
}

/// Loads the areas of a project, retired ones included, each with its accountable assignment on a day.
pub fn areas_on(conn: &mut DbConn, project: ProjectId, day: Day) -> Result<Vec<(Area, Option<Assignment>)>, Error> {
    let owner = assignments::area_id
        .eq(areas::id)
        .and(assignments::responsibility.eq(Responsibility::Accountable))
        .and(assignments::superseded_at.is_null())
        .and(assignments::valid_from.le(day))
        .and(assignments::valid_to.is_null().or(assignments::valid_to.gt(day)));
    Ok(with_backend!(conn, |conn| areas::table
        .left_join(assignments::table.on(owner))
        .filter(areas::project_id.eq(project))
        .order(areas::id)
        .select((Area::as_select(), Option::<Assignment>::as_select()))
        .load(conn))?)
}
