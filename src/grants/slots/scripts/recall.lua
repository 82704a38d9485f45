#!lua flags=no-writes
-- Reads what the gate remembers of one user. Changes nothing: an unknown user stays unknown.
--
-- KEYS see layout.lua
-- ARGV 1 identity of the database
--      2 epoch, 3 nonce of the gate that is asked
--      4 user id
--
-- Returns {'STALE'} when there is no such gate, or a part of it is missing (R19): look at it; else {'OK', claim}, the
-- claim empty when the user is not known.
-- @include layout
if not IS_THERE or EPOCH_THERE ~= ARGV[2] or redis.call('HGET', FACTS, 'nonce') ~= ARGV[3] then return { 'STALE' } end
if not is_part_whole(claims_of(ARGV[4])) then return { 'STALE' } end
return { 'OK', claim_of(ARGV[4]) or '' }
