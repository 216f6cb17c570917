# Podrobnosti položek v `errors`. Místo hodnoty je uvedeno vedle, texty proto říkají, co se tam očekává.

# Tvar těla nebo parametru
violation-unknown-field = Toto pole neexistuje.
violation-wrong-type = Pošlete { $type ->
    [object] objekt JSON
    [array] pole hodnot
    [string] text
    [integer] celé číslo
    [number] číslo
    [boolean] `true` nebo `false`
    [null] `null`
   *[other] hodnotu typu { $type }
}.
violation-wrong-type-nullable = Pošlete { $type ->
    [object] objekt JSON
    [array] pole hodnot
    [string] text
    [integer] celé číslo
    [number] číslo
    [boolean] `true` nebo `false`
   *[other] hodnotu typu { $type }
}, nebo `null`.
violation-too-many-items = Smí mít nejvýše { $limit ->
    [one] { $limit } položku
    [few] { $limit } položky
   *[other] { $limit } položek
}.
violation-too-few-items = Musí mít alespoň { $limit ->
    [one] { $limit } položku
    [few] { $limit } položky
   *[other] { $limit } položek
}.
violation-too-small = Musí být alespoň { $limit }.
violation-too-large = Smí být nejvýše { $limit }.
violation-unlisted-value = Tato hodnota není mezi těmi, které uvádí dokument API, například { $example }.
violation-unknown-value = Musí být jedna z hodnot { $values }.
violation-constant = Musí být { $value }.
violation-repeated-item = Položky se musí lišit.
violation-empty-object = Pošlete alespoň jedno pole.
violation-no-variant = Hodnota neodpovídá žádné z popsaných podob.
violation-invalid = Tato hodnota není platná.
violation-unreadable = Tělo nelze přečíst: { $reason }.

# Tvar textu
violation-form-id = Pošlete identifikátor tak, jak jste jej dostali, například „{ $prefix }_01kxsg6qmaescrfyehw09a1m12“.
violation-form-date = Pošlete datum, například „2027-03-30“.
violation-form-instant = Pošlete datum a čas v UTC, například „2027-03-30T08:00:00Z“.
violation-form-time = Pošlete čas, například „08:30“.
violation-form-window = Pošlete časové okno, například „10:00-11:00“.
violation-form-phone = Vyplňte telefonní číslo v mezinárodním tvaru, například „+420 601 123 456“.
violation-form-sha256 = Pošlete otisk SHA-256: 64 šestnáctkových číslic malými písmeny.
violation-form-key = Použijte 1 až 40 malých písmen, číslic a pomlček a začněte písmenem.
violation-form-pointer = Pošlete JSON Pointer, například „/fields/name“.
violation-form-secret = Pošlete hodnotu tak, jak jste ji dostali.
violation-form-header-name = Pošlete název hlavičky HTTP: písmena, číslice a pomlčky.
violation-form-system-name = Použijte 1 až 40 znaků: malá písmena, číslice, „.“, „-“ a „_“.
violation-form-event-type = Pošlete typ události, například „project.activated“.
violation-form-https = Pošlete úplné URL, které začíná https://, například „https://www.example.com/dekujeme“.
violation-form-color = Pošlete barvu jako # a šest šestnáctkových číslic, například „#7a1f5c“.
violation-form-base64 = Pošlete soubor v Base64.
violation-form-other = Tato hodnota nemá požadovaný tvar. Popis pole je v dokumentu API.

# JSON
violation-malformed-json = Odtud není JSON platný (řádek { $line }, sloupec { $column }).
violation-empty-body = Tělo je prázdné. Pošlete objekt JSON.
violation-too-deep = Tělo má více než { $depth } úrovní vnoření.
violation-duplicate-field = Toto pole je uvedeno vícekrát.

# Parametry a hlavičky
violation-unknown-parameter = Tento parametr neexistuje.
violation-repeated-parameter = Pošlete tento parametr jen jednou.
violation-invalid-id = Toto není platný identifikátor. Pošlete jej tak, jak jste jej dostali.
violation-invalid-cursor = Tento kurzor k tomuto dotazu nepatří.
violation-entity-tag = Pošlete ETag tak, jak přišel, v uvozovkách.
violation-if-none-match = Pošlete `*`.
violation-idempotency-key = Pošlete 1 až 255 viditelných znaků ASCII.
violation-system-name = Pošlete 1 až 40 znaků: a-z, 0-9, „.“, „-“ a „_“.

# Pořadí a rozsah
violation-must-be-after = `{ $field }` musí být po `{ $other }`.
violation-must-not-be-before = `{ $field }` nesmí být před `{ $other }`.
violation-valid-to-after-valid-from = `valid_to` musí být po `valid_from`.
violation-until-after-since = `until` musí být po `since`.
violation-date-too-late = Toto datum musí být před rokem 9999.
violation-past-day = Tento den už uplynul. Zvolte pozdější.
violation-settings-out-of-order = V tomto časovém pásmu by nastavení nezačalo platit mezi předchozím a následujícím nastavením. Zvolte jiný den, nebo nejprve změňte naplánované nastavení.
violation-period-too-long = Období smí mít nejvýše { $days } dní.
violation-past-instant = Tento čas už uplynul. Zvolte pozdější.
violation-future-instant = Tento čas nesmí být v budoucnosti.
violation-between-days = Tento den musí být mezi { $earliest } a { $latest }.
violation-outside-project = Tento den musí být v době trvání projektu.
violation-no-common-day = Žádný den od `from` do `to` není v době trvání projektu ({ $starts_on } až { $ends_on }).

# Odkazy
violation-unknown-person = Osoba s tímto identifikátorem neexistuje.
violation-unknown-agent = Aktivní operátor s tímto identifikátorem neexistuje.
violation-unknown-department = Oddělení s tímto identifikátorem neexistuje.
violation-unknown-membership = Členství s tímto identifikátorem v tomto projektu neexistuje.
violation-unknown-area = Oblast s tímto identifikátorem v tomto projektu neexistuje.
violation-unknown-assignment = Toto přiřazení neexistuje, nebo patří jiné osobě.
violation-successor-is-leaving = Nástupcem je osoba, která odchází. Uveďte jinou osobu.
violation-handed-over-twice = Totéž už předává dřívější položka. Uveďte jen jednoho nástupce.
violation-not-headed = Toto oddělení neexistuje, nebo je vede někdo jiný.
violation-head-of-other-department = Tato osoba dnes nemá kmenovou pozici v tomto oddělení. Chcete-li jmenovat vedoucího z jiného oddělení, upravte oddělení.
violation-not-sponsor = Projekt tuto stranu nemá, nebo odcházející osoba není uvedena jako její sponzor.
violation-not-managed = Odcházející osoba není od tohoto dne vedoucím této osoby.
violation-own-manager = Nikdo nemůže být svým vlastním vedoucím. Uveďte jinou osobu.
violation-agent-or-queue = Uveďte buď `callback_agent_id`, nebo `unassign_callback_requests`, pokud se mají žádosti vrátit do fronty.
violation-person-deactivated = Tato osoba je deaktivována.

# Zavolání
violation-duties-overlap = Tato směna se překrývá s jinou.
violation-unknown-country = Země s tímto kódem neexistuje. Pošlete kód, například „CZ“ (ISO 3166-1).
violation-date-twice = Toto datum je v seznamu dvakrát. Uveďte všechny jeho úseky v jedné položce.
violation-periods-overlap = Tento úsek se překrývá s jiným úsekem téhož dne.
violation-unknown-calendar = Kalendář s tímto identifikátorem neexistuje.
violation-unknown-queue = Taková fronta neexistuje.
violation-unknown-public-queue = Žádná veřejná fronta nemá tento klíč.
violation-queue-twice = Tato fronta je v seznamu dvakrát. Uveďte všechny její směny v jedné položce.
violation-absences-overlap = Tato nepřítomnost se překrývá s jinou.
violation-queue-without-intent = Fronta nepřijímá žádosti s tímto záměrem.
violation-agent-not-in-queue = Operátor nepracuje ve frontě této žádosti. Zvolte jiného operátora, nebo žádost přesměrujte.
violation-call-start = Hovor musel začít v době, kdy měl operátor žádost přidělenou.
violation-call-end = Hovor nesmí končit před svým začátkem ani v budoucnosti.
violation-call-agent = Pošlete operátora, který měl žádost naposledy přidělenou.
violation-call-no-agent = Tuto žádost zatím neměl žádný operátor. Nejprve ji přidělte; hovor musí začít až potom.
violation-id-or-sha256 = Pošlete `id` nebo `sha256`.
violation-phone-or-email = Pošlete `phone` nebo `email`.
violation-data-subject = Pošlete `phone`, `email` nebo `person_id`.
violation-search-criterion = Pošlete `phone`, `email` nebo `name`.
violation-logo-without-name = Pošlete i `company_name`: slouží jako náhradní text loga.
violation-image-bytes = Obrázek může mít nejvýše { $limit } bajtů.
violation-image-format = Pošlete obrázek PNG nebo WebP. Formát se určuje podle bajtů souboru.
violation-image-damaged = Obrázek je poškozený: končí předčasně, pokračuje za svým koncem nebo je prázdný. Vyexportujte jej znovu.
violation-image-animated = Pošlete obrázek, který není animovaný.
violation-image-size = Obrázek musí mít na každé straně 1 až 2000 pixelů.
violation-contrast = Bílý text má na této barvě kontrast { $contrast }:1, potřebuje však alespoň 4,5:1 (WCAG 2.2). Zvolte tmavší barvu, například „{ $color }“.
violation-ambiguous-slot = Pošlete buď `slot_id`, nebo `window` s `date` či bez něj.

# Kalendář
violation-not-icalendar = Toto není soubor iCalendar (RFC 5545).
violation-too-many-days = Kalendář má více než 1 000 dní. Načtěte jej po částech.
violation-no-events = V kalendáři není žádná událost.
violation-event = Událost { $number } ({ $name }): { $fault }
    .recurring = opakované události načíst nelze.
    .no-start = nemá začátek (DTSTART).
    .not-all-day = den uzavírají jen celodenní události.
    .no-such-day = její začátek není skutečný den.
    .duration = místo DURATION uveďte DTEND.
    .too-long = je delší než 1 000 dní.
    .ends-before-start = končí dříve, než začíná.
violation-unknown-zone = Toto není název místa v databázi časových pásem IANA. Pošlete název, například „Europe/Prague“, nebo „UTC“.
violation-window-too-long = Časové okno se musí vejít do otevírací doby, i do té naplánované.
violation-queue-without-windows = Časová okna fronty „{ $queue }“ by se nevešla do otevírací doby. Nejprve zkraťte její `window_minutes`.
violation-intent-twice = Tento záměr je v seznamu dvakrát.

# Projekty
violation-delegation-too-long = Zastoupení může trvat nejvýše 90 dnů.
violation-delegate-of-other-department = První den musí mít tato osoba kmenovou pozici ve vašem oddělení.
violation-raising-side = Uveďte, která strana projektu rozhodnutí vyvolává.
violation-start-is-fixed = Projekt už začal, jeho první den proto nelze změnit.
violation-use-a-transfer = Dokud projekt běží, převeďte oblast na jinou stranu předáním.
violation-not-a-side = Toto oddělení není stranou projektu.
violation-home-elsewhere = První den má tato osoba kmenovou pozici v jiném oddělení.
violation-member-is-sponsor = Sponzor projektu nemůže být zároveň členem týmu.
violation-membership-over = Členství by v té době už skončilo.
violation-no-home-position = Tato osoba nemá první den kmenovou pozici. Nejprve ji zapište do adresáře.
violation-already-member = Tato osoba už v některém z těchto dnů členem je, nebo je pozvána.
violation-nothing-to-arbitrate = Uveďte rozhodnutí, které uvázlo, nebo otevřený spor tohoto projektu.
violation-not-neutral = Kdo rozhoduje, nesmí mít v projektu žádnou roli.
violation-arbiter-works-for-side = Kdo rozhoduje, nesmí mít kmenovou pozici v oddělení, které je stranou projektu.
violation-arbiter-below-sponsor = Kdo rozhoduje, nesmí mít mezi svými nadřízenými sponzora.
violation-arbiter-above-sponsor = Kdo je nadřízený jednomu sponzorovi, smí rozhodovat, jen když je nadřízený všem.
violation-too-soon = Strany potřebují čas na odpověď: uveďte čas nejdříve { $earliest }. Dříve to skončí, jen když se všechny strany dohodnou.
violation-too-late = Před koncem lhůty rozhodce rozhodnout nemůže: uveďte čas nejpozději { $latest }.
violation-repeated-arbiter = Tato osoba už v panelu je. Každou osobu uveďte jednou.
violation-no-days-left = Nezbývají žádné dny k předání.
violation-nothing-to-hand-over = Přiřazení končí { $latest }, { $successor } tedy nemá co převzít.
violation-owner-not-member = Tato osoba musí být ve všech těchto dnech členem projektu, který účast přijal.
violation-side-mismatch = Tato osoba patří k jiné straně než oblast.
violation-at-once-only = Oblast přechází na jinou stranu, jakmile všechny strany souhlasí. Pozdější den vynechte.
violation-repeated-side = Oddělení { $department } už stranou je.
violation-repeated-area-key = Tento klíč už má jiná oblast.
violation-area-side = Oblast musí patřit straně projektu.
violation-sponsor-of-other-department = Tato osoba dnes nemá kmenovou pozici v oddělení této strany.
violation-lead-is-sponsor = Vedoucí projektu nemůže být zároveň sponzorem.
violation-same-head = Toto oddělení má stejného vedoucího jako jiná strana. Dvě strany potřebují dva vedoucí.
violation-reason-to-confirm = Uveďte důvod potvrzení, protože potvrzujete jako správce.
violation-sponsor-of-two-sides = Jedna osoba nemůže být sponzorem dvou stran.
violation-number-of-sides = Projekt má dvě až osm stran.
violation-sides-before-activation = Strany přistupují a odcházejí až po aktivaci projektu.
violation-leaving-side = Toto oddělení není stranou projektu.
violation-template-sides = Šablona potřebuje jako strany oddělení „it“ a „marketing“.
violation-goals-do-not-match = Zakládací listina má { $goals ->
    [one] { $goals } cíl
    [few] { $goals } cíle
   *[other] { $goals } cílů
}. Pro každý uveďte jeden výsledek.
violation-reason-missing = Uveďte důvod, aby ostatní strany věděly, co změnit.

# Adresář
violation-same-person = Stejnou osobu uvádí i jiná položka.
violation-two-people = Osobní číslo, login a e-mailová adresa patří různým osobám.
violation-department-id-or-key = Uveďte buď identifikátor, nebo klíč oddělení.
violation-unknown-issuer = Tokeny tohoto vydavatele služba nepřijímá. Přijímá tokeny od: { $issuers }.
violation-issuer-needs-login = Vydavatel bez loginu nestačí. Uveďte i `login`, nebo vynechte `login_issuer`.
violation-one-manager = Uveďte buď login, nebo e-mailovou adresu vedoucího.
violation-unknown-department-key = Oddělení s tímto klíčem neexistuje.
violation-unknown-manager = Vedoucí není v adresáři ani v tomto importu.
violation-later-position = Osoba už v některém z těchto dnů má jinou pozici. Změňte ji jednotlivě.
violation-outside-position = Tento den musí být v době trvání pozice.

# Propojení
violation-no-such-field = Žádný záznam toto pole nemá.
violation-field-name-taken = Tento název už má jiné pole.
violation-no-parent = V žádném záznamu není objekt, který by toto pole měl obsahovat.
violation-credentials-need-it = Tento druh přihlašovacích údajů toto pole vyžaduje.
violation-credentials-other-kind = Toto pole patří k jinému druhu přihlašovacích údajů.
violation-reserved-header = Tuto hlavičku nastavuje služba sama.
violation-mapping-not-allowed = Události se posílají beze změny. Mapování odstraňte.
violation-mapping-too-long = Mapování má více než { $limit } bajtů.
violation-mapping-jira = Nastavte `/serviceDeskId` a `/requestTypeId` svého service desku.
violation-not-in-format = Tento formát nemá pro tento typ události záznam.
violation-records-in-order = Záznamy se vždy odesílají v pořadí událostí. Vynechte `ordering`, nebo pošlete `subject`.
violation-own-credentials = Uložené přihlašovací údaje se na jiný server neposílají. Pošlete s novým URL i `auth`.
violation-not-a-url = Toto není URL: { $reason }.
violation-url-too-long = Po zakódování zvláštních znaků má URL více než { $limit } znaků.
violation-url-scheme = URL musí začínat „https://“.
violation-url-host = V URL chybí hostitel.
violation-url-trailing-dot = Název hostitele nesmí končit tečkou.
violation-url-local-name = Názvy z privátní sítě, například „localhost“ nebo „crm.internal“, nejsou povoleny. Použijte veřejný název, nebo požádejte provozovatele této služby, aby tento název povolil.
violation-url-fragment = URL nesmí obsahovat fragment.
violation-url-port = Tento port není povolen.
violation-url-address = Tato adresa není povolena.
