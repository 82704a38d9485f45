#!lua
-- Adds a chunk of what Postgres holds to the staging copy of a gate that is being rebuilt. Nobody reads that copy yet.
--
-- KEYS see layout.lua: the staging keys of one rebuild, except for claims, which are the gate's, since the names of
--        their parts contain the epoch; the facts hold only the layout of the copy
--      8 copies: the gate's, see sweep.lua
-- ARGV 1 identity of the database
--      2 how long an abandoned copy is kept (ms); its claims are kept until the next sweep
--      then records, each beginning with its kind:
--        'LAYOUT', epoch, parts, capacity           comes first: the number of parts of the claims, and of slots
--        'PARTS', first, last                       creates these parts of the claims
--        'RANGE', first, last                       these slots are free
--        'HELD', user, arrivalNo, createdAt, slot   holds a slot; its lease counts as run out, for the reaper
--        'SETTLED' | 'FAILED', user, arrivalNo, createdAt, slot
--        'WAITING' | 'ENDED', user, arrivalNo, createdAt, ''
--
-- Returns how many records were added; -1 when the copy is gone, was never begun, or one of that epoch was begun
-- before.
local COPIES = KEYS[8]
if ARGV[3] == 'LAYOUT' then
  local epoch, parts, capacity = unpack(ARGV, 4, 6)
  if redis.call('TYPE', COPIES).ok ~= 'hash' then redis.call('UNLINK', COPIES) end
  if redis.call('HSETNX', COPIES, epoch, parts) == 0 then return -1 end
  redis.call('HSET', KEYS[1], 'epoch', epoch, 'layout', '{{layout}}', 'identity', ARGV[1], 'parts', parts)
  redis.call('SETRANGE', KEYS[4], capacity * 19 - 1, '\0') -- at full length: growing it bit by bit would waste memory
end
-- @include layout
if not IS_THERE then return -1 end
redis.call('HSETNX', COPIES, EPOCH_THERE, PARTS) -- a sweep may have removed it meanwhile; this must be swept too

-- The arguments of the commands, by kind.
local free, leases, held_slots, held_users, line, newcomers = {}, {}, {}, {}, {}, {}
local i, records = 3, 0
while i <= #ARGV do
  if ARGV[i] == 'LAYOUT' then
    i = i + 4
  elseif ARGV[i] == 'PARTS' then
    for part = tonumber(ARGV[i + 1]), tonumber(ARGV[i + 2]) do
      redis.call('HSET', CLAIMS .. ':' .. EPOCH_THERE .. ':' .. part, '#', 0)
    end
    i = i + 3
  elseif ARGV[i] == 'RANGE' then
    for slot = tonumber(ARGV[i + 1]), tonumber(ARGV[i + 2]) do free[#free + 1] = slot end
    i = i + 3
  else
    local kind, user, arrival, created, slot = unpack(ARGV, i, i + 4)
    local part = claims_of(user)
    redis.call('HSET', part, user, table.concat({ kind == 'HELD' and 'P' or kind:sub(1, 1), arrival, created, slot }, ':'))
    newcomers[part] = (newcomers[part] or 0) + 1
    if kind == 'HELD' then
      leases[#leases + 1] = 0
      leases[#leases + 1] = slot
      held_slots[#held_slots + 1] = slot
      held_users[#held_users + 1] = user
    elseif kind == 'WAITING' then
      line[#line + 1] = arrival
      line[#line + 1] = user
    end
    i = i + 5
  end
  records = records + 1
end
for part, people in pairs(newcomers) do redis.call('HINCRBY', part, '#', people) end

-- Lua passes some 8,000 values to a call at most.
local function in_batches(command, key, values)
  for first = 1, #values, 5000 do redis.call(command, key, unpack(values, first, math.min(first + 4999, #values))) end
end
in_batches('RPUSH', AVAILABLE, free)
in_batches('ZADD', PROCESSING, leases)
in_batches('ZADD', LINE, line)
hold(held_slots, held_users)
for _, key in ipairs({ FACTS, AVAILABLE, PROCESSING, HOLDERS, LINE }) do redis.call('PEXPIRE', key, ARGV[2]) end
return records
