//! Runs each target on its seeds and on mutations of them. The mutations are the same in each run;
//! `ENTENTE_TEST_FUZZ_SEED` selects others, and `ENTENTE_TEST_FUZZ_ROUNDS` their number.

use std::panic::catch_unwind;
use std::path::{Path, PathBuf};

use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};

use super::{TARGETS, Target};

const SEED: u64 = 593_736_284;
const ROUNDS: u64 = 1_000;
/// Maximum length of an input, in bytes.
const MAX_LENGTH: usize = 4_096;

#[test]
fn any_accept_language_selects_an_offered_language() {
    check("accept_language");
}

#[test]
fn any_text_that_is_read_as_an_api_key_is_one() {
    check("api_key");
}

#[test]
fn closed_days_of_any_calendar_file_can_be_written_and_read() {
    check("calendar_file");
}

#[test]
fn no_header_hides_a_client_address() {
    check("client_address");
}

#[test]
fn a_cursor_is_valid_for_its_own_list_only() {
    check("cursor");
}

#[test]
fn a_condition_holds_only_if_it_lists_the_tag() {
    check("entity_tag");
}

#[test]
fn a_file_of_evidence_is_valid_only_exactly_as_it_was_written() {
    check("evidence");
}

#[test]
fn an_id_has_one_form() {
    check("id");
}

#[test]
fn any_json_has_the_value_that_another_parser_reads() {
    check("json");
}

#[test]
fn any_merge_patch_has_the_effect_of_rfc_7396() {
    check("merge_patch");
}

#[test]
fn people_of_any_file_can_be_written_and_read() {
    check("people_file");
}

#[test]
fn a_phone_number_has_the_digits_that_were_typed() {
    check("phone");
}

#[test]
fn the_next_page_of_any_query_has_the_same_filters() {
    check("query");
}

#[test]
fn any_instant_is_the_one_that_another_parser_reads() {
    check("time");
}

#[test]
fn a_window_has_one_form() {
    check("window");
}

#[test]
fn every_target_has_seeds_and_a_test() {
    let mut folders: Vec<String> = std::fs::read_dir(folder("seeds"))
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    folders.sort();
    assert_eq!(folders, TARGETS.map(|(name, _)| name));
    let tests = include_str!("tests.rs");
    assert!(TARGETS.iter().all(|(name, _)| tests.contains(&format!("    check(\"{name}\");"))));
    let page = include_str!("../../../docs/contributing/fuzzing.md");
    for (name, _) in TARGETS {
        assert!(page.contains(&format!("| `{name}` |")), "{name} is not described");
    }
}

/// The build of `fuzz/run` refuses a lock file that is not complete. It is too long for each change, so that this would
/// be noticed late.
#[test]
fn the_lock_file_of_the_fuzz_program_has_all_dependencies() {
    let manifest = include_str!("../../../Cargo.toml");
    let section = manifest.split("\n[dependencies]\n").nth(1).unwrap().split("\n[").next().unwrap();
    let lock = include_str!("../../../fuzz/Cargo.lock");
    let package = lock.split("[[package]]").find(|package| package.contains("\nname = \"entente\"\n")).unwrap();
    let required = section.lines().filter(|line| !line.starts_with('#') && !line.contains("optional = true"));
    let names: Vec<_> = required.filter_map(|line| line.split_once(" = ")).map(|(name, _)| name).collect();
    assert!(names.len() > 40, "{names:?}");
    for name in names {
        // Of several versions, the lock file names one.
        let is_listed = package.contains(&format!(" \"{name}\",")) || package.contains(&format!(" \"{name} "));
        assert!(
            is_listed,
            "{name} is missing in fuzz/Cargo.lock: cargo update --workspace --manifest-path fuzz/Cargo.toml"
        );
    }
}

fn check(name: &str) {
    let (_, target) = TARGETS.into_iter().find(|(known, _)| *known == name).unwrap();
    let (seeds, tokens) = (seeds(name), tokens(name));
    let accepted = seeds.iter().filter(|seed| run(name, target, seed)).count();
    // Seeds of which all are refused do not reach the code behind the first check.
    assert!(0 < accepted && accepted < seeds.len(), "{accepted} of {} seeds are accepted", seeds.len());
    let mut random = StdRng::seed_from_u64(setting("ENTENTE_TEST_FUZZ_SEED").unwrap_or(SEED));
    for _ in 0..setting("ENTENTE_TEST_FUZZ_ROUNDS").unwrap_or(ROUNDS) {
        run(name, target, &mutated(&seeds, &tokens, &mut random));
    }
}

fn run(name: &str, target: Target, input: &[u8]) -> bool {
    let accepted = catch_unwind(|| target(input));
    accepted.unwrap_or_else(|_| panic!("the property {name} does not hold for b\"{}\"", input.escape_ascii()))
}

#[expect(clippy::disallowed_methods, reason = "tests have no settings of their own")]
fn setting(name: &str) -> Option<u64> {
    std::env::var(name).ok().map(|text| text.parse().unwrap_or_else(|_| panic!("{name}: {text:?} is not a number")))
}

fn folder(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("fuzz").join(name)
}

/// Returns the seeds in the order of their names, so that each run has the same mutations.
fn seeds(name: &str) -> Vec<Vec<u8>> {
    let files = std::fs::read_dir(folder("seeds").join(name)).unwrap();
    let mut paths: Vec<PathBuf> = files.map(|file| file.unwrap().path()).collect();
    paths.sort();
    paths.iter().map(|path| std::fs::read(path).unwrap()).collect()
}

/// Returns the tokens of the dictionary: the lines of `fuzz/dictionaries/<name>`, each in quotes.
fn tokens(name: &str) -> Vec<Vec<u8>> {
    let text = std::fs::read_to_string(folder("dictionaries").join(name)).unwrap_or_default();
    let quoted = text.lines().filter_map(|line| line.strip_prefix('"')?.strip_suffix('"'));
    quoted.map(unescaped).collect()
}

/// Reads the escapes of a libFuzzer dictionary: `\\`, `\"` and `\x0d`.
fn unescaped(token: &str) -> Vec<u8> {
    let mut bytes = Vec::new();
    let mut rest = token.bytes();
    while let Some(byte) = rest.next() {
        bytes.push(match byte {
            b'\\' => match rest.next().unwrap() {
                b'x' => {
                    let digits = [rest.next().unwrap(), rest.next().unwrap()];
                    u8::from_str_radix(std::str::from_utf8(&digits).unwrap(), 16).unwrap()
                }
                escaped => escaped,
            },
            byte => byte,
        });
    }
    bytes
}

/// Returns a seed after one to four random changes.
fn mutated(seeds: &[Vec<u8>], tokens: &[Vec<u8>], random: &mut StdRng) -> Vec<u8> {
    let mut input = pick(seeds, random).to_vec();
    for _ in 0..random.random_range(1..=4) {
        let at = random.random_range(0..=input.len());
        let end = (at + random.random_range(1..=8)).min(input.len());
        match random.random_range(0..6) {
            0 if at < end => input[at] ^= 1 << random.random_range(0..8_u32),
            1 => drop(input.drain(at..end)),
            2 if !tokens.is_empty() => insert(&mut input, at, pick(tokens, random)),
            3 => {
                let part = input[at..end].to_vec();
                insert(&mut input, at, &part.repeat(random.random_range(1..=3)));
            }
            4 => insert(&mut input, at, &[random.random_range(0..=u8::MAX)]),
            _ => {
                let other = pick(seeds, random);
                input.truncate(at);
                input.extend_from_slice(&other[random.random_range(0..=other.len())..]);
            }
        }
    }
    input.truncate(MAX_LENGTH);
    input
}

fn pick<'a>(all: &'a [Vec<u8>], random: &mut StdRng) -> &'a [u8] {
    &all[random.random_range(0..all.len())]
}

fn insert(input: &mut Vec<u8>, at: usize, bytes: &[u8]) {
    drop(input.splice(at..at, bytes.iter().copied()));
}
