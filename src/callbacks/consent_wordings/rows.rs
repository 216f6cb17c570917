//! Rows of the table `consent_wordings`.

use diesel::prelude::*;

use crate::kernel::db::schema::consent_wordings;
use crate::kernel::time::UtcTime;

/// A wording that the form has shown.
#[derive(Debug, Clone, Insertable)]
#[diesel(table_name = consent_wordings, treat_none_as_default_value = false)]
pub struct ConsentWording {
    pub sha256: String,
    pub locale: String,
    pub wording: String,
    pub published_at: UtcTime,
}
