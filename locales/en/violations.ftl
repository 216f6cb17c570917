# Details of the entries of `errors`. The location of a value is next to it, so the texts say what is expected there.

# Shape of a body or parameter
violation-unknown-field = This field does not exist.
violation-wrong-type = Send { $type ->
    [object] a JSON object
    [array] an array
    [string] text
    [integer] an integer
    [number] a number
    [boolean] `true` or `false`
    [null] `null`
   *[other] a value of the type { $type }
}.
violation-wrong-type-nullable = Send { $type ->
    [object] a JSON object
    [array] an array
    [string] text
    [integer] an integer
    [number] a number
    [boolean] `true` or `false`
   *[other] a value of the type { $type }
} or `null`.
violation-too-many-items = Must have at most { $limit ->
    [one] { $limit } item
   *[other] { $limit } items
}.
violation-too-few-items = Must have at least { $limit ->
    [one] { $limit } item
   *[other] { $limit } items
}.
violation-too-small = Must be at least { $limit }.
violation-too-large = Must be at most { $limit }.
violation-unlisted-value = This is not one of the values that the API document lists, such as { $example }.
violation-unknown-value = Must be one of { $values }.
violation-constant = Must be { $value }.
violation-repeated-item = The items must be different.
violation-empty-object = Send at least one field.
violation-no-variant = This does not match any of the documented forms.
violation-invalid = This value is not valid.
violation-unreadable = The body cannot be read: { $reason }.

# Form of a text
violation-form-id = Send an ID as you received it, such as "{ $prefix }_01kxsg6qmaescrfyehw09a1m12".
violation-form-date = Send a date such as "2027-03-30".
violation-form-instant = Send a date and time in UTC such as "2027-03-30T08:00:00Z".
violation-form-time = Send a time of day such as "08:30".
violation-form-window = Send a time window such as "10:00-11:00".
violation-form-phone = Enter a phone number in the international format, such as "+420 601 123 456".
violation-form-sha256 = Send a SHA-256 hash: 64 hexadecimal digits in lower case.
violation-form-key = Use 1 to 40 lower-case letters, digits and hyphens, and start with a letter.
violation-form-pointer = Send a JSON Pointer such as "/fields/name".
violation-form-secret = Send the value as you received it.
violation-form-header-name = Send the name of an HTTP header: letters, digits and hyphens.
violation-form-system-name = Use 1 to 40 characters: lower-case letters, digits, ".", "-" and "_".
violation-form-event-type = Send an event type such as "project.activated".
violation-form-https = Send a complete URL that starts with https://, such as "https://www.example.com/thank-you".
violation-form-color = Send a colour as # and six hexadecimal digits, such as "#7a1f5c".
violation-form-base64 = Send the file in Base64.
violation-form-other = This value does not have the required form. See the description of the field in the API document.

# JSON
violation-malformed-json = The JSON is not valid from here on (line { $line }, column { $column }).
violation-empty-body = The body is empty. Send a JSON object.
violation-too-deep = The body has more than { $depth } levels of nesting.
violation-duplicate-field = This field occurs more than once.

# Parameters and headers
violation-unknown-parameter = This parameter does not exist.
violation-repeated-parameter = Send this parameter only once.
violation-invalid-id = This is not a valid ID. Send it as you received it.
violation-invalid-cursor = This cursor does not belong to this query.
violation-entity-tag = Send the ETag as you received it, in double quotes.
violation-if-none-match = Send `*`.
violation-idempotency-key = Send 1 to 255 visible ASCII characters.
violation-system-name = Send 1 to 40 characters: a-z, 0-9, ".", "-" and "_".

# Order and range
violation-must-be-after = `{ $field }` must be after `{ $other }`.
violation-must-not-be-before = `{ $field }` must not be before `{ $other }`.
violation-valid-to-after-valid-from = `valid_to` must be after `valid_from`.
violation-until-after-since = `until` must be after `since`.
violation-date-too-late = This date must be before the year 9999.
violation-past-day = This day has passed. Choose a later one.
violation-settings-out-of-order = In this time zone, the settings would not begin between those before and after them. Choose another day, or change the planned settings first.
violation-period-too-long = The period can have at most { $days } days.
violation-past-instant = This time has passed. Choose a later one.
violation-future-instant = This time must not be in the future.
violation-between-days = This day must be between { $earliest } and { $latest }.
violation-outside-project = This day must be within the dates of the project.
violation-no-common-day = No day from `from` to `to` is within the dates of the project ({ $starts_on } to { $ends_on }).

# References
violation-unknown-person = There is no person with this ID.
violation-unknown-agent = There is no active agent with this ID.
violation-unknown-department = There is no department with this ID.
violation-unknown-membership = There is no membership with this ID in this project.
violation-unknown-area = There is no area with this ID in this project.
violation-unknown-assignment = This assignment does not exist, or it belongs to another person.
violation-successor-is-leaving = The successor cannot be the person who leaves. Name another person.
violation-handed-over-twice = An earlier item already hands this over. Name one successor for it.
violation-not-headed = This department does not exist, or another person is its head.
violation-head-of-other-department = The regular position of this person today is not in the department. To name a head from another department, update the department.
violation-not-sponsor = The project does not have this side, or the person who leaves is not named as its sponsor.
violation-not-managed = The person who leaves is not the manager of this person from this day on.
violation-own-manager = A person cannot be their own manager. Name another manager.
violation-agent-or-queue = Send either `callback_agent_id`, or `unassign_callback_requests` to return the requests to the queue.
violation-person-deactivated = This person is deactivated.

# Callbacks
violation-duties-overlap = This duty overlaps with another one.
violation-unknown-country = There is no country with this code. Send a code such as "CZ" (ISO 3166-1).
violation-date-twice = This date is in the list twice. Put all its periods into one entry.
violation-periods-overlap = This period overlaps with another one of the same day.
violation-unknown-calendar = There is no calendar with this ID.
violation-unknown-queue = There is no such queue.
violation-unknown-public-queue = There is no public queue with this key.
violation-queue-twice = This queue is in the list twice. Put all its duties into one entry.
violation-absences-overlap = This absence overlaps with another one.
violation-queue-without-intent = The queue does not accept requests with this intent.
violation-agent-not-in-queue = The agent does not work in the queue of the request. Choose another agent, or reroute the request.
violation-call-start = The call must have started while the agent had the request.
violation-call-end = The call must not have ended before it started, or in the future.
violation-call-agent = Send the agent who last had the request.
violation-call-no-agent = No agent has had this request. Assign it first; the call must start after that.
violation-id-or-sha256 = Send `id` or `sha256`.
violation-phone-or-email = Send `phone` or `email`.
violation-data-subject = Send `phone`, `email` or `person_id`.
violation-search-criterion = Send `phone`, `email` or `name`.
violation-logo-without-name = Send `company_name` too: the logo needs it as its alternative text.
violation-image-bytes = The image must have at most { $limit } bytes.
violation-image-format = Send a PNG or WebP image. The format is determined by the bytes of the file.
violation-image-damaged = The image is damaged: it ends early, has data after its end, or is empty. Export it again.
violation-image-animated = Send an image that is not animated.
violation-image-size = The image must have 1 to 2000 pixels on each side.
violation-contrast = White text on this colour has a contrast of { $contrast }:1, but needs at least 4.5:1 (WCAG 2.2). Choose a darker colour, such as "{ $color }".
violation-ambiguous-slot = Send either `slot_id`, or `window` with or without `date`.

# Calendar
violation-not-icalendar = This is not an iCalendar file (RFC 5545).
violation-too-many-days = The calendar has more than 1,000 days. Import it in parts.
violation-no-events = The calendar has no events.
violation-event = Event { $number } ({ $name }): { $fault }
    .recurring = recurring events cannot be imported.
    .no-start = it has no start (DTSTART).
    .not-all-day = only all-day events can close a day.
    .no-such-day = its start is not an existing day.
    .duration = use DTEND instead of DURATION.
    .too-long = it is longer than 1,000 days.
    .ends-before-start = it ends before it starts.
violation-unknown-zone = This is not the name of a place in the IANA time zone database. Send a name such as "Europe/Prague", or "UTC".
violation-window-too-long = The window must fit into the opening hours, also into those that are planned.
violation-queue-without-windows = The windows of the queue "{ $queue }" would not fit into the opening hours. Shorten its `window_minutes` first.
violation-intent-twice = This intent is in the list twice.

# Projects
violation-delegation-too-long = A delegation can last at most 90 days.
violation-delegate-of-other-department = On the first day, this person must have their regular position in your department.
violation-raising-side = Name the side of the project that raises the decision.
violation-start-is-fixed = The project has started, so its first day cannot change.
violation-use-a-transfer = While the project is running, use a transfer to move an area to another side.
violation-not-a-side = This department is not a side of the project.
violation-home-elsewhere = On the first day, this person has their regular position in another department.
violation-member-is-sponsor = A sponsor of the project cannot be a member, too.
violation-membership-over = The membership would already have ended.
violation-no-home-position = This person has no regular position on the first day. Add one to the directory first.
violation-already-member = This person is already a member, or already invited, on some of these days.
violation-nothing-to-arbitrate = Name a deadlocked decision or an open dispute of this project.
violation-not-neutral = The person who decides must not have a role in the project.
violation-arbiter-works-for-side = The person who decides must not have a regular position in a department that is a side.
violation-arbiter-below-sponsor = The person who decides must not have a sponsor among their managers.
violation-arbiter-above-sponsor = A manager of one sponsor can decide only if they are a manager of all sponsors.
violation-too-soon = The sides need time to respond: send a time no earlier than { $earliest }. If all sides agree, it ends earlier.
violation-too-late = The arbiter cannot decide before the deadline: send a time no later than { $latest }.
violation-repeated-arbiter = This person is already on the panel. Name each person only once.
violation-no-days-left = No days are left to hand over.
violation-nothing-to-hand-over = The assignment ends on { $latest }, so nothing is left to hand over to { $successor }.
violation-owner-not-member = This person must be an accepted member of the project on all of these days.
violation-side-mismatch = This person works for a side that does not own the area.
violation-at-once-only = An area moves to another side as soon as all sides have approved. Omit the later date.
violation-repeated-side = The department { $department } is already a side.
violation-repeated-area-key = Another area has this key.
violation-area-side = An area must belong to a side of the project.
violation-sponsor-of-other-department = The regular position of this person today is not in the department of the side.
violation-lead-is-sponsor = The lead cannot also be a sponsor.
violation-same-head = This department has the same head as another side. Two sides need two heads.
violation-reason-to-confirm = Give a reason for the confirmation, because you confirm as an administrator.
violation-sponsor-of-two-sides = One person cannot be the sponsor of two sides.
violation-number-of-sides = A project has two to eight sides.
violation-sides-before-activation = Sides can join and leave only after the project has been activated.
violation-leaving-side = This department is not a side of the project.
violation-template-sides = The template needs the departments "it" and "marketing" as sides.
violation-goals-do-not-match = The charter has { $goals ->
    [one] { $goals } goal
   *[other] { $goals } goals
}. Send one outcome for each goal.
violation-reason-missing = Give a reason, so that the other sides know what to change.

# Directory
violation-same-person = Another item names the same person.
violation-two-people = The employee number, the login and the e-mail address belong to different people.
violation-department-id-or-key = Send either the ID or the key of the department.
violation-unknown-issuer = The service does not accept tokens of this issuer. It accepts those of: { $issuers }.
violation-issuer-needs-login = An issuer needs a login. Send `login` as well, or omit `login_issuer`.
violation-one-manager = Send either the login or the e-mail address of the manager.
violation-unknown-department-key = There is no department with this key.
violation-unknown-manager = The manager is neither in the directory nor in this import.
violation-later-position = The person already has another position on some of these days. Change it individually.
violation-outside-position = This day must be within the position.

# Integrations
violation-no-such-field = No record has this field.
violation-field-name-taken = Another field has this name.
violation-no-parent = No record has the object that should contain it.
violation-credentials-need-it = This kind of credentials requires this field.
violation-credentials-other-kind = This field belongs to another kind of credentials.
violation-reserved-header = The service sets this header itself.
violation-mapping-not-allowed = Events are sent unchanged. Remove the mapping.
violation-mapping-too-long = The mapping is longer than { $limit } bytes.
violation-mapping-jira = Set `/serviceDeskId` and `/requestTypeId` of your service desk.
violation-not-in-format = This format has no record for this event type.
violation-records-in-order = Records are always sent in the order of their events. Omit `ordering`, or send `subject`.
violation-own-credentials = The stored credentials are not sent to another origin. Send `auth` with the new URL.
violation-not-a-url = This is not a URL: { $reason }.
violation-url-too-long = With special characters escaped, the URL has more than { $limit } characters.
violation-url-scheme = The URL must start with "https://".
violation-url-host = The URL has no host.
violation-url-trailing-dot = The host name must not end with a dot.
violation-url-local-name = Names of a private network, such as "localhost" or "crm.internal", are not allowed. Use a public name, or ask the operator of this service to allow this name.
violation-url-fragment = The URL must not contain a fragment.
violation-url-port = This port is not allowed.
violation-url-address = This address is not allowed.
