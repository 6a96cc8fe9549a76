//! Secrets never reach a screen, a log or an export.

use serde_json::Value;

/// What stands for a secret's value.
pub const MASK: &str = "••••••";

const SECRET_WORDS: [&str; 9] =
    ["PASS", "SECRET", "TOKEN", "KEY", "CREDENTIAL", "DSN", "AUTH", "PRIVATE", "COOKIE"];

/// Whether the value of an environment entry or label of this name must not be shown. A name that ends in `_FILE`
/// holds a path.
#[must_use]
pub fn is_secret(name: &str) -> bool {
    let name = name.to_ascii_uppercase();
    !name.ends_with("_FILE")
        && !name.contains("AUTHOR")
        && SECRET_WORDS.iter().any(|word| name.contains(word))
}

/// An environment entry `NAME=value` with its value masked if the name or the value looks secret: a URL's password
/// is masked on its own.
#[must_use]
pub fn mask_env(entry: &str) -> String {
    match entry.split_once('=') {
        Some((name, value)) if is_secret(name) && !value.is_empty() => format!("{name}={MASK}"),
        Some((name, value)) => format!("{name}={}", mask_text(value)),
        None => mask_text(entry),
    }
}

/// `value` without passwords in URLs (`scheme://user:password@host`) and without tokens or keys in PEM or JWT form.
fn mask_text(value: &str) -> String {
    if value.contains("-----BEGIN") || value.starts_with("eyJ") {
        return MASK.to_owned();
    }
    let Some((scheme, rest)) = value.split_once("://") else { return value.to_owned() };
    let end = rest.find(['/', '?', '#', ' ']).unwrap_or(rest.len());
    let (authority, tail) = rest.split_at(end);
    match authority.rsplit_once('@').and_then(|(login, host)| Some((login.split_once(':')?, host))) {
        Some(((user, _), host)) => format!("{scheme}://{user}:{MASK}@{host}{tail}"),
        None => value.to_owned(),
    }
}

/// Masks, in an object as the engine tells it, every environment list, every value under a secret-looking name
/// and every password in a URL.
pub fn mask_json(value: &mut Value) {
    match value {
        Value::Object(members) => {
            for (name, member) in members.iter_mut() {
                match member {
                    Value::String(text) if is_secret(name) && !text.is_empty() => MASK.clone_into(text),
                    other => mask_json(other),
                }
            }
        }
        Value::Array(items) => items.iter_mut().for_each(mask_json),
        Value::String(text) => *text = mask_env(text),
        Value::Null | Value::Bool(_) | Value::Number(_) => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_password_is_masked_and_its_name_stays() {
        assert_eq!(mask_env("POSTGRES_PASSWORD=hunter2"), format!("POSTGRES_PASSWORD={MASK}"));
    }

    #[test]
    fn a_path_to_a_secret_is_no_secret() {
        assert_eq!(mask_env("DB_PASSWORD_FILE=/run/secrets/db"), "DB_PASSWORD_FILE=/run/secrets/db");
    }

    #[test]
    fn only_the_password_of_a_url_is_masked() {
        assert_eq!(
            mask_env("DATABASE_URL=postgresql://app:s3cret@db:5432/app?x=1"),
            format!("DATABASE_URL=postgresql://app:{MASK}@db:5432/app?x=1")
        );
        assert_eq!(
            mask_env("REDIS_URL=redis://:pw@redis:6379"),
            format!("REDIS_URL=redis://:{MASK}@redis:6379")
        );
    }

    #[test]
    fn an_inspected_object_hides_secrets_at_any_depth() {
        let mut value = serde_json::json!({"Config": {"Env": ["API_KEY=abc", "MODE=prod"]},
            "Labels": {"auth.token": "abc", "role": "web"}, "Cmd": ["run", "--db=mysql://u:pw@h/d"]});
        mask_json(&mut value);
        let text = value.to_string();
        assert!(!text.contains("abc") && !text.contains("pw"), "{text}");
        assert!(text.contains("MODE=prod") && text.contains("web"), "{text}");
    }
}
