#!lua flags=no-writes
-- Tells the time by the clock of the server that has the gate, which is the gate's own.
--
-- KEYS 1 facts: names the server, in a cluster; it need not exist
-- ARGV 1 identity of the database, as in every script; of no meaning here
--
-- Returns ms since 1970.
local time = redis.call('TIME')
return time[1] * 1000 + math.floor(time[2] / 1000)
