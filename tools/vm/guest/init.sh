#!/bin/busybox sh
# The guest's first program, in the kernel's initial root. It puts a real root together and moves
# into it: pivot_root(2) refuses to work on the initial one, and containers need it.
set -e
export PATH=/bin
/bin/busybox mkdir -p /proc /sys /dev /root
/bin/busybox --install -s /bin
mount -t proc proc /proc
mount -t sysfs sysfs /sys
mount -t devtmpfs devtmpfs /dev

for module in /x/modules/*; do
  insmod "$module"
done

. /x/root.sh

mount -t proc -o nosuid,nodev,noexec proc /root/proc
mount -t sysfs -o nosuid,nodev,noexec sysfs /root/sys
mount -t cgroup2 -o nosuid,nodev,noexec,nsdelegate,memory_recursiveprot cgroup2 /root/sys/fs/cgroup
mount -t devtmpfs -o nosuid,mode=755 devtmpfs /root/dev
mkdir -p /root/dev/pts /root/dev/shm /root/dev/mqueue /root/dev/net
mount -t devpts -o nosuid,noexec,gid=5,mode=620,ptmxmode=666 devpts /root/dev/pts
mount -t tmpfs -o nosuid,nodev,mode=1777 tmpfs /root/dev/shm
mount -t mqueue -o nosuid,nodev,noexec mqueue /root/dev/mqueue
ln -s /proc/self/fd /root/dev/fd
ln -s /proc/self/fd/0 /root/dev/stdin
ln -s /proc/self/fd/1 /root/dev/stdout
ln -s /proc/self/fd/2 /root/dev/stderr
# Opening these loads their modules, where the guest has them.
[ -e /root/dev/fuse ] || mknod -m 666 /root/dev/fuse c 10 229
[ -e /root/dev/net/tun ] || mknod -m 666 /root/dev/net/tun c 10 200
mount -t tmpfs -o nosuid,nodev,mode=1777 tmpfs /root/tmp
mount -t tmpfs -o nosuid,nodev,mode=755 tmpfs /root/run

. /x/places.sh

mkdir /root/run/x-vm
cp /bin/busybox /x/supervise.sh /x/command.sh /root/run/x-vm
ln -s busybox /root/run/x-vm/modprobe
echo /run/x-vm/modprobe > /proc/sys/kernel/modprobe
hostname x-vm
ip link set lo up
umount /proc /sys

exec switch_root /root /run/x-vm/busybox sh /run/x-vm/supervise.sh
