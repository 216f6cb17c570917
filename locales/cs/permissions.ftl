# Podrobnosti 403 `forbidden`: kdo to smí.

forbidden-scope = Tato operace vyžaduje token s rozsahem „{ $scope }“.

forbidden-refer-to-project = To smějí jen vedoucí projektu, sponzoři, aplikace a správci.
forbidden-offer-transfer = To smějí jen odpovědná osoba, sponzor dané strany a jeho zástupce.
forbidden-respond-to-transfer = To smí jen osoba, které se oblast nabízí.
forbidden-arbitrate = To smí jen rozhodce.
forbidden-respond-to-draw = K losování rozhodce se smí vyjádřit jen sponzor strany nebo jeho zástupce.
forbidden-compare-departments = To smějí jen vedoucí obou oddělení, aplikace a správci.
forbidden-read-evidence = To smějí jen sponzoři, vedoucí oddělení, volající s oprávněním „audit:read“ a správci.
forbidden-hold-project = To smějí jen sponzoři, každý za svou stranu.
forbidden-participants = To smějí jen sponzoři, vedoucí projektu a členové týmu.
forbidden-respond-to-approval = Za stranu smějí odpovědět jen sponzoři a jejich zástupci a za stranu, která mlčí, vylosovaný rozhodce; správci ne.
forbidden-escalate-approval = Předat to panelu smí jen strana nebo vedoucí projektu, podle toho, kdo o souhlas požádal.
forbidden-create-delegation = To smí jen sponzor dané strany.
forbidden-respond-to-invitation = To smí jen pozvaná osoba.
forbidden-confirm-return = To smějí jen dotyčný člen týmu, sponzor dané strany, jeho zástupce a správci.
forbidden-link-agent-calendar = To smějí jen dotyčný operátor a správci.
forbidden-all-projects = To smějí jen aplikace a správci, protože události se týkají všech projektů.
forbidden-applications = To smějí jen aplikace. Vlastní schránku čtete přes GET /v1/me/inbox.
forbidden-write-directory = Adresář smějí měnit jen aplikace a správci.
forbidden-administrators = To smějí jen správci.
forbidden-application-administrator = Aplikace tu není správcem, ať má její token jakýkoli rozsah. Požádejte člověka s rozsahem „admin“, ať to udělá.
forbidden-lead-sponsors = To smějí jen vedoucí projektu, sponzoři a správci.
forbidden-own-side = To smějí jen sponzor dané strany a jeho zástupce.
forbidden-end-membership = To smějí jen sponzor dané strany, jeho zástupce a správci.
forbidden-drafters = To smějí jen ten, kdo projekt navrhl (dokud je rozpracovaný), vedoucí projektu, sponzoři a správci.
forbidden-name-sponsor = To smějí jen sponzoři, vedoucí oddělení, správci a ten, kdo projekt navrhl (dokud je rozpracovaný).
forbidden-respond-to-sponsorship = To smí jen osoba, která byla navržena za sponzora.
forbidden-confirm-sponsor = Sponzora potvrzuje jen vedoucí oddělení. Pokud oddělení vedoucího nemá, může to udělat správce, který se projektu neúčastní.
forbidden-raise-dispute = To smějí jen sponzoři.
forbidden-proposed-charter = Dokud je projekt navržený, smějí zakládací listinu měnit jen sponzoři.
forbidden-scope-holders = Váš token nemá rozsah, který tato operace vyžaduje.

forbidden-not-an-agent = Nejste operátor. Do rozpisu vás může přidat správce.
forbidden-other-agent = Žádost je přidělena jinému operátorovi.
forbidden-not-in-queue = Ve frontě této žádosti nepracujete. Přidat vás do ní může správce.
forbidden-record-calls = Minulé hovory zaznamenávají jen aplikace. Hovor zahájíte bez těla požadavku.
forbidden-withdraw-approval = Odvolat to smí jen strana nebo vedoucí projektu, podle toho, kdo o souhlas požádal. Jiná strana může nesouhlasit a uvést důvod.
forbidden-other-side-decision = Rozhodnutí můžete vyvolat jen za vlastní stranu.
forbidden-no-side-today = Dnes nepatříte k žádné straně projektu. Požádejte vedoucího projektu nebo sponzora, aby rozhodnutí vyvolal.
forbidden-withdraw-decision = Odvolat to smí jen strana nebo vedoucí projektu, podle toho, kdo rozhodnutí vyvolal.
forbidden-replace-sponsor = Tohoto sponzora smějí nahradit jen on sám, vedoucí oddělení a správci. Dokud projekt běží, obsazují i uprázdněnou roli.
forbidden-deactivated = Pozvání nemůžete přijmout, protože jste v adresáři deaktivováni.
forbidden-other-side-dispute = Sponzor může vyvolat spor jen za vlastní stranu.
forbidden-withdraw-dispute = Odvolat to smí jen strana, která spor vyvolala.
