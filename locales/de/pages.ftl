# Seiten über Probleme: /problems und /problems/<Code>.

page-problems = Probleme
page-problems-intro = Jede Fehlerantwort hat den Medientyp `application/problem+json` (RFC 9457) und im Feld `code` einen dieser Codes.
page-remedy = Was Sie tun können
page-status = HTTP-Status
page-docs = API-Dokumentation
