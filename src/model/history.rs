//! Measurements of the last 15 minutes, for the charts.
//!
//! A point is kept every four seconds, to 11 significant bits of each value: as fine as a chart of 200 columns can show, and
//! finer than one of 14 rows can. So a container takes 3 KB, and thousands of them are kept.

use std::{
    collections::{HashMap, VecDeque},
    time::Duration,
};

use crate::domain::{ContainerId, Usage};

/// How far back the charts go.
pub const SPAN: Duration = Duration::from_secs(15 * 60);

/// The moments of a [`Course`]: about as many as a wide chart has columns of dots, and two for a first column that begins
/// before the span.
const STEP: Duration = Duration::from_secs(4);
const MOMENTS: usize = (SPAN.as_millis() / STEP.as_millis()) as usize + 2;

/// Closer points are not kept: a moment takes one of them. A little less than a step, so that of samples of each second
/// every fourth is kept, come they now earlier, now later.
const SPACING: Duration = Duration::from_millis(3_500);

/// Older points are forgotten.
const KEPT: Duration = SPAN.saturating_add(Duration::from_secs(4 * STEP.as_secs()));

/// How long a course is drawn before it is added up anew.
const FRESH: Duration = Duration::from_secs(2);

/// A point that is older than this when the next comes leaves a gap between them.
const GAP: Duration = Duration::from_secs(30);

/// A measurement that is charted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Metric {
    /// CPU, in percent of one core.
    Cpu,
    /// Memory, in bytes.
    Memory,
    /// Network, received, in bytes per second.
    Received,
    /// Network, sent, in bytes per second.
    Sent,
}

/// Points by container, oldest first, by the time since the program's start.
#[derive(Debug, Default)]
pub struct History {
    points: HashMap<ContainerId, VecDeque<Point>>,
}

/// The values of all metrics at one moment; none of them where a gap begins.
#[derive(Clone, Copy, Debug)]
struct Point {
    /// Milliseconds since the program's start: enough for seven weeks, after which the charts begin anew.
    at: u32,
    values: [Short; 4],
}

/// A number that is not below zero, or none, in 16 bits: those of an `f32` between 2⁻¹⁵ and 2⁴⁸, rounded to ten
/// bits behind the point.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Short(u16);

impl Short {
    const NONE: Self = Self(u16::MAX);
    /// Bits of an `f32` that are left out, and what all kept exponents have in common.
    const DROPPED: u32 = 13;
    const BASE: u32 = 112 << 10;

    fn of(value: Option<f64>) -> Self {
        let Some(value) = value.filter(|value| value.is_finite()) else { return Self::NONE };
        let bits = (value.max(0.0) as f32).to_bits();
        let rounded = (bits + (1 << (Self::DROPPED - 1))) >> Self::DROPPED;
        Self(
            u16::try_from(rounded.saturating_sub(Self::BASE))
                .map_or(u16::MAX - 1, |code| code.min(u16::MAX - 1)),
        )
    }

    fn value(self) -> Option<f64> {
        match self {
            Self::NONE => None,
            Self(0) => Some(0.0),
            Self(code) => Some(f64::from(f32::from_bits((u32::from(code) + Self::BASE) << Self::DROPPED))),
        }
    }
}

impl History {
    /// Adds a point.
    pub fn push(&mut self, id: &ContainerId, at: Duration, usage: &Usage) {
        let point = Point { at: millis(at), values: values(usage) };
        let Some(points) = self.points.get_mut(id) else {
            self.points.insert(id.clone(), VecDeque::from([point]));
            return;
        };
        let is_fresh =
            |newest: &Point| !newest.is_gap() && point.at.wrapping_sub(newest.at) < millis(SPACING);
        if !points.back().is_some_and(is_fresh) {
            append(points, point);
        }
    }

    /// Marks a gap in every series: nothing was heard from here on.
    pub fn gap(&mut self, at: Duration) {
        for points in self.points.values_mut() {
            append(points, Point { at: millis(at), values: [Short::NONE; 4] });
        }
    }

    /// Forgets the containers that `keep` does not want.
    pub fn retain(&mut self, keep: impl Fn(&ContainerId) -> bool) {
        self.points.retain(|id, _| keep(id));
    }

    /// The sums over `containers` in the last [`SPAN`] before `now`. A moment at which nothing was measured takes the
    /// values before it, unless a gap lies between.
    #[must_use]
    pub fn course<'a>(&self, containers: impl IntoIterator<Item = &'a ContainerId>, now: Duration) -> Course {
        let mut course = Course { at: now, moments: Vec::new() };
        for points in containers.into_iter().filter_map(|id| self.points.get(id)) {
            course.add(points);
        }
        course
    }
}

/// What several containers used together in the last [`SPAN`]. It takes time for each point of each of them to add
/// up, so it is kept and drawn many times.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Course {
    at: Duration,
    /// The sums of all metrics at the end of each [`STEP`] since the program's start, oldest first, the last one at the end
    /// of this.
    moments: Vec<[Option<f64>; 4]>,
}

impl Course {
    /// Whether there is nothing to chart.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.moments.iter().flatten().all(Option::is_none)
    }

    /// Whether it need not be added up anew yet.
    #[must_use]
    pub fn is_fresh(&self, now: Duration) -> bool {
        now.saturating_sub(self.at) < FRESH
    }

    /// The values at the ends of `buckets` equal parts of the span, oldest first. All but the last end where they end at any
    /// other time too: what is past looks the same whenever it is drawn.
    #[must_use]
    pub fn series(&self, metric: Metric, buckets: usize) -> Vec<Option<f64>> {
        let (span, count, last) = (SPAN.as_millis(), buckets as u128, self.last());
        let newest = (self.at.as_millis() * count).div_ceil(span);
        let value = |back: u128| {
            let end = newest.checked_sub(back)? * span / count;
            let moment = if back == 0 { last } else { end / STEP.as_millis() };
            let place = (moment + MOMENTS as u128).checked_sub(last + 1)?;
            self.moments.get(usize::try_from(place).ok()?)?[metric as usize]
        };
        (0..count).rev().map(value).collect()
    }

    /// The number of the last moment since the program's start.
    const fn last(&self) -> u128 {
        self.at.as_millis().div_ceil(STEP.as_millis())
    }

    /// Adds the points of one container.
    fn add(&mut self, points: &VecDeque<Point>) {
        self.moments.resize(MOMENTS, [None; 4]);
        let (step, last) = (millis(STEP), (self.last() * STEP.as_millis()) as u32);
        let mut moments = self.moments.iter_mut();
        // How long before the end of the course the next moment ends, and when the newest point before it was measured.
        let (mut end, mut newest) = (step * (MOMENTS as u32 - 1), None);
        for point in points {
            let age = last.wrapping_sub(point.at);
            while end > age
                && let Some(sums) = moments.next()
            {
                add(sums, newest, end);
                end -= step;
            }
            newest = Some((age, point));
        }
        for sums in moments {
            add(sums, newest, end);
            end = end.saturating_sub(step);
        }
    }
}

/// Adds the values of the newest point before the end of a moment, unless a gap lies between.
fn add(sums: &mut [Option<f64>; 4], newest: Option<(u32, &Point)>, end: u32) {
    let Some((_, point)) = newest.filter(|(age, _)| age - end <= millis(GAP)) else { return };
    for (sum, short) in sums.iter_mut().zip(&point.values) {
        if let Some(value) = short.value() {
            *sum = Some(sum.unwrap_or_default() + value);
        }
    }
}

impl Point {
    fn is_gap(&self) -> bool {
        self.values == [Short::NONE; 4]
    }
}

fn values(usage: &Usage) -> [Short; 4] {
    let (received, sent) = usage.network_rate.unzip();
    [usage.cpu_percent, Some(usage.memory.used as f64), received, sent].map(Short::of)
}

fn millis(span: Duration) -> u32 {
    // What is more than seven weeks begins anew; differences stay right.
    span.as_millis() as u32
}

/// Adds a point and forgets those that are older than the charts. What fits into them is made room for once: a buffer
/// that doubles would end a quarter too large.
fn append(points: &mut VecDeque<Point>, point: Point) {
    const MOST: usize = (KEPT.as_millis() / SPACING.as_millis()) as usize + 4;
    while points.front().is_some_and(|oldest| point.at.wrapping_sub(oldest.at) > millis(KEPT)) {
        points.pop_front();
    }
    if points.len() == points.capacity() && points.len() > MOST / 4 {
        points.reserve_exact(MOST.saturating_sub(points.len()));
    }
    points.push_back(point);
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::Memory;

    fn usage(cpu: f64) -> Usage {
        Usage { cpu_percent: Some(cpu), memory: Memory { used: 7, limit: 9 }, ..Usage::default() }
    }

    fn at(second: u64) -> Duration {
        Duration::from_secs(second)
    }

    #[test]
    fn replicas_add_up() {
        let mut history = History::default();
        let (a, b) = (ContainerId::new("a"), ContainerId::new("b"));
        history.push(&a, at(895), &usage(10.0));
        history.push(&b, at(899), &usage(5.0));
        let course = history.course([&a, &b], at(900));
        assert_eq!(course.series(Metric::Cpu, 90).last(), Some(&Some(15.0)));
    }

    #[test]
    fn an_outage_is_a_gap_in_the_chart() {
        let mut history = History::default();
        let id = ContainerId::new("a");
        history.push(&id, at(100), &usage(10.0));
        history.gap(at(105));
        history.push(&id, at(200), &usage(20.0));
        let series = history.course([&id], at(900)).series(Metric::Cpu, 225);
        let of = |second: usize| series[second / 4 - 1];
        assert_eq!((of(100), of(108), of(196), of(200)), (Some(10.0), None, None, Some(20.0)));
    }

    #[test]
    fn a_chart_may_be_wider_than_there_are_moments() {
        let mut history = History::default();
        let id = ContainerId::new("a");
        for second in 0..1000 {
            history.push(&id, at(second), &usage(10.0));
        }
        let series = history.course([&id], at(1000)).series(Metric::Cpu, 1000);
        assert_eq!(series, vec![Some(10.0); 1000]);
    }

    #[test]
    fn what_ended_before_the_chart_begins_is_not_in_it() {
        let mut history = History::default();
        let id = ContainerId::new("a");
        history.push(&id, at(100), &usage(10.0));
        assert!(!history.course([&id], at(1000)).is_empty());
        assert!(history.course([&id], at(1100)).is_empty());
    }

    #[test]
    fn the_past_looks_the_same_while_time_goes_on() {
        let mut history = History::default();
        let id = ContainerId::new("a");
        for width in [40, 82, 184, 220] {
            let mut before = vec![None; width];
            for second in 0..2000 {
                history.push(&id, at(second), &usage(second as f64));
                let series = history.course([&id], at(second)).series(Metric::Cpu, width);
                let all = width - 1;
                let is_same = series[..all] == before[..all] || series[..all - 1] == before[1..all];
                assert!(is_same, "{width} columns, at {second}: {series:?}, before {before:?}");
                before = series;
            }
            history = History::default();
        }
    }

    #[test]
    fn what_is_older_than_the_chart_is_forgotten() {
        let mut history = History::default();
        let id = ContainerId::new("a");
        for second in (0..3600).step_by(2) {
            history.push(&id, at(second), &usage(1.0));
        }
        assert!(history.points[&id].len() <= 232, "{}", history.points[&id].len());
    }
}
