//! Reminder rows.

use diesel::dsl::sql;
use diesel::prelude::*;
use diesel::sql_types::{Bool, Text};

use super::kind::ReminderKind;
use crate::kernel::db::schema::{projects, reminder_start, reminders};
use crate::kernel::db::{CachedDsl, DbConn};
use crate::kernel::error::Error;
use crate::kernel::ids::{DepartmentId, PersonId, ProjectId};
use crate::kernel::time::UtcTime;
use crate::{fixed, with_backend};

/// Row of a reminder.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable, Insertable)]
#[diesel(table_name = reminders, treat_none_as_default_value = false)]
pub struct Reminder {
    pub project_id: ProjectId,
    pub kind: ReminderKind,
    /// Id of the approval, decision, membership, regular position, area or project.
    pub subject: String,
    /// Name of the milestone; empty for other kinds.
    pub milestone: String,
    pub about: UtcTime,
    /// The side concerned; `None` if all sides are.
    pub department_id: Option<DepartmentId>,
    pub person_id: Option<PersonId>,
    pub sent_at: UtcTime,
    /// Since when the reminder no longer applies.
    pub resolved_at: Option<UtcTime>,
}

impl Reminder {
    /// Returns the name of the milestone.
    #[must_use]
    pub fn milestone(&self) -> Option<String> {
        Some(self.milestone.clone()).filter(|name| !name.is_empty())
    }

    /// Returns whether both are the same reminder of a project.
    #[must_use]
    pub fn is(&self, other: &Self) -> bool {
        self.key() == other.key()
    }

    fn key(&self) -> (ReminderKind, &str, &str, UtcTime) {
        (self.kind, &self.subject, &self.milestone, self.about)
    }
}

/// Selects the row of a reminder by its key.
macro_rules! row {
    ($reminder:expr) => {
        reminders::table
            .filter(reminders::project_id.eq($reminder.project_id))
            .filter(reminders::kind.eq($reminder.kind))
            .filter(reminders::subject.eq($reminder.subject.clone()))
            .filter(reminders::milestone.eq($reminder.milestone.clone()))
            .filter(reminders::about.eq($reminder.about))
    };
}

/// Returns when reminders were first sent, which is now if there is no such instant yet.
pub fn start(conn: &mut DbConn, now: UtcTime) -> Result<UtcTime, Error> {
    let started: Option<UtcTime> = reminder_start::table
        .filter(reminder_start::singleton.eq(1))
        .select(reminder_start::started_at)
        .get_result(conn)
        .optional()?;
    if let Some(started) = started {
        return Ok(started);
    }
    let row = (reminder_start::singleton.eq(1), reminder_start::started_at.eq(now));
    let insert = diesel::insert_into(reminder_start::table).values(row);
    with_backend!(conn, |conn| insert.on_conflict_do_nothing().execute(conn))?;
    Ok(now)
}

/// Returns the reminders of a project that still applied at its last check.
pub fn standing(conn: &mut DbConn, project: ProjectId) -> Result<Vec<Reminder>, Error> {
    Ok(reminders::table
        .filter(reminders::project_id.eq(project))
        .filter(reminders::resolved_at.is_null())
        .select(Reminder::as_select())
        .load(conn)?)
}

/// Inserts a reminder; returns false if it was sent before.
pub fn insert(conn: &mut DbConn, reminder: &Reminder) -> Result<bool, Error> {
    let insert = diesel::insert_into(reminders::table).values(reminder);
    let new = with_backend!(conn, |conn| insert.on_conflict_do_nothing().execute(conn))?;
    Ok(new == 1)
}

/// Marks a reminder as no longer applying.
pub fn settle(conn: &mut DbConn, reminder: &Reminder, now: UtcTime) -> Result<(), Error> {
    diesel::update(row!(reminder)).set(reminders::resolved_at.eq(now)).cached().execute(conn)?;
    Ok(())
}

/// Deletes a reminder, so that it can be sent again.
pub fn delete(conn: &mut DbConn, reminder: &Reminder) -> Result<(), Error> {
    diesel::delete(row!(reminder)).execute(conn)?;
    Ok(())
}

/// Returns the reminders that apply and concern a person as a sponsor, as the lead, or personally, each with the name
/// of its project. Leaves out those for which the person has another pending action: an approval that is due soon, and
/// the person's own return.
pub fn standing_for(conn: &mut DbConn, person: PersonId, most: i64) -> Result<Vec<(Reminder, String)>, Error> {
    // Each project is found by an index, and then the reminders of that project.
    let in_own_projects = sql::<Bool>(
        "reminders.project_id IN (SELECT own.project_id FROM project_sides AS own \
         WHERE own.vacant_since IS NULL AND own.standing = 'current' AND own.sponsor_person_id = ",
    )
    .bind::<Text, _>(person)
    .sql(" UNION SELECT led.id FROM projects AS led WHERE led.lead_person_id = ")
    .bind::<Text, _>(person)
    .sql(" UNION SELECT about.project_id FROM reminders AS about WHERE about.person_id = ")
    .bind::<Text, _>(person)
    .sql(")");
    let concerning = sql::<Bool>("((reminders.kind <> 'return_blocked' AND reminders.person_id = ")
        .bind::<Text, _>(person)
        .sql(") OR projects.lead_person_id = ")
        .bind::<Text, _>(person)
        .sql(
            " OR EXISTS (SELECT 1 FROM project_sides AS side WHERE side.project_id = reminders.project_id \
             AND (reminders.department_id IS NULL OR side.department_id = reminders.department_id) \
             AND side.vacant_since IS NULL AND side.standing = 'current' AND side.sponsor_person_id = ",
        )
        .bind::<Text, _>(person)
        .sql("))");
    Ok(with_backend!(conn, |conn| fixed!(
        reminders::table
            .inner_join(projects::table.on(projects::id.eq(reminders::project_id)))
            .filter(reminders::resolved_at.is_null())
            .filter(in_own_projects)
            .filter(concerning)
            // A project that has ended is not checked again.
            .filter(sql::<Bool>(
                "projects.state NOT IN ('closed', 'cancelled') \
             AND reminders.kind NOT IN ('approval_due_soon', 'decision_due_soon')",
            ))
            .order((reminders::about, reminders::subject))
            .limit(most)
            .select((Reminder::as_select(), projects::name))
    )
    .load(conn))?)
}
