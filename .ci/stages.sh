# What the stages of .ci/run do. Sourced by it.

export packages="attr binutils binutils-aarch64-linux-gnu bubblewrap busybox-static containerd cpio crun dbus
  dbus-user-session docker-registry e2fsprogs fuse-overlayfs gcc iproute2 libc6-dev libcap2-bin
  libpam-systemd linux-libc-dev mmdebstrap nftables openssl podman procps qemu-system-arm
  qemu-system-x86 runc skopeo strace systemd uidmap umoci util-linux zstd"

# stage NAME MINUTES COMMAND...: runs it, and leaves its exit status, time and reports for the summary.
stage() {
  local name=$1 minutes=$2 begun=$SECONDS status number
  shift 2
  number=$(find "$results" -mindepth 1 -maxdepth 1 | wc -l)
  local folder=$results/$(printf %02d "$number")-$name
  mkdir "$folder"
  printf '\n════ %s: %s\n' "$name" "$*"
  export X_RESULTS=$folder/reports
  # A group of its own, so that a stage over its time is ended with all it started.
  export -f install_packages as_ordinary_user with_node both most
  timeout --kill-after=20 "${minutes}m" bash -c '"$@"' stage "$@" < /dev/null
  status=$?
  [ $status = 124 ] && echo "$name: ended after $minutes minutes"
  printf '════ %s: exit status %s after %s s\n' "$name" $status $((SECONDS - begun))
  echo $status > "$folder/status"
}

# The Debian packages that the tests need and this machine lacks.
install_packages() {
  local missing
  missing=$(for name in $packages; do
    dpkg-query --show --showformat '${db:Status-Status}' "$name" 2> /dev/null | grep -qx installed || echo "$name"
  done)
  [ -z "$missing" ] && return
  apt-get update -qq && apt-get install -y -qq --no-install-recommends $missing > /dev/null
}

# The two commands of the README.
both() {
  local status=0
  npm run demo || status=1
  npm test || status=1
  return $status
}

# What another Node could break: the two commands, without the packages that call no more of Node
# than the others do.
most() {
  local status=0
  npm run demo || status=1
  npm test -- pure || status=1
  npm test -- kernel packages/syscall packages/plan packages/image packages/runtime examples || status=1
  return $status
}

# A newcomer without any privilege, and without pnpm: a clone, an empty home, the two commands.
as_ordinary_user() {
  local user=x-ci home made=no status=0
  home=$(mktemp -d /var/tmp/x-ci.XXXXXX) || return
  id $user > /dev/null 2>&1 || { useradd --no-create-home --home-dir "$home" $user && made=yes; } || status=1
  mkdir "$home/bin" && printf '#!/bin/sh\nexit 127\n' > "$home/bin/pnpm" && chmod +x "$home/bin/pnpm"
  git clone --quiet . "$home/x" && chown -R $user: "$home" || status=1
  if [ $status = 0 ]; then
    # Set-user-ID programs such as newuidmap must keep working: no --no-new-privs here.
    (cd "$home/x" && setpriv --reuid $user --regid $user --init-groups \
      env -u XDG_RUNTIME_DIR PATH="$home/bin:$PATH" HOME="$home" USER=$user LOGNAME=$user \
      X_RESULTS="$home/reports" bash -c both) || status=1
    [ -d "$home/reports" ] && cp -r "$home/reports" "$X_RESULTS"
  fi
  [ $made = yes ] && userdel $user
  rm -rf "$home"
  return $status
}

# The same again, or something else, under another Node, which npm has as a plain package.
with_node() {
  local cpu folder=$PWD/.x/node-$1
  case $(uname -m) in x86_64) cpu=x64 ;; *) cpu=arm64 ;; esac
  npm install --prefix "$folder" --no-save --ignore-scripts --no-audit --no-fund "node-linux-$cpu@$1" || return
  PATH=$folder/node_modules/node-linux-$cpu/bin:$PATH
  node --version
  "$2"
}
