//! The closed table of error codes: status, title and general advice, in English and Czech.
//!
//! Rule: adding a line is compatible; changing a code or its status is not. Each line is also a
//! page at `/problems/<code>`, which is the problem's `type`.

use actix_web::http::StatusCode;

use crate::kernel::locale::Lang;

macro_rules! codes {
    ($($variant:ident $status:ident $code:literal
        $title_en:literal / $title_cs:literal
        $advice_en:literal / $advice_cs:literal;)*) => {
        /// Every code a problem can carry.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        pub enum Code { $(#[doc = $advice_en] $variant,)* }

        impl Code {
            /// All codes, in the order of the table.
            pub const ALL: &'static [Code] = &[$(Code::$variant,)*];

            /// The stable spelling.
            #[must_use]
            pub fn as_str(self) -> &'static str {
                match self { $(Code::$variant => $code,)* }
            }

            /// The HTTP status that goes with it.
            #[must_use]
            pub fn status(self) -> StatusCode {
                match self { $(Code::$variant => StatusCode::$status,)* }
            }

            /// A short name of the kind of problem.
            #[must_use]
            pub fn title(self, lang: Lang) -> &'static str {
                match (self, lang) { $((Code::$variant, Lang::En) => $title_en, (Code::$variant, Lang::Cs) => $title_cs,)* }
            }

            /// What it means and what to do.
            #[must_use]
            pub fn advice(self, lang: Lang) -> &'static str {
                match (self, lang) { $((Code::$variant, Lang::En) => $advice_en, (Code::$variant, Lang::Cs) => $advice_cs,)* }
            }
        }
    };
}

codes! {
    MalformedRequest BAD_REQUEST "malformed_request"
        "The request cannot be read" / "Požadavek nelze přečíst"
        "The request is not what HTTP or JSON allow. Correct its syntax and send it again." /
        "Požadavek neodpovídá pravidlům HTTP nebo JSON. Opravte zápis a odešlete jej znovu.";
    InvalidParameter BAD_REQUEST "invalid_parameter"
        "A parameter is not valid" / "Parametr není platný"
        "A query parameter is unknown or has a value it cannot take. See errors for each of them." /
        "Parametr dotazu není znám nebo má hodnotu, kterou mít nemůže. Podrobnosti jsou v errors.";
    InvalidCursor BAD_REQUEST "invalid_cursor"
        "The cursor does not fit" / "Kurzor nesedí"
        "The cursor was not made by this service or belongs to another query. Begin again without it." /
        "Kurzor nevytvořila tato služba nebo patří k jinému dotazu. Začněte znovu bez něj.";
    Unauthenticated UNAUTHORIZED "unauthenticated"
        "Credentials are missing or not valid" / "Chybí platné přihlašovací údaje"
        "Send a valid bearer token in the Authorization header." /
        "Pošlete platný token v hlavičce Authorization.";
    Forbidden FORBIDDEN "forbidden"
        "This is not allowed to you" / "K tomu nemáte oprávnění"
        "Your token is valid, but it lacks the scope or the role for this." /
        "Váš token je platný, ale chybí mu rozsah nebo role.";
    NotFound NOT_FOUND "not_found"
        "There is no such thing" / "Nic takového tu není"
        "Nothing is here under this address, or nothing that you may know of." /
        "Na této adrese nic není, nebo nic, o čem smíte vědět.";
    MethodNotAllowed METHOD_NOT_ALLOWED "method_not_allowed"
        "This method is not possible here" / "Tato metoda zde není možná"
        "The header Allow names the methods that are." /
        "Možné metody uvádí hlavička Allow.";
    NotAcceptable NOT_ACCEPTABLE "not_acceptable"
        "No acceptable representation" / "Žádná přijatelná podoba"
        "This service answers in JSON." /
        "Tato služba odpovídá ve formátu JSON.";
    RequestTimeout REQUEST_TIMEOUT "request_timeout"
        "The request took too long to arrive" / "Požadavek přicházel příliš dlouho"
        "Send it again over a better connection." /
        "Odešlete jej znovu po lepším spojení.";
    Conflict CONFLICT "conflict"
        "The present state does not allow it" / "Současný stav to nedovoluje"
        "Read the resource again and decide anew." /
        "Načtěte záznam znovu a rozhodněte se podle něj.";
    AlreadyExists CONFLICT "already_exists"
        "This exists already" / "To už existuje"
        "Something with the same identifying value exists. Use it, or choose another value." /
        "Záznam se stejnou určující hodnotou už existuje. Použijte jej, nebo zvolte jinou hodnotu.";
    IllegalTransition CONFLICT "illegal_transition"
        "This step is not possible in the present state" / "Tento krok není v současném stavu možný"
        "The members state and allowed say where it stands and what is possible." /
        "Členy state a allowed říkají, v jakém je stavu a co je možné.";
    NotReady CONFLICT "not_ready"
        "Something is still missing" / "Ještě něco chybí"
        "Everything that is missing is listed in blockers." /
        "Vše, co chybí, je uvedeno v blockers.";
    ApprovalRequired CONFLICT "approval_required"
        "All sides have to agree" / "S tím musí souhlasit všechny strany"
        "No side does this alone while the project runs. Ask all of them, with release." /
        "Dokud projekt běží, žádná strana to neudělá sama. Požádejte o souhlas všechny, pomocí release.";
    SlotFull CONFLICT "slot_full"
        "This time is taken" / "Tento čas je obsazen"
        "Sorry, no expert is free at that time any more. Choose one of the alternatives." /
        "Omlouváme se, v tomto čase už není žádný odborník volný. Zvolte jednu z nabídnutých možností.";
    WrongIntent CONFLICT "wrong_intent"
        "The request is none of this tool's business" / "Žádost se tohoto nástroje netýká"
        "Sales requests are shown to CRM formats only, support questions to ITSM formats only; formats lists those it has." /
        "Obchodní žádosti se ukazují jen formátům CRM, dotazy na podporu jen formátům ITSM; možné jsou uvedeny v formats.";
    NothingToClaim NOT_FOUND "nothing_to_claim"
        "No one is waiting" / "Nikdo nečeká"
        "No callback request is waiting for an agent at the moment. Ask again later." /
        "Žádná žádost teď nečeká na zpracování. Zkuste to později.";
    IdempotencyInProgress CONFLICT "idempotency_in_progress"
        "The first request with this key is still running" / "První požadavek s tímto klíčem ještě běží"
        "Wait for Retry-After seconds and send the same request again." /
        "Počkejte dobu z hlavičky Retry-After a odešlete stejný požadavek znovu.";
    EventsExpired GONE "events_expired"
        "Older events are no longer kept" / "Starší události už se neuchovávají"
        "Events behind your after are gone. Read the things themselves, then go on from oldest_sequence." /
        "Události za vaším after už nejsou k dispozici. Načtěte samotné záznamy a pokračujte od oldest_sequence.";
    StaleVersion PRECONDITION_FAILED "stale_version"
        "It has changed in the meantime" / "Mezitím se to změnilo"
        "If-Match names an older version. Read it again, apply your change to what you find, and send the new ETag." /
        "If-Match uvádí starší verzi. Načtěte záznam znovu, proveďte změnu na něm a pošlete nový ETag.";
    PayloadTooLarge PAYLOAD_TOO_LARGE "payload_too_large"
        "The body is too large" / "Tělo požadavku je příliš velké"
        "Send at most 64 KiB." /
        "Pošlete nejvýše 64 KiB.";
    UriTooLong URI_TOO_LONG "uri_too_long"
        "The address is too long" / "Adresa je příliš dlouhá"
        "Use fewer or shorter parameters." /
        "Použijte méně parametrů nebo kratší.";
    UnsupportedMediaType UNSUPPORTED_MEDIA_TYPE "unsupported_media_type"
        "This media type is not understood" / "Tomuto typu obsahu služba nerozumí"
        "Send application/json, or application/merge-patch+json with PATCH, in UTF-8 and without Content-Encoding." /
        "Pošlete application/json, u metody PATCH i application/merge-patch+json, v UTF-8 a bez Content-Encoding.";
    ValidationFailed UNPROCESSABLE_ENTITY "validation_failed"
        "Some values break a rule" / "Některé hodnoty porušují pravidlo"
        "Every violation is in errors, with a pointer to its place." /
        "Všechna porušení jsou v errors i s ukazatelem na místo.";
    IdempotencyMismatch UNPROCESSABLE_ENTITY "idempotency_mismatch"
        "This key was used for another request" / "Tento klíč už patří jinému požadavku"
        "An Idempotency-Key belongs to one request. Use a new key for a new request." /
        "Idempotency-Key patří k jednomu požadavku. Pro nový požadavek použijte nový klíč.";
    PreconditionRequired PRECONDITION_REQUIRED "precondition_required"
        "If-Match is missing" / "Chybí If-Match"
        "Send the ETag you have read in If-Match, so that nobody's change is lost." /
        "Pošlete v If-Match přečtený ETag, aby se ničí změna neztratila.";
    TooManyRequests TOO_MANY_REQUESTS "too_many_requests"
        "Too many requests" / "Příliš mnoho požadavků"
        "Wait for Retry-After seconds." /
        "Počkejte dobu z hlavičky Retry-After.";
    TooManyForNumber TOO_MANY_REQUESTS "too_many_for_number"
        "There are open requests for this number" / "Pro toto číslo jsou žádosti otevřeny"
        "Two calls for this number are promised already. Wait for them, or cancel one." /
        "Na toto číslo jsou slíbeny už dva hovory. Vyčkejte na ně, nebo jeden zrušte.";
    HeadersTooLarge REQUEST_HEADER_FIELDS_TOO_LARGE "headers_too_large"
        "The headers are too large" / "Hlavičky jsou příliš velké"
        "Send fewer or shorter headers." /
        "Pošlete méně hlaviček nebo kratší.";
    InternalError INTERNAL_SERVER_ERROR "internal_error"
        "Something went wrong here" / "Na naší straně se něco pokazilo"
        "Sorry, that is our fault. Nothing was changed. Quote the request_id when you report it." /
        "Omlouváme se, chyba je u nás. Nic se nezměnilo. Při hlášení uveďte request_id.";
    Unavailable SERVICE_UNAVAILABLE "unavailable"
        "The service is busy" / "Služba je přetížená"
        "Nothing was changed. Send the same request again after Retry-After seconds." /
        "Nic se nezměnilo. Odešlete stejný požadavek znovu po uplynutí Retry-After sekund.";
}

impl Code {
    /// The code with this spelling.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|code| code.as_str() == text)
    }

    /// The code for a status that something below us (the HTTP framework) chose.
    #[must_use]
    pub fn for_status(status: StatusCode) -> Self {
        match status.as_u16() {
            401 => Self::Unauthenticated,
            403 => Self::Forbidden,
            404 => Self::NotFound,
            405 => Self::MethodNotAllowed,
            406 => Self::NotAcceptable,
            408 => Self::RequestTimeout,
            409 => Self::Conflict,
            413 => Self::PayloadTooLarge,
            414 => Self::UriTooLong,
            415 => Self::UnsupportedMediaType,
            422 => Self::ValidationFailed,
            431 => Self::HeadersTooLarge,
            429 => Self::TooManyRequests,
            503 => Self::Unavailable,
            400..=499 => Self::MalformedRequest,
            _ => Self::InternalError,
        }
    }
}
