//! What a project lacks, in responses and problems.

use serde::Serialize;
use utoipa::ToSchema;

use crate::collaboration::projects::blocker_text;
use crate::collaboration::projects::readiness::{Blocker, Code};
use crate::kernel::ids::{AreaId, DepartmentId, PersonId};
use crate::kernel::locale::Lang;

/// One thing that is missing, and of whom or what.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(as = Blocker)]
pub struct BlockerBody {
    pub code: Code,
    /// The side it is about.
    #[schema(required)]
    pub department_id: Option<DepartmentId>,
    /// The area it is about.
    #[schema(required)]
    pub area_id: Option<AreaId>,
    /// The person it is about.
    #[schema(required)]
    pub person_id: Option<PersonId>,
    /// What to do about it.
    #[schema(max_length = 300, pattern = r"^[^\x00-\x1f]+$")]
    pub detail: String,
}

impl BlockerBody {
    /// A blocker in the caller's language.
    #[must_use]
    pub fn new(blocker: &Blocker, lang: Lang) -> Self {
        let text = blocker_text::of(blocker.code);
        let detail = match lang {
            Lang::En => text.en,
            Lang::Cs => text.cs,
        };
        let Blocker { code, side, area, person } = *blocker;
        Self { code, department_id: side, area_id: area, person_id: person, detail: detail.into_owned() }
    }
}
