# Einzelheiten zu 403 `forbidden`: wer es darf.

forbidden-scope = Diese Operation erfordert ein Token mit dem Scope „{ $scope }“.

forbidden-refer-to-project = Das dürfen nur die Projektleitung, die Sponsoren, Anwendungen und die Administration.
forbidden-offer-transfer = Das dürfen nur die verantwortliche Person, die Projektleitung, der Sponsor dieser Seite und die Administration.
forbidden-respond-to-transfer = Das darf nur die Person, der der Bereich angeboten wird.
forbidden-arbitrate = Das darf nur die Person, die für die Entscheidung benannt ist.
forbidden-lead-own-sponsor = Das dürfen nur die Projektleitung, der Sponsor dieser Seite und die Administration.
forbidden-sponsors = Das dürfen nur die Sponsoren und die Administration.
forbidden-participants = Das dürfen nur die Sponsoren, die Projektleitung, die Mitglieder und die Administration.
forbidden-respond-to-approval = Für eine Seite dürfen nur die Sponsoren und ihre Vertretungen antworten, nicht die Administration.
forbidden-create-delegation = Das darf nur der Sponsor dieser Seite.
forbidden-respond-to-invitation = Das darf nur die eingeladene Person.
forbidden-confirm-return = Das dürfen nur das Mitglied selbst, die Projektleitung, der Sponsor dieser Seite und die Administration.
forbidden-link-agent-calendar = Das dürfen nur der Agent selbst und die Administration.
forbidden-all-projects = Das dürfen nur Anwendungen und die Administration, weil die Ereignisse alle Projekte betreffen.
forbidden-write-directory = Das Verzeichnis dürfen nur Anwendungen und die Administration ändern.
forbidden-administrators = Das darf nur die Administration.
forbidden-lead-sponsors = Das dürfen nur die Projektleitung, die Sponsoren und die Administration.
forbidden-scope-holders = Ihr Token hat nicht den Scope, den diese Operation erfordert.

forbidden-not-an-agent = Sie stehen nicht im Dienstplan. Die Administration kann Sie aufnehmen.
forbidden-other-agent = Die Anfrage ist einem anderen Agenten zugewiesen.
forbidden-withdraw-approval = Die Anfrage darf nur zurückziehen, wer um die Zustimmung gebeten hat, außerdem die Projektleitung und die Administration. Eine andere Seite kann ablehnen und einen Grund nennen.
forbidden-other-side-decision = Sie können eine Entscheidung nur für Ihre eigene Seite einbringen.
forbidden-no-side-today = Sie gehören heute zu keiner Seite des Projekts. Bitten Sie die Projektleitung oder einen Sponsor, die Entscheidung einzubringen.
forbidden-withdraw-decision = Die Entscheidung dürfen nur die Seite, die sie eingebracht hat, die Projektleitung und die Administration zurückziehen.
forbidden-replace-sponsor = Einen Sponsor ersetzen dürfen nur der aktuelle Sponsor und die Administration. Solange das Projekt läuft, darf nur die Administration eine unbesetzte Rolle besetzen.
forbidden-deactivated = Sie können die Einladung nicht annehmen, weil Sie im Verzeichnis deaktiviert sind.
forbidden-other-side-dispute = Ein Sponsor kann einen Streitfall nur für die eigene Seite eröffnen.
forbidden-withdraw-dispute = Den Streitfall dürfen nur der Sponsor der Seite, die ihn eröffnet hat, und die Administration zurückziehen.
