#!lua flags=allow-oom
-- Compares what the gate holds with what it counts: everything but the claims, and a range of the parts of the claims
-- (R19). Also makes sure that the gate's claims are listed in `copies`, so that they are removed when it is replaced.
--
-- KEYS see layout.lua
--      8 copies (see sweep.lua)
-- ARGV 1 identity of the database
--      2 first part, 3 number of parts
--
-- Returns the part to continue with; 0 when this was the last one; -1 when there is no gate, or a damaged one.
-- @include layout
if not IS_THERE then return -1 end
if not is_whole() then return damaged(-1) end
local first = tonumber(ARGV[2])
local last = math.min(first + tonumber(ARGV[3]), PARTS) - 1
for part = first, last do
  if not is_part_whole(CLAIMS .. ':' .. EPOCH_THERE .. ':' .. part) then return damaged(-1) end
end
local COPIES = KEYS[8]
if redis.call('TYPE', COPIES).ok ~= 'hash' then redis.call('UNLINK', COPIES) end
redis.call('HSETNX', COPIES, EPOCH_THERE, PARTS)
return last + 1 < PARTS and last + 1 or 0
