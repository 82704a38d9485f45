#!lua flags=allow-oom
-- Tells the gate what an operator changed (state and times), that its line admits nobody any more (R9), and how far
-- Postgres has come (R16). Revisions may arrive late or twice: an older one is ignored, and so is an older round.
-- Runs when Redis is full (R20): it changes fields that exist, and adds nothing.
--
-- KEYS see layout.lua
-- ARGV 1 identity of the database
--      2 round
--      3 revision, 4 state (OPEN | PAUSED | CLOSED), 5 opensAt, 6 closesAt (ms, or empty for none), 7 waitingCapacity
--
-- Returns the revision that the gate has now, its epoch, and the last arrival number that had been given out when it
-- took that revision: `revisionAt`, which a rebuild sets to the last number it knows. false when there is no gate, or a
-- damaged one.
-- @include layout
if not IS_THERE then return false end
local round, revision, revision_at, arrival_no, opens, closes = unpack(
  redis.call('HMGET', FACTS, 'round', 'revision', 'revisionAt', 'arrivalNo', 'opensAt', 'closesAt'))
if tonumber(ARGV[2]) > (tonumber(round) or 0) then redis.call('HSET', FACTS, 'round', ARGV[2]) end
if tonumber(ARGV[3]) <= (tonumber(revision) or 0) then return { revision, EPOCH_THERE, revision_at } end
redis.call('HSET', FACTS, 'revision', ARGV[3], 'revisionAt', arrival_no, 'state', ARGV[4], 'opensAt', ARGV[5], 'closesAt', ARGV[6],
  'waitingCapacity', ARGV[7])
-- R27: what the gate noted about a time holds for that time only.
if opens ~= ARGV[5] then redis.call('HSET', FACTS, 'isOpened', '') end
if closes ~= ARGV[6] then redis.call('HSET', FACTS, 'isOver', '', 'notOverUntil', '') end
return { ARGV[3], EPOCH_THERE, arrival_no }
