//! The picture: well-formed whatever the names are, the same bytes for the same report, and nothing
//! that is not a number where a number belongs.

use super::*;
use crate::ids::{AreaId, DepartmentId, PersonId, ProjectId};
use crate::memberships::{Parity, SideStrength};
use crate::ownership::{AreaCoverage, Coverage};
use crate::partnership::dto::Share;
use crate::projects::{MilestoneBody, ParityMeasure};
use crate::time::Day;

fn day(text: &str) -> Day {
    text.parse().unwrap()
}

/// A report of `sides` sides with one area each; `answered` is how many answers each has given.
fn report(sides: u64, name: &str, answered: u32) -> Report {
    let (from, to) = (day("2027-01-04"), day("2027-09-01"));
    let share = |count: i64| Share { count, share: (answered > 0).then(|| 1.0 / sides as f64) };
    let side = |number: u64| SideReport {
        department_id: DepartmentId::demo(number),
        name: format!("{name} {number}"),
        latency: Latency {
            answered,
            waiting: 1,
            unanswered: 0,
            p50_minutes: (answered > 0).then_some(95),
            p90_minutes: (answered > 0).then_some(3070),
            longest_wait_minutes: Some(30),
        },
        decisions_raised: share(2),
        first_answers: share(3),
        vetoes: share(0),
        areas: share(1),
        members: share(1),
    };
    let area = |number: u64| AreaCoverage {
        area_id: AreaId::demo(number),
        key: format!("area-{number}"),
        department_id: DepartmentId::demo(number),
        gaps: if number == 1 { vec![gap("2027-03-01", "2027-03-15")] } else { Vec::new() },
        orphans: Vec::new(),
        side_mismatches: Vec::new(),
        overlaps: Vec::new(),
    };
    Report {
        project_id: ProjectId::demo(1),
        project_name: name.to_owned(),
        as_of: "2027-03-30T07:00:00Z".parse().unwrap(),
        sides: (1..=sides).map(side).collect(),
        parity: Parity {
            project_id: ProjectId::demo(1),
            as_of: day("2027-03-30"),
            holds: true,
            measure: ParityMeasure::Headcount,
            tolerance: 0,
            sides: (1..=sides)
                .map(|number| SideStrength { department_id: DepartmentId::demo(number), members: 1, fte_percent: 100 })
                .collect(),
            breached_at: None,
            grace_ends_on: None,
        },
        milestones: vec![MilestoneBody {
            name: name.to_owned(),
            due_on: day("2027-06-01"),
            first_due_on: Some(day("2027-05-01")),
            slip_days: Some(31),
            history: Vec::new(),
        }],
        coverage: Coverage {
            project_id: ProjectId::demo(1),
            from,
            to,
            complete: false,
            areas: (1..=sides).map(area).collect(),
        },
    }
}

fn gap(from: &str, to: &str) -> crate::ownership::DayInterval {
    crate::ownership::DayInterval { from: day(from), to: day(to) }
}

/// A small reader of markup: every element that is opened is closed, in order, and no data gets out
/// of its place.
fn well_formed(svg: &str) -> Result<(), String> {
    let mut open: Vec<String> = Vec::new();
    let mut rest = svg;
    while let Some(start) = rest.find('<') {
        if rest[..start].contains('>') {
            return Err(format!("a bare > in {}", &rest[..start]));
        }
        let end = rest[start..].find('>').ok_or("an element without an end")? + start;
        let tag = &rest[start + 1..end];
        let name = tag.trim_start_matches('/').split([' ', '\n', '/']).next().unwrap_or_default().to_owned();
        if tag.contains('<') || tag.matches('"').count() % 2 == 1 {
            return Err(format!("a broken tag {tag}"));
        }
        if let Some(closed) = tag.strip_prefix('/') {
            if open.pop().as_deref() != Some(closed) {
                return Err(format!("{closed} is closed where it is not open"));
            }
        } else if !tag.ends_with('/') {
            open.push(name);
        }
        rest = &rest[end + 1..];
    }
    if open.is_empty() { Ok(()) } else { Err(format!("left open: {open:?}")) }
}

#[test]
fn whatever_the_names_are_the_picture_is_well_formed() {
    let long = "x".repeat(120);
    for name in ["One customer", r#"<&">' & <script>alert(1)</script>"#, long.as_str(), "Žluťoučký kůň"] {
        for (sides, answered) in [(2, 12), (8, 3), (2, 0)] {
            for lang in [Lang::Cs, Lang::En] {
                let svg = draw(&report(sides, name, answered), lang);
                well_formed(&svg).unwrap_or_else(|fault| panic!("{fault}: {name} {sides} {lang:?}"));
                assert!(!svg.contains("NaN") && !svg.contains("inf") && !svg.contains("<script"), "{name}");
                assert_eq!(svg, draw(&report(sides, name, answered), lang));
            }
        }
    }
}

#[test]
fn it_says_what_it_shows_in_both_languages() {
    let (cs, en) = (draw(&report(2, "Shop", 4), Lang::Cs), draw(&report(2, "Shop", 4), Lang::En));
    assert!(en.contains("14 days uncovered") && en.contains("<title") && en.contains("<desc"));
    assert!(cs.contains("14 dn") && !cs.contains("uncovered"));
    // Nobody needs the person behind the id.
    assert!(!en.contains(PersonId::demo(1).as_str()));
}

#[test]
fn nothing_answered_is_said_and_not_drawn_as_zero() {
    assert!(draw(&report(2, "Shop", 0), Lang::En).contains("no answers yet"));
}
