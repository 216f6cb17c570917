-- When the receiver answered again, which is when what was held ends. Nullable and without a constraint: a replica of the
-- version before does not know it.
ALTER TABLE webhook_endpoints ADD COLUMN recovering_since TIMESTAMP;
