//! A queue at an instant.

use super::rows::{Queue, QueueSettings};
use crate::calendar::booking::{BookingRules, Capacity, Schedule};
use crate::calendar::rules::Calendar;
use crate::calendar::slots;
use crate::kernel::error::Error;
use crate::kernel::time::UtcTime;

/// A queue at an instant, with its settings and its calendar from then on.
#[derive(Debug)]
pub struct PresentQueue {
    pub now: UtcTime,
    pub queue: Queue,
    /// The settings in force, followed by all later ones; never empty.
    pub settings: Vec<QueueSettings>,
    pub calendar: Calendar,
}

impl PresentQueue {
    /// Returns the settings in force.
    ///
    /// # Errors
    /// There are none, which the database prevents.
    pub fn current(&self) -> Result<&QueueSettings, Error> {
        self.settings.first().ok_or_else(|| Error::internal("the queue has no settings"))
    }
}

/// Whether the windows of a queue with these consecutive settings fit into the opening hours, now and by all later
/// settings of both.
#[must_use]
pub fn has_windows(settings: &[QueueSettings], calendar: &Calendar) -> bool {
    let rules = rules_over_time(settings, |one| Capacity::Fixed(one.window_capacity));
    rules.is_some_and(|rules| slots::always_has_windows(&Schedule::new(calendar.clone(), rules)))
}

/// Returns the consecutive settings from `now` on, after a change adds those in `after` or replaces those with the same
/// start.
#[must_use]
pub fn with_change(settings: &[QueueSettings], after: &QueueSettings, now: UtcTime) -> Vec<QueueSettings> {
    let is_planned = after.starts_at > now;
    let earlier = settings.iter().filter(|one| is_planned && one.starts_at < after.starts_at);
    let later = settings.iter().filter(|one| one.starts_at > after.starts_at);
    earlier.chain([after]).chain(later).cloned().collect()
}

/// Returns the booking rules of consecutive settings, with a capacity for each; `None` without any, or if one is
/// invalid.
#[must_use]
pub fn rules_over_time(
    settings: &[QueueSettings],
    capacity: impl Fn(&QueueSettings) -> Capacity,
) -> Option<BookingRules> {
    let mut first: Option<BookingRules> = None;
    let mut next = None;
    for one in settings.iter().rev() {
        let rules = BookingRules {
            window_minutes: i64::from(one.window_minutes),
            minimum_notice: i64::from(one.minimum_notice_minutes),
            horizon_days: usize::try_from(one.horizon_business_days).ok()?,
            asap_target_minutes: i64::from(one.asap_target_minutes),
            capacity: capacity(one),
            next,
        };
        next = Some((one.valid_from.to_jiff(), Box::new(rules.clone())));
        first = Some(rules);
    }
    first
}
