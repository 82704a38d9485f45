#!lua flags=allow-oom
-- Lists what the reaper must look at: slots, and places in the line, whose lease has run out. A lease that ends more
-- than two leases from now counts as run out: the clock was set back since it was given (R27). Changes nothing.
--
-- KEYS see layout.lua
-- ARGV 1 identity of the database
--      2 limit, for slots and for places each
--      3 lease (ms)
--
-- Returns {'STALE'} when there is no gate, or a damaged one;
-- else    {'OK', epoch, {slot, slot, ...}, {place, place, ...}} with
--         slot = {slot, user, claim}, user and claim empty when no holder is known, and place = {user, claim}.
-- @include layout
if not IS_THERE then return { 'STALE' } end
if not is_whole() then return damaged({ 'STALE' }) end
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local limit, lease = tonumber(ARGV[2]), tonumber(ARGV[3])

local function run_out(leases)
  local names = redis.call('ZRANGEBYSCORE', leases, '-inf', now, 'LIMIT', 0, limit)
  for _, name in ipairs(redis.call('ZRANGEBYSCORE', leases, '(' .. now + 2 * lease, '+inf', 'LIMIT', 0, limit - #names)) do
    names[#names + 1] = name
  end
  return names
end

local slots, places = {}, {}
for i, slot in ipairs(run_out(PROCESSING)) do
  local user = holder_of(slot)
  slots[i] = { slot, user or '', user and claim_of(user) or '' }
end
for i, user in ipairs(run_out(LINE_LEASES)) do places[i] = { user, claim_of(user) or '' } end
if damage_found then return damaged({ 'STALE' }) end
return { 'OK', EPOCH_THERE, slots, places }
