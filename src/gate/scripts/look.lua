-- Looks at the gate, and at the server that has it: whoever holds these keys is the one who runs this. Changes nothing.
-- Without a shebang, so that a server that is too old for one can say so.
--
-- KEYS 1 facts (see claim.lua)
--
-- Returns {version, epoch, at_home, layout}: the server's version; the gate's epoch, empty when there is no gate; 1 when the
-- gate was built on this server and this line of its data (R11), else 0; and its layout, of which the first had no number.
local server = redis.call('INFO', 'server')
local line = redis.call('INFO', 'replication')
local epoch, run_id, replication_id, layout = unpack(
  redis.call('HMGET', KEYS[1], 'epoch', 'runId', 'replicationId', 'layout'))
local at_home = run_id == server:match('\nrun_id:(%x+)') and replication_id == line:match('\nmaster_replid:(%x+)')
return { server:match('redis_version:(%S+)'), epoch or '', at_home and 1 or 0, tonumber(layout) or 1 }
