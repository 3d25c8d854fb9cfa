# SPDX-License-Identifier: Apache-2.0
# What a request costs its server, in processor time of all of the server's processes and of the kernel
# for them: nginx and PostgreSQL without a policy, under those of policies/, and without again. The same
# processes all the time, for a server that runs is held from `apply` on.
SERVICES=(nginx pgbench-select pgbench)
REQUESTS=1000
SERVED=/sys/fs/cgroup/served

# serve NAME COMMAND...: in a cgroup of its own, which counts
serve() {
    mkdir -p "$SERVED-$1"
    (
        echo "$BASHPID" >"$SERVED-$1/cgroup.procs"
        exec "${@:2}" </dev/null >/dev/null 2>&1
    )
}
as_postgres() { setpriv --reuid postgres --regid postgres --init-groups "${@}"; }
microseconds_of() { awk '$1 == "usage_usec" { print $2 }' "$SERVED-$1/cpu.stat"; }

start_services() {
    local bin
    bin=$(echo /usr/lib/postgresql/*/bin)
    mkdir -p /var/log/nginx /var/www/html /run/postgresql
    chown postgres: /run/postgresql
    head -c 1024 /dev/zero | tr '\0' x >/var/www/html/page
    serve nginx nginx
    as_postgres "$bin/initdb" -N -A trust -D /var/lib/postgresql/bench >/dev/null
    serve postgresql setpriv --reuid postgres --regid postgres --init-groups \
        "$bin/pg_ctl" -w -D /var/lib/postgresql/bench start
    as_postgres "$bin/createdb" bench
    as_postgres "$bin/pgbench" -i -q -s 1 bench 2>/dev/null >/dev/null
}

stop_services() {
    nginx -s quit 2>/dev/null
    as_postgres /usr/lib/postgresql/*/bin/pg_ctl -m fast -D /var/lib/postgresql/bench stop >/dev/null
}

# pgbench_once [OPTION...]
pgbench_once() {
    as_postgres /usr/lib/postgresql/*/bin/pgbench -n -c 1 -t $REQUESTS "$@" bench 2>/dev/null | grep -q "failed transactions: 0 "
}

# requests SERVICE: REQUESTS of them
requests() {
    case $1 in
        nginx) http_loop $((REQUESTS / 100)) 100 /page ;;
        pgbench) pgbench_once ;;
        pgbench-select) pgbench_once --select-only ;;
    esac
}

# In the order of SERVICES, after as many that warm caches.
measure_services() {
    local service server before run
    for run in 0 1 2 3; do
        for service in "${SERVICES[@]}"; do
            server=${service/pgbench*/postgresql}
            before=$(microseconds_of "$server")
            requests "$service"
            echo $((($(microseconds_of "$server") - before) * 1000 / REQUESTS))
        done | tr '\n' ' '
        echo
    done | sed 1d | smallest_of_each
}

# report_services STATE
report_services() {
    local i took
    took=($(measure_services))
    for i in "${!SERVICES[@]}"; do figure "service/$1/${SERVICES[i]}" "${took[i]}" instructions; done
}

service_bailiff() {
    bailiff_off
    start_services
    report_services nothing
    mkdir -p /tmp/services
    cp "$BENCH/../policies/"{nginx,postgresql-server}.yaml /tmp/services
    bailiff_apply /tmp/services
    report_services bailiff
    bailiff_off
    report_services after-off
    stop_services
}
