#!lua
-- Adds a chunk of what Postgres knows to the staging copy of a gate that is being rebuilt. Nobody reads that copy yet.
--
-- KEYS 1 available, 2 processing, 3 holders, 4 claims, 5 line: the staging keys of one rebuild (see claim.lua)
-- ARGV 1 how long an abandoned copy is kept (ms)
--      then records, each led by its kind:
--        'RANGE', first, last                       these slots are free
--        'HELD', user, arrivalNo, createdAt, slot   holds a slot; its lease counts as run out, so the reaper looks at it
--        'SETTLED' | 'FAILED', user, arrivalNo, createdAt, slot
--        'WAITING' | 'ENDED', user, arrivalNo, createdAt, ''
--
-- Returns how many records were added.
local AVAILABLE, PROCESSING, HOLDERS, CLAIMS, LINE = unpack(KEYS)

local i, records = 2, 0
while i <= #ARGV do
  if ARGV[i] == 'RANGE' then
    for slot = tonumber(ARGV[i + 1]), tonumber(ARGV[i + 2]) do redis.call('RPUSH', AVAILABLE, string.format('%d', slot)) end
    i = i + 3
  else
    local kind, user, arrival, created, slot = unpack(ARGV, i, i + 4)
    local state = kind == 'HELD' and 'PROCESSING' or kind
    redis.call('HSET', CLAIMS, user, table.concat({ state, arrival, created, slot }, ':'))
    if kind == 'HELD' then
      redis.call('ZADD', PROCESSING, 0, slot)
      redis.call('HSET', HOLDERS, slot, user)
    elseif kind == 'WAITING' then
      redis.call('ZADD', LINE, arrival, user)
    end
    i = i + 5
  end
  records = records + 1
end
for _, key in ipairs(KEYS) do redis.call('PEXPIRE', key, ARGV[1]) end
return records
