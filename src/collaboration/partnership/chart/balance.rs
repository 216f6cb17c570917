//! The panel of the chart with the share of every side in each measure, and the parity.

use super::labels::Labels;
use super::parts::{ALARM, Frame, MUTED, Mark, RULE, Sheet, Type};
use crate::collaboration::partnership::dto::{Portion, Report, SideReport};
use crate::collaboration::projects::ParityMeasure;

const LEFT: f64 = 32.0;
const BAR: f64 = 170.0;
const BAR_WIDTH: f64 = 410.0;
const PARITY: f64 = 624.0;
const PARITY_WIDTH: f64 = 304.0;
const ROW: f64 = 38.0;

type Measure = fn(&SideReport) -> Portion;
const MEASURES: [Measure; 5] = [
    |side| side.decisions_raised,
    |side| side.first_responses,
    |side| side.rejections,
    |side| side.areas,
    |side| side.members,
];

/// Draws the panel from `top` down. Returns where it ends.
pub fn draw(sheet: &mut Sheet, report: &Report, labels: &Labels, top: f64) -> f64 {
    sheet.heading((LEFT, top), BAR + BAR_WIDTH - LEFT, labels.balance, labels.balance_means);
    let mut y = top + 58.0;
    for (measure, name) in MEASURES.into_iter().zip(labels.measures) {
        row(sheet, report, labels, (measure, name), y);
        y += ROW;
    }
    let left = legend(sheet, report, y + 6.0);
    let right = parity(sheet, report, labels, top);
    left.max(right)
}

/// Draws one bar with the shares of all sides, which add up to 100%.
fn row(sheet: &mut Sheet, report: &Report, labels: &Labels, (measure, name): (Measure, &str), y: f64) {
    let shares: Vec<_> = report.sides.iter().map(measure).collect();
    let total: i64 = shares.iter().fold(0, |sum, share| sum.saturating_add(share.count));
    sheet.text((LEFT, y + 11.0), Type::of(12.0).bold().within(BAR - LEFT - 8.0), name);
    let total = format!("{} {total}", labels.total);
    sheet.text((LEFT, y + 25.0), Type::of(11.0).fill(MUTED).within(BAR - LEFT - 8.0), &total);

    let parts: Vec<_> = shares.iter().map(part).collect();
    let whole: f64 = parts.iter().sum();
    if whole <= 0.0 {
        return no_data(sheet, labels, y);
    }
    let mut x = BAR;
    for (position, part) in parts.into_iter().enumerate() {
        let w = BAR_WIDTH * part / whole.max(1.0);
        segment(sheet, labels, Frame { x, y, w, h: 26.0 }, Mark::at(position), part);
        x += w;
    }
}

/// Returns a share as a fraction of 1; 0 if there is none.
fn part(share: &Portion) -> f64 {
    share.share.filter(|part| part.is_finite()).map_or(0.0, |part| part.clamp(0.0, 1.0))
}

fn no_data(sheet: &mut Sheet, labels: &Labels, y: f64) {
    let frame = Frame { x: BAR + 0.5, y: y + 0.5, w: BAR_WIDTH - 1.0, h: 25.0 };
    sheet.rect(frame, &format!("fill=\"#f6f8fa\" stroke=\"{RULE}\" stroke-dasharray=\"4 3\""));
    sheet.text((BAR + BAR_WIDTH / 2.0, y + 17.0), Type::of(12.0).fill(MUTED).middle(), labels.no_data);
}

/// Draws the segment of one side, with as much of its label as fits.
fn segment(sheet: &mut Sheet, labels: &Labels, frame: Frame, mark: Mark, part: f64) {
    if frame.w <= 0.0 {
        return;
    }
    sheet.rect(frame, &format!("fill=\"{}\" stroke=\"#ffffff\"", mark.colour));
    let style = Type::of(12.0).bold().fill("#ffffff").middle();
    let percent = labels.percent((part * 100.0).round() as u64);
    let texts = [format!("{} {percent}", mark.letter), mark.letter.to_string()];
    if let Some(text) = texts.iter().find(|text| style.measure(text) + 8.0 <= frame.w) {
        sheet.text((frame.x + frame.w / 2.0, frame.y + 17.5), style, text);
    }
}

/// Draws the legend of the sides in columns.
fn legend(sheet: &mut Sheet, report: &Report, top: f64) -> f64 {
    const COLUMNS: usize = 2;
    let column = (BAR + BAR_WIDTH - LEFT) / COLUMNS as f64;
    for (position, side) in report.sides.iter().enumerate() {
        let x = LEFT + column * (position % COLUMNS) as f64;
        let y = top + 22.0 * (position / COLUMNS) as f64;
        sheet.badge(x, y, Mark::at(position));
        sheet.text((x + 22.0, y + 12.5), Type::of(12.0).within(column - 32.0), &side.name);
    }
    top + 22.0 * report.sides.len().div_ceil(COLUMNS) as f64
}

/// Draws whether the sides are in parity, and the strength of each side.
fn parity(sheet: &mut Sheet, report: &Report, labels: &Labels, top: f64) -> f64 {
    let parity = &report.parity;
    let tolerance = u64::from(parity.tolerance);
    let rule = match parity.measure {
        ParityMeasure::Headcount => format!("{} {tolerance}", labels.by_heads),
        ParityMeasure::Fte => format!("{} {}", labels.by_fte, labels.percent(tolerance)),
    };
    sheet.heading((PARITY, top), PARITY_WIDTH, labels.parity, &rule);
    let mut y = parity_status(sheet, report, labels, top + 58.0);
    for strength in &parity.sides {
        let position = report.sides.iter().position(|side| side.department_id == strength.department_id);
        let name = position.and_then(|position| report.sides.get(position)).map_or("?", |side| side.name.as_str());
        let figures = labels.strength(strength.members, strength.fte_percent);
        let style = Type::of(12.0).end().within(170.0);
        let available = PARITY_WIDTH - 22.0 - style.measure(&figures).min(170.0) - 10.0;
        sheet.badge(PARITY, y, Mark::of(report, strength.department_id));
        sheet.text((PARITY + 22.0, y + 12.5), Type::of(12.0).within(available), name);
        sheet.text((PARITY + PARITY_WIDTH, y + 12.5), style, &figures);
        y += 24.0;
    }
    y
}

/// Draws a box with a tick or a cross for the parity, and below it the dates of a breach.
fn parity_status(sheet: &mut Sheet, report: &Report, labels: &Labels, y: f64) -> f64 {
    let parity = &report.parity;
    let (text, colour, sign) = if parity.holds {
        (labels.holds, "#1a7546", "m0 5l4 4l8 -9")
    } else {
        (labels.fails, ALARM, "m1 0l9 9m0 -9l-9 9")
    };
    let frame = Frame { x: PARITY, y, w: PARITY_WIDTH, h: 26.0 };
    sheet.rect(frame, &format!("rx=\"4\" fill=\"#ffffff\" stroke=\"{colour}\" stroke-width=\"1.5\""));
    sheet.path((PARITY + 10.0, y + 8.5), sign, &format!("fill=\"none\" stroke=\"{colour}\" stroke-width=\"2.2\""));
    sheet.text((PARITY + 32.0, y + 17.5), Type::of(13.0).bold().fill(colour), text);

    let breached = parity.breached_at.map(|instant| format!("{} {}", labels.breached, labels.day(instant.day())));
    let grace = parity.grace_ends_on.map(|day| format!("{} {}", labels.grace, labels.day(day)));
    let mut y = y + 38.0;
    for line in breached.into_iter().chain(grace) {
        sheet.text((PARITY, y + 7.0), Type::of(12.0).within(PARITY_WIDTH), &line);
        y += 18.0;
    }
    y + 2.0
}
