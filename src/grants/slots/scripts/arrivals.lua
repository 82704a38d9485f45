#!lua flags=no-writes
-- Reads how far the gate has come in handing out arrival numbers.
--
-- KEYS see layout.lua
-- ARGV 1 identity of the database
--
-- Returns {} when there is no gate, or a damaged one; else {epoch, nonce, arrivalNo, rebuiltUpTo, known}: the last
-- arrival number handed out, the last one that the rebuild found in Postgres, and how many people it found there.
-- @include layout
if not IS_THERE then return {} end
return redis.call('HMGET', FACTS, 'epoch', 'nonce', 'arrivalNo', 'rebuiltUpTo', 'known')
