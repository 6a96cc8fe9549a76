//! The engine itself.

use serde_json::{Value, json};

use super::{
    answer,
    answer::{Answer, NEWEST, OLDEST},
    call::Call,
    containers, images,
};
use crate::sim::state::{State, Status};

/// `GET /_ping`
pub(super) fn ping(call: &Call) -> Answer {
    let mut answer = answer::text("OK");
    answer::set(&mut answer, "cache-control", "no-cache, no-store, must-revalidate");
    answer::set(&mut answer, "pragma", "no-cache");
    answer::set(&mut answer, "builder-version", "2");
    let manager = call.shared.read(|state| !state.nodes.is_empty());
    answer::set(&mut answer, "swarm", if manager { "active/manager" } else { "inactive" });
    answer
}

/// `GET /version`
pub(super) fn version(call: &Call) -> Answer {
    let (newest, oldest) = (format!("{}.{}", NEWEST.0, NEWEST.1), format!("{}.{}", OLDEST.0, OLDEST.1));
    call.shared.read(|state| {
        let engine = &state.engine;
        let details = json!({
            "ApiVersion": newest, "Arch": "amd64", "BuildTime": "2024-04-22T17:08:20.000000000+00:00",
            "Experimental": "false", "GitCommit": "ac2de55", "GoVersion": "go1.21.9",
            "KernelVersion": engine.kernel, "MinAPIVersion": oldest, "Os": "linux",
        });
        let part = |name: &str, version: &str| json!({"Name": name, "Version": version, "Details": {"GitCommit": ""}});
        answer::json(&json!({
            "Platform": {"Name": "Docker Engine - Simulated"},
            "Components": [{"Name": "Engine", "Version": engine.version, "Details": details},
                           part("containerd", "1.6.31"), part("runc", "1.1.12"), part("docker-init", "0.19.0")],
            "Version": engine.version, "ApiVersion": newest, "MinAPIVersion": oldest, "GitCommit": "ac2de55",
            "GoVersion": "go1.21.9", "Os": "linux", "Arch": "amd64", "KernelVersion": engine.kernel,
            "BuildTime": "2024-04-22T17:08:20.000000000+00:00",
        }))
    })
}

/// `GET /info`
pub(super) fn info(call: &Call) -> Answer {
    call.shared.read(|state| answer::json(&facts(state)))
}

fn facts(state: &State) -> Value {
    let engine = &state.engine;
    let count = |status: Status| state.local().filter(|container| container.life.status == status).count();
    let stopped = count(Status::Exited) + count(Status::Created);
    let commit = |id: &str| json!({"ID": id, "Expected": id});
    let mut facts = json!({
        "ID": "5f1a0c4e-7d52-4c1f-9a53-51a7c70b51de",
        "Containers": state.local().count(), "ContainersRunning": count(Status::Running) + count(Status::Restarting),
        "ContainersPaused": count(Status::Paused), "ContainersStopped": stopped, "Images": state.images.len(),
        "Driver": "overlay2",
        "DriverStatus": [["Backing Filesystem", "extfs"], ["Supports d_type", "true"], ["Using metacopy", "false"]],
        "Plugins": {"Volume": ["local"], "Network": ["bridge", "host", "ipvlan", "macvlan", "null", "overlay"],
                    "Authorization": null, "Log": ["json-file", "local", "journald", "none"]},
        "MemoryLimit": true, "SwapLimit": true, "CpuCfsPeriod": true, "CpuCfsQuota": true, "CPUShares": true,
        "CPUSet": true, "PidsLimit": true, "IPv4Forwarding": true, "BridgeNfIptables": true,
        "BridgeNfIp6tables": true, "Debug": false, "NFd": 180, "OomKillDisable": false, "NGoroutines": 210
    });
    let rest = json!({
        "SystemTime": state.clock.rfc3339(state.now), "LoggingDriver": "json-file", "CgroupDriver": "systemd",
        "CgroupVersion": engine.cgroup.to_string(), "NEventsListener": state.events.listeners(),
        "KernelVersion": engine.kernel, "OperatingSystem": engine.os, "OSVersion": "12", "OSType": "linux",
        "Architecture": "x86_64", "IndexServerAddress": "https://index.docker.io/v1/",
        "RegistryConfig": {"AllowNondistributableArtifactsCIDRs": null,
            "AllowNondistributableArtifactsHostnames": null, "InsecureRegistryCIDRs": ["127.0.0.0/8"],
            "IndexConfigs": {}, "Mirrors": null},
        "NCPU": engine.cpus, "MemTotal": engine.memory.0, "GenericResources": null,
        "DockerRootDir": "/var/lib/docker", "HttpProxy": "", "HttpsProxy": "", "NoProxy": "",
        "Name": engine.name, "Labels": [], "ExperimentalBuild": false, "ServerVersion": engine.version,
        "Runtimes": {"runc": {"path": "runc"}}, "DefaultRuntime": "runc", "Swarm": swarm(state),
        "LiveRestoreEnabled": true, "Isolation": "", "InitBinary": "docker-init",
        "ContainerdCommit": commit("e377cd56a71523140ca6ae87e30244719194a521"),
        "RuncCommit": commit("v1.1.12-0-g51d5e94"), "InitCommit": commit("de40ad0"),
        "SecurityOptions": ["name=apparmor", "name=seccomp,profile=builtin", "name=cgroupns"], "Warnings": null,
    });
    // In two parts, because one is too long for the macro.
    if let (Some(facts), Value::Object(rest)) = (facts.as_object_mut(), rest) {
        facts.extend(rest);
    }
    facts
}

fn swarm(state: &State) -> Value {
    let Some(own) = state.nodes.values().find(|node| node.spec.local) else {
        return json!({"NodeID": "", "NodeAddr": "", "LocalNodeState": "inactive", "ControlAvailable": false,
                      "Error": "", "RemoteManagers": null});
    };
    let managers = || state.nodes.values().filter(|node| node.spec.manager);
    let remote: Value = managers()
        .map(|node| json!({"NodeID": node.id, "Addr": format!("{}:2377", node.spec.address)}))
        .collect();
    json!({"NodeID": own.id, "NodeAddr": own.spec.address, "LocalNodeState": "active",
           "ControlAvailable": own.spec.manager, "Error": "", "RemoteManagers": remote,
           "Nodes": state.nodes.len(), "Managers": managers().count(),
           "Cluster": super::swarm::cluster(state, false)})
}

/// `GET /system/df`
pub(super) fn disk_usage(call: &Call) -> Answer {
    call.shared.read(|state| {
        let layers: u64 = state.images.values().map(|image| image.size).sum();
        let containers: Value = state
            .local()
            .map(|container| {
                let (own, root) = containers::sizes(state, container);
                json!({"Id": container.id, "Names": [format!("/{}", container.name)], "Image": container.image,
                       "ImageID": container.image_id, "State": container.life.status.word(), "SizeRw": own,
                       "SizeRootFs": root, "Created": state.clock.unix(container.created), "Labels": container.labels,
                       "Status": super::human::status(container, state.now), "Mounts": container.mounts,
                       "HostConfig": {"NetworkMode": "default"}, "NetworkSettings": {"Networks": null},
                       "Command": "", "Ports": []})
            })
            .collect();
        let volumes: Value = state
            .volumes
            .iter()
            .map(|(name, volume)| {
                let mut row = images::volume_row(state, name, volume);
                let usage = json!({"Size": volume.used(state.now).0, "RefCount": images::uses(state, name)});
                if let Some(fields) = row.as_object_mut() {
                    fields.insert("UsageData".to_owned(), usage);
                }
                row
            })
            .collect();
        answer::json(&json!({"LayersSize": layers, "Images": images::rows(state, |_| true),
                             "Containers": containers, "Volumes": volumes, "BuildCache": [], "BuilderSize": 0}))
    })
}
