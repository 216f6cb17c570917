# Sentences for visitors about their callback request. They avoid gender and do not address visitors by name.

confirmation-slot = Thank you. One of our experts will call you { $day } between { $from } and { $to } ({ $zone }) on { $phone }. Goodbye.
confirmation-asap = Thank you. One of our experts will call you on { $phone } as soon as possible, { $day } by { $time } at the latest. Goodbye.
confirmation-cancelled = Your request is cancelled; we will not call you. You can ask for a call again at any time.
confirmation-completed = One of our experts has spoken to you. Thank you.
confirmation-unreachable = We called you but could not reach you. You can ask for a call again.
confirmation-called-in-vain = We called you but could not reach you. We will try again { $day } after { $time }.
confirmation-late = Sorry, we did not call you at the promised time. We will call as soon as we can.

# The date inside a sentence; weekday 1 is Monday.
confirmation-day = on { $weekday ->
    [1] Monday
    [2] Tuesday
    [3] Wednesday
    [4] Thursday
    [5] Friday
    [6] Saturday
   *[7] Sunday
} { $day } { $month ->
    [1] January
    [2] February
    [3] March
    [4] April
    [5] May
    [6] June
    [7] July
    [8] August
    [9] September
    [10] October
    [11] November
   *[12] December
} { $year }
confirmation-zone = { $kind ->
    [prague] Prague time
   *[other] { $place } time
}
