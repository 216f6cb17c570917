//! The parameter `expand`, and what it adds to responses.

use std::borrow::Cow;
use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use utoipa::openapi::RefOr;
use utoipa::openapi::schema::{ObjectBuilder, Ref, RefBuilder, Schema};
use utoipa::{IntoParams, PartialSchema, ToSchema};

use crate::directory::departments::DepartmentBody;
use crate::directory::people::PersonBody;
use crate::kernel::ids::{DepartmentId, PersonId};

/// Maximum number of objects of one kind in a response, far more than the bodies refer to in practice.
const MAX_INCLUDED: usize = 10_000;

/// Kind of objects that a response can include.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Expansion {
    People,
    Departments,
}

/// The only query parameter of a read that can be expanded.
#[derive(Debug, Clone, Deserialize, ToSchema, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct ExpandQuery {
    /// Objects to add to the response in `included`: the `people`, the `departments`, or both, whose identifiers are in
    /// the response. Separate values with a comma, or repeat the parameter.
    #[serde(default)]
    #[schema(nullable = false, max_items = 10)]
    #[param(nullable = false, max_items = 10, example = json!(["people"]))]
    pub expand: Option<Vec<Expansion>>,
}

/// The people and departments that a response refers to. Their own references are not included.
#[derive(Debug, Serialize, ToSchema)]
pub struct Included {
    /// `None` unless requested.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(schema_with = people_by_id)]
    pub people: Option<BTreeMap<PersonId, PersonBody>>,
    /// `None` unless requested.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(schema_with = departments_by_id)]
    pub departments: Option<BTreeMap<DepartmentId, DepartmentBody>>,
}

// utoipa would describe the keys of a map with `propertyNames`, which OpenAPI 3.0 does not have.
fn people_by_id() -> RefOr<Schema> {
    by_id::<PersonBody>("The people, each under their identifier; absent unless `expand` contains `people`.")
}

fn departments_by_id() -> RefOr<Schema> {
    by_id::<DepartmentBody>(
        "The departments, each under its identifier; absent unless `expand` contains `departments`.",
    )
}

fn by_id<T: ToSchema>(description: &str) -> RefOr<Schema> {
    ObjectBuilder::new()
        .description(Some(description))
        .additional_properties(Some(Ref::from_schema_name(T::name())))
        .max_properties(Some(MAX_INCLUDED))
        .into()
}

/// The body of a read with the people and departments that it refers to. Its schema is the schema of the body with the
/// additional field.
///
/// Operations name an alias without type parameters, because utoipa composes other names and schemas for a generic
/// type.
#[derive(Debug, Serialize)]
pub struct WithIncluded<T> {
    #[serde(flatten)]
    pub body: T,
    pub included: Included,
}

impl<T: ToSchema> PartialSchema for WithIncluded<T> {
    fn schema() -> RefOr<Schema> {
        let included = RefBuilder::new()
            .ref_location_from_schema_name(Included::name())
            .description(Some("The objects that the response refers to; absent unless `expand` was sent."));
        // One object instead of `allOf`, from which some generators create types that are hard to use.
        let mut schema = T::schema();
        if let RefOr::T(Schema::Object(object)) = &mut schema {
            object.properties.insert("included".to_owned(), included.into());
        }
        schema
    }
}

impl<T: ToSchema> ToSchema for WithIncluded<T> {
    fn name() -> Cow<'static, str> {
        Cow::Owned(format!("{}WithIncluded", T::name()))
    }

    fn schemas(schemas: &mut Vec<(String, RefOr<Schema>)>) {
        T::schemas(schemas);
        schemas.push((Included::name().into_owned(), Included::schema()));
        Included::schemas(schemas);
    }
}

/// One page of a list with the people and departments that its items refer to.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Page)]
pub struct PageWithIncluded<T> {
    /// The items of this page.
    #[schema(max_items = 100)]
    pub data: Vec<T>,
    /// Cursor of the next page; null on the last page. Send it back as `cursor`.
    #[schema(required, max_length = 512, pattern = "^[A-Za-z0-9_-]+$")]
    pub next_cursor: Option<String>,
    /// The objects that the items refer to; absent unless `expand` was sent.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub included: Option<Included>,
}
