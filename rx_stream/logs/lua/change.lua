-- Change a stream that needs no lease, if nobody else has changed it meanwhile.
-- KEYS: state, text, lease
-- ARGV: version (empty: there must be none), epoch if it is new, meta, closed (1 or 0),
--       time to live in ms (empty: for ever), pieces ...
-- returns 1, or 0 if the version is another one
local version = redis.call('HGET', KEYS[1], 'version')
if redis.call('HEXISTS', KEYS[1], 'epochs') == 1 then
  if ARGV[1] == '' or (version or '0') ~= ARGV[1] then return 0 end
else
  if ARGV[1] ~= '' then return 0 end
  redis.call('DEL', KEYS[2])
  redis.call('HSET', KEYS[1], 'epochs', ARGV[2] .. ':0', 'epoch', ARGV[2], 'status', 'running', 'open', '1')
end
local last = redis.call('XREVRANGE', KEYS[2], '+', '-', 'COUNT', 1)
local length = '0'
if last[1] then length = string.match(last[1][1], '^(%d+)') end
local epoch = redis.call('HGET', KEYS[1], 'epoch')
for i = 6, #ARGV do
  length = string.format('%.0f', tonumber(length) + #ARGV[i])
  redis.call('XADD', KEYS[2], length .. '-0', 'd', ARGV[i], 'e', epoch)
end
if ARGV[4] == '1' and redis.call('HGET', KEYS[1], 'status') == 'running' then
  redis.call('XADD', KEYS[2], length .. '-1', 's', 'completed', 'x', '', 'e', epoch)
  redis.call('HSET', KEYS[1], 'status', 'completed')
end
redis.call('HSET', KEYS[1], 'meta', ARGV[3])
redis.call('HINCRBY', KEYS[1], 'version', 1)
for i = 1, 2 do
  if ARGV[5] == '' then redis.call('PERSIST', KEYS[i]) else redis.call('PEXPIRE', KEYS[i], ARGV[5]) end
end
return 1
