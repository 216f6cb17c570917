//! Requests are checked against the very schema that the document shows for them.
//!
//! Rule: the shape of a request (types, required and unknown members, lengths, patterns, ranges)
//! is stated once, in the `ToSchema` of its type; the document prints it and this file enforces
//! it, so the two cannot drift. All violations are found in one pass.

use std::any::TypeId;
use std::collections::{HashMap, HashSet};
use std::sync::{Arc, LazyLock, PoisonError, RwLock};

use jsonschema::error::{TypeKind, ValidationErrorKind};
use jsonschema::{ValidationError, Validator};
use serde_json::{Value, json};
use utoipa::ToSchema;

use crate::kernel::error::{Error, Place, Text, Violation};

/// Most values that the text of a violation lists.
const LISTED_VALUES: usize = 20;
/// So many violations are enough to go on with, and keep the work and the answer small.
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
    let mut found: Vec<_> = validator.iter_errors(value).flat_map(|error| explain(&error)).take(ENOUGH).collect();
    // What is too short or too long has not the form either; once is enough.
    let misfits: Vec<_> =
        found.iter().filter(|one| one.code.starts_with("too_")).map(|one| one.place.clone()).collect();
    found.retain(|one| one.code != "wrong_form" || !misfits.contains(&one.place));
    Ok(found)
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
    let parts: serde_json::Map<String, Value> = parts
        .into_iter()
        .map(|(name, part)| Ok((name, serde_json::to_value(part).map_err(Error::internal)?)))
        .collect::<Result<_, Error>>()?;
    if let Some(object) = schema.as_object_mut() {
        object.insert("components".into(), json!({ "schemas": parts }));
    }
    Ok(schema)
}

fn explain(error: &ValidationError<'_>) -> Vec<Violation> {
    let pointer = error.instance_path().to_string();
    let at = |code, en: String, cs: String| vec![Violation::at(pointer.clone(), code, Text::new(en, cs))];
    match error.kind() {
        ValidationErrorKind::AdditionalProperties { unexpected } => unexpected
            .iter()
            .map(|name| {
                let pointer = format!("{pointer}/{}", name.replace('~', "~0").replace('/', "~1"));
                Violation::at(
                    pointer,
                    "unknown_field",
                    Text::new("There is no such member.", "Takový člen neexistuje."),
                )
            })
            .collect(),
        ValidationErrorKind::Required { property } => vec![Violation::at(
            format!("{pointer}/{}", property.as_str().unwrap_or_default()),
            "required",
            Text::new("This is required.", "Toto je povinné."),
        )],
        ValidationErrorKind::Type { kind } => {
            let expected = match kind {
                TypeKind::Single(one) => one.to_string(),
                TypeKind::Multiple(many) => many.iter().map(|one| one.to_string()).collect::<Vec<_>>().join(" or "),
            };
            at("wrong_type", format!("Expected {expected}."), format!("Očekává se typ {expected}."))
        }
        ValidationErrorKind::MaxLength { limit } => {
            let (en, cs) = characters(*limit);
            at("too_long", format!("At most {en}."), format!("Nejvýše {cs}."))
        }
        ValidationErrorKind::MinLength { limit } => {
            let (en, cs) = characters(*limit);
            at("too_short", format!("At least {en}."), format!("Alespoň {cs}."))
        }
        ValidationErrorKind::MaxItems { limit } => {
            at("too_many_items", format!("At most {limit} items."), format!("Nejvýše {limit} položek."))
        }
        ValidationErrorKind::MinItems { limit } => {
            at("too_few_items", format!("At least {limit} items."), format!("Alespoň {limit} položek."))
        }
        ValidationErrorKind::Minimum { limit } => {
            at("too_small", format!("At least {limit}."), format!("Alespoň {limit}."))
        }
        ValidationErrorKind::Maximum { limit } => {
            at("too_large", format!("At most {limit}."), format!("Nejvýše {limit}."))
        }
        ValidationErrorKind::Pattern { pattern } => {
            at("wrong_form", format!("Does not have the form {pattern}."), format!("Nemá tvar {pattern}."))
        }
        ValidationErrorKind::Format { format } => {
            at("wrong_format", format!("This is not a valid {format}."), format!("Toto není platný formát {format}."))
        }
        // A long list is in the document; repeating it here would bury the fault.
        ValidationErrorKind::Enum { options } if options.as_array().is_some_and(|all| all.len() > LISTED_VALUES) => at(
            "unknown_value",
            "This is none of the values that the document lists.".into(),
            "Toto není žádná z hodnot, které uvádí dokument.".into(),
        ),
        ValidationErrorKind::Enum { options } => {
            at("unknown_value", format!("Expected one of {options}."), format!("Očekává se jedna z hodnot {options}."))
        }
        ValidationErrorKind::Constant { expected_value } => {
            at("unknown_value", format!("Expected {expected_value}."), format!("Očekává se {expected_value}."))
        }
        ValidationErrorKind::UniqueItems => {
            at("repeated_item", "The items must differ.".into(), "Položky se musí lišit.".into())
        }
        ValidationErrorKind::MinProperties { .. } => {
            at("nothing_to_change", "Name at least one member.".into(), "Uveďte alespoň jeden člen.".into())
        }
        ValidationErrorKind::OneOfNotValid { context } | ValidationErrorKind::AnyOf { context } => {
            if let Some(meant) = meant_variant(context, &pointer) {
                return meant.iter().flat_map(explain).collect();
            }
            let shared = shared_by_all(context);
            if !shared.is_empty() {
                return shared;
            }
            at(
                "no_variant_fits",
                "This fits none of the documented variants.".into(),
                "Toto neodpovídá žádné z popsaných podob.".into(),
            )
        }
        other => at(
            "breaks_schema",
            format!("This breaks the rule \"{}\" of the schema.", other.keyword()),
            format!("Toto porušuje pravidlo „{}“ schématu.", other.keyword()),
        ),
    }
}

/// How many characters, in English and in the Czech of numbers.
fn characters(count: u64) -> (String, String) {
    match count {
        1 => ("1 character".to_owned(), "1 znak".to_owned()),
        2..=4 => (format!("{count} characters"), format!("{count} znaky")),
        _ => (format!("{count} characters"), format!("{count} znaků")),
    }
}

/// The faults of the one variant that was meant: the only one of the type that was sent or, of several, the only one whose
/// word (`kind` and the like) fits.
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
fn shared_by_all(variants: &[Vec<ValidationError<'_>>]) -> Vec<Violation> {
    let told = |errors: &[ValidationError<'_>]| errors.iter().flat_map(explain).take(ENOUGH).collect::<Vec<_>>();
    let Some((first, others)) = variants.split_first() else { return Vec::new() };
    let others: Vec<HashSet<(Place, &str)>> =
        others.iter().map(|errors| told(errors).into_iter().map(|one| (one.place, one.code)).collect()).collect();
    let is_shared = |one: &Violation| others.iter().all(|all| all.contains(&(one.place.clone(), one.code)));
    let shared = told(first).into_iter().filter(is_shared);
    shared
        .map(|one| {
            if one.code != "unknown_value" {
                return one;
            }
            let words = words_at(variants, &one.place);
            let text = Text::new(format!("Expected one of {words}."), format!("Očekává se jedna z hodnot {words}."));
            Violation { detail: text, ..one }
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

/// The same violations, told of query parameters instead of body members.
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
