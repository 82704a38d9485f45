#!lua
-- Marks slots as paid: they leave `processing` for good. After Postgres holds SUCCESS.
-- A pair acts only if that user holds that slot (R6); otherwise somebody did it before, and nothing changes.
--
-- KEYS 1 facts, 2 processing, 3 holders, 4 claims (see claim.lua)
-- ARGV pairs: slot, user
--
-- Returns how many slots were settled by this call, 0..#pairs; -1 when there is no gate.
local FACTS, PROCESSING, HOLDERS, CLAIMS = unpack(KEYS)
if redis.call('HEXISTS', FACTS, 'epoch') == 0 then return -1 end

local settled = 0
for i = 1, #ARGV, 2 do
  local slot, user = ARGV[i], ARGV[i + 1]
  local claim = redis.call('HGET', CLAIMS, user)
  if claim and redis.call('HGET', HOLDERS, slot) == user then
    redis.call('ZREM', PROCESSING, slot)
    redis.call('HDEL', HOLDERS, slot)
    redis.call('HSET', CLAIMS, user, (claim:gsub('^%u+', 'SETTLED')))
    settled = settled + 1
  end
end
if settled > 0 then redis.call('HINCRBY', FACTS, 'settled', settled) end
return settled
