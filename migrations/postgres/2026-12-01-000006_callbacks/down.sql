DROP TABLE blocked_numbers;
DROP TABLE used_challenges;
DROP TABLE call_attempts;
DROP TABLE callback_consents;
DROP TABLE callback_contacts;
DROP TABLE callback_requests;
DROP TABLE agent_duties;
DROP TABLE agents;
