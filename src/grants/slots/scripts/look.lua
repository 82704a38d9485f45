-- Looks at the gate and at the server that holds it, which is the server that runs this script. Changes nothing.
-- No shebang, so that a server too old for one can say so.
--
-- KEYS see layout.lua
-- ARGV 1 identity of the database
--
-- Returns {version, epoch, nonce, at_home, layout, is_ours, round, damage, is_closing}: the server's version; the
-- gate's epoch, empty when there is no gate, and its nonce, empty when it was dropped; 1 when the gate was built on
-- this server and this line of its data (R11), else 0; its layout, 1 for the first one, which had no number; 1 when it
-- was built from this database (R15), else 0; the round that was noted last (R16); what it has lost, empty for nothing
-- (R19); and 1 when the campaign is over by this clock and the gate was not told that it is over by Postgres' clock
-- (R27), else 0.
-- @include layout
local server = redis.call('INFO', 'server')
local line = redis.call('INFO', 'replication')
local nonce, run_id, replication_id, round, closes, is_over = unpack(
  redis.pcall('HMGET', FACTS, 'nonce', 'runId', 'replicationId', 'round', 'closesAt', 'isOver'))
local at_home = run_id == server:match('\nrun_id:(%x+)') and replication_id == line:match('\nmaster_replid:(%x+)')
local time, closes_at = redis.call('TIME'), tonumber(closes)
local is_closing = closes_at and is_over ~= '1' and time[1] * 1000 >= closes_at - 999
if IS_THERE then is_whole() else damage_found = FACTS .. ' is not a whole gate\'s' end
return {
  server:match('redis_version:(%S+)'), EPOCH_THERE or '', nonce or '', at_home and 1 or 0, tonumber(LAYOUT_THERE) or 1,
  IDENTITY_THERE == ARGV[1] and 1 or 0, tonumber(round) or 0, DAMAGE or damage_found or '',
  is_closing and 1 or 0,
}
