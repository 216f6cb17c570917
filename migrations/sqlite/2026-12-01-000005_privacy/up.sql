-- Privacy: the notices that visitors see, how long personal data are kept, and the lock for erasing them.

-- A published text never changes, because callback requests refer to the text that the visitor saw.
CREATE TABLE privacy_notices (
    id TEXT PRIMARY KEY NOT NULL,
    locale TEXT NOT NULL CHECK (length(locale) BETWEEN 2 AND 35),
    number INTEGER NOT NULL CHECK (number > 0),
    text TEXT NOT NULL CHECK (length(text) BETWEEN 1 AND 20000),
    sha256 TEXT NOT NULL UNIQUE CHECK (length(sha256) = 64 AND sha256 NOT GLOB '*[^0-9a-f]*'),
    created_at TEXT NOT NULL,
    CONSTRAINT privacy_notices_number_key UNIQUE (locale, number)
) STRICT;
INSERT INTO privacy_notices (id, locale, number, text, sha256, created_at) VALUES
    ('ntc_01kdvdna00e008000000000001', 'cs', 1, 'Vaše jméno, telefonní číslo a to, co nám k žádosti sami napíšete, použijeme jen k tomu, abychom vám zavolali, jak jste o to požádali. Právním základem je vyřízení vaší žádosti (čl. 6 odst. 1 písm. b) nařízení (EU) 2016/679). K marketingu údaje bez vašeho zvláštního souhlasu nepoužijeme. Máte právo na přístup k údajům, jejich opravu a výmaz a právo podat stížnost u Úřadu pro ochranu osobních údajů.', '580993506df04e8612c0b2d5c83bdb92f46a601fac805e71f2cf88261478357f', '2026-01-01 00:00:00'),
    ('ntc_01kdvdna00e008000000000002', 'en', 1, 'We use your name, your telephone number and what you write in your request only to call you back as you asked. The legal basis is handling your request (Article 6(1)(b) of Regulation (EU) 2016/679). Without your separate consent we do not use these data for marketing. You have the right to access, correct and erase your data, and to complain to a supervisory authority.', 'd990ac675bfd1005118781b7d0556db31c103e0b33f7bfcef38784b645f5658d', '2026-01-01 00:00:00'),
    ('ntc_01kdvdna00e008000000000003', 'de', 1, 'Ihren Namen, Ihre Telefonnummer und das, was Sie in Ihrer Anfrage schreiben, verwenden wir nur, um Sie wie gewünscht zurückzurufen. Rechtsgrundlage ist die Bearbeitung Ihrer Anfrage (Art. 6 Abs. 1 Buchst. b der Verordnung (EU) 2016/679). Ohne Ihre gesonderte Einwilligung verwenden wir diese Daten nicht für Werbung. Sie haben das Recht auf Auskunft, Berichtigung und Löschung Ihrer Daten sowie das Recht auf Beschwerde bei einer Aufsichtsbehörde.', '9cd6204e21fa9578a40702d936f200d6033a6f769e9b378a65f1fb633b4ed25c', '2026-01-01 00:00:00');

-- One row: how many days a closed callback request keeps its personal data, by the state it was closed in.
CREATE TABLE retention_settings (
    id INTEGER PRIMARY KEY NOT NULL CHECK (id = 1),
    completed_days INTEGER NOT NULL CHECK (completed_days BETWEEN 1 AND 3650),
    unreachable_days INTEGER NOT NULL CHECK (unreachable_days BETWEEN 1 AND 3650),
    cancelled_days INTEGER NOT NULL CHECK (cancelled_days BETWEEN 1 AND 3650),
    rerouted_days INTEGER NOT NULL CHECK (rerouted_days BETWEEN 1 AND 3650),
    quarantined_days INTEGER NOT NULL CHECK (quarantined_days BETWEEN 1 AND 3650),
    version INTEGER NOT NULL CHECK (version > 0),
    updated_at TEXT NOT NULL
) STRICT;
INSERT INTO retention_settings (id, completed_days, unreachable_days, cancelled_days, rerouted_days, quarantined_days,
        version, updated_at)
    VALUES (1, 365, 90, 30, 30, 14, 1, '2026-01-01 00:00:00');

-- Has a row only inside a transaction that erases a person. The triggers of `audit_entries` allow redaction
-- while the row exists, and its primary key lets only one erasure run at a time.
CREATE TABLE erasure_lock (
    id INTEGER PRIMARY KEY NOT NULL CHECK (id = 1)
) STRICT;
