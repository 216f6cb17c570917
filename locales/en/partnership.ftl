# Labels of the partnership report (SVG).

chart-report = Partnership report
chart-as-of = As of
chart-latency = Decision latency
chart-latency-means = Business time that a side takes to respond: half of its responses came within p50, nine out of ten within p90.
chart-responded = Responded
chart-pending = Pending
chart-without-response = No response
chart-oldest = oldest
chart-no-responses = no responses yet
chart-balance = Balance
chart-balance-means = The share of each side in the total.
chart-measure-decisions = Decisions raised
chart-measure-responses = First responses
chart-measure-rejections = Rejections
chart-measure-areas = Areas
chart-measure-members = Members
chart-total = total
chart-no-data = no data
chart-parity = Parity
chart-holds = Parity holds
chart-fails = Parity does not hold
chart-by-heads = Compared by headcount, tolerance
chart-by-fte = Compared by FTE, tolerance
chart-breached = Out of parity since
chart-grace = Grace period until
chart-coverage = Coverage of areas
chart-gap = No accountable person
chart-orphan = Accountable person is not a member
chart-mismatch = Accountable person belongs to another side
chart-milestone = Milestone
chart-first-date = Its first agreed date
chart-today = today
chart-covered = covered
chart-unnamed-milestones = Milestones without a label for lack of space:
chart-outside-milestones = Milestones outside this period:

chart-strength = { $members ->
    [one] { $members } member
   *[other] { $members } members
}, FTE { $fte }
chart-uncovered = { $days ->
    [one] { $days } day uncovered
   *[other] { $days } days uncovered
}
chart-orphaned = { $days } d non-member
chart-mismatched = { $days } d other side
chart-no-areas = The charter has no areas.
chart-all-covered = Every area has an accountable person on every day.
chart-with-gaps = Areas with days without an accountable person: { $gaps } of { $all }.
chart-more-areas = and { $hidden ->
    [one] { $hidden } more area
   *[other] { $hidden } more areas
}{ $problems ->
    [0] {" "}without gaps
   *[other] , { $problems } of them with gaps or other problems
}
chart-minutes = { $hours ->
    [0] { $minutes } min
   *[other] { $minutes ->
        [0] { $hours } h
       *[other] { $hours } h { $minutes } min
    }
}
chart-percent = { $percent }%
chart-day = { chart-day-of-year } { $year }
chart-day-of-year = { $day } { $month ->
    [1] Jan
    [2] Feb
    [3] Mar
    [4] Apr
    [5] May
    [6] Jun
    [7] Jul
    [8] Aug
    [9] Sep
    [10] Oct
    [11] Nov
   *[12] Dec
}
chart-month = { $month ->
    [1] Jan
    [2] Feb
    [3] Mar
    [4] Apr
    [5] May
    [6] Jun
    [7] Jul
    [8] Aug
    [9] Sep
    [10] Oct
    [11] Nov
   *[12] Dec
} { $year }
