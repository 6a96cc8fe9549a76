//! What a replica ran before an update: a label keeps it, so that the update can be put back after it was finished.

use serde::{Deserialize, Serialize};

use crate::command::observed::Member;

/// The label of a container that keeps what its replica ran before: the reference and the id, with a blank between.
pub const PREVIOUS: &str = "stacktop.previous-image";

/// The label that keeps the reference that a container stands for, also where it was made from an id.
pub const REFERENCE: &str = "stacktop.reference";

/// An image as a container ran it: what it was called, and what that meant at the time.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Ran {
    /// The reference: `shop/web:1`.
    pub reference: String,
    /// The image's id.
    pub id: String,
}

impl Ran {
    /// What a container runs now.
    #[must_use]
    pub fn by(member: &Member) -> Self {
        Self { reference: member.reference().to_owned(), id: member.image_id().to_owned() }
    }

    /// What a container's replica ran before, if that was noted.
    #[must_use]
    pub fn before(member: &Member) -> Option<Self> {
        let (reference, id) = member.label(PREVIOUS)?.rsplit_once(' ')?;
        let is_whole = !reference.is_empty() && !id.is_empty();
        is_whole.then(|| Self { reference: reference.to_owned(), id: id.to_owned() })
    }

    /// The label's value for a container that replaces `old` and runs this. One that runs the same as `old` keeps what
    /// was before that.
    #[must_use]
    pub fn note(&self, old: &Member) -> Option<String> {
        let now = Self::by(old);
        let before = if now == *self { Self::before(old) } else { Some(now) };
        before.map(|ran| format!("{} {}", ran.reference, ran.id))
    }
}
