//! Rows of consents and answers.

use diesel::dsl::{exists, not};
use diesel::prelude::*;

use super::filter::ConsentQuery;
use super::state::{ConsentAnswer, ConsentKind, ConsentState};
use crate::kernel::db::DbConn;
use crate::kernel::db::errors::Constraint;
use crate::kernel::db::schema::{consent_answers, consents, delegations, project_sides};
use crate::kernel::error::Error;
use crate::kernel::ids::{ConsentAnswerId, ConsentId, DelegationId, DepartmentId, PersonId, ProjectId};
use crate::kernel::page::Page;
use crate::kernel::time::UtcTime;

const ONE_OPEN: Constraint =
    Constraint::new("consents_one_open", "consents.project_id, consents.kind, consents.subject");
const ONE_SIDE_PER_PERSON: Constraint =
    Constraint::new("consent_answers_one_per_person", "consent_answers.consent_id, consent_answers.person_id");

/// Most sides that a project has.
const MOST_SIDES: i64 = 8;

/// Something that all sides are asked for.
#[derive(Debug, Clone, PartialEq, Queryable, Selectable, Insertable, AsChangeset)]
#[diesel(table_name = consents, treat_none_as_null = true, treat_none_as_default_value = false)]
pub struct Consent {
    pub id: ConsentId,
    pub project_id: ProjectId,
    pub kind: ConsentKind,
    pub subject: String,
    pub number: i32,
    /// Canonical JSON.
    pub terms: String,
    pub sha256: String,
    pub state: ConsentState,
    pub asked_by: Option<PersonId>,
    pub asked_at: UtcTime,
    pub reason: Option<String>,
    pub due_at: Option<UtcTime>,
    pub settled_at: Option<UtcTime>,
    pub version: i64,
}

/// What a side has said.
#[derive(Debug, Clone, PartialEq, Queryable, Selectable, Insertable)]
#[diesel(table_name = consent_answers, treat_none_as_default_value = false)]
pub struct Answer {
    pub id: ConsentAnswerId,
    pub consent_id: ConsentId,
    pub project_id: ProjectId,
    pub department_id: DepartmentId,
    pub person_id: PersonId,
    pub delegation_id: Option<DelegationId>,
    pub answer: ConsentAnswer,
    pub reason: Option<String>,
    pub answered_at: UtcTime,
    pub superseded_at: Option<UtcTime>,
}

/// A consent with every side of the project and the answer of each that counts.
#[derive(Debug, Clone)]
pub struct Asked {
    pub row: Consent,
    /// In the order of the sides.
    pub sides: Vec<(DepartmentId, Option<Answer>)>,
}

impl Asked {
    /// The answers that count.
    pub fn answers(&self) -> impl Iterator<Item = &Answer> {
        self.sides.iter().filter_map(|(_, answer)| answer.as_ref())
    }

    /// The sides that have not answered.
    #[must_use]
    pub fn waiting_for(&self) -> Vec<DepartmentId> {
        self.sides.iter().filter(|(_, answer)| answer.is_none()).map(|(side, _)| *side).collect()
    }
}

/// Which consents are loaded.
pub enum Which<'a> {
    One(ConsentId),
    Page(ProjectId, &'a ConsentQuery, &'a Page),
    /// All that are open.
    Open(ProjectId),
    /// That of a version of the charter, whatever became of it.
    Charter(ProjectId, i32),
}

/// Consents with sides and answers, in the order in which they were asked; one statement.
pub fn load(conn: &mut DbConn, which: &Which<'_>) -> Result<Vec<Asked>, Error> {
    let counting = consent_answers::consent_id
        .eq(consents::id)
        .and(consent_answers::department_id.eq(project_sides::department_id))
        .and(consent_answers::superseded_at.is_null());
    let mut query = consents::table
        .inner_join(project_sides::table.on(project_sides::project_id.eq(consents::project_id)))
        .left_join(consent_answers::table.on(counting))
        .order((consents::id, project_sides::position))
        .select((Consent::as_select(), project_sides::department_id, Option::<Answer>::as_select()))
        .into_boxed();
    match which {
        Which::One(id) => query = query.filter(consents::id.eq(*id)),
        Which::Open(project) => {
            query = query.filter(consents::project_id.eq(*project)).filter(consents::state.eq(ConsentState::Open));
        }
        Which::Charter(project, version) => {
            query = query
                .filter(consents::project_id.eq(*project))
                .filter(consents::kind.eq(ConsentKind::Charter))
                .filter(consents::subject.eq(project.to_string()))
                .filter(consents::number.eq(*version));
        }
        Which::Page(project, wanted, page) => {
            // A row for each side: so many rows hold one consent more than the page, whole.
            query = query.filter(consents::project_id.eq(*project)).limit(page.fetch() * MOST_SIDES);
            if let Some(states) = &wanted.state {
                query = query.filter(consents::state.eq_any(states));
            }
            if let Some(kinds) = &wanted.kind {
                query = query.filter(consents::kind.eq_any(kinds));
            }
            if let Some(after) = page.after.as_deref() {
                query = query.filter(consents::id.gt(after.to_owned()));
            }
        }
    }
    let rows: Vec<(Consent, DepartmentId, Option<Answer>)> = query.load(conn)?;
    let mut all: Vec<Asked> = Vec::new();
    for (row, side, answer) in rows {
        match all.last_mut().filter(|asked| asked.row.id == row.id) {
            Some(asked) => asked.sides.push((side, answer)),
            None => all.push(Asked { row, sides: vec![(side, answer)] }),
        }
    }
    if let Which::Page(_, _, page) = which {
        all.truncate(page.limit + 1);
    }
    Ok(all)
}

/// Which project a consent is of.
pub fn project_of(conn: &mut DbConn, id: ConsentId) -> Result<Option<ProjectId>, Error> {
    Ok(consents::table.filter(consents::id.eq(id)).select(consents::project_id).get_result(conn).optional()?)
}

/// How often the sides were asked about this before.
pub fn asked_before(conn: &mut DbConn, project: ProjectId, kind: ConsentKind, subject: &str) -> Result<i32, Error> {
    let last: Option<i32> = consents::table
        .filter(consents::project_id.eq(project))
        .filter(consents::kind.eq(kind))
        .filter(consents::subject.eq(subject))
        .select(diesel::dsl::max(consents::number))
        .get_result(conn)?;
    Ok(last.unwrap_or_default())
}

/// The same is being asked already.
#[derive(Debug)]
pub struct AlreadyOpen;

pub fn insert(conn: &mut DbConn, consent: &Consent) -> Result<Result<(), AlreadyOpen>, Error> {
    match diesel::insert_into(consents::table).values(consent).execute(conn) {
        Ok(_) => Ok(Ok(())),
        Err(error) if ONE_OPEN.violated_by(&error) => Ok(Err(AlreadyOpen)),
        Err(error) => Err(error.into()),
    }
}

pub fn update(conn: &mut DbConn, consent: &Consent) -> Result<(), Error> {
    diesel::update(consents::table.filter(consents::id.eq(consent.id))).set(consent).execute(conn)?;
    Ok(())
}

/// The person has answered for another side.
#[derive(Debug)]
pub struct AnsweredForAnotherSide;

pub fn insert_answer(conn: &mut DbConn, answer: &Answer) -> Result<Result<(), AnsweredForAnotherSide>, Error> {
    match diesel::insert_into(consent_answers::table).values(answer).execute(conn) {
        Ok(_) => Ok(Ok(())),
        Err(error) if ONE_SIDE_PER_PERSON.violated_by(&error) => Ok(Err(AnsweredForAnotherSide)),
        Err(error) => Err(error.into()),
    }
}

/// Makes answers count no more.
pub fn supersede(conn: &mut DbConn, answers: &[ConsentAnswerId], now: UtcTime) -> Result<(), Error> {
    diesel::update(consent_answers::table.filter(consent_answers::id.eq_any(answers)))
        .set(consent_answers::superseded_at.eq(now))
        .execute(conn)?;
    Ok(())
}

/// One page of all answers to a consent, also of those that do not count any more.
pub fn answers(conn: &mut DbConn, consent: ConsentId, page: &Page) -> Result<Vec<Answer>, Error> {
    let mut rows = consent_answers::table
        .filter(consent_answers::consent_id.eq(consent))
        .order(consent_answers::id)
        .limit(page.fetch())
        .select(Answer::as_select())
        .into_boxed();
    if let Some(after) = page.after.as_deref() {
        rows = rows.filter(consent_answers::id.gt(after));
    }
    Ok(rows.load(conn)?)
}

/// Every agreement to a version of the charter: side, version, and whether it counts no more.
pub fn signatures(conn: &mut DbConn, project: ProjectId) -> Result<Vec<(DepartmentId, i32, bool)>, Error> {
    Ok(consent_answers::table
        .inner_join(consents::table)
        .filter(consents::project_id.eq(project))
        .filter(consents::kind.eq(ConsentKind::Charter))
        .filter(consent_answers::answer.eq(ConsentAnswer::Agree))
        .select((consent_answers::department_id, consents::number, consent_answers::superseded_at.is_not_null()))
        .load(conn)?)
}

/// The terms of the open questions of one kind.
pub fn open_terms(conn: &mut DbConn, project: ProjectId, kind: ConsentKind) -> Result<Vec<String>, Error> {
    Ok(consents::table
        .filter(consents::project_id.eq(project))
        .filter(consents::state.eq(ConsentState::Open))
        .filter(consents::kind.eq(kind))
        .order(consents::id)
        .select(consents::terms)
        .load(conn)?)
}

/// A question and one of its answers; a question without any has one row.
#[derive(Debug, Clone)]
pub struct HistoryRow {
    pub consent_id: ConsentId,
    pub asked_at: UtcTime,
    pub settled_at: Option<UtcTime>,
    pub answer: Option<Answer>,
}

/// Every question of a project with every answer, in the order in which they were asked and given.
pub fn history(conn: &mut DbConn, project: ProjectId) -> Result<Vec<HistoryRow>, Error> {
    type Row = (ConsentId, UtcTime, Option<UtcTime>, Option<Answer>);
    let rows: Vec<Row> = consents::table
        .left_join(consent_answers::table)
        .filter(consents::project_id.eq(project))
        .order((consents::id, consent_answers::id))
        .select((consents::id, consents::asked_at, consents::settled_at, Option::<Answer>::as_select()))
        .load(conn)?;
    let row = |(consent_id, asked_at, settled_at, answer): Row| HistoryRow { consent_id, asked_at, settled_at, answer };
    Ok(rows.into_iter().map(row).collect())
}

/// Open questions that nobody has answered for a side; those that are overdue wait for nobody.
macro_rules! unanswered {
    ($side:expr, $now:expr) => {
        consents::state.eq(ConsentState::Open).and(consents::due_at.is_null().or(consents::due_at.gt($now))).and(not(
            exists(
                consent_answers::table
                    .filter(consent_answers::consent_id.eq(consents::id))
                    .filter(consent_answers::department_id.eq($side))
                    .filter(consent_answers::superseded_at.is_null()),
            ),
        ))
    };
}

/// What a person's side has not answered, where they hold the seat.
pub fn waiting_for_sponsor(
    conn: &mut DbConn,
    person: PersonId,
    now: UtcTime,
    most: i64,
) -> Result<Vec<Consent>, Error> {
    Ok(consents::table
        .inner_join(project_sides::table.on(project_sides::project_id.eq(consents::project_id)))
        .filter(project_sides::sponsor_person_id.eq(person))
        .filter(project_sides::vacant_since.is_null())
        .filter(unanswered!(project_sides::department_id, now))
        .order((consents::due_at, consents::id))
        .limit(most)
        .select(Consent::as_select())
        .load(conn)?)
}

/// What a side has not answered for which a person stands in today.
pub fn waiting_for_delegate(
    conn: &mut DbConn,
    person: PersonId,
    now: UtcTime,
    most: i64,
) -> Result<Vec<Consent>, Error> {
    let today = now.day();
    Ok(consents::table
        .inner_join(delegations::table.on(delegations::project_id.eq(consents::project_id)))
        .filter(delegations::delegate_person_id.eq(person))
        .filter(delegations::revoked_at.is_null())
        .filter(delegations::valid_from.le(today))
        .filter(delegations::valid_to.gt(today))
        .filter(unanswered!(delegations::department_id, now))
        .order((consents::due_at, consents::id))
        .limit(most)
        .select(Consent::as_select())
        .load(conn)?)
}
