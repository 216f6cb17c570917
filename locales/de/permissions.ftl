# Einzelheiten zu 403 `forbidden`: wer es darf.

forbidden-scope = Diese Operation erfordert ein Token mit dem Scope „{ $scope }“.

forbidden-refer-to-project = Das dürfen nur die Projektleitung, die Sponsoren, Anwendungen und die Administration.
forbidden-offer-transfer = Das dürfen nur die verantwortliche Person, der Sponsor dieser Seite und seine Vertretung.
forbidden-respond-to-transfer = Das darf nur die Person, der der Bereich angeboten wird.
forbidden-arbitrate = Das darf nur die Person, die als Schiedsperson bestimmt ist.
forbidden-respond-to-draw = Zur Auslosung darf sich nur der Sponsor einer Seite oder dessen Vertretung äußern.
forbidden-compare-departments = Das dürfen nur die Leitungen der beiden Abteilungen, Anwendungen und die Administration.
forbidden-read-evidence = Das dürfen nur die Sponsoren, die Leitungen der Abteilungen, Aufrufer mit dem Scope „audit:read“ und die Administration.
forbidden-hold-project = Das dürfen nur die Sponsoren, jeder für seine Seite.
forbidden-participants = Das dürfen nur die Sponsoren, die Projektleitung und die Mitglieder.
forbidden-respond-to-approval = Für eine Seite dürfen nur die Sponsoren und ihre Vertretungen antworten, und für eine Seite, die schweigt, die ausgeloste Person, nicht die Administration.
forbidden-escalate-approval = Dem Gremium darf die Anfrage nur die Seite oder die Projektleitung übergeben, die um die Zustimmung gebeten hat.
forbidden-create-delegation = Das darf nur der Sponsor dieser Seite.
forbidden-respond-to-invitation = Das darf nur die eingeladene Person.
forbidden-confirm-return = Das dürfen nur das Mitglied selbst, der Sponsor dieser Seite, seine Vertretung und die Administration.
forbidden-link-agent-calendar = Das dürfen nur der Agent selbst und die Administration.
forbidden-all-projects = Das dürfen nur Anwendungen und die Administration, weil die Ereignisse alle Projekte betreffen.
forbidden-applications = Das dürfen nur Anwendungen. Ihren eigenen Posteingang lesen Sie mit GET /v1/me/inbox.
forbidden-write-directory = Das Verzeichnis dürfen nur Anwendungen und die Administration ändern.
forbidden-administrators = Das darf nur die Administration.
forbidden-application-administrator = Eine Anwendung hat hier keine Rechte der Administration, welche Berechtigungen ihr Token auch hat. Bitten Sie eine Person mit der Berechtigung „admin“ darum.
forbidden-lead-sponsors = Das dürfen nur die Projektleitung, die Sponsoren und die Administration.
forbidden-own-side = Das dürfen nur der Sponsor dieser Seite und seine Vertretung.
forbidden-end-membership = Das dürfen nur der Sponsor dieser Seite, seine Vertretung und die Administration.
forbidden-drafters = Das dürfen nur die Person, die das Projekt entworfen hat (solange es ein Entwurf ist), die Projektleitung, die Sponsoren und die Administration.
forbidden-name-sponsor = Das dürfen nur die Sponsoren, die Leitungen der Abteilungen, die Administration und die Person, die das Projekt entworfen hat (solange es ein Entwurf ist).
forbidden-respond-to-sponsorship = Das darf nur die Person, die als Sponsor vorgeschlagen ist.
forbidden-confirm-sponsor = Den Sponsor bestätigt nur die Leitung der Abteilung. Hat die Abteilung keine Leitung, kann es die Administration tun, wenn sie am Projekt nicht beteiligt ist.
forbidden-raise-dispute = Das dürfen nur die Sponsoren.
forbidden-proposed-charter = Solange das Projekt vorgeschlagen ist, dürfen nur die Sponsoren den Projektauftrag ändern.
forbidden-scope-holders = Ihr Token hat nicht den Scope, den diese Operation erfordert.

forbidden-not-an-agent = Sie stehen nicht im Dienstplan. Die Administration kann Sie aufnehmen.
forbidden-other-agent = Die Anfrage ist einem anderen Agenten zugewiesen.
forbidden-not-in-queue = Sie arbeiten nicht in der Warteschlange dieser Anfrage. Die Administration kann Sie aufnehmen.
forbidden-record-calls = Nur Anwendungen erfassen vergangene Anrufe. Senden Sie keinen Inhalt, um jetzt einen Anruf zu beginnen.
forbidden-withdraw-approval = Die Anfrage darf nur die Seite oder die Projektleitung zurückziehen, die um die Zustimmung gebeten hat. Eine andere Seite kann ablehnen und einen Grund nennen.
forbidden-other-side-decision = Sie können eine Entscheidung nur für Ihre eigene Seite einbringen.
forbidden-no-side-today = Sie gehören heute zu keiner Seite des Projekts. Bitten Sie die Projektleitung oder einen Sponsor, die Entscheidung einzubringen.
forbidden-withdraw-decision = Die Entscheidung darf nur die Seite oder die Projektleitung zurückziehen, die sie eingebracht hat.
forbidden-replace-sponsor = Diesen Sponsor dürfen nur er selbst, die Leitung der Abteilung und die Administration ersetzen. Solange das Projekt läuft, besetzen sie auch eine unbesetzte Rolle.
forbidden-deactivated = Sie können die Einladung nicht annehmen, weil Sie im Verzeichnis deaktiviert sind.
forbidden-other-side-dispute = Ein Sponsor kann einen Streitfall nur für die eigene Seite eröffnen.
forbidden-withdraw-dispute = Den Streitfall darf nur die Seite zurückziehen, die ihn eröffnet hat.
