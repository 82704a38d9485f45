#!lua
-- Puts the staging copy in the gate's place, in one step (R4): before it the old gate stands, after it the new one.
-- The claim script of the new epoch must be loaded after this, never before. The new gate belongs to the server that runs
-- this, and to the line of data that it has now (R11): its copy is whole.
--
-- KEYS 1 facts, 2 available, 3 processing, 4 holders, 5 claims, 6 line, 7 line-leases: the gate's (see claim.lua)
--      8 facts, 9 available, 10 processing, 11 holders, 12 claims, 13 line: the staging copy's (see stage.lua)
-- ARGV 1 epoch
--      2 how many people the staging copy must know, 3 how many slots it must hold
--      then field, value, ... : the new facts
--
-- Returns 1 when the gate was replaced;
--         0 when a gate of this epoch or a later one stands already: nothing was done;
--        -1 when the staging copy is not whole (flushed, expired): nothing was done.
local known, old_parts = unpack(redis.call('HMGET', KEYS[1], 'epoch', 'parts'))
if known and tonumber(known) >= tonumber(ARGV[1]) then return 0 end

local parts = tonumber(redis.call('HGET', KEYS[8], 'parts') or 0)
local expected_people, expected_slots = tonumber(ARGV[2]), tonumber(ARGV[3])
local slots, people, filled = redis.call('LLEN', KEYS[9]) + redis.call('ZCARD', KEYS[10]), 0, {}
for part = 0, expected_people == 0 and -1 or parts - 1 do
  local in_part = redis.call('HLEN', KEYS[12] .. ':' .. part)
  if in_part > 0 then filled[#filled + 1] = ':' .. part end
  people = people + in_part
end
if parts == 0 or people ~= expected_people or slots ~= expected_slots then return -1 end

local function move(from, to)
  redis.call('PERSIST', from)
  redis.call('RENAME', from, to)
end

redis.call('UNLINK', unpack(KEYS, 1, 7))
for part = 0, (tonumber(old_parts) or 0) - 1 do redis.call('UNLINK', KEYS[5] .. ':' .. part) end
for _, part in ipairs(filled) do move(KEYS[12] .. part, KEYS[5] .. part) end
for i = 9, 13 do
  if redis.call('EXISTS', KEYS[i]) == 1 then move(KEYS[i], KEYS[i - 7]) end
end
redis.call('UNLINK', KEYS[8])
local server = redis.call('INFO', 'server', 'replication')
redis.call('HSET', KEYS[1], 'epoch', ARGV[1], 'layout', '{{layout}}', 'parts', parts,
  'runId', server:match('\nrun_id:(%x+)'), 'replicationId', server:match('\nmaster_replid:(%x+)'), unpack(ARGV, 4))
return 1
