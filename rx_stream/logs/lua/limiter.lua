-- One rate for many machines: GCRA on the server's clock, in microseconds. Reserves n tokens and
-- says how long to wait for them, so nobody polls.
-- KEYS: limiter, members
-- ARGV: us per token, tolerance in us, n, name of the caller, us for which it counts as a member
-- returns {us to wait, how many share the rate}
local t = redis.call('TIME')
local now = t[1] * 1000000 + t[2]
local due = tonumber(redis.call('GET', KEYS[1]) or '0')
local start = math.max(due - tonumber(ARGV[2]), now)
local new = math.max(due, start) + tonumber(ARGV[1]) * tonumber(ARGV[3])
redis.call('SET', KEYS[1], string.format('%.3f', new), 'PX', math.ceil((new - now) / 1000) + 1000)
redis.call('ZADD', KEYS[2], now, ARGV[4])
redis.call('ZREMRANGEBYSCORE', KEYS[2], '-inf', string.format('(%.0f', now - tonumber(ARGV[5])))
redis.call('PEXPIRE', KEYS[2], math.ceil(tonumber(ARGV[5]) / 1000))
return {math.ceil(start - now), redis.call('ZCARD', KEYS[2])}
