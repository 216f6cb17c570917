# Stránky o problémech: /problems a /problems/<kód>.

page-problems = Problémy
page-problems-intro = Každá chybová odpověď má typ `application/problem+json` (RFC 9457) a v poli `code` jeden z těchto kódů.
page-remedy = Co dělat
page-status = Stavový kód HTTP
page-docs = Dokumentace API
