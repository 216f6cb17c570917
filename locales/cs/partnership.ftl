# Popisky zprávy o partnerství (SVG).

chart-report = Zpráva o partnerství
chart-as-of = Ke dni
chart-latency = Rychlost rozhodování
chart-latency-means = Pracovní doba, za kterou strana odpoví: polovina jejích odpovědí přišla do p50, devět z deseti do p90.
chart-responded = Odpovězeno
chart-pending = Čeká
chart-without-response = Bez odpovědi
chart-oldest = nejdéle
chart-no-responses = zatím žádné odpovědi
chart-balance = Vyváženost
chart-balance-means = Podíl každé strany na celku.
chart-measure-decisions = Rozhodnutí
chart-measure-responses = První odpovědi
chart-measure-rejections = Nesouhlasy
chart-measure-areas = Oblasti
chart-measure-members = Členové
chart-total = celkem
chart-no-data = bez údajů
chart-parity = Parita
chart-holds = Parita je dodržena
chart-fails = Parita není dodržena
chart-by-heads = Porovnává se počet členů, tolerance
chart-by-fte = Porovnávají se úvazky, tolerance
chart-breached = Porušena od
chart-grace = Lhůta k nápravě do
chart-coverage = Pokrytí oblastí
chart-gap = Nikdo neodpovídá
chart-orphan = Odpovědná osoba není členem týmu
chart-mismatch = Odpovědná osoba patří k jiné straně
chart-milestone = Milník
chart-first-date = Jeho původní termín
chart-today = dnes
chart-covered = pokryto
chart-unnamed-milestones = Milníky, na jejichž popisek nezbylo místo:
chart-outside-milestones = Milníky mimo toto období:

chart-strength = { $members ->
    [one] { $members } člen
    [few] { $members } členové
   *[other] { $members } členů
}, úvazky { $fte }
chart-uncovered = { $days ->
    [one] { $days } den bez pokrytí
    [few] { $days } dny bez pokrytí
   *[other] { $days } dní bez pokrytí
}
chart-orphaned = { $days } d mimo tým
chart-mismatched = { $days } d jiná strana
chart-no-areas = Zakládací listina neuvádí žádné oblasti.
chart-all-covered = Za každou oblast každý den někdo odpovídá.
chart-with-gaps = Oblasti, za které v některých dnech nikdo neodpovídá: { $gaps } z { $all }.
chart-more-areas = a { $hidden ->
    [one] { $hidden } další oblast
    [few] { $hidden } další oblasti
   *[other] { $hidden } dalších oblastí
}{ $problems ->
    [0] {" "}bez mezer
   *[other] , z toho s mezerami nebo jinými závadami: { $problems }
}
chart-minutes = { $hours ->
    [0] { $minutes } min
   *[other] { $minutes ->
        [0] { $hours } h
       *[other] { $hours } h { $minutes } min
    }
}
chart-percent = { $percent }{"\u00A0"}%
chart-day = { chart-day-of-year } { $year }
chart-day-of-year = { $day }. { $month }.
chart-month = { $month }/{ $year }
