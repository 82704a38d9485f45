#!lua flags=no-writes
-- Lists what the reaper must look at: slots, and places in the line, whose lease has run out. Changes nothing.
--
-- KEYS 1 facts, 2 processing, 3 holders, 4 claims, 5 line-leases (see claim.lua)
-- ARGV 1 at most so many of either
--
-- Returns {'STALE'} when there is no gate;
-- else    {'OK', epoch, {slot, slot, ...}, {place, place, ...}} with
--         slot = {slot, user, claim}, user and claim empty when nobody is known to hold it, and place = {user, claim}.
local FACTS, PROCESSING, HOLDERS, CLAIMS, LINE_LEASES = unpack(KEYS)
-- @include layout
if not IS_THERE then return { 'STALE' } end
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local limit = tonumber(ARGV[1])

local slots = {}
for i, slot in ipairs(redis.call('ZRANGEBYSCORE', PROCESSING, '-inf', now, 'LIMIT', 0, limit)) do
  local user = holder_of(slot)
  slots[i] = { slot, user or '', user and claim_of(user) or '' }
end
local places = {}
for i, user in ipairs(redis.call('ZRANGEBYSCORE', LINE_LEASES, '-inf', now, 'LIMIT', 0, limit)) do
  places[i] = { user, claim_of(user) or '' }
end
return { 'OK', EPOCH_THERE, slots, places }
