//! Checks which components import which, and that the slices of a component have no import cycles.
//!
//! A module is the folder of a slice (`collaboration/approvals`), or a file or folder of `kernel` or `app`
//! (`kernel/http`).
//! Unit tests are ignored: they may import anything.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

/// A component and the components that it may import. No component imports `app`.
const ALLOWED: [(&str, &[&str]); 8] = [
    ("kernel", &[]),
    ("calendar", &["kernel"]),
    ("directory", &["kernel"]),
    ("collaboration", &["kernel", "calendar", "directory"]),
    ("callbacks", &["kernel", "calendar", "directory"]),
    ("integrations", &["kernel", "directory", "collaboration", "callbacks"]),
    ("privacy", &["kernel", "calendar", "directory", "collaboration", "callbacks", "integrations"]),
    ("app", &["kernel", "calendar", "directory", "collaboration", "callbacks", "integrations", "privacy"]),
];

/// Known import cycles. This list may only get shorter.
const KNOWN_CYCLES: [&[&str]; 0] = [];

/// A file of `src/`: its module path, and the paths that it imports.
struct Source {
    module: Vec<String>,
    /// Relative to the root of the crate.
    paths: Vec<Vec<String>>,
}

fn sources() -> Vec<Source> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut files = Vec::new();
    collect(&root, &mut files);
    files.iter().filter(|file| !is_unit_test(file)).map(|file| read(&root, file)).collect()
}

fn collect(folder: &Path, files: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            collect(&path, files);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            files.push(path);
        }
    }
}

fn is_unit_test(file: &Path) -> bool {
    file.file_stem().is_some_and(|stem| stem == "tests" || stem.to_string_lossy().ends_with("_tests"))
}

fn read(root: &Path, file: &Path) -> Source {
    let relative = file.strip_prefix(root).unwrap().with_extension("");
    let mut module: Vec<String> = relative.iter().map(|part| part.to_string_lossy().into_owned()).collect();
    if module.last().is_some_and(|last| last == "mod") {
        module.pop();
    }
    let text = std::fs::read_to_string(file).unwrap();
    let text = text.split("#[cfg(test)]\nmod ").next().unwrap_or_default();
    let code: String =
        text.lines().map(|line| line.split("//").next().unwrap_or_default()).collect::<Vec<_>>().join("\n");
    let mut paths = Vec::new();
    for start in ["crate::", "super::"] {
        for (at, _) in code.match_indices(start) {
            let is_word = code[..at].ends_with(|before: char| before.is_alphanumeric() || "_:$".contains(before));
            if !is_word {
                paths.extend(named(&code[at..], &module));
            }
        }
    }
    Source { module, paths }
}

/// Returns the paths at the start of the text; several for `crate::a::{b, c::d}`.
fn named(text: &str, module: &[String]) -> Vec<Vec<String>> {
    expand(text).into_iter().map(|path| absolute(&path, module)).collect()
}

fn expand(text: &str) -> Vec<Vec<String>> {
    let mut prefix = Vec::new();
    let mut rest = text;
    loop {
        let end = rest.find(|letter: char| !letter.is_alphanumeric() && letter != '_').unwrap_or(rest.len());
        if end > 0 {
            prefix.push(rest[..end].to_owned());
        }
        rest = &rest[end..];
        match rest.strip_prefix("::") {
            Some(more) if end > 0 => rest = more,
            _ => break,
        }
    }
    let Some(group) = rest.strip_prefix('{') else { return vec![prefix] };
    let joined =
        |item: &str| expand(item.trim()).into_iter().map(|tail| prefix.iter().cloned().chain(tail).collect::<Vec<_>>());
    items(group).iter().flat_map(|item| joined(item).collect::<Vec<_>>()).collect()
}

/// Returns the items of a group, up to its closing brace.
fn items(group: &str) -> Vec<String> {
    let (mut items, mut item, mut depth) = (Vec::new(), String::new(), 0);
    for letter in group.chars() {
        match letter {
            '}' if depth == 0 => break,
            ',' if depth == 0 => items.push(std::mem::take(&mut item)),
            _ => {
                depth += i32::from(letter == '{') - i32::from(letter == '}');
                item.push(letter);
            }
        }
    }
    items.push(item);
    items.retain(|item| !item.trim().is_empty());
    items
}

fn absolute(path: &[String], module: &[String]) -> Vec<String> {
    let ups = path.iter().take_while(|part| *part == "super").count();
    let base = if ups > 0 { &module[..module.len().saturating_sub(ups)] } else { &[] };
    let skipped = if ups > 0 { ups } else { 1 };
    base.iter().chain(&path[skipped..]).filter(|part| *part != "self").cloned().collect()
}

/// Returns the slice or file that contains a path; `None` for the root of the crate.
fn place(path: &[String], known: &BTreeSet<String>) -> Option<String> {
    let component = path.first()?;
    let slice = path.get(1).map(|second| format!("{component}/{second}"));
    match slice {
        Some(slice) if known.contains(&slice) => Some(slice),
        _ => ALLOWED.iter().any(|(name, _)| name == component).then(|| component.clone()),
    }
}

/// Returns every folder of a component, and every file of `kernel` and `app`.
fn places(sources: &[Source]) -> BTreeSet<String> {
    let inside = |source: &&Source| {
        source.module.len() > 2 || (source.module.len() == 2 && ["kernel", "app"].contains(&source.module[0].as_str()))
    };
    let folder = |source: &Source| source.module[..2].join("/");
    let with_mod = sources.iter().filter(|source| source.module.len() == 2 && is_folder(&source.module)).map(folder);
    sources.iter().filter(inside).map(folder).chain(with_mod).collect()
}

fn is_folder(module: &[String]) -> bool {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("src").join(module.join("/")).is_dir()
}

type Edges = BTreeMap<String, BTreeMap<String, String>>;

/// Returns which place imports which, with an example of each.
fn edges(sources: &[Source]) -> Edges {
    let known = places(sources);
    let mut edges = Edges::new();
    for source in sources {
        let Some(from) = place(&source.module, &known) else { continue };
        for path in &source.paths {
            let Some(to) = place(path, &known).filter(|to| *to != from) else { continue };
            let example = format!("src/{}.rs names {}", source.module.join("/"), path.join("::"));
            edges.entry(from.clone()).or_default().entry(to).or_insert(example);
        }
    }
    edges
}

fn component(place: &str) -> &str {
    place.split('/').next().unwrap_or(place)
}

#[test]
fn components_import_only_allowed_components() {
    let edges = edges(&sources());
    let mut broken = Vec::new();
    for (from, targets) in &edges {
        let (_, allowed) = ALLOWED.iter().find(|(name, _)| *name == component(from)).unwrap();
        for (to, example) in targets {
            if component(from) != component(to) && !allowed.contains(&component(to)) {
                broken.push(format!("{from} may not import {to}: {example}"));
            }
        }
    }
    assert!(broken.is_empty(), "{}", broken.join("\n"));
    // Fails if the sources were not read.
    assert!(edges.len() > 30, "{edges:?}");
    assert!(edges["kernel/tx"].contains_key("kernel/record"));
}

#[test]
fn slices_import_each_other_in_one_direction() {
    let edges = edges(&sources());
    let cycles: Vec<String> = cycles(&edges).iter().map(|cycle| cycle.join(", ")).collect();
    let known: Vec<String> = KNOWN_CYCLES.iter().map(|cycle| cycle.join(", ")).collect();
    let examples = |cycle: &str| {
        let members: Vec<&str> = cycle.split(", ").collect();
        let inside = |from: &&str| edges[*from].iter().filter(|(to, _)| members.contains(&to.as_str()));
        members
            .iter()
            .flat_map(|from| inside(from).map(|(_, example)| example.clone()))
            .collect::<Vec<_>>()
            .join("\n  ")
    };
    let report = cycles.iter().map(|cycle| format!("{cycle}\n  {}", examples(cycle))).collect::<Vec<_>>().join("\n");
    assert_eq!(cycles, known, "import cycles:\n{report}");
}

/// Returns the sets of places that import each other, largest first.
fn cycles(edges: &Edges) -> Vec<Vec<String>> {
    let reach = |from: &String| {
        let (mut seen, mut open) = (BTreeSet::new(), vec![from.clone()]);
        while let Some(place) = open.pop() {
            for to in edges.get(&place).into_iter().flat_map(BTreeMap::keys) {
                if seen.insert(to.clone()) {
                    open.push(to.clone());
                }
            }
        }
        seen
    };
    let reached: BTreeMap<&String, BTreeSet<String>> = edges.keys().map(|place| (place, reach(place))).collect();
    let mut found = BTreeSet::new();
    for (place, targets) in reached.iter().filter(|(place, targets)| targets.contains(**place)) {
        let mutual = |to: &&String| reached.get(to).is_some_and(|back| back.contains(*place));
        found.insert(targets.iter().filter(mutual).cloned().collect::<Vec<_>>());
    }
    let mut found: Vec<_> = found.into_iter().collect();
    found.sort_by_key(|cycle| std::cmp::Reverse(cycle.len()));
    found
}
