# Starts a sentinel, which watches the primary that the others name; before there are others, valkey-0.
set -eu
primary=$(env -u REDISCLI_AUTH timeout 5 valkey-cli -h seonchak-sentinel -p 26379 --raw sentinel get-master-addr-by-name seonchak 2>/dev/null | head -n 1 || true)
[ -n "$primary" ] || primary=seonchak-valkey-0.seonchak-valkey

# Sentinel writes into this file. It starts only once the primary's name can be resolved.
cat >/run/valkey/sentinel.conf <<CONF
port 26379
dir /tmp
sentinel resolve-hostnames yes
sentinel announce-hostnames yes
sentinel announce-ip $POD_NAME.seonchak-valkey
sentinel monitor seonchak $primary 6379 2
sentinel auth-pass seonchak $REDISCLI_AUTH
sentinel down-after-milliseconds seonchak 5000
sentinel failover-timeout seonchak 30000
sentinel parallel-syncs seonchak 1
CONF
unset REDISCLI_AUTH
exec valkey-sentinel /run/valkey/sentinel.conf
