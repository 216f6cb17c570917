# Beschriftungen des Partnerschaftsberichts (SVG).

chart-report = Partnerschaftsbericht
chart-as-of = Stand
chart-latency = Dauer bis zur Antwort
chart-latency-means = Arbeitszeit, die eine Seite bis zur Antwort braucht: die Hälfte ihrer Antworten kam innerhalb von p50, neun von zehn innerhalb von p90.
chart-responded = Beantwortet
chart-pending = Offen
chart-without-response = Ohne Antwort
chart-oldest = älteste
chart-no-responses = noch keine Antworten
chart-balance = Ausgewogenheit
chart-balance-means = Der Anteil jeder Seite am Ganzen.
chart-measure-decisions = Entscheidungen
chart-measure-responses = Erste Antworten
chart-measure-rejections = Ablehnungen
chart-measure-areas = Bereiche
chart-measure-members = Mitglieder
chart-total = gesamt
chart-no-data = keine Daten
chart-parity = Parität
chart-holds = Parität eingehalten
chart-fails = Parität nicht eingehalten
chart-by-heads = Vergleich nach Kopfzahl, Toleranz
chart-by-fte = Vergleich nach Vollzeitstellen, Toleranz
chart-breached = Verletzt seit
chart-grace = Frist bis
chart-coverage = Abdeckung der Bereiche
chart-gap = Niemand verantwortlich
chart-orphan = Verantwortliche Person kein Mitglied
chart-mismatch = Verantwortliche Person von anderer Seite
chart-milestone = Meilenstein
chart-first-date = Ursprünglicher Termin
chart-today = heute
chart-covered = abgedeckt
chart-unnamed-milestones = Meilensteine, für deren Beschriftung der Platz fehlt:
chart-outside-milestones = Meilensteine außerhalb dieses Zeitraums:

chart-strength = { $members ->
    [one] { $members } Mitglied
   *[other] { $members } Mitglieder
}, VZÄ { $fte }
chart-uncovered = { $days ->
    [one] { $days } Tag ohne Abdeckung
   *[other] { $days } Tage ohne Abdeckung
}
chart-orphaned = { $days } d kein Mitgl.
chart-mismatched = { $days } d andere Seite
chart-no-areas = Der Projektauftrag nennt keine Bereiche.
chart-all-covered = Für jeden Bereich ist an jedem Tag jemand verantwortlich.
chart-with-gaps = Bereiche, für die an einigen Tagen niemand verantwortlich ist: { $gaps } von { $all }.
chart-more-areas = und { $hidden ->
    [one] { $hidden } weiterer Bereich
   *[other] { $hidden } weitere Bereiche
}{ $problems ->
    [0] {" "}ohne Lücken
   *[other] , davon mit Lücken oder anderen Problemen: { $problems }
}
chart-minutes = { $hours ->
    [0] { $minutes } min
   *[other] { $minutes ->
        [0] { $hours } h
       *[other] { $hours } h { $minutes } min
    }
}
chart-percent = { $percent }{"\u00A0"}%
chart-day = { chart-day-of-year }{ $year }
chart-day-of-year = { $day }.{ $month }.
chart-month = { $month }/{ $year }
