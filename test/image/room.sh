# What Debian's buildah and podman need around them, without installing them: runs as the first process of new mount
# and PID namespaces, so everything that is mounted and started here is gone when this shell is.
#
#   room.sh <unpacked packages> <store> [<folder or file to show at its own path>...]
#
# Prints its storage driver and its own PID outside, then lives until its standard input ends.
set -eu
packages=$1 store=$2
shift 2
pid=$(cut -d ' ' -f 4 /proc/self/stat)

room=$store/room
mkdir -p "$room" "$store/containers" "$store/tmp" "$store/shared"
mount -t tmpfs -o mode=755 tmpfs "$room"
cd "$room"
mkdir -p proc sys dev run tmp root etc var/tmp var/lib/containers
for folder in usr bin sbin lib lib64; do
  [ -e "$packages/$folder" ] || continue
  mkdir "$folder" && mount --bind "$packages/$folder" "$folder"
done
mount -t proc proc proc
mount --rbind /sys sys
mount --rbind /dev dev
mount --bind "$store/containers" var/lib/containers
mount --bind "$store/tmp" var/tmp
for folder in "$store/shared" "$@"; do # or a file
  if [ -d "$folder" ]; then mkdir -p ".$folder"; else mkdir -p ".${folder%/*}" && : >".$folder"; fi
  mount --bind "$folder" ".$folder"
done

# Overlay does not work on top of every file system (not on overlay itself); plain copies do.
mkdir "$store/tmp/l" "$store/tmp/u" "$store/tmp/w" "$store/tmp/m"
driver=vfs
if mount -t overlay -o "lowerdir=$store/tmp/l,upperdir=$store/tmp/u,workdir=$store/tmp/w" overlay "$store/tmp/m" 2>/dev/null; then
  umount "$store/tmp/m"
  driver=overlay
fi

# Packages that were only unpacked lack the names that an installation gives.
mkdir names
for name in iptables ip6tables iptables-save ip6tables-save iptables-restore; do ln -s /usr/sbin/xtables-nft-multi "names/$name"; done
ln -s /usr/bin/dash names/sh

cp -r "$packages/etc/containers" etc/
cp /etc/resolv.conf /etc/hosts etc/
echo 'root:x:0:0:root:/root:/bin/sh' >etc/passwd
echo 'root:x:0:' >etc/group
cat >etc/containers/storage.conf <<END
[storage]
driver = "$driver"
runroot = "/run/containers/storage"
graphroot = "/var/lib/containers/storage"
END
# crun refuses cgroups of two kinds, and a limit that is higher than the machine's own can't be set.
cat >etc/containers/containers.conf <<END
[engine]
runtime = "runc"
cgroup_manager = "cgroupfs"
events_logger = "file"
[containers]
default_ulimits = ["nofile=4096:4096", "nproc=4096:4096"]
END

# Not only chroot: whoever enters a container later on would come out outside of it.
mkdir outside
pivot_root . outside
umount -l /outside
echo "$driver $pid"
while read -r _; do :; done
