//! What a container uses, in the shapes of cgroup v1 and v2.

use std::time::Duration;

use bytes::Bytes;
use serde_json::{Map, Value, json};

use super::{
    Outcome, answer,
    answer::Failure,
    call::Call,
    inspect::{NEVER, missing},
};
use crate::sim::{
    behaviour::load::bytes,
    clock::{Nanos, SECOND},
    state::{Container, State},
};

const TICK: Duration = Duration::from_secs(1);

/// `GET /containers/{name}/stats`
pub(super) async fn stats(call: &Call, name: &str) -> Outcome {
    let id = call.shared.read(|state| state.find(name).map(|c| c.id.clone())).ok_or_else(|| missing(name))?;
    if !call.query.is_on_by_default("stream") {
        let one_shot = call.query.is_on("one-shot");
        let before = call.shared.read(|state| state.now);
        if !one_shot {
            tokio::time::sleep(TICK).await;
        }
        let sample = call.shared.read(|state| sample(state, &id, (!one_shot).then_some(before)));
        return Ok(answer::json(&sample.ok_or_else(|| missing(name))?));
    }
    let (sender, answer) = answer::stream(Some("application/json"));
    let shared = std::sync::Arc::clone(&call.shared);
    tokio::spawn(async move {
        let mut before = None;
        while let Some((at, sample)) = shared.read(|state| Some((state.now, sample(state, &id, before)?))) {
            before = Some(at);
            if sender.send(Bytes::from(format!("{sample}\n"))).await.is_err() {
                return;
            }
            tokio::time::sleep(TICK).await;
        }
    });
    Ok(answer)
}

fn sample(state: &State, id: &str, before: Option<Nanos>) -> Option<Value> {
    let container = state.containers.get(id)?;
    let since = container.life.started.unwrap_or(state.now);
    let up = container.is_up();
    let before = before.filter(|before| up && *before >= since);
    let mut row = json!({
        "read": if up { state.clock.rfc3339(state.now) } else { NEVER.to_owned() },
        "preread": before.map_or_else(|| NEVER.to_owned(), |before| state.clock.rfc3339(before)),
        "pids_stats": pids(container),
        "blkio_stats": block(state, container),
        "num_procs": 0,
        "storage_stats": {},
        "cpu_stats": cpu(state, container, up.then_some(state.now)),
        "precpu_stats": cpu(state, container, before),
        "memory_stats": if up { memory(state, container) } else { json!({}) },
        "name": format!("/{}", container.name),
        "id": container.id,
    });
    if let Some(fields) = row.as_object_mut().filter(|_| up && !container.endpoints.is_empty()) {
        fields.insert("networks".to_owned(), networks(state, container));
    }
    Some(row)
}

/// Seconds of load since the start.
fn load_seconds(container: &Container, at: Nanos) -> f64 {
    container.meter.read(container.key, &container.profile.spec.load, at)
}

fn cpu(state: &State, container: &Container, at: Option<Nanos>) -> Value {
    let throttling = json!({"periods": 0, "throttled_periods": 0, "throttled_time": 0});
    let Some(at) = at else {
        let usage = json!({"total_usage": 0, "usage_in_kernelmode": 0, "usage_in_usermode": 0});
        return json!({"cpu_usage": usage, "throttling_data": throttling});
    };
    let share = container.profile.spec.load.cpu / 100.0;
    let total = (load_seconds(container, at) * share * SECOND as f64) as u64;
    let kernel = total / 4;
    let mut usage =
        json!({"total_usage": total, "usage_in_kernelmode": kernel, "usage_in_usermode": total - kernel});
    let cpus = state.engine.cpus;
    if let Some(fields) = usage.as_object_mut().filter(|_| state.engine.cgroup == 1) {
        let each: Vec<u64> = (0..cpus).map(|_| total / cpus.max(1)).collect();
        fields.insert("percpu_usage".to_owned(), json!(each));
    }
    // The host has been up for a hundred days; all its CPUs count.
    let host = (at as i128 + 8_640_000 * i128::from(SECOND)) * i128::from(cpus);
    json!({"cpu_usage": usage, "system_cpu_usage": u64::try_from(host).unwrap_or_default(), "online_cpus": cpus,
           "throttling_data": throttling})
}

fn memory(state: &State, container: &Container) -> Value {
    let limit = match container.memory_limit() {
        0 => state.engine.memory.0,
        limit => limit,
    };
    let used = state.memory_of(container);
    let cache = container.profile.spec.load.cache.0.min(limit.saturating_sub(used));
    let usage = used + cache;
    if state.engine.cgroup == 1 {
        let stats = json!({"cache": cache, "rss": used, "total_inactive_file": cache, "total_rss": used,
                           "inactive_file": cache, "hierarchical_memory_limit": limit});
        return json!({"usage": usage, "max_usage": usage, "stats": stats, "limit": limit});
    }
    let stats = json!({
        "active_anon": used, "active_file": 0, "anon": used, "file": cache, "inactive_anon": 0,
        "inactive_file": cache, "kernel_stack": 0, "pgfault": 0, "pgmajfault": 0, "slab": 0, "sock": 0,
        "unevictable": 0, "file_dirty": 0, "file_mapped": 0, "shmem": 0,
    });
    json!({"usage": usage, "stats": stats, "limit": limit})
}

fn pids(container: &Container) -> Value {
    if !container.is_up() {
        return json!({});
    }
    json!({"current": container.profile.spec.load.pids.max(1), "limit": 18_446_744_073_709_551_615_u64})
}

fn block(state: &State, container: &Container) -> Value {
    let load = load_seconds(container, state.now);
    let spec = &container.profile.spec.load;
    let row = |op: &str, value: u64| json!({"major": 259, "minor": 0, "op": op, "value": value});
    let rows = [row("read", bytes(spec.read, load)), row("write", bytes(spec.write, load))];
    json!({
        "io_service_bytes_recursive": if container.is_up() { json!(rows) } else { Value::Null },
        "io_serviced_recursive": null, "io_queue_recursive": null, "io_service_time_recursive": null,
        "io_wait_time_recursive": null, "io_merged_recursive": null, "io_time_recursive": null,
        "sectors_recursive": null,
    })
}

/// All traffic goes through the first network.
fn networks(state: &State, container: &Container) -> Value {
    let load = load_seconds(container, state.now);
    let spec = &container.profile.spec.load;
    let mut rows = Map::new();
    for number in 0..container.endpoints.len() {
        let part = |rate| if number == 0 { bytes(rate, load) } else { 0 };
        let (rx, tx) = (part(spec.rx), part(spec.tx));
        let row = json!({"rx_bytes": rx, "rx_packets": rx / 700, "rx_errors": 0, "rx_dropped": 0,
                         "tx_bytes": tx, "tx_packets": tx / 700, "tx_errors": 0, "tx_dropped": 0});
        rows.insert(format!("eth{number}"), row);
    }
    Value::Object(rows)
}

/// `GET /containers/{name}/top`
pub(super) fn top(call: &Call, name: &str) -> Outcome {
    call.shared.read(|state| {
        let container = state.find(name).ok_or_else(|| missing(name))?;
        if !container.is_up() {
            return Err(Failure::new(409, format!("Container {} is not running", container.id)));
        }
        let command = container.config.get("Cmd").and_then(Value::as_array);
        let command: Vec<&str> = command.into_iter().flatten().filter_map(Value::as_str).collect();
        let command = if command.is_empty() { "/docker-entrypoint.sh".to_owned() } else { command.join(" ") };
        let process = |number: u64| {
            let pid = container.life.pid + number;
            let parent = if number == 0 { container.life.pid - 1 } else { container.life.pid };
            let cpu = format!("{:.0}", container.profile.spec.load.cpu);
            json!(["root", pid.to_string(), parent.to_string(), cpu, "09:00", "?", "00:00:12", command])
        };
        let titles = json!(["UID", "PID", "PPID", "C", "STIME", "TTY", "TIME", "CMD"]);
        let count = container.profile.spec.load.pids.clamp(1, 6);
        Ok(answer::json(&json!({"Titles": titles, "Processes": (0..count).map(process).collect::<Value>()})))
    })
}
