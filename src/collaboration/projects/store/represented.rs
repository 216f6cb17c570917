//! The projects that a person may represent a side in, for the inbox.

/// Selects rows of a table, by its column `project_id`, in projects of which the person is a sponsor, or a delegate
/// whose delegation was not revoked. Each project is found by an index, and then the rows. Whether the person represents
/// a side today is for the caller to check.
macro_rules! in_projects_of {
    ($table:literal, $person:expr) => {
        ::diesel::dsl::sql::<::diesel::sql_types::Bool>(concat!(
            $table,
            ".project_id IN (SELECT own.project_id FROM project_sides AS own \
             WHERE own.vacant_since IS NULL AND own.sponsor_person_id = ",
        ))
        .bind::<::diesel::sql_types::Text, _>($person)
        .sql(
            " UNION SELECT delegated.project_id FROM delegations AS delegated WHERE delegated.project_id IS NOT NULL \
             AND delegated.revoked_at IS NULL AND delegated.delegate_person_id = ",
        )
        .bind::<::diesel::sql_types::Text, _>($person)
        .sql(
            " UNION SELECT represented.project_id FROM delegations AS delegated INNER JOIN project_sides AS represented \
             ON represented.sponsor_person_id = delegated.sponsor_person_id \
             AND represented.department_id = delegated.department_id \
             WHERE delegated.project_id IS NULL AND delegated.revoked_at IS NULL AND delegated.delegate_person_id = ",
        )
        .bind::<::diesel::sql_types::Text, _>($person)
        .sql(")")
    };
}
pub(crate) use in_projects_of;
