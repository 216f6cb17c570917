# Podrobnosti problémů, přesnější než obecný text kódu.

# Tokeny (401)
detail-token-invalid = Token není platný: { $reason }
    .too-long = je delší než 8 KiB.
    .form = není to podepsaný JSON Web Token. Neprůhledné a šifrované tokeny nelze ověřit.
    .header = jeho hlavička není platný JSON v base64url.
    .crit = parametr hlavičky `crit` není podporován.
    .typ = parametr hlavičky `typ` musí být `JWT` nebo `at+jwt`, nebo musí chybět.
    .typ-access = parametr hlavičky `typ` musí být `at+jwt`.
    .alg = algoritmus v parametru hlavičky `alg` není přijímán.
    .kid-missing = chybí parametr hlavičky `kid`.
    .kid-unknown = klíč v parametru hlavičky `kid` není znám.
    .alg-of-key = parametr hlavičky `alg` neodpovídá klíči.
    .exp = jeho platnost vypršela (údaj `exp`).
    .nbf = ještě neplatí (údaj `nbf`).
    .iss = vydavatel v údaji `iss` není přijímán.
    .aud = je určen jinému příjemci (údaj `aud`).
    .id-token = je to ID token nebo obnovovací token. Pošlete přístupový token.
    .sub = údaj `sub` musí mít 1 až 200 znaků a žádné řídicí znaky.
    .sub-reserved = údaj `sub` je jméno, které používá sama služba.
    .subject-missing = údaj, který určuje osoby tohoto vydavatele, chybí nebo není text.
    .signature = jeho podpis nesouhlasí.
    .iss-missing = údaj `iss` chybí nebo není text.
    .aud-missing = údaj `aud` chybí nebo není text.
    .sub-missing = údaj `sub` chybí nebo není text.
    .exp-missing = údaj `exp` chybí nebo není čas v sekundách.
    .nbf-form = údaj `nbf` není čas v sekundách.
    .claims = jeho údaje nelze přečíst jako JSON, nebo se některý opakuje.
    .api-key = není to klíč API této služby, nebo byl klíč zrušen.
    .api-key-expired = platnost klíče API vypršela.
detail-issuer-keys-unavailable = Token teď nelze ověřit, protože klíče jeho vydavatele nelze načíst. Zkuste to později. Požadavky s klíči API fungují.

# HTTP
detail-weak-etag = Slabý ETag (`W/"..."`) nelze v `If-Match` použít. Pošlete ETag tak, jak přišel, bez `W/`.
detail-nothing-matches = `If-Match` nesouhlasí, protože záznam neexistuje.
detail-exists-already = Záznam už existuje a `If-None-Match: *` jej jen zakládá. Chcete-li jej nahradit, pošlete jeho `ETag` v `If-Match`.
detail-media-type = Pošlete { $accepted } v UTF-8 a bez `Content-Encoding`.
detail-body-too-large = Pošlete nejvýše { $limit } KiB.
detail-malformed-json = Tělo není platný JSON: řádek { $line }, sloupec { $column }.
detail-empty-body = Tělo je prázdné. Pošlete objekt JSON.
detail-unreadable-query = Parametry dotazu nelze přečíst: { $reason }.

# Zavolání
detail-agent-has-requests = Tomuto operátorovi jsou přiděleny otevřené žádosti. Nejprve je přidělte jinému operátorovi, nebo je vraťte do fronty.
detail-agent-exists = Tato osoba už operátorem je.
detail-same-notice = Zásady ochrany osobních údajů s tímto textem už existují.
detail-manage-token-missing = Pošlete tajný klíč žádosti v hlavičce `Manage-Token`, nebo token v hlavičce `Authorization`.
detail-visitor-token-missing = Pošlete tajný klíč žádosti v hlavičce `Manage-Token`.
detail-personal-data-erased = Osobní údaje z této žádosti byly vymazány.
detail-link-of-closed-request = Žádost je uzavřena. S novým odkazem by návštěvník už nemohl sdělit, zda hovor proběhl včas. Odkaz může vytvořit aplikace.
detail-linked-request = Návštěvník má pro stejné číslo jinou žádost a jeden hovor vyřídí obě. Přidělte místo této žádosti tu druhou.
detail-queue-key-taken = Tento klíč už má jiná fronta.
detail-public-queue-exists = Jeden z těchto záměrů přijímá jiná veřejná fronta. Nejprve změňte tuto frontu.
detail-no-public-queue = Druhý záměr nepřijímá žádná veřejná fronta. Pošlete `queue_id`.
detail-same-queue = Žádost už v této frontě je.
detail-rerouted-too-often = Žádost už byla předána příliš mnohokrát. Zavolejte návštěvníkovi, nebo žádost zrušte.
detail-call-too-soon = Další hovor s tímto návštěvníkem zatím není na řadě, viz `due_from`. Pokud návštěvník zavolal zpět, může takový hovor zaznamenat aplikace.
detail-agent-is-calling = Máte neukončený hovor. Nejprve ho ukončete.
detail-call-recorded = Hovor v tomto čase už je zaznamenán, viz `call_id`.
detail-number-has-two = Pro toto telefonní číslo jsou už otevřeny dvě žádosti. Nejprve jednu ukončete.
detail-number-blocked = Majitel tohoto telefonního čísla si nepřeje hovory. Žádost zrušte, nebo číslo nejprve odblokujte.
detail-number-already-blocked = Toto telefonní číslo už je zablokováno.
detail-no-network = Síť této žádosti není známa: žádost poslala aplikace, nebo už je delší dobu uzavřena. Uveďte otevřenou žádost nebo žádost v karanténě, kterou poslal návštěvník.

# Projekty
detail-voted-for-other-side = Už jste odpověděli za jinou stranu. Jeden člověk nemůže odpovídat za dvě strany.
detail-delegate-is-sponsor = Tato osoba je sponzorem projektu a zástupcem být nemůže.
detail-delegate-exists = V některém z těchto dnů už vaše strana zástupce má.
detail-delegate-of-other-side = V některém z těchto dnů tato osoba zastupuje jiné oddělení.
detail-delegate-for-all-exists = V některém z těchto dnů už máte zástupce pro všechny své projekty.
detail-delegate-without-own-side = První den nemá žádný projekt vaše oddělení jako stranu, jejímž jste sponzorem. Uveďte projekt.
detail-hold-too-soon = Vaše strana už tento projekt pozastavila. Znovu může od { $date }.
detail-hold-without-end = Projekt je pozastaven, protože některá strana neměla sponzora. Pozastavení skončí, až ho budou mít všechny strany.
detail-hold-has-changed = Pozastavení, které se mělo prodloužit, už netrvá.
detail-side-still-present = Strana může odejít, až nemá žádné členy ani oblasti. Nejprve ukončete členství nebo členy uvolněte a oblasti převeďte nebo vynechte z charty.
detail-approval-open = O tento souhlas už někdo požádal.
detail-approval-of-other = Tento souhlas patří k návrhu, předání nebo rozhodnutí. Odvolejte nebo změňte místo souhlasu tento záznam.
detail-delegate-is-lead = Tato osoba vede projekt a zástupcem být nemůže.
detail-sponsor-is-lead = Tato osoba vede projekt a zároveň sponzorem být nemůže.
detail-other-sponsor-named = Za tuto stranu byl mezitím navržen někdo jiný. Načtěte projekt znovu.
detail-sponsor-deactivated = Navržená osoba je deaktivovaná. Navrhněte někoho jiného.
detail-new-head = Vedoucí oddělení byl nedávno jmenován nebo odvolán, nebo se přihlašuje jinak. Do { $until } to nemůže udělat nikdo; do té doby si změny mohou všimnout ostatní strany.
detail-same-head = Vedete dvě strany tohoto projektu, proto nemůžete potvrdit sponzora ani jedné. Může to udělat správce.
detail-sponsor-is-member = Tato osoba je členem týmu a zároveň sponzorem být nemůže.
detail-sponsor-biases-arbiter = S touto osobou jako sponzorem by rozhodce { $arbiter } už nebyl nestranný, a spor, otázka nebo mlčící strana na rozhodce čeká. Navrhněte někoho jiného, změňte panel v chartě, nebo počkejte, až bude rozhodnuto.
detail-sponsor-of-other-side = Tato osoba už je v projektu sponzorem jiné strany.
detail-already-member = V jednom dni může být osoba členem projektu, nebo do něj být pozvána, jen jednou.
detail-member-is-sponsor = Stali jste se sponzorem tohoto projektu a zároveň členem týmu být nemůžete.
detail-nothing-to-return-to = Tato osoba dnes nemá kmenovou pozici. Nejprve ji zapište do adresáře.
detail-area-removed = Zakládací listina už tuto oblast neobsahuje.
detail-area-disputed = O vlastnictví této oblasti se vede spor. Dokud se spor nevyřeší, nelze vlastnictví změnit.
detail-dispute-exists = O tuto oblast se už vede spor.
detail-dispute-too-soon = Poslední spor vaší strany o tuto oblast skončil před méně než 20 pracovními dny. Další může vaše strana zahájit od { $from }.
detail-no-arbiter = Nikdo z panelu rozhodnout nemůže: panel není, nebo byli všichni odmítnuti či nejsou nestranní. Navrhněte rozhodce všem stranám.
detail-panel-decides = Rozhodnout může vylosovaný rozhodce. Jiného navrhněte, jen když panel není nebo vylosovaný rozhodce už není nestranný či příliš dlouho mlčí.
detail-draw-has-ended = Mezitím byl vylosován jiný rozhodce, nebo otázka či spor skončily. Načtěte je znovu.
detail-strike-too-late = Rozhodce může rozhodnout od { $since }, losování už proto nelze změnit.
detail-already-struck = Vaše strana už jednoho vylosovaného rozhodce odmítla. Každá strana to smí jednou.
detail-approved-arbiter = Tohoto rozhodce schválily všechny strany, takže ho žádná nemůže odmítnout. Můžete se vzdát lhůty, po které smí rozhodnout.
detail-before-ruling = Rozhodce může rozhodnout od { $from }. Do té doby se strany mohou dohodnout nebo rozhodce odmítnout.
detail-arbiter-not-approved = Strany s navrženým rozhodcem nesouhlasily, a rozhodnutí proto zůstává uvázlé. Navrhněte rozhodce znovu všem stranám.
detail-no-panel-member = Nikdo z panelu rozhodnout nemůže: panel není, nebo byli všichni odmítnuti, nejsou nestranní či mlčeli. Souhlas zůstane otevřený, dokud neodpoví všechny strany.
detail-escalated-already = Rozhodnout může vylosovaný rozhodce. Znovu to panelu předejte, jen když rozhodce už není nestranný nebo příliš dlouho mlčí.
detail-not-silent-yet = Strany, které neodpověděly, mají čas do { $from }. Předejte to panelu až potom.
detail-no-panel-for-kind = Za strany, které mlčí, rozhoduje panel jen o obnovení, uzavření nebo zrušení projektu, o uvolnění člena a o převodu oblasti.
detail-same-owner = Tato osoba už za oblast odpovídá.
detail-no-successor = Projekt běží a za tuto oblast by nikdo neodpovídal. Uveďte nástupce.
detail-responsibility-exists = Tato osoba už v některém z těchto dnů tuto odpovědnost má.
detail-second-owner = Za tuto oblast v některém z těchto dnů odpovídá někdo jiný. Nejprve to přiřazení ukončete.
detail-transfer-exists = Tato oblast se už předává.
detail-owner-changed = V ten den za oblast neodpovídá osoba uvedená v nabídce.
detail-amendment-too-late = Nový termín konce projektu už uplynul. Navrhněte jiný dodatek.
detail-amendment-of-another-side = Jiná strana navrhla dodatek a strany ho podepisují. Nejprve ho podepište nebo odmítněte, nebo požádejte tu stranu, aby ho stáhla.
detail-areas-orphaned = Za některé oblasti by nikdo neodpovídal. Pro každou oblast v `areas` uveďte nástupce.
detail-no-approval-needed = K tomu není třeba souhlas. Členství rovnou ukončete.
detail-wrong-hash = Otisk k tomuto souhlasu nepatří. Načtěte souhlas znovu a pošlete jeho vlastní `sha256`, ne otisk listiny v něm.

# Adresář
detail-department-key-exists = Oddělení s tímto klíčem už existuje.
detail-not-a-person = Váš token patří aplikaci. Aplikace v adresáři nejsou.
detail-email-exists = Tuto e-mailovou adresu už má někdo jiný.
detail-login-exists = Tento login už má někdo jiný.
detail-employee-number-exists = Toto osobní číslo už má někdo jiný.
detail-api-key-exists = Tato aplikace už klíč API má. Vyměňte ho nebo zrušte.
detail-api-key-replaced = Tento klíč už byl vyměněn. Vyměňte klíč, který ho nahradil.
detail-position-overlaps = Osoba má v některém z těchto dnů jinou kmenovou pozici.
detail-is-agent = Osoba je operátorem. Nejprve operátora smažte.
detail-day-closed = Tento den už je uzavřen.

# Propojení
detail-no-records = Tento koncový bod dostává události, ne záznamy, takže není z čeho vytvořit náhled.
detail-quarantined = Žádost je v karanténě. Nejprve ji uvolněte.
detail-too-many-references = Tento záznam už má nejvyšší možný počet odkazů ({ $most }).
detail-endpoint-disabled = Koncový bod je vypnutý. Nejprve jej zapněte.
detail-no-ping = Zkouška by v druhém systému založila záznam. Vytvořte místo ní žádost o zavolání.
