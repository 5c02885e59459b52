-- What is known of a stream.   KEYS: state, text, lease
-- returns {epochs, length, status, detail, ms until the lease runs out, version, meta}, or false
local state = redis.call('HMGET', KEYS[1], 'epochs', 'status', 'detail', 'version', 'meta', 'open')
if not state[1] then return false end
local last = redis.call('XREVRANGE', KEYS[2], '+', '-', 'COUNT', 1)
local length = '0'
if last[1] then length = string.match(last[1][1], '^(%d+)') end
local lease = redis.call('PTTL', KEYS[3])
if state[6] == '1' then lease = -10 end
return {state[1], length, state[2], state[3] or '', lease, state[4] or '0', state[5] or ''}
