# Problémy a chyby údajů, které mohou potkat návštěvníka formuláře.

# Problémy; atributy jsou stejné jako v problems.ftl
problem-not_found =
    .title = Záznam nenalezen
    .detail = Záznam neexistuje, nebo k němu nemáte přístup.
    .remedy = Zkontrolujte cestu a identifikátor. Pokud záznam existuje, požádejte o přístup správce nebo vedoucího projektu.
problem-request_timeout =
    .title = Vypršel časový limit požadavku
    .detail = Požadavek nedorazil včas. Odešlete jej znovu.
    .remedy = Odešlete požadavek znovu se stejným `Idempotency-Key`. Příčinou může být pomalé spojení nebo pomalá proxy.
problem-illegal_transition =
    .title = Operace není v tomto stavu možná
    .detail = Stav záznamu tuto operaci nedovoluje. Co je možné, říkají `state` a `allowed`.
    .remedy = `state` je současný stav, `allowed` uvádí operace (`operationId`), které jsou teď možné. Načtěte záznam znovu, mohl jej změnit někdo jiný.
problem-slot_full =
    .title = Obsazený čas
    .detail = Omlouváme se, v tomto čase už není nikdo volný. Zvolte prosím jiný.
    .remedy = Odešlete žádost znovu s některým z časů v `alternatives`.
problem-no_agent_on_duty =
    .title = Žádný operátor ve službě
    .detail = Omlouváme se, v nejbližších dnech vám nemá kdo zavolat. Zkuste to prosím později.
    .remedy = Pro správce: přidejte ve frontě směny operátorů, nebo nastavte její `capacity_source` na `fixed`.
problem-idempotency_in_progress =
    .title = Požadavek se ještě zpracovává
    .detail = První požadavek s tímto `Idempotency-Key` ještě běží. Počkejte, kolik sekund uvádí `Retry-After`, a odešlete stejný požadavek znovu.
    .remedy = Počkejte, kolik sekund uvádí `Retry-After`, a odešlete stejný požadavek se stejným klíčem. Dostanete odpověď na ten první.
problem-validation_failed =
    .title = Neplatné hodnoty
    .detail = Některé hodnoty nejsou platné, viz `errors`. Po jejich opravě se mohou objevit další chyby.
    .remedy = Opravte každou položku v `errors` a odešlete požadavek znovu. `Idempotency-Key` může zůstat stejný, protože chybové odpovědi se neukládají.
problem-too_many_requests =
    .title = Příliš mnoho požadavků
    .detail = Poslali jste příliš mnoho požadavků. Počkejte, kolik sekund uvádí `Retry-After`.
    .remedy = Počkejte, kolik sekund uvádí `Retry-After`. Kolik požadavků zbývá, ukazuje hlavička `RateLimit`.
problem-too_many_for_number =
    .title = Příliš mnoho žádostí pro toto číslo
    .detail = Pro toto číslo už jsou otevřeny dvě žádosti. Počkejte na slíbené hovory, nebo jednu žádost zrušte.
    .remedy = Počkejte na slíbené hovory, nebo jednu žádost zrušte.
problem-internal_error =
    .title = Vnitřní chyba
    .detail = Omlouváme se, ve službě došlo k neočekávané chybě. Nic se nezměnilo. Při hlášení uveďte `request_id`.
    .remedy = Nahlaste chybu i s `request_id`. Stejný požadavek můžete odeslat znovu se stejným `Idempotency-Key`.
problem-unavailable =
    .title = Služba není dostupná
    .detail = Služba je přetížená. Nic se nezměnilo. Počkejte, kolik sekund uvádí `Retry-After`, a odešlete stejný požadavek znovu.
    .remedy = Počkejte, kolik sekund uvádí `Retry-After`, a odešlete stejný požadavek znovu se stejným `Idempotency-Key`.
problem-outcome_unknown =
    .title = Výsledek není znám
    .detail = Při dokončování požadavku selhalo spojení s databází. Je možné, že se provedl. Zopakujte požadavek se stejným `Idempotency-Key`, nebo si nejdřív přečtěte aktuální stav.
    .remedy = Zopakujte požadavek se stejným `Idempotency-Key`: dostanete odpověď na ten první, nebo se provede teď. Bez klíče si nejdřív přečtěte, zda se změna provedla.
problem-insufficient_storage =
    .title = Úložiště je plné
    .detail = Úložiště služby je plné. Nic se nezměnilo. Zkuste to později.
    .remedy = Odešlete stejný požadavek později znovu se stejným `Idempotency-Key`. Pokud službu provozujete, uvolněte místo na disku databáze; služba pak sama pokračuje.

# Podrobnosti problémů
detail-illegal-transition = „{ $operation }“ není možné, dokud je { $resource ->
    [approval] souhlas
    [assignment] přiřazení
    [call] hovor
    [callback_request] žádost o zavolání
    [decision] rozhodnutí
    [delegation] zastoupení
    [delivery] doručení
    [dispute] spor
    [membership] členství
    [person] osoba
    [project] projekt
    [sponsor] role sponzora
    [transfer] předání
   *[other] záznam
} ve stavu „{ $state }“. { $count ->
    [0] V tomto stavu není možná žádná operace.
   *[other] Teď je možné: { $allowed }.
}
detail-call-has-started = Omlouváme se, váš hovor už je na řadě a nelze jej změnit. Řekněte to prosím odborníkovi, který vám zavolá.
detail-feedback-too-early = Omlouváme se, odpovědět můžete až po přislíbeném čase hovoru.
detail-feedback-given = Omlouváme se, odpověď na tuto otázku už od vás máme. Děkujeme.
detail-feedback-link-of-agent = Omlouváme se, tento odkaz vytvořil náš odborník, takže s ním na tuto otázku odpovědět nelze.
detail-too-many-from-network = Omlouváme se, z vaší sítě teď přichází příliš mnoho žádostí. Zkuste to prosím znovu za minutu.
detail-too-many-for-number = Omlouváme se, pro toto číslo už máte dvě otevřené žádosti. Počkejte na náš hovor, nebo jednu z nich zrušte.
detail-visitor-invalid = Omlouváme se, žádost zatím nemůžeme přijmout. Opravte prosím údaje uvedené níže a odešlete ji znovu.

# Položky v `errors`
violation-required = Toto pole je povinné.
violation-too-long = Smí mít nejvýše { $limit ->
    [one] { $limit } znak
    [few] { $limit } znaky
   *[other] { $limit } znaků
}.
violation-too-short = Musí mít alespoň { $limit ->
    [one] { $limit } znak
    [few] { $limit } znaky
   *[other] { $limit } znaků
}.
violation-blank-name = Vyplňte jméno.
violation-blank = Vyplňte text s alespoň jedním viditelným znakem.
violation-form-email = Vyplňte e-mailovou adresu, například „jana@example.com“.
violation-form-url = Pošlete úplné URL s http nebo https, například „https://example.com/path“.
violation-url-user = URL nesmí obsahovat uživatelské jméno ani heslo.
violation-form-line = Použijte viditelné znaky bez zalomení řádků.
violation-form-text = Vyplňte text bez řídicích znaků.
violation-nul = Text nesmí obsahovat znak U+0000.
violation-lone-surrogate = Text nesmí obsahovat polovinu náhradního páru.
violation-unknown-notice = Takové zásady ochrany osobních údajů neexistují.
violation-unknown-wording = Text souhlasu nepochází z tohoto formuláře. Načtěte formulář znovu.
violation-proof-missing = Nejprve vyřešte výzvu.
violation-proof-wrong = Toto není řešení žádné výzvy.
violation-proof-expired = Výzva vypršela. Načtěte prosím formulář znovu.
violation-proof-used = Tato výzva už byla použita.
violation-phone-empty = Vyplňte telefonní číslo.
violation-phone-letters = Místo písmen použijte číslice.
violation-phone-extension = Vynechte linku, nemůžeme ji vytočit.
violation-phone-character = Číslo obsahuje znak, který do telefonního čísla nepatří.
violation-phone-trunk-zero = Napište číslo bez nuly na začátku.
violation-phone-too-short = Číslo má příliš málo číslic.
violation-phone-too-long = Číslo má příliš mnoho číslic.
violation-phone-no-country-code = Začněte číslo znakem + a předvolbou země.
violation-phone-country = Taková předvolba země neexistuje.
violation-phone-emergency = Na tísňová čísla nevoláme.
violation-phone-short = Na zkrácená čísla nevoláme.
violation-phone-premium = Na čísla se zvláštní sazbou nevoláme.
violation-phone-shared-cost = Na čísla se sdílenými náklady nevoláme.
violation-phone-not-in-plan = Takové číslo neexistuje. Zkontrolujte prosím číslice.
violation-slot-unknown = Tento čas v nabídce není. Vyberte jej ze seznamu.
violation-slot-past = Na tento čas už je pozdě. Zvolte pozdější.
violation-slot-too-far = Tento den je příliš daleko. Zvolte dřívější.
violation-slot-closed = V ten den máme zavřeno. Zvolte jiný.
