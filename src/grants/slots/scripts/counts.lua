#!lua flags=no-writes
-- Counts what the gate holds, at one instant.
--
-- KEYS see layout.lua
-- ARGV 1 identity of the database
--
-- Returns {} when there is no gate, or a damaged one; else {available, processing, settled, waiting}. A key of the
-- wrong type counts as 0.
-- @include layout
if not IS_THERE then return {} end
return {
  ask('LLEN', AVAILABLE) or 0, ask('ZCARD', PROCESSING) or 0, tonumber(redis.call('HGET', FACTS, 'settled')) or 0,
  ask('ZCARD', LINE) or 0,
}
