#!lua flags=allow-oom
-- Says that this instance runs, on this database, and asks whose the keys with this prefix are (R17). They belong to a database as
-- long as an instance on it says so from time to time; then to whoever comes next.
-- Runs when Redis is full (R20): it adds a line of 50 bytes an instance, and takes those away that are over.
--
-- KEYS 1 owner  hash   identity of the database; round, the highest that was noted (R16); and '@<instance>' -> when it said so (ms)
-- ARGV 1 identity of the database; empty only to look
--      2 instance
--      3 round
--      4 how long an instance may say nothing (ms)
--      5 0 when it is about to end, else 1
--
-- Returns {is_ours, identity, round, heartbeat}: whether the keys are this database's; whose they are, empty for nobody's; the round
-- noted for that; and the latest heartbeat of another instance of it (ms), 0 for none.
local OWNER = KEYS[1]
local identity, instance, round, silence = ARGV[1], '@' .. ARGV[2], tonumber(ARGV[3]), tonumber(ARGV[4])
if redis.call('TYPE', OWNER).ok ~= 'hash' then redis.call('UNLINK', OWNER) end
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)

local known, latest = {}, 0
local fields = redis.call('HGETALL', OWNER)
for i = 1, #fields, 2 do
  local field, value = fields[i], fields[i + 1]
  if field:sub(1, 1) ~= '@' then
    known[field] = value
  elseif field ~= instance then
    local heartbeat = tonumber(value) or 0
    -- One from far ahead was said before the clock was set back (R27).
    if math.abs(now - heartbeat) > silence then
      redis.call('HDEL', OWNER, field)
    else
      latest = math.max(latest, heartbeat)
    end
  end
end
local owner, noted = known.identity or '', tonumber(known.round) or 0
if identity == '' then return { 0, owner, noted, latest } end

if owner ~= identity then
  redis.call('HDEL', OWNER, instance) -- it may have run on that database before
  if owner ~= '' and latest > 0 then return { 0, owner, noted, latest } end
  owner, noted = identity, 0
end
redis.call('HSET', OWNER, 'identity', identity, 'round', math.max(noted, round), instance, now)
if ARGV[5] == '0' then redis.call('HDEL', OWNER, instance) end
return { 1, identity, math.max(noted, round), latest }
