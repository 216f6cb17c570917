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

    // Memberships.

    // Ownership.

    // Callback requests and calendar.

    // Webhooks.
}
