#!lua
-- Tells the gate what an operator changed: state and times. Revisions may arrive late or twice: an older one is ignored.
--
-- KEYS 1 facts (see claim.lua)
-- ARGV 1 revision, 2 state (OPEN | PAUSED | CLOSED), 3 opensAt, 4 closesAt (ms, or empty for none)
--
-- Returns 1 when the gate took it, 0 when it knew it already, -1 when there is no gate.
local FACTS = KEYS[1]
-- @include layout
if not IS_THERE then return -1 end
local known = tonumber(redis.call('HGET', FACTS, 'revision'))
if tonumber(ARGV[1]) <= known then return 0 end
redis.call('HSET', FACTS, 'revision', ARGV[1], 'state', ARGV[2], 'opensAt', ARGV[3], 'closesAt', ARGV[4])
return 1
