-- One rate for many machines: GCRA on the server's clock, in microseconds. Reserves n tokens and
-- says how long to wait for them; nobody polls.
-- KEYS: limiter, members   ARGV: us per token, burst in us, n, name of the caller, us it stays one
-- returns {us to wait, how many share the rate}
local t = redis.call('TIME')
local now = t[1] * 1000000 + t[2]
local tat = tonumber(redis.call('GET', KEYS[1]) or '0')
local cost = tonumber(ARGV[1]) * tonumber(ARGV[3])
-- An unused allowance is the burst, no more.
if tat < now - tonumber(ARGV[2]) then tat = now - tonumber(ARGV[2]) end
local wait = tat - now
if wait < 0 then wait = 0 end
local new = tat + cost
redis.call('SET', KEYS[1], string.format('%.3f', new), 'PX', math.ceil((math.max(new - now, 0) + tonumber(ARGV[2])) / 1000) + 1000)
redis.call('ZADD', KEYS[2], now, ARGV[4])
redis.call('ZREMRANGEBYSCORE', KEYS[2], '-inf', '(' .. string.format('%.0f', now - tonumber(ARGV[5])))
redis.call('PEXPIRE', KEYS[2], math.ceil(tonumber(ARGV[5]) / 1000))
return {math.ceil(wait), redis.call('ZCARD', KEYS[2])}
