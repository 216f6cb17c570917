//! Data that two projects own differently.
//!
//! Rule: the same `data_asset` in two projects, the other of them running, on days that both last,
//! with different owning departments, is a warning on both. It hinders nobody: the departments
//! settle it between themselves.

use diesel::prelude::*;
use serde::Serialize;
use utoipa::ToSchema;

use crate::collaboration::projects::service as project_service;
use crate::kernel::auth::Actor;
use crate::kernel::db::DbConn;
use crate::kernel::db::schema::{areas, projects};
use crate::kernel::error::Error;
use crate::kernel::ids::{AreaId, DepartmentId, ProjectId};
use crate::kernel::time::{Day, UtcTime};

/// Where data of a project belong to another department in another project.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct DataConflictList {
    pub project_id: ProjectId,
    #[schema(max_items = 1000)]
    pub data: Vec<DataConflict>,
}

/// One area and its counterpart.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct DataConflict {
    #[schema(max_length = 80, pattern = "^[a-z][a-z0-9._-]{0,79}$", example = "crm.customers")]
    pub data_asset: String,
    pub area_id: AreaId,
    pub department_id: DepartmentId,
    /// The department that owns the data in the other project.
    pub other_department_id: DepartmentId,
    /// The other project; null when it is one that you may not know of.
    #[schema(required)]
    pub other_project_id: Option<ProjectId>,
    /// First day that both projects last.
    pub from: Day,
    /// First day after the last one.
    pub to: Day,
}

/// Most conflicts that are listed.
const MOST: i64 = 1000;

diesel::alias!(areas as others: Others);

/// The conflicts of a project; three statements at most.
///
/// # Errors
/// 403, 404.
pub fn list(conn: &mut DbConn, actor: &Actor, id: ProjectId, now: UtcTime) -> Result<DataConflictList, Error> {
    let project = project_service::visible(conn, actor, id, now)?;
    let same_data = others
        .field(areas::data_asset)
        .eq(areas::data_asset)
        .and(others.field(areas::project_id).ne(areas::project_id))
        .and(others.field(areas::department_id).ne(areas::department_id))
        .and(others.field(areas::retired_at).is_null());
    type Row = (Option<String>, AreaId, DepartmentId, DepartmentId, ProjectId, Day, Day);
    let rows: Vec<Row> = areas::table
        .inner_join(others.on(same_data))
        .inner_join(projects::table.on(projects::id.eq(others.field(areas::project_id))))
        .filter(areas::project_id.eq(id))
        .filter(areas::data_asset.is_not_null())
        .filter(areas::retired_at.is_null())
        .filter(projects::state.eq("active").or(projects::state.eq("on_hold")))
        .filter(projects::starts_on.lt(project.ends_on))
        .filter(projects::ends_on.gt(project.starts_on))
        .order((areas::id, others.field(areas::id)))
        .limit(MOST)
        .select((
            areas::data_asset,
            areas::id,
            areas::department_id,
            others.field(areas::department_id),
            projects::id,
            projects::starts_on,
            projects::ends_on,
        ))
        .load(conn)?;
    let known = project_service::seen_by(conn, actor, rows.iter().map(|row| row.4).collect(), now)?;
    let may_know = |project: ProjectId| known.contains(&project);
    let conflict = |(data_asset, area_id, department_id, other_department_id, other, starts_on, ends_on): Row| {
        Some(DataConflict {
            data_asset: data_asset?,
            area_id,
            department_id,
            other_department_id,
            other_project_id: may_know(other).then_some(other),
            from: project.starts_on.max(starts_on),
            to: project.ends_on.min(ends_on),
        })
    };
    let data = rows.into_iter().filter_map(conflict).collect();
    Ok(DataConflictList { project_id: id, data })
}
