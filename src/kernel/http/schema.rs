//! Requests are checked against the very schema that the document shows for them.
//!
//! Rule: the shape of a request (types, required and unknown members, lengths, patterns, ranges)
//! is stated once, in the `ToSchema` of its type; the document prints it and this file enforces
//! it, so the two cannot drift. All violations are found in one pass.

use std::any::TypeId;
use std::collections::{HashMap, HashSet};
use std::sync::{Arc, LazyLock, PoisonError, RwLock};

use jsonschema::error::ValidationErrorKind;
use jsonschema::{ValidationError, Validator};
use serde_json::{Map, Value, json};
use utoipa::ToSchema;

use crate::kernel::error::{Error, Place, Text, Violation};
use crate::kernel::http::schema_texts;

/// Most values that the text of a violation lists.
const LISTED_VALUES: usize = 20;
/// Most violations in a response, so that work and response stay small.
const ENOUGH: usize = 100;

/// A schema made ready for use, once per type and process.
struct Compiled {
    validator: Validator,
    members: HashMap<String, Form>,
}

type Cache = RwLock<HashMap<TypeId, Arc<Compiled>>>;
static CACHE: LazyLock<Cache> = LazyLock::new(Cache::default);

/// What the text of a query parameter stands for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Form {
    Text,
    Integer,
    Boolean,
    List,
}

/// The form of a member of `T`; `None` for a member that it does not have.
pub fn member_form<T: ToSchema + 'static>(name: &str) -> Result<Option<Form>, Error> {
    Ok(compiled::<T>()?.members.get(name).copied())
}

/// Everything in `value` that the schema of `T` does not allow.
pub fn violations<T: ToSchema + 'static>(value: &Value) -> Result<Vec<Violation>, Error> {
    let validator = &compiled::<T>()?.validator;
    if validator.is_valid(value) {
        return Ok(Vec::new());
    }
    let found = validator.iter_errors(value).flat_map(|error| explain(value, &error)).take(ENOUGH).collect();
    Ok(one_per_value(found))
}

/// Codes of one value, the most telling first: what has the wrong type or length has not the form either.
const CODES_OF_FORM: [&str; 8] = [
    "wrong_type",
    "too_short",
    "too_long",
    "too_small",
    "too_large",
    "pattern_mismatch",
    "unknown_value",
    "wrong_format",
];

/// Keeps only the most telling of the violations about the form of a value.
fn one_per_value(found: Vec<Violation>) -> Vec<Violation> {
    let rank = |one: &Violation| CODES_OF_FORM.iter().position(|code| *code == one.code);
    let mut lowest: HashMap<Place, usize> = HashMap::new();
    for (place, rank) in found.iter().filter_map(|one| Some((one.place.clone(), rank(one)?))) {
        let known = lowest.entry(place).or_insert(rank);
        *known = rank.min(*known);
    }
    let is_kept = |one: &Violation| rank(one).is_none_or(|rank| lowest.get(&one.place) == Some(&rank));
    found.into_iter().filter(is_kept).collect()
}

fn compiled<T: ToSchema + 'static>() -> Result<Arc<Compiled>, Error> {
    let key = TypeId::of::<T>();
    if let Some(found) = CACHE.read().unwrap_or_else(PoisonError::into_inner).get(&key) {
        return Ok(found.clone());
    }
    let schema = standalone::<T>()?;
    let members = schema["properties"]
        .as_object()
        .into_iter()
        .flatten()
        .map(|(name, member)| (name.clone(), form(member)))
        .collect();
    let compiled = Arc::new(Compiled { validator: compile(&schema)?, members });
    CACHE.write().unwrap_or_else(PoisonError::into_inner).insert(key, compiled.clone());
    Ok(compiled)
}

fn form(member: &Value) -> Form {
    let is = |name: &str| {
        member["type"] == name || member["type"].as_array().is_some_and(|types| types.iter().any(|one| one == name))
    };
    if is("integer") {
        Form::Integer
    } else if is("boolean") {
        Form::Boolean
    } else if is("array") {
        Form::List
    } else {
        Form::Text
    }
}

/// Compiles a schema in the dialect of OpenAPI 3.1 (JSON Schema 2020-12), formats included.
///
/// # Errors
/// When it is not a schema.
pub fn compile(schema: &Value) -> Result<Validator, Error> {
    jsonschema::options().should_validate_formats(true).build(schema).map_err(Error::internal)
}

/// The schema of `T` with all it refers to.
fn standalone<T: ToSchema>() -> Result<Value, Error> {
    let mut parts = Vec::new();
    T::schemas(&mut parts);
    let mut schema = serde_json::to_value(T::schema()).map_err(Error::internal)?;
    let parts: Map<String, Value> = parts
        .into_iter()
        .map(|(name, part)| Ok((name, serde_json::to_value(part).map_err(Error::internal)?)))
        .collect::<Result<_, Error>>()?;
    if let Some(object) = schema.as_object_mut() {
        object.insert("components".into(), json!({ "schemas": parts }));
    }
    Ok(schema)
}

/// Explains an error of the whole value `root`.
fn explain(root: &Value, error: &ValidationError<'_>) -> Vec<Violation> {
    let pointer = error.instance_path().to_string();
    let at = |code, detail: Text| vec![Violation::at(pointer.clone(), code, detail)];
    let limited = |code, key: &'static str, limit: u64| at(code, Text::new(key).with("limit", limit));
    let ranged = |code, key: &'static str, limit: &Value| at(code, Text::new(key).with("limit", limit.to_string()));
    let unknown = |name: &String| {
        let pointer = format!("{pointer}/{}", name.replace('~', "~0").replace('/', "~1"));
        Violation::at(pointer, "unknown_field", "violation-unknown-field")
    };
    match error.kind() {
        ValidationErrorKind::AdditionalProperties { unexpected } => unexpected.iter().map(unknown).collect(),
        // An object without any fields: the validator does not name the unknown ones.
        ValidationErrorKind::FalseSchema if root.pointer(&pointer).is_some_and(Value::is_object) => {
            root.pointer(&pointer).and_then(Value::as_object).into_iter().flat_map(Map::keys).map(unknown).collect()
        }
        ValidationErrorKind::Required { property } => vec![Violation::at(
            format!("{pointer}/{}", property.as_str().unwrap_or_default()),
            "required",
            "violation-required",
        )],
        ValidationErrorKind::Type { kind } => at("wrong_type", schema_texts::wrong_type(kind)),
        ValidationErrorKind::MaxLength { limit } => limited("too_long", "violation-too-long", *limit),
        ValidationErrorKind::MinLength { limit } => at("too_short", schema_texts::too_short(error, *limit)),
        ValidationErrorKind::MaxItems { limit } => limited("too_many_items", "violation-too-many-items", *limit),
        ValidationErrorKind::MinItems { limit } => limited("too_few_items", "violation-too-few-items", *limit),
        ValidationErrorKind::Minimum { limit } => ranged("too_small", "violation-too-small", limit),
        ValidationErrorKind::Maximum { limit } => ranged("too_large", "violation-too-large", limit),
        ValidationErrorKind::Pattern { pattern } => {
            at("pattern_mismatch", schema_texts::pattern_mismatch(error, pattern))
        }
        ValidationErrorKind::Format { format } => at("wrong_format", schema_texts::wrong_format(format)),
        // A long list is in the document. To repeat it here would hide the error.
        ValidationErrorKind::Enum { options } if options.as_array().is_some_and(|all| all.len() > LISTED_VALUES) => {
            // The first value can mean no value.
            let example = options.get(1).map(Value::to_string).unwrap_or_default();
            at("unknown_value", Text::new("violation-unlisted-value").with("example", example))
        }
        ValidationErrorKind::Enum { options } => at("unknown_value", one_of(options)),
        ValidationErrorKind::Constant { expected_value } => {
            at("unknown_value", Text::new("violation-constant").with("value", expected_value.to_string()))
        }
        ValidationErrorKind::UniqueItems => at("duplicate_item", "violation-repeated-item".into()),
        ValidationErrorKind::MinProperties { .. } => at("empty_object", "violation-empty-object".into()),
        ValidationErrorKind::OneOfNotValid { context } | ValidationErrorKind::AnyOf { context } => {
            if let Some(meant) = meant_variant(context, &pointer) {
                return meant.iter().flat_map(|error| explain(root, error)).collect();
            }
            let shared = shared_by_all(root, context);
            if shared.is_empty() { at("no_variant_fits", "violation-no-variant".into()) } else { shared }
        }
        // No schema has another keyword. Its name would say nothing to the caller.
        _ => at("schema_violation", "violation-invalid".into()),
    }
}

/// The text that lists the possible values, without `null`.
fn one_of(options: &Value) -> Text {
    let options = options.as_array().into_iter().flatten().filter(|option| !option.is_null());
    let listed: Vec<_> = options.map(Value::to_string).collect();
    Text::new("violation-unknown-value").with("values", listed.join(", "))
}

/// The faults of the one variant that was meant: the only one of the type that was sent or, of several, the only one
/// whose word (`kind` and the like) fits.
fn meant_variant<'a, 'b>(variants: &'a [Vec<ValidationError<'b>>], at: &str) -> Option<&'a [ValidationError<'b>]> {
    let other_type = |error: &ValidationError<'_>| {
        matches!(error.kind(), ValidationErrorKind::Type { .. }) && error.instance_path().as_str() == at
    };
    let other_word = |error: &ValidationError<'_>| {
        matches!(error.kind(), ValidationErrorKind::Enum { .. } | ValidationErrorKind::Constant { .. })
            && error.instance_path().as_str().rsplit_once('/').is_some_and(|(object, _)| object == at)
    };
    let of_type: Vec<_> = variants.iter().filter(|errors| !errors.iter().any(other_type)).collect();
    let meant: Vec<_> = match of_type.len() {
        1 => of_type,
        _ => of_type.into_iter().filter(|errors| !errors.iter().any(other_word)).collect(),
    };
    match meant[..] {
        [meant] => Some(meant),
        _ => None,
    }
}

/// The faults that stay whichever variant was meant: a word that none of them has, a member that each of them needs.
fn shared_by_all(root: &Value, variants: &[Vec<ValidationError<'_>>]) -> Vec<Violation> {
    let explained = |errors: &[ValidationError<'_>]| {
        errors.iter().flat_map(|error| explain(root, error)).take(ENOUGH).collect::<Vec<_>>()
    };
    let Some((first, others)) = variants.split_first() else { return Vec::new() };
    let others: Vec<HashSet<(Place, &str)>> =
        others.iter().map(|errors| explained(errors).into_iter().map(|one| (one.place, one.code)).collect()).collect();
    let is_shared = |one: &Violation| others.iter().all(|all| all.contains(&(one.place.clone(), one.code)));
    let shared = explained(first).into_iter().filter(is_shared);
    shared
        .map(|one| {
            if one.code != "unknown_value" {
                return one;
            }
            Violation { detail: one_of(&words_at(variants, &one.place)), ..one }
        })
        .collect()
}

/// The words that any variant has at a place.
fn words_at(variants: &[Vec<ValidationError<'_>>], place: &Place) -> Value {
    let here = |error: &&ValidationError<'_>| *place == Place::Body(error.instance_path().to_string());
    let words = variants.iter().flatten().filter(here).flat_map(|error| match error.kind() {
        ValidationErrorKind::Constant { expected_value } => vec![(**expected_value).clone()],
        ValidationErrorKind::Enum { options } => options.as_array().cloned().unwrap_or_default(),
        _ => Vec::new(),
    });
    words.collect()
}

/// Returns the same violations for query parameters instead of fields.
#[must_use]
pub fn as_parameters(violations: Vec<Violation>) -> Vec<Violation> {
    violations
        .into_iter()
        .map(|violation| match violation.place {
            Place::Body(pointer) => {
                let name = pointer.trim_start_matches('/').split('/').next().unwrap_or_default().to_owned();
                Violation { place: Place::Parameter(name), ..violation }
            }
            _ => violation,
        })
        .collect()
}
