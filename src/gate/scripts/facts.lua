#!lua flags=no-writes
-- Tells some facts of the gate, at one instant. That its other keys hold as much is compared by whoever touches them (R19).
--
-- KEYS see layout.lua
-- ARGV 1 identity of the database
--      2.. which facts
--
-- Returns their values in that order; {} when there is no gate, or a damaged one.
-- @include layout
if not IS_THERE then return {} end
return redis.call('HMGET', FACTS, unpack(ARGV, 2))
