//! JSON bodies and merge patches.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};
use utoipa::ToSchema;
use validator::Validate;

use super::violation_codes;
use crate::kernel::http::body::{self, RequestBody};
use crate::kernel::http::merge_patch::{apply, clearable};
use crate::kernel::http::strict_json::{self, MAX_DEPTH};
use crate::kernel::time::Day;

/// Strict JSON is the JSON that `serde_json` reads, with the same value, less what the rules of `strict_json` refuse.
pub fn json(bytes: &[u8]) -> bool {
    let plain = serde_json::from_slice::<Value>(bytes).ok();
    let (depth, colons) = shape(bytes);
    match (strict_json::parse(bytes), plain) {
        (Ok(strict), plain) => {
            assert!(plain.is_some_and(|plain| is_same(&strict, &plain)), "serde_json reads another value");
            assert!(depth <= MAX_DEPTH, "the depth is {depth}");
            assert_eq!(fields(&strict), colons, "a field is lost");
            assert!(!has_nul(&strict), "a NUL is accepted");
            true
        }
        (Err(refusal), plain) => {
            let codes = violation_codes(&refusal);
            assert_eq!(codes.len(), 1, "{codes:?}");
            let has_reason = plain.is_none_or(|plain| match codes[0] {
                "too_deep" => depth > MAX_DEPTH,
                "duplicate_field" => fields(&plain) < colons,
                "nul_character" => bytes.windows(6).any(|escape| escape == br"\u0000"),
                _ => false,
            });
            assert!(has_reason, "{codes:?} without a reason");
            false
        }
    }
}

/// Returns the depth and the number of colons of a JSON text, outside strings.
fn shape(text: &[u8]) -> (usize, usize) {
    let (mut depth, mut deepest, mut colons, mut in_string) = (0_usize, 0, 0, false);
    let mut bytes = text.iter();
    while let Some(byte) = bytes.next() {
        match (in_string, byte) {
            (true, b'\\') => _ = bytes.next(),
            (_, b'"') => in_string = !in_string,
            (false, b'[' | b'{') => depth += 1,
            (false, b']' | b'}') => depth = depth.saturating_sub(1),
            (false, b':') => colons += 1,
            _ => {}
        }
        deepest = deepest.max(depth);
    }
    (deepest, colons)
}

fn fields(value: &Value) -> usize {
    match value {
        Value::Array(items) => items.iter().map(fields).sum(),
        Value::Object(members) => members.values().map(|member| 1 + fields(member)).sum(),
        _ => 0,
    }
}

fn has_nul(value: &Value) -> bool {
    match value {
        Value::String(text) => text.contains('\0'),
        Value::Array(items) => items.iter().any(has_nul),
        Value::Object(members) => members.iter().any(|(name, member)| name.contains('\0') || has_nul(member)),
        _ => false,
    }
}

/// Whether two values are equal, where 440 is the same as 440.0.
fn is_same(one: &Value, other: &Value) -> bool {
    match (one, other) {
        (Value::Number(one), Value::Number(other)) => one == other || one.as_f64() == other.as_f64(),
        (Value::Array(one), Value::Array(other)) => {
            one.len() == other.len() && one.iter().zip(other).all(|(one, other)| is_same(one, other))
        }
        (Value::Object(one), Value::Object(other)) => {
            let same = |name: &String, value| other.get(name).is_some_and(|other| is_same(value, other));
            one.len() == other.len() && one.iter().all(|(name, value)| same(name, value))
        }
        _ => one == other,
    }
}

/// A record with a field of each kind that patches of the service have.
#[derive(Debug, Clone, PartialEq, Serialize)]
struct Record {
    name: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    title: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    due_on: Option<Day>,
    capacity: i32,
}

#[derive(Debug, Clone, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
struct Patch {
    #[serde(default)]
    #[schema(nullable = false, max_length = 40)]
    name: Option<String>,
    #[serde(default, deserialize_with = "clearable")]
    #[schema(value_type = Option<String>, max_length = 40)]
    title: Option<Option<String>>,
    #[serde(default, deserialize_with = "clearable")]
    #[schema(value_type = Option<Day>)]
    due_on: Option<Option<Day>>,
    #[serde(default)]
    #[schema(nullable = false, format = Int32, minimum = 0, maximum = 1000)]
    capacity: Option<i32>,
}

impl RequestBody for Patch {}

impl Patch {
    /// Returns whether the record changed.
    fn apply(&self, record: &mut Record) -> bool {
        let patch = self.clone();
        let changed = [
            apply(&mut record.name, patch.name),
            apply(&mut record.title, patch.title),
            apply(&mut record.due_on, patch.due_on),
            apply(&mut record.capacity, patch.capacity),
        ];
        changed.contains(&true)
    }
}

/// A patch has the effect that RFC 7396 defines, and none when it is applied again.
pub fn merge_patch(bytes: &[u8]) -> bool {
    let patch: Patch = match body::read(bytes) {
        Ok(patch) => patch,
        Err(refusal) => {
            assert!(!violation_codes(&refusal).is_empty(), "no violation says what is wrong");
            return false;
        }
    };
    let before = Record {
        name: "Launch".to_owned(),
        title: Some("CMO".to_owned()),
        due_on: "2027-03-30".parse().ok(),
        capacity: 4,
    };
    let mut after = before.clone();
    let changed = patch.apply(&mut after);
    assert_eq!(changed, before != after);
    let expected = strict_json::parse(bytes).ok().map(|patch| merged(json!(before), &patch));
    assert_eq!(Some(json!(after)), expected);
    assert!(!patch.apply(&mut after), "a patch that is applied again changes something");
    true
}

/// The algorithm of RFC 7396 section 2.
fn merged(target: Value, patch: &Value) -> Value {
    let Value::Object(patch) = patch else { return patch.clone() };
    let mut members = match target {
        Value::Object(members) => members,
        _ => Map::new(),
    };
    for (name, value) in patch {
        let former = members.remove(name).unwrap_or_default();
        if !value.is_null() {
            members.insert(name.clone(), merged(former, value));
        }
    }
    Value::Object(members)
}
