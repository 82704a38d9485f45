#!lua flags=no-writes
-- Reads the counts of the last seconds, see add-rates.lua.
--
-- KEYS 1 rates
-- ARGV 1 identity of the database, as in every script; not used here
--
-- Returns {the current second, '<second> <count> <count> …' for each second that has counts, in no order}.
return { tonumber(redis.call('TIME')[1]), unpack(redis.call('HVALS', KEYS[1])) }
