-- Write the end marker "<length>-1" only if the whole text is there.
-- KEYS: state, text, lease
-- ARGV: epoch, all epochs, length (empty: what is there), status, detail, time to live in ms
-- returns where the text ends; -1 fenced, -2 closed otherwise, -4 deleted
local epoch = redis.call('HGET', KEYS[1], 'epoch')
if not epoch then
  redis.call('DEL', KEYS[2])
  redis.call('HSET', KEYS[1], 'epochs', ARGV[2], 'epoch', ARGV[1], 'status', 'running')
elseif epoch ~= ARGV[1] then
  return epoch == '' and -4 or -1
end
local last = redis.call('XREVRANGE', KEYS[2], '+', '-', 'COUNT', 1)
local length = '0'
if last[1] then length = string.match(last[1][1], '^(%d+)') end
if ARGV[3] ~= '' and ARGV[3] ~= length then return tonumber(length) end
local status = redis.call('HGET', KEYS[1], 'status')
if status == 'running' then
  redis.call('XADD', KEYS[2], length .. '-1', 's', ARGV[4], 'x', ARGV[5], 'e', ARGV[1])
  redis.call('HSET', KEYS[1], 'status', ARGV[4], 'detail', ARGV[5])
  redis.call('DEL', KEYS[3])
  redis.call('PEXPIRE', KEYS[1], ARGV[6])
  redis.call('PEXPIRE', KEYS[2], ARGV[6])
elseif status ~= ARGV[4] then
  return -2
end
return tonumber(length)
