#!lua flags=allow-oom
-- Puts the staging copy in the gate's place, in one step (R4): before it, the old gate stands, or what is left of it;
-- after it, the new one. A caller that goes by the epoch and the nonce of the old gate decides nothing any more. The
-- new gate belongs to the server that runs this script, and to the line of data that this server has now (R11): the
-- copy on it is whole. The claims of the old gate are left to sweep.lua.
-- Runs when Redis is full (R20): everything but the facts exists already, and is only renamed.
--
-- KEYS 1..7 the gate's (see layout.lua)
--      8 facts, 9 available, 10 processing, 11 holders, 12 line: the staging copy's (see stage.lua)
-- ARGV 1 identity of the database
--      2 epoch
--      3 how many people the staging copy must know, 4 how many slots it must hold, 5 how many must wait
--      then field, value, ... : the new facts
--
-- Returns 1 when the gate was replaced;
--         0 when a gate of this epoch or a later one stands already: nothing was done;
--        -1 when the staging copy is not whole (flushed, expired, a key lost): nothing was done.
local standing = redis.pcall('HGET', KEYS[1], 'epoch')
local known = type(standing) == 'string' and tonumber(standing)
if known and known >= tonumber(ARGV[2]) then return 0 end

local function size(command, key)
  local reply = redis.pcall(command, key)
  return type(reply) == 'number' and reply or 0
end
local parts, capacity = tonumber(redis.call('HGET', KEYS[8], 'parts') or 0), size('STRLEN', KEYS[11]) / 19
local free, held, waiting = size('LLEN', KEYS[9]), size('ZCARD', KEYS[10]), size('ZCARD', KEYS[12])
local people, prefix = 0, KEYS[5] .. ':' .. ARGV[2] .. ':'
for part = 0, parts - 1 do people = people + size('HLEN', prefix .. part) - 1 end
local is_whole = parts > 0 and people == tonumber(ARGV[3]) and free + held == tonumber(ARGV[4]) and waiting == tonumber(ARGV[5])
if not is_whole or capacity < free + held then return -1 end

redis.call('UNLINK', unpack(KEYS, 1, 8))
for staged, gate in pairs({ [9] = 2, [10] = 3, [11] = 4, [12] = 6 }) do
  if redis.call('EXISTS', KEYS[staged]) == 1 then
    redis.call('PERSIST', KEYS[staged])
    redis.call('RENAME', KEYS[staged], KEYS[gate])
  end
end
local server = redis.call('INFO', 'server', 'replication')
redis.call('HSET', KEYS[1], 'epoch', ARGV[2], 'layout', '{{layout}}', 'identity', ARGV[1], 'parts', parts, 'capacity', capacity,
  'free', free, 'held', held, 'waiting', waiting, 'unconfirmed', 0,
  'runId', server:match('\nrun_id:(%x+)'), 'replicationId', server:match('\nmaster_replid:(%x+)'), unpack(ARGV, 6))
return 1
