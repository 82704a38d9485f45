#!lua flags=allow-oom
-- Tells the gate whether a campaign that is over by the gate's clock is over by Postgres' clock too: it closes when
-- both say so (R27). "Not over" holds for one second; after that the gate must be told again.
-- Runs when Redis is full (R20): it changes fields that exist, and adds nothing.
--
-- KEYS see layout.lua
-- ARGV 1 identity of the database
--      2 closesAt (ms) in Postgres
--      3 1 when that time has passed by Postgres' clock, else 0
--
-- Returns 1 when the gate took it, 0 when it has another closing time, -1 when there is no gate, or a damaged one.
-- @include layout
if not IS_THERE then return -1 end
if redis.call('HGET', FACTS, 'closesAt') ~= ARGV[2] then return 0 end
if ARGV[3] == '1' then
  redis.call('HSET', FACTS, 'isOver', '1')
else
  local time = redis.call('TIME')
  redis.call('HSET', FACTS, 'notOverUntil', time[1] * 1000 + math.floor(time[2] / 1000) + 1000)
end
return 1
