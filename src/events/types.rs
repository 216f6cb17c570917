//! The list of event types, for the document's webhooks section and for the check of filters.
//!
//! Rule: a change names its event with a constant from here, so nothing can be sent that is not
//! in the document.

/// One type of event.
#[derive(Debug, Clone, Copy)]
pub struct EventType {
    pub name: &'static str,
    /// When it is sent.
    pub summary: &'static str,
    /// Name of the schema of its `data`.
    pub data: &'static str,
}

macro_rules! event_types {
    ($($constant:ident = $name:literal, $data:literal, $summary:literal;)*) => {
        $(#[doc = $summary] pub const $constant: &str = $name;)*

        /// Every event type.
        pub const ALL: &[EventType] = &[$(EventType { name: $name, summary: $summary, data: $data },)*];
    };
}

event_types! {
    DEPARTMENT_CREATED = "department.created", "Department", "A department was added to the directory.";
    DEPARTMENT_UPDATED = "department.updated", "Department", "A department was changed.";
    PERSON_CREATED = "person.created", "Person", "A person was added to the directory.";
    PERSON_UPDATED = "person.updated", "Person", "A person was changed.";
    HOME_POSITION_ADDED = "home_position.added", "HomePosition", "A person got a home position.";
    // Projects.
    PROJECT_CREATED = "project.created", "Project", "A project was drafted.";
    PROJECT_UPDATED = "project.updated", "Project", "A project was changed in what its charter says.";
    PROJECT_PROPOSED = "project.proposed", "Project", "A project was put to its sponsors for signature.";
    PROJECT_ACTIVATED = "project.activated", "Project", "All sides have signed, nothing was missing: the project runs.";
    PROJECT_CANCELLED = "project.cancelled", "Project", "A project was given up.";
    CHARTER_REVISED = "charter.revised", "Charter", "A charter got a new version, which all sides have to sign.";
    CHARTER_SIGNED = "charter.signed", "Signature", "The sponsor of a side signed a version of the charter.";
    SPONSOR_SEATED = "sponsor.seated", "ProjectSide", "A side of a project got a sponsor.";

    // Memberships.

    // Ownership.

    // Callback requests and calendar.

    // Webhooks.
}
