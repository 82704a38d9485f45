#!lua
-- Marks slots as paid: they leave `processing` for good. After Postgres holds SUCCESS.
-- A pair acts only if that user holds that slot (R6); otherwise somebody did it before, and nothing changes.
--
-- KEYS 1 facts, 2 processing, 3 holders, 4 claims (see claim.lua)
-- ARGV pairs: slot, user
--
-- Returns how many slots were settled by this call, 0..#pairs; -1 when there is no gate.
local FACTS, PROCESSING, HOLDERS, CLAIMS = unpack(KEYS)
-- @include layout
if not IS_THERE then return -1 end

local settled = 0
for i = 1, #ARGV, 2 do
  local slot, user = ARGV[i], ARGV[i + 1]
  local claim = claim_of(user)
  if claim and holder_of(slot) == user then
    redis.call('ZREM', PROCESSING, slot)
    hold({ slot }, { '' })
    remember(user, (claim:gsub('^%u', 'S')))
    settled = settled + 1
  end
end
if settled > 0 then redis.call('HINCRBY', FACTS, 'settled', settled) end
return settled
