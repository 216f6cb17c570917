-- wrk script: every request is from a new visitor with a new phone number, from BENCH_FIRST_VISITOR on.
-- With BENCH_PAUSE_MS it pauses before each request, as paced.lua does.
local number = tonumber(os.getenv("BENCH_FIRST_VISITOR")) - 1

function request()
  number = number + 1
  local phone = string.format("%d%06d", 601 + math.floor(number / 1000000), number % 1000000)
  local body = string.format(
    '{"full_name":"Visitor %d","phone":"%s","intent":"sales","preference":{"kind":"asap"}}', number, phone)
  return wrk.format("POST", "/v1/callback-requests", { ["Content-Type"] = "application/json" }, body)
end

local mean = tonumber(os.getenv("BENCH_PAUSE_MS"))
math.randomseed(os.time())

if mean then
  function delay()
    return math.floor(-mean * math.log(1 - math.random()) + 0.5)
  end
end
