#!lua flags=allow-oom
-- Gives slots a new lease, so that the reaper leaves them alone for a while. Acts only on a slot that this user holds
-- (R6).
-- Runs when Redis is full (R20): it changes deadlines that exist, and adds nothing.
--
-- KEYS see layout.lua
-- ARGV 1 identity of the database
--      2 lease (ms)
--      then pairs: slot, user
--
-- Returns how many leases were renewed; -1 when there is no gate, or a damaged one.
-- @include layout
if not IS_THERE then return -1 end
if not is_whole() then return damaged(-1) end
local lease = tonumber(ARGV[2])
assert(lease and lease > 0, 'ARGV[2] must be a lease in ms')
local time = redis.call('TIME')
local deadline = time[1] * 1000 + math.floor(time[2] / 1000) + lease

local renewed = 0
for i = 3, #ARGV, 2 do
  if holder_of(ARGV[i]) == ARGV[i + 1] then
    redis.call('ZADD', PROCESSING, 'XX', deadline, ARGV[i])
    renewed = renewed + 1
  end
end
return renewed
