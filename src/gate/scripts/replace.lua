#!lua
-- Puts the staging copy in the gate's place, in one step (R4): before it the old gate stands, after it the new one.
-- The claim script of the new epoch must be loaded after this, never before. The new gate belongs to the server that runs
-- this, and to the line of data that it has now (R11): its copy is whole. The claims of the old one are for sweep.lua.
--
-- KEYS 1 facts, 2 available, 3 processing, 4 holders, 5 line, 6 claims, 7 line-leases: the gate's (see claim.lua)
--      8 facts, 9 available, 10 processing, 11 holders, 12 line: the staging copy's (see stage.lua)
-- ARGV 1 epoch
--      2 how many people the staging copy must know, 3 how many slots it must hold
--      then field, value, ... : the new facts
--
-- Returns 1 when the gate was replaced;
--         0 when a gate of this epoch or a later one stands already: nothing was done;
--        -1 when the staging copy is not whole (flushed, expired): nothing was done.
local known = tonumber(redis.call('HGET', KEYS[1], 'epoch'))
if known and known >= tonumber(ARGV[1]) then return 0 end

local parts = tonumber(redis.call('HGET', KEYS[8], 'parts') or 0)
local slots, people = redis.call('LLEN', KEYS[9]) + redis.call('ZCARD', KEYS[10]), 0
local prefix = KEYS[6] .. ':' .. ARGV[1] .. ':'
for part = 0, parts - 1 do people = people + redis.call('HLEN', prefix .. part) end
if parts == 0 or people ~= tonumber(ARGV[2]) or slots ~= tonumber(ARGV[3]) then return -1 end

redis.call('UNLINK', unpack(KEYS, 1, 8))
for i = 9, 12 do
  if redis.call('EXISTS', KEYS[i]) == 1 then
    redis.call('PERSIST', KEYS[i])
    redis.call('RENAME', KEYS[i], KEYS[i - 7])
  end
end
local server = redis.call('INFO', 'server', 'replication')
redis.call('HSET', KEYS[1], 'epoch', ARGV[1], 'layout', '{{layout}}', 'parts', parts,
  'runId', server:match('\nrun_id:(%x+)'), 'replicationId', server:match('\nmaster_replid:(%x+)'), unpack(ARGV, 4))
return 1
