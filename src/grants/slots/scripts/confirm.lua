#!lua flags=allow-oom
-- Takes their lease off places in the line that are known to be durable (R10). After Postgres holds them.
-- Runs when Redis is full (R20): it takes away more than it writes.
--
-- KEYS see layout.lua
-- ARGV 1 identity of the database
--      2.. user ids
--
-- Returns how many leases were taken off by this call; -1 when there is no gate, or a damaged one.
-- @include layout
if not IS_THERE then return -1 end
if not is_whole() then return damaged(-1) end
local confirmed = redis.call('ZREM', LINE_LEASES, unpack(ARGV, 2))
if confirmed > 0 then count(0, 0, 0, -confirmed) end
return confirmed
