#!lua flags=no-writes
-- What the gate counts, at one instant. That its other keys hold as much is compared by whoever touches them (R19).
--
-- KEYS see layout.lua
-- ARGV 1 identity of the database
--
-- Returns {} when there is no gate, or a damaged one; else {epoch, nonce, free, held, settled, waiting, arrivalNo, rebuiltUpTo, known},
-- see `replace.lua` for the last three.
-- @include layout
if not IS_THERE then return {} end
return redis.call('HMGET', FACTS, 'epoch', 'nonce', 'free', 'held', 'settled', 'waiting', 'arrivalNo', 'rebuiltUpTo', 'known')
