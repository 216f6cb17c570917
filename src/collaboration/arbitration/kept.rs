//! Which draw a decision, dispute or approval keeps, as a pure function.
//!
//! Rules: while what a draw was for is open, and for 20 business days after its end, the same topic keeps the draw and
//! the strikes. So does every other question of the same side, however it is worded, unless the arbiter has decided:
//! otherwise a side could withdraw its question, word it in another way, and draw until it likes the arbiter. Where
//! everyone was struck, there is no arbiter to keep, and another question has a draw of its own.

use crate::calendar::rules::Calendar;
use crate::collaboration::projects::response_time;
use crate::kernel::time::UtcTime;

/// Business days for which a draw is kept.
const KEPT_DAYS: usize = 20;

/// A draw that may be kept, compared with what an arbiter is needed for now.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Earlier {
    /// Whether it was drawn for the same topic.
    pub is_same_topic: bool,
    /// Whether it was drawn for another question of the same side.
    pub is_same_side: bool,
    /// Whether the decision was made.
    pub is_ruled: bool,
    /// Whether the arbiter was struck, and no other was drawn.
    pub is_struck: bool,
    pub drawn_at: UtcTime,
    /// When the decision, dispute or approval ended; `None` while it is open.
    pub ended_at: Option<UtcTime>,
}

impl Earlier {
    /// Returns since when the draw is only remembered.
    #[must_use]
    pub fn since(&self) -> UtcTime {
        self.ended_at.unwrap_or(self.drawn_at)
    }

    /// Returns whether the draw and the strikes are kept. The calendar is that of [`Self::since`].
    #[must_use]
    pub fn is_kept(&self, calendar: &Calendar, now: UtcTime) -> bool {
        let is_reworded = self.is_same_side && !self.is_ruled && !self.is_struck;
        // While a question is open, its arbiter can still decide it.
        let is_open = self.ended_at.is_none();
        let is_recent = now < response_time::end(calendar, self.since(), KEPT_DAYS);
        (self.is_same_topic || is_reworded) && (is_open || is_recent)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn at(text: &str) -> UtcTime {
        text.parse().unwrap()
    }

    /// A draw for a question of the side that was withdrawn on 30 March.
    fn withdrawn() -> Earlier {
        Earlier {
            is_same_topic: false,
            is_same_side: true,
            is_ruled: false,
            is_struck: false,
            drawn_at: at("2027-03-29T08:00:00Z"),
            ended_at: Some(at("2027-03-30T08:00:00Z")),
        }
    }

    #[test]
    fn other_words_do_not_make_another_draw() {
        let calendar = Calendar::prague().unwrap();
        let (soon, last, later) = (at("2027-03-30T08:00:01Z"), at("2027-04-27T21:59:59Z"), at("2027-04-27T22:00:00Z"));
        let kept = |earlier: Earlier, now: UtcTime| earlier.is_kept(&calendar, now);
        assert!(kept(withdrawn(), soon) && kept(withdrawn(), last) && !kept(withdrawn(), later));
        // A question that waits for its arbiter, too.
        let open = Earlier { ended_at: None, ..withdrawn() };
        assert!(kept(open, later));
        assert!(kept(Earlier { is_same_topic: true, is_same_side: false, ..open }, later));
        // After a ruling, and for another side, another question has a draw of its own; the same question has not.
        let ruled = Earlier { is_ruled: true, ..withdrawn() };
        assert!(!kept(ruled, soon));
        assert!(kept(Earlier { is_same_topic: true, ..ruled }, last));
        assert!(!kept(Earlier { is_same_side: false, ..withdrawn() }, soon));
        // Without an arbiter, only the same question keeps its strikes.
        let struck = Earlier { is_struck: true, ..withdrawn() };
        assert!(!kept(struck, soon) && kept(Earlier { is_same_topic: true, ..struck }, soon));
    }

    proptest! {
        /// A side that withdraws its questions and asks again within 20 business days gains no draw, in any order.
        #[test]
        fn a_side_gains_no_draw_by_asking_again(waits in prop::collection::vec(0i64..26 * 24 - 1, 1..12)) {
            let calendar = Calendar::prague().unwrap();
            let (mut now, mut draws) = (at("2027-03-30T08:00:00Z"), 1);
            for wait in waits {
                let earlier = Earlier { drawn_at: now, ended_at: Some(now), ..withdrawn() };
                now = now.plus_seconds(wait * 3_600);
                draws += usize::from(!earlier.is_kept(&calendar, now));
            }
            prop_assert_eq!(draws, 1);
        }
    }
}
