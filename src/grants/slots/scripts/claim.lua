-- Decides a batch of claims, in the order of the users in ARGV.
--
-- Atomic, idempotent per user, and judged by Redis's own clock. Everything is checked before the first write, since an
-- error does not undo what a script has written. The caller names the gate that it looked at by epoch and nonce: a
-- rebuild changes both, and admits nobody before the new gate is in place (R4). A server that did not build this gate
-- may hold it nevertheless, for example a primary that lost the role and got it back with the data of the primary in
-- between. So the server's identity is checked here as well (R11, docs/adr/0021).
--
-- No shebang, so that a full Redis lets the script begin and refuses only its first write (R20): users who are known,
-- and users who get nothing anyway, still get their answer.
--
-- KEYS see layout.lua
-- ARGV 1 identity of the database
--      2 lease (ms)
--      3 epoch, 4 nonce of the gate that was looked at
--      5.. user ids, decimal; none to ask only whether claims are let in
--
-- Returns {'STALE'} when the gate is missing, damaged, not the one that was looked at, or built on another server; or
--         when it must first be told whether the campaign is over by Postgres' clock too (R27): nothing was decided,
--         look at the gate (R3, R4);
-- else    {'OK', lastArrivalNo, rebuiltUpTo, answer, answer, ...}, one answer per user:
--   {'NEW',   claim, position}   has just got this slot, or this place in the line
--   {'KNOWN', claim, position}   had asked before; the claim as it stands (R7)
--   {'NOT_OPEN', opensAt}        too early; opensAt in ms
--   {'PAUSED'}
--   {'CLOSED'}
--   {'FULL'}                     no slot and no place in the line is left, as of lastArrivalNo (R12)
--   {'NO_ROOM'}                  a place is left, but Redis has no memory to record it
-- rebuiltUpTo is the last arrival number that the rebuild found in Postgres: lower ones that are missing there were
-- lost.
-- claim is the value kept in `claims`; position is the place in the line from 1, or 0 for none.
-- @include layout
local lease = tonumber(ARGV[2])
assert(lease and lease > 0, 'ARGV[2] must be a lease in ms')

if not IS_THERE or EPOCH_THERE ~= ARGV[3] then return { 'STALE' } end
local nonce, run_id, replication_id, state, opens, is_opened, closes, is_over, not_over_until, waiting_capacity,
  last_arrival, rebuilt_up_to = unpack(redis.call('HMGET', FACTS, 'nonce', 'runId', 'replicationId', 'state', 'opensAt', 'isOpened',
    'closesAt', 'isOver', 'notOverUntil', 'waitingCapacity', 'arrivalNo', 'rebuiltUpTo'))
if nonce ~= ARGV[4] then return { 'STALE' } end
local server = redis.call('INFO', 'server', 'replication')
if run_id ~= server:match('\nrun_id:(%x+)') or replication_id ~= server:match('\nmaster_replid:(%x+)') then
  return { 'STALE' }
end
opens, closes, not_over_until = tonumber(opens), tonumber(closes), tonumber(not_over_until) or 0
waiting_capacity, last_arrival, rebuilt_up_to = tonumber(waiting_capacity), tonumber(last_arrival), tonumber(rebuilt_up_to)

local users, claims = {}, {}
for i = 5, #ARGV do
  users[i - 4] = ARGV[i]
  claims[i - 4] = claim_of(ARGV[i])
end
if not is_whole() then return damaged({ 'STALE' }) end

local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local is_open = not opens or is_opened == '1' or now >= opens
local closes_here = closes and now >= closes

local refusal
if state == 'CLOSED' or (closes_here and is_over == '1') then refusal = { 'CLOSED' }
elseif state == 'PAUSED' then refusal = { 'PAUSED' }
elseif not is_open then refusal = { 'NOT_OPEN', opens }
elseif closes_here and now >= not_over_until and #users > 0 then return { 'STALE' }
end

local newcomers, seen = {}, {}
for i, user in ipairs(users) do
  if not claims[i] and not seen[user] then
    seen[user] = true
    newcomers[#newcomers + 1] = user
  end
end

-- Counts so many slots and places as handed out. This is the first write, so a full Redis refuses this one. @return
-- false then
local function take(slots, places)
  local is_taken, refused = pcall(count, -slots, slots, places, places, 'arrivalNo', last_arrival + slots + places, 'isOpened', '1')
  if not is_taken and not (refused.err or refused):find('^OOM') then error(refused) end
  return is_taken
end

-- Assigns slots and places. A free slot is never taken while anybody waits (R5).
local fresh, taken = {}, {}
if not refusal and #newcomers > 0 then
  local slots = {}
  if WAITING == 0 then slots = redis.call('LRANGE', AVAILABLE, 0, #newcomers - 1) end
  local places = math.min(#newcomers - #slots, math.max(0, waiting_capacity - WAITING))
  for i = 1, #slots + places do
    if not is_part_whole(claims_of(newcomers[i])) then return damaged({ 'STALE' }) end
  end

  local leases, holders, line, line_leases = {}, {}, {}, {}
  for i = 1, #slots + places do
    local user, slot, arrival = newcomers[i], slots[i], last_arrival + i
    local claim = string.format('%s:%d:%d:%s', slot and 'P' or 'W', arrival, now, slot or '')
    if slot then
      leases[#leases + 1] = now + lease
      leases[#leases + 1] = slot
      holders[#holders + 1] = user
    else
      line[#line + 1] = arrival
      line[#line + 1] = user
      line_leases[#line_leases + 1] = now + lease
      line_leases[#line_leases + 1] = user
    end
    fresh[user] = claim
  end

  if #slots + places > 0 and not take(#slots, places) then
    refusal, slots, places, fresh = { 'NO_ROOM' }, {}, 0, {}
  end
  last_arrival = last_arrival + #slots + places
  if #slots > 0 then
    redis.call('LTRIM', AVAILABLE, #slots, -1)
    redis.call('ZADD', PROCESSING, unpack(leases))
    hold(slots, holders)
  end
  if places > 0 then
    redis.call('ZADD', LINE, unpack(line))
    redis.call('ZADD', LINE_LEASES, unpack(line_leases))
  end
  for i = 1, #slots + places do remember_newcomer(newcomers[i], fresh[newcomers[i]]) end
end

local function position(claim, user)
  if claim:sub(1, 1) ~= 'W' then return 0 end
  return (redis.call('ZRANK', LINE, user) or -1) + 1
end

local answers = { 'OK', last_arrival, rebuilt_up_to }
for i, user in ipairs(users) do
  local known = claims[i] or taken[user]
  if known then
    answers[i + 3] = { 'KNOWN', known, position(known, user) }
  elseif fresh[user] then
    answers[i + 3] = { 'NEW', fresh[user], position(fresh[user], user) }
    taken[user] = fresh[user] -- further down in this batch, this user has asked before
  else
    answers[i + 3] = refusal or { 'FULL' }
  end
end
return answers
