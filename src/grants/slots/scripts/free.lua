#!lua flags=allow-oom
-- Frees slots whose payout was definitely rejected, or came back after it was settled, and slots that nobody holds.
-- Each passes to the head of the line if anybody waits (R5), else back to the front of `available`. Run after Postgres
-- holds FAILED.
-- A pair acts only if that user holds that slot, or was paid for it (R6). A pair with an empty user acts only on a slot
-- that is in `processing` and has no holder.
-- Runs when Redis is full (R20): whoever gets a slot leaves the line, so it takes no more memory than it gives back.
--
-- KEYS see layout.lua
-- ARGV 1 identity of the database
--      2 lease (ms) of a slot that is passed on
--      then pairs: slot, user
--
-- Returns {'STALE'} when there is no gate, a damaged one, or one of another server, which may be old (R11);
-- else    {'OK', epoch, freed, promotion, promotion, ...}, freed = how many slots this call freed, and
--         promotion = {user, claim}: this user of the line now holds a slot, which is still to be made durable.
-- @include layout
local lease = tonumber(ARGV[2])
assert(lease and lease > 0, 'ARGV[2] must be a lease in ms')

if not IS_THERE then return { 'STALE' } end
local run_id, replication_id = unpack(redis.call('HMGET', FACTS, 'runId', 'replicationId'))
local server = redis.call('INFO', 'server', 'replication')
if run_id ~= server:match('\nrun_id:(%x+)') or replication_id ~= server:match('\nmaster_replid:(%x+)') then
  return { 'STALE' }
end

-- Everything that may be touched is read and compared first: the users in ARGV, and as many from the head of the line.
if not is_whole() then return damaged({ 'STALE' }) end
local line = #ARGV > 2 and redis.call('ZRANGE', LINE, 0, (#ARGV - 2) / 2 - 1) or {}
for _, head in ipairs(line) do
  local claim = claim_of(head)
  if not claim or claim:sub(1, 1) ~= 'W' then
    damage_found = damage_found or CLAIMS .. ' does not have somebody waiting who is in the line'
  end
end
for i = 4, #ARGV, 2 do
  if ARGV[i] ~= '' then claim_of(ARGV[i]) end
end
if damage_found then return damaged({ 'STALE' }) end

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
local free, held, unconfirmed, came_back, next_in_line = 0, 0, 0, 0, 1
for i = 3, #ARGV, 2 do
  local slot, user = ARGV[i], ARGV[i + 1]
  local claim = user ~= '' and claim_of(user)
  local was_paid = was_paid_for(slot, claim)
  if was_paid or is_held_by(slot, user) then
    local head = line[next_in_line]
    if was_paid then came_back = came_back + 1 end
    if claim then remember(user, (claim:gsub('^%u', 'F'))) end
    if head then
      next_in_line = next_in_line + 1
      local promoted = claim_of(head):gsub('^W', 'P') .. slot
      redis.call('ZREM', LINE, head)
      unconfirmed = unconfirmed - redis.call('ZREM', LINE_LEASES, head)
      remember(head, promoted)
      hold({ slot }, { head })
      held = held + redis.call('ZADD', PROCESSING, now + lease, slot)
      result[#result + 1] = { head, promoted }
    else
      held = held - redis.call('ZREM', PROCESSING, slot)
      hold({ slot }, { '' })
      redis.call('LPUSH', AVAILABLE, slot)
      free = free + 1
    end
    result[3] = result[3] + 1
  end
end
if result[3] > 0 then
  count(free, held, 1 - next_in_line, unconfirmed, 'settled', SETTLED - came_back)
end
return result
