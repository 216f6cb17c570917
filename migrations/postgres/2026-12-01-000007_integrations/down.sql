DROP TABLE external_references;
DROP TABLE webhook_records;
DROP TABLE webhook_attempts;
DROP TABLE webhook_deliveries;
DROP TABLE webhook_endpoints;
