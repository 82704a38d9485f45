#!lua flags=allow-oom
-- Removes the claims of gates that were dropped or replaced, and of abandoned copies, up to an epoch. The claims of the
-- standing gate stay.
--
-- KEYS see layout.lua
--      8 copies     hash    epoch -> number of parts of its claims that are left; of every copy that was begun, and
--                           of the gate
-- ARGV 1 identity of the database
--      2 epoch
--      3 limit: parts of the claims
--
-- Returns 1 when there is more to remove, else 0.
local FACTS, CLAIMS, COPIES = KEYS[1], KEYS[5], KEYS[8]
if redis.call('TYPE', COPIES).ok ~= 'hash' then redis.call('UNLINK', COPIES) end
local nonce, standing = unpack(redis.pcall('HMGET', FACTS, 'nonce', 'epoch'))
local most = tonumber(ARGV[3])
for _, epoch in ipairs(redis.call('HKEYS', COPIES)) do
  if (tonumber(epoch) or 0) <= tonumber(ARGV[2]) and not (nonce and epoch == standing) then
    local parts = tonumber(redis.call('HGET', COPIES, epoch)) or 0
    local left = math.max(0, parts - most)
    for part = left, parts - 1 do redis.call('UNLINK', CLAIMS .. ':' .. epoch .. ':' .. part) end
    if left > 0 then
      redis.call('HSET', COPIES, epoch, left)
    else
      redis.call('HDEL', COPIES, epoch)
    end
    most = most - (parts - left)
    if left > 0 or most <= 0 then return 1 end
  end
end
return 0
