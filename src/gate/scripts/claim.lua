#!lua
-- Decides for a whole batch of people who ask for a slot, in the order in which they stand in ARGV.
--
-- Atomic, idempotent per user, and judged by Redis's own clock. Everything is checked before the first write, since
-- an error does not take back what a script wrote. The text names the campaign and the epoch, so that its SHA belongs to
-- one epoch of one gate (R11): this is {{campaign}}'s. Loaded last when a gate is rebuilt (R4), by a call that names
-- nobody; called by EVALSHA only. A server that did not build this gate may know the script nevertheless, say one that
-- was the primary, lost that, and has it back with the data of the one between: so who it is, is looked at here, too.
--
-- KEYS 1 facts       hash    epoch, state, opensAt, closesAt, waitingCapacity, arrivalNo, ...
--      2 available   list    free slots, lowest first
--      3 processing  zset    slot -> lease deadline (ms)
--      4 holders     string  slot -> user, 19 bytes each (see layout.lua)
--      5 claims      hashes  <key>:<epoch>:<part>: user -> '<state>:<arrivalNo>:<createdAt>:<slot>' (see layout.lua), state being
--                            P processing: holds the slot, S settled: was paid, F failed, W waits, E waited until the end
--      6 line        zset    user -> arrivalNo
--      7 line-leases zset    user -> lease deadline (ms) of a place not yet known to be durable (R10)
-- ARGV 1 lease (ms)
--      2.. user ids, decimal; none only to load the script
--
-- Returns {'STALE'} when the gate is missing, of another epoch, or of another server: nothing was done, look (R3, R4);
-- else    {'OK', lastArrivalNo, rebuiltUpTo, answer, answer, ...}, one answer a user:
--   {'NEW',   claim, position}   has just got this slot, or this place in the line
--   {'KNOWN', claim, position}   had asked before; the claim as it stands (R7)
--   {'NOT_OPEN', opensAt}        too early; opensAt in ms
--   {'PAUSED'}
--   {'CLOSED'}
--   {'FULL'}                     no slot and no place in the line is left, as of lastArrivalNo (R12)
-- and rebuiltUpTo is the last arrival that the rebuild found in Postgres: of those before it, who is missing was lost.
-- where claim is the value kept in `claims` and position is the place in the line from 1, or 0 for none.
local EPOCH = '{{epoch}}'

local FACTS, AVAILABLE, PROCESSING, HOLDERS, CLAIMS, LINE, LINE_LEASES = unpack(KEYS)
-- @include layout
local lease = tonumber(ARGV[1])
assert(lease and lease > 0, 'ARGV[1] must be a lease in ms')

if not IS_THERE then return { 'STALE' } end
local epoch, run_id, replication_id, state, opens, closes, waiting_capacity, last_arrival, rebuilt_up_to = unpack(
  redis.call('HMGET', FACTS, 'epoch', 'runId', 'replicationId', 'state', 'opensAt', 'closesAt', 'waitingCapacity',
    'arrivalNo', 'rebuiltUpTo'))
if epoch ~= EPOCH then return { 'STALE' } end
local server = redis.call('INFO', 'server', 'replication')
if run_id ~= server:match('\nrun_id:(%x+)') or replication_id ~= server:match('\nmaster_replid:(%x+)') then
  return { 'STALE' }
end
opens, closes = tonumber(opens), tonumber(closes)
waiting_capacity, last_arrival = tonumber(waiting_capacity), tonumber(last_arrival)

local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)

local refusal
if state == 'CLOSED' or (closes and now >= closes) then refusal = { 'CLOSED' }
elseif state == 'PAUSED' then refusal = { 'PAUSED' }
elseif opens and now < opens then refusal = { 'NOT_OPEN', opens }
end

local users, claims = {}, {}
for i = 2, #ARGV do
  users[i - 1] = ARGV[i]
  claims[i - 1] = claim_of(ARGV[i])
end

local newcomers, seen = {}, {}
for i, user in ipairs(users) do
  if not claims[i] and not seen[user] then
    seen[user] = true
    newcomers[#newcomers + 1] = user
  end
end

-- Who gets what. A free slot is never taken while anybody waits (R5).
local fresh, taken = {}, {}
if not refusal and #newcomers > 0 then
  local in_line = redis.call('ZCARD', LINE)
  local slots = {}
  if in_line == 0 then slots = redis.call('LRANGE', AVAILABLE, 0, #newcomers - 1) end
  local places = math.min(#newcomers - #slots, math.max(0, waiting_capacity - in_line))

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

  if #slots > 0 then
    redis.call('LTRIM', AVAILABLE, #slots, -1)
    redis.call('ZADD', PROCESSING, unpack(leases))
    hold(slots, holders)
  end
  if places > 0 then
    redis.call('ZADD', LINE, unpack(line))
    redis.call('ZADD', LINE_LEASES, unpack(line_leases))
  end
  if #slots + places > 0 then
    last_arrival = last_arrival + #slots + places
    for i = 1, #slots + places do remember(newcomers[i], fresh[newcomers[i]]) end
    redis.call('HSET', FACTS, 'arrivalNo', last_arrival)
  end
end

local function position(claim, user)
  if claim:sub(1, 1) ~= 'W' then return 0 end
  return (redis.call('ZRANK', LINE, user) or -1) + 1
end

local answers = { 'OK', last_arrival, tonumber(rebuilt_up_to) or 0 }
for i, user in ipairs(users) do
  local known = claims[i] or taken[user]
  if known then
    answers[i + 3] = { 'KNOWN', known, position(known, user) }
  elseif fresh[user] then
    answers[i + 3] = { 'NEW', fresh[user], position(fresh[user], user) }
    taken[user] = fresh[user] -- the same user further down in this batch has asked before
  else
    answers[i + 3] = refusal or { 'FULL' }
  end
end
return answers
