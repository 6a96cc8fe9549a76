//! What containers are called while they are exchanged.
//!
//! A name belongs to one container at a time, so the new one is made under a temporary name, the old one is put aside
//! under another, and the new one gets the final name at the end. The temporary name is the one Compose itself uses.

use serde_json::Value;

use super::Original;
use super::json::label;
use crate::domain::exchanged;

/// The name of the new container until it takes over.
#[must_use]
pub fn temporary(old_id: &str, name: &str) -> String {
    format!("{}_{name}", old_id.get(..12).unwrap_or(old_id))
}

/// The name of the old container while it is kept for a way back.
#[must_use]
pub fn retired(name: &str, op: &str) -> String {
    format!("{name}.old-{op}")
}

/// The name of a new container that failed and is kept for its logs.
#[must_use]
pub fn failed(name: &str, op: &str) -> String {
    format!("{name}.failed-{op}")
}

/// The name Compose gives a replica; v2 separates by `-`, v1 by `_`.
#[must_use]
pub fn replica(project: &str, service: &str, number: u64, separator: char) -> String {
    format!("{project}{separator}{service}{separator}{number}")
}

/// The name without what an exchange that never ended has put before or behind it.
#[must_use]
pub fn lasting(name: &str) -> &str {
    exchanged(name).0
}

/// The separator in the names of a project's replicas, from the first name that has one.
#[must_use]
pub fn separator(replicas: &[Original]) -> char {
    let seen = replicas.iter().find_map(|one| {
        let (project, service, number) = (one.project(), one.service(), one.number()?);
        ['-', '_'].into_iter().find(|mark| lasting(one.name()) == replica(project, &service, number, *mark))
    });
    seen.unwrap_or('-')
}

/// Compose's number of a container.
#[must_use]
pub fn number(container: &Value) -> Option<u64> {
    label(container, "com.docker.compose.container-number").parse().ok()
}

/// The number of the next replica. Like Compose's, numbers only grow: a hole is not filled again.
#[must_use]
pub fn next_number(taken: impl IntoIterator<Item = u64>) -> u64 {
    taken.into_iter().max().unwrap_or(0).saturating_add(1)
}

/// Whether a name is one that Compose would give some replica of the original's service.
pub(crate) fn is_replica(original: &Original, name: &str) -> bool {
    let of_service = |separator: char| {
        let (project, service) = (original.project(), original.service());
        let rest = name.strip_prefix(&format!("{project}{separator}{service}{separator}"));
        rest.is_some_and(|number| number.parse::<u64>().is_ok())
    };
    original.is_compose() && ['-', '_'].into_iter().any(of_service)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::command::clone::recorded;

    #[test]
    fn a_container_changes_its_name_on_the_way() {
        let web = recorded::web();
        assert_eq!(temporary(web.id(), "shop-web-1"), "a29e48fb50ab_shop-web-1");
        assert_eq!(temporary("short", "web"), "short_web");
        assert_eq!(retired("shop-web-1", "01J"), "shop-web-1.old-01J");
        assert_eq!(failed("shop-web-1", "01J"), "shop-web-1.failed-01J");
        assert_eq!(replica("shop", "web", 3, '_'), "shop_web_3");
    }

    #[test]
    fn the_lasting_name_is_found_under_what_an_exchange_left() {
        for (name, expected) in [
            ("a29e48fb50ab_shop-web-1", "shop-web-1"),
            ("shop-web-1.old-01J", "shop-web-1"),
            ("shop-web-1.failed-01J", "shop-web-1"),
            ("shop-web-1", "shop-web-1"),
            ("shop_web_1", "shop_web_1"),
            ("long-project_web_1", "long-project_web_1"),
        ] {
            assert_eq!(lasting(name), expected);
        }
    }

    #[test]
    fn the_separator_is_the_one_seen_and_that_of_compose_v2_where_none_is_seen() {
        let named = |name: &str| {
            let mut web = recorded::web();
            web.container["Name"] = json!(name);
            web
        };
        assert_eq!(separator(&[named("/shop_web_1")]), '_');
        assert_eq!(separator(&[named("/front"), named("/a29e48fb50ab_shop_web_1")]), '_');
        assert_eq!(separator(&[named("/shop-web-1")]), '-');
        assert_eq!(separator(&[named("/front")]), '-');
        assert_eq!(separator(&[]), '-');
    }

    #[test]
    fn numbers_only_grow() {
        assert_eq!(next_number([1, 3, 4]), 5);
        assert_eq!(next_number([]), 1);
        assert_eq!(number(&recorded::web().container), Some(1));
        assert_eq!(number(&recorded::plain().container), None);
    }
}
