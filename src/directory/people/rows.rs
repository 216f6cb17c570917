//! The rows of people and their regular positions.

use diesel::prelude::*;

use crate::kernel::auth::{Actor, Login};
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
    /// Subject (`sub` claim) of the person's tokens.
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
    /// Issuer (`iss` claim) of the person's tokens; set if `login` is.
    pub login_issuer: Option<String>,
    /// When the person first got a login. Only a person who never had one is linked by the e-mail address.
    pub login_set_at: Option<UtcTime>,
    /// Tokens that were issued earlier are refused.
    pub tokens_not_before: Option<UtcTime>,
}

impl Person {
    /// Returns a new person without a name, an e-mail address and a login.
    #[must_use]
    pub fn new(id: PersonId, now: UtcTime) -> Self {
        Self {
            id,
            display_name: String::new(),
            email: String::new(),
            login: None,
            version: 1,
            created_at: now,
            updated_at: now,
            deactivated_at: None,
            erased_at: None,
            employee_number: None,
            login_issuer: None,
            login_set_at: None,
            tokens_not_before: None,
        }
    }

    /// Sets the login, an issuer and a subject, or removes it.
    pub fn set_login(&mut self, login: Option<(String, String)>, now: UtcTime) {
        let (issuer, subject) = login.unzip();
        if subject.is_some() && self.login_set_at.is_none() {
            self.login_set_at = Some(now);
        }
        (self.login_issuer, self.login) = (issuer, subject);
    }

    /// Returns issuer and subject of the login, if the person has one.
    #[must_use]
    pub fn stored_login(&self) -> Option<(String, String)> {
        self.login_issuer.clone().zip(self.login.clone())
    }

    /// Returns whether a change to this login lets a person in again who has left: the tokens of a deactivated person
    /// are refused by their login.
    #[must_use]
    pub fn login_must_stay(&self, changed: Option<&(String, String)>) -> bool {
        let own = self.stored_login();
        self.deactivated_at.is_some() && own.is_some() && own.as_ref() != changed
    }

    /// Returns whether the caller is this person.
    #[must_use]
    pub fn is_caller(&self, actor: &Actor) -> bool {
        let own = self.login_issuer.as_deref().zip(self.login.as_deref());
        actor.login().is_some_and(|Login { issuer, subject }| own == Some((issuer, subject)))
    }
}

/// What decides whether the tokens of a person are accepted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Queryable, Selectable)]
#[diesel(table_name = people)]
pub struct Standing {
    pub id: PersonId,
    pub deactivated_at: Option<UtcTime>,
    pub tokens_not_before: Option<UtcTime>,
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
