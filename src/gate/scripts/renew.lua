#!lua
-- Gives slots a new lease, so that the reaper leaves them alone for a while. Acts only on a slot that this user holds (R6).
--
-- KEYS 1 facts, 2 processing, 3 holders (see claim.lua)
-- ARGV 1 lease (ms)
--      then pairs: slot, user
--
-- Returns how many leases were renewed; -1 when there is no gate.
local FACTS, PROCESSING, HOLDERS = unpack(KEYS)
-- @include layout
if not IS_THERE then return -1 end
local lease = tonumber(ARGV[1])
assert(lease and lease > 0, 'ARGV[1] must be a lease in ms')
local time = redis.call('TIME')
local deadline = time[1] * 1000 + math.floor(time[2] / 1000) + lease

local renewed = 0
for i = 2, #ARGV, 2 do
  if holder_of(ARGV[i]) == ARGV[i + 1] then
    redis.call('ZADD', PROCESSING, 'XX', deadline, ARGV[i])
    renewed = renewed + 1
  end
end
return renewed
