# Sätze für Besucher über ihre Rückrufanfrage. Sie legen kein Geschlecht fest und sprechen niemanden mit Namen an.

confirmation-slot = Vielen Dank. Unser Fachteam ruft Sie { $day }, zwischen { $from } und { $to } Uhr ({ $zone }) unter { $phone } an. Auf Wiederhören.
confirmation-asap = Vielen Dank. Unser Fachteam ruft Sie unter { $phone } so bald wie möglich an, spätestens { $day }, um { $time } Uhr. Auf Wiederhören.
confirmation-cancelled = Ihre Anfrage ist zurückgezogen, wir rufen Sie nicht an. Sie können jederzeit erneut um einen Anruf bitten.
confirmation-completed = Unser Fachteam hat bereits mit Ihnen gesprochen. Vielen Dank.
confirmation-unreachable = Wir haben Sie angerufen, aber nicht erreicht. Sie können erneut um einen Anruf bitten.
confirmation-called-in-vain = Wir haben Sie angerufen, aber nicht erreicht. Wir versuchen es { $day }, nach { $time } Uhr erneut.
confirmation-late = Entschuldigung, wir haben Sie nicht zur zugesagten Zeit angerufen. Wir rufen Sie an, sobald es möglich ist.

# Das Datum, wie es im Satz steht; Wochentag 1 ist Montag.
confirmation-day = am { $weekday ->
    [1] Montag
    [2] Dienstag
    [3] Mittwoch
    [4] Donnerstag
    [5] Freitag
    [6] Samstag
   *[7] Sonntag
}, dem { $day }. { $month ->
    [1] Januar
    [2] Februar
    [3] März
    [4] April
    [5] Mai
    [6] Juni
    [7] Juli
    [8] August
    [9] September
    [10] Oktober
    [11] November
   *[12] Dezember
} { $year }
confirmation-zone = { $kind ->
    [prague] Prager Zeit
   *[other] Zeitzone { $place }
}
