//! Queries on the sides of projects, each with its sponsor, the head of its department, and whether the sponsor works
//! there.

use diesel::prelude::*;

use super::side_summaries::in_office;
use crate::collaboration::projects::head_wait::HeadWait;
use crate::collaboration::projects::state::State;
use crate::kernel::db::errors::Constraint;
use crate::kernel::db::schema::{departments, home_positions, people, project_sides};
use crate::kernel::db::{CachedDsl, DbConn, any_of};
use crate::kernel::error::Error;
use crate::kernel::ids::{DepartmentId, PersonId, ProjectId};
use crate::kernel::time::{Day, UtcTime};
use crate::{fixed, with_backend};

const TWO_SIDES: Constraint =
    Constraint::new("project_sides_one_side_per_sponsor", "project_sides.project_id, project_sides.sponsor_person_id");

crate::text_enum! {
    /// Whether a side belongs to the project: `joining` while an amendment that adds it is being signed, `left` after
    /// an amendment without it.
    pub enum SideStanding {
        Joining,
        Current,
        Left,
    }
}

/// Row of a side of a project.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable, Insertable)]
#[diesel(table_name = project_sides, treat_none_as_default_value = false)]
pub struct SideRow {
    pub project_id: ProjectId,
    pub department_id: DepartmentId,
    /// Position of the side among the sides of the project, starting at 0.
    pub position: i32,
    /// The sponsor, in office or proposed; `None` if none is named.
    pub sponsor_person_id: Option<PersonId>,
    /// Since when the side has had no sponsor in office; `sponsor_person_id` can still name a proposed or deactivated
    /// person.
    pub vacant_since: Option<UtcTime>,
    /// When the sponsor accepted the role.
    pub sponsor_accepted_at: Option<UtcTime>,
    /// When the sponsor was confirmed on behalf of the department.
    pub sponsor_confirmed_at: Option<UtcTime>,
    /// Who confirmed the sponsor; `None` for an administrator who is not in the directory.
    pub sponsor_confirmed_by: Option<PersonId>,
    /// From when the side may put the project on hold again; `None` if it never did.
    pub may_hold_from: Option<UtcTime>,
    /// Until when no head and no administrator confirms or replaces a sponsor, because the head of the department has
    /// changed.
    pub head_waits_until: Option<UtcTime>,
    /// When the first of several changes of the head in a row was (see `head_wait`).
    pub head_changes_since: Option<UtcTime>,
    /// Until when an administrator waits at most after the first of these changes.
    pub waits_at_most_until: Option<UtcTime>,
    pub standing: SideStanding,
    /// The person who is proposed to replace the sponsor in office, who stays until then.
    pub successor_person_id: Option<PersonId>,
    /// When the successor accepted the role.
    pub successor_accepted_at: Option<UtcTime>,
    /// When the successor was confirmed on behalf of the department.
    pub successor_confirmed_at: Option<UtcTime>,
    /// Who confirmed the successor; `None` for an administrator who is not in the directory.
    pub successor_confirmed_by: Option<PersonId>,
}

impl SideRow {
    /// Returns a side on which no one is named.
    #[must_use]
    pub fn vacant(
        project_id: ProjectId,
        department_id: DepartmentId,
        position: i32,
        standing: SideStanding,
        since: UtcTime,
    ) -> Self {
        Self {
            project_id,
            department_id,
            position,
            sponsor_person_id: None,
            vacant_since: Some(since),
            sponsor_accepted_at: None,
            sponsor_confirmed_at: None,
            sponsor_confirmed_by: None,
            may_hold_from: None,
            head_waits_until: None,
            head_changes_since: None,
            waits_at_most_until: None,
            standing,
            successor_person_id: None,
            successor_accepted_at: None,
            successor_confirmed_at: None,
            successor_confirmed_by: None,
        }
    }
}

/// A side of a project.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Side {
    pub row: SideRow,
    /// The head of the department, who is not deactivated.
    pub head: Option<PersonId>,
    /// Whether the department had no head before this one.
    pub head_is_first: bool,
    /// Whether the regular position of the sponsor today is in the department of the side.
    pub sponsor_works_here: bool,
}

impl std::ops::Deref for Side {
    type Target = SideRow;

    fn deref(&self) -> &SideRow {
        &self.row
    }
}

impl Side {
    /// Returns the sponsor who can represent the side: named, accepted, confirmed, not deactivated, and with a regular
    /// position in the department today.
    #[must_use]
    pub fn active_sponsor(&self) -> Option<PersonId> {
        in_office(self.sponsor_person_id, self.vacant_since, self.sponsor_works_here)
    }

    /// Returns the person who is proposed: the successor of the sponsor, or else the person who is named as the
    /// sponsor.
    #[must_use]
    pub fn candidate(&self) -> Option<PersonId> {
        self.successor_person_id.or(self.sponsor_person_id)
    }

    /// Returns whether a person is named for the side, as its sponsor or as the successor.
    #[must_use]
    pub fn names(&self, person: PersonId) -> bool {
        [self.sponsor_person_id, self.successor_person_id].contains(&Some(person))
    }

    /// Returns the same side with another row.
    #[must_use]
    pub fn with(&self, row: SideRow) -> Self {
        Self { row, ..self.clone() }
    }
}

/// The columns of a side: its row, the head of the department, and the position of the sponsor there, if any.
type Columns = (SideRow, Option<PersonId>, bool, Option<String>);

fn side((row, head, head_is_first, position): Columns) -> Side {
    Side { row, head, head_is_first, sponsor_works_here: position.is_some() }
}

/// The position of the sponsor in the department of the side on a day. A person has at most one position on a day, so
/// that no side is repeated.
macro_rules! position_of_sponsor {
    ($day:expr) => {
        home_positions::person_id
            .nullable()
            .eq(project_sides::sponsor_person_id)
            .and(home_positions::department_id.eq(project_sides::department_id))
            .and(home_positions::valid_from.le($day))
            .and(home_positions::valid_to.is_null().or(home_positions::valid_to.gt($day)))
    };
}
pub(super) use position_of_sponsor;

/// Selects sides with the head of the department and the position of the sponsor in it on a day.
macro_rules! sides_on {
    ($day:expr) => {
        project_sides::table
            .inner_join(departments::table.on(departments::id.eq(project_sides::department_id)))
            .left_join(
                people::table
                    .on(people::id.nullable().eq(departments::head_person_id).and(people::deactivated_at.is_null())),
            )
            .left_join(home_positions::table.on(position_of_sponsor!($day)))
            .select((
                SideRow::as_select(),
                people::id.nullable(),
                departments::head_is_first,
                home_positions::id.nullable(),
            ))
    };
}

/// Returns the sides of a project, as they are on a day, in the order in which they were given, without those that only
/// join it or have left it.
pub fn sides(conn: &mut DbConn, id: ProjectId, today: Day) -> Result<Vec<Side>, Error> {
    let rows: Vec<Columns> = with_backend!(conn, |conn| fixed!(
        sides_on!(today)
            .filter(project_sides::project_id.eq(id))
            .filter(project_sides::standing.eq(SideStanding::Current))
            .order(project_sides::position)
    )
    .load(conn))?;
    Ok(rows.into_iter().map(side).collect())
}

/// Returns the sides of a project and those that join it, as they are on a day.
pub fn sides_and_joining(conn: &mut DbConn, id: ProjectId, today: Day) -> Result<Vec<Side>, Error> {
    let rows: Vec<Columns> = with_backend!(conn, |conn| fixed!(
        sides_on!(today)
            .filter(project_sides::project_id.eq(id))
            .filter(project_sides::standing.ne(SideStanding::Left))
            .order(project_sides::position)
    )
    .load(conn))?;
    Ok(rows.into_iter().map(side).collect())
}

/// Returns the sides of several projects, as they are on a day, without those that only join them or have left them.
pub fn sides_of(conn: &mut DbConn, ids: &[ProjectId], today: Day) -> Result<Vec<Side>, Error> {
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    let of_projects = any_of(project_sides::project_id, ids)?;
    let rows: Vec<Columns> = with_backend!(conn, |conn| sides_on!(today)
        .filter(of_projects)
        .filter(project_sides::standing.eq(SideStanding::Current))
        .order(project_sides::position)
        .load(conn))?;
    Ok(rows.into_iter().map(side).collect())
}

/// Returns the sides for which one of these people is named, in projects that have not ended, also those that only
/// join.
pub fn sides_of_sponsors(conn: &mut DbConn, people: &[PersonId], today: Day) -> Result<Vec<Side>, Error> {
    if people.is_empty() {
        return Ok(Vec::new());
    }
    let of_people = any_of(project_sides::sponsor_person_id, people)?;
    let rows: Vec<Columns> = with_backend!(conn, |conn| sides_on!(today)
        .filter(of_people)
        .filter(project_sides::standing.ne(SideStanding::Left))
        .filter(project_sides::project_state.ne(State::Closed).and(project_sides::project_state.ne(State::Cancelled)))
        .order(project_sides::project_id)
        .load(conn))?;
    Ok(rows.into_iter().map(side).collect())
}

/// Returns the sides for which one of these people is proposed as the successor of the sponsor, in projects that have
/// not ended.
pub fn sides_of_successors(conn: &mut DbConn, people: &[PersonId], today: Day) -> Result<Vec<Side>, Error> {
    if people.is_empty() {
        return Ok(Vec::new());
    }
    let of_people = any_of(project_sides::successor_person_id, people)?;
    let rows: Vec<Columns> = with_backend!(conn, |conn| sides_on!(today)
        .filter(of_people)
        .filter(project_sides::successor_person_id.is_not_null())
        .filter(project_sides::standing.ne(SideStanding::Left))
        .filter(project_sides::project_state.ne(State::Closed).and(project_sides::project_state.ne(State::Cancelled)))
        .order(project_sides::project_id)
        .load(conn))?;
    Ok(rows.into_iter().map(side).collect())
}

/// Returns the sides of these departments, in projects that have not ended, also those that only join.
pub fn sides_of_departments(conn: &mut DbConn, ids: &[DepartmentId], today: Day) -> Result<Vec<Side>, Error> {
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    let of_departments = any_of(project_sides::department_id, ids)?;
    let rows: Vec<Columns> = with_backend!(conn, |conn| sides_on!(today)
        .filter(of_departments)
        .filter(project_sides::standing.ne(SideStanding::Left))
        .filter(project_sides::project_state.ne(State::Closed).and(project_sides::project_state.ne(State::Cancelled)))
        .order(project_sides::project_id)
        .load(conn))?;
    Ok(rows.into_iter().map(side).collect())
}

/// The person is already the sponsor of another side of the project.
#[derive(Debug)]
pub struct SponsorOfAnotherSide;

fn one_side_per_sponsor(result: QueryResult<usize>) -> Result<Result<(), SponsorOfAnotherSide>, Error> {
    match result {
        Ok(_) => Ok(Ok(())),
        Err(error) if TWO_SIDES.violated_by(&error) => Ok(Err(SponsorOfAnotherSide)),
        Err(error) => Err(error.into()),
    }
}

/// Updates the sponsor and the vacancy of a side.
pub fn set_sponsor(conn: &mut DbConn, side: &SideRow) -> Result<Result<(), SponsorOfAnotherSide>, Error> {
    let row = project_sides::table
        .filter(project_sides::project_id.eq(side.project_id))
        .filter(project_sides::department_id.eq(side.department_id));
    let values = (
        project_sides::sponsor_person_id.eq(side.sponsor_person_id),
        project_sides::vacant_since.eq(side.vacant_since),
        project_sides::sponsor_accepted_at.eq(side.sponsor_accepted_at),
        project_sides::sponsor_confirmed_at.eq(side.sponsor_confirmed_at),
        project_sides::sponsor_confirmed_by.eq(side.sponsor_confirmed_by),
        project_sides::successor_person_id.eq(side.successor_person_id),
        project_sides::successor_accepted_at.eq(side.successor_accepted_at),
        project_sides::successor_confirmed_at.eq(side.successor_confirmed_at),
        project_sides::successor_confirmed_by.eq(side.successor_confirmed_by),
    );
    one_side_per_sponsor(diesel::update(row).set(values).cached().execute(conn))
}

/// Inserts a side that joins a running project, without a sponsor. A side that has left it before gets its row back,
/// and may put the project on hold no sooner than before.
pub fn put_vacant_side(conn: &mut DbConn, side: &SideRow, project_state: State) -> Result<(), Error> {
    let row = || {
        project_sides::table
            .filter(project_sides::project_id.eq(side.project_id))
            .filter(project_sides::department_id.eq(side.department_id))
    };
    let again = diesel::update(row()).set((
        project_sides::position.eq(side.position),
        project_sides::standing.eq(side.standing),
        project_sides::head_waits_until.eq(side.head_waits_until),
        project_sides::head_changes_since.eq(side.head_changes_since),
        project_sides::waits_at_most_until.eq(side.waits_at_most_until),
        project_sides::sponsor_person_id.eq(None::<PersonId>),
        project_sides::vacant_since.eq(side.vacant_since),
        project_sides::sponsor_accepted_at.eq(None::<UtcTime>),
        project_sides::sponsor_confirmed_at.eq(None::<UtcTime>),
        project_sides::sponsor_confirmed_by.eq(None::<PersonId>),
        project_sides::successor_person_id.eq(None::<PersonId>),
        project_sides::successor_accepted_at.eq(None::<UtcTime>),
        project_sides::successor_confirmed_at.eq(None::<UtcTime>),
        project_sides::successor_confirmed_by.eq(None::<PersonId>),
    ));
    if again.cached().execute(conn)? == 0 {
        diesel::insert_into(project_sides::table).values(side).execute(conn)?;
        diesel::update(row()).set(project_sides::project_state.eq(project_state)).cached().execute(conn)?;
    }
    Ok(())
}

/// Updates whether a side belongs to the project.
pub fn set_standing(conn: &mut DbConn, id: ProjectId, side: DepartmentId, standing: SideStanding) -> Result<(), Error> {
    let row =
        project_sides::table.filter(project_sides::project_id.eq(id)).filter(project_sides::department_id.eq(side));
    diesel::update(row).set(project_sides::standing.eq(standing)).cached().execute(conn)?;
    Ok(())
}

/// Ends the standing of the sides that would have joined a project, and their sponsor roles.
pub fn drop_joining(conn: &mut DbConn, id: ProjectId, now: UtcTime) -> Result<(), Error> {
    let rows = project_sides::table
        .filter(project_sides::project_id.eq(id))
        .filter(project_sides::standing.eq(SideStanding::Joining));
    let values = (
        project_sides::standing.eq(SideStanding::Left),
        project_sides::sponsor_person_id.eq(None::<PersonId>),
        project_sides::vacant_since.eq(Some(now)),
        project_sides::sponsor_accepted_at.eq(None::<UtcTime>),
        project_sides::sponsor_confirmed_at.eq(None::<UtcTime>),
        project_sides::sponsor_confirmed_by.eq(None::<PersonId>),
        project_sides::successor_person_id.eq(None::<PersonId>),
        project_sides::successor_accepted_at.eq(None::<UtcTime>),
        project_sides::successor_confirmed_at.eq(None::<UtcTime>),
        project_sides::successor_confirmed_by.eq(None::<PersonId>),
    );
    diesel::update(rows).set(values).cached().execute(conn)?;
    Ok(())
}

/// Updates from when a side may put the project on hold again.
pub fn set_may_hold_from(conn: &mut DbConn, id: ProjectId, side: DepartmentId, from: UtcTime) -> Result<(), Error> {
    let row =
        project_sides::table.filter(project_sides::project_id.eq(id)).filter(project_sides::department_id.eq(side));
    diesel::update(row).set(project_sides::may_hold_from.eq(from)).cached().execute(conn)?;
    Ok(())
}

/// Records how long the side of a department waits in these projects.
pub fn set_head_wait(
    conn: &mut DbConn,
    ids: &[ProjectId],
    department: DepartmentId,
    wait: HeadWait,
) -> Result<(), Error> {
    let of_projects = any_of(project_sides::project_id, ids)?;
    with_backend!(conn, |conn| diesel::update(project_sides::table)
        .filter(of_projects)
        .filter(project_sides::department_id.eq(department))
        .set((
            project_sides::head_waits_until.eq(wait.until),
            project_sides::head_changes_since.eq(wait.since),
            project_sides::waits_at_most_until.eq(wait.at_most_until),
        ))
        .cached()
        .execute(conn))?;
    Ok(())
}
