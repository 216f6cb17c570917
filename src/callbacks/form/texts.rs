//! Texts of the pages: key, Czech, English.
//!
//! The texts avoid gender and do not address visitors by name. Scripts fill in arguments such as `{name}`.

pub type Row = (&'static str, &'static str, &'static str);

/// Texts in the HTML pages.
pub const PAGES: &[Row] = &[
    ("other_lang", "en", "cs"),
    ("other_lang_name", "English", "Čeština"),
    (
        "noscript",
        "Omlouváme se, tato stránka potřebuje JavaScript. Zapněte ho prosím v prohlížeči a načtěte ji znovu.",
        "Sorry, this page needs JavaScript. Please turn it on in your browser and reload.",
    ),
    ("heading", "Promluvte si s odborníkem v oblasti prodeje", "Talk to a sales expert"),
    (
        "lead",
        "Máte dotaz nebo hledáte informace? Zadejte své údaje níže a jeden z našich odborníků vám zavolá.",
        "Do you have a question, or are you looking for information? Enter your details below and one of our experts will call you.",
    ),
    ("support", "Hledáte technickou podporu?", "Looking for technical support?"),
    ("support_hint", "Zavolá vám odborník technické podpory.", "A technical support expert will call you."),
    ("name", "Jméno a příjmení", "Full name"),
    ("phone", "Telefon", "Phone number"),
    (
        "phone_hint",
        "Zahraniční číslo začněte předvolbou, například +421.",
        "Begin a number from abroad with its country code, such as +44.",
    ),
    ("when", "Kdy vám máme zavolat?", "When should we call you?"),
    ("asap", "Co nejdříve", "As soon as possible"),
    ("day", "Nebo si vyberte den a čas", "Or choose a day and a time"),
    ("notes", "Poznámka", "Notes"),
    ("optional", "(nepovinné)", "(optional)"),
    (
        "notes_hint",
        "Zde uveďte jakékoli dodatečné informace, které mohou být pro naše odborníky užitečné.",
        "Add anything else that may be useful to our experts.",
    ),
    ("honeypot", "Webová stránka", "Website"),
    ("submit", "Zavolejte mi", "Call me"),
    (
        "submit_hint",
        "Odesláním nás žádáte, abychom vám na uvedené číslo zavolali.",
        "By sending this form you ask us to call you on this number.",
    ),
    ("notice", "Zásady ochrany osobních údajů", "Privacy notice"),
    ("manage_heading", "Vaše žádost o zavolání", "Your callback request"),
    ("state", "Stav", "Status"),
    ("about", "Téma", "Topic"),
    ("change", "Změnit čas", "Change the time"),
    ("cancel", "Zrušit žádost", "Cancel the request"),
    ("change_confirm", "Potvrdit nový čas", "Confirm the new time"),
    ("back", "Zpět", "Back"),
    ("cancel_question", "Opravdu chcete žádost zrušit?", "Do you really want to cancel the request?"),
    (
        "cancel_consequence",
        "Nezavoláme vám. O zavolání můžete kdykoli požádat znovu.",
        "We will not call you. You can ask for a call again at any time.",
    ),
    ("cancel_yes", "Ano, zrušit žádost", "Yes, cancel the request"),
    ("cancel_no", "Ne, ponechat", "No, keep it"),
    ("new_request", "Požádat o nové zavolání", "Ask for a new call"),
];

/// Texts in the scripts.
pub const SCRIPTS: &[Row] = &[
    ("heading_sales", "Promluvte si s odborníkem v oblasti prodeje", "Talk to a sales expert"),
    ("heading_support", "Promluvte si s odborníkem v oblasti technické podpory", "Talk to a technical support expert"),
    // Time of the call.
    ("full", "obsazeno", "full"),
    ("slots_loading", "Načítáme volné časy…", "Loading the free times…"),
    ("slots_failed", "Omlouváme se, volné časy se nepodařilo načíst.", "Sorry, the free times could not be loaded."),
    (
        "slots_none",
        "Konkrétní čas si teď vybrat nelze, všechny jsou obsazené.",
        "No particular time can be chosen at the moment; all of them are taken.",
    ),
    ("zone_prague", "Uvádíme pražský čas.", "Times are in Prague time."),
    ("zone_other", "Časy platí pro časové pásmo {zone}.", "Times are in the time zone {zone}."),
    ("retry", "Zkusit znovu", "Try again"),
    // Missing fields.
    ("name_missing", "Vyplňte jméno a příjmení.", "Enter your full name."),
    ("phone_missing", "Vyplňte telefonní číslo.", "Enter a telephone number."),
    ("when_missing", "Vyberte čas, kdy vám máme zavolat.", "Choose when we should call you."),
    ("error", "Chyba", "Error"),
    ("invalid", "Omlouváme se, žádost zatím nelze odeslat", "Sorry, the request cannot be sent yet"),
    ("invalid_hint", "Opravte prosím tyto údaje:", "Please correct the following:"),
    // Errors, with the next step.
    ("sorry", "Omlouváme se", "Sorry"),
    (
        "failed_network",
        "Nepodařilo se nám spojit se službou. Zkontrolujte připojení k internetu a zkuste to znovu.",
        "We could not reach the service. Check your internet connection and try again.",
    ),
    (
        "failed_service",
        "Služba teď nemůže odpovědět. Zkuste to prosím za chvíli znovu.",
        "The service cannot answer at the moment. Please try again shortly.",
    ),
    (
        "failed_often",
        "Příliš mnoho pokusů za sebou. Zkuste to prosím znovu {wait}.",
        "There were too many attempts in a row. Please try again {wait}.",
    ),
    (
        "failed_browser",
        "Tento prohlížeč nebo připojení neumí ověřit, že formulář odesílá člověk. Otevřete prosím stránku přes https v novějším prohlížeči.",
        "This browser or connection cannot show that a person is sending the form. Please open the page over https in a newer browser.",
    ),
    ("kept", "Vyplněné údaje zůstaly zachovány.", "Everything you have entered is still here."),
    (
        "alternatives_hint",
        "Volné jsou tyto časy. Jakmile některý vyberete, rovnou ho potvrdíme:",
        "These times are free. The one you choose is confirmed at once:",
    ),
    ("notice_failed", "Omlouváme se, text se nepodařilo načíst.", "Sorry, the text could not be loaded."),
    ("sending", "Odesíláme…", "Sending…"),
    // After submitting.
    ("thanks", "Děkujeme", "Thank you"),
    ("manage", "Změnit čas nebo žádost zrušit", "Change the time or cancel"),
    (
        "manage_hint",
        "Odkaz si uložte a nikomu ho neposílejte. Kdo ho má, může žádost změnit.",
        "Keep this link and do not share it. Anyone who has it can change the request.",
    ),
    // Page that manages a request.
    ("loading", "Načítáme vaši žádost…", "Loading your request…"),
    ("state_scheduled", "Hovor je domluven", "The call is arranged"),
    ("state_asap", "Zavoláme vám co nejdříve", "We will call you as soon as possible"),
    ("state_completed", "Hovor proběhl", "The call has taken place"),
    ("state_unreachable", "Nepodařilo se nám vám dovolat", "We could not reach you"),
    ("state_cancelled", "Žádost je zrušena", "The request is cancelled"),
    ("when_label", "Kdy", "When"),
    ("by_label", "Nejpozději", "At the latest"),
    ("sales", "Prodej", "Sales"),
    ("technical_support", "Technická podpora", "Technical support"),
    ("fixed", "Tuto žádost už nelze změnit ani zrušit.", "This request can no longer be changed or cancelled."),
    ("completed", "Děkujeme za váš čas.", "Thank you for your time."),
    (
        "unreachable",
        "Omlouváme se, na uvedeném čísle se nám nepodařilo nikoho zastihnout.",
        "Sorry, we could not reach anyone on the number you gave us.",
    ),
    ("cancelled", "Žádost jsme zrušili a volat vám nebudeme.", "We have cancelled the request and will not call you."),
    ("unknown", "Omlouváme se, tuto žádost nenacházíme", "Sorry, we cannot find this request"),
    (
        "unknown_hint",
        "Odkaz je neúplný, nebo už neplatí. O zavolání ale můžete požádat znovu.",
        "The link is incomplete or no longer valid. You can ask for a call again, though.",
    ),
];
