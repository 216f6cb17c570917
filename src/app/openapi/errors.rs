//! The content of error responses: for each code that a response can have, an example that is this error.

use serde_json::{Map, Value, json};

use crate::kernel::error::Code;
use crate::kernel::locale::Lang;

/// Returns the content of an error response. Its description names the codes in backticks; a description without codes
/// means the most common code of the status. `period` has the query parameters of an operation without a body that are
/// the start and the end of a period.
pub fn content(status: &str, description: &str, path: &str, period: Option<[&str; 2]>) -> Value {
    let codes = codes(status, description);
    let example = |code: Code| example(code, path, period);
    let mut media = json!({ "schema": { "$ref": "#/components/schemas/Problem" } });
    match codes.as_slice() {
        [] => {}
        [only] => media["example"] = example(*only),
        several => {
            media["examples"] = several
                .iter()
                .map(|code| {
                    let shown = json!({ "summary": code.title().in_lang(Lang::EN), "value": example(*code) });
                    (code.as_str().to_owned(), shown)
                })
                .collect::<Map<_, _>>()
                .into();
        }
    }
    json!({ "application/problem+json": media })
}

fn codes(status: &str, description: &str) -> Vec<Code> {
    let mut codes = Vec::new();
    // The parts with an odd index are in backticks.
    let named = description.split('`').skip(1).step_by(2).filter_map(Code::parse);
    for code in named.filter(|code| code.status().as_str() == status) {
        if !codes.contains(&code) {
            codes.push(code);
        }
    }
    if codes.is_empty() {
        codes.extend(usual(status));
    }
    codes
}

/// The code of an error response whose description names none.
fn usual(status: &str) -> Option<Code> {
    Some(match status {
        "404" => Code::NotFound,
        "409" => Code::Conflict,
        "422" => Code::ValidationFailed,
        _ => return Code::ALL.iter().copied().find(|code| code.status().as_str() == status),
    })
}

fn example(code: Code, path: &str, period: Option<[&str; 2]>) -> Value {
    let mut problem = json!({
        "type": format!("/problems/{}", code.as_str()),
        "title": code.title().in_lang(Lang::EN),
        "status": code.status().as_u16(),
        "detail": code.detail().in_lang(Lang::EN),
        "instance": path,
        "code": code.as_str(),
        "request_id": "b7f3a0c29d5e4d0f8f0b6a1c2d3e4f50"
    });
    match code {
        Code::InvalidParameter => {
            problem["errors"] = json!([{
                "parameter": "limit", "code": "too_large", "detail": "Must be at most 100."
            }]);
        }
        Code::ValidationFailed => {
            problem["errors"] = match period {
                Some([from, to]) => {
                    let detail = format!("`{to}` must be after `{from}`.");
                    json!([{ "parameter": to, "code": "not_after_start", "detail": detail }])
                }
                None => json!([{ "pointer": "/name", "code": "required", "detail": "This field is required." }]),
            };
        }
        _ => {}
    }
    problem
}
