//! What a person can do, and the keys that do it.
//!
//! [`actions!`](self) is the one table of actions: identifier, title, help text, where it applies, whether it
//! changes anything on the engine. The help overlay, the hints line and `assets/keys.md` are made from it, and the
//! keymap (`assets/keymap.yaml`) can only name what it has.

mod document;
mod input;
mod key;
mod keymap;
mod table;

pub use document::{actions_markdown, keys_markdown};
pub use input::Input;
pub use key::{Code, Key, KeyError};
pub use keymap::{Binding, Keymap, KeymapError, Resolved, Sections};
pub use table::{Action, Context, Touch};
