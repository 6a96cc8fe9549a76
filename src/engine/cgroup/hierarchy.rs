//! Where control groups are mounted: `/proc/self/mountinfo`.

use std::path::PathBuf;

use super::membership::Membership;

/// The mounted hierarchies: one for each controller (version 1), one for all (version 2), or both, where a host is
/// half-way between them.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Hierarchies {
    by_controller: Vec<(String, Mount)>,
    unified: Option<Mount>,
}

/// A mount: the folder `root` of a hierarchy is seen at `point`.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Mount {
    root: String,
    point: PathBuf,
}

impl Hierarchies {
    /// Reads mounts; `None` if no control groups are among them.
    pub(super) fn of_mounts(mountinfo: &str) -> Option<Self> {
        let mut found = Self::default();
        for line in mountinfo.lines() {
            let Some((ahead, behind)) = line.split_once(" - ") else { continue };
            let mut fields = ahead.split(' ').skip(3);
            let (Some(root), Some(point)) = (fields.next(), fields.next()) else { continue };
            let mount = Mount { root: unescaped(root), point: unescaped(point).into() };
            let mut behind = behind.split(' ');
            match behind.next() {
                Some("cgroup2") => {
                    found.unified.get_or_insert(mount);
                }
                Some("cgroup") => {
                    let options = behind.nth(1).unwrap_or_default().split(',');
                    found.by_controller.extend(options.map(|option| (option.to_owned(), mount.clone())));
                }
                _ => {}
            }
        }
        (found != Self::default()).then_some(found)
    }

    /// The folder in which a controller of version 1 counts for a member.
    pub(super) fn of_controller(&self, controller: &str, member: &Membership<'_>) -> Option<PathBuf> {
        let (_, mount) = self.by_controller.iter().find(|(name, _)| name == controller)?;
        mount.folder(member.of_controller(controller)?)
    }

    /// The folder in which version 2 counts for a member.
    pub(super) fn unified(&self, member: &Membership<'_>) -> Option<PathBuf> {
        self.unified.as_ref()?.folder(member.unified()?)
    }
}

impl Mount {
    /// A path of the hierarchy as it is seen from here; `None` if it is outside of what is mounted.
    fn folder(&self, path: &str) -> Option<PathBuf> {
        let below = path.strip_prefix(self.root.trim_end_matches('/'))?;
        let below = below.trim_start_matches('/');
        (!below.split('/').any(|step| step == "..")).then(|| self.point.join(below))
    }
}

/// Spaces and other separators are written as three octal digits.
fn unescaped(field: &str) -> String {
    let mut parts = field.split('\\');
    let mut text = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let code = part.get(..3).and_then(|digits| u8::from_str_radix(digits, 8).ok());
        match (code, part.get(3..)) {
            (Some(code), Some(rest)) => {
                text.push(char::from(code));
                text.push_str(rest);
            }
            _ => {
                text.push('\\');
                text.push_str(part);
            }
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    const BOTH: &str = "\
31 23 0:28 / /sys/fs/cgroup rw,relatime - tmpfs tmpfs rw,mode=755
33 31 0:30 / /sys/fs/cgroup/cpu,cpuacct rw,nosuid shared:9 master:3 - cgroup cgroup rw,cpu,cpuacct
35 31 0:32 /part /mnt/my\\040memory rw,relatime - cgroup cgroup rw,memory
41 31 0:38 / /sys/fs/cgroup/unified rw,relatime - cgroup2 cgroup2 rw";

    fn member(text: &str) -> Membership<'_> {
        Membership::of(text, "abc").unwrap()
    }

    #[test]
    fn a_controller_is_found_where_it_is_mounted_with_others() {
        let mounts = Hierarchies::of_mounts(BOTH).unwrap();
        let member = member("2:cpu,cpuacct:/docker/abc\n0::/docker/abc");
        let folder = mounts.of_controller("cpuacct", &member).unwrap();
        assert_eq!(folder, PathBuf::from("/sys/fs/cgroup/cpu,cpuacct/docker/abc"));
        assert_eq!(mounts.unified(&member).unwrap(), PathBuf::from("/sys/fs/cgroup/unified/docker/abc"));
    }

    #[test]
    fn a_mount_of_a_part_shows_what_is_below_it_and_nothing_else() {
        let mounts = Hierarchies::of_mounts(BOTH).unwrap();
        let below = mounts.of_controller("memory", &member("4:memory:/part/abc"));
        assert_eq!(below, Some("/mnt/my memory/abc".into()));
        assert_eq!(mounts.of_controller("memory", &member("4:memory:/other/abc")), None);
    }

    #[test]
    fn a_path_outside_of_the_own_name_space_is_not_followed() {
        let mounts = Hierarchies::of_mounts(BOTH).unwrap();
        assert_eq!(mounts.unified(&member("0::/../docker/abc")), None);
    }

    #[test]
    fn a_host_without_control_groups_has_none() {
        assert_eq!(Hierarchies::of_mounts("22 1 0:5 / /proc rw - proc proc rw"), None);
        assert_eq!(Hierarchies::of_mounts(""), None);
    }
}
