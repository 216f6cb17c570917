//! The panel of the chart with the ownership coverage of every area over time, and the milestones above it.
//!
//! Rules: intervals less than a pixel apart are drawn as one, so that the SVG stays small; a gap of one day is visible
//! even in the longest project; areas with problems come first.

use super::axis::{Scale, months, ticks};
use super::labels::Labels;
use super::milestones;
use super::parts::{ALARM, Frame, INK, MUTED, Mark, RULE, Sheet, Type};
use crate::collaboration::ownership::AreaCoverage;
use crate::collaboration::partnership::dto::Report;

const LEFT: f64 = 32.0;
const INNER: f64 = 896.0;
const ROW: f64 = 28.0;
const MOST_AREAS: usize = 30;

/// Returns the fill patterns. Their ids start with `prefix`, so that they are unique on a page with several charts.
#[must_use]
pub fn patterns(prefix: &str) -> String {
    format!(
        "<pattern id=\"{prefix}-gap\" width=\"6\" height=\"6\" patternUnits=\"userSpaceOnUse\">\
         <rect width=\"6\" height=\"6\" fill=\"#ffffff\"/>\
         <path d=\"M-1 1l2 -2M0 6l6 -6M5 7l2 -2\" stroke=\"{ALARM}\" stroke-width=\"1.6\"/></pattern>\
         <pattern id=\"{prefix}-orphan\" width=\"4\" height=\"4\" patternUnits=\"userSpaceOnUse\">\
         <rect width=\"4\" height=\"4\" fill=\"#ffffff\"/><rect width=\"2\" height=\"4\" fill=\"{INK}\"/></pattern>"
    )
}

/// Draws the panel from `top` down. Returns where it ends.
pub fn draw(sheet: &mut Sheet, report: &Report, labels: &Labels, prefix: &str, top: f64) -> f64 {
    let areas = &report.coverage.areas;
    let gappy = areas.iter().filter(|area| !area.gaps.is_empty()).count();
    let sentence = format!("{}. {}", period(report, labels), labels.with_gaps(gappy, areas.len()));
    sheet.heading((LEFT, top), INNER, labels.coverage, &sentence);
    if areas.is_empty() && report.milestones.is_empty() {
        return top + 50.0;
    }
    let y = legend(sheet, labels, prefix, !report.milestones.is_empty(), top + 58.0);
    let scale = Scale::over(report.coverage.starts_on, report.coverage.ends_on);
    let axis = y + 26.0;
    let (milestones, notes) = milestones::place(report, labels, scale);
    let rows = axis + milestones.height() + 6.0;
    let ordered = worst_first(areas);
    let shown = ordered.len().min(MOST_AREAS);
    let bottom = rows + ROW * shown as f64;

    grid(sheet, labels, scale, (axis, bottom));
    for (index, area) in ordered.iter().take(MOST_AREAS).enumerate() {
        row(sheet, report, labels, (*area, prefix, scale), rows + ROW * index as f64);
    }
    let bottom = today(sheet, report, labels, scale, (axis, bottom));
    milestones.draw(sheet, axis);
    footer(sheet, labels, &ordered, notes, bottom)
}

/// Formats the first and the last checked day.
fn period(report: &Report, labels: &Labels) -> String {
    let (first, last) = (report.coverage.starts_on, report.coverage.ends_on.plus_days(-1));
    if first < last { format!("{} – {}", labels.day(first), labels.day(last)) } else { labels.day(first) }
}

/// Sorts the areas: those with gaps, then those with other problems, then the rest; otherwise in the order of the
/// report.
fn worst_first(areas: &[AreaCoverage]) -> Vec<&AreaCoverage> {
    let mut ordered: Vec<_> = areas.iter().collect();
    ordered.sort_by_key(|area| (area.gaps.is_empty(), !has_problems(area)));
    ordered
}

fn has_problems(area: &AreaCoverage) -> bool {
    !(area.gaps.is_empty() && area.orphans.is_empty() && area.side_mismatches.is_empty())
}

/// Draws the legend of the fill patterns and, on a second line, of the milestone symbols.
fn legend(sheet: &mut Sheet, labels: &Labels, prefix: &str, milestones: bool, top: f64) -> f64 {
    let style = Type::of(12.0);
    let (mut x, mut y) = (LEFT, top);
    let items = [labels.gap, labels.orphan, labels.mismatch, labels.milestone, labels.first_date];
    for (index, text) in items.into_iter().take(if milestones { 5 } else { 3 }).enumerate() {
        if index == 3 {
            (x, y) = (LEFT, y + 22.0);
        }
        match index {
            0 => gap(sheet, prefix, Frame { x, y: y + 2.0, w: 24.0, h: 12.0 }),
            1 => stripe(sheet, Stripe::Orphan, prefix, Frame { x, y: y + 6.0, w: 24.0, h: 5.0 }),
            2 => stripe(sheet, Stripe::Mismatch, prefix, Frame { x, y: y + 6.0, w: 24.0, h: 5.0 }),
            _ => sheet.diamond((x + 12.0, y + 8.0), index == 4),
        }
        sheet.text((x + 30.0, y + 12.5), style, text);
        x += 30.0 + style.measure(text) + 16.0;
    }
    y + 22.0
}

/// Draws the labels of the time axis and the lines below them.
fn grid(sheet: &mut Sheet, labels: &Labels, scale: Scale, (axis, bottom): (f64, f64)) {
    for tick in ticks(scale, labels) {
        sheet.line((tick.x, axis - 14.0), (tick.x, bottom), &format!("stroke=\"{RULE}\""));
        sheet.text((tick.x + 4.0, axis - 4.0), Type::of(11.0).fill(MUTED), &tick.label);
    }
    for x in months(scale) {
        sheet.line((x, axis), (x, axis + 5.0), &format!("stroke=\"{MUTED}\""));
    }
    sheet.line((scale.left(), axis), (scale.right(), axis), &format!("stroke=\"{MUTED}\""));
}

/// Draws a line through all rows at the day of the report, with a label below it. Returns where the label ends.
fn today(sheet: &mut Sheet, report: &Report, labels: &Labels, scale: Scale, (top, bottom): (f64, f64)) -> f64 {
    let day = report.as_of.day();
    if day < report.coverage.starts_on || day >= report.coverage.ends_on {
        return bottom;
    }
    let x = scale.x(day);
    // A white edge on both sides makes the line visible on the bars.
    sheet.line((x, top), (x, bottom + 4.0), "stroke=\"#ffffff\" stroke-width=\"3\" stroke-opacity=\"0.9\"");
    sheet.line((x, top), (x, bottom + 4.0), &format!("stroke=\"{INK}\" stroke-width=\"1.5\" stroke-dasharray=\"5 3\""));
    let label = format!("{} {}", labels.today, labels.day(day));
    sheet.text((x, bottom + 16.0), Type::of(11.0).bold().middle(), &label);
    bottom + 18.0
}

/// Draws one area: the mark of its side, its days, and a summary of its problems.
fn row(
    sheet: &mut Sheet,
    report: &Report,
    labels: &Labels,
    (area, prefix, scale): (&AreaCoverage, &str, Scale),
    y: f64,
) {
    let mark = Mark::of(report, area.department_id);
    sheet.badge(LEFT, y + 4.0, mark);
    sheet.text((LEFT + 22.0, y + 16.5), Type::of(12.0).within(scale.left() - LEFT - 32.0), &area.key);

    let days = Frame { x: scale.left(), y: y + 5.0, w: scale.right() - scale.left(), h: 13.0 };
    sheet.rect(days, &format!("fill=\"{}\"", mark.colour));
    let gaps: Vec<_> = area.gaps.iter().map(|days| (days.starts_on, days.ends_on)).collect();
    let orphans: Vec<_> = area.orphans.iter().map(|days| (days.starts_on, days.ends_on)).collect();
    let mismatches: Vec<_> = area.side_mismatches.iter().map(|days| (days.starts_on, days.ends_on)).collect();
    for (x, w) in scale.spans(&gaps) {
        gap(sheet, prefix, Frame { x, w, ..days });
    }
    for (days_with_problem, kind) in [(&orphans, Stripe::Orphan), (&mismatches, Stripe::Mismatch)] {
        for (x, w) in scale.spans(days_with_problem) {
            stripe(sheet, kind, prefix, Frame { x, y: y + 19.5, w, h: 5.0 });
        }
    }
    summary(sheet, labels, scale, [&gaps, &orphans, &mismatches].map(|intervals| scale.days(intervals)), y);
}

/// Draws the number of days with problems next to the bar.
fn summary(sheet: &mut Sheet, labels: &Labels, scale: Scale, [gaps, orphans, mismatches]: [u64; 3], y: f64) {
    let others = [(orphans, labels.orphaned(orphans)), (mismatches, labels.mismatched(mismatches))];
    let others: Vec<_> = others.into_iter().filter(|(days, _)| *days > 0).map(|(_, text)| text).collect();
    let x = scale.right() + 10.0;
    let style = Type::of(11.0).within(LEFT + INNER - x);
    let lines = match (gaps, others.is_empty()) {
        (0, true) => vec![(style.fill(MUTED), labels.covered.to_owned())],
        (0, false) => vec![(style, others.join(", "))],
        (_, true) => vec![(style.bold().fill(ALARM), labels.uncovered(gaps))],
        (_, false) => vec![(style.bold().fill(ALARM), labels.uncovered(gaps)), (style, others.join(", "))],
    };
    let first = y + if lines.len() == 1 { 15.5 } else { 11.0 };
    for (index, (style, text)) in lines.iter().enumerate() {
        sheet.text((x, first + 13.0 * index as f64), *style, text);
    }
}

/// Draws days without an accountable person.
fn gap(sheet: &mut Sheet, prefix: &str, frame: Frame) {
    sheet.rect(frame, &format!("fill=\"url(#{prefix}-gap)\" stroke=\"{ALARM}\" stroke-width=\"1.2\""));
}

#[derive(Debug, Clone, Copy)]
enum Stripe {
    Orphan,
    Mismatch,
}

/// Draws days with an accountable person who is not a member or works for another side.
fn stripe(sheet: &mut Sheet, kind: Stripe, prefix: &str, frame: Frame) {
    match kind {
        Stripe::Orphan => {
            sheet.rect(frame, &format!("fill=\"url(#{prefix}-orphan)\" stroke=\"{INK}\" stroke-width=\"0.8\""))
        }
        Stripe::Mismatch => sheet.rect(frame, &format!("fill=\"{INK}\" stroke=\"{INK}\" stroke-width=\"0.8\"")),
    }
}

/// Draws notes about areas and milestones that do not fit.
fn footer(sheet: &mut Sheet, labels: &Labels, ordered: &[&AreaCoverage], notes: Vec<String>, bottom: f64) -> f64 {
    let hidden: Vec<_> = ordered.iter().skip(MOST_AREAS).collect();
    let with_problems = hidden.iter().filter(|area| has_problems(area)).count();
    let more = (!hidden.is_empty()).then(|| labels.more_areas(hidden.len(), with_problems));
    let mut y = bottom;
    for line in more.into_iter().chain(notes) {
        y += 20.0;
        sheet.text((LEFT, y), Type::of(12.0).fill(MUTED).within(INNER), &line);
    }
    y
}
