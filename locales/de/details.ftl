# Einzelheiten zu Problemen, genauer als der allgemeine Text des Codes.

# Token (401)
detail-token-invalid = Das Token ist ungültig: { $reason }
    .too-long = Es ist länger als 8 KiB.
    .form = Es ist kein signiertes JSON Web Token. Opake und verschlüsselte Token lassen sich nicht prüfen.
    .header = Sein Header ist kein gültiges JSON in base64url.
    .crit = Der Header-Parameter `crit` wird nicht unterstützt.
    .typ = Der Header-Parameter `typ` muss `JWT` oder `at+jwt` sein oder fehlen.
    .typ-access = Der Header-Parameter `typ` muss `at+jwt` sein.
    .alg = Der Algorithmus im Header-Parameter `alg` wird nicht akzeptiert.
    .kid-missing = Der Header-Parameter `kid` fehlt.
    .kid-unknown = Der Schlüssel im Header-Parameter `kid` ist unbekannt.
    .alg-of-key = Der Header-Parameter `alg` passt nicht zum Schlüssel.
    .exp = Es ist abgelaufen (Claim `exp`).
    .nbf = Es ist noch nicht gültig (Claim `nbf`).
    .iss = Der Aussteller im Claim `iss` wird nicht akzeptiert.
    .aud = Es ist für einen anderen Empfänger bestimmt (Claim `aud`).
    .id-token = Es ist ein ID-Token oder ein Refresh-Token. Senden Sie das Access-Token.
    .sub = Der Claim `sub` muss 1 bis 200 Zeichen haben und darf keine Steuerzeichen enthalten.
    .sub-reserved = Der Claim `sub` ist ein Name, den der Dienst selbst verwendet.
    .subject-missing = Der Claim, der bei diesem Aussteller Personen bestimmt, fehlt oder ist kein Text.
    .signature = Die Signatur stimmt nicht.
    .iss-missing = Der Claim `iss` fehlt oder ist kein Text.
    .aud-missing = Der Claim `aud` fehlt oder ist kein Text.
    .sub-missing = Der Claim `sub` fehlt oder ist kein Text.
    .exp-missing = Der Claim `exp` fehlt oder ist keine Zeit in Sekunden.
    .nbf-form = Der Claim `nbf` ist keine Zeit in Sekunden.
    .claims = Die Claims lassen sich nicht als JSON lesen, oder einer kommt mehrmals vor.
    .api-key = Es ist kein API-Schlüssel dieses Dienstes, oder der Schlüssel wurde widerrufen.
    .api-key-expired = Der API-Schlüssel ist abgelaufen.
detail-issuer-keys-unavailable = Das Token lässt sich zurzeit nicht prüfen, weil die Schlüssel seines Ausstellers nicht abrufbar sind. Versuchen Sie es später erneut. Anfragen mit API-Schlüsseln funktionieren.

# HTTP
detail-weak-etag = Ein schwaches ETag (`W/"..."`) ist in `If-Match` nicht möglich. Senden Sie das ETag so, wie Sie es erhalten haben, ohne `W/`.
detail-nothing-matches = `If-Match` passt nicht, weil es den Eintrag nicht gibt.
detail-exists-already = Den Eintrag gibt es bereits, und `If-None-Match: *` legt nur neue an. Um ihn zu ersetzen, senden Sie sein `ETag` in `If-Match`.
detail-media-type = Senden Sie { $accepted } in UTF-8 und ohne `Content-Encoding`.
detail-body-too-large = Senden Sie höchstens { $limit } KiB.
detail-malformed-json = Der Body ist kein gültiges JSON: Zeile { $line }, Spalte { $column }.
detail-empty-body = Der Body ist leer. Senden Sie ein JSON-Objekt.
detail-unreadable-query = Die Abfrageparameter lassen sich nicht lesen: { $reason }.

# Rückrufe
detail-agent-has-requests = Diesem Agenten sind offene Rückrufanfragen zugewiesen. Weisen Sie sie zuerst jemand anderem zu, oder heben Sie die Zuweisung auf.
detail-agent-exists = Diese Person steht bereits im Dienstplan.
detail-same-notice = Datenschutzhinweise mit diesem Text gibt es bereits.
detail-manage-token-missing = Senden Sie das Verwaltungstoken der Anfrage im Header `Manage-Token` oder ein Bearer-Token in `Authorization`.
detail-visitor-token-missing = Senden Sie das Verwaltungstoken der Anfrage im Header `Manage-Token`.
detail-personal-data-erased = Die personenbezogenen Daten der Anfrage wurden gelöscht.
detail-link-of-closed-request = Die Anfrage ist abgeschlossen. Mit einem neuen Link könnte die Person nicht mehr sagen, ob der Anruf pünktlich war. Eine Anwendung kann den Link erstellen.
detail-linked-request = Für dieselbe Nummer gibt es eine weitere Anfrage dieser Person, und ein Anruf erledigt beide. Weisen Sie stattdessen jene Anfrage zu.
detail-queue-key-taken = Diesen Schlüssel hat bereits eine andere Warteschlange.
detail-public-queue-exists = Eine andere öffentliche Warteschlange nimmt eines dieser Anliegen an. Ändern Sie zuerst diese Warteschlange.
detail-no-public-queue = Keine öffentliche Warteschlange nimmt das andere Anliegen an. Senden Sie eine `queue_id`.
detail-same-queue = Die Anfrage ist bereits in dieser Warteschlange.
detail-rerouted-too-often = Die Anfrage wurde zu oft weitergeleitet. Rufen Sie die Person an, oder ziehen Sie die Anfrage zurück.
detail-call-too-soon = Der nächste Anruf bei dieser Person ist noch nicht fällig, siehe `due_from`. Hat die Person selbst zurückgerufen, kann eine Anwendung diesen Anruf erfassen.
detail-agent-is-calling = Sie haben einen laufenden Anruf. Beenden Sie ihn zuerst.
detail-call-recorded = Ein Anruf zu dieser Zeit ist bereits erfasst, siehe `call_id`.
detail-number-has-two = Für diese Telefonnummer gibt es bereits zwei offene Anfragen. Schließen Sie zuerst eine davon ab.
detail-number-blocked = Unter dieser Telefonnummer sind keine Anrufe erwünscht. Ziehen Sie die Anfrage zurück, oder heben Sie zuerst die Sperre der Nummer auf.
detail-number-already-blocked = Diese Telefonnummer ist bereits gesperrt.
detail-no-network = Das Netzwerk dieser Anfrage ist nicht bekannt: Eine Anwendung hat sie gesendet, oder sie ist seit Längerem abgeschlossen. Nennen Sie eine Anfrage, die über das Formular gesendet wurde und noch offen oder in Quarantäne ist.

# Projekte
detail-voted-for-other-side = Sie haben bereits für eine andere Seite geantwortet. Eine Person kann nicht für zwei Seiten antworten.
detail-delegate-is-sponsor = Diese Person ist Sponsor des Projekts und kann keine Vertretung übernehmen.
detail-delegate-exists = Ihre Seite hat an einigen dieser Tage bereits eine Vertretung.
detail-delegate-of-other-side = Diese Person vertritt an einigen dieser Tage eine andere Abteilung.
detail-delegate-for-all-exists = Sie haben an einigen dieser Tage bereits eine Vertretung für alle Ihre Projekte.
detail-delegate-without-own-side = Am ersten Tag hat kein Projekt Ihre Abteilung als Seite mit Ihnen als Sponsor. Nennen Sie ein Projekt.
detail-hold-too-soon = Ihre Seite hat dieses Projekt schon einmal pausiert. Sie kann das wieder ab { $date }.
detail-hold-without-end = Das Projekt pausiert, weil eine Seite keinen Sponsor hatte. Die Pause endet, wenn jede Seite einen Sponsor hat.
detail-hold-has-changed = Die Pause, die verlängert werden sollte, besteht nicht mehr.
detail-side-still-present = Eine Seite kann gehen, wenn sie keine Mitglieder und keine Bereiche hat. Beenden Sie zuerst ihre Mitgliedschaften, und übertragen Sie ihre Bereiche oder lassen Sie sie in der Charta weg.
detail-approval-open = Diese Zustimmung ist bereits angefragt.
detail-approval-of-other = Diese Zustimmung gehört zu einem vorgelegten Projektauftrag, einer Übergabe oder einer Entscheidung. Ziehen Sie stattdessen diesen Eintrag zurück, oder ändern Sie ihn.
detail-delegate-is-lead = Diese Person leitet das Projekt und kann keine Vertretung übernehmen.
detail-sponsor-is-lead = Diese Person leitet das Projekt und kann nicht zugleich Sponsor sein.
detail-other-sponsor-named = Für diese Seite wurde inzwischen eine andere Person vorgeschlagen. Lesen Sie das Projekt erneut.
detail-sponsor-deactivated = Die vorgeschlagene Person ist deaktiviert. Schlagen Sie eine andere vor.
detail-new-head = Die Leitung der Abteilung wurde vor Kurzem benannt oder abberufen, oder sie meldet sich anders an. Bis { $until } ist das niemandem möglich; bis dahin können die anderen Seiten den Wechsel bemerken.
detail-same-head = Sie leiten zwei Seiten dieses Projekts und können daher für keine den Sponsor bestätigen. Die Administration kann es tun.
detail-sponsor-is-member = Diese Person ist Mitglied des Projekts und kann nicht zugleich Sponsor sein.
detail-sponsor-biases-arbiter = Mit dieser Person als Sponsor wäre { $arbiter } nicht mehr neutral, und in einem Streitfall, zu einer Frage oder für eine Seite, die schweigt, muss noch jemand aus dem Gremium entscheiden können. Schlagen Sie eine andere Person vor, besetzen Sie das Gremium in der Charta neu, oder warten Sie, bis alles entschieden ist.
detail-sponsor-of-other-side = Diese Person ist bereits Sponsor einer anderen Seite des Projekts.
detail-already-member = Eine Person kann an einem Tag nur einmal Mitglied eines Projekts oder dazu eingeladen sein.
detail-member-is-sponsor = Sie sind inzwischen Sponsor dieses Projekts und können nicht zugleich Mitglied sein.
detail-nothing-to-return-to = Diese Person hat heute keine Stammposition. Tragen Sie zuerst eine im Verzeichnis ein.
detail-area-removed = Der Projektauftrag enthält diesen Bereich nicht mehr.
detail-area-disputed = Die Verantwortung für diesen Bereich ist strittig. Sie lässt sich erst ändern, wenn der Streitfall beigelegt ist.
detail-dispute-exists = Zu diesem Bereich gibt es bereits einen offenen Streitfall.
detail-dispute-too-soon = Der letzte Streitfall Ihrer Seite zu diesem Bereich ist vor weniger als 20 Arbeitstagen zu Ende gegangen. Ihre Seite kann ab { $from } einen neuen eröffnen.
detail-no-arbiter = Niemand aus dem Gremium kann entscheiden: Es gibt keines, oder alle wurden abgelehnt oder sind nicht neutral. Schlagen Sie stattdessen allen Seiten eine Person vor.
detail-panel-decides = Die ausgeloste Person kann entscheiden. Schlagen Sie nur dann eine andere vor, wenn es kein Gremium gibt oder die ausgeloste Person nicht mehr neutral ist oder zu lange schweigt.
detail-draw-has-ended = Inzwischen wurde eine andere Person ausgelost, oder die Frage oder der Streitfall ist beendet. Lesen Sie den aktuellen Stand.
detail-strike-too-late = Die ausgeloste Person kann seit { $since } entscheiden, deshalb lässt sich die Auslosung nicht mehr ändern.
detail-already-struck = Ihre Seite hat bereits eine ausgeloste Person abgelehnt. Jede Seite kann das einmal.
detail-approved-arbiter = Diese Person haben alle Seiten gebilligt, daher kann keine Seite sie ablehnen. Sie können auf die Frist verzichten, nach der sie entscheiden kann.
detail-before-ruling = Die ausgeloste Person kann ab { $from } entscheiden. Bis dahin können die Seiten sich einigen oder die Person ablehnen.
detail-arbiter-not-approved = Die Seiten haben der vorgeschlagenen Person nicht zugestimmt, deshalb bleibt die Entscheidung blockiert. Schlagen Sie noch einmal allen Seiten eine Person vor.
detail-no-panel-member = Niemand aus dem Gremium kann entscheiden: Es gibt keines, oder alle wurden abgelehnt, sind nicht neutral oder haben geschwiegen. Die Anfrage bleibt offen, bis alle Seiten geantwortet haben.
detail-escalated-already = Die ausgeloste Person kann entscheiden. Übergeben Sie die Anfrage nur dann noch einmal, wenn diese Person nicht mehr neutral ist oder zu lange schweigt.
detail-not-silent-yet = Die Seiten, die nicht geantwortet haben, haben Zeit bis { $from }. Übergeben Sie die Anfrage erst dann dem Gremium.
detail-no-panel-for-kind = Für Seiten, die schweigen, entscheidet das Gremium nur darüber, ob das Projekt fortgesetzt, abgeschlossen oder abgebrochen, ein Mitglied freigegeben oder ein Bereich übertragen wird.
detail-same-owner = Diese Person ist bereits für den Bereich verantwortlich.
detail-no-successor = Das Projekt läuft, und für diesen Bereich wäre niemand mehr verantwortlich. Nennen Sie eine Nachfolge.
detail-responsibility-exists = Diese Person hat diese Zuständigkeit an einigen dieser Tage bereits.
detail-second-owner = Für diesen Bereich ist an einigen dieser Tage eine andere Person verantwortlich. Beenden Sie zuerst deren Zuordnung.
detail-transfer-exists = Für diesen Bereich gibt es bereits eine offene Übergabe.
detail-owner-changed = Die im Angebot genannte Person ist an diesem Tag nicht für den Bereich verantwortlich.
detail-amendment-too-late = Das neue Ende des Projekts ist bereits verstrichen. Schlagen Sie eine andere Änderung vor.
detail-amendment-of-another-side = Eine andere Seite hat eine Änderung vorgeschlagen, die gerade unterschrieben wird. Unterschreiben Sie sie oder lehnen Sie sie ab, oder bitten Sie die Seite, sie zurückzuziehen.
detail-areas-orphaned = Für einige Bereiche wäre niemand mehr verantwortlich. Nennen Sie für jeden Bereich in `areas` eine Nachfolge.
detail-no-approval-needed = Dafür ist keine Zustimmung nötig. Beenden Sie einfach die Mitgliedschaft.
detail-wrong-hash = Der Hash passt nicht zu dieser Zustimmung. Rufen Sie sie neu ab und senden Sie ihr eigenes `sha256`, nicht das des Projektauftrags darin.

# Verzeichnis
detail-department-key-exists = Eine Abteilung mit diesem Schlüssel gibt es bereits.
detail-not-a-person = Ihr Token steht für eine Anwendung. Anwendungen sind nicht im Verzeichnis.
detail-email-exists = Eine andere Person hat diese E-Mail-Adresse.
detail-login-exists = Eine andere Person hat diesen Login.
detail-employee-number-exists = Eine andere Person hat diese Personalnummer.
detail-api-key-exists = Diese Anwendung hat bereits einen API-Schlüssel. Erneuern oder widerrufen Sie ihn.
detail-api-key-replaced = Dieser Schlüssel wurde bereits durch einen neuen ersetzt. Erneuern Sie den neuen Schlüssel.
detail-position-overlaps = Die Person hat an einigen dieser Tage eine andere Stammposition.
detail-is-agent = Die Person steht im Dienstplan. Löschen Sie sie zuerst dort.
detail-day-closed = Dieser Tag ist bereits als Schließtag eingetragen.

# Integrationen
detail-no-records = Dieser Endpunkt erhält Ereignisse und keine Datensätze, daher gibt es keine Vorschau.
detail-quarantined = Die Anfrage ist in Quarantäne. Geben Sie sie zuerst frei.
detail-too-many-references = Dieser Eintrag hat bereits die größtmögliche Zahl von Verweisen ({ $most }).
detail-endpoint-disabled = Der Endpunkt ist deaktiviert. Aktivieren Sie ihn zuerst.
detail-no-ping = Ein Test würde im anderen System einen Datensatz anlegen. Legen Sie stattdessen eine Rückrufanfrage an.
