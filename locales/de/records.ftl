# Texte, die der Dienst in Datensätze anderer Systeme, in Kalender und in eigene Datensätze schreibt.

# Datensätze zu Rückrufanfragen in einem CRM oder ITSM
record-title = Rückruf: { $value }
record-promised-between = Anruf zugesagt zwischen { $from } und { $by }.
record-promised-asap = Anruf so bald wie möglich zugesagt, spätestens bis { $by }.
record-name = Name: { $value }
record-phone = Telefon: { $value }
record-email = E-Mail: { $value }
record-company = Firma: { $value }
record-notes = Anmerkungen: { $value }
record-page = Seite: { $value }
record-campaign = Kampagne: { $value }
record-utm = Parameter der Kampagne: { $value }
record-marketing-consent = Einwilligung in Werbung: ja
record-agent = Agent: { $value }
record-last-call = Anruf { $number }: { $outcome }, begonnen { $at }
record-result = Ergebnis: { $state }, Zusage: { $promise }

# Der Kalender eines Agenten
record-calendar = Rückrufe
record-call = Rückruf: { $intent ->
    [technical_support] Technischer Support
   *[sales] Vertrieb
}

# Der Eintrag im Kalender der anfragenden Person
record-visitor-call = Anruf von unserem Fachteam: { $intent ->
    [technical_support] Technischer Support
   *[sales] Vertrieb
}
record-visitor-link = Ändern oder zurückziehen: { $link }

# Der Grund eines Schließtags, wenn das Ereignis eines importierten Kalenders keinen Titel hat
record-closed-day = Geschlossen
