#!lua flags=allow-oom
-- Marks slots as paid: they leave `processing` for good. Run after Postgres holds SUCCESS.
-- A pair acts only if that user holds that slot (R6); otherwise it was settled or freed before, and nothing changes.
-- Runs when Redis is full (R20): it removes more than it writes.
--
-- KEYS see layout.lua
-- ARGV 1 identity of the database
--      then pairs: slot, user
--
-- Returns how many slots this call settled, 0..#pairs; -1 when there is no gate, or a damaged one.
-- @include layout
if not IS_THERE then return -1 end

local slots, nobody, claims = {}, {}, {}
for i = 2, #ARGV, 2 do
  local slot, user = ARGV[i], ARGV[i + 1]
  if holder_of(slot) == user and not claims[user] then
    local claim = claim_of(user)
    if not claim then damage_found = damage_found or CLAIMS .. ' lacks somebody who holds a slot' end
    claims[user] = claim
    slots[#slots + 1] = slot
    nobody[#nobody + 1] = ''
  end
end
if not is_whole() then return damaged(-1) end
if #slots == 0 then return 0 end

local left = 0
for first = 1, #slots, 5000 do
  left = left + redis.call('ZREM', PROCESSING, unpack(slots, first, math.min(first + 4999, #slots)))
end
hold(slots, nobody)
for user, claim in pairs(claims) do remember(user, (claim:gsub('^%u', 'S'))) end
count(0, -left, 0, 0, 'settled', SETTLED + #slots)
return #slots
