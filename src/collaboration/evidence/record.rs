//! Reads what the sides of a project agreed.

use serde::Serialize;
use serde_json::Value;

use super::dto::{EvidenceRecord, EvidenceResponse, FORMAT};
use crate::collaboration::approvals::delegations::{self, DelegationBody};
use crate::collaboration::approvals::{
    Approval, ApprovalBody, ApprovalResponse, ApprovalResponseBody, service as approvals,
};
use crate::collaboration::arbitration::service as arbitration;
use crate::collaboration::decisions::service as decisions;
use crate::collaboration::memberships::service as memberships;
use crate::collaboration::ownership::disputes::service as disputes;
use crate::collaboration::ownership::{CoverageQuery, check_coverage};
use crate::collaboration::projects::service as projects;
use crate::kernel::auth::Actor;
use crate::kernel::authz::Action;
use crate::kernel::chain::{Head, START, heads};
use crate::kernel::db::{self, DbConn};
use crate::kernel::error::Error;
use crate::kernel::events::ChainHead;
use crate::kernel::ids::ProjectId;
use crate::kernel::page::Page;
use crate::kernel::time::UtcTime;

/// Number of rows that are read at a time.
const PAGE: usize = 500;

/// Reads the record of a project at `now`, with the head of the chain at the same moment: the last entry of a record
/// says what is in the file.
///
/// # Errors
/// 403, 404.
pub fn read(conn: &mut DbConn, actor: &Actor, id: ProjectId, now: UtcTime) -> Result<EvidenceRecord, Error> {
    db::snapshot(conn, |conn| read_all(conn, actor, id, now))
}

fn read_all(conn: &mut DbConn, actor: &Actor, id: ProjectId, now: UtcTime) -> Result<EvidenceRecord, Error> {
    let whole = projects::permitted(conn, actor, Action::ReadEvidence, id, now)?;
    let team = memberships::team(conn, id)?;
    let responses = responses(conn, id)?;
    let coverage = check_coverage::coverage_of(conn, &whole.project, &team, &CoverageQuery::default(), now)?;
    let record = EvidenceRecord {
        format: FORMAT.to_owned(),
        generated_at: now,
        project: whole.body(),
        charters: charters(conn, id)?,
        approvals: approvals::all_of(conn, id)?.iter().map(approval).collect::<Result<_, _>>()?,
        delegations: delegations_of(conn, id, &responses)?,
        approval_responses: responses,
        decisions: all(|page| decisions::of_project(conn, id, now, page), |row| row.id.to_string())?,
        disputes: all(|page| disputes::of_project(conn, id, page), |row| row.id.to_string())?,
        draws: all(|page| arbitration::of_project(conn, id, page), |row| row.id.to_string())?,
        coverage,
        head: ChainHead { position: 0, sha256: START.to_owned() },
    };
    let Head { position, sha256 } = heads::find(conn, id.as_str())?;
    Ok(EvidenceRecord { head: ChainHead { position, sha256 }, ..record })
}

/// Returns the versions of the charter with the exact content that was signed, not as this version of the service would
/// write it.
fn charters(conn: &mut DbConn, id: ProjectId) -> Result<Vec<Value>, Error> {
    let rows = projects::charters(conn, id)?.into_iter();
    rows.map(|row| {
        Ok(serde_json::json!({
            "project_id": row.project_id,
            "version": row.version,
            "sha256": row.sha256,
            "content": parsed(&row.content)?,
            "created_at": row.created_at,
            "signed_at": row.signed_at,
        }))
    })
    .collect()
}

/// Returns an approval with the exact terms that the sides were asked about.
fn approval(approval: &Approval) -> Result<Value, Error> {
    let mut body = json(&ApprovalBody::try_from(approval)?)?;
    body["terms"] = parsed(&approval.row.terms)?;
    Ok(body)
}

/// Returns the responses. Only those that are visible to all sides belong in a file: the salt shows what was responded.
fn responses(conn: &mut DbConn, id: ProjectId) -> Result<Vec<EvidenceResponse>, Error> {
    let rows = approvals::history(conn, id)?.into_iter().filter_map(|row| row.response).filter(|row| !row.sealed);
    let with_salt = |row: ApprovalResponse| {
        let salt = row.salt.clone();
        EvidenceResponse { response: ApprovalResponseBody::from(row), salt }
    };
    Ok(rows.map(with_salt).collect())
}

/// Returns the delegations of the project, and all others that a response names: one for all projects of a sponsor who
/// was replaced since.
fn delegations_of(
    conn: &mut DbConn,
    id: ProjectId,
    responses: &[EvidenceResponse],
) -> Result<Vec<DelegationBody>, Error> {
    let mut rows = all(|page| delegations::service::of_project(conn, id, page), |row| row.id.to_string())?;
    let mut others: Vec<_> = responses.iter().filter_map(|one| one.response.delegation_id).collect();
    others.sort_unstable();
    others.dedup();
    others.retain(|named| rows.iter().all(|row| row.id != *named));
    rows.extend(delegations::service::with_ids(conn, &others)?);
    rows.sort_by_key(|row| row.id);
    Ok(rows.into_iter().map(DelegationBody::from).collect())
}

/// Reads all pages of a list.
fn all<R>(mut read: impl FnMut(&Page) -> Result<Vec<R>, Error>, id: impl Fn(&R) -> String) -> Result<Vec<R>, Error> {
    let (mut rows, mut after) = (Vec::new(), None);
    loop {
        let page = Page { after, limit: PAGE };
        let mut found = read(&page)?;
        let is_last = found.len() <= PAGE;
        found.truncate(PAGE);
        after = found.last().map(&id);
        rows.extend(found);
        if is_last {
            return Ok(rows);
        }
    }
}

fn parsed(text: &str) -> Result<Value, Error> {
    serde_json::from_str(text).map_err(Error::internal)
}

fn json<T: Serialize>(value: &T) -> Result<Value, Error> {
    serde_json::to_value(value).map_err(Error::internal)
}
