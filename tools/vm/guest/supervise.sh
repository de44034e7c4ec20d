# Process 1 in the guest's real root: runs the command, hands over what it prints, reports how it
# ended. Ports by number: 1 status, 2 standard output, 3 standard error.
bb=/run/x-vm/busybox
cd /

port() {
  until set -- /dev/vport*p"$1" && [ -c "$1" ]; do
    $bb usleep 10000
  done
  echo "$1"
}

ulimit -Hn 524288
exec 7>"$(port 1)"
$bb mkfifo /run/x-vm/stdout /run/x-vm/stderr
$bb cat /run/x-vm/stdout >"$(port 2)" 7>&- &
output=$!
$bb cat /run/x-vm/stderr >"$(port 3)" 7>&- &
errors=$!
echo started >&7
$bb setsid $bb sh /run/x-vm/command.sh </dev/null >/run/x-vm/stdout 2>/run/x-vm/stderr 7>&- &
wait $!
code=$?

# What the command left running would keep the pipes open. Kernel threads have no exe.
survivors=yes
while [ -n "$survivors" ]; do
  survivors=
  for process in /proc/[0-9]*; do
    pid=${process#/proc/}
    case $pid in
      1 | "$output" | "$errors") ;;
      *)
        if [ -e "$process/exe" ]; then
          kill -KILL "$pid" 2>/dev/null
          survivors=yes
        fi
        ;;
    esac
  done
done
wait "$output" "$errors"
$bb sync
echo "exit $code" >&7
$bb poweroff -f
