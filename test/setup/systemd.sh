# A systemd of its own, of Debian's packages, as the first process of new namespaces; nothing is installed, and the
# network is the machine's. Runs as root.
#
#   systemd.sh <unpacked packages> <an empty folder> <node> <folder with etc, opt and var of the machine>
#
# Prints the PID of systemd, then lives until its standard input ends.
set -eu
packages=$1 store=$2 node=$3 machine=$4

# systemd moves its services into groups below its own.
mkdir -p "$store/groups" "$store/room"
mount -t cgroup2 cgroup2 "$store/groups"
group=$store/groups/qbit-ntfy-test-$$
mkdir "$group"

room=$store/room
mount -t tmpfs -o mode=755 tmpfs "$room"
cd "$room"
mkdir proc sys dev run tmp root home etc var opt usr outside
mount --bind "$packages/usr" usr
mount --bind "$node" usr/bin/node
for folder in bin sbin lib lib64; do ln -s "usr/$folder" "$folder"; done
cp -r "$packages/etc/." etc/
cp -r "$packages/var/." var/
cp -r "$machine/etc/." etc/
mkdir -p var/lib
mount --bind "$machine/var/lib" var/lib
mount --bind "$machine/opt" opt
mount --rbind /dev dev
cp /etc/resolv.conf /etc/hosts etc/
echo 'root:x:0:0:root:/root:/bin/sh' >etc/passwd
echo 'root:x:0:' >etc/group
: >etc/machine-id
# Nothing of a whole machine is started.
printf '[Unit]\nDescription=An empty machine\n' >etc/systemd/system/empty.target

begin='
mount -t proc proc proc
mount -t sysfs -o ro sysfs sys
mount -t cgroup2 cgroup2 sys/fs/cgroup
mount -t tmpfs -o mode=755 tmpfs run
mount -t tmpfs -o mode=1777 tmpfs tmp
pivot_root . outside
umount -l /outside
exec /usr/lib/systemd/systemd --system --unit=empty.target --log-target=null --show-status=no
'
sh -c 'echo $$ >"$0/cgroup.procs"
  exec unshare --cgroup --mount --pid --ipc --uts --fork --kill-child=KILL env -i container=test PATH=/usr/sbin:/usr/bin:/sbin:/bin sh -ec "$1"' \
  "$group" "$begin" &
keeper=$!

first=
while kill -0 "$keeper" && [ -z "$first" ]; do
  sleep 0.1
  first=$(cat "/proc/$keeper/task/$keeper/children")
done
echo $first
while read -r _; do :; done
kill -KILL "$keeper"
wait "$keeper" || true
# A group can go only when nothing is in it, and a process that was killed needs its time.
for _ in 1 2 3 4 5 6 7 8 9 10; do
  find "$group" -depth -type d -exec rmdir {} + 2>/dev/null || true
  [ -d "$group" ] || break
  sleep 0.1
done
