# Starts a Valkey as a replica of the primary that the sentinels name; before there is one, of valkey-0.
set -eu
me="$POD_NAME.seonchak-valkey"
primary=$(env -u REDISCLI_AUTH timeout 5 valkey-cli -h seonchak-sentinel -p 26379 --raw sentinel get-master-addr-by-name seonchak 2>/dev/null | head -n 1 || true)
[ -n "$primary" ] || primary=seonchak-valkey-0.seonchak-valkey

# noeviction: a full server must refuse, never forget who holds a slot. A primary without replicas takes no claims:
# a newer one may have been promoted (docs/running.md).
cat >/run/valkey/valkey.conf <<CONF
dir /data
appendonly yes
appendfsync everysec
save ""
maxmemory 512mb
maxmemory-policy noeviction
min-replicas-to-write 1
min-replicas-max-lag 10
replica-announce-ip $me
requirepass $REDISCLI_AUTH
masterauth $REDISCLI_AUTH
CONF
[ "$primary" = "$me" ] || echo "replicaof $primary 6379" >>/run/valkey/valkey.conf
exec valkey-server /run/valkey/valkey.conf
