//! The milestones above the rows of the areas, in lanes so that their names do not touch.

use super::axis::Scale;
use super::labels::Words;
use super::parts::{MUTED, Sheet, Type};
use crate::collaboration::partnership::dto::Report;
use crate::collaboration::projects::MilestoneBody;

const LANE: f64 = 19.0;
const MOST_LANES: usize = 6;
const NAME: Type = Type::of(11.0).within(150.0);
const LABEL: Type = Type::of(11.0).halo();
/// Between a name and its diamond.
const CLEAR: f64 = 9.0;
/// Where names begin and end at most.
const SHEET: (f64, f64) = (32.0, 928.0);

/// A milestone on its way to a lane.
struct Flag {
    due: f64,
    /// Where it was due at first, if it has moved, and whether that is in the period.
    first: Option<(f64, bool)>,
    label: String,
}

/// Milestones that have their place.
pub struct Placed {
    lanes: Vec<Vec<Flag>>,
    /// Those without a name.
    bare: Vec<Flag>,
}

/// Gives every milestone of the period a lane, and says of the others how many they are.
#[must_use]
pub fn place(report: &Report, words: &Words, scale: Scale) -> (Placed, Vec<String>) {
    let (inside, outside): (Vec<_>, Vec<_>) = report.milestones.iter().partition(|one| scale.holds(one.due_on));
    let mut flags: Vec<_> = inside.into_iter().map(|milestone| flag(milestone, words, scale)).collect();
    flags.sort_by(|one, other| one.extent().0.total_cmp(&other.extent().0));
    let mut placed = Placed { lanes: Vec::new(), bare: Vec::new() };
    for flag in flags {
        placed.add(flag);
    }
    let notes = [(words.unnamed_milestones, placed.bare.len()), (words.outside_milestones, outside.len())];
    let notes = notes.into_iter().filter(|(_, count)| *count > 0).map(|(text, count)| format!("{text} {count}"));
    (placed, notes.collect())
}

fn flag(milestone: &MilestoneBody, words: &Words, scale: Scale) -> Flag {
    let moved = milestone.first_due_on.filter(|first| *first != milestone.due_on);
    let slip = milestone
        .slip_days
        .filter(|days| *days != 0)
        .map(|days| format!(" ({}{} d)", if days < 0 { "−" } else { "+" }, days.unsigned_abs()));
    let label = format!("{} · {}{}", NAME.fit(&milestone.name), words.day(milestone.due_on), slip.unwrap_or_default());
    Flag { due: scale.x(milestone.due_on), first: moved.map(|day| (scale.x(day), scale.holds(day))), label }
}

impl Flag {
    fn edges(&self) -> (f64, f64) {
        let first = self.first.map_or(self.due, |(x, _)| x);
        (self.due.min(first), self.due.max(first))
    }

    /// Left edge and width of the name: behind the diamonds, else before them, else between, where
    /// there is room whenever there is none on either side.
    fn name(&self) -> (f64, f64) {
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

    /// All the room it takes.
    fn extent(&self) -> (f64, f64) {
        let ((left, right), (name, width)) = (self.edges(), self.name());
        (name.min(left - CLEAR), (name + width).max(right + CLEAR))
    }

    fn draw(&self, sheet: &mut Sheet, y: f64, named: bool) {
        let (left, right) = self.edges();
        if let Some((first, inside)) = self.first {
            sheet.line((left, y), (right, y), &format!("stroke=\"{MUTED}\" stroke-dasharray=\"2 2\""));
            if inside {
                sheet.diamond((first, y), true);
            }
        }
        sheet.diamond((self.due, y), false);
        if named {
            // The width is an upper estimate: the end next to a diamond is the one to hold on to.
            let (x, width) = self.name();
            let (point, style) = if x > right { (x, LABEL) } else { (x + width, LABEL.end()) };
            sheet.text((point, y + 4.0), style, &self.label);
        }
    }
}

impl Placed {
    /// Pixels that the lanes take.
    #[must_use]
    pub fn height(&self) -> f64 {
        LANE * (self.lanes.len() + usize::from(!self.bare.is_empty())) as f64
    }

    /// Draws the lanes from the axis down.
    pub fn draw(&self, sheet: &mut Sheet, axis: f64) {
        let bare = self.bare.iter().map(|flag| (flag, self.lanes.len(), false));
        let lanes = self.lanes.iter().enumerate();
        let named = lanes.flat_map(|(lane, flags)| flags.iter().map(move |flag| (flag, lane, true)));
        for (flag, lane, named) in named.chain(bare) {
            flag.draw(sheet, axis + LANE * (lane as f64 + 0.5) + 2.0, named);
        }
    }

    fn add(&mut self, flag: Flag) {
        let left = flag.extent().0;
        let free = |lane: &&mut Vec<Flag>| lane.last().is_none_or(|last| last.extent().1 + 8.0 <= left);
        if let Some(lane) = self.lanes.iter_mut().find(free) {
            lane.push(flag);
        } else if self.lanes.len() < MOST_LANES {
            self.lanes.push(vec![flag]);
        } else {
            self.bare.push(flag);
        }
    }
}
