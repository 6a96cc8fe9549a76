//! A plan on paper: what a person decides by.

use std::time::Duration;

use crate::{
    command::{Plan, Step},
    text,
};

/// The plan in lines: facts first, then an empty line, then the steps in their order.
#[must_use]
pub fn paper(plan: &Plan) -> Vec<String> {
    let mut lines = vec![plan.title.clone()];
    lines.extend(facts(plan).iter().map(|(name, fact)| format!("  {name:<10}  {fact}")));
    lines.push(String::new());
    lines.extend(steps(plan));
    lines.push(String::new());
    lines.iter().map(|line| text::sanitize(line)).collect()
}

fn facts(plan: &Plan) -> Vec<(&str, String)> {
    let mut facts: Vec<_> = plan.facts.iter().map(|(name, fact)| (name.as_str(), fact.clone())).collect();
    facts.push(("undo", plan.undo.clone()));
    facts.push(("takes", format!("about {}", seconds(plan.takes))));
    facts.push(("down for", plan.down_for.words()));
    facts.extend(plan.notes.iter().map(|note| ("note", note.clone())));
    facts
}

fn steps(plan: &Plan) -> Vec<String> {
    if plan.is_empty() {
        return vec!["  nothing is to be done".to_owned()];
    }
    let width = plan.steps().map(|step| text::width(&step.act.describe())).max().unwrap_or_default();
    let mut lines = Vec::new();
    let mut number = 0;
    for phase in &plan.phases {
        lines.push(format!("  {}", phase.title));
        for step in phase.lanes.iter().flatten() {
            number += 1;
            lines.push(line(number, step, width));
        }
    }
    lines
}

fn line(number: usize, step: &Step, width: usize) -> String {
    let act = step.act.describe();
    let gap = " ".repeat(width.saturating_sub(text::width(&act)));
    format!("  {number:>4}  {act}{gap}  {}", step.cause).trim_end().to_owned()
}

/// A span in a person's words: `0.8 s`, `75 s`.
pub(super) fn seconds(span: Duration) -> String {
    if span < Duration::from_secs(10) && span.subsec_millis() != 0 {
        format!("{:.1} s", span.as_secs_f64())
    } else {
        format!("{:.0} s", span.as_secs_f64())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::command::simple::{Verb, plan};

    #[test]
    fn a_plan_names_its_facts_and_then_every_step_with_its_cause() {
        let names = ["shop-web-1".to_owned(), "shop-web-2".to_owned()];
        let lines = paper(&plan(&Verb::Restart(None), "shop/web", &names, Duration::from_secs(60)));
        assert_eq!(lines[0], "restart 2 containers of shop/web");
        assert!(lines.iter().any(|line| line.starts_with("  undo        ")), "{lines:?}");
        assert!(
            lines.iter().any(|line| line.starts_with("     4  shop-web-2 is ready, within 60 s")),
            "{lines:?}"
        );
    }

    #[test]
    fn spans_are_short() {
        let spans = [800, 9_000, 75_300].map(|ms| seconds(Duration::from_millis(ms)));
        assert_eq!(spans, ["0.8 s", "9 s", "75 s"]);
    }
}
