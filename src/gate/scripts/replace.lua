#!lua
-- Puts the staging copy in the gate's place, in one step (R4): before it the old gate stands, after it the new one.
-- The claim script of the new epoch must be loaded after this, never before. The new gate belongs to the server that runs
-- this, and to the line of data that it has now (R11): its copy is whole.
--
-- KEYS 1 facts, 2 available, 3 processing, 4 holders, 5 claims, 6 line, 7 line-leases: the gate's (see claim.lua)
--      8 available, 9 processing, 10 holders, 11 claims, 12 line: the staging copy's
-- ARGV 1 epoch
--      2 how many people the staging copy must know, 3 how many slots it must hold
--      then field, value, ... : the new facts
--
-- Returns 1 when the gate was replaced;
--         0 when a gate of this epoch or a later one stands already: nothing was done;
--        -1 when the staging copy is not whole (flushed, expired): nothing was done.
local known = tonumber(redis.call('HGET', KEYS[1], 'epoch'))
if known and known >= tonumber(ARGV[1]) then return 0 end
local slots = redis.call('LLEN', KEYS[8]) + redis.call('ZCARD', KEYS[9])
if redis.call('HLEN', KEYS[11]) ~= tonumber(ARGV[2]) or slots ~= tonumber(ARGV[3]) then return -1 end

redis.call('UNLINK', unpack(KEYS, 1, 7))
for i = 8, 12 do
  if redis.call('EXISTS', KEYS[i]) == 1 then
    redis.call('PERSIST', KEYS[i])
    redis.call('RENAME', KEYS[i], KEYS[i - 6])
  end
end
local server = redis.call('INFO', 'server', 'replication')
redis.call('HSET', KEYS[1], 'epoch', ARGV[1],
  'runId', server:match('\nrun_id:(%x+)'), 'replicationId', server:match('\nmaster_replid:(%x+)'), unpack(ARGV, 4))
return 1
