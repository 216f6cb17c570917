//! Drawing an arbiter, and recording what the sides say about the draw.

use std::collections::BTreeMap;

use data_encoding::HEXLOWER;

use super::Arbiter;
use super::draw::{self, SEED_BYTES};
use super::dto::DrawBody;
use super::kept::Earlier;
use super::mapping::stored;
use super::pending::{self, PendingDraw};
use super::store::{self, AlreadyStruck, Draw};
use super::topic::Topic;
use crate::calendar;
use crate::calendar::rules::Calendar;
use crate::collaboration::memberships::neutrality;
use crate::collaboration::projects::agreed::{self, Agreed};
use crate::collaboration::projects::{Project, Side, new_head, response_time, service as projects};
use crate::kernel::db::DbConn;
use crate::kernel::error::{Code, Error, Problem};
use crate::kernel::events::types;
use crate::kernel::ids::{DepartmentId, DrawId, PersonId, ProjectId};
use crate::kernel::page::Page;
use crate::kernel::record::Change;
use crate::kernel::time::UtcTime;
use crate::kernel::tx::Tx;

/// Business days after the end of a dispute before the same side can raise another one about the same area.
const DAYS_BETWEEN_DISPUTES: usize = 20;

/// How many times as long as the sides have to respond a side can delay the ruling about a dispute by its deadline.
const LONGEST_DELAY: usize = 4;

/// What all sides of a project have agreed, and the calendar by which time is counted.
pub struct Terms {
    pub agreed: Agreed,
    calendar: Calendar,
}

impl Terms {
    /// Reads what all sides have agreed; two statements.
    pub fn read(conn: &mut DbConn, project: ProjectId, now: UtcTime) -> Result<Self, Error> {
        let agreed = agreed::agreed(conn, project)?;
        Ok(Self { agreed, calendar: calendar::service::present(conn, now)?.calendar })
    }

    /// Returns the earliest instant at which something that is asked at `from` can be due.
    #[must_use]
    pub fn earliest(&self, from: UtcTime) -> UtcTime {
        response_time::end(&self.calendar, from, self.agreed.response_days)
    }

    /// Returns the latest deadline of a dispute that is raised at `from`: it keeps an arbiter from deciding, while the
    /// area is frozen.
    #[must_use]
    pub fn latest(&self, from: UtcTime) -> UtcTime {
        response_time::end(&self.calendar, from, self.agreed.response_days.saturating_mul(LONGEST_DELAY))
    }

    /// Returns from when a side can raise a dispute about an area again after its last one has ended: otherwise a side
    /// could keep the area frozen with one dispute after the other.
    #[must_use]
    pub fn may_dispute_from(&self, ended: UtcTime) -> UtcTime {
        response_time::end(&self.calendar, ended, DAYS_BETWEEN_DISPUTES)
    }

    /// Returns the arbiter who can decide from an instant on, and counts as silent after twice the time that the sides
    /// have to respond.
    #[must_use]
    pub fn ruling(&self, arbiter: Arbiter, from: UtcTime) -> Arbiter {
        let until = response_time::end(&self.calendar, from, self.agreed.response_days.saturating_mul(2));
        Arbiter { ruling_from: Some(from), ruling_until: Some(until), ..arbiter }
    }
}

/// Returns whether the arbiter has had their time, and has not decided. While the arbiter waits for a side without a
/// sponsor, their time has not begun: otherwise a side could have another arbiter drawn by keeping the first one
/// waiting. `sides` are those of the project.
pub fn is_silent(
    conn: &mut DbConn,
    project: ProjectId,
    sides: &[Side],
    arbiter: Arbiter,
    now: UtcTime,
) -> Result<bool, Error> {
    let Some(planned) = arbiter.ruling_from.filter(|_| arbiter.is_silent(now)) else {
        return Ok(arbiter.is_silent(now));
    };
    let from = new_head::panel_decides_from(conn, project, sides, planned)?;
    Ok(from == planned || Terms::read(conn, project, now)?.ruling(arbiter, from).is_silent(now))
}

/// Returns from when the arbiter can decide in place of the sides: from `planned`, or later if a side had no sponsor
/// while its head waited. At least one statement.
pub fn decides_from(conn: &mut DbConn, project: ProjectId, planned: UtcTime, now: UtcTime) -> Result<UtcTime, Error> {
    let sides = projects::sides(conn, project, now.day())?;
    new_head::panel_decides_from(conn, project, &sides, planned)
}

/// Who decides, and how that was found.
struct Chosen {
    person_id: PersonId,
    seed: String,
    candidates: String,
    is_approved: bool,
}

/// Draws an arbiter for a decision, dispute or approval of a locked project. The same question, raised again, keeps the
/// arbiter who was drawn for it, if that person is still a candidate. Without a candidate, the result has no person.
pub fn draw_for(
    tx: &mut Tx<'_>,
    project: &Project,
    terms: &Terms,
    subject: &str,
    topic: &Topic,
) -> Result<Arbiter, Error> {
    if terms.agreed.panel.is_empty() {
        return Ok(Arbiter::default());
    }
    let (earlier, candidates) = candidates(tx, project, terms, subject, topic)?;
    let newest = earlier.last().map(|row| row.id);
    let kept = earlier.last().filter(|row| row.struck_at.is_none() && candidates.contains(&row.person_id));
    let chosen = match kept {
        Some(row) => Chosen {
            person_id: row.person_id,
            seed: row.seed.clone(),
            candidates: row.candidates.clone(),
            is_approved: false,
        },
        None => {
            let seed: [u8; SEED_BYTES] = tx.environment.bytes();
            let Some(person_id) = draw::draw(&seed, &candidates) else {
                return Ok(Arbiter { draw_id: newest, ..Arbiter::default() });
            };
            Chosen { person_id, seed: HEXLOWER.encode(&seed), candidates: stored(&candidates), is_approved: false }
        }
    };
    record(tx, project, terms, (subject, topic, &earlier), chosen)
}

/// Returns the arbiter of a decision or dispute of a locked project whom all sides have approved. The sides have the
/// same time as after a draw, unless all of them waive it. `before` is the draw so far.
pub fn approved(
    tx: &mut Tx<'_>,
    project: &Project,
    terms: &Terms,
    (subject, before): (&str, Option<DrawId>),
    person: PersonId,
) -> Result<Arbiter, Error> {
    let topic = match before {
        Some(draw) => find(tx.conn, draw)?.topic(),
        None => Topic { key: subject.to_owned(), raised_for: None },
    };
    let earlier = earlier(tx, project, subject, &topic)?;
    let seed: [u8; SEED_BYTES] = tx.environment.bytes();
    let (seed, candidates) = (HEXLOWER.encode(&seed), stored(&[person]));
    let chosen = Chosen { person_id: person, seed, candidates, is_approved: true };
    record(tx, project, terms, (subject, &topic, &earlier), chosen)
}

/// Stores who was drawn or approved as the next draw after `earlier`. Returns the arbiter, who can decide after the
/// time that the sides have to respond.
fn record(
    tx: &mut Tx<'_>,
    project: &Project,
    terms: &Terms,
    (subject, topic, earlier): (&str, &Topic, &[Draw]),
    chosen: Chosen,
) -> Result<Arbiter, Error> {
    let Chosen { person_id, seed, candidates, is_approved } = chosen;
    let id: DrawId = tx.new_id();
    let row = Draw {
        id,
        project_id: project.id,
        subject: subject.to_owned(),
        topic: topic.key.clone(),
        series: earlier.first().map_or(id, |row| row.series),
        position: earlier.last().map_or(1, |row| row.position + 1),
        person_id,
        seed,
        candidates,
        drawn_at: tx.now,
        is_approved,
        struck_by: None,
        struck_by_person_id: None,
        struck_at: None,
        ended_at: None,
        raised_for: topic.raised_for,
        ruled: false,
    };
    store::insert(tx.conn, &row)?;
    let body = DrawBody::new(row, Vec::new())?;
    tx.record_change(&Change::created(types::ARBITER_DRAWN, id.as_str(), &body)?)?;
    let arbiter = Arbiter { person_id: Some(person_id), draw_id: Some(id), ..Arbiter::default() };
    Ok(terms.ruling(arbiter, terms.earliest(tx.now)))
}

/// Returns whether someone of the panel can be drawn for a decision or dispute.
pub fn can_draw(
    tx: &mut Tx<'_>,
    project: &Project,
    terms: &Terms,
    subject: &str,
    topic: &Topic,
) -> Result<bool, Error> {
    Ok(!terms.agreed.panel.is_empty() && !candidates(tx, project, terms, subject, topic)?.1.is_empty())
}

/// Returns the draws that a decision or dispute keeps, and the neutral people of the panel, sorted, without those who
/// were struck, or who did not decide this decision or dispute in time.
fn candidates(
    tx: &mut Tx<'_>,
    project: &Project,
    terms: &Terms,
    subject: &str,
    topic: &Topic,
) -> Result<(Vec<Draw>, Vec<PersonId>), Error> {
    let earlier = earlier(tx, project, subject, topic)?;
    let mut candidates = neutrality::neutral(tx.conn, project, &terms.agreed.panel, tx.now)?;
    let is_out = |row: &Draw| row.struck_at.is_some() || (row.subject == subject && row.ended_at.is_some());
    candidates.retain(|person| !earlier.iter().any(|row| row.person_id == *person && is_out(row)));
    candidates.sort_unstable();
    Ok((earlier, candidates))
}

/// Returns the draws whose arbiter and strikes a decision, dispute or approval keeps, the oldest first.
fn earlier(tx: &mut Tx<'_>, project: &Project, subject: &str, topic: &Topic) -> Result<Vec<Draw>, Error> {
    let newest = store::newest_about(tx.conn, project.id, &topic.key)?;
    if let Some(own) = newest.as_ref().filter(|row| row.subject == subject) {
        return store::series(tx.conn, own.series);
    }
    let of_side = match topic.raised_for {
        Some(side) => store::newest_undecided_of(tx.conn, project.id, side)?,
        None => None,
    };
    for row in newest.into_iter().chain(of_side) {
        let earlier = Earlier {
            is_same_topic: row.topic == topic.key,
            is_same_side: topic.raised_for.is_some() && row.raised_for == topic.raised_for,
            is_ruled: row.ruled,
            is_struck: row.struck_at.is_some(),
            drawn_at: row.drawn_at,
            ended_at: row.ended_at,
        };
        let calendar = calendar::service::present(tx.conn, earlier.since())?.calendar;
        if earlier.is_kept(&calendar, tx.now) {
            return store::series(tx.conn, row.series);
        }
    }
    Ok(Vec::new())
}

/// Returns a draw.
///
/// # Errors
/// 404.
pub fn find(conn: &mut DbConn, id: DrawId) -> Result<Draw, Error> {
    store::find(conn, id)?.ok_or_else(Error::not_found)
}

/// Returns a draw with the sides that waived striking.
pub fn body(conn: &mut DbConn, id: DrawId) -> Result<DrawBody, Error> {
    let row = find(conn, id)?;
    let waived = store::waivers(conn, id)?;
    DrawBody::new(row, waived)
}

/// Returns a page of the draws of a project with the sides that waived striking, the oldest first, for other modules;
/// two statements.
pub fn of_project(conn: &mut DbConn, project: ProjectId, page: &Page) -> Result<Vec<DrawBody>, Error> {
    let rows = store::of_project(conn, project, page)?;
    let mut waived: BTreeMap<DrawId, Vec<DepartmentId>> = BTreeMap::new();
    for (draw, side) in store::waivers_of_project(conn, project)? {
        waived.entry(draw).or_default().push(side);
    }
    rows.into_iter()
        .map(|row| {
            let sides = waived.remove(&row.id).unwrap_or_default();
            DrawBody::new(row, sides)
        })
        .collect()
}

/// Returns the newest draw of a decision or dispute, if there is one, with the sides that waived striking.
pub fn newest(conn: &mut DbConn, draw: Option<DrawId>) -> Result<Option<DrawBody>, Error> {
    draw.map(|id| body(conn, id)).transpose()
}

/// Returns the drawn arbiters whom a person can still strike for a side, or waive striking, for other modules; one
/// statement.
pub fn pending_for(conn: &mut DbConn, person: PersonId, now: UtcTime, most: i64) -> Result<Vec<PendingDraw>, Error> {
    pending::pending_for(conn, person, now, most)
}

/// Strikes a drawn arbiter on behalf of a side. Returns the draws that gave the same arbiter to other open subjects of
/// the same series. The caller draws another arbiter for all of them.
///
/// # Errors
/// 409 when the side has already struck an arbiter for this question, or all sides have approved this one.
pub fn strike(tx: &mut Tx<'_>, before: Draw, side: DepartmentId, person: PersonId) -> Result<Vec<Draw>, Error> {
    if before.is_approved {
        return Err(Problem::new(Code::Conflict).because("detail-approved-arbiter").into());
    }
    let waived = store::waivers(tx.conn, before.id)?;
    let mut earlier = store::series(tx.conn, before.series)?;
    if earlier.iter().any(|row| row.struck_by == Some(side)) {
        return Err(already_struck().into());
    }
    let after =
        Draw { struck_by: Some(side), struck_by_person_id: Some(person), struck_at: Some(tx.now), ..before.clone() };
    store::update(tx.conn, &after)?.map_err(|AlreadyStruck| already_struck())?;
    earlier.retain(|row| row.id != after.id && row.person_id == after.person_id);
    earlier.retain(|row| row.struck_at.is_none() && row.ended_at.is_none());
    let (old, new) = (DrawBody::new(before, waived.clone())?, DrawBody::new(after, waived)?);
    tx.record_change(&Change::updated(types::ARBITER_STRUCK, new.id.as_str(), &old, &new)?)?;
    Ok(earlier)
}

fn already_struck() -> Problem {
    Problem::new(Code::Conflict).because("detail-already-struck")
}

/// Records that a side waives striking a drawn arbiter. Returns the sides that have waived it.
pub fn waive(tx: &mut Tx<'_>, draw: &Draw, side: DepartmentId, person: PersonId) -> Result<Vec<DepartmentId>, Error> {
    let before = store::waivers(tx.conn, draw.id)?;
    if before.contains(&side) {
        return Ok(before);
    }
    store::insert_waiver(tx.conn, draw, side, person, tx.now)?;
    let after = store::waivers(tx.conn, draw.id)?;
    let (old, new) = (DrawBody::new(draw.clone(), before)?, DrawBody::new(draw.clone(), after.clone())?);
    tx.record_change(&Change::updated(types::ARBITER_WAIVED, new.id.as_str(), &old, &new)?)?;
    Ok(after)
}

/// Records that the decision, dispute or approval of its draws has ended, or that its arbiter no longer decides it.
/// `ruled` says whether it is a decision that was made.
pub fn ended(tx: &mut Tx<'_>, subject: &str, ruled: bool) -> Result<(), Error> {
    store::set_ended(tx.conn, subject, tx.now, ruled)
}
