//! Where in the hierarchies a container's process is: `/proc/<pid>/cgroup`.

/// The control groups of one container.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Membership<'a> {
    /// The controllers of a line, and the path; no controllers for version 2.
    lines: Vec<(&'a str, &'a str)>,
}

impl<'a> Membership<'a> {
    /// Reads what the kernel tells of a process; `None` unless it is in the container with this id: then it is a process
    /// of another host that happens to have its number.
    pub(super) fn of(told: &'a str, id: &str) -> Option<Self> {
        let line = |line: &'a str| {
            let (controllers, path) = line.split_once(':')?.1.split_once(':')?;
            Some((controllers, of_container(path, id)?))
        };
        let lines: Vec<_> = told.lines().filter_map(line).collect();
        (!lines.is_empty()).then_some(Self { lines })
    }

    /// The path in the hierarchy of a controller of version 1.
    pub(super) fn of_controller(&self, controller: &str) -> Option<&'a str> {
        let (_, path) = self.lines.iter().find(|(names, _)| names.split(',').any(|it| it == controller))?;
        Some(path)
    }

    /// The path in the hierarchy of version 2.
    pub(super) fn unified(&self) -> Option<&'a str> {
        let (_, path) = self.lines.iter().find(|(names, _)| names.is_empty())?;
        Some(path)
    }
}

/// The path up to the container's own group: its process may have moved on into one below it.
fn of_container<'a>(path: &'a str, id: &str) -> Option<&'a str> {
    let mut end = 0;
    for step in path.split('/') {
        end += step.len();
        if is_group_of(step, id) {
            return path.get(..end);
        }
        end += "/".len();
    }
    None
}

/// The drivers call it `<id>` (cgroupfs) and `docker-<id>.scope` (systemd).
fn is_group_of(step: &str, id: &str) -> bool {
    let of_systemd = || step.strip_suffix(".scope")?.strip_suffix(id)?.strip_suffix('-');
    step == id || of_systemd().is_some()
}

#[cfg(test)]
mod tests {
    use super::*;

    const ID: &str = "4f0c2a";

    #[test]
    fn each_driver_and_parent_is_understood() {
        for (told, path) in [
            ("0::/docker/4f0c2a", "/docker/4f0c2a"),
            ("0::/system.slice/docker-4f0c2a.scope", "/system.slice/docker-4f0c2a.scope"),
            (
                "0::/user.slice/user-1000.slice/user@1000.service/user.slice/docker-4f0c2a.scope",
                "/user.slice/user-1000.slice/user@1000.service/user.slice/docker-4f0c2a.scope",
            ),
            ("0::/team.slice/docker-4f0c2a.scope/init.scope", "/team.slice/docker-4f0c2a.scope"),
        ] {
            assert_eq!(Membership::of(told, ID).unwrap().unified(), Some(path));
        }
    }

    #[test]
    fn a_controller_is_found_among_those_mounted_with_it() {
        let told = "3:cpu,cpuacct:/docker/4f0c2a\n2:memory:/docker/4f0c2a\n1:name=systemd:/\n0::/";
        let member = Membership::of(told, ID).unwrap();
        assert_eq!(member.of_controller("cpuacct"), Some("/docker/4f0c2a"));
        assert_eq!(member.of_controller("pids"), None);
        assert_eq!(member.unified(), None, "the process is not in a group of the container there");
    }

    #[test]
    fn a_process_of_the_same_number_on_another_host_is_not_taken_for_the_container() {
        assert_eq!(Membership::of("0::/docker/77aa88", ID), None);
        assert_eq!(Membership::of("0::/docker/4f0c2abb", ID), None, "that is another id");
        assert_eq!(Membership::of("", ID), None);
        assert_eq!(Membership::of("nonsense 4f0c2a", ID), None);
    }
}
