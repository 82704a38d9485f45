#!lua flags=no-writes
-- Reads the positions of users in the line. Changes nothing.
--
-- KEYS see layout.lua
-- ARGV 1 identity of the database
--      2 the epoch that the campaign has in Postgres
--      3.. user ids, decimal
--
-- Returns {'STALE'} when there is no gate of that epoch that was built on this server (R3, R11), or a damaged one;
-- else    {'OK', position, ...}, one per user: 1 for the next to be promoted, 0 for a user who is not in the line.
-- @include layout
if not IS_THERE or EPOCH_THERE ~= ARGV[2] then return { 'STALE' } end
local run_id, replication_id = unpack(redis.call('HMGET', FACTS, 'runId', 'replicationId'))
local server = redis.call('INFO', 'server', 'replication')
if run_id ~= server:match('\nrun_id:(%x+)') or replication_id ~= server:match('\nmaster_replid:(%x+)') then
  return { 'STALE' }
end
if not is_whole() then return { 'STALE' } end

local answer = { 'OK' }
for i = 3, #ARGV do answer[i - 1] = (redis.call('ZRANK', LINE, ARGV[i]) or -1) + 1 end
return answer
