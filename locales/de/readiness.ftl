# Was einem Projekt fehlt, nach Code: was es ist und wie es sich beheben lässt.

blocker-sponsor_vacant = Diese Seite hat keinen Sponsor. Schlagen Sie einen vor.
blocker-sponsor_not_accepted = Der vorgeschlagene Sponsor dieser Seite hat die Rolle noch nicht angenommen. Warten Sie auf die Antwort, oder schlagen Sie eine andere Person vor.
blocker-sponsor_not_confirmed = Die Leitung der Abteilung hat den Sponsor dieser Seite noch nicht bestätigt. Bitten Sie die Leitung um die Bestätigung, oder schlagen Sie eine andere Person vor.
blocker-sponsor_not_in_department = Der Sponsor hat heute keine Stammposition in der Abteilung dieser Seite. Schlagen Sie eine andere Person vor, oder berichtigen Sie das Verzeichnis.
blocker-lead_deactivated = Die Projektleitung ist deaktiviert. Aktivieren Sie die Person wieder, oder ersetzen Sie den Projektauftrag durch einen mit einer anderen Projektleitung oder ohne.
blocker-arbiter_not_neutral = Diese Person aus dem Gremium ist deaktiviert oder nicht neutral. Nennen Sie in der Charta eine andere Person.
blocker-sponsor_same_person = Eine Person ist Sponsor von zwei Seiten. Benennen Sie zwei verschiedene Personen.
blocker-goal_missing = Der Projektauftrag hat kein Ziel. Ergänzen Sie ein messbares Ziel.
blocker-milestone_missing = Der Projektauftrag hat keinen Meilenstein. Ergänzen Sie einen.
blocker-dates_out_of_range = Der Termin eines Ziels oder Meilensteins liegt außerhalb der Projektlaufzeit. Ändern Sie den Termin oder die Laufzeit.
blocker-signature_missing = Die Unterschrift dieser Seite fehlt, oder sie ist verdeckt, bis alle Seiten geantwortet haben. Alle Seiten müssen dem Projektauftrag zustimmen.
blocker-signature_stale = Diese Seite hat eine ältere Fassung des Projektauftrags unterzeichnet, oder der Sponsor, der unterzeichnet hat, wurde ersetzt. Ihr Sponsor muss erneut zustimmen.
blocker-side_empty = Auf dieser Seite hat noch kein Mitglied, das für die Parität zählt, eine Einladung angenommen. Laden Sie ein Mitglied ein, oder warten Sie auf eine Antwort.
blocker-parity_breached = Die Größen der Seiten unterscheiden sich stärker, als der Projektauftrag erlaubt. Laden Sie Mitglieder ein, oder geben Sie welche frei.
blocker-home_position_missing = Dieses Mitglied hat keine Stammposition, auf die es zurückkehren kann. Tragen Sie eine im Verzeichnis ein.
blocker-ownership_gap = An einigen Tagen des Projekts ist niemand für diesen Bereich verantwortlich. Benennen Sie eine verantwortliche Person.
blocker-owner_not_active_member = Eine für diesen Bereich verantwortliche Person hat noch keine Mitgliedschaft angenommen. Warten Sie auf die Antwort, oder benennen Sie eine andere Person.
blocker-side_mismatch = Eine für diesen Bereich verantwortliche Person arbeitet nicht für die Seite, der dieser Bereich laut Projektauftrag gehört. Benennen Sie eine andere Person.
