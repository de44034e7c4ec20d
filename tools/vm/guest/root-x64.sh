# The machine's own root, read-only over 9p, below a tmpfs that takes what the guest writes.
nine=trans=virtio,version=9p2000.L,msize=512000
mkdir /lower /upper /whole
mount -t 9p -o "$nine,ro,cache=loose" root /lower
mount -t tmpfs tmpfs /upper
mkdir /upper/changes /upper/work
mount -t overlay -o lowerdir=/lower,upperdir=/upper/changes,workdir=/upper/work overlay /root
mount --bind /root /whole

# keep PATH: a folder of the machine stays visible although a tmpfs covers what it is in.
keep() {
  mkdir -p "/root$1"
  mount --bind "/whole$1" "/root$1"
}

# share TAG PATH OPTIONS: another folder of the machine.
share() {
  mkdir -p "/root$2"
  mount -t 9p -o "$nine,$3" "$1" "/root$2"
}
