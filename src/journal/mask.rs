//! Nothing secret is written down.

use serde_json::Value;

use crate::domain::{MASK, is_secret, mask_json};

/// Masks what looks secret in a record: environment entries, passwords in URLs, members with telling names, and the
/// word behind an option with such a name (`--password hunter2`).
pub(super) fn masked(value: &mut Value) {
    mask_json(value);
    mask_options(value);
}

fn mask_options(value: &mut Value) {
    match value {
        Value::Object(members) => members.values_mut().for_each(mask_options),
        Value::Array(items) => {
            let mut behind_secret = false;
            for item in items {
                match item {
                    Value::String(word) => {
                        if behind_secret && !word.starts_with('-') {
                            MASK.clone_into(word);
                        }
                        behind_secret = word.starts_with("--") && !word.contains('=') && is_secret(word);
                    }
                    other => {
                        behind_secret = false;
                        mask_options(other);
                    }
                }
            }
        }
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn environments_urls_and_options_lose_their_secrets() {
        let mut value = json!({
            "details": { "Config": { "Env": ["POSTGRES_PASSWORD=hunter2", "MODE=prod"] } },
            "command": ["exec", "db", "--password", "hunter2", "--token=hunter2", "postgres://u:hunter2@db/app"],
        });
        masked(&mut value);
        let text = value.to_string();
        assert!(!text.contains("hunter2"), "{text}");
        assert!(text.contains("MODE=prod") && text.contains("postgres://u:"), "{text}");
    }

    #[test]
    fn ordinary_words_stay() {
        let mut value = json!(["rollout", "shop/web", "--image", "app:2", "--timeout", "60"]);
        let before = value.clone();
        masked(&mut value);
        assert_eq!(value, before);
    }
}
