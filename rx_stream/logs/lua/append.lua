-- Add bytes [start, end) only if the text ends exactly at start, and renew the lease.
-- KEYS: state, text, lease
-- ARGV: epoch, all epochs, start, end, data, lease in ms, time to live in ms, most bytes
-- returns where the text ends afterwards; -1 fenced, -2 closed, -3 full, -4 deleted
-- An entry's id is the offset of its END; d are its bytes, e the epoch.
local epoch = redis.call('HGET', KEYS[1], 'epoch')
if not epoch then
  -- The server has forgotten the stream, its producer has not.
  redis.call('DEL', KEYS[2])
  redis.call('HSET', KEYS[1], 'epochs', ARGV[2], 'epoch', ARGV[1], 'status', 'running')
elseif epoch ~= ARGV[1] then
  return epoch == '' and -4 or -1
elseif redis.call('HGET', KEYS[1], 'status') ~= 'running' then
  return -2
end
redis.call('SET', KEYS[3], ARGV[1], 'PX', ARGV[6])
redis.call('PEXPIRE', KEYS[1], ARGV[7])
local last = redis.call('XREVRANGE', KEYS[2], '+', '-', 'COUNT', 1)
local offset = 0
if last[1] then offset = tonumber(string.match(last[1][1], '^(%d+)')) end
if offset == tonumber(ARGV[3]) and ARGV[5] ~= '' then
  if tonumber(ARGV[4]) > tonumber(ARGV[8]) then return -3 end
  redis.call('XADD', KEYS[2], ARGV[4] .. '-0', 'd', ARGV[5], 'e', ARGV[1])
  offset = tonumber(ARGV[4])
end
redis.call('PEXPIRE', KEYS[2], ARGV[7])
return offset
