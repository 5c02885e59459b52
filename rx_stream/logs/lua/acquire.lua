-- Elect the producer of a stream.
-- KEYS: state, text, lease   ARGV: epoch, resume (1 or 0), lease in ms, time to live in ms
-- returns {epochs, length}, or false if the stream has a producer or has ended
local status = redis.call('HGET', KEYS[1], 'status')
local holder = redis.call('GET', KEYS[3])
if holder == ARGV[1] and status then
  -- This very election, whose reply was lost.
  local last = redis.call('XREVRANGE', KEYS[2], '+', '-', 'COUNT', 1)
  local length = last[1] and string.match(last[1][1], '^(%d+)') or '0'
  return {redis.call('HGET', KEYS[1], 'epochs'), length}
end
if holder then return false end
if status and (status ~= 'running' or redis.call('HGET', KEYS[1], 'open') == '1') then return false end
local length = '0'
local epochs = ARGV[1] .. ':0'
if status and ARGV[2] == '1' then
  local last = redis.call('XREVRANGE', KEYS[2], '+', '-', 'COUNT', 1)
  if last[1] then length = string.match(last[1][1], '^(%d+)') end
  epochs = redis.call('HGET', KEYS[1], 'epochs') .. ' ' .. ARGV[1] .. ':' .. length
else
  redis.call('DEL', KEYS[2])
end
redis.call('HSET', KEYS[1], 'epochs', epochs, 'epoch', ARGV[1], 'status', 'running')
redis.call('SET', KEYS[3], ARGV[1], 'PX', ARGV[3])
redis.call('PEXPIRE', KEYS[1], ARGV[4])
redis.call('PEXPIRE', KEYS[2], ARGV[4])
return {epochs, length}
