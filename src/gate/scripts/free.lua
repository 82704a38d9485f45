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
-- @include layout
local lease = tonumber(ARGV[1])
assert(lease and lease > 0, 'ARGV[1] must be a lease in ms')

if not IS_THERE then return { 'STALE' } end
local run_id, replication_id = unpack(redis.call('HMGET', FACTS, 'runId', 'replicationId'))
local server = redis.call('INFO', 'server', 'replication')
if run_id ~= server:match('\nrun_id:(%x+)') or replication_id ~= server:match('\nmaster_replid:(%x+)') then
  return { 'STALE' }
end
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)

local function is_held_by(slot, user)
  local holder = holder_of(slot)
  if user == '' then return not holder and redis.call('ZSCORE', PROCESSING, slot) end
  return holder == user
end

local function was_paid_for(slot, claim)
  return claim and claim:match('^S:%d+:%d+:(%d+)$') == slot
end

local result = { 'OK', EPOCH_THERE, 0 }
for i = 2, #ARGV, 2 do
  local slot, user = ARGV[i], ARGV[i + 1]
  local claim = user ~= '' and claim_of(user)
  local came_back = was_paid_for(slot, claim)
  if came_back or is_held_by(slot, user) then
    local head = redis.call('ZRANGE', LINE, 0, 0)[1]
    local promoted = head and claim_of(head):gsub('^W', 'P') .. slot
    if came_back then redis.call('HINCRBY', FACTS, 'settled', -1) end
    if claim then remember(user, (claim:gsub('^%u', 'F'))) end
    if head then
      redis.call('ZREM', LINE, head)
      redis.call('ZREM', LINE_LEASES, head)
      remember(head, promoted)
      hold({ slot }, { head })
      redis.call('ZADD', PROCESSING, now + lease, slot)
      result[#result + 1] = { head, promoted }
    else
      redis.call('ZREM', PROCESSING, slot)
      hold({ slot }, { '' })
      redis.call('LPUSH', AVAILABLE, slot)
    end
    result[3] = result[3] + 1
  end
end
return result
