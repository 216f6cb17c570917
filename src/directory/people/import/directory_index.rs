//! The people of the directory that an import concerns, found by employee number, login and e-mail address. A pure data
//! structure, which follows the changes of the import.

use std::collections::HashMap;

use crate::directory::people::dto::PersonImport;
use crate::directory::people::rows::Person;

/// The field of an item that belongs to another person than its other fields.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Ambiguous(pub &'static str);

/// People by their unique values.
#[derive(Default)]
pub struct DirectoryIndex {
    /// The issuer of logins that name none.
    first_issuer: String,
    people: Vec<Person>,
    by_number: HashMap<String, usize>,
    /// By issuer and subject.
    by_login: HashMap<(String, String), usize>,
    by_email: HashMap<String, usize>,
}

impl DirectoryIndex {
    pub fn new(first_issuer: &str, people: Vec<Person>) -> Self {
        let mut index = Self { first_issuer: first_issuer.to_owned(), ..Self::default() };
        for person in people {
            index.add(person);
        }
        index
    }

    /// Returns the position of a new person in this index.
    pub fn add(&mut self, person: Person) -> usize {
        self.people.push(person);
        let at = self.people.len() - 1;
        self.link(at);
        at
    }

    /// Replaces the values of a person.
    pub fn replace(&mut self, at: usize, person: Person) {
        let before = std::mem::replace(&mut self.people[at], person);
        self.by_email.remove(&before.email);
        if let Some(login) = before.login_issuer.zip(before.login) {
            self.by_login.remove(&login);
        }
        if let Some(number) = before.employee_number {
            self.by_number.remove(&number);
        }
        self.link(at);
    }

    fn link(&mut self, at: usize) {
        let Person { email, login, login_issuer, employee_number, .. } = self.people[at].clone();
        self.by_email.insert(email, at);
        if let Some(login) = login_issuer.zip(login) {
            self.by_login.insert(login, at);
        }
        if let Some(number) = employee_number {
            self.by_number.insert(number, at);
        }
    }

    pub fn get(&self, at: usize) -> &Person {
        &self.people[at]
    }

    /// Returns the issuer and the subject of the login of an item.
    pub fn login_of(&self, item: &PersonImport) -> Option<(String, String)> {
        item.login_with_issuer(&self.first_issuer)
    }

    /// Returns the person with a login of the first issuer.
    pub fn by_login(&self, login: &str) -> Option<&Person> {
        self.by_login.get(&(self.first_issuer.clone(), login.to_owned())).map(|at| self.get(*at))
    }

    /// Returns the person with an e-mail address in lower case.
    pub fn by_email(&self, email: &str) -> Option<&Person> {
        self.by_email.get(email).map(|at| self.get(*at))
    }

    /// Returns the position of the person that an item is about; `None` for a new person.
    ///
    /// An item with another employee number or, without one, with another login than the person who has its e-mail
    /// address is about another person.
    ///
    /// # Errors
    /// When the values of the item belong to several people.
    pub fn find(&self, item: &PersonImport) -> Result<Option<usize>, Ambiguous> {
        let by_number = item.employee_number.as_ref().and_then(|number| self.by_number.get(number)).copied();
        let by_login = self.login_of(item).and_then(|login| self.by_login.get(&login)).copied();
        let by_email = self.by_email.get(&item.email.to_lowercase()).copied();
        let Some(found) = by_number.or(by_login).or(by_email) else { return Ok(None) };
        if by_login.is_some_and(|at| at != found) {
            return Err(Ambiguous("login"));
        }
        if by_email.is_some_and(|at| at != found) {
            return Err(Ambiguous("email"));
        }
        let person = self.get(found);
        if by_number.is_none() && item.employee_number.is_some() && person.employee_number.is_some() {
            return Err(Ambiguous("employee_number"));
        }
        if by_number.is_none() && by_login.is_none() && item.login.is_some() && person.login.is_some() {
            return Err(Ambiguous("email"));
        }
        Ok(Some(found))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kernel::ids::PersonId;
    use crate::kernel::time::UtcTime;

    fn person(n: u64, email: &str, login: Option<&str>, number: Option<&str>) -> Person {
        person_of("a-issuer", n, email, login, number)
    }

    fn person_of(issuer: &str, n: u64, email: &str, login: Option<&str>, number: Option<&str>) -> Person {
        let now = UtcTime::from_unix_micros(0);
        let mut person = Person {
            display_name: email.to_owned(),
            email: email.to_owned(),
            employee_number: number.map(str::to_owned),
            ..Person::new(PersonId::demo(n), now)
        };
        person.set_login(login.map(|login| (issuer.to_owned(), login.to_owned())), now);
        person
    }

    fn item(email: &str, login: Option<&str>, number: Option<&str>) -> PersonImport {
        PersonImport {
            display_name: "X".into(),
            email: email.to_owned(),
            login: login.map(str::to_owned),
            login_issuer: None,
            employee_number: number.map(str::to_owned),
            home_position: None,
        }
    }

    #[test]
    fn a_person_is_found_by_the_most_stable_value() {
        let index = DirectoryIndex::new(
            "a-issuer",
            vec![
                person(1, "a@x.cz", Some("a"), Some("1")),
                person(2, "b@x.cz", Some("b"), None),
                person(3, "c@x.cz", None, None),
            ],
        );
        for (new, expected) in [
            (item("new@x.cz", Some("new"), Some("1")), Ok(Some(0))),
            (item("new@x.cz", Some("b"), Some("2")), Ok(Some(1))),
            (item("C@X.cz", Some("c"), Some("3")), Ok(Some(2))),
            (item("d@x.cz", Some("d"), Some("4")), Ok(None)),
            // The values belong to two people.
            (item("b@x.cz", Some("a"), Some("1")), Err(Ambiguous("email"))),
            (item("a@x.cz", Some("b"), Some("1")), Err(Ambiguous("login"))),
            // Another employee number, or another login, is another person.
            (item("a@x.cz", Some("a"), Some("9")), Err(Ambiguous("employee_number"))),
            (item("b@x.cz", Some("other"), None), Err(Ambiguous("email"))),
        ] {
            assert_eq!(index.find(&new), expected, "{new:?}");
        }
    }

    #[test]
    fn a_login_belongs_to_its_issuer() {
        let known = [("a-issuer", 1), ("b-issuer", 2)]
            .map(|(issuer, n)| person_of(issuer, n, &format!("{n}@x.cz"), Some("jana"), None));
        let index = DirectoryIndex::new("a-issuer", known.into());
        let of = |issuer: Option<&str>, email: &str| PersonImport {
            login_issuer: issuer.map(str::to_owned),
            ..item(email, Some("jana"), None)
        };
        assert_eq!(index.find(&of(None, "new@x.cz")), Ok(Some(0)));
        assert_eq!(index.find(&of(Some("b-issuer"), "new@x.cz")), Ok(Some(1)));
        assert_eq!(index.find(&of(Some("c-issuer"), "new@x.cz")), Ok(None));
        assert_eq!(index.find(&of(Some("b-issuer"), "1@x.cz")), Err(Ambiguous("email")));
        assert_eq!(index.by_login("jana").map(|person| person.id), Some(PersonId::demo(1)));
    }

    #[test]
    fn a_value_moves_with_the_changes_of_the_import() {
        let mut index = DirectoryIndex::new("a-issuer", vec![person(1, "a@x.cz", Some("a"), None)]);
        index.replace(0, person(1, "moved@x.cz", Some("a"), Some("1")));
        assert_eq!(index.find(&item("a@x.cz", Some("b"), None)), Ok(None));
        assert_eq!(index.add(person(2, "a@x.cz", Some("b"), None)), 1);
        assert_eq!(index.find(&item("x@x.cz", None, Some("1"))), Ok(Some(0)));
        assert_eq!(index.by_email("a@x.cz").map(|person| person.id), Some(PersonId::demo(2)));
        assert_eq!(index.by_login("a").map(|person| person.id), Some(PersonId::demo(1)));
    }
}
