//! Blockers in responses and problems.

use serde::Serialize;
use utoipa::ToSchema;

use crate::collaboration::projects::blocker_text;
use crate::collaboration::projects::readiness::{Blocker, Code};
use crate::kernel::ids::{AreaId, DepartmentId, PersonId};
use crate::kernel::locale::Lang;

/// One reason why a project cannot be proposed or activated.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(as = Blocker)]
pub struct BlockerBody {
    /// Machine-readable reason.
    pub code: Code,
    /// The department of the side concerned; null if the blocker is not about one side.
    #[schema(required)]
    pub department_id: Option<DepartmentId>,
    /// The area concerned; null if the blocker is not about one area.
    #[schema(required)]
    pub area_id: Option<AreaId>,
    /// The person concerned; null if the blocker is not about one person.
    #[schema(required)]
    pub person_id: Option<PersonId>,
    /// Explanation of the blocker and how to resolve it, in the language of the response.
    #[schema(max_length = 300, pattern = r"^[^\x00-\x1f]+$")]
    pub detail: String,
}

impl BlockerBody {
    /// Creates the body of a blocker in the language of the caller.
    #[must_use]
    pub fn new(blocker: &Blocker, lang: Lang) -> Self {
        let detail = blocker_text::of(blocker.code).in_lang(lang);
        let Blocker { code, side, area, person } = *blocker;
        Self { code, department_id: side, area_id: area, person_id: person, detail }
    }
}
