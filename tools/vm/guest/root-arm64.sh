# A small root of busybox alone, with the caller's files on top. It is laid out as Debian's, down to
# what a launcher for the root `host` expects to find, having been compiled on a Debian machine.
mount -t tmpfs -o mode=755 tmpfs /root
cd /root
mkdir -p dev etc home mnt opt proc root run sys usr/bin usr/sbin usr/lib var/lib var/tmp
mkdir -p etc/alternatives etc/ssl/certs usr/lib64 usr/local
touch etc/ld.so.cache etc/resolv.conf
chmod 700 root
chmod 1777 var/tmp
mkdir -m 1777 tmp
for folder in bin sbin lib lib64; do
  ln -s "usr/$folder" "$folder"
done
cp /bin/busybox usr/bin/busybox
chroot . /usr/bin/busybox --install -s
rm -f linuxrc
echo root:x:0:0:root:/root:/bin/sh > etc/passwd
echo nobody:x:65534:65534:nobody:/nonexistent:/bin/false >> etc/passwd
echo root:x:0: > etc/group
echo nogroup:x:65534: >> etc/group
echo 127.0.0.1 localhost > etc/hosts
cd /

# place FILE PATH: a file of the caller.
place() {
  mkdir -p "/root$(dirname "$2")"
  cp -p "$1" "/root$2"
}
