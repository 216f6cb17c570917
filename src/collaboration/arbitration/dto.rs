//! Draws in responses and events.

use std::borrow::Cow;

use serde::Serialize;
use utoipa::openapi::RefOr;
use utoipa::openapi::schema::{RefBuilder, Schema};
use utoipa::{PartialSchema, ToSchema};

use crate::kernel::ids::{DepartmentId, DrawId, PersonId, ProjectId};
use crate::kernel::time::UtcTime;

/// A draw of an arbiter from the panel of a project, or an arbiter whom all sides approved.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = Draw)]
pub struct DrawBody {
    /// Unique identifier of the draw.
    pub id: DrawId,
    /// The project.
    pub project_id: ProjectId,
    /// Identifier of the decision or dispute that the arbiter decides, or of the approval to which they respond for the
    /// silent sides.
    #[schema(max_length = 40, pattern = "^[a-z]{2,4}_[0-9a-z]{26}$")]
    pub subject: String,
    /// The arbiter who was drawn.
    pub person_id: PersonId,
    /// The people on the panel who were neutral and not struck, sorted by identifier.
    #[schema(max_items = 20)]
    pub candidates: Vec<PersonId>,
    /// The random seed, 32 bytes in lower-case hexadecimal. The first 16 bytes of its SHA-256, read as a big-endian
    /// number, modulo the number of candidates, are the position of the arbiter in `candidates`.
    #[schema(min_length = 64, max_length = 64, pattern = "^[0-9a-f]{64}$")]
    pub seed: String,
    /// When the arbiter was drawn, or when the same question was raised again and kept its draw.
    pub drawn_at: UtcTime,
    /// Whether all sides approved the arbiter, instead of a draw. No side can strike such an arbiter.
    pub approved_by_all: bool,
    /// The side that struck the arbiter; null if no side did.
    #[schema(required)]
    pub struck_by_department_id: Option<DepartmentId>,
    /// When the arbiter was struck; null if they were not.
    #[schema(required)]
    pub struck_at: Option<UtcTime>,
    /// The sides that waived their strike of this arbiter.
    #[schema(max_items = 8)]
    pub waived_by_department_ids: Vec<DepartmentId>,
}

/// A decision or dispute with the newest draw of its arbiter. Its schema is the schema of the body with the additional
/// field.
///
/// Operations name an alias without type parameters, because utoipa composes other names and schemas for a generic
/// type.
#[derive(Debug, Serialize)]
pub struct WithDraw<T> {
    #[serde(flatten)]
    pub body: T,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub draw: Option<DrawBody>,
}

impl<T: ToSchema> PartialSchema for WithDraw<T> {
    fn schema() -> RefOr<Schema> {
        let draw = RefBuilder::new()
            .ref_location_from_schema_name(DrawBody::name())
            .description(Some("The newest draw of an arbiter, which `draw_id` names; absent if none was drawn."));
        let mut schema = T::schema();
        if let RefOr::T(Schema::Object(object)) = &mut schema {
            object.properties.insert("draw".to_owned(), draw.into());
        }
        schema
    }
}

impl<T: ToSchema> ToSchema for WithDraw<T> {
    fn name() -> Cow<'static, str> {
        Cow::Owned(format!("{}WithDraw", T::name()))
    }

    fn schemas(schemas: &mut Vec<(String, RefOr<Schema>)>) {
        T::schemas(schemas);
        schemas.push((DrawBody::name().into_owned(), DrawBody::schema()));
        DrawBody::schemas(schemas);
    }
}
