# Podrobnosti 403 `forbidden`: kdo to smí.

forbidden-scope = Tato operace vyžaduje token s rozsahem „{ $scope }“.

forbidden-refer-to-project = To smějí jen vedoucí projektu, sponzoři, aplikace a správci.
forbidden-offer-transfer = To smějí jen odpovědná osoba, vedoucí projektu, sponzor dané strany a správci.
forbidden-respond-to-transfer = To smí jen osoba, které se oblast nabízí.
forbidden-arbitrate = To smí jen osoba, která byla určena k rozhodnutí.
forbidden-lead-own-sponsor = To smějí jen vedoucí projektu, sponzor dané strany a správci.
forbidden-sponsors = To smějí jen sponzoři a správci.
forbidden-participants = To smějí jen sponzoři, vedoucí projektu, členové týmu a správci.
forbidden-respond-to-approval = Za stranu smějí odpovědět jen sponzoři a jejich zástupci; správci ne.
forbidden-create-delegation = To smí jen sponzor dané strany.
forbidden-respond-to-invitation = To smí jen pozvaná osoba.
forbidden-confirm-return = To smějí jen dotyčný člen týmu, vedoucí projektu, sponzor dané strany a správci.
forbidden-link-agent-calendar = To smějí jen dotyčný operátor a správci.
forbidden-all-projects = To smějí jen aplikace a správci, protože události se týkají všech projektů.
forbidden-write-directory = Adresář smějí měnit jen aplikace a správci.
forbidden-administrators = To smějí jen správci.
forbidden-lead-sponsors = To smějí jen vedoucí projektu, sponzoři a správci.
forbidden-scope-holders = Váš token nemá rozsah, který tato operace vyžaduje.

forbidden-not-an-agent = Nejste operátor. Do rozpisu vás může přidat správce.
forbidden-other-agent = Žádost je přidělena jinému operátorovi.
forbidden-withdraw-approval = Odvolat to smí jen ten, kdo o souhlas požádal, vedoucí projektu nebo správce. Jiná strana může nesouhlasit a uvést důvod.
forbidden-other-side-decision = Rozhodnutí můžete vyvolat jen za vlastní stranu.
forbidden-no-side-today = Dnes nepatříte k žádné straně projektu. Požádejte vedoucího projektu nebo sponzora, aby rozhodnutí vyvolal.
forbidden-withdraw-decision = Odvolat to smí jen strana, která rozhodnutí vyvolala, vedoucí projektu nebo správce.
forbidden-replace-sponsor = Nahradit sponzora smí jen dosavadní sponzor nebo správce. Dokud projekt běží, obsazuje uprázdněnou roli jen správce.
forbidden-deactivated = Pozvání nemůžete přijmout, protože jste v adresáři deaktivováni.
forbidden-other-side-dispute = Sponzor může vyvolat spor jen za vlastní stranu.
forbidden-withdraw-dispute = Odvolat to smí jen sponzor strany, která spor vyvolala, nebo správce.
