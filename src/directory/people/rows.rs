//! The rows of people and their regular positions.

use diesel::prelude::*;

use crate::kernel::db::schema::{home_positions, people};
use crate::kernel::ids::{DepartmentId, HomePositionId, PersonId};
use crate::kernel::time::{Day, UtcTime};

/// A person.
#[derive(Debug, Clone, Queryable, Selectable, Insertable, AsChangeset)]
#[diesel(table_name = people, treat_none_as_null = true, treat_none_as_default_value = false)]
pub struct Person {
    pub id: PersonId,
    pub display_name: String,
    /// In lower case.
    pub email: String,
    /// `sub` claim of the person's tokens.
    pub login: Option<String>,
    pub version: i64,
    pub created_at: UtcTime,
    pub updated_at: UtcTime,
    /// When the person was deactivated because they left the company.
    pub deactivated_at: Option<UtcTime>,
    /// When the personal data was erased.
    pub erased_at: Option<UtcTime>,
    /// Number of the person in the HR system.
    pub employee_number: Option<String>,
}

/// The regular position of a person on the days `[valid_from, valid_to)`.
#[derive(Debug, Clone, Queryable, Selectable, Insertable)]
#[diesel(table_name = home_positions, treat_none_as_default_value = false)]
pub struct HomePosition {
    pub id: HomePositionId,
    pub person_id: PersonId,
    pub department_id: DepartmentId,
    pub title: String,
    pub valid_from: Day,
    pub valid_to: Option<Day>,
    pub created_at: UtcTime,
    /// The manager of the person.
    pub manager_person_id: Option<PersonId>,
}
