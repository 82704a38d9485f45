-- Adds what an instance counted of a campaign to the counts of the current second, by this server's clock. They are not
-- part of the gate: nothing is decided by them, and they go by themselves.
--
-- KEYS 1 rates: hash: second modulo 8 -> '<second> <count> <count> …'
-- ARGV 1 identity of the database, as in every script; not used here
--      2… counts, in an order that the callers agree on
local RATES = KEYS[1]
local second = tonumber(redis.call('TIME')[1])
local place = second % 8
local counts, there = {}, redis.call('HGET', RATES, place)
if there and tonumber(there:match('^%d+')) == second then
  local i = 0
  for count in there:gmatch(' (%d+)') do
    i = i + 1
    counts[i] = tonumber(count)
  end
end
for i = 2, #ARGV do counts[i - 1] = (counts[i - 1] or 0) + tonumber(ARGV[i]) end
redis.call('HSET', RATES, place, second .. ' ' .. table.concat(counts, ' '))
redis.call('PEXPIRE', RATES, 5000)
