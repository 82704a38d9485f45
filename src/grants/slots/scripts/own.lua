#!lua flags=allow-oom
-- Sends the heartbeat of this instance, which runs on this database, and reads who owns the keys with this prefix
-- (R17). They belong to a database as long as an instance on it sends heartbeats; then the next to ask owns them.
-- Runs when Redis is full (R20): it adds 50 bytes per instance, and removes instances that have ended.
--
-- KEYS 1 owner  hash   identity of the database; round, the highest that was noted (R16); and '@<instance>' -> its last
--                      heartbeat (ms)
-- ARGV 1 identity of the database; empty to look only
--      2 instance
--      3 round
--      4 silence (ms) after which an instance has ended
--      5 0 when this instance is about to end, else 1
--
-- Returns {is_ours, identity, round, heartbeat}: whether this database owns the keys; the identity of the owner, empty
-- for none; the round that was noted for it; and the latest heartbeat of another instance of it (ms), 0 for none.
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
    -- A heartbeat from the far future was sent before the clock was set back (R27).
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
  redis.call('HDEL', OWNER, instance) -- this instance may have run on that database before
  if owner ~= '' and latest > 0 then return { 0, owner, noted, latest } end
  owner, noted = identity, 0
end
redis.call('HSET', OWNER, 'identity', identity, 'round', math.max(noted, round), instance, now)
if ARGV[5] == '0' then redis.call('HDEL', OWNER, instance) end
return { 1, identity, math.max(noted, round), latest }
