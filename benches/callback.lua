-- wrk script: every request is from a new visitor with a new telephone number.
-- SEED: different values give different numbers, for repeated runs on one database.
local count = 0
local base = (tonumber(os.getenv("SEED")) or 0) * 1000000

function request()
  count = count + 1
  local n = base + count
  local phone = string.format("6%02d%06d", 1 + math.floor(n / 1000000) % 7, n % 1000000)
  local body = string.format(
    '{"full_name":"Visitor %d","phone":"%s","intent":"sales","preference":{"kind":"asap"}}', n, phone)
  return wrk.format("POST", "/v1/callback-requests", { ["Content-Type"] = "application/json" }, body)
end
