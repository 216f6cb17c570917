//! The milestones above the areas of the timeline, stacked in rows so that their labels do not touch.

use super::axis::Scale;
use super::labels::Labels;
use super::parts::{MUTED, Sheet, Type};
use crate::collaboration::partnership::dto::Report;
use crate::collaboration::projects::MilestoneBody;

const ROW: f64 = 19.0;
const MAX_ROWS: usize = 6;
const NAME: Type = Type::of(11.0).within(150.0);
const LABEL: Type = Type::of(11.0).halo();
/// Distance between a label and its diamond.
const CLEAR: f64 = 9.0;
/// Left and right limit of the labels.
const SHEET: (f64, f64) = (32.0, 928.0);

/// A milestone to place in a row.
struct Flag {
    due: f64,
    /// Position of its first due date, if the date has changed, and whether that is in the period.
    first: Option<(f64, bool)>,
    label: String,
}

/// Milestones with their positions.
pub struct Placed {
    rows: Vec<Vec<Flag>>,
    /// Milestones drawn without a label, because no row has enough space.
    unlabelled: Vec<Flag>,
}

/// Places every milestone of the period in a row. Returns notes with the number of milestones that have no label or are
/// outside the period.
#[must_use]
pub fn place(report: &Report, labels: &Labels, scale: Scale) -> (Placed, Vec<String>) {
    let (inside, outside): (Vec<_>, Vec<_>) = report.milestones.iter().partition(|one| scale.holds(one.due_on));
    let mut flags: Vec<_> = inside.into_iter().map(|milestone| flag(milestone, labels, scale)).collect();
    flags.sort_by(|one, other| one.extent().0.total_cmp(&other.extent().0));
    let mut placed = Placed { rows: Vec::new(), unlabelled: Vec::new() };
    for flag in flags {
        placed.add(flag);
    }
    let notes = [(labels.unnamed_milestones, placed.unlabelled.len()), (labels.outside_milestones, outside.len())];
    let notes = notes.into_iter().filter(|(_, count)| *count > 0).map(|(text, count)| format!("{text} {count}"));
    (placed, notes.collect())
}

fn flag(milestone: &MilestoneBody, labels: &Labels, scale: Scale) -> Flag {
    let moved = milestone.first_due_on.filter(|first| *first != milestone.due_on);
    let slip = milestone
        .slip_days
        .filter(|days| *days != 0)
        .map(|days| format!(" ({}{} d)", if days < 0 { "−" } else { "+" }, days.unsigned_abs()));
    let label = format!("{} · {}{}", NAME.fit(&milestone.name), labels.day(milestone.due_on), slip.unwrap_or_default());
    Flag { due: scale.x(milestone.due_on), first: moved.map(|day| (scale.x(day), scale.holds(day))), label }
}

impl Flag {
    fn edges(&self) -> (f64, f64) {
        let first = self.first.map_or(self.due, |(x, _)| x);
        (self.due.min(first), self.due.max(first))
    }

    /// Returns left edge and width of the label: after the diamonds, otherwise before them, otherwise between them,
    /// where it always fits when there is no space on either side.
    fn label_span(&self) -> (f64, f64) {
        let (left, right) = self.edges();
        let width = LABEL.measure(&self.label);
        let before = left - width - CLEAR;
        let x = if right + CLEAR + width <= SHEET.1 {
            right + CLEAR
        } else if before >= SHEET.0 {
            before
        } else {
            right - width - CLEAR
        };
        (x, width)
    }

    /// Returns left and right edge of the diamonds and the label.
    fn extent(&self) -> (f64, f64) {
        let ((left, right), (label, width)) = (self.edges(), self.label_span());
        (label.min(left - CLEAR), (label + width).max(right + CLEAR))
    }

    fn draw(&self, sheet: &mut Sheet, y: f64, labelled: bool) {
        let (left, right) = self.edges();
        if let Some((first, inside)) = self.first {
            sheet.line((left, y), (right, y), &format!("stroke=\"{MUTED}\" stroke-dasharray=\"2 2\""));
            if inside {
                sheet.diamond((first, y), true);
            }
        }
        sheet.diamond((self.due, y), false);
        if labelled {
            // The width is an upper estimate, so the label is anchored at the end next to the diamond.
            let (x, width) = self.label_span();
            let (point, style) = if x > right { (x, LABEL) } else { (x + width, LABEL.end()) };
            sheet.text((point, y + 4.0), style, &self.label);
        }
    }
}

impl Placed {
    /// Returns the height of all rows in pixels.
    #[must_use]
    pub fn height(&self) -> f64 {
        ROW * (self.rows.len() + usize::from(!self.unlabelled.is_empty())) as f64
    }

    /// Draws the rows below the axis.
    pub fn draw(&self, sheet: &mut Sheet, axis: f64) {
        let unlabelled = self.unlabelled.iter().map(|flag| (flag, self.rows.len(), false));
        let rows = self.rows.iter().enumerate();
        let labelled = rows.flat_map(|(row, flags)| flags.iter().map(move |flag| (flag, row, true)));
        for (flag, row, has_label) in labelled.chain(unlabelled) {
            flag.draw(sheet, axis + ROW * (row as f64 + 0.5) + 2.0, has_label);
        }
    }

    fn add(&mut self, flag: Flag) {
        let left = flag.extent().0;
        let free = |row: &&mut Vec<Flag>| row.last().is_none_or(|last| last.extent().1 + 8.0 <= left);
        if let Some(row) = self.rows.iter_mut().find(free) {
            row.push(flag);
        } else if self.rows.len() < MAX_ROWS {
            self.rows.push(vec![flag]);
        } else {
            self.unlabelled.push(flag);
        }
    }
}
