//! What holds for every rendering of the document.

use serde_json::{Value, json};

use super::{Rendering, rendering};
use crate::kernel::error::Code;
use crate::kernel::locale::Lang;

const RENDERINGS: [Rendering; 3] = [Rendering::V3_1, Rendering::V3_0, Rendering::Lean];

fn visit(value: &Value, path: &str, check: &mut dyn FnMut(&str, &Value)) {
    check(path, value);
    match value {
        Value::Array(items) => {
            items.iter().enumerate().for_each(|(n, item)| visit(item, &format!("{path}/{n}"), check));
        }
        Value::Object(members) => {
            members.iter().for_each(|(name, member)| visit(member, &format!("{path}/{name}"), check));
        }
        _ => {}
    }
}

fn operations(document: &Value) -> impl Iterator<Item = &Value> {
    let items = document["paths"].as_object().unwrap().values();
    items.flat_map(|item| item.as_object().unwrap().values())
}

fn resolved<'a>(document: &'a Value, value: &'a Value) -> &'a Value {
    let reference = value["$ref"].as_str().or_else(|| value["allOf"][0]["$ref"].as_str());
    reference.map_or(value, |reference| document.pointer(reference.trim_start_matches('#')).unwrap())
}

#[test]
fn every_reference_has_a_target() {
    for kind in RENDERINGS {
        let document = rendering(kind).unwrap();
        visit(&document, "", &mut |path, value| {
            if let Some(reference) = value["$ref"].as_str() {
                let found = document.pointer(reference.trim_start_matches('#'));
                assert!(found.is_some(), "{kind:?} {path}: {reference}");
            }
        });
    }
}

#[test]
fn every_example_of_an_error_is_this_error() {
    for kind in RENDERINGS {
        let document = rendering(kind).unwrap();
        for operation in operations(&document) {
            for (status, response) in operation["responses"].as_object().unwrap() {
                if status.as_str() < "400" {
                    continue;
                }
                let context = format!("{kind:?} {} {status}", operation["operationId"]);
                let media = &resolved(&document, response)["content"]["application/problem+json"];
                let several = media["examples"].as_object().into_iter().flatten();
                let named = several.map(|(name, example)| (Some(name.as_str()), &example["value"]));
                let examples: Vec<_> = media.get("example").map(|only| (None, only)).into_iter().chain(named).collect();
                assert!(!examples.is_empty(), "no example: {context}");
                for (name, example) in examples {
                    let code = example["code"].as_str().unwrap();
                    assert!(name.is_none_or(|name| name == code), "{context}");
                    let known = Code::parse(code).unwrap();
                    assert_eq!(known.status().as_str(), status, "{context}");
                    assert_eq!(example["status"].to_string(), *status, "{context}");
                    assert_eq!(example["type"], format!("/problems/{code}"), "{context}");
                    assert_eq!(example["title"], known.title().in_lang(Lang::EN), "{context}");
                }
            }
        }
    }
}

/// Swagger UI makes up a value for a body without an example, such as a random text for a pattern. An object without
/// fields has only one value.
#[test]
fn every_body_has_an_example() {
    let document = rendering(Rendering::Lean).unwrap();
    let mut missing = Vec::new();
    for operation in operations(&document) {
        let responses = operation["responses"].as_object().unwrap().iter();
        let bodies = responses.map(|(status, response)| (status.as_str(), resolved(&document, response)));
        for (place, body) in bodies.chain([("request", &operation["requestBody"])]) {
            for (media_type, media) in body["content"].as_object().into_iter().flatten() {
                let schema = resolved(&document, &media["schema"]);
                let has = ["example", "examples"].iter().any(|name| media.get(*name).is_some());
                let empty = schema["additionalProperties"] == false && schema.get("properties").is_none();
                if !has && !empty && schema.get("example").is_none() {
                    missing.push(format!("{} {place} {media_type}", operation["operationId"]));
                }
            }
        }
    }
    assert!(missing.is_empty(), "no example: {missing:#?}");
}

#[test]
fn the_credentials_of_visitors_and_their_refusals_are_documented() {
    let document = rendering(Rendering::V3_1).unwrap();
    let of = |path: &str| {
        let operation = &document["paths"][path]["post"];
        let refusals = ["401", "403"].map(|status| operation["responses"].get(status).is_some());
        (operation["security"].clone(), refusals, operation.get("x-required-scope").is_some())
    };
    let request = "/v1/callback-requests";
    assert_eq!(of(request), (json!([{}, { "bearer": [] }]), [true, false], false));
    let feedback = format!("{request}/{{id}}/feedback");
    assert_eq!(of(&feedback), (json!([{ "manage_token": [] }]), [true, false], false));
    let cancel = format!("{request}/{{id}}/cancel");
    assert_eq!(of(&cancel), (json!([{ "manage_token": [] }, { "bearer": [] }]), [true, true], true));
}

#[test]
fn the_codes_of_problems_and_violations_are_listed() {
    let document = rendering(Rendering::V3_1).unwrap();
    for (schema, code) in [("Problem", "validation_failed"), ("Violation", "unknown_field")] {
        let codes = &document["components"]["schemas"][schema]["properties"]["code"]["x-extensible-enum"];
        assert!(codes.as_array().unwrap().contains(&json!(code)), "{schema}");
    }
}

#[test]
fn generators_get_one_class_per_tag() {
    let document = rendering(Rendering::V3_1).unwrap();
    let tags: Vec<&Value> = document["tags"].as_array().unwrap().iter().map(|tag| &tag["name"]).collect();
    let of_paths: Vec<&Value> = operations(&document).map(|operation| &operation["tags"][0]).collect();
    for (event, item) in document["webhooks"].as_object().unwrap() {
        let tag = &item["post"]["tags"][0];
        assert!(tags.contains(&tag), "{event}: {tag} has no description");
        assert!(!of_paths.contains(&tag), "{event}: a path has the tag {tag}");
    }
    for tag in of_paths {
        assert!(tags.contains(&tag), "{tag} has no description");
    }
}

#[test]
fn responses_have_no_closed_enumeration_of_their_own() {
    let document = rendering(Rendering::V3_1).unwrap();
    let state = &document["components"]["schemas"]["Project"]["properties"]["state"];
    assert!(state["x-extensible-enum"].is_array() && state.get("enum").is_none(), "{state}");
    assert!(document["components"]["schemas"]["ProjectState"]["enum"].is_array());
}

#[test]
fn the_3_0_rendering_has_no_keyword_of_3_1() {
    let document = rendering(Rendering::V3_0).unwrap();
    let schemas = &document["components"]["schemas"];
    visit(schemas, "", &mut |path, value| {
        assert!(!path.ends_with("/type") || !value.is_array(), "{path}");
        assert!(*value != "null" || !path.ends_with("/type"), "{path}");
        let alone = value.get("$ref").is_none() || value.as_object().is_none_or(|members| members.len() == 1);
        assert!(alone, "{path}: keywords next to $ref");
    });
    let ended = &schemas["Approval"]["properties"]["ended_at"];
    assert!(ended["nullable"] == true && ended["description"].is_string(), "{ended}");
}
