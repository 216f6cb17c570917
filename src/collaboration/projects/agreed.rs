//! What all sides of a project have agreed about disputes between them.
//!
//! Rule: only what all sides have signed counts. As long as no charter is signed, there is no panel, and the sides have
//! the usual time to respond. The same holds for a charter in force that does not say anything about it.

use std::collections::HashMap;

use super::charter::{Content, DEFAULT_RESPONSE_DAYS};
use super::store;
use crate::kernel::db::DbConn;
use crate::kernel::error::Error;
use crate::kernel::ids::{PersonId, ProjectId};

/// What the charter that all sides have signed says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Agreed {
    /// The people of whom an arbiter is drawn.
    pub panel: Vec<PersonId>,
    /// Business days that the sides have to respond, at least.
    pub response_days: usize,
}

/// Returns what all sides have agreed: the charter in force or, before the activation, the newest one if all sides have
/// signed it. One statement.
pub fn agreed(conn: &mut DbConn, project: ProjectId) -> Result<Agreed, Error> {
    let (panel, response_days) = match store::signed_content(conn, project)? {
        Some(text) => {
            let content = Content::unseal(&text)?;
            (content.panel, content.response_days)
        }
        None => (Vec::new(), DEFAULT_RESPONSE_DAYS),
    };
    Ok(Agreed { panel, response_days: whole(response_days) })
}

/// Returns the business days that the sides of a project have before they have signed a charter.
#[must_use]
pub fn usual_days() -> usize {
    whole(DEFAULT_RESPONSE_DAYS)
}

/// Returns the business days that the sides of each of these projects have; one statement.
pub fn response_days_of(conn: &mut DbConn, ids: &[ProjectId]) -> Result<HashMap<ProjectId, usize>, Error> {
    let mut days: HashMap<_, _> = ids.iter().map(|id| (*id, usual_days())).collect();
    for (project, text) in store::signed_contents(conn, ids)? {
        days.insert(project, whole(Content::unseal(&text)?.response_days));
    }
    Ok(days)
}

fn whole(days: i32) -> usize {
    days.max(1).unsigned_abs() as usize
}
