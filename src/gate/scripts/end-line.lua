#!lua
-- Takes people out of the line for whom the campaign has ended. After Postgres holds the end of their entry (R9).
--
-- KEYS 1 claims, 2 line, 3 line-leases (see claim.lua)
-- ARGV user ids
--
-- Returns how many left the line by this call.
local CLAIMS, LINE, LINE_LEASES = unpack(KEYS)
local ended = 0
for _, user in ipairs(ARGV) do
  redis.call('ZREM', LINE_LEASES, user)
  if redis.call('ZREM', LINE, user) == 1 then
    local claim = redis.call('HGET', CLAIMS, user)
    redis.call('HSET', CLAIMS, user, (claim:gsub('^%u+', 'ENDED')))
    ended = ended + 1
  end
end
return ended
