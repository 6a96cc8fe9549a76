//! The references of actions and keys, made from the table and the keymap.

use super::{Action, Context, Key, Keymap, Touch};

/// The reference in Markdown: a table for each part of the screen.
#[must_use]
pub fn keys_markdown(keymap: &Keymap) -> String {
    let mut text = String::from(
        "# Keys\n\nMade from the table of actions and `assets/keymap.yaml`. The innermost part of the screen that knows a \
         key wins.\n",
    );
    for context in Context::ALL {
        text.push_str(&format!(
            "\n## {}\n\n| key | action | does |\n|---|---|---|\n",
            capitalised(context.title())
        ));
        for action in Action::ALL {
            let keys: Vec<String> = keymap.keys(context, *action).map(written).collect();
            if !keys.is_empty() {
                text.push_str(&format!("| {} | `{}` | {} |\n", keys.join(" "), action.id(), action.doc()));
            }
        }
    }
    text
}

/// The table of actions in Markdown, for who writes a keymap.
#[must_use]
pub fn actions_markdown() -> String {
    let mut text = String::from(
        "# Actions\n\nMade from the table of actions. The identifier is what a keymap binds a key to; with `--read-only`, \
         actions that change something have no key.\n\n| action | changes something | does |\n|---|---|---|\n",
    );
    for action in Action::ALL {
        let changes = match action.touch() {
            Touch::Reads => "",
            Touch::Changes => "yes",
        };
        text.push_str(&format!("| `{}` | {changes} | {} |\n", action.id(), action.doc()));
    }
    text
}

/// A bar would end the cell.
fn written(key: Key) -> String {
    format!("<kbd>{}</kbd>", key.to_string().replace('|', "\\|").replace('<', "&lt;"))
}

fn capitalised(word: &str) -> String {
    let mut chars = word.chars();
    chars.next().map(|first| first.to_uppercase().chain(chars).collect()).unwrap_or_default()
}
