//! The departments and managers that the items of an import refer to.

use std::collections::{HashMap, HashSet};

use super::people_changes::Changes;
use super::{BLOCK, refuse};
use crate::directory::departments;
use crate::directory::people::dto::{HomePositionImport, PeopleImport};
use crate::directory::people::store;
use crate::kernel::db::DbConn;
use crate::kernel::error::{Error, Violation};
use crate::kernel::ids::DepartmentId;

/// The positions of an import, each with the number of its item.
pub fn positions(batch: &PeopleImport) -> impl Iterator<Item = (usize, &HomePositionImport)> {
    batch.items.iter().enumerate().filter_map(|(index, item)| Some((index, item.home_position.as_ref()?)))
}

/// The departments of an import that exist.
pub struct Departments {
    ids: HashSet<DepartmentId>,
    by_key: HashMap<String, DepartmentId>,
}

impl Departments {
    /// Finds the departments; at most one statement for ids and one for keys.
    pub fn of(conn: &mut DbConn, batch: &PeopleImport) -> Result<Self, Error> {
        let ids: HashSet<_> = positions(batch).filter_map(|(_, position)| position.department_id).collect();
        let keys: HashSet<_> =
            positions(batch).filter_map(|(_, position)| position.department_key.as_deref()).collect();
        let (mut found, mut by_key) = (HashSet::new(), HashMap::new());
        for ids in Vec::from_iter(ids).chunks(BLOCK) {
            found.extend(departments::service::existing(conn, ids)?.into_iter().map(|department| department.id));
        }
        for keys in Vec::from_iter(keys).chunks(BLOCK) {
            let departments = departments::service::with_keys(conn, keys)?;
            by_key.extend(departments.into_iter().map(|department| (department.key, department.id)));
        }
        Ok(Self { ids: found, by_key })
    }

    /// Returns the department of a position, if it exists.
    pub fn id(&self, position: &HomePositionImport) -> Option<DepartmentId> {
        match (&position.department_id, &position.department_key) {
            (Some(id), _) => self.ids.get(id).copied(),
            (None, key) => self.by_key.get(key.as_ref()?).copied(),
        }
    }

    /// Returns a violation for each unknown department.
    pub fn unknown(&self, batch: &PeopleImport) -> Vec<Violation> {
        let violation = |(index, position): (usize, &HomePositionImport)| {
            let (field, text) = match position.department_id {
                Some(_) => ("department_id", "violation-unknown-department"),
                None => ("department_key", "violation-unknown-department-key"),
            };
            Violation::unknown_reference(format!("/items/{index}/home_position/{field}"), text)
        };
        positions(batch).filter(|(_, position)| self.id(position).is_none()).map(violation).collect()
    }
}

/// Finds the managers: among the people of the import, or else in the directory.
///
/// # Errors
/// 422 for a manager who is in neither.
pub fn find_managers(conn: &mut DbConn, batch: &PeopleImport, changes: &mut Changes) -> Result<(), Error> {
    let mut others: Vec<(Option<&str>, Option<String>)> = Vec::new();
    for (_, position) in positions(batch) {
        let (login, email) = (position.manager_login.as_deref(), position.manager_email.as_ref());
        let email = email.map(|email| email.to_lowercase());
        if (login.is_some() || email.is_some()) && changes.manager(login, email.as_deref()).is_none() {
            others.push((login, email));
        }
    }
    others.sort_unstable();
    others.dedup();
    for block in others.chunks(BLOCK) {
        let logins: Vec<_> = block.iter().filter_map(|(login, _)| *login).collect();
        let emails: Vec<_> = block.iter().filter_map(|(_, email)| email.clone()).collect();
        let ids = store::ids_of(conn, &[], &logins, &emails)?;
        for ids in ids.chunks(BLOCK) {
            changes.add_managers(store::find_many(conn, ids)?);
        }
    }
    refuse(unknown_managers(batch, changes))
}

fn unknown_managers(batch: &PeopleImport, changes: &Changes) -> Vec<Violation> {
    let mut found = Vec::new();
    for (index, position) in positions(batch) {
        let email = position.manager_email.as_ref().map(|email| email.to_lowercase());
        let field = match (&position.manager_login, &email) {
            (Some(_), _) => "manager_login",
            (None, Some(_)) => "manager_email",
            (None, None) => continue,
        };
        if changes.manager(position.manager_login.as_deref(), email.as_deref()).is_none() {
            let pointer = format!("/items/{index}/home_position/{field}");
            found.push(Violation::unknown_reference(pointer, "violation-unknown-manager"));
        }
    }
    found
}
