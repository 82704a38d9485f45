-- How a gate is laid out, in one place: put into the other scripts where they say `-- @include layout`. Those have the keys
-- FACTS, HOLDERS and CLAIMS as locals; who is not in need of one leaves it out.
--
-- A gate of another layout is none: IS_THERE is false, and nothing of it may be read or written. It was left by another
-- release, and is rebuilt (docs/adr/0014).
local EPOCH_THERE, LAYOUT_THERE, PARTS = unpack(redis.call('HMGET', FACTS, 'epoch', 'layout', 'parts'))
local IS_THERE = EPOCH_THERE and LAYOUT_THERE == '{{layout}}'
PARTS = tonumber(PARTS)

-- Claims are spread over `parts` small hashes, which Redis keeps packed: one large hash takes more than twice the memory.
-- A user's part is the last nine digits of the user id, modulo `parts`. The epoch is in the parts' names, so that a gate's
-- claims are changed for another's by changing its epoch.
local part_of = {}
local function claims_of(user)
  local part = part_of[user]
  if not part then
    part = CLAIMS .. ':' .. EPOCH_THERE .. ':' .. (tonumber(user:sub(-9)) or 0) % PARTS
    part_of[user] = part
  end
  return part
end

local function claim_of(user) return redis.call('HGET', claims_of(user), user) or nil end
local function remember(user, claim) redis.call('HSET', claims_of(user), user, claim) end

-- `holders` has 19 bytes a slot: the user id, filled up with zeros in front; or NUL bytes for nobody.
local NOBODY = ('\0'):rep(19)
local function holder_of(slot)
  return redis.call('GETRANGE', HOLDERS, (slot - 1) * 19, slot * 19 - 1):match('^0*(%d+)$')
end

-- Slots that follow each other are written at once.
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
