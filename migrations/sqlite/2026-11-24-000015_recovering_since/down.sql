ALTER TABLE webhook_endpoints DROP COLUMN recovering_since;
