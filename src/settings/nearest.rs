//! The word that was probably meant.

/// The known word that differs least from `word`; `None` if all differ much.
pub(super) fn nearest<'a>(word: &str, known: &[&'a str]) -> Option<&'a str> {
    let all = known.iter().map(|candidate| (distance(word, candidate), *candidate));
    let (least, candidate) = all.min_by_key(|(distance, _)| *distance)?;
    (least <= word.chars().count().max(2) / 2).then_some(candidate)
}

/// How many letters have to be put in, taken out or changed.
fn distance(from: &str, to: &str) -> usize {
    let to: Vec<char> = to.chars().collect();
    let mut above: Vec<usize> = (0..=to.len()).collect();
    for (row, letter) in from.chars().enumerate() {
        let mut this = vec![row + 1];
        for (wanted, pair) in to.iter().zip(above.windows(2)) {
            let [slanted, over] = pair else { continue };
            let before = this.last().copied().unwrap_or_default();
            let changed = slanted + usize::from(*wanted != letter);
            this.push(changed.min(over + 1).min(before + 1));
        }
        above = this;
    }
    above.last().copied().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_slip_of_the_finger_is_recognised_and_another_word_is_not() {
        let known = ["theme", "ascii", "endpoints", "keys"];
        assert_eq!(nearest("them", &known), Some("theme"));
        assert_eq!(nearest("endpoint", &known), Some("endpoints"));
        assert_eq!(nearest("retention", &known), None);
        assert_eq!(nearest("x", &[]), None);
    }
}
