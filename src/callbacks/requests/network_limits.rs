//! How much of the calendar one network can book, as a pure function.
//!
//! Rule: a network (IPv4 /32, IPv6 /56) has a limited number of open requests, and a wide network (IPv4 /32, IPv6 /48)
//! has a limited share of the capacity of a day. Further requests are quarantined without capacity, so that one caller
//! cannot book out the calendar. The share of a network needs no limit of its own, because it is part of that of its
//! wide network.

use super::enums::QuarantineReason;
use crate::kernel::config::NetworkLimits;

/// The open requests of a network.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Usage {
    /// All of them.
    pub open: i64,
    /// Those of the wide network in slots of the requested day; 0 for a call as soon as possible.
    pub on_day: i64,
}

/// Returns whether there is any limit.
pub fn is_limited(limits: NetworkLimits) -> bool {
    limits.open > 0 || limits.day_share_percent < 100
}

/// Returns why one more request of a network exceeds its limits; `None` if it does not. `day_capacity` is the capacity
/// of all slots of the requested day; `None` for a call as soon as possible.
pub fn exceeded(limits: NetworkLimits, usage: Usage, day_capacity: Option<i64>) -> Option<QuarantineReason> {
    if limits.open > 0 && usage.open >= i64::from(limits.open) {
        return Some(QuarantineReason::NetworkLimit);
    }
    let is_over = |capacity| usage.on_day >= day_share(limits, capacity);
    day_capacity.is_some_and(is_over).then_some(QuarantineReason::NetworkDayShare)
}

/// Returns how many requests one wide network can have on a day with this capacity: at least one, so that visitors can
/// book on a day with little capacity.
fn day_share(limits: NetworkLimits, capacity: i64) -> i64 {
    match limits.day_share_percent {
        100.. => i64::MAX,
        percent => (capacity * i64::from(percent) / 100).max(1),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const LIMITS: NetworkLimits = NetworkLimits { open: 5, day_share_percent: 33 };

    #[test]
    fn a_network_has_five_requests_and_a_third_of_a_day() {
        for (open, on_day, day, expected) in [
            (0, 0, Some(21), None),
            (4, 4, Some(21), None),
            (5, 0, Some(21), Some(QuarantineReason::NetworkLimit)),
            (5, 0, None, Some(QuarantineReason::NetworkLimit)),
            (4, 0, None, None),
            // A third of 7 calls is 2.
            (2, 1, Some(7), None),
            (2, 2, Some(7), Some(QuarantineReason::NetworkDayShare)),
            // The first request on a day is never too much.
            (0, 0, Some(1), None),
            (1, 1, Some(1), Some(QuarantineReason::NetworkDayShare)),
        ] {
            assert_eq!(exceeded(LIMITS, Usage { open, on_day }, day), expected, "{open} {on_day} {day:?}");
        }
    }

    #[test]
    fn each_limit_can_be_switched_off() {
        let all = Usage { open: 1_000, on_day: 1_000 };
        assert!(!is_limited(NetworkLimits::default()) && is_limited(LIMITS));
        assert_eq!(exceeded(NetworkLimits::default(), all, Some(21)), None);
        let open_only = NetworkLimits { day_share_percent: 100, ..LIMITS };
        assert_eq!(exceeded(open_only, Usage { open: 4, on_day: 4 }, Some(1)), None);
        let share_only = NetworkLimits { open: 0, ..LIMITS };
        assert!(is_limited(open_only) && is_limited(share_only));
        assert_eq!(exceeded(share_only, all, None), None);
        assert_eq!(exceeded(share_only, all, Some(21)), Some(QuarantineReason::NetworkDayShare));
    }

    #[test]
    fn a_share_is_exceeded_by_the_other_networks_of_a_wide_network() {
        let usage = Usage { open: 0, on_day: 6 };
        assert_eq!(exceeded(LIMITS, usage, Some(21)), Some(QuarantineReason::NetworkDayShare));
        // Calls as soon as possible have no day, so only the limit of the network itself applies.
        assert_eq!(exceeded(LIMITS, Usage { open: 4, on_day: 0 }, None), None);
    }

    proptest! {
        /// A network that requests as much as it can is left with its limits, and others with the rest of each day.
        #[test]
        fn a_network_never_has_more_than_its_limits(
            open in 0..12_u32, percent in 1..=100_u32, capacity in 1..200_i64, days in proptest::collection::vec(0..4_usize, 0..300)
        ) {
            let limits = NetworkLimits { open, day_share_percent: percent };
            let mut booked = [0_i64; 4];
            for day in days {
                let usage = Usage { open: booked.iter().sum(), on_day: booked[day] };
                if exceeded(limits, usage, Some(capacity)).is_none() {
                    booked[day] += 1;
                }
            }
            prop_assert!(open == 0 || booked.iter().sum::<i64>() <= i64::from(open));
            if percent < 100 {
                // Compared without a division: at most the share, or one.
                prop_assert!(booked.iter().all(|calls| *calls <= 1 || calls * 100 <= capacity * i64::from(percent)));
            }
        }
    }
}
