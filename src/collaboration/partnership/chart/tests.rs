//! The chart is well-formed for every name, contains only valid numbers, and shows exactly the data of the report.

use super::axis::{Scale, ticks};
use super::*;
use crate::collaboration::memberships::dto::{Parity, SideStrength};
use crate::collaboration::ownership::coverage::{Interval, PersonInterval};
use crate::collaboration::ownership::dto::{AreaCoverage, Coverage};
use crate::collaboration::partnership::dto::Portion;
use crate::collaboration::projects::{MilestoneBody, ParityMeasure};
use crate::kernel::ids::{AreaId, DepartmentId, PersonId, ProjectId};
use crate::kernel::time::Day;

const HOSTILE: &str = "<&\">'\u{fffe} ]]><!-- &amp; --></text>";

fn day(text: &str) -> Day {
    text.parse().unwrap()
}

fn days(from: &str, to: &str) -> Interval {
    Interval { from: day(from), to: day(to) }
}

fn side(number: u64, name: &str, share: Option<f64>) -> SideReport {
    let share = Portion { count: i64::from(share.is_some()), share };
    SideReport {
        department_id: DepartmentId::demo(number),
        name: name.to_owned(),
        latency: Latency {
            responded: 12,
            pending: 1,
            without_response: 0,
            p50_minutes: share.share.map(|_| 95),
            p90_minutes: share.share.map(|_| 3070),
            longest_wait_minutes: Some(30),
        },
        decisions_raised: share,
        first_responses: share,
        rejections: share,
        areas: share,
        members: share,
    }
}

fn area(number: u64, key: &str) -> AreaCoverage {
    AreaCoverage {
        area_id: AreaId::demo(number),
        key: key.to_owned(),
        department_id: DepartmentId::demo(1),
        gaps: Vec::new(),
        orphans: Vec::new(),
        side_mismatches: Vec::new(),
        overlaps: Vec::new(),
    }
}

fn milestone(name: &str, due_on: &str, first: &str) -> MilestoneBody {
    let (due_on, first) = (day(due_on), day(first));
    let slip_days = Some(first.days_until(due_on) as i32);
    MilestoneBody { name: name.to_owned(), due_on, first_due_on: Some(first), slip_days, history: Vec::new() }
}

/// Builds a report of two sides with one area without problems.
fn report(names: [&str; 2], share: Option<f64>) -> Report {
    let strength = |number| SideStrength { department_id: DepartmentId::demo(number), members: 3, fte_percent: 250 };
    let project_id = ProjectId::demo(1);
    Report {
        project_id,
        project_name: names[0].to_owned(),
        as_of: "2027-03-30T08:00:00Z".parse().unwrap(),
        sides: vec![side(1, names[0], share), side(2, names[1], share)],
        parity: Parity {
            project_id,
            as_of: day("2027-03-30"),
            holds: true,
            measure: ParityMeasure::Headcount,
            tolerance: 0,
            sides: vec![strength(1), strength(2)],
            breached_at: None,
            grace_ends_on: None,
        },
        milestones: vec![milestone(names[1], "2027-05-17", "2027-04-30")],
        coverage: Coverage {
            project_id,
            starts_on: day("2027-01-04"),
            ends_on: day("2027-09-01"),
            complete: true,
            areas: vec![area(1, "data-policy")],
        },
    }
}

/// Checks that every tag is closed by the matching tag, and that `&` and `<` are only used as markup.
fn assert_well_formed(svg: &str) {
    let mut open = Vec::new();
    for piece in svg.split('<').skip(1) {
        let (tag, text) = piece.split_once('>').expect("a tag ends");
        assert_eq!(tag.matches('"').count() % 2, 0, "{tag}");
        assert!(!text.contains('>'), "{text}");
        let name = tag.split([' ', '/']).find(|part| !part.is_empty()).unwrap();
        match (tag.starts_with('/'), tag.ends_with('/')) {
            (true, _) => assert_eq!(open.pop(), Some(name), "{tag}"),
            (false, true) => {}
            (false, false) => open.push(name),
        }
    }
    assert!(open.is_empty(), "{open:?}");
    for rest in svg.split('&').skip(1) {
        assert!(["amp;", "lt;", "gt;", "quot;", "#39;"].iter().any(|name| rest.starts_with(name)), "{rest:.20}");
    }
    assert!(!svg.contains('\u{fffe}'));
    for wrong in ["NaN", "inf", "-0\""] {
        assert!(!svg.contains(wrong), "{wrong}");
    }
}

/// Returns the number of drawn gaps, without the one in the legend.
fn gaps_in(svg: &str) -> usize {
    svg.matches("-gap)\"").count() - 1
}

#[test]
fn hostile_and_long_names_stay_text() {
    let long = "W".repeat(120);
    for names in [[HOSTILE, "IT"], [&long, HOSTILE], ["顧客", "\u{202e}שיווק"]] {
        for lang in Lang::all().iter().copied() {
            let svg = draw(&report(names, Some(0.5)), lang);
            assert_well_formed(&svg);
            assert!(!svg.contains("--></text>"));
        }
    }
    let svg = draw(&report([&long, "IT"], Some(0.5)), Lang::EN);
    assert!(svg.contains("WWW…</text>"));
    assert!(svg.contains(&format!("<title id=\"{}-en-title\">", ProjectId::demo(1).as_str())));
}

#[test]
fn eight_sides_fit() {
    let mut report = report([HOSTILE, "IT"], Some(0.125));
    report.sides = (1..=8).map(|number| side(number, &"W".repeat(120), Some(0.125))).collect();
    for lang in Lang::all().iter().copied() {
        let svg = draw(&report, lang);
        assert_well_formed(&svg);
        assert!(svg.contains(">H<"));
    }
}

#[test]
fn a_cut_text_does_not_exceed_its_width() {
    let style = Type::of(12.0).within(100.0);
    for text in ["W".repeat(120), "i".repeat(120), "Právní oddělení a ochrana údajů".to_owned(), "客".repeat(40)]
    {
        let cut = style.fit(&text);
        assert!(cut.ends_with('…') && style.measure(&cut) <= 100.0, "{cut}");
    }
    assert_eq!(style.fit("IT"), "IT");
}

#[test]
fn gaps_and_other_problems_are_drawn_and_counted() {
    let mut report = report(["Marketing", "IT"], Some(0.5));
    assert_eq!(gaps_in(&draw(&report, Lang::EN)), 0);

    let area = &mut report.coverage.areas[0];
    area.gaps = vec![days("2027-04-10", "2027-04-24").into(), days("2027-06-01", "2027-06-02").into()];
    let owner_on = |from, to| PersonInterval { days: days(from, to), person: PersonId::demo(77) };
    area.orphans = vec![owner_on("2027-05-01", "2027-05-13").into()];
    area.side_mismatches = vec![owner_on("2027-07-01", "2027-07-06").into()];
    let svg = draw(&report, Lang::EN);
    assert_eq!(gaps_in(&svg), 2);
    assert!(svg.contains(">15 days uncovered<") && svg.contains(">12 d non-member, 5 d other side<"));
    assert!(draw(&report, Lang::CS).contains(">15 dní bez pokrytí<"));
    // The chart does not reveal the ids of people.
    assert!(!svg.contains(PersonId::demo(77).as_str()));
}

#[test]
fn gaps_are_limited_to_the_period_and_adjacent_gaps_are_merged() {
    let mut report = report(["Marketing", "IT"], Some(0.5));
    report.coverage.areas[0].gaps = vec![days("2020-01-01", "2037-01-01").into()];
    let svg = draw(&report, Lang::EN);
    assert!(svg.contains(">240 days uncovered<"));
    assert_eq!(gaps_in(&svg), 1);

    let first = day("2027-01-04");
    let many = (0..10_000).map(|n| Interval { from: first.plus_days(2 * n), to: first.plus_days(2 * n + 1) }.into());
    report.coverage.areas[0].gaps = many.collect();
    report.coverage.ends_on = first.plus_days(20_000);
    assert_eq!(gaps_in(&draw(&report, Lang::EN)), 1);
}

#[test]
fn areas_with_problems_come_first_and_hidden_areas_are_counted() {
    let mut report = report(["Marketing", "IT"], Some(0.5));
    report.coverage.areas = (0..200).map(|number| area(number, &format!("area-{number}"))).collect();
    report.coverage.areas[199].gaps = vec![days("2027-04-10", "2027-04-24").into()];
    let svg = draw(&report, Lang::EN);
    assert!(svg.contains(">area-199<") && svg.contains(">area-28<") && !svg.contains(">area-29<"));
    assert!(svg.contains(">and 170 more areas without gaps<"));
    assert!(draw(&report, Lang::CS).contains(">a 170 dalších oblastí bez mezer<"));
}

#[test]
fn a_slipped_milestone_shows_both_dates() {
    let mut report = report(["Marketing", "Database"], Some(0.5));
    let svg = draw(&report, Lang::EN);
    assert!(svg.contains(">Database · 17 May 2027 (+17 d)<"));
    let diamonds = |svg: &str| svg.matches("l5 5l-5 5l-5 -5z").count() - 2;
    assert_eq!(diamonds(&svg), 2);

    report.milestones =
        vec![milestone("Kept", "2027-05-17", "2027-05-17"), milestone("Past", "2026-01-01", "2026-01-01")];
    let svg = draw(&report, Lang::EN);
    assert_eq!(diamonds(&svg), 1);
    assert!(svg.contains(">Milestones outside this period: 1<"));
}

#[test]
fn a_hundred_milestones_fit() {
    let mut report = report(["Marketing", "IT"], Some(0.5));
    let name = "m".repeat(120);
    report.milestones =
        (0..100).map(|n| milestone(&name, &day("2027-01-04").plus_days(2 * n).to_string(), "2027-08-31")).collect();
    let svg = draw(&report, Lang::CS);
    assert_well_formed(&svg);
    assert!(svg.contains("Milníky, na jejichž popisek nezbylo místo: "));
}

#[test]
fn an_empty_report_is_drawn_without_invalid_numbers() {
    let mut report = report(["Marketing", "IT"], None);
    report.coverage.ends_on = report.coverage.starts_on;
    for lang in Lang::all().iter().copied() {
        assert_well_formed(&draw(&report, lang));
    }
    report.coverage.areas.clear();
    report.milestones.clear();
    report.sides[0].rejections.share = Some(f64::NAN);
    let svg = draw(&report, Lang::EN);
    assert_well_formed(&svg);
    assert_eq!(svg.matches(">no data<").count(), 5);
    assert_eq!(svg.matches(">no responses yet<").count(), 2);
    report.sides.clear();
    report.parity.sides.clear();
    assert_well_formed(&draw(&report, Lang::CS));
}

#[test]
fn the_labels_of_the_axis_do_not_touch() {
    let from = day("2027-01-20");
    for length in [1, 2, 7, 30, 59, 90, 240, 400, 800, 2000, 10_000, 100_000, 2_800_000] {
        let scale = Scale::over(from, from.plus_days(length));
        for lang in Lang::all().iter().copied() {
            let ticks = ticks(scale, Labels::of(lang));
            let ends = ticks.iter().map(|tick| tick.x + 4.0 + Type::of(11.0).measure(&tick.label));
            assert!(ticks.iter().skip(1).zip(ends).all(|(next, end)| end <= next.x), "{length} {ticks:?}");
            assert!(!ticks.is_empty() && ticks.len() <= 9, "{length}");
        }
    }
}

#[test]
fn every_language_shows_the_figures() {
    let mut report = report(["Marketing", "IT"], Some(0.5));
    let english = draw(&report, Lang::EN);
    for text in ["p90: 51 h 10 min", "A 50%", "Parity holds", "3 members, FTE 250%", "today 30 Mar 2027"] {
        assert!(english.contains(text), "{text}");
    }
    assert!(english.contains("Decision latency: Marketing – p50 1 h 35 min, p90 51 h 10 min; IT – p50"));
    report.parity.holds = false;
    report.parity.grace_ends_on = Some(day("2027-04-13"));
    let czech = draw(&report, Lang::CS);
    for text in ["lang=\"cs\"", "A 50\u{a0}%", "Parita není dodržena", "3 členové, úvazky 250\u{a0}%", "do 13. 4. 2027"]
    {
        assert!(czech.contains(text), "{text}");
    }
    let german = draw(&report, "de".parse().unwrap());
    for text in ["A 50\u{a0}%", "Parität nicht eingehalten", "3 Mitglieder, VZÄ 250\u{a0}%", "Frist bis 13.4.2027"] {
        assert!(german.contains(text), "{text}");
    }
}

#[test]
fn the_labels_of_every_language_fit() {
    let mut report = report(["Marketing", "IT"], Some(0.5));
    let owner_on = |from, to| PersonInterval { days: days(from, to), person: PersonId::demo(77) };
    let area = &mut report.coverage.areas[0];
    area.gaps = vec![days("2027-04-10", "2027-04-24").into()];
    area.orphans = vec![owner_on("2027-05-01", "2027-05-13").into()];
    area.side_mismatches = vec![owner_on("2027-07-01", "2027-07-06").into()];
    report.parity.grace_ends_on = Some(day("2027-04-13"));
    for measure in [ParityMeasure::Headcount, ParityMeasure::Fte] {
        report.parity.measure = measure;
        for lang in Lang::all().iter().copied() {
            let svg = draw(&report, lang);
            // Labels that do not fit are cut with an ellipsis.
            assert!(!svg.contains('…'), "{} {svg}", lang.as_str());
        }
    }
}

#[test]
fn the_same_report_gives_the_same_bytes() {
    let report = report(["Marketing", "IT"], Some(0.5));
    assert_eq!(draw(&report, Lang::CS), draw(&report, Lang::CS));
    let svg = draw(&report, Lang::CS);
    for foreign in ["<script", "<image", "foreignObject", "href", "style=", "<style", "@import"] {
        assert!(!svg.contains(foreign), "{foreign}");
    }
}
