//! Which methods each path has, read from the document: exact `Allow` for 405 and OPTIONS.

use std::collections::BTreeMap;

use actix_web::{HttpRequest, HttpResponse, web};
use utoipa::openapi::path::Paths;

use crate::error::{Code, Error, Problem};

/// The paths of the document with their methods.
#[derive(Debug, Clone, Default)]
pub struct MethodTable {
    paths: Vec<(Vec<String>, String)>,
}

impl MethodTable {
    /// From the collected paths.
    #[must_use]
    pub fn new(paths: &Paths) -> Self {
        let paths = paths
            .paths
            .iter()
            .map(|(template, item)| {
                let has = BTreeMap::from([
                    ("DELETE", item.delete.is_some()),
                    ("GET", item.get.is_some()),
                    ("HEAD", item.get.is_some()),
                    ("PATCH", item.patch.is_some()),
                    ("POST", item.post.is_some()),
                    ("PUT", item.put.is_some()),
                ]);
                let mut allowed: Vec<&str> =
                    has.into_iter().filter(|(_, has)| *has).map(|(method, _)| method).collect();
                allowed.push("OPTIONS");
                (segments(template), allowed.join(", "))
            })
            .collect();
        Self { paths }
    }

    /// The methods of the path, as `Allow` lists them; a literal segment wins over a parameter.
    #[must_use]
    pub fn allowed(&self, path: &str) -> Option<&str> {
        let wanted = segments(path);
        self.paths
            .iter()
            .filter(|(template, _)| fits(template, &wanted))
            .min_by_key(|(template, _)| template.iter().filter(|segment| is_parameter(segment)).count())
            .map(|(_, allowed)| allowed.as_str())
    }
}

fn segments(path: &str) -> Vec<String> {
    path.split('/').map(str::to_owned).collect()
}

fn is_parameter(segment: &str) -> bool {
    segment.starts_with('{')
}

fn fits(template: &[String], path: &[String]) -> bool {
    template.len() == path.len()
        && template
            .iter()
            .zip(path)
            .all(|(expected, found)| if is_parameter(expected) { !found.is_empty() } else { expected == found })
}

/// Answers whatever no route took: OPTIONS, a wrong method, or a path that is not there.
///
/// # Errors
/// 404 or 405.
pub async fn unrouted(request: HttpRequest, table: web::Data<MethodTable>) -> Result<HttpResponse, Error> {
    match table.allowed(request.path()) {
        None => Err(Error::not_found()),
        Some(allowed) if request.method() == "OPTIONS" => {
            Ok(HttpResponse::NoContent().insert_header(("Allow", allowed)).finish())
        }
        Some(allowed) => Err(Problem::new(Code::MethodNotAllowed).header("Allow", allowed).into()),
    }
}
