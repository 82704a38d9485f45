#!lua flags=allow-oom
-- Removes the leases of places in the line that are known to be durable (R10). Run after Postgres holds them.
-- Runs when Redis is full (R20): it removes more than it writes.
--
-- KEYS see layout.lua
-- ARGV 1 identity of the database
--      2.. user ids
--
-- Returns how many leases this call removed; -1 when there is no gate, or a damaged one.
-- @include layout
if not IS_THERE then return -1 end
if not is_whole() then return damaged(-1) end
local confirmed = redis.call('ZREM', LINE_LEASES, unpack(ARGV, 2))
if confirmed > 0 then count(0, 0, 0, -confirmed) end
return confirmed
