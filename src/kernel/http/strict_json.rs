//! JSON read strictly: what parsers usually forgive is refused here, because two readers that
//! forgive differently see two different requests.
//!
//! Rules: an object names each field once; nesting ends at 32 levels; strings hold no NUL (no
//! database text can) and no half of a surrogate pair. Syntax errors are 400; these are 422.
//! A whole number is an integer however it is written, `440.0` too, as JSON Schema has it.

use std::cell::RefCell;
use std::fmt;

use serde::de::{self, DeserializeSeed, MapAccess, SeqAccess, Visitor};
use serde_json::{Map, Value};

use crate::kernel::error::{Code, Error, Problem, Text, Violation};

/// Deepest nesting of arrays and objects.
pub const MAX_DEPTH: usize = 32;
/// Up to here every whole number is a float of its own: 2^53 (RFC 8259 section 6).
const EXACT: f64 = 9_007_199_254_740_992.0;

/// Reads one JSON text.
///
/// # Errors
/// 400 when it is not JSON, 422 with a pointer when it breaks one of the rules above.
pub fn parse(bytes: &[u8]) -> Result<Value, Error> {
    let walk = Walk::default();
    let mut reader = serde_json::Deserializer::from_slice(bytes);
    let value = Node { walk: &walk, depth: 0 }
        .deserialize(&mut reader)
        .and_then(|value| reader.end().map(|()| value))
        .map_err(|error| walk.explain(&error, bytes.trim_ascii().is_empty()))?;
    Ok(value)
}

/// Where the reader is, and the first rule that was broken.
#[derive(Default)]
struct Walk {
    pointer: RefCell<Vec<String>>,
    fault: RefCell<Option<Violation>>,
}

impl Walk {
    fn pointer(&self) -> String {
        self.pointer
            .borrow()
            .iter()
            .fold(String::new(), |path, step| path + "/" + &step.replace('~', "~0").replace('/', "~1"))
    }

    fn refuse<E: de::Error>(&self, code: &'static str, detail: impl Into<Text>) -> E {
        self.fault.borrow_mut().get_or_insert_with(|| Violation::at(self.pointer(), code, detail));
        E::custom(code)
    }

    fn explain(&self, error: &serde_json::Error, is_empty: bool) -> Error {
        if let Some(violation) = self.fault.borrow_mut().take() {
            return Error::violation(violation);
        }
        let text = error.to_string();
        if text.contains("surrogate") || text.contains("lone leading") || text.contains("unexpected end of hex escape")
        {
            return Error::violation(Violation::at(self.pointer(), "lone_surrogate", "violation-lone-surrogate"));
        }
        let (line, column) = (error.line(), error.column());
        let located = |key: &'static str| Text::new(key).with("line", line).with("column", column);
        let (detail, violation) = match is_empty {
            true => (Text::new("detail-empty-body"), Text::new("violation-empty-body")),
            false => (located("detail-malformed-json"), located("violation-malformed-json")),
        };
        let mut problem = Problem::new(Code::MalformedRequest).because(detail);
        problem.violations.push(Violation::at(self.pointer(), "malformed_json", violation));
        problem.into()
    }
}

struct Node<'w> {
    walk: &'w Walk,
    depth: usize,
}

impl Node<'_> {
    fn deeper<E: de::Error>(&self) -> Result<usize, E> {
        if self.depth >= MAX_DEPTH {
            return Err(self.walk.refuse("too_deep", Text::new("violation-too-deep").with("depth", MAX_DEPTH)));
        }
        Ok(self.depth + 1)
    }

    fn text<E: de::Error>(&self, text: String) -> Result<String, E> {
        if text.contains('\0') {
            return Err(self.walk.refuse("nul_character", "violation-nul"));
        }
        Ok(text)
    }
}

impl<'de> DeserializeSeed<'de> for Node<'_> {
    type Value = Value;

    fn deserialize<D: de::Deserializer<'de>>(self, deserializer: D) -> Result<Value, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Node<'_> {
    type Value = Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("any JSON value")
    }

    fn visit_unit<E>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_bool<E>(self, value: bool) -> Result<Value, E> {
        Ok(Value::Bool(value))
    }

    fn visit_i64<E>(self, value: i64) -> Result<Value, E> {
        Ok(Value::from(value))
    }

    fn visit_u64<E>(self, value: u64) -> Result<Value, E> {
        Ok(Value::from(value))
    }

    fn visit_f64<E>(self, value: f64) -> Result<Value, E> {
        Ok(if value.fract() == 0.0 && value.abs() <= EXACT { Value::from(value as i64) } else { Value::from(value) })
    }

    fn visit_str<E: de::Error>(self, value: &str) -> Result<Value, E> {
        self.text(value.to_owned()).map(Value::String)
    }

    fn visit_string<E: de::Error>(self, value: String) -> Result<Value, E> {
        self.text(value).map(Value::String)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Value, A::Error> {
        let depth = self.deeper()?;
        let mut array = Vec::new();
        loop {
            self.walk.pointer.borrow_mut().push(array.len().to_string());
            let Some(item) = items.next_element_seed(Node { walk: self.walk, depth })? else { break };
            self.walk.pointer.borrow_mut().pop();
            array.push(item);
        }
        self.walk.pointer.borrow_mut().pop();
        Ok(Value::Array(array))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut fields: A) -> Result<Value, A::Error> {
        let depth = self.deeper()?;
        let mut object = Map::new();
        while let Some(name) = fields.next_key::<String>()? {
            let name = self.text(name)?;
            self.walk.pointer.borrow_mut().push(name.clone());
            if object.contains_key(&name) {
                return Err(self.walk.refuse("duplicate_field", "violation-duplicate-field"));
            }
            let value = fields.next_value_seed(Node { walk: self.walk, depth })?;
            self.walk.pointer.borrow_mut().pop();
            object.insert(name, value);
        }
        Ok(Value::Object(object))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn fault(json: &str) -> (Code, String, &'static str) {
        let Err(Error::Problem(problem)) = parse(json.as_bytes()) else { panic!("{json} was taken") };
        let violation = &problem.violations[0];
        let crate::kernel::error::Place::Body(pointer) = &violation.place else { panic!("no pointer") };
        (problem.code, pointer.clone(), violation.code)
    }

    #[test]
    fn each_rule_has_its_code_and_pointer() {
        assert_eq!(fault(r#"{"a":1,"a":2}"#), (Code::ValidationFailed, "/a".into(), "duplicate_field"));
        assert_eq!(fault(r#"{"a":["x","\u0000"]}"#), (Code::ValidationFailed, "/a/1".into(), "nul_character"));
        assert_eq!(fault(r#"{"a/b":"\ud800"}"#), (Code::ValidationFailed, "/a~1b".into(), "lone_surrogate"));
        assert_eq!(fault(&"[".repeat(40)).2, "too_deep");
        assert_eq!(fault(r#"{"a":"#), (Code::MalformedRequest, "/a".into(), "malformed_json"));
        assert_eq!(fault("{} {}").2, "malformed_json");
    }

    #[test]
    fn a_whole_number_is_an_integer_however_it_is_written() {
        let numbers = parse(b"[440.0, 4.4e2, -0.0, 9007199254740992.0, 0.5, 1e300]").unwrap();
        assert_eq!(numbers, serde_json::json!([440, 440, 0, 9_007_199_254_740_992_i64, 0.5, 1e300]));
    }

    proptest! {
        #[test]
        fn bytes_of_any_kind_do_not_panic(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
            let strict = parse(&bytes);
            // Strict never takes what the plain parser refuses.
            prop_assert!(strict.is_err() || serde_json::from_slice::<Value>(&bytes).is_ok());
        }
    }
}
