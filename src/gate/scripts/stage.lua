#!lua
-- Adds a chunk of what Postgres knows to the staging copy of a gate that is being rebuilt. Nobody reads that copy yet.
--
-- KEYS 1 facts, 2 available, 3 processing, 4 holders, 5 line: the staging keys of one rebuild (see claim.lua); the facts are
--        only those that say how it is laid out
--      6 claims: the gate's, since their parts have the epoch in their names
--      7 copies: the gate's, see sweep.lua
-- ARGV 1 how long an abandoned copy is kept (ms); its claims, until the next rebuild
--      then records, each led by its kind:
--        'LAYOUT', epoch, parts, capacity           comes first of all: how many parts the claims have, and slots there are
--        'RANGE', first, last                       these slots are free
--        'HELD', user, arrivalNo, createdAt, slot   holds a slot; its lease counts as run out, so the reaper looks at it
--        'SETTLED' | 'FAILED', user, arrivalNo, createdAt, slot
--        'WAITING' | 'ENDED', user, arrivalNo, createdAt, ''
--
-- Returns how many records were added; -1 when the copy is gone, or was never begun, or one of that epoch was begun before.
local FACTS, AVAILABLE, PROCESSING, HOLDERS, LINE, CLAIMS, COPIES = unpack(KEYS)
if ARGV[2] == 'LAYOUT' then
  local epoch, parts, capacity = unpack(ARGV, 3, 5)
  if redis.call('HSETNX', COPIES, epoch, parts) == 0 then return -1 end
  redis.call('HSET', FACTS, 'epoch', epoch, 'layout', '{{layout}}', 'parts', parts)
  redis.call('SETRANGE', HOLDERS, capacity * 19 - 1, '\0') -- all of it: growing bit by bit would leave it with room to spare
end
-- @include layout
if not IS_THERE then return -1 end
redis.call('HSETNX', COPIES, EPOCH_THERE, PARTS) -- it may have been swept away meanwhile, and is to be again

-- What there is of each kind, as the commands want it.
local free, leases, held_slots, held_users, line = {}, {}, {}, {}, {}
local i, records = 2, 0
while i <= #ARGV do
  if ARGV[i] == 'LAYOUT' then
    i = i + 4
  elseif ARGV[i] == 'RANGE' then
    for slot = tonumber(ARGV[i + 1]), tonumber(ARGV[i + 2]) do free[#free + 1] = slot end
    i = i + 3
  else
    local kind, user, arrival, created, slot = unpack(ARGV, i, i + 4)
    remember(user, table.concat({ kind == 'HELD' and 'P' or kind:sub(1, 1), arrival, created, slot }, ':'))
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

-- Lua passes on some 8,000 values at most.
local function in_bites(command, key, values)
  for first = 1, #values, 5000 do redis.call(command, key, unpack(values, first, math.min(first + 4999, #values))) end
end
in_bites('RPUSH', AVAILABLE, free)
in_bites('ZADD', PROCESSING, leases)
in_bites('ZADD', LINE, line)
hold(held_slots, held_users)
for _, key in ipairs({ FACTS, AVAILABLE, PROCESSING, HOLDERS, LINE }) do redis.call('PEXPIRE', key, ARGV[1]) end
return records
