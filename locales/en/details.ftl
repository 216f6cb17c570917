# Details of problems that are more specific than the text of their code.

# Tokens (401)
detail-token-invalid = The token is not valid: { $reason }
    .too-long = it is longer than 8 KiB.
    .form = it is not a signed JSON Web Token. Opaque and encrypted tokens cannot be verified.
    .header = its header is not valid base64url-encoded JSON.
    .crit = the header parameter `crit` is not supported.
    .typ = the header parameter `typ` must be `JWT` or `at+jwt`, or absent.
    .typ-access = the header parameter `typ` must be `at+jwt`.
    .alg = the algorithm in the header parameter `alg` is not accepted.
    .kid-missing = the header parameter `kid` is missing.
    .kid-unknown = the key in the header parameter `kid` is unknown.
    .alg-of-key = the header parameter `alg` does not match the key.
    .exp = it has expired (claim `exp`).
    .nbf = it is not valid yet (claim `nbf`).
    .iss = the issuer in the claim `iss` is not accepted.
    .aud = it is for another audience (claim `aud`).
    .id-token = it is an ID token or a refresh token. Send the access token.
    .sub = the claim `sub` must have 1 to 200 characters, and no control characters.
    .sub-reserved = the claim `sub` is a name that the service uses itself.
    .subject-missing = the claim that identifies people of this issuer is missing or is not text.
    .signature = its signature does not match.
    .iss-missing = the claim `iss` is missing or is not text.
    .aud-missing = the claim `aud` is missing or is not text.
    .sub-missing = the claim `sub` is missing or is not text.
    .exp-missing = the claim `exp` is missing or is not a time in seconds.
    .nbf-form = the claim `nbf` is not a time in seconds.
    .claims = its claims cannot be read as JSON, or one of them occurs twice.
    .api-key = it is not an API key of this service, or the key was revoked.
    .api-key-expired = the API key has expired.
detail-issuer-keys-unavailable = The token cannot be verified at the moment, because the keys of its issuer cannot be fetched. Try again later. Requests with API keys work.

# HTTP
detail-weak-etag = A weak ETag (`W/"..."`) cannot be used in `If-Match`. Send the ETag as you received it, without `W/`.
detail-nothing-matches = `If-Match` does not match, because the resource does not exist.
detail-exists-already = The resource already exists, and `If-None-Match: *` only creates it. To replace it, send its `ETag` in `If-Match`.
detail-media-type = Send { $accepted } in UTF-8 and without `Content-Encoding`.
detail-body-too-large = Send at most { $limit } KiB.
detail-malformed-json = The body is not valid JSON: line { $line }, column { $column }.
detail-empty-body = The body is empty. Send a JSON object.
detail-unreadable-query = The query parameters cannot be read: { $reason }.

# Callbacks
detail-agent-has-requests = Open callback requests are assigned to this agent. Assign them to another agent or unassign them first.
detail-agent-exists = This person is already an agent.
detail-same-notice = A privacy notice with this text already exists.
detail-manage-token-missing = Send the manage token of the request in the header `Manage-Token`, or a bearer token in `Authorization`.
detail-visitor-token-missing = Send the manage token of the request in the header `Manage-Token`.
detail-personal-data-erased = The personal data of the request was erased.
detail-link-of-closed-request = The request is closed. With a new link, the visitor could no longer say whether the call was on time. An application can create the link.
detail-linked-request = The visitor has another request for the same number, and one call covers both. Assign that request instead.
detail-queue-key-taken = Another queue already has this key.
detail-public-queue-exists = Another public queue accepts one of these intents. Change that queue first.
detail-no-public-queue = No public queue accepts the other intent. Send a `queue_id`.
detail-same-queue = The request is in this queue already.
detail-rerouted-too-often = The request was rerouted too often. Call the visitor, or cancel the request.
detail-call-too-soon = The next call to this visitor is not due yet; see `due_from`. If the visitor has called back, an application can record that call.
detail-agent-is-calling = You have a running call. End it first.
detail-call-recorded = A call at this time is recorded already; see `call_id`.
detail-number-has-two = The phone number already has two open requests. End one of them first.
detail-number-blocked = The owner of this phone number asked not to be called. Cancel the request, or unblock the number first.
detail-number-already-blocked = This phone number is already blocked.
detail-no-network = The network of this request is not known: an application submitted the request, or it was closed some time ago. Name an open or quarantined request that a visitor submitted.

# Projects
detail-voted-for-other-side = You have already responded for another side. One person cannot respond for two sides.
detail-delegate-is-sponsor = This person is a sponsor of the project and cannot be a delegate.
detail-delegate-exists = Your side already has a delegate on some of these days.
detail-delegate-of-other-side = This person is the delegate of another department on some of these days.
detail-delegate-for-all-exists = You already have a delegate for all your projects on some of these days.
detail-delegate-without-own-side = On the first day, no project has your department as a side with you as its sponsor. Name a project.
detail-hold-too-soon = Your side has put this project on hold before. It can do so again from { $date }.
detail-hold-without-end = The project is on hold because a side had no sponsor. This hold ends when every side has one.
detail-hold-has-changed = The hold that should be extended has ended.
detail-side-still-present = A side can leave when it has no members and no areas. First end or release its memberships, and transfer its areas or leave them out of the charter.
detail-approval-open = This approval is already requested.
detail-approval-of-other = This approval belongs to a proposal, a transfer or a decision. Withdraw or change that instead.
detail-delegate-is-lead = This person is the lead of the project and cannot be a delegate.
detail-sponsor-is-lead = This person is the lead of the project and cannot also be a sponsor.
detail-other-sponsor-named = Another person was proposed for this side in the meantime. Read the project again.
detail-sponsor-deactivated = The proposed person is deactivated. Propose another person.
detail-new-head = The head of the department has recently changed, or signs in with another login. No one can do this before { $until }, so that the other sides can notice the change.
detail-same-head = You are the head of two sides of this project, so you cannot confirm the sponsor of either. An administrator can do this.
detail-sponsor-is-member = This person is a member of the project and cannot be a sponsor, too.
detail-sponsor-biases-arbiter = With this person as the sponsor, the arbiter { $arbiter } would no longer be neutral, and a dispute, a question or a silent side waits for an arbiter. Propose another person, replace this arbiter in the panel of the charter, or wait for the end of what is open.
detail-sponsor-of-other-side = This person is already the sponsor of another side of the project.
detail-already-member = A person can be a member of a project, or be invited to it, only once on any day.
detail-member-is-sponsor = You have become a sponsor of this project and cannot be a member, too.
detail-nothing-to-return-to = This person has no regular position today. Add one to the directory first.
detail-area-removed = The charter no longer has this area.
detail-area-disputed = The ownership of this area is disputed. It cannot change until the dispute is settled.
detail-dispute-exists = There is already an open dispute about this area.
detail-dispute-too-soon = The last dispute of your side about this area ended less than 20 business days ago. Your side can raise another one from { $from }.
detail-no-arbiter = No person on the panel can decide: there is no panel, or each person was struck or is not neutral. Propose an arbiter to all sides instead.
detail-panel-decides = A drawn arbiter can decide. Propose another arbiter only if there is no panel, or the drawn arbiter is no longer neutral or has been silent for too long.
detail-draw-has-ended = Another arbiter has been drawn, or the question or dispute has ended. Read the question or dispute again.
detail-strike-too-late = The arbiter has been able to decide since { $since }, so the draw can no longer change.
detail-already-struck = Your side has already struck one drawn arbiter. Each side can do this once.
detail-approved-arbiter = All sides have approved this arbiter, so no side can strike them. You can waive the time before the arbiter can decide.
detail-before-ruling = The arbiter can decide from { $from }. Until then, the sides can agree, or strike the arbiter.
detail-arbiter-not-approved = The sides have not approved the arbiter who was proposed, so the decision stays deadlocked. Propose an arbiter to all sides again.
detail-no-panel-member = No person on the panel can decide: there is no panel, or each person was struck, is not neutral or has been silent. The approval stays open until all sides have responded.
detail-escalated-already = The drawn arbiter can decide. Escalate the approval again only if the arbiter is no longer neutral or has been silent for too long.
detail-not-silent-yet = The sides that have not responded have time until { $from }. Escalate the approval then.
detail-no-panel-for-kind = Only an approval to resume, close or cancel the project, to release a member, or to transfer an area can be escalated.
detail-same-owner = This person is already accountable for the area.
detail-no-successor = The project is running, and no one would be accountable for this area. Name a successor.
detail-responsibility-exists = This person already has this responsibility on some of these days.
detail-second-owner = Another person is accountable for this area on some of these days. End that assignment first.
detail-transfer-exists = There is already an open transfer of this area.
detail-owner-changed = On that day, the person named in the offer is not accountable for the area.
detail-amendment-too-late = The new end of the project has already passed. Propose another amendment.
detail-amendment-of-another-side = Another side has proposed an amendment, and the sides are signing it. Sign or reject the amendment first, or ask that side to withdraw it.
detail-areas-orphaned = Some areas would have no accountable person. Name a successor for each area in `areas`.
detail-no-approval-needed = This does not need an approval. End the membership instead.
detail-wrong-hash = The hash does not match the approval. Get the approval again and send its own `sha256`, not the one of the charter in it.

# Directory
detail-department-key-exists = A department with this key already exists.
detail-not-a-person = Your token represents an application. Applications are not in the directory.
detail-email-exists = Another person has this e-mail address.
detail-login-exists = Another person has this login.
detail-employee-number-exists = Another person has this employee number.
detail-api-key-exists = This application already has an API key. Rotate or revoke that key.
detail-api-key-replaced = A rotation has already replaced this key. Rotate the key that replaced it.
detail-position-overlaps = The person has another regular position on some of these days.
detail-is-agent = The person is an agent. Delete the agent first.
detail-day-closed = This day is already closed.

# Integrations
detail-no-records = This endpoint receives events, not records, so there is nothing to preview.
detail-quarantined = The request is quarantined. Release it first.
detail-too-many-references = This resource already has the maximum number of references ({ $most }).
detail-endpoint-disabled = The endpoint is disabled. Enable it first.
detail-no-ping = A test would create a record in the other system. Create a callback request instead.
