//! The closed table of problem codes with their statuses. Their texts are `problem-<code>` in `locales/`.
//!
//! Rule: adding a line is compatible; changing a code or its status is not. Each line is also a page at
//! `/problems/<code>`, which is the `type` of the problem.

use actix_web::http::StatusCode;

use crate::kernel::text::Text;

macro_rules! codes {
    ($($(#[$doc:meta])* $variant:ident $status:ident $code:literal;)*) => {
        /// Every code a problem can have.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        pub enum Code { $($(#[$doc])* $variant,)* }

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
            pub fn title(self) -> Text {
                Text::new(match self { $(Code::$variant => concat!("problem-", $code, ".title"),)* })
            }

            /// What is wrong, when there is no more specific text.
            #[must_use]
            pub fn detail(self) -> Text {
                Text::new(match self { $(Code::$variant => concat!("problem-", $code, ".detail"),)* })
            }

            /// What to do.
            #[must_use]
            pub fn remedy(self) -> Text {
                Text::new(match self { $(Code::$variant => concat!("problem-", $code, ".remedy"),)* })
            }
        }
    };
}

codes! {
    /// Malformed request.
    MalformedRequest BAD_REQUEST "malformed_request";
    /// Invalid parameter.
    InvalidParameter BAD_REQUEST "invalid_parameter";
    /// Invalid cursor.
    InvalidCursor BAD_REQUEST "invalid_cursor";
    /// Missing or invalid credentials.
    Unauthenticated UNAUTHORIZED "unauthenticated";
    /// Person deactivated.
    PersonDeactivated UNAUTHORIZED "person_deactivated";
    /// Token revoked.
    TokenRevoked UNAUTHORIZED "token_revoked";
    /// Missing permission.
    Forbidden FORBIDDEN "forbidden";
    /// Conflict of interest.
    ConflictOfInterest FORBIDDEN "conflict_of_interest";
    /// Person not in the directory.
    PersonUnknown FORBIDDEN "person_unknown";
    /// Resource not found.
    NotFound NOT_FOUND "not_found";
    /// Method not allowed.
    MethodNotAllowed METHOD_NOT_ALLOWED "method_not_allowed";
    /// No acceptable representation.
    NotAcceptable NOT_ACCEPTABLE "not_acceptable";
    /// Request timeout.
    RequestTimeout REQUEST_TIMEOUT "request_timeout";
    /// Conflict with the current state.
    Conflict CONFLICT "conflict";
    /// Resource already exists.
    AlreadyExists CONFLICT "already_exists";
    /// Operation not possible in this state.
    IllegalTransition CONFLICT "illegal_transition";
    /// Requirements not met.
    NotReady CONFLICT "not_ready";
    /// Approval of all sides required.
    ApprovalRequired CONFLICT "approval_required";
    /// Time slot fully booked.
    SlotFull CONFLICT "slot_full";
    /// No agent on duty.
    NoAgentOnDuty CONFLICT "no_agent_on_duty";
    /// Format does not accept this request.
    WrongIntent CONFLICT "wrong_intent";
    /// No callback request to claim.
    NothingToClaim NOT_FOUND "nothing_to_claim";
    /// Request still in progress.
    IdempotencyInProgress CONFLICT "idempotency_in_progress";
    /// Events no longer available.
    EventsExpired GONE "events_expired";
    /// Unknown position in the event feed.
    PositionUnknown CONFLICT "position_unknown";
    /// Resource modified (ETag mismatch).
    StaleVersion PRECONDITION_FAILED "stale_version";
    /// Request body too large.
    PayloadTooLarge PAYLOAD_TOO_LARGE "payload_too_large";
    /// URL too long.
    UriTooLong URI_TOO_LONG "uri_too_long";
    /// Unsupported media type.
    UnsupportedMediaType UNSUPPORTED_MEDIA_TYPE "unsupported_media_type";
    /// Invalid values.
    ValidationFailed UNPROCESSABLE_ENTITY "validation_failed";
    /// Idempotency key already used.
    IdempotencyMismatch UNPROCESSABLE_ENTITY "idempotency_mismatch";
    /// Missing If-Match header.
    PreconditionRequired PRECONDITION_REQUIRED "precondition_required";
    /// Too many requests.
    TooManyRequests TOO_MANY_REQUESTS "too_many_requests";
    /// Too many requests for this phone number.
    TooManyForNumber TOO_MANY_REQUESTS "too_many_for_number";
    /// Request headers too large.
    HeadersTooLarge REQUEST_HEADER_FIELDS_TOO_LARGE "headers_too_large";
    /// Internal error.
    InternalError INTERNAL_SERVER_ERROR "internal_error";
    /// Service unavailable.
    Unavailable SERVICE_UNAVAILABLE "unavailable";
    /// Outcome unknown.
    OutcomeUnknown SERVICE_UNAVAILABLE "outcome_unknown";
    /// Storage full.
    InsufficientStorage INSUFFICIENT_STORAGE "insufficient_storage";
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
            507 => Self::InsufficientStorage,
            400..=499 => Self::MalformedRequest,
            _ => Self::InternalError,
        }
    }
}
