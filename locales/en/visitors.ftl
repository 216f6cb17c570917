# Problems and violations that can occur in the callback form.

# Problems; the attributes are those of problems.ftl
problem-not_found =
    .title = Resource not found
    .detail = The resource does not exist, or you do not have access to it.
    .remedy = Check the path and the ID. If the resource exists, ask an administrator or the lead of the project for access.
problem-request_timeout =
    .title = Request timeout
    .detail = The request did not arrive in time. Send it again.
    .remedy = Send the request again with the same `Idempotency-Key`. A slow connection or a slow proxy can be the cause.
problem-illegal_transition =
    .title = Operation not possible in this state
    .detail = The state of the resource does not allow this operation. `state` and `allowed` say what is possible.
    .remedy = `state` is the current state; `allowed` lists the operations (`operationId`) that are possible now. Get the resource again, because another caller may have changed it.
problem-slot_full =
    .title = Time slot fully booked
    .detail = Sorry, no expert is available at that time any more. Please choose another time.
    .remedy = Send the request again with one of the slots in `alternatives`.
problem-no_agent_on_duty =
    .title = No agent on duty
    .detail = Sorry, no expert is available for a call in the next few days. Please try again later.
    .remedy = Administrators: add duty times of agents in the queue, or set its `capacity_source` to `fixed`.
problem-idempotency_in_progress =
    .title = Request still in progress
    .detail = The first request with this `Idempotency-Key` is still running. Wait for the number of seconds in `Retry-After`, then send the same request again.
    .remedy = Wait for the number of seconds in `Retry-After` and send the same request with the same key again. You will get the response to the first request.
problem-validation_failed =
    .title = Invalid values
    .detail = Some values are not valid; see `errors`. After you have corrected them, other errors can be reported.
    .remedy = Correct every entry of `errors` and send the request again. The `Idempotency-Key` can stay the same, because error responses are not stored.
problem-too_many_requests =
    .title = Too many requests
    .detail = You have sent too many requests. Wait for the number of seconds in `Retry-After`.
    .remedy = Wait for the number of seconds in `Retry-After`. The `RateLimit` header shows how many requests are left.
problem-too_many_for_number =
    .title = Too many requests for this phone number
    .detail = There are already two open requests for this number. Wait for the promised calls, or cancel one of the requests.
    .remedy = Wait for the promised calls, or cancel one of the requests.
problem-internal_error =
    .title = Internal error
    .detail = Sorry, an unexpected error occurred in the service. Nothing was changed. Include the `request_id` when you report it.
    .remedy = Report the problem with its `request_id`. You can send the same request again with the same `Idempotency-Key`.
problem-unavailable =
    .title = Service unavailable
    .detail = The service is busy. Nothing was changed. Wait for the number of seconds in `Retry-After`, then send the same request again.
    .remedy = Wait for the number of seconds in `Retry-After`, then send the same request again with the same `Idempotency-Key`.
problem-outcome_unknown =
    .title = Outcome unknown
    .detail = The connection to the database failed while your request was being completed. It may have been done. Repeat the request with the same `Idempotency-Key`, or read first.
    .remedy = Repeat the request with the same `Idempotency-Key`: you get the response to the first one, or it is done now. Without a key, read first whether the change was made.
problem-insufficient_storage =
    .title = Storage full
    .detail = The storage of the service is full. Nothing was changed. Try again later.
    .remedy = Send the same request again later, with the same `Idempotency-Key`. If you operate the service, make space on the disk of the database; the service continues by itself.

# Details of problems
detail-illegal-transition = "{ $operation }" is not possible while { $resource ->
    [approval] the approval
    [assignment] the assignment
    [call] the call
    [callback_request] the callback request
    [decision] the decision
    [delegation] the delegation
    [delivery] the delivery
    [dispute] the dispute
    [membership] the membership
    [person] the person
    [project] the project
    [sponsor] the role of the sponsor
    [transfer] the transfer
   *[other] the resource
} is "{ $state }". { $count ->
    [0] No operation is possible in this state.
   *[other] Possible now: { $allowed }.
}
detail-call-has-started = Sorry, your call is already due and can no longer be changed. Please tell the expert who calls you.
detail-feedback-too-early = Sorry, you can only tell us whether we called on time after the promised time has passed.
detail-feedback-given = Sorry, you have already said whether we called on time. Thank you.
detail-feedback-link-of-agent = Sorry, one of our experts created this link, so it cannot be used to tell us whether we called on time.
detail-too-many-from-network = Sorry, too many requests are coming from your network at the moment. Please try again in a minute.
detail-too-many-for-number = Sorry, you already have two open requests for this number. Wait for our call, or cancel one of them.
detail-visitor-invalid = Sorry, we cannot accept your request yet. Please correct the values below and send it again.

# Entries of `errors`
violation-required = This field is required.
violation-too-long = Must have at most { $limit ->
    [one] { $limit } character
   *[other] { $limit } characters
}.
violation-too-short = Must have at least { $limit ->
    [one] { $limit } character
   *[other] { $limit } characters
}.
violation-blank-name = Enter a name.
violation-blank = Enter text with at least one visible character.
violation-form-email = Enter an e-mail address such as "jana@example.com".
violation-form-url = Send a complete http or https URL such as "https://example.com/path".
violation-url-user = The URL must not contain a user name or password.
violation-form-line = Use visible characters without line breaks.
violation-form-text = Enter text without control characters.
violation-nul = Text must not contain the character U+0000.
violation-lone-surrogate = Text must not contain half of a surrogate pair.
violation-unknown-notice = There is no such privacy notice.
violation-unknown-wording = The text of the consent is not one that this form has shown. Load the form again.
violation-proof-missing = Solve a proof-of-work challenge first.
violation-proof-wrong = This is not the solution of a challenge.
violation-proof-expired = The challenge has expired. Please load the form again.
violation-proof-used = This challenge was already used.
violation-phone-empty = Enter a phone number.
violation-phone-letters = Use digits instead of letters.
violation-phone-extension = Leave out the extension; we cannot dial it.
violation-phone-character = The number contains a character that does not belong in a phone number.
violation-phone-trunk-zero = Enter the number without the leading 0.
violation-phone-too-short = The number has too few digits.
violation-phone-too-long = The number has too many digits.
violation-phone-no-country-code = Start the number with + and the country code.
violation-phone-country = This country code does not exist.
violation-phone-emergency = We do not call emergency numbers.
violation-phone-short = We do not call short numbers.
violation-phone-premium = We do not call premium-rate numbers.
violation-phone-shared-cost = We do not call shared-cost numbers.
violation-phone-not-in-plan = This number does not exist. Please check the digits.
violation-slot-unknown = This time is not available. Choose one from the list.
violation-slot-past = It is too late for this time. Choose a later one.
violation-slot-too-far = This day is too far ahead. Choose an earlier one.
violation-slot-closed = We are closed on that day. Choose another one.
