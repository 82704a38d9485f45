#!lua flags=no-writes
-- Lists the users who have waited longest. Changes nothing.
--
-- KEYS see layout.lua
-- ARGV 1 identity of the database
--      2 limit
--
-- Returns user ids, the head of the line first; none when there is no gate, or a damaged one.
-- @include layout
if not IS_THERE or not is_whole() then return {} end
return redis.call('ZRANGE', LINE, 0, ARGV[2] - 1)
