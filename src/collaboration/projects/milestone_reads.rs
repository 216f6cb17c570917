//! Reading the milestones of projects with the history of their due dates.

use std::collections::BTreeMap;

use super::charter::{Content, Milestone};
use super::dto::{MilestoneBody, MilestoneList};
use super::store::{self, Project};
use super::{milestones, service};
use crate::kernel::auth::Actor;
use crate::kernel::db::DbConn;
use crate::kernel::error::Error;
use crate::kernel::ids::ProjectId;
use crate::kernel::time::UtcTime;

/// Returns the milestones of a project with the history of their due dates.
///
/// # Errors
/// 403, 404.
pub fn milestones(conn: &mut DbConn, actor: &Actor, id: ProjectId, now: UtcTime) -> Result<MilestoneList, Error> {
    let project = service::visible(conn, actor, id, now)?;
    milestones_of(conn, &project)
}

/// Returns the milestones of a loaded project without checking permissions, for other modules.
pub fn milestones_of(conn: &mut DbConn, project: &Project) -> Result<MilestoneList, Error> {
    let charter_version = project.in_force_version.unwrap_or(project.charter_version);
    let (mut current, mut signed) = (Vec::new(), Vec::new());
    for row in store::signed_charters(conn, project.id, charter_version)? {
        let milestones = Content::unseal(&row.content)?.milestones;
        if row.version == charter_version {
            current.clone_from(&milestones);
        }
        if row.signed_at.is_some() {
            signed.push((row.version, milestones));
        }
    }
    let data = milestones::history(&current, &signed);
    Ok(MilestoneList { project_id: project.id, charter_version, data })
}

/// Returns the milestones of several projects by the newest charters that all sides have signed, with the history of
/// their due dates, for reports; one statement.
pub fn signed_milestones_of(conn: &mut DbConn, ids: &[ProjectId]) -> Result<Vec<MilestoneBody>, Error> {
    let mut signed: BTreeMap<ProjectId, Vec<_>> = BTreeMap::new();
    for row in store::all_signed_charters(conn, ids)? {
        let milestones = Content::unseal(&row.content)?.milestones;
        signed.entry(row.project_id).or_default().push((row.version, milestones));
    }
    let of_project = |versions: &Vec<(i32, Vec<Milestone>)>| {
        versions.last().map(|(_, newest)| milestones::history(newest, versions)).unwrap_or_default()
    };
    Ok(signed.values().flat_map(of_project).collect())
}
