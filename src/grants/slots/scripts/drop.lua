#!lua flags=allow-oom
-- Drops a gate that is to be rebuilt, so that there is room for the next one. Everything goes except its claims, which
-- are left to sweep.lua, and its epoch, so that it still stands in the way of older gates (R20). Run after Postgres
-- holds the next epoch (R2), which fences everything that this gate has decided.
--
-- KEYS see layout.lua
-- ARGV 1 identity of the database
--      2 the next epoch
--
-- Returns 1 when the gate is dropped, by this call or an earlier one, or there was none; 0 when a gate of that epoch or
-- a later one stands.
local FACTS = KEYS[1]
if redis.call('TYPE', FACTS).ok ~= 'hash' then redis.call('UNLINK', FACTS) end
local epoch, layout = unpack(redis.call('HMGET', FACTS, 'epoch', 'layout'))
if epoch and tonumber(epoch) >= tonumber(ARGV[2]) then return 0 end
redis.call('UNLINK', unpack(KEYS, 1, 7))
if epoch then redis.call('HSET', FACTS, 'epoch', epoch, 'layout', layout or '') end
return 1
