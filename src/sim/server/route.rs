//! Which handler answers which request.

use hyper::Method;

use super::{
    Outcome, answer, answer::Failure, archive, call::Call, configs, containers, create, events, exec, images,
    inspect, logs, networks, objects, operate, prune, pull, stats, swarm, system, tasks,
};

/// Answers a call.
pub(super) async fn answer(call: Call) -> Outcome {
    let path = call.path.clone();
    let path: Vec<&str> = path.iter().map(String::as_str).collect();
    if call.method == Method::GET {
        return get(&call, &path).await;
    }
    if call.method == Method::POST {
        return post(&call, &path).await;
    }
    match (call.method.as_str(), path.as_slice()) {
        ("DELETE", ["containers", name]) => operate::remove(&call, name),
        ("DELETE", ["networks", name]) => objects::remove_network(&call, name),
        ("DELETE", ["volumes", name]) => objects::remove_volume(&call, name),
        ("DELETE", ["images", name @ ..]) => pull::remove(&call, &name.join("/")),
        ("DELETE", ["services", name]) => swarm::remove_service(&call, name),
        ("DELETE", ["configs", name]) => configs::remove(&call, name),
        ("PUT", ["containers", name, "archive"]) => archive::put(&call, name),
        _ => Err(not_found()),
    }
}

async fn get(call: &Call, path: &[&str]) -> Outcome {
    match path {
        ["containers", "json"] => containers::list(call),
        ["containers", name, "json"] => inspect::container(call, name),
        ["containers", name, "stats"] => stats::stats(call, name).await,
        ["containers", name, "logs"] => logs::of_container(call, name),
        ["containers", name, "changes"] => create::changes(call, name),
        ["containers", name, "archive"] => archive::get(call, name),
        ["containers", name, "top"] => stats::top(call, name),
        ["events"] => events::events(call),
        ["images", "json"] => Ok(images::list(call)),
        ["images", name @ .., "json"] => images::inspect(call, &name.join("/")),
        ["networks"] => Ok(networks::list(call)),
        ["networks", name] => networks::inspect(call, name),
        ["volumes"] => Ok(images::volumes(call)),
        ["volumes", name] => images::volume(call, name),
        _ => get_rest(call, path),
    }
}

fn get_rest(call: &Call, path: &[&str]) -> Outcome {
    match path {
        ["_ping"] => Ok(system::ping(call)),
        ["version"] => Ok(system::version(call)),
        ["info"] => Ok(system::info(call)),
        ["system", "df"] => Ok(system::disk_usage(call)),
        ["swarm"] => swarm::swarm(call),
        ["exec", id, "json"] => exec::inspect(call, id),
        ["nodes"] => swarm::nodes(call),
        ["nodes", name] => swarm::node(call, name),
        ["services"] => swarm::services(call),
        ["services", name] => swarm::service(call, name),
        ["services", name, "logs"] => logs::of_service(call, name),
        ["distribution", name @ .., "json"] => images::distribution(call, &name.join("/")),
        ["tasks"] => tasks::list(call),
        ["tasks", name] => tasks::inspect(call, name),
        ["tasks", name, "logs"] => logs::of_task(call, name),
        ["secrets"] => swarm::secrets(call),
        ["configs"] => configs::list(call),
        ["configs", name] => configs::inspect(call, name),
        _ => Err(not_found()),
    }
}

async fn post(call: &Call, path: &[&str]) -> Outcome {
    match path {
        ["containers", "prune"] => prune::containers(call),
        ["containers", "create"] => create::create(call),
        ["containers", name, "exec"] => exec::create(call, name),
        ["exec", id, "start"] => exec::start(call, id),
        ["exec", id, "resize"] => exec::resize(call, id),
        ["containers", name, "update"] => create::update(call, name),
        ["containers", name, "start"] => operate::start(call, name),
        ["containers", name, "stop"] => operate::stop(call, name).await,
        ["containers", name, "restart"] => operate::restart(call, name).await,
        ["containers", name, "kill"] => operate::kill(call, name),
        ["containers", name, "pause"] => operate::freeze(call, name, true),
        ["containers", name, "unpause"] => operate::freeze(call, name, false),
        ["containers", name, "rename"] => operate::rename(call, name),
        ["containers", name, "wait"] => operate::wait(call, name).await,
        _ => post_rest(call, path),
    }
}

fn post_rest(call: &Call, path: &[&str]) -> Outcome {
    match path {
        ["networks", "create"] => objects::create_network(call),
        ["networks", "prune"] => prune::networks(call),
        ["networks", name, "connect"] => objects::connect(call, name),
        ["networks", name, "disconnect"] => objects::disconnect(call, name),
        ["volumes", "create"] => objects::create_volume(call),
        ["volumes", "prune"] => prune::volumes(call),
        ["images", "create"] => pull::create(call),
        ["images", "prune"] => prune::images(call),
        ["images", name @ .., "tag"] => pull::tag(call, &name.join("/")),
        ["configs", "create"] => configs::create(call),
        ["services", "create"] => swarm::create_service(call),
        ["services", name, "update"] => swarm::update_service(call, name),
        ["nodes", name, "update"] => swarm::update_node(call, name),
        _ => Err(not_found()),
    }
}

fn not_found() -> Failure {
    answer::Failure::new(404, "page not found")
}
