//! Rows of the table `privacy_notices`.

use diesel::prelude::*;

use crate::kernel::db::schema::privacy_notices;
use crate::kernel::ids::PrivacyNoticeId;
use crate::kernel::time::UtcTime;

/// A published privacy notice.
#[derive(Debug, Clone, Queryable, Selectable, Insertable)]
#[diesel(table_name = privacy_notices, treat_none_as_default_value = false)]
pub struct Notice {
    pub id: PrivacyNoticeId,
    pub locale: String,
    pub number: i32,
    pub text: String,
    pub sha256: String,
    pub created_at: UtcTime,
}
