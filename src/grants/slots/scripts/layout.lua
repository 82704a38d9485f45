-- The layout of a gate, in one place: included in the other scripts at `-- @include layout`.
--
-- KEYS 1 facts       hash    epoch, nonce, layout, identity, round, parts, capacity, waitingCapacity, revision, revisionAt, state,
--                            opensAt, isOpened, closesAt, isOver, notOverUntil, arrivalNo, rebuiltUpTo, known, settled,
--                            runId, replicationId; free, held, waiting, unconfirmed (see `is_whole`); damage
--      2 available   list    free slots; built lowest first, and a freed slot goes to the front
--      3 processing  zset    slot -> lease deadline (ms)
--      4 holders     string  slot -> user, 19 bytes each
--      5 claims      hashes  <key>:<epoch>:<part>: user -> '<state>:<arrivalNo>:<createdAt>:<slot>', with the states
--                            P processing: holds the slot, S settled: was paid, F failed, W waits, E out of the line
--                            (ended or left); and '#' -> the number of people in this part
--      6 line        zset    user -> arrivalNo
--      7 line-leases zset    user -> lease deadline (ms) of a place not yet known to be durable (R10)
-- ARGV 1 identity of the database that the caller works on (R15)
--
-- A gate of another layout, or built from another database, counts as none: IS_THERE is false, and nothing of it may be
-- read or written. It was left by another release (docs/adr/0014), or it belongs to another installation
-- (docs/adr/0020). A gate that has lost a part counts as none as well: the first script that notices records the
-- damage, and from then on every script refuses the gate (R19).
local FACTS, AVAILABLE, PROCESSING, HOLDERS, CLAIMS, LINE, LINE_LEASES = unpack(KEYS)
local EPOCH_THERE, LAYOUT_THERE, IDENTITY_THERE, PARTS, DAMAGE = unpack(
  redis.pcall('HMGET', FACTS, 'epoch', 'layout', 'identity', 'parts', 'damage'))
PARTS = tonumber(PARTS)
local IS_THERE = EPOCH_THERE and LAYOUT_THERE == '{{layout}}' and IDENTITY_THERE == ARGV[1] and PARTS and not DAMAGE

-- R19. A key may be missing, cut short, or of another type, and an error does not undo what a script has written. So
-- each script reads what it is about to touch with `ask`, and calls `damaged` before its first write.
local damage_found
local function ask(command, key, ...)
  local reply = redis.pcall(command, key, ...)
  if type(reply) == 'table' and reply.err then
    damage_found = key .. ' is of another type'
    return nil
  end
  return reply
end

-- Whether `available`, `processing`, `holders`, `line` and `line-leases` hold as much as the facts count, the facts
-- have all their fields, and every slot is accounted for (P6). The cost does not depend on the size of the gate.
local FIELDS = 26
local FREE, HELD, WAITING, UNCONFIRMED, SETTLED, CAPACITY
local function is_whole()
  FREE, HELD, WAITING, UNCONFIRMED, SETTLED, CAPACITY = unpack(
    redis.call('HMGET', FACTS, 'free', 'held', 'waiting', 'unconfirmed', 'settled', 'capacity'))
  FREE, HELD, WAITING = tonumber(FREE), tonumber(HELD), tonumber(WAITING)
  UNCONFIRMED, SETTLED, CAPACITY = tonumber(UNCONFIRMED), tonumber(SETTLED), tonumber(CAPACITY)
  if damage_found then return false end
  local differs
  if redis.call('HLEN', FACTS) ~= FIELDS then differs = FACTS
  elseif FREE + HELD + SETTLED ~= CAPACITY then differs = FACTS
  elseif ask('LLEN', AVAILABLE) ~= FREE then differs = AVAILABLE
  elseif ask('ZCARD', PROCESSING) ~= HELD then differs = PROCESSING
  elseif ask('STRLEN', HOLDERS) ~= CAPACITY * 19 then differs = HOLDERS
  elseif ask('ZCARD', LINE) ~= WAITING then differs = LINE
  elseif ask('ZCARD', LINE_LEASES) ~= UNCONFIRMED then differs = LINE_LEASES
  else return true
  end
  damage_found = damage_found or differs .. ' does not hold as much as it held'
  return false
end

-- Changes the counts by these differences. Only after `is_whole`, which reads them.
local function count(free, held, waiting, unconfirmed, ...)
  redis.call('HSET', FACTS, 'free', FREE + free, 'held', HELD + held, 'waiting', WAITING + waiting,
    'unconfirmed', UNCONFIRMED + unconfirmed, ...)
end

-- Records the damage, so that this gate is rebuilt. @return `reply`
local function damaged(reply)
  redis.call('HSET', FACTS, 'damage', damage_found)
  return reply
end

-- Claims are spread over `parts` small hashes, which Redis keeps packed: one large hash takes more than twice the
-- memory. A user's part is the last nine digits of the user id, modulo `parts`. The names of the parts contain the
-- epoch, so that changing the epoch of a gate exchanges its claims. Every part exists from the start, since it counts
-- its people.
local part_of = {}
local function claims_of(user)
  local part = part_of[user]
  if not part then
    part = CLAIMS .. ':' .. EPOCH_THERE .. ':' .. (tonumber(user:sub(-9)) or 0) % PARTS
    part_of[user] = part
  end
  return part
end

local function claim_of(user) return ask('HGET', claims_of(user), user) or nil end

local people_in = {}
local function is_part_whole(part)
  if people_in[part] then return true end
  local people = tonumber(ask('HGET', part, '#'))
  if not people or ask('HLEN', part) ~= people + 1 then
    damage_found = damage_found or part .. ' does not have as many people as it had'
    return false
  end
  people_in[part] = people
  return true
end

-- Overwrites the claim of a user who is known. Only if their part is whole.
local function remember(user, claim) redis.call('HSET', claims_of(user), user, claim) end

-- Adds the claim of a user who was not known. Only if their part is whole.
local function remember_newcomer(user, claim)
  local part = claims_of(user)
  people_in[part] = people_in[part] + 1
  redis.call('HSET', part, '#', people_in[part], user, claim)
end

-- `holders` has 19 bytes per slot: the user id with leading zeros, or NUL bytes for nobody.
local NOBODY = ('\0'):rep(19)
local function holder_of(slot)
  return (ask('GETRANGE', HOLDERS, (slot - 1) * 19, slot * 19 - 1) or ''):match('^0*(%d+)$')
end

-- Consecutive slots are written by one command.
local function hold(slots, users)
  local i = 1
  while i <= #slots do
    local first, cells = i, {}
    repeat
      cells[#cells + 1] = users[i] == '' and NOBODY or ('0'):rep(19 - #users[i]) .. users[i]
      i = i + 1
    until i > #slots or tonumber(slots[i]) ~= slots[i - 1] + 1
    redis.call('SETRANGE', HOLDERS, (slots[first] - 1) * 19, table.concat(cells))
  end
end
