#!lua
-- Takes away the claims of gates that were replaced, and of copies that were abandoned: those of an epoch below the gate's.
--
-- KEYS 1 facts, 2 claims (see claim.lua)
--      3 copies     hash    epoch -> how many parts of its claims are left; of every copy that was begun, and of the gate
-- ARGV 1 how many parts at most
--
-- Returns 1 when there is more to take away, else 0.
local FACTS, CLAIMS, COPIES = unpack(KEYS)
local standing = tonumber(redis.call('HGET', FACTS, 'epoch') or 0)
local most = tonumber(ARGV[1])
for _, epoch in ipairs(redis.call('HKEYS', COPIES)) do
  if tonumber(epoch) < standing then
    local parts = tonumber(redis.call('HGET', COPIES, epoch))
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
