#!lua flags=no-writes
-- Reads the clock of the server that holds the gate, which is the gate's own.
--
-- KEYS 1 facts: selects the server, in a cluster; it need not exist
-- ARGV 1 identity of the database, as in every script; not used here
--
-- Returns ms since 1970.
local time = redis.call('TIME')
return time[1] * 1000 + math.floor(time[2] / 1000)
