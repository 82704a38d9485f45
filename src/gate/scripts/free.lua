#!lua
-- Frees slots whose payout was definitely rejected, or came back after it was settled, or that nobody holds, and passes each
-- on: to the head of the line if anybody waits (R5), else back to the front of `available`. After Postgres holds FAILED.
-- A pair acts only if that user holds that slot, or was paid for it (R6). An empty user means "whoever does not hold it": it acts only on a
-- slot that is in `processing` and has no holder.
--
-- KEYS 1 facts, 2 available, 3 processing, 4 holders, 5 claims, 6 line, 7 line-leases (see claim.lua)
-- ARGV 1 lease (ms) of a slot that is passed on
--      then pairs: slot, user
--
-- Returns {'STALE'} when there is no gate, or one of another server, which may be old (R11);
-- else    {'OK', epoch, freed, promotion, promotion, ...}, freed = how many slots were freed by this call, and
--         promotion = {user, claim}: this user of the line now holds a slot, and it is yet to be made durable.
local FACTS, AVAILABLE, PROCESSING, HOLDERS, CLAIMS, LINE, LINE_LEASES = unpack(KEYS)
local lease = tonumber(ARGV[1])
assert(lease and lease > 0, 'ARGV[1] must be a lease in ms')

local epoch, run_id, replication_id = unpack(redis.call('HMGET', FACTS, 'epoch', 'runId', 'replicationId'))
if not epoch then return { 'STALE' } end
local server = redis.call('INFO', 'server', 'replication')
if run_id ~= server:match('\nrun_id:(%x+)') or replication_id ~= server:match('\nmaster_replid:(%x+)') then
  return { 'STALE' }
end
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)

local function is_held_by(slot, user)
  local holder = redis.call('HGET', HOLDERS, slot)
  if user == '' then return not holder and redis.call('ZSCORE', PROCESSING, slot) end
  return holder == user
end

local function was_paid_for(slot, claim)
  return claim and claim:match('^SETTLED:%d+:%d+:(%d+)$') == slot
end

local result = { 'OK', epoch, 0 }
for i = 2, #ARGV, 2 do
  local slot, user = ARGV[i], ARGV[i + 1]
  local claim = user ~= '' and redis.call('HGET', CLAIMS, user)
  local came_back = was_paid_for(slot, claim)
  if came_back or is_held_by(slot, user) then
    if came_back then redis.call('HINCRBY', FACTS, 'settled', -1) end
    if claim then redis.call('HSET', CLAIMS, user, (claim:gsub('^%u+', 'FAILED'))) end

    local head = redis.call('ZPOPMIN', LINE)[1]
    if head then
      local place = redis.call('HGET', CLAIMS, head)
      local promoted = place:gsub('^%u+', 'PROCESSING') .. slot
      redis.call('ZREM', LINE_LEASES, head)
      redis.call('HSET', CLAIMS, head, promoted)
      redis.call('HSET', HOLDERS, slot, head)
      redis.call('ZADD', PROCESSING, now + lease, slot)
      result[#result + 1] = { head, promoted }
    else
      redis.call('ZREM', PROCESSING, slot)
      redis.call('HDEL', HOLDERS, slot)
      redis.call('LPUSH', AVAILABLE, slot)
    end
    result[3] = result[3] + 1
  end
end
return result
