# Texty, které služba zapisuje do záznamů jiných systémů, do kalendářů a do vlastních záznamů.

# Záznamy o žádostech o zavolání v CRM nebo ITSM
record-title = Zavolat: { $value }
record-promised-between = Hovor přislíben mezi { $from } a { $by }.
record-promised-asap = Hovor přislíben co nejdříve, nejpozději do { $by }.
record-name = Jméno: { $value }
record-phone = Telefon: { $value }
record-email = E-mail: { $value }
record-company = Firma: { $value }
record-notes = Poznámka: { $value }
record-page = Stránka: { $value }
record-campaign = Kampaň: { $value }
record-utm = Parametry kampaně: { $value }
record-marketing-consent = Souhlas s marketingem: ano
record-agent = Operátor: { $value }
record-last-call = Hovor { $number }: { $outcome }, zahájen { $at }
record-result = Výsledek: { $state }, slib: { $promise }

# Kalendář operátora
record-calendar = Hovory
record-call = Zavolat: { $intent ->
    [technical_support] technická podpora
   *[sales] prodej
}

# Záznam v kalendáři návštěvníka
record-visitor-call = Zavolá vám náš odborník: { $intent ->
    [technical_support] technická podpora
   *[sales] prodej
}
record-visitor-link = Změnit nebo zrušit: { $link }

# Důvod uzavřeného dne, pokud událost dováženého kalendáře nemá název
record-closed-day = Uzavřeno
