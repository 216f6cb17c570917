//! The texts in `locales/`: complete, with the same arguments in every language, and used.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

/// Prefixes of keys; a literal in the sources that starts with one of them is a key.
const PREFIXES: [&str; 11] = [
    "problem-",
    "page-",
    "forbidden-",
    "detail-",
    "violation-",
    "blocker-",
    "confirmation-",
    "form-",
    "script-",
    "chart-",
    "record-",
];

/// Keys (also of attributes) with the arguments of their texts.
type Keys = BTreeMap<String, BTreeSet<String>>;

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn arguments(text: &str) -> BTreeSet<String> {
    let names = text.split('$').skip(1);
    names.map(|rest| rest.split(|c: char| !c.is_alphanumeric() && c != '_').next().unwrap().to_owned()).collect()
}

fn keys_of(file: &Path) -> Keys {
    let mut keys = Keys::new();
    let mut message = String::new();
    let mut current = String::new();
    for line in fs::read_to_string(file).unwrap().lines().filter(|line| !line.starts_with('#')) {
        let started = line.split_once(" =").filter(|(key, _)| !key.contains([' ', '{']) || key.trim().starts_with('.'));
        match started {
            Some((key, _)) if key.starts_with("    .") => current = format!("{message}{}", key.trim()),
            Some((key, _)) if !key.starts_with(' ') && !key.is_empty() => {
                message = key.to_owned();
                current = key.to_owned();
                assert!(!keys.contains_key(key), "{}: {key} occurs twice", file.display());
            }
            _ => {}
        }
        if !current.is_empty() {
            keys.entry(current.clone()).or_default().extend(arguments(line));
        }
    }
    keys
}

fn languages() -> Vec<(String, BTreeMap<String, Keys>)> {
    let folders = fs::read_dir(root().join("locales")).unwrap().map(|folder| folder.unwrap().path());
    let name = |path: &Path| path.file_name().unwrap().to_str().unwrap().to_owned();
    let mut found: Vec<_> = folders
        .map(|folder| {
            let files = fs::read_dir(&folder).unwrap().map(|file| file.unwrap().path());
            (name(&folder), files.map(|file| (name(&file), keys_of(&file))).collect())
        })
        .collect();
    found.sort_by(|one: &(String, _), other| one.0.cmp(&other.0));
    found
}

fn sources(folder: &Path, into: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()) {
        if entry.is_dir() {
            sources(&entry, into);
        } else if entry.extension().is_some_and(|kind| kind == "rs") {
            into.push(entry);
        }
    }
}

/// The literals of the sources that are keys.
fn used_keys() -> BTreeSet<String> {
    let mut files = Vec::new();
    sources(&root().join("src"), &mut files);
    let mut used = BTreeSet::new();
    for text in files.iter().map(|file| fs::read_to_string(file).unwrap()) {
        let literals = text.split('"').skip(1);
        used.extend(
            literals
                .filter(|literal| {
                    PREFIXES.iter().any(|prefix| literal.starts_with(prefix) && literal.len() > prefix.len())
                })
                .filter(|literal| literal.chars().all(|c| c.is_ascii_alphanumeric() || "-_.".contains(c)))
                .map(str::to_owned),
        );
    }
    used
}

#[test]
fn every_language_has_every_text_with_the_same_arguments() {
    let languages = languages();
    let english = &languages.iter().find(|(name, _)| name == "en").unwrap().1;
    for (name, files) in &languages {
        assert!(files.keys().eq(english.keys()), "{name}: {:?}", files.keys());
        for (file, keys) in files {
            let model = &english[file];
            let names = |keys: &Keys| keys.keys().cloned().collect::<Vec<_>>();
            assert_eq!(names(keys), names(model), "{name}/{file}");
            for (key, arguments) in keys {
                assert_eq!(arguments, &model[key], "{name}/{file}: {key}");
            }
        }
    }
}

/// Arguments are integers, so Czech needs `one`, `few` and `other`, but not `many`, which is for fractions.
#[test]
fn plurals_have_the_forms_of_their_language() {
    let mut plurals = 0;
    for (language, files) in languages() {
        for file in files.keys() {
            let text = fs::read_to_string(root().join("locales").join(&language).join(file)).unwrap();
            let forms = |name: &str| text.lines().filter(|line| line.trim_start().starts_with(name)).count();
            let few = if language == "cs" { forms("[one]") } else { 0 };
            assert_eq!((forms("[few]"), forms("[many]")), (few, 0), "{language}/{file}");
            plurals += forms("[one]");
        }
    }
    assert!(plurals > 0);
}

#[test]
fn every_text_is_used_and_every_used_text_exists() {
    let english = languages().into_iter().find(|(name, _)| name == "en").unwrap().1;
    let known: BTreeSet<String> = english.into_values().flat_map(Keys::into_keys).collect();
    let mut used = used_keys();
    // Problem codes, the form and its scripts compose their keys. Their own tests compare them with the files.
    let composed = |key: &String| ["problem-", "form-", "script-"].iter().any(|prefix| key.starts_with(prefix));
    used.retain(|key| !composed(key));
    let used: Vec<_> = used.iter().collect();
    let known: Vec<_> = known.iter().filter(|key| !composed(key)).collect();
    assert_eq!(used, known);
}

#[test]
fn every_problem_code_has_its_texts() {
    let english = languages().into_iter().find(|(name, _)| name == "en").unwrap().1;
    let codes = entente::kernel::error::Code::ALL.iter().map(|code| code.as_str());
    let wanted: BTreeSet<String> = codes
        .flat_map(|code| ["", ".detail", ".remedy", ".title"].map(|attribute| format!("problem-{code}{attribute}")))
        .collect();
    let known = english.into_values().flat_map(Keys::into_keys).filter(|key| key.starts_with("problem-"));
    assert_eq!(known.collect::<BTreeSet<_>>(), wanted);
}

/// The form shows the text of a problem only if it starts with an apology; other texts are for developers.
#[test]
fn texts_that_the_form_shows_start_with_an_apology_in_every_language() {
    use entente::kernel::error::Text;
    use entente::kernel::locale::Lang;
    let english = languages().into_iter().find(|(name, _)| name == "en").unwrap().1;
    let starts = |key: &str, lang: Lang| {
        let sorry = Text::new("script-sorry").in_lang(lang);
        Text::new(key.to_owned()).in_lang(lang).starts_with(&sorry)
    };
    let mut shown = 0;
    for key in english["visitors.ftl"].keys().filter(|key| starts(key, Lang::EN)) {
        shown += 1;
        for lang in Lang::all() {
            assert!(starts(key, *lang), "{}: {key}", lang.as_str());
        }
    }
    assert!(shown > 0);
}

/// Responses are compared with the list by the schema of the document.
#[test]
fn every_listed_code_of_a_violation_is_used() {
    use entente::kernel::error::VIOLATION_CODES;
    let mut files = Vec::new();
    sources(&root().join("src"), &mut files);
    files.retain(|file| !file.ends_with("kernel/violation_codes.rs"));
    let texts: Vec<_> = files.iter().map(|file| fs::read_to_string(file).unwrap()).collect();
    for code in VIOLATION_CODES {
        let literal = format!("\"{code}\"");
        assert!(texts.iter().any(|text| text.contains(&literal)), "{code} is not used");
    }
    assert!(VIOLATION_CODES.windows(2).all(|pair| pair[0] < pair[1]), "the codes are not sorted");
}

/// Placeholders would show as `{$name}`, unknown keys as the key.
#[test]
fn a_language_is_a_folder() {
    use entente::kernel::locale::Lang;
    let folders: Vec<_> = languages().into_iter().map(|(name, _)| name).collect();
    assert_eq!(Lang::all().iter().map(|lang| lang.as_str()).collect::<Vec<_>>(), folders);
}
