//! The partnership report as an SVG chart that can be embedded in a wiki page or a presentation.
//!
//! Rules: the same report gives the same bytes; the chart is self-contained (no external fonts, images, styles or
//! scripts); no information is conveyed by colour alone; every text that comes from data is escaped, and cut where it
//! would overlap its neighbour.

mod axis;
mod balance;
mod labels;
mod milestones;
mod parts;
mod timeline;

use super::dto::{Latency, Report, SideReport};
use crate::kernel::locale::Lang;
use labels::Labels;
use parts::{Frame, MUTED, Mark, Sheet, Type, escape, number};

const WIDTH: f64 = 960.0;
const LEFT: f64 = 32.0;
const INNER: f64 = WIDTH - 2.0 * LEFT;
const GAP: f64 = 28.0;

/// Left edge of the latency bars, and the length of the longest one.
const BAR: f64 = 250.0;
const BAR_WIDTH: f64 = 260.0;
/// Maximum width of the value after a bar.
const VALUE_WIDTH: f64 = 150.0;
/// Right edges of the number columns.
const COLUMNS: [f64; 3] = [738.0, 826.0, 928.0];
const ROW: f64 = 44.0;

/// Draws the report as a complete SVG document.
#[must_use]
pub fn draw(report: &Report, lang: Lang) -> String {
    let labels = Labels::of(lang);
    let prefix = format!("{}-{}", report.project_id.as_str(), lang.as_str());
    let mut sheet = Sheet::default();
    let top = header(&mut sheet, report, labels);
    let top = latency(&mut sheet, report, labels, top) + GAP;
    let top = balance::draw(&mut sheet, report, labels, top) + GAP;
    let bottom = timeline::draw(&mut sheet, report, labels, &prefix, top) + LEFT;
    wrap(&sheet.finish(), report, labels, &prefix, bottom)
}

/// Wraps the elements in the root element with a title and a description for screen readers.
fn wrap(body: &str, report: &Report, labels: &Labels, prefix: &str, height: f64) -> String {
    let [width, height] = [WIDTH, height.ceil()].map(number);
    let title = escape(&format!("{}: {}", labels.report, report.project_name));
    let description = escape(&describe(report, labels));
    let patterns = timeline::patterns(prefix);
    format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{width}\" height=\"{height}\" \
         viewBox=\"0 0 {width} {height}\" role=\"img\" lang=\"{lang}\" xml:lang=\"{lang}\" \
         aria-labelledby=\"{prefix}-title {prefix}-desc\" font-family=\"system-ui, sans-serif\">\n\
         <title id=\"{prefix}-title\">{title}</title>\n<desc id=\"{prefix}-desc\">{description}</desc>\n\
         <defs>{patterns}</defs>\n<rect width=\"{width}\" height=\"{height}\" fill=\"#ffffff\"/>\n{body}</svg>\n",
        lang = labels.lang.as_str(),
    )
}

/// Returns the key figures as sentences.
fn describe(report: &Report, labels: &Labels) -> String {
    let speeds: Vec<_> = report.sides.iter().map(|side| speed(side, labels)).collect();
    let gappy = report.coverage.areas.iter().filter(|area| !area.gaps.is_empty()).count();
    format!(
        "{} {}. {}: {}. {}. {}",
        labels.as_of,
        labels.day(report.as_of.day()),
        labels.latency,
        speeds.join("; "),
        if report.parity.holds { labels.holds } else { labels.fails },
        labels.with_gaps(gappy, report.coverage.areas.len()),
    )
}

/// Returns the response times of a side as text.
fn speed(side: &SideReport, labels: &Labels) -> String {
    let Latency { p50_minutes, p90_minutes, .. } = side.latency;
    match (p50_minutes, p90_minutes) {
        (None, None) => format!("{} – {}", side.name, labels.no_responses),
        (half, most) => {
            let values = [("p50", half), ("p90", most)];
            let known = values.into_iter().filter_map(|(name, value)| Some((name, labels.minutes(value?))));
            let known: Vec<_> = known.map(|(name, value)| format!("{name} {value}")).collect();
            format!("{} – {}", side.name, known.join(", "))
        }
    }
}

/// Draws the name of the project and the date of the report.
fn header(sheet: &mut Sheet, report: &Report, labels: &Labels) -> f64 {
    let day = format!("{} {}", labels.as_of, labels.day(report.as_of.day()));
    sheet.text((LEFT, 40.0), Type::of(12.0).fill(MUTED), labels.report);
    sheet.text((LEFT + INNER, 40.0), Type::of(12.0).fill(MUTED).end(), &day);
    sheet.text((LEFT, 68.0), Type::of(24.0).bold().within(INNER), &report.project_name);
    90.0
}

/// Draws the panel with the response times of each side.
fn latency(sheet: &mut Sheet, report: &Report, labels: &Labels, top: f64) -> f64 {
    sheet.heading((LEFT, top), INNER, labels.latency, labels.latency_means);
    let heads = [labels.responded, labels.pending, labels.without_response];
    for (x, head) in COLUMNS.into_iter().zip(heads) {
        sheet.text((x, top + 66.0), Type::of(11.0).fill(MUTED).end(), head);
    }
    let values = report.sides.iter().flat_map(|side| [side.latency.p50_minutes, side.latency.p90_minutes]);
    let longest = values.flatten().max().unwrap_or_default().max(1);
    let mut y = top + 76.0;
    for (position, side) in report.sides.iter().enumerate() {
        side_row(sheet, side, labels, (Mark::at(position), longest), y);
        y += ROW;
    }
    y
}

fn side_row(sheet: &mut Sheet, side: &SideReport, labels: &Labels, (mark, longest): (Mark, i64), y: f64) {
    sheet.badge(LEFT, y + 9.0, mark);
    sheet.text((LEFT + 22.0, y + 21.5), Type::of(13.0).within(BAR - LEFT - 34.0), &side.name);
    let Latency { p50_minutes, p90_minutes, .. } = side.latency;
    if p50_minutes.is_none() && p90_minutes.is_none() {
        sheet.text((BAR, y + 21.5), Type::of(12.0).fill(MUTED), labels.no_responses);
    }
    bar(sheet, labels, ("p50", p50_minutes), (mark, 1.0, longest), y + 4.0);
    bar(sheet, labels, ("p90", p90_minutes), (mark, 0.4, longest), y + 20.0);
    counts(sheet, &side.latency, labels, y);
}

/// Draws a bar with its value after it.
fn bar(
    sheet: &mut Sheet,
    labels: &Labels,
    (name, minutes): (&str, Option<i64>),
    (mark, opacity, longest): (Mark, f64, i64),
    y: f64,
) {
    let Some(minutes) = minutes else { return };
    let w = (BAR_WIDTH * minutes.max(0) as f64 / longest as f64).max(2.0);
    let paint = format!(
        "fill=\"{colour}\" fill-opacity=\"{opacity}\" stroke=\"{colour}\"",
        colour = mark.colour,
        opacity = number(opacity)
    );
    sheet.rect(Frame { x: BAR, y, w, h: 11.0 }, &paint);
    let label = format!("{name}: {}", labels.minutes(minutes));
    sheet.text((BAR + w + 8.0, y + 10.0), Type::of(12.0).within(VALUE_WIDTH), &label);
}

/// Draws the numbers of approvals, and how long the oldest open one has been waiting.
fn counts(sheet: &mut Sheet, latency: &Latency, labels: &Labels, y: f64) {
    let numbers = [latency.responded, latency.pending, latency.without_response];
    for (x, count) in COLUMNS.into_iter().zip(numbers) {
        sheet.text((x, y + 21.5), Type::of(13.0).bold().end(), &count.to_string());
    }
    if let (Some(minutes), [_, x, _]) = (latency.longest_wait_minutes, COLUMNS) {
        let oldest = format!("{} {}", labels.oldest, labels.minutes(minutes));
        sheet.text((x, y + 36.0), Type::of(11.0).fill(MUTED).end().within(150.0), &oldest);
    }
}

#[cfg(test)]
mod tests;
