-- wrk script: pauses before each request. The pause is random, as between independent clients, with the mean
-- BENCH_PAUSE_MS. It is not part of the latency that wrk reports.
local mean = tonumber(os.getenv("BENCH_PAUSE_MS"))
math.randomseed(os.time())

if mean then
  function delay()
    return math.floor(-mean * math.log(1 - math.random()) + 0.5)
  end
end
