/**
 * A shell that outlives us: it creates the cluster, runs the server, and stops it when descriptor 3 comes to its end, which
 * happens when we close it and also when we die, however. Then it removes the folder, if that is temporary. A line with the
 * name of a signal there ends the server with that and starts it again.
 * `FOLDER` holds `pg` (the cluster), `password` and `log`. Arguments go to the server.
 */
export const keeper = `
# What it says may find nobody to hear it.
trap '' PIPE
umask 077
cd "$FOLDER" || exit 1
fail() { cat log >&2; [ -z "$TEMPORARY" ] || { cd /; rm -rf "$FOLDER"; }; exit 1; }
if [ ! -d pg ]; then
  rm -rf pg.new
  "$BIN/initdb" -D pg.new --username=postgres --pwfile=password --auth=password --encoding=UTF8 --no-instructions $INITDB \\
    --locale=C --locale-provider=builtin --builtin-locale=C.UTF-8 >log 2>&1 3<&- || fail
  mv pg.new pg || fail
fi
while :; do
  "$BIN/postgres" -D pg "$@" >log 2>&1 3<&- &
  server=$!
  echo "server $server" >&2
  # Repeated, because a server that has only just been started does not listen to signals yet.
  ( while read -r how <&3; do touch again; kill -s "$how" $server; done; while kill -s "$STOP" $server; do sleep 0.2; done ) >/dev/null 2>&1 &
  watch=$!
  wait $server
  status=$?
  kill $watch 2>/dev/null
  rm again 2>/dev/null || break
done
[ $status -eq 0 ] || cat log >&2
[ -z "$TEMPORARY" ] || { cd /; rm -rf "$FOLDER"; }
exit $status
`;
