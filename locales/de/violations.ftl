# Einzelheiten zu den Einträgen in `errors`. Die Stelle des Wertes steht daneben, daher sagen die Texte, was dort erwartet wird.

# Aufbau eines Bodys oder Parameters
violation-unknown-field = Dieses Feld gibt es nicht.
violation-wrong-type = Senden Sie { $type ->
    [object] ein JSON-Objekt
    [array] ein Array
    [string] einen Text
    [integer] eine ganze Zahl
    [number] eine Zahl
    [boolean] `true` oder `false`
    [null] `null`
   *[other] einen Wert vom Typ { $type }
}.
violation-wrong-type-nullable = Senden Sie { $type ->
    [object] ein JSON-Objekt
    [array] ein Array
    [string] einen Text
    [integer] eine ganze Zahl
    [number] eine Zahl
    [boolean] `true` oder `false`
   *[other] einen Wert vom Typ { $type }
} oder `null`.
violation-too-many-items = Hier { $limit ->
    [one] ist höchstens { $limit } Element
   *[other] sind höchstens { $limit } Elemente
} möglich.
violation-too-few-items = Hier { $limit ->
    [one] ist mindestens { $limit } Element
   *[other] sind mindestens { $limit } Elemente
} nötig.
violation-too-small = Der Wert muss mindestens { $limit } sein.
violation-too-large = Der Wert darf höchstens { $limit } sein.
violation-unlisted-value = Dieser Wert gehört nicht zu denen, die das API-Dokument nennt, zum Beispiel { $example }.
violation-unknown-value = Der Wert muss einer von diesen sein: { $values }.
violation-constant = Der Wert muss { $value } sein.
violation-repeated-item = Die Elemente müssen sich unterscheiden.
violation-empty-object = Senden Sie mindestens ein Feld.
violation-no-variant = Der Wert entspricht keiner der dokumentierten Formen.
violation-invalid = Dieser Wert ist ungültig.
violation-unreadable = Der Body lässt sich nicht lesen: { $reason }.

# Form eines Textes
violation-form-id = Senden Sie eine ID so, wie Sie sie erhalten haben, zum Beispiel „{ $prefix }_01kxsg6qmaescrfyehw09a1m12“.
violation-form-date = Senden Sie ein Datum, zum Beispiel „2027-03-30“.
violation-form-instant = Senden Sie Datum und Uhrzeit in UTC, zum Beispiel „2027-03-30T08:00:00Z“.
violation-form-time = Senden Sie eine Uhrzeit, zum Beispiel „08:30“.
violation-form-window = Senden Sie ein Zeitfenster, zum Beispiel „10:00-11:00“.
violation-form-phone = Geben Sie eine Telefonnummer im internationalen Format ein, zum Beispiel „+420 601 123 456“.
violation-form-sha256 = Senden Sie einen SHA-256-Hash: 64 hexadezimale Ziffern in Kleinbuchstaben.
violation-form-key = Verwenden Sie 1 bis 40 Kleinbuchstaben, Ziffern und Bindestriche, beginnend mit einem Buchstaben.
violation-form-pointer = Senden Sie einen JSON Pointer, zum Beispiel „/fields/name“.
violation-form-secret = Senden Sie den Wert so, wie Sie ihn erhalten haben.
violation-form-header-name = Senden Sie den Namen eines HTTP-Headers: Buchstaben, Ziffern und Bindestriche.
violation-form-system-name = Verwenden Sie 1 bis 40 Zeichen: Kleinbuchstaben, Ziffern, „.“, „-“ und „_“.
violation-form-event-type = Senden Sie einen Ereignistyp, zum Beispiel „project.activated“.
violation-form-https = Senden Sie eine vollständige URL, die mit https:// beginnt, zum Beispiel „https://www.example.com/danke“.
violation-form-color = Senden Sie eine Farbe als # und sechs Hexadezimalziffern, zum Beispiel „#7a1f5c“.
violation-form-base64 = Senden Sie die Datei in Base64.
violation-form-other = Dieser Wert hat nicht die geforderte Form. Das API-Dokument beschreibt das Feld.

# JSON
violation-malformed-json = Ab hier ist das JSON ungültig (Zeile { $line }, Spalte { $column }).
violation-empty-body = Der Body ist leer. Senden Sie ein JSON-Objekt.
violation-too-deep = Der Body ist tiefer als { $depth } Ebenen verschachtelt.
violation-duplicate-field = Dieses Feld kommt mehrmals vor.

# Parameter und Header
violation-unknown-parameter = Diesen Parameter gibt es nicht.
violation-repeated-parameter = Senden Sie diesen Parameter nur einmal.
violation-invalid-id = Das ist keine gültige ID. Senden Sie sie so, wie Sie sie erhalten haben.
violation-invalid-cursor = Dieser Cursor gehört nicht zu dieser Abfrage.
violation-entity-tag = Senden Sie das ETag so, wie Sie es erhalten haben, in geraden Anführungszeichen.
violation-if-none-match = Senden Sie `*`.
violation-idempotency-key = Senden Sie 1 bis 255 sichtbare ASCII-Zeichen.
violation-system-name = Senden Sie 1 bis 40 Zeichen: a-z, 0-9, „.“, „-“ und „_“.

# Reihenfolge und Bereich
violation-must-be-after = `{ $field }` muss nach `{ $other }` liegen.
violation-must-not-be-before = `{ $field }` darf nicht vor `{ $other }` liegen.
violation-valid-to-after-valid-from = `valid_to` muss nach `valid_from` liegen.
violation-until-after-since = `until` muss nach `since` liegen.
violation-date-too-late = Dieses Datum muss vor dem Jahr 9999 liegen.
violation-past-day = Dieser Tag ist vorbei. Wählen Sie einen späteren.
violation-settings-out-of-order = In dieser Zeitzone würden die Einstellungen nicht zwischen den vorherigen und den nächsten beginnen. Wählen Sie einen anderen Tag, oder ändern Sie zuerst die geplanten Einstellungen.
violation-period-too-long = Der Zeitraum darf höchstens { $days } Tage haben.
violation-past-instant = Dieser Zeitpunkt ist vorbei. Wählen Sie einen späteren.
violation-future-instant = Dieser Zeitpunkt darf nicht in der Zukunft liegen.
violation-between-days = Dieser Tag muss zwischen { $earliest } und { $latest } liegen.
violation-outside-project = Dieser Tag muss in der Projektlaufzeit liegen.
violation-no-common-day = Kein Tag von `from` bis `to` liegt in der Projektlaufzeit ({ $starts_on } bis { $ends_on }).

# Verweise
violation-unknown-person = Eine Person mit dieser ID gibt es nicht.
violation-unknown-agent = Einen aktiven Agenten mit dieser ID gibt es nicht.
violation-unknown-department = Eine Abteilung mit dieser ID gibt es nicht.
violation-unknown-membership = Eine Mitgliedschaft mit dieser ID gibt es in diesem Projekt nicht.
violation-unknown-area = Einen Bereich mit dieser ID gibt es in diesem Projekt nicht.
violation-unknown-assignment = Diese Zuordnung gibt es nicht, oder sie gehört einer anderen Person.
violation-successor-is-leaving = Die Nachfolge ist die Person, die ausscheidet. Geben Sie eine andere Person an.
violation-handed-over-twice = Ein früherer Eintrag übergibt dies bereits. Geben Sie nur eine Nachfolge an.
violation-not-headed = Diese Abteilung gibt es nicht, oder sie wird von einer anderen Person geleitet.
violation-head-of-other-department = Diese Person hat heute keine Stammposition in der Abteilung. Um eine Leitung aus einer anderen Abteilung zu benennen, ändern Sie die Abteilung.
violation-not-sponsor = Das Projekt hat diese Seite nicht, oder die ausscheidende Person ist nicht als ihr Sponsor benannt.
violation-not-managed = Die ausscheidende Person ist ab diesem Tag nicht die Führungskraft dieser Person.
violation-own-manager = Niemand kann die eigene Führungskraft sein. Geben Sie eine andere Person an.
violation-agent-or-queue = Senden Sie entweder `callback_agent_id`, oder `unassign_callback_requests`, damit die Anfragen in die Warteschlange zurückkehren.
violation-person-deactivated = Diese Person ist deaktiviert.

# Rückrufe
violation-duties-overlap = Dieser Dienst überschneidet sich mit einem anderen.
violation-unknown-country = Ein Land mit diesem Code gibt es nicht. Senden Sie einen Code, zum Beispiel „CZ“ (ISO 3166-1).
violation-date-twice = Dieses Datum steht zweimal in der Liste. Fassen Sie alle seine Zeiträume in einem Eintrag zusammen.
violation-periods-overlap = Dieser Zeitraum überschneidet sich mit einem anderen desselben Tages.
violation-unknown-calendar = Einen Kalender mit dieser ID gibt es nicht.
violation-unknown-queue = Eine solche Warteschlange gibt es nicht.
violation-unknown-public-queue = Es gibt keine öffentliche Warteschlange mit diesem Schlüssel.
violation-queue-twice = Diese Warteschlange steht zweimal in der Liste. Fassen Sie alle ihre Dienste in einem Eintrag zusammen.
violation-absences-overlap = Diese Abwesenheit überschneidet sich mit einer anderen.
violation-queue-without-intent = Die Warteschlange nimmt keine Anfragen mit diesem Anliegen an.
violation-agent-not-in-queue = Der Agent arbeitet nicht in der Warteschlange der Anfrage. Wählen Sie einen anderen Agenten, oder leiten Sie die Anfrage um.
violation-call-start = Der Anruf muss begonnen haben, während der Agent die Anfrage hatte.
violation-call-end = Der Anruf darf nicht vor seinem Beginn und nicht in der Zukunft geendet haben.
violation-call-agent = Senden Sie den Agenten, der die Anfrage zuletzt hatte.
violation-call-no-agent = Bisher hatte kein Agent diese Anfrage. Weisen Sie sie zuerst zu; der Anruf muss danach beginnen.
violation-id-or-sha256 = Senden Sie `id` oder `sha256`.
violation-phone-or-email = Senden Sie `phone` oder `email`.
violation-data-subject = Senden Sie `phone`, `email` oder `person_id`.
violation-search-criterion = Senden Sie `phone`, `email` oder `name`.
violation-logo-without-name = Senden Sie auch `company_name`: Der Name ist der Alternativtext des Logos.
violation-image-bytes = Das Bild darf höchstens { $limit } Bytes haben.
violation-image-format = Senden Sie ein Bild im Format PNG oder WebP. Das Format wird an den Bytes der Datei erkannt.
violation-image-damaged = Das Bild ist beschädigt: Es endet zu früh, geht nach seinem Ende weiter oder ist leer. Exportieren Sie es erneut.
violation-image-animated = Senden Sie ein Bild, das nicht animiert ist.
violation-image-size = Das Bild muss auf jeder Seite 1 bis 2000 Pixel haben.
violation-contrast = Weißer Text hat auf dieser Farbe einen Kontrast von { $contrast }:1, nötig sind mindestens 4,5:1 (WCAG 2.2). Wählen Sie eine dunklere Farbe, zum Beispiel „{ $color }“.
violation-ambiguous-slot = Senden Sie entweder `slot_id` oder `window`, Letzteres mit oder ohne `date`.

# Kalender
violation-not-icalendar = Das ist keine iCalendar-Datei (RFC 5545).
violation-too-many-days = Der Kalender hat mehr als 1000 Tage. Importieren Sie ihn in Teilen.
violation-no-events = Der Kalender enthält keine Ereignisse.
violation-event = Ereignis { $number } ({ $name }): { $fault }
    .recurring = Wiederkehrende Ereignisse lassen sich nicht importieren.
    .no-start = Es hat keinen Beginn (DTSTART).
    .not-all-day = Nur ganztägige Ereignisse können Schließtage sein.
    .no-such-day = Den Tag seines Beginns gibt es nicht.
    .duration = Verwenden Sie DTEND statt DURATION.
    .too-long = Es ist länger als 1000 Tage.
    .ends-before-start = Es endet, bevor es beginnt.
violation-unknown-zone = Das ist kein Name eines Ortes in der IANA-Zeitzonendatenbank. Senden Sie einen Namen, zum Beispiel „Europe/Prague“, oder „UTC“.
violation-window-too-long = Das Zeitfenster muss in die Öffnungszeiten passen, auch in die geplanten.
violation-queue-without-windows = Die Zeitfenster der Warteschlange „{ $queue }“ würden nicht in die Öffnungszeiten passen. Verkürzen Sie zuerst deren `window_minutes`.
violation-intent-twice = Dieses Anliegen steht zweimal in der Liste.

# Projekte
violation-delegation-too-long = Eine Vertretung kann höchstens 90 Tage dauern.
violation-delegate-of-other-department = Am ersten Tag muss diese Person ihre Stammposition in Ihrer Abteilung haben.
violation-raising-side = Nennen Sie die Seite des Projekts, die die Entscheidung einbringt.
violation-start-is-fixed = Das Projekt hat begonnen, daher lässt sich sein erster Tag nicht mehr ändern.
violation-use-a-transfer = Solange das Projekt läuft, geht ein Bereich nur durch eine Übergabe an eine andere Seite.
violation-not-a-side = Diese Abteilung ist keine Seite des Projekts.
violation-home-elsewhere = Am ersten Tag hat diese Person ihre Stammposition in einer anderen Abteilung.
violation-member-is-sponsor = Ein Sponsor des Projekts kann nicht zugleich Mitglied sein.
violation-membership-over = Die Mitgliedschaft wäre bereits beendet.
violation-no-home-position = Diese Person hat am ersten Tag keine Stammposition. Tragen Sie zuerst eine im Verzeichnis ein.
violation-already-member = Diese Person ist an einigen dieser Tage bereits Mitglied oder eingeladen.
violation-nothing-to-arbitrate = Nennen Sie eine blockierte Entscheidung oder einen offenen Streitfall dieses Projekts.
violation-not-neutral = Die Person, die entscheidet, darf keine Rolle im Projekt haben.
violation-arbiter-works-for-side = Die Person, die entscheidet, darf keine Stammposition in einer Abteilung haben, die eine Seite ist.
violation-arbiter-below-sponsor = Die Person, die entscheidet, darf keinen Sponsor unter ihren Vorgesetzten haben.
violation-arbiter-above-sponsor = Wer einem Sponsor vorgesetzt ist, darf nur entscheiden, wenn er allen Sponsoren vorgesetzt ist.
violation-too-soon = Die Seiten brauchen Zeit für ihre Antwort: Senden Sie einen Zeitpunkt nicht vor { $earliest }. Früher endet es nur, wenn alle Seiten sich einigen.
violation-too-late = Vor Ablauf der Frist kann die ausgeloste Person nicht entscheiden: Senden Sie einen Zeitpunkt nicht nach { $latest }.
violation-repeated-arbiter = Diese Person gehört bereits zum Gremium. Nennen Sie jede Person einmal.
violation-no-days-left = Es sind keine Tage mehr zu übergeben.
violation-nothing-to-hand-over = Die Zuordnung endet am { $latest }, daher bleibt für { $successor } nichts zu übernehmen.
violation-owner-not-member = Diese Person muss an allen diesen Tagen Mitglied des Projekts sein und die Einladung angenommen haben.
violation-side-mismatch = Diese Person arbeitet für eine Seite, der der Bereich nicht gehört.
violation-at-once-only = Ein Bereich geht an eine andere Seite, sobald alle Seiten zugestimmt haben. Lassen Sie den späteren Tag weg.
violation-repeated-side = Die Abteilung { $department } ist bereits eine Seite.
violation-repeated-area-key = Ein anderer Bereich hat diesen Schlüssel.
violation-area-side = Ein Bereich muss zu einer Seite des Projekts gehören.
violation-sponsor-of-other-department = Diese Person hat heute keine Stammposition in der Abteilung der Seite.
violation-lead-is-sponsor = Die Projektleitung kann nicht zugleich Sponsor sein.
violation-same-head = Diese Abteilung hat dieselbe Leitung wie eine andere Seite. Zwei Seiten brauchen zwei Leitungen.
violation-reason-to-confirm = Geben Sie einen Grund für die Bestätigung an, weil Sie für die Administration bestätigen.
violation-sponsor-of-two-sides = Eine Person kann nicht Sponsor von zwei Seiten sein.
violation-number-of-sides = Ein Projekt hat zwei bis acht Seiten.
violation-sides-before-activation = Seiten kommen und gehen erst, nachdem das Projekt aktiviert wurde.
violation-leaving-side = Diese Abteilung ist keine Seite des Projekts.
violation-template-sides = Die Vorlage braucht die Abteilungen „it“ und „marketing“ als Seiten.
violation-goals-do-not-match = Der Projektauftrag hat { $goals ->
    [one] { $goals } Ziel
   *[other] { $goals } Ziele
}. Senden Sie für jedes Ziel ein Ergebnis.
violation-reason-missing = Nennen Sie einen Grund, damit die anderen Seiten wissen, was zu ändern ist.

# Verzeichnis
violation-same-person = Ein anderes Element nennt dieselbe Person.
violation-two-people = Personalnummer, Login und E-Mail-Adresse gehören zu verschiedenen Personen.
violation-department-id-or-key = Senden Sie entweder die ID oder den Schlüssel der Abteilung.
violation-unknown-issuer = Der Dienst akzeptiert keine Token dieses Ausstellers. Er akzeptiert die Token von: { $issuers }.
violation-issuer-needs-login = Zu einem Aussteller gehört ein Login. Senden Sie auch `login`, oder lassen Sie `login_issuer` weg.
violation-one-manager = Senden Sie entweder den Login oder die E-Mail-Adresse der Führungskraft.
violation-unknown-department-key = Eine Abteilung mit diesem Schlüssel gibt es nicht.
violation-unknown-manager = Die Führungskraft steht weder im Verzeichnis noch in diesem Import.
violation-later-position = Die Person hat an einigen dieser Tage bereits eine andere Position. Ändern Sie diese einzeln.
violation-outside-position = Dieser Tag muss in der Laufzeit der Position liegen.

# Integrationen
violation-no-such-field = Kein Datensatz hat dieses Feld.
violation-field-name-taken = Ein anderes Feld hat diesen Namen.
violation-no-parent = Kein Datensatz hat das Objekt, in dem das Feld stehen soll.
violation-credentials-need-it = Diese Art von Zugangsdaten erfordert dieses Feld.
violation-credentials-other-kind = Dieses Feld gehört zu einer anderen Art von Zugangsdaten.
violation-reserved-header = Diesen Header setzt der Dienst selbst.
violation-mapping-not-allowed = Ereignisse werden unverändert gesendet. Entfernen Sie das Mapping.
violation-mapping-too-long = Das Mapping ist länger als { $limit } Byte.
violation-mapping-jira = Setzen Sie `/serviceDeskId` und `/requestTypeId` Ihres Service Desks.
violation-not-in-format = Dieses Format hat für diesen Ereignistyp keinen Datensatz.
violation-records-in-order = Datensätze werden immer in der Reihenfolge ihrer Ereignisse gesendet. Lassen Sie `ordering` weg, oder senden Sie `subject`.
violation-own-credentials = Die gespeicherten Zugangsdaten werden nicht an einen anderen Server gesendet. Senden Sie mit der neuen URL auch `auth`.
violation-not-a-url = Das ist keine URL: { $reason }.
violation-url-too-long = Mit maskierten Sonderzeichen hat die URL mehr als { $limit } Zeichen.
violation-url-scheme = Die URL muss mit „https://“ beginnen.
violation-url-host = Die URL enthält keinen Host.
violation-url-trailing-dot = Der Hostname darf nicht mit einem Punkt enden.
violation-url-local-name = Namen aus einem privaten Netzwerk wie „localhost“ oder „crm.internal“ sind nicht erlaubt. Verwenden Sie einen öffentlichen Namen, oder bitten Sie den Betreiber dieses Dienstes, diesen Namen zu erlauben.
violation-url-fragment = Die URL darf kein Fragment enthalten.
violation-url-port = Dieser Port ist nicht erlaubt.
violation-url-address = Diese Adresse ist nicht erlaubt.
