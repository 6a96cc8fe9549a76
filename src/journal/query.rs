//! Looking for operations.

use jiff::Timestamp;

use super::{Entry, Outcome, Stage};

/// What operations are looked for; what is `None` does not matter.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Query {
    /// The target: a stack's operations include those of its services, `shop` those of `shop/web`.
    pub target: Option<String>,
    /// Not before.
    pub since: Option<Timestamp>,
    /// Before.
    pub until: Option<Timestamp>,
    /// Who began it, or went on with it.
    pub user: Option<String>,
    /// What was done: `rollout`, `restart`.
    pub verb: Option<String>,
    /// How it ended.
    pub outcome: Option<Outcome>,
}

impl Query {
    /// Whether an operation is one of those.
    #[must_use]
    pub fn matches(&self, entry: &Entry) -> bool {
        self.matches_target(entry)
            && self.matches_time(entry)
            && self.user.as_ref().is_none_or(|user| entry.holders().any(|holder| holder.user == *user))
            && self.verb.as_ref().is_none_or(|verb| entry.verb() == Some(verb))
            && self.matches_outcome(entry)
    }

    fn matches_target(&self, entry: &Entry) -> bool {
        let Some(wanted) = &self.target else { return true };
        let Some(header) = entry.header() else { return false };
        let rest = header.target.strip_prefix(wanted.as_str());
        rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
    }

    fn matches_time(&self, entry: &Entry) -> bool {
        let Some(began) = entry.began() else { return self.since.is_none() && self.until.is_none() };
        self.since.is_none_or(|since| began >= since) && self.until.is_none_or(|until| began < until)
    }

    fn matches_outcome(&self, entry: &Entry) -> bool {
        self.outcome.as_ref().is_none_or(|wanted| entry.stage() == Stage::Ended(wanted.clone()))
    }
}
