//! Whether people can be arbiters: what the directory says about them, and the rule of [`neutrality`].

use std::collections::HashSet;

use super::neutrality::{self, Bias, Organisation, Parties};
use super::store;
use crate::directory::people;
use crate::kernel::db::DbConn;
use crate::kernel::error::{Error, Violation};
use crate::kernel::ids::{PersonId, ProjectId};
use crate::kernel::time::{Day, UtcTime};

/// Whether a person can be an arbiter.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Finding {
    Neutral,
    Unknown,
    Deactivated,
    Biased(Bias),
}

/// Returns the arbiter, if there is one yet, of everything in a project that waits for an arbiter; one statement.
pub fn awaited(conn: &mut DbConn, project: ProjectId, now: UtcTime) -> Result<Vec<Option<PersonId>>, Error> {
    store::awaited_arbiters(conn, project, now)
}

/// Examines people as arbiters on a day, in their order; no statement if there are none.
pub fn examine(
    conn: &mut DbConn,
    people: &[PersonId],
    parties: Parties<'_>,
    day: Day,
) -> Result<Vec<(PersonId, Finding)>, Error> {
    if people.is_empty() {
        return Ok(Vec::new());
    }
    let known = people::service::existing(conn, people)?;
    let everyone: Vec<_> = people.iter().chain(parties.sponsors).copied().collect();
    let organisation = organisation(conn, everyone, day)?;
    let finding = |person: PersonId| match known.iter().find(|row| row.id == person) {
        None => Finding::Unknown,
        Some(row) if row.deactivated_at.is_some() => Finding::Deactivated,
        Some(_) => neutrality::bias(&organisation, parties, person).map_or(Finding::Neutral, Finding::Biased),
    };
    Ok(people.iter().map(|person| (*person, finding(*person))).collect())
}

/// Reads the regular positions of people, and of everyone above them; one statement for each level of the line of
/// managers. A deactivated manager is still above others.
fn organisation(conn: &mut DbConn, mut wanted: Vec<PersonId>, day: Day) -> Result<Organisation, Error> {
    let mut found = Organisation::default();
    let mut seen: HashSet<PersonId> = HashSet::new();
    loop {
        wanted.retain(|person| seen.insert(*person));
        if wanted.is_empty() {
            return Ok(found);
        }
        let positions = people::service::home_positions_from(conn, &wanted, day)?;
        wanted.clear();
        for position in positions.into_iter().filter(|position| position.valid_from <= day) {
            found.homes.insert(position.person_id, position.department_id);
            if let Some(manager) = position.manager_person_id {
                found.managers.insert(position.person_id, manager);
                wanted.push(manager);
            }
        }
    }
}

/// Returns a violation for everyone who cannot be an arbiter of the panel, with pointers into a charter.
#[must_use]
pub fn violations(findings: &[(PersonId, Finding)]) -> Vec<Violation> {
    let numbered = findings.iter().enumerate();
    numbered.filter_map(|(index, (_, finding))| violation(*finding, format!("/panel/{index}"))).collect()
}

/// Returns the violation for a person who cannot be an arbiter; `None` for one who can.
#[must_use]
pub fn violation(finding: Finding, pointer: impl Into<String>) -> Option<Violation> {
    match finding {
        Finding::Neutral => None,
        Finding::Unknown => Some(Violation::unknown_reference(pointer, "violation-unknown-person")),
        Finding::Deactivated => Some(people::deactivated_person(pointer)),
        Finding::Biased(bias) => Some(Violation::at(pointer, "not_neutral", text(bias))),
    }
}

fn text(bias: Bias) -> &'static str {
    match bias {
        Bias::WorksForSide => "violation-arbiter-works-for-side",
        Bias::HasRole => "violation-not-neutral",
        Bias::BelowSponsor => "violation-arbiter-below-sponsor",
        Bias::AboveSomeSponsors => "violation-arbiter-above-sponsor",
    }
}
