#!lua flags=allow-oom
-- Removes a gate for good, because its campaign is finished (R29): claims on it are answered from Postgres. A process
-- that still trusts the gate is told that there is none; a process that rebuilds it at this moment leaves it to be
-- retired again.
-- Runs when Redis is full (R20): it only removes.
--
-- KEYS see layout.lua
--      8 copies (see sweep.lua)
-- ARGV 1 identity of the database
--      2 limit: parts of the claims
--
-- Returns 1 when there is more to remove, 0 when nothing is left; -1 when the gate belongs to another database, and
-- stays (R17).
local FACTS, CLAIMS, COPIES = KEYS[1], KEYS[5], KEYS[8]
local identity = redis.pcall('HGET', FACTS, 'identity')
if type(identity) == 'string' and identity ~= ARGV[1] then return -1 end
redis.call('UNLINK', unpack(KEYS, 1, 7))
if redis.call('TYPE', COPIES).ok ~= 'hash' then redis.call('UNLINK', COPIES) end
local most = tonumber(ARGV[2])
for _, epoch in ipairs(redis.call('HKEYS', COPIES)) do
  local parts = tonumber(redis.call('HGET', COPIES, epoch)) or 0
  local left = math.max(0, parts - most)
  for part = left, parts - 1 do redis.call('UNLINK', CLAIMS .. ':' .. epoch .. ':' .. part) end
  if left > 0 then redis.call('HSET', COPIES, epoch, left) else redis.call('HDEL', COPIES, epoch) end
  most = most - (parts - left)
  if most <= 0 then return redis.call('EXISTS', COPIES) end
end
return 0
