# In a network namespace: what bears the class id 10:1 gets a megabyte a second, the rest all it likes.
set -e
ip link set lo up
tc qdisc add dev lo root handle 10: htb
tc class add dev lo parent 10: classid 10:1 htb rate 8mbit burst 16k

# tc can ask for the class of the group (cls_cgroup). Where the kernel has no such filter, nft can, and
# sets the priority of the packet; that names the class to htb.
if tc filter add dev lo parent 10: protocol ip handle 1: cgroup 2> /dev/null; then
  echo "by a filter of tc:"
else
  nft -f - << RULES
    table inet example {
      chain output {
        type route hook output priority mangle
        meta cgroup 0x00100001 meta priority set 10:1
      }
    }
RULES
  echo "by a rule of nft:"
fi
