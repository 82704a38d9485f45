#!lua flags=no-writes
-- Reads how full the server is that holds a campaign's gate, or would hold it.
--
-- KEYS see layout.lua; none need exist
-- ARGV 1 identity of the database
--
-- Returns {used, most}: bytes in use, and the most that may be in use (maxmemory), 0 for no limit.
local memory = redis.call('INFO', 'memory')
return { tonumber(memory:match('\nused_memory:(%d+)')), tonumber(memory:match('\nmaxmemory:(%d+)')) }
