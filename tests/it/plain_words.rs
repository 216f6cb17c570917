//! Checks that texts are written in plain English: no private metaphors, no outdated terms, one word per concept. Reads
//! the OpenAPI document, the documentation, the English messages, and the comments and strings of the source code.

use std::collections::{BTreeSet, HashMap};
use std::path::{Path, PathBuf};

use serde_json::Value;

/// Words and phrases that texts must not contain, and what to write instead. Lower case; whole words only; spaces match
/// any white space.
const BANNED: &[(&str, &str)] = &[
    // Unusual words and phrases.
    ("whoever", "name the caller or the person"),
    ("whomever", "name the caller or the person"),
    ("nobody", "no person, no caller; or name who does not"),
    ("somebody", "a person, another person, a caller"),
    ("everybody", "all callers, all people"),
    ("anew", "again"),
    ("afresh", "again"),
    ("thereof", "of it"),
    ("therein", "in it"),
    ("herein", "here"),
    ("hereby", "nothing"),
    ("beside", "next to, in addition to"),
    ("besides", "in addition, in addition to"),
    ("how-manieth", "sequence number"),
    ("so many", "this number of"),
    ("as it is now", "current"),
    ("as it stands", "current"),
    ("how it stands", "its current state"),
    ("of ours", "of the service"),
    ("of theirs", "of the receiver, of the caller"),
    ("after rfc", "as defined in RFC"),
    ("none of this", "not"),
    ("know of", "have access to"),
    ("tell of", "are about, describe"),
    ("tells of", "is about, describes"),
    ("told", "informed, specified, returned"),
    ("as told", "as specified"),
    ("mend", "fix"),
    ("mends", "fixes"),
    ("borne", "tolerated"),
    // Metaphors.
    ("house", "service, component"),
    ("room", "capacity, space"),
    ("rooms", "capacity"),
    ("courier", "endpoint worker"),
    ("parcel", "delivery"),
    ("parcels", "deliveries"),
    ("lane", "queue"),
    ("lanes", "queues"),
    ("gate", "lock"),
    ("tombstone", "redacted"),
    ("tombstones", "redacted"),
    ("voice", "delegate"),
    ("voices", "delegates"),
    ("speak for", "respond for"),
    ("speaks for", "responds for, is the sponsor of"),
    ("takes the word", "responds"),
    ("go home", "return, close"),
    ("goes home", "returns, closes"),
    ("way home", "return"),
    ("let in", "accepted, released"),
    ("lets in", "accepts, releases"),
    ("kept back", "quarantined"),
    ("keeps back", "quarantines"),
    ("unsteady", "degraded"),
    ("spoken for", "assigned"),
    ("seat", "sponsor; capacity of a slot"),
    ("seats", "sponsors; capacity of a slot"),
    ("seated", "assigned"),
    ("sits for", "is the sponsor of"),
    ("vacate", "remove the sponsor"),
    ("leaver", "deactivated person"),
    ("leavers", "deactivated people"),
    ("wish", "request, preference"),
    ("wishes", "requests, preferences"),
    ("press", "execute, select, call"),
    ("presses", "executes, selects, calls"),
    ("pressed", "executed, selected, called"),
    ("given up", "cancelled, exhausted"),
    ("is over", "has ended"),
    ("are over", "have ended"),
    ("put to", "submitted to"),
    ("forgotten", "erased, deleted"),
    ("forgets", "erases, deletes, discards"),
    // One word per concept.
    ("answered", "responded"),
    ("answers", "responds; responses"),
    ("answers with", "returns"),
    ("joint consent", "approval"),
    ("open consent", "open approval"),
    ("by consent", "with approval"),
    ("consent of the", "approval of the"),
    ("consent of all", "approval of all"),
    ("consent of both", "approval of both"),
    ("consents of a", "approvals of a"),
    ("calendar closure", "closed day"),
    ("software", "application"),
    ("leaver report", "offboarding report"),
    ("leaver-report", "offboarding-report"),
    ("body member", "field"),
    ("body members", "fields"),
    ("json member", "field"),
    ("unknown member", "unknown field"),
    ("undocumented member", "undocumented field"),
    // Identifiers of 0.2.0.
    ("unknown_member", "unknown_field"),
    ("conflicting_member", "conflicting_field"),
    ("consent_required", "approval_required"),
    ("person_left", "person_deactivated"),
    ("seats_left", "capacity_remaining"),
    ("assigned_to", "agent_id"),
    ("asked_by", "requested_by"),
    ("asked_at", "requested_at"),
    ("answered_at", "responded_at"),
    ("seat_sponsor", "assign_sponsor"),
    ("vacate_sponsor", "remove_sponsor"),
    ("grant_delegation", "create_delegation"),
    ("raise_decision", "create_decision"),
    ("draw_partnership", "get_partnership_chart"),
    ("leaver_report", "offboarding_report"),
    ("settled_at", "ended_at"),
    ("quarantined_for", "quarantine_reason"),
    ("vetoes", "rejections"),
    ("veto", "rejection"),
    ("duplicate_member", "duplicate_field"),
    ("repeated_item", "duplicate_item"),
    ("repeated_field", "duplicate_field"),
    ("repeated_parameter", "duplicate_parameter"),
    ("wrong_form", "pattern_mismatch"),
    ("two_people", "ambiguous_person"),
    ("use_a_transfer", "transfer_required"),
    ("has_begun", "already_started"),
    ("goals_do_not_match", "goals_mismatch"),
    ("template_does_not_fit", "template_mismatch"),
];

/// Where a banned phrase is allowed: the path starts with the first text. Each entry has its reason.
const EXCEPTIONS: &[(&str, &str, &str)] = &[
    ("docs/adr/0009", "answers", "a question is answered, not a request"),
    ("docs/adr/0017", "assigned_to", "describes the schema of 0.2.0"),
];

/// Replaces code in [`prose`]. Phrases do not extend across it.
const CODE: char = '\u{1}';

struct Document {
    /// A path, for texts in the OpenAPI document with the JSON pointer.
    place: String,
    text: String,
    has_lines: bool,
}

impl Document {
    fn file(path: &Path, text: String) -> Self {
        Self { place: path.display().to_string(), text, has_lines: true }
    }
}

struct Word<'a> {
    text: &'a str,
    line: usize,
    /// Whether only white space is between this word and the previous one.
    is_adjacent: bool,
}

/// Returns the words of a text: letters, digits, `_` and inner hyphens.
fn words(text: &str) -> Vec<Word<'_>> {
    let (mut words, mut line, mut is_adjacent, mut rest) = (Vec::new(), 1, false, text);
    while let Some(letter) = rest.chars().next() {
        let length = if is_word(letter) {
            let end = rest.find(|letter: char| !is_word(letter) && letter != '-').unwrap_or(rest.len());
            words.push(Word { text: rest[..end].trim_end_matches('-'), line, is_adjacent });
            is_adjacent = true;
            end
        } else {
            line += usize::from(letter == '\n');
            is_adjacent &= letter.is_whitespace();
            letter.len_utf8()
        };
        rest = &rest[length..];
    }
    words
}

fn is_word(letter: char) -> bool {
    letter.is_alphanumeric() || letter == '_'
}

type Phrases = HashMap<&'static str, Vec<(Vec<&'static str>, &'static str, &'static str)>>;

/// Returns the banned phrases by their first words, each with its other words.
fn phrases() -> Phrases {
    let mut phrases = Phrases::new();
    for (phrase, replacement) in BANNED {
        let mut words = phrase.split(' ');
        phrases.entry(words.next().unwrap()).or_default().push((words.collect(), *phrase, *replacement));
    }
    phrases
}

/// Returns the banned phrases in a text, each with its line and what to write instead.
fn findings(text: &str, phrases: &Phrases) -> Vec<(usize, &'static str, &'static str)> {
    let text = text.to_lowercase();
    let words = words(&text);
    let mut found = Vec::new();
    for (index, word) in words.iter().enumerate() {
        for (others, phrase, replacement) in phrases.get(word.text).into_iter().flatten() {
            let following = &words[index + 1..];
            let matches = following.len() >= others.len()
                && others.iter().zip(following).all(|(other, word)| word.is_adjacent && word.text == *other);
            if matches {
                found.push((word.line, *phrase, *replacement));
            }
        }
    }
    found
}

/// Returns the comments and string literals of Rust source code on their lines, and optionally the names of functions
/// with spaces.
fn prose(source: &str, with_functions: bool) -> String {
    let mut prose = String::with_capacity(source.len());
    let mut rest = source;
    while let Some(letter) = rest.chars().next() {
        let length = if rest.starts_with("//") {
            let end = rest.find('\n').unwrap_or(rest.len());
            prose.push_str(rest[..end].trim_start_matches(['/', '!']));
            end
        } else if let Some((text, length)) = raw_string(rest).or_else(|| string(rest)) {
            prose.push(CODE);
            prose.push_str(&text.replace("\\\n", "\n").replace("\\n", "  "));
            prose.push(CODE);
            length
        } else if let Some(name) = rest.strip_prefix("fn ").filter(|_| with_functions) {
            let name = &name[..name.find(|letter: char| !is_word(letter)).unwrap_or(name.len())];
            prose.push(CODE);
            prose.push_str(&name.replace('_', " "));
            prose.push(CODE);
            "fn ".len() + name.len()
        } else if letter.is_whitespace() {
            prose.push(letter);
            letter.len_utf8()
        } else {
            prose.push(CODE);
            code_length(rest, letter)
        };
        rest = &rest[length..];
    }
    prose
}

/// Returns the content of the raw string at the start, and the length of the literal.
fn raw_string(source: &str) -> Option<(&str, usize)> {
    let after = source.strip_prefix('r')?;
    let hashes = after.len() - after.trim_start_matches('#').len();
    let content = after[hashes..].strip_prefix('"')?;
    let end = content.find(&format!("\"{}", "#".repeat(hashes)))?;
    Some((&content[..end], end + 3 + 2 * hashes))
}

/// Returns the content of the string at the start, and the length of the literal.
fn string(source: &str) -> Option<(&str, usize)> {
    let content = source.strip_prefix('"')?;
    let mut is_escaped = false;
    let end = content.find(|letter: char| {
        let is_end = letter == '"' && !is_escaped;
        is_escaped = letter == '\\' && !is_escaped;
        is_end
    })?;
    Some((&content[..end], end + 2))
}

/// Returns the length of the word, the character literal or the symbol at the start.
fn code_length(source: &str, first: char) -> usize {
    if is_word(first) {
        return source.find(|letter: char| !is_word(letter)).unwrap_or(source.len());
    }
    let mut following = source[first.len_utf8()..].chars();
    match (first, following.next(), following.next()) {
        // At least the escaped character is part of the literal, also if it is a quote.
        ('\'', Some('\\'), Some(escaped)) => {
            let start = 2 + escaped.len_utf8();
            source[start..].find('\'').map_or(1, |end| start + end + 1)
        }
        ('\'', Some(letter), Some('\'')) => letter.len_utf8() + 2,
        _ => first.len_utf8(),
    }
}

/// Returns the files in a folder with this extension, in all subfolders; none if the folder does not exist.
fn files(folder: &str, extension: &str) -> BTreeSet<PathBuf> {
    let mut files = BTreeSet::new();
    let mut folders = vec![PathBuf::from(folder)];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).into_iter().flatten() {
            let path = entry.unwrap().path();
            if path.is_dir() && path.file_name().is_some_and(|name| name != "node_modules") {
                folders.push(path);
            } else if path.extension().is_some_and(|found| found == extension) {
                files.insert(path);
            }
        }
    }
    files
}

fn read(path: impl AsRef<Path>) -> String {
    let path = path.as_ref();
    std::fs::read_to_string(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// Adds the summaries and descriptions of a part of the OpenAPI document.
fn collect_descriptions(value: &Value, pointer: &str, documents: &mut Vec<Document>) {
    let children: Vec<(String, &Value)> = match value {
        Value::Object(fields) => fields.iter().map(|(name, child)| (name.replace('/', "~1"), child)).collect(),
        Value::Array(items) => items.iter().enumerate().map(|(index, child)| (index.to_string(), child)).collect(),
        _ => Vec::new(),
    };
    for (name, child) in children {
        let pointer = format!("{pointer}/{name}");
        match child {
            Value::String(text) if ["summary", "description"].contains(&name.as_str()) => {
                documents.push(Document { place: pointer, text: text.clone(), has_lines: false });
            }
            _ => collect_descriptions(child, &pointer, documents),
        }
    }
}

/// Returns the changelog without older releases and without tables, which contain the old names.
fn changelog() -> String {
    let text = read("CHANGELOG.md");
    let current = text.split("\n## [0.2.0]").next().unwrap_or_default();
    current.split('\n').map(|line| if line.starts_with('|') { "" } else { line }).collect::<Vec<_>>().join("\n")
}

fn documents() -> Vec<Document> {
    let mut documents = Vec::new();
    let document: Value = serde_json::from_str(&read("openapi/openapi.json")).unwrap();
    collect_descriptions(&document, "openapi/openapi.json#", &mut documents);
    documents.push(Document::file(Path::new("CHANGELOG.md"), changelog()));
    let pages = ["README.md", "CONTRIBUTING.md", "SECURITY.md"].map(PathBuf::from);
    for path in pages.into_iter().chain(files("docs", "md")).chain(files("locales/en", "ftl")) {
        documents.push(Document::file(&path, read(&path)));
    }
    for (folder, with_functions) in [("src", false), ("tests", true)] {
        // This file contains all banned words.
        for path in files(folder, "rs").into_iter().filter(|path| !path.ends_with("plain_words.rs")) {
            documents.push(Document::file(&path, prose(&read(&path), with_functions)));
        }
    }
    documents
}

#[test]
fn texts_contain_no_banned_words() {
    let phrases = phrases();
    let mut faults = Vec::new();
    let mut used_exceptions = BTreeSet::new();
    for document in documents() {
        for (line, phrase, replacement) in findings(&document.text, &phrases) {
            let exception = EXCEPTIONS
                .iter()
                .position(|(path, allowed, _)| document.place.starts_with(*path) && *allowed == phrase);
            if let Some(exception) = exception {
                used_exceptions.insert(exception);
                continue;
            }
            let line = if document.has_lines { format!(":{line}") } else { String::new() };
            faults.push(format!("{}{line}: \"{phrase}\"; write: {replacement}", document.place));
        }
    }
    assert!(faults.is_empty(), "{} banned words:\n{}", faults.len(), faults.join("\n"));
    assert_eq!(
        used_exceptions.len(),
        EXCEPTIONS.len(),
        "an exception is not needed any more; used: {used_exceptions:?}"
    );
}

#[test]
fn the_scan_reads_comments_strings_and_function_names() {
    let source = "/// Informs\n/// whoever asks.\nfn the_house() {\n    let seat = '\"'; // kept\n    // back\n    \
                  let b = r#\"a \"lane\"\"#; // anew\n    print(\"of \\\n        ours\");\n}\n";
    let found = findings(&prose(source, true), &phrases());
    let found: Vec<_> = found.iter().map(|(line, phrase, _)| (*line, *phrase)).collect();
    assert_eq!(found, [(2, "whoever"), (3, "house"), (4, "kept back"), (6, "lane"), (6, "anew"), (7, "of ours")]);
}
