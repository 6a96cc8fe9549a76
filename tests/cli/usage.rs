//! What the program says to arguments that make no sense, and to a missing engine.

use super::program::{fine, json, refused, run};

#[test]
fn the_help_names_every_verb_and_every_exit_code() {
    let help = fine("--help");
    let verbs = "ls ps stats logs events health inspect nodes doctor sim demo rollout scale restart start stop \
                 pause unpause kill rm pull drain activate ops 4 130";
    for word in verbs.split_whitespace() {
        assert!(help.contains(&format!("  {word} ")), "{word}: {help}");
    }
}

#[test]
fn the_version_is_told_in_both_ways() {
    let version = env!("CARGO_PKG_VERSION");
    assert_eq!(fine("version"), format!("stacktop {version}\n"));
    assert_eq!(fine("--version"), format!("stacktop {version}\n"));
    assert_eq!(json("version --json", 0)["version"], version);
}

#[test]
fn an_unknown_option_is_usage() {
    for line in
        ["ps --nothing", "nothing", "logs", "logs web --since yesterday", "demo --speed 0", "logs x --grep ("]
    {
        let ended = run(line);
        assert_eq!((ended.code, ended.out.as_str()), (2, ""), "{line}");
        assert!(ended.err.contains("error: "), "{line}: {}", ended.err);
    }
}

#[test]
fn an_unknown_name_is_told_with_what_there_is() {
    let sentence = refused("--demo ps medianest/databse", 2);
    assert!(
        sentence.contains("`medianest/databse`") && sentence.contains("medianest/postgres"),
        "{sentence}"
    );
}

#[test]
fn an_ambiguous_name_lists_the_candidates() {
    let sentence = refused("--demo logs redis", 2);
    assert!(sentence.contains("medianest/redis") && sentence.contains("mundo-tango/redis"), "{sentence}");
}

#[test]
fn without_an_engine_the_way_to_the_demo_is_told() {
    for verb in ["ls", "ps", "stats", "health", "nodes", "events", "logs web", "inspect web"] {
        let sentence = refused(&format!("{verb} --host unix:///nonexistent/docker.sock"), 3);
        assert!(sentence.contains("unix:///nonexistent/docker.sock"), "{sentence}");
        assert!(
            sentence.trim_end().ends_with("`stacktop demo` shows the program on a simulated one."),
            "{sentence}"
        );
    }
}

#[test]
fn an_address_over_ssh_is_answered_with_the_tunnel() {
    let sentence = refused("ls --host ssh://ops@swarm-1", 3);
    assert!(sentence.contains("ssh -nNT -L"), "{sentence}");
}

#[test]
fn options_that_contradict_each_other_are_usage() {
    refused("ls --host unix:///a --context b", 2);
    refused("ls --demo --host unix:///a", 2);
    refused("ls --seed 3", 2);
    refused("ls --context nowhere", 2);
    refused("ls --demo --world /nonexistent.yaml", 2);
}

#[test]
fn a_world_that_is_no_world_is_told_with_its_place() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("broken.yaml");
    std::fs::write(&path, "stacks:\n  - name: [").unwrap();
    let sentence = refused(&format!("ls --demo --world {}", path.display()), 2);
    assert!(sentence.contains("broken.yaml"), "{sentence}");
}

#[test]
fn the_doctor_tells_what_it_can_without_an_engine() {
    let ended = run("doctor --host unix:///nonexistent/docker.sock");
    assert_eq!((ended.code, ended.err.as_str()), (3, ""));
    for word in ["ok    endpoint", "fail  engine", "fail  socket", "ok    locale", "ok    stacktop"] {
        assert!(ended.out.contains(word), "{word}: {}", ended.out);
    }
    let report = json("doctor --json --host unix:///nonexistent/docker.sock", 3);
    assert_eq!(report["level"], "fail");
}

#[test]
fn the_doctor_explains_an_address_that_makes_no_sense() {
    let report = json("doctor --json --host gopher://x", 2);
    let endpoint =
        report["checks"].as_array().unwrap().iter().find(|check| check["name"] == "endpoint").unwrap();
    assert_eq!(endpoint["level"], "fail");
}
