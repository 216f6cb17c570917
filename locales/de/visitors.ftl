# Probleme und Fehler in Angaben, auf die Besucher des Rückrufformulars stoßen können.

# Probleme; die Attribute sind dieselben wie in problems.ftl
problem-not_found =
    .title = Eintrag nicht gefunden
    .detail = Den Eintrag gibt es nicht, oder Sie haben keinen Zugriff darauf.
    .remedy = Prüfen Sie den Pfad und die ID. Wenn es den Eintrag gibt, bitten Sie die Administration oder die Projektleitung um Zugriff.
problem-request_timeout =
    .title = Zeitüberschreitung
    .detail = Die Anfrage ist nicht rechtzeitig angekommen. Senden Sie sie noch einmal.
    .remedy = Senden Sie die Anfrage mit demselben `Idempotency-Key` noch einmal. Eine langsame Verbindung oder ein langsamer Proxy kann die Ursache sein.
problem-illegal_transition =
    .title = Operation in diesem Zustand nicht möglich
    .detail = Der Zustand des Eintrags lässt diese Operation nicht zu. `state` und `allowed` sagen, was möglich ist.
    .remedy = `state` ist der aktuelle Zustand; `allowed` nennt die Operationen (`operationId`), die jetzt möglich sind. Rufen Sie den Eintrag neu ab, denn er kann inzwischen geändert worden sein.
problem-slot_full =
    .title = Termin ausgebucht
    .detail = Entschuldigung, zu dieser Zeit ist niemand mehr frei. Bitte wählen Sie einen anderen Termin.
    .remedy = Senden Sie die Anfrage noch einmal mit einem der Termine in `alternatives`.
problem-no_agent_on_duty =
    .title = Kein Agent im Dienst
    .detail = Entschuldigung, in den nächsten Tagen kann Sie niemand anrufen. Bitte versuchen Sie es später noch einmal.
    .remedy = Für die Administration: Tragen Sie Dienste von Agenten in der Warteschlange ein, oder setzen Sie deren `capacity_source` auf `fixed`.
problem-idempotency_in_progress =
    .title = Anfrage wird noch bearbeitet
    .detail = Die erste Anfrage mit diesem `Idempotency-Key` läuft noch. Warten Sie so viele Sekunden, wie `Retry-After` angibt, und senden Sie dieselbe Anfrage dann noch einmal.
    .remedy = Warten Sie so viele Sekunden, wie `Retry-After` angibt, und senden Sie dieselbe Anfrage mit demselben Schlüssel noch einmal. Sie erhalten die Antwort auf die erste Anfrage.
problem-validation_failed =
    .title = Ungültige Werte
    .detail = Einige Werte sind ungültig, siehe `errors`. Nach der Korrektur können weitere Fehler gemeldet werden.
    .remedy = Korrigieren Sie jeden Eintrag in `errors` und senden Sie die Anfrage noch einmal. Der `Idempotency-Key` kann derselbe bleiben, weil Fehlerantworten nicht gespeichert werden.
problem-too_many_requests =
    .title = Zu viele Anfragen
    .detail = Sie haben zu viele Anfragen gesendet. Warten Sie so viele Sekunden, wie `Retry-After` angibt.
    .remedy = Warten Sie so viele Sekunden, wie `Retry-After` angibt. Der Header `RateLimit` zeigt, wie viele Anfragen noch möglich sind.
problem-too_many_for_number =
    .title = Zu viele Anfragen für diese Telefonnummer
    .detail = Für diese Nummer gibt es bereits zwei offene Anfragen. Warten Sie die zugesagten Anrufe ab, oder ziehen Sie eine der Anfragen zurück.
    .remedy = Warten Sie die zugesagten Anrufe ab, oder ziehen Sie eine der Anfragen zurück.
problem-internal_error =
    .title = Interner Fehler
    .detail = Entschuldigung, im Dienst ist ein unerwarteter Fehler aufgetreten. Es wurde nichts geändert. Geben Sie die `request_id` an, wenn Sie ihn melden.
    .remedy = Melden Sie das Problem und geben Sie dabei die `request_id` an. Sie können dieselbe Anfrage mit demselben `Idempotency-Key` noch einmal senden.
problem-unavailable =
    .title = Dienst nicht verfügbar
    .detail = Der Dienst ist überlastet. Es wurde nichts geändert. Warten Sie so viele Sekunden, wie `Retry-After` angibt, und senden Sie dieselbe Anfrage dann noch einmal.
    .remedy = Warten Sie so viele Sekunden, wie `Retry-After` angibt, und senden Sie dieselbe Anfrage dann mit demselben `Idempotency-Key` noch einmal.
problem-outcome_unknown =
    .title = Ergebnis unbekannt
    .detail = Die Verbindung zur Datenbank ist ausgefallen, während Ihre Anfrage abgeschlossen wurde. Möglicherweise wurde sie ausgeführt. Wiederholen Sie die Anfrage mit demselben `Idempotency-Key`, oder lesen Sie zuerst den aktuellen Stand.
    .remedy = Wiederholen Sie die Anfrage mit demselben `Idempotency-Key`: Sie erhalten die Antwort auf die erste Anfrage, oder sie wird jetzt ausgeführt. Lesen Sie ohne Schlüssel zuerst, ob die Änderung erfolgt ist.
problem-insufficient_storage =
    .title = Speicher voll
    .detail = Der Speicher des Dienstes ist voll. Es wurde nichts geändert. Versuchen Sie es später noch einmal.
    .remedy = Senden Sie dieselbe Anfrage später mit demselben `Idempotency-Key` noch einmal. Wenn Sie den Dienst betreiben, schaffen Sie Platz auf der Festplatte der Datenbank; der Dienst arbeitet dann von selbst weiter.

# Einzelheiten zu Problemen
detail-illegal-transition = „{ $operation }“ ist nicht möglich, solange { $resource ->
    [approval] die Zustimmung
    [assignment] die Zuordnung
    [call] der Anruf
    [callback_request] die Rückrufanfrage
    [decision] die Entscheidung
    [delegation] die Vertretung
    [delivery] die Zustellung
    [dispute] der Streitfall
    [membership] die Mitgliedschaft
    [person] die Person
    [project] das Projekt
    [sponsor] die Rolle des Sponsors
    [transfer] die Übergabe
   *[other] der Eintrag
} im Zustand „{ $state }“ ist. { $count ->
    [0] In diesem Zustand ist keine Operation möglich.
   *[other] Jetzt möglich: { $allowed }.
}
detail-call-has-started = Entschuldigung, Ihr Anruf ist bereits fällig und lässt sich nicht mehr ändern. Bitte sagen Sie es unserem Fachteam, wenn es Sie anruft.
detail-feedback-too-early = Entschuldigung, das ist erst nach der zugesagten Zeit des Anrufs möglich.
detail-feedback-given = Entschuldigung, diese Frage haben Sie bereits beantwortet. Vielen Dank.
detail-feedback-link-of-agent = Entschuldigung, dieser Link stammt von unserem Fachteam, deshalb lässt sich die Frage damit nicht beantworten.
detail-too-many-from-network = Entschuldigung, aus Ihrem Netzwerk kommen zurzeit zu viele Anfragen. Bitte versuchen Sie es in einer Minute erneut.
detail-too-many-for-number = Entschuldigung, für diese Nummer haben Sie bereits zwei offene Anfragen. Warten Sie unseren Anruf ab, oder ziehen Sie eine der Anfragen zurück.
detail-visitor-invalid = Entschuldigung, wir können Ihre Anfrage noch nicht annehmen. Bitte korrigieren Sie die Angaben unten und senden Sie die Anfrage noch einmal ab.

# Einträge in `errors`
violation-required = Diese Angabe ist erforderlich.
violation-too-long = Hier sind höchstens { $limit } Zeichen möglich.
violation-too-short = Hier sind mindestens { $limit } Zeichen nötig.
violation-blank-name = Geben Sie einen Namen ein.
violation-blank = Geben Sie einen Text mit mindestens einem sichtbaren Zeichen ein.
violation-form-email = Geben Sie eine E-Mail-Adresse ein, zum Beispiel „jana@example.com“.
violation-form-url = Senden Sie eine vollständige URL mit http oder https, zum Beispiel „https://example.com/path“.
violation-url-user = Die URL darf weder Benutzernamen noch Passwort enthalten.
violation-form-line = Verwenden Sie sichtbare Zeichen ohne Zeilenumbrüche.
violation-form-text = Geben Sie einen Text ohne Steuerzeichen ein.
violation-nul = Der Text darf das Zeichen U+0000 nicht enthalten.
violation-lone-surrogate = Der Text darf kein halbes Surrogatpaar enthalten.
violation-unknown-notice = Diese Datenschutzhinweise gibt es nicht.
violation-unknown-wording = Der Text der Einwilligung stammt nicht aus diesem Formular. Laden Sie das Formular neu.
violation-proof-missing = Lösen Sie zuerst eine Proof-of-Work-Aufgabe.
violation-proof-wrong = Das ist nicht die Lösung einer Aufgabe.
violation-proof-expired = Die Aufgabe ist abgelaufen. Bitte laden Sie das Formular neu.
violation-proof-used = Diese Aufgabe wurde schon verwendet.
violation-phone-empty = Geben Sie eine Telefonnummer ein.
violation-phone-letters = Verwenden Sie Ziffern statt Buchstaben.
violation-phone-extension = Lassen Sie die Durchwahl weg, wir können sie nicht anwählen.
violation-phone-character = Die Nummer enthält ein Zeichen, das in einer Telefonnummer nicht vorkommt.
violation-phone-trunk-zero = Geben Sie die Nummer ohne die 0 am Anfang ein.
violation-phone-too-short = Die Nummer hat zu wenige Ziffern.
violation-phone-too-long = Die Nummer hat zu viele Ziffern.
violation-phone-no-country-code = Beginnen Sie die Nummer mit + und der Landesvorwahl.
violation-phone-country = Diese Landesvorwahl gibt es nicht.
violation-phone-emergency = Notrufnummern rufen wir nicht an.
violation-phone-short = Kurzrufnummern rufen wir nicht an.
violation-phone-premium = Nummern mit erhöhten Gebühren rufen wir nicht an.
violation-phone-shared-cost = Nummern mit geteilten Kosten rufen wir nicht an.
violation-phone-not-in-plan = Diese Nummer gibt es nicht. Bitte prüfen Sie die Ziffern.
violation-slot-unknown = Dieser Termin ist nicht verfügbar. Wählen Sie einen aus der Liste.
violation-slot-past = Für diesen Termin ist es zu spät. Wählen Sie einen späteren.
violation-slot-too-far = Dieser Tag liegt zu weit in der Zukunft. Wählen Sie einen früheren.
violation-slot-closed = An diesem Tag haben wir geschlossen. Wählen Sie einen anderen.
