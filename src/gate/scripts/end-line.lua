#!lua
-- Takes people out of the line for whom the campaign has ended. After Postgres holds the end of their entry (R9).
--
-- KEYS 1 facts, 2 claims, 3 line, 4 line-leases (see claim.lua)
-- ARGV user ids
--
-- Returns how many left the line by this call; -1 when there is no gate.
local FACTS, CLAIMS, LINE, LINE_LEASES = unpack(KEYS)
-- @include layout
if not IS_THERE then return -1 end
local ended = 0
for _, user in ipairs(ARGV) do
  redis.call('ZREM', LINE_LEASES, user)
  if redis.call('ZREM', LINE, user) == 1 then
    remember(user, (claim_of(user):gsub('^W', 'E')))
    ended = ended + 1
  end
end
return ended
