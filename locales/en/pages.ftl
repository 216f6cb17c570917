# Pages about problems: /problems and /problems/<code>.

page-problems = Problems
page-problems-intro = Every error response has the media type `application/problem+json` (RFC 9457) and one of these codes in the field `code`.
page-remedy = What to do
page-status = HTTP status
page-docs = API documentation
