//! `GET /v1/audit-entries`: the audit trail.

use actix_web::{get, web};

use super::dto::{AuditQuery, EntryBody, EntryPage, IncludedActors};
use crate::kernel::auth::Actor;
use crate::kernel::error::Error;
use crate::kernel::http::list::{ListRequest, PageBody, PageQuery};
use crate::kernel::http::response::Response;
use crate::kernel::http::routes::Routes;
use crate::kernel::state::AppState;

pub fn configure(routes: &mut impl Routes) {
    routes.service(list_audit_entries);
}

/// List audit entries
///
/// Returns who changed which resource, with the resource before and after the change, oldest first. Reads of personal
/// data in bulk (exports and offboarding reports) have entries, too. Entries are append-only: they are never deleted,
/// and changed only to redact the personal data of an erased person. People are pseudonyms (`act_`); `expand=actors`
/// adds who they are, until they are erased. The entries of a project form a hash chain, which is part of the evidence
/// (`GET /v1/projects/{id}/evidence`).
///
/// A reader who follows `next_cursor` to the last page, and later continues with the last cursor, misses no entry, even
/// if changes are made meanwhile. While earlier changes are still being committed, a page can therefore have fewer
/// entries than `limit`, or none, although `next_cursor` is not null: wait a second and continue with it.
#[utoipa::path(
    tag = "Events",
    params(AuditQuery, PageQuery),
    responses((status = 200, description = "A page of audit entries.", body = EntryPage)),
)]
#[get("/v1/audit-entries")]
pub async fn list_audit_entries(
    app: web::Data<AppState>,
    caller: Actor,
    ListRequest { query, page, links }: ListRequest<AuditQuery>,
) -> Result<Response, Error> {
    app.db
        .read(move |conn| {
            let (rows, next) = super::list(conn, &caller, query.subject.as_deref(), query.actor.as_deref(), &page)?;
            let rows = rows.into_iter().map(EntryBody::try_from).collect::<Result<Vec<_>, _>>()?;
            let next = next.map(|position| position.to_string());
            let (PageBody { data, next_cursor }, link) = links.page_before(rows, next.as_deref(), |row| row)?;
            let included = match query.expand {
                Some(_) => Some(IncludedActors::of(conn, &data)?),
                None => None,
            };
            Ok(Response::ok(&EntryPage { data, next_cursor, included })?.link(link).no_store())
        })
        .await
}
