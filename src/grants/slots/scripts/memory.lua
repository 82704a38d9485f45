#!lua flags=no-writes
-- Tells how full the server is that has a campaign's gate, or would have it.
--
-- KEYS see layout.lua; none need be there
-- ARGV 1 identity of the database
--
-- Returns {used, most}: bytes, and the most that it may use (maxmemory), 0 for no limit.
local memory = redis.call('INFO', 'memory')
return { tonumber(memory:match('\nused_memory:(%d+)')), tonumber(memory:match('\nmaxmemory:(%d+)')) }
