//! Rows of projects, sides, charters, signatures and areas.

use diesel::dsl::exists;
use diesel::prelude::*;

use super::dto::ProjectQuery;
use super::state::State;
use crate::authz::Facts;
use crate::db::DbConn;
use crate::db::errors::Constraint;
use crate::db::schema::{areas, charter_versions, memberships, people, project_sides, projects, signatures};
use crate::error::{Code, Error, Problem};
use crate::http::page::{PageRequest, Sort};
use crate::ids::{AreaId, DepartmentId, PersonId, ProjectId, SignatureId};
use crate::time::{Day, UtcTime};
use crate::with_backend;

const TWO_SEATS: Constraint =
    Constraint::new("project_sides_one_seat_each", "project_sides.project_id, project_sides.sponsor_person_id");
/// Both stand for the same: a side has one sponsor, and a sponsor one side.
const HAS_SIGNED: [Constraint; 2] = [
    Constraint::new(
        "signatures_one_per_side",
        "signatures.project_id, signatures.charter_version, signatures.department_id",
    ),
    Constraint::new(
        "signatures_one_per_person",
        "signatures.project_id, signatures.charter_version, signatures.person_id",
    ),
];

/// A project.
#[derive(Debug, Clone, Queryable, Selectable, Insertable, AsChangeset)]
#[diesel(table_name = projects, treat_none_as_null = true, treat_none_as_default_value = false)]
pub struct Project {
    pub id: ProjectId,
    pub name: String,
    pub state: State,
    /// The first day.
    pub starts_on: Day,
    /// The first day after it.
    pub ends_on: Day,
    /// Most that counted members per side may differ by.
    pub parity_tolerance: i32,
    pub lead_person_id: Option<PersonId>,
    /// The newest charter.
    pub charter_version: i32,
    pub charter_sha256: String,
    /// The charter all sides have signed, which the project runs on.
    pub in_force_version: Option<i32>,
    pub in_force_sha256: Option<String>,
    pub version: i64,
    pub created_at: UtcTime,
    pub updated_at: UtcTime,
}

/// One side of a project.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable, Insertable)]
#[diesel(table_name = project_sides, treat_none_as_default_value = false)]
pub struct Side {
    pub project_id: ProjectId,
    pub department_id: DepartmentId,
    /// The order in which the sides were named, from 0.
    pub position: i32,
    /// Who sits in the seat; `None` while it is vacant.
    pub sponsor_person_id: Option<PersonId>,
}

/// An area that the charter gives to one side.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable, Insertable, AsChangeset)]
#[diesel(table_name = areas, treat_none_as_null = true, treat_none_as_default_value = false)]
pub struct Area {
    pub id: AreaId,
    pub project_id: ProjectId,
    pub key: String,
    pub name: String,
    pub description: Option<String>,
    pub department_id: DepartmentId,
    /// When a newer charter left it out.
    pub retired_at: Option<UtcTime>,
}

/// One version of a charter.
#[derive(Debug, Clone, Queryable, Selectable, Insertable)]
#[diesel(table_name = charter_versions, treat_none_as_default_value = false)]
pub struct CharterRow {
    pub project_id: ProjectId,
    pub version: i32,
    /// Canonical JSON.
    pub content: String,
    pub sha256: String,
    pub created_at: UtcTime,
}

/// One side's signature under one version.
#[derive(Debug, Clone, Queryable, Selectable, Insertable)]
#[diesel(table_name = signatures, treat_none_as_default_value = false)]
pub struct Signature {
    pub id: SignatureId,
    pub project_id: ProjectId,
    pub department_id: DepartmentId,
    pub person_id: PersonId,
    pub charter_version: i32,
    pub charter_sha256: String,
    pub signed_at: UtcTime,
    pub superseded_at: Option<UtcTime>,
}

/// Writes a project with its sides, its first charter and its areas.
pub fn insert(
    conn: &mut DbConn,
    project: &Project,
    sides: &[Side],
    charter: &CharterRow,
    areas: &[Area],
) -> Result<(), Error> {
    diesel::insert_into(projects::table).values(project).execute(conn)?;
    with_backend!(conn, |c| diesel::insert_into(project_sides::table).values(sides).execute(c))?;
    insert_charter(conn, charter)?;
    insert_areas(conn, areas)
}

pub fn insert_charter(conn: &mut DbConn, charter: &CharterRow) -> Result<(), Error> {
    diesel::insert_into(charter_versions::table).values(charter).execute(conn)?;
    Ok(())
}

pub fn insert_areas(conn: &mut DbConn, new: &[Area]) -> Result<(), Error> {
    if !new.is_empty() {
        with_backend!(conn, |c| diesel::insert_into(areas::table).values(new).execute(c))?;
    }
    Ok(())
}

pub fn update_area(conn: &mut DbConn, area: &Area) -> Result<(), Error> {
    diesel::update(areas::table.filter(areas::id.eq(area.id))).set(area).execute(conn)?;
    Ok(())
}

pub fn update(conn: &mut DbConn, project: &Project) -> Result<(), Error> {
    diesel::update(projects::table.filter(projects::id.eq(project.id))).set(project).execute(conn)?;
    Ok(())
}

/// Takes the row for the rest of the transaction (the version is set for good by [`update`]).
pub fn hold(conn: &mut DbConn, id: ProjectId) -> Result<Option<Project>, Error> {
    Ok(diesel::update(projects::table.filter(projects::id.eq(id)))
        .set(projects::version.eq(projects::version))
        .returning(projects::all_columns)
        .get_result(conn)
        .optional()?)
}

/// Takes the row for the rest of the transaction and makes a new version of it.
pub fn lock(conn: &mut DbConn, id: ProjectId, now: UtcTime) -> Result<Option<Project>, Error> {
    Ok(diesel::update(projects::table.filter(projects::id.eq(id)))
        .set((projects::version.eq(projects::version + 1), projects::updated_at.eq(now)))
        .returning(projects::all_columns)
        .get_result(conn)
        .optional()?)
}

/// Memberships by which somebody has to do with a project now: an invitation that is open, or a
/// membership that is not over.
macro_rules! present {
    ($now:expr) => {
        memberships::valid_to
            .gt($now.day())
            // An empty interval was ended before its first day.
            .and(memberships::valid_to.gt(memberships::valid_from))
            .and(
                memberships::state
                    .eq("accepted")
                    .or(memberships::state.eq("invited").and(memberships::expires_at.gt($now))),
            )
    };
}

/// How the person with this token subject stands to a project; `None` when there is no project.
pub fn facts(conn: &mut DbConn, id: ProjectId, subject: &str, now: UtcTime) -> Result<Option<Facts>, Error> {
    Ok(find(conn, id, subject, now)?.map(|(_, facts)| facts))
}

/// Whether the person with this token subject holds the seat of this side.
pub fn sponsors_side(conn: &mut DbConn, id: ProjectId, side: DepartmentId, subject: &str) -> Result<bool, Error> {
    let caller = people::table.filter(people::subject.eq(subject)).select(people::id.nullable());
    let seat = project_sides::table
        .filter(project_sides::project_id.eq(id))
        .filter(project_sides::department_id.eq(side))
        .filter(project_sides::sponsor_person_id.eq_any(caller));
    Ok(diesel::select(exists(seat)).get_result(conn)?)
}

/// A project, and how the person with this token subject stands to it.
pub fn find(conn: &mut DbConn, id: ProjectId, subject: &str, now: UtcTime) -> Result<Option<(Project, Facts)>, Error> {
    let caller = || people::table.filter(people::subject.eq(subject)).select(people::id.nullable());
    let sponsor = project_sides::table
        .filter(project_sides::project_id.eq(id))
        .filter(project_sides::sponsor_person_id.eq_any(caller()));
    let member = memberships::table
        .filter(memberships::project_id.eq(id))
        .filter(memberships::person_id.nullable().eq_any(caller()))
        .filter(present!(now));
    let found: Option<(Project, bool, Option<bool>, bool)> = projects::table
        .filter(projects::id.eq(id))
        .select((Project::as_select(), exists(sponsor), projects::lead_person_id.eq_any(caller()), exists(member)))
        .get_result(conn)
        .optional()?;
    Ok(found.map(|(project, sponsor, lead, member)| {
        (project, Facts { sponsor, lead: lead == Some(true), member, ..Facts::default() })
    }))
}

/// One page of projects, with nothing but those of `only_of` (a token subject) if it is given.
pub fn list(
    conn: &mut DbConn,
    query: &ProjectQuery,
    only_of: Option<&str>,
    now: UtcTime,
    page: &PageRequest,
) -> Result<Vec<Project>, Error> {
    let rows = projects::table.select(Project::as_select()).limit(page.fetch()).into_boxed();
    let after = page.after_id();
    let mut rows = match query.sort.unwrap_or_default() {
        Sort::OldestFirst => rows.order(projects::id.asc()).filter(projects::id.gt(after.unwrap_or_default())),
        // Every id is below the letter z.
        Sort::NewestFirst => rows.order(projects::id.desc()).filter(projects::id.lt(after.unwrap_or("z"))),
    };
    if let Some(states) = &query.state {
        rows = rows.filter(projects::state.eq_any(states));
    }
    if let Some(department) = query.department_id {
        let with_side =
            project_sides::table.filter(project_sides::department_id.eq(department)).select(project_sides::project_id);
        rows = rows.filter(projects::id.eq_any(with_side));
    }
    if let Some(subject) = only_of {
        let caller = || people::table.filter(people::subject.eq(subject)).select(people::id.nullable());
        let sponsored = project_sides::table
            .filter(project_sides::sponsor_person_id.eq_any(caller()))
            .select(project_sides::project_id);
        let joined = memberships::table
            .filter(memberships::person_id.nullable().eq_any(caller()))
            .filter(present!(now))
            .select(memberships::project_id);
        let concerned = projects::id.eq_any(sponsored).or(projects::id.eq_any(joined)).nullable();
        rows = rows.filter(concerned.or(projects::lead_person_id.eq_any(caller())));
    }
    Ok(rows.load(conn)?)
}

/// The sides of several projects.
pub fn sides_of(conn: &mut DbConn, ids: &[ProjectId]) -> Result<Vec<Side>, Error> {
    Ok(project_sides::table
        .filter(project_sides::project_id.eq_any(ids))
        .order(project_sides::position)
        .select(Side::as_select())
        .load(conn)?)
}

/// Puts a person into a seat.
pub fn seat(conn: &mut DbConn, side: &Side, person: PersonId) -> Result<(), Error> {
    let row = project_sides::table
        .filter(project_sides::project_id.eq(side.project_id))
        .filter(project_sides::department_id.eq(side.department_id));
    match diesel::update(row).set(project_sides::sponsor_person_id.eq(person)).execute(conn) {
        Ok(_) => Ok(()),
        Err(error) if TWO_SEATS.violated_by(&error) => Err(Problem::new(Code::Conflict)
            .because(
                "This person sits for another side of the project already.",
                "Tato osoba už v projektu zastupuje jinou stranu.",
            )
            .into()),
        Err(error) => Err(error.into()),
    }
}

pub fn charter(conn: &mut DbConn, id: ProjectId, version: i32) -> Result<Option<CharterRow>, Error> {
    Ok(charter_versions::table
        .filter(charter_versions::project_id.eq(id))
        .filter(charter_versions::version.eq(version))
        .select(CharterRow::as_select())
        .get_result(conn)
        .optional()?)
}

pub fn insert_signature(conn: &mut DbConn, signature: &Signature) -> Result<(), Error> {
    match diesel::insert_into(signatures::table).values(signature).execute(conn) {
        Ok(_) => Ok(()),
        Err(error) if HAS_SIGNED.iter().any(|rule| rule.violated_by(&error)) => Err(Problem::new(Code::AlreadyExists)
            .because("Your side has signed this version already.", "Vaše strana tuto verzi už podepsala.")
            .into()),
        Err(error) => Err(error.into()),
    }
}

/// Makes the signatures of a side count no more.
pub fn supersede(conn: &mut DbConn, side: &Side, now: UtcTime) -> Result<(), Error> {
    let counting = signatures::table
        .filter(signatures::project_id.eq(side.project_id))
        .filter(signatures::department_id.eq(side.department_id))
        .filter(signatures::superseded_at.is_null());
    diesel::update(counting).set(signatures::superseded_at.eq(now)).execute(conn)?;
    Ok(())
}

/// Every signature of a project; a page of them when there is one.
pub fn signatures(conn: &mut DbConn, id: ProjectId, page: Option<&PageRequest>) -> Result<Vec<Signature>, Error> {
    let mut rows = signatures::table
        .filter(signatures::project_id.eq(id))
        .order(signatures::id)
        .select(Signature::as_select())
        .into_boxed();
    if let Some(page) = page {
        rows = rows.limit(page.fetch());
    }
    if let Some(after) = page.and_then(PageRequest::after_id) {
        rows = rows.filter(signatures::id.gt(after));
    }
    Ok(rows.load(conn)?)
}

pub fn sides(conn: &mut DbConn, id: ProjectId) -> Result<Vec<Side>, Error> {
    Ok(project_sides::table
        .filter(project_sides::project_id.eq(id))
        .order(project_sides::position)
        .select(Side::as_select())
        .load(conn)?)
}

pub fn areas(conn: &mut DbConn, id: ProjectId) -> Result<Vec<Area>, Error> {
    Ok(areas::table.filter(areas::project_id.eq(id)).order(areas::id).select(Area::as_select()).load(conn)?)
}
