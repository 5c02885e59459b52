-- Some entries that end after an offset.   KEYS: text   ARGV: offset, how many
-- returns {end, bytes, end, bytes, ...}
local found = {}
local first = string.format('%.0f-0', tonumber(ARGV[1]) + 1)
for _, entry in ipairs(redis.call('XRANGE', KEYS[1], first, '+', 'COUNT', ARGV[2])) do
  if entry[2][1] == 'd' then
    found[#found + 1] = string.match(entry[1], '^(%d+)')
    found[#found + 1] = entry[2][2]
  end
end
return found
