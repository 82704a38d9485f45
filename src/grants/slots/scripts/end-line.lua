#!lua flags=allow-oom
-- Removes users from the line for whom the campaign has ended (R9), or who have left (R25). Run after Postgres holds
-- the end of their entries.
-- Runs when Redis is full (R20): it removes more than it writes.
--
-- KEYS see layout.lua
-- ARGV 1 identity of the database
--      2.. user ids
--
-- Returns how many users this call removed from the line; -1 when there is no gate, or a damaged one.
-- @include layout
if not IS_THERE then return -1 end
if not is_whole() then return damaged(-1) end
local leaving, claims = {}, {}
for i = 2, #ARGV do
  local user = ARGV[i]
  if not claims[user] and redis.call('ZSCORE', LINE, user) then
    claims[user] = claim_of(user)
    if not claims[user] then damage_found = damage_found or CLAIMS .. ' lacks somebody who is in the line' end
    leaving[#leaving + 1] = user
  end
end
if damage_found then return damaged(-1) end

local unconfirmed = 0
for _, user in ipairs(leaving) do
  redis.call('ZREM', LINE, user)
  unconfirmed = unconfirmed + redis.call('ZREM', LINE_LEASES, user)
  remember(user, (claims[user]:gsub('^W', 'E')))
end
if #leaving > 0 then count(0, 0, -#leaving, -unconfirmed) end
return #leaving
