//! Measurements of the last 15 minutes, for the charts.

use std::{
    collections::{HashMap, VecDeque},
    time::Duration,
};

use crate::domain::{ContainerId, Usage};

/// How far back the charts go.
pub const SPAN: Duration = Duration::from_secs(15 * 60);

/// Closer points would not be told apart on a screen of 200 columns.
const SPACING: Duration = Duration::from_secs(2);

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

#[derive(Clone, Debug)]
struct Point {
    at: Duration,
    values: Option<[Option<f32>; 4]>,
}

impl History {
    /// Adds a point.
    pub fn push(&mut self, id: &ContainerId, at: Duration, usage: &Usage) {
        let points = self.points.entry(id.clone()).or_default();
        let fresh = |point: &Point| point.values.is_some() && at.saturating_sub(point.at) < SPACING;
        if points.back().is_some_and(fresh) {
            return;
        }
        points.push_back(Point { at, values: Some(values(usage)) });
        forget(points, at);
    }

    /// Marks a gap in every series: nothing was heard from here on.
    pub fn gap(&mut self, at: Duration) {
        for points in self.points.values_mut() {
            points.push_back(Point { at, values: None });
            forget(points, at);
        }
    }

    /// Forgets the containers that `keep` does not want.
    pub fn retain(&mut self, keep: impl Fn(&ContainerId) -> bool) {
        self.points.retain(|id, _| keep(id));
    }

    /// The sum over `containers` in `buckets` equal parts of the last [`SPAN`] before `now`, oldest first. A bucket
    /// in which nothing was measured takes the value before it, unless a gap lies between.
    #[must_use]
    pub fn series<'a>(
        &self,
        containers: impl IntoIterator<Item = &'a ContainerId>,
        metric: Metric,
        now: Duration,
        buckets: usize,
    ) -> Vec<Option<f64>> {
        let mut sums = vec![None; buckets];
        for points in containers.into_iter().filter_map(|id| self.points.get(id)) {
            for (sum, value) in sums.iter_mut().zip(resample(points, metric, now, buckets)) {
                *sum = match (*sum, value) {
                    (Some(sum), Some(value)) => Some(sum + value),
                    (sum, value) => sum.or(value),
                };
            }
        }
        sums
    }
}

fn values(usage: &Usage) -> [Option<f32>; 4] {
    let (received, sent) = usage.network_rate.unzip();
    [usage.cpu_percent, Some(usage.memory.used as f64), received, sent].map(|v| v.map(|v| v as f32))
}

fn forget(points: &mut VecDeque<Point>, now: Duration) {
    while points.front().is_some_and(|point| now.saturating_sub(point.at) > SPAN) {
        points.pop_front();
    }
}

fn resample(points: &VecDeque<Point>, metric: Metric, now: Duration, buckets: usize) -> Vec<Option<f64>> {
    let step = SPAN.as_secs_f64() / buckets.max(1) as f64;
    let start = now.as_secs_f64() - SPAN.as_secs_f64();
    let mut series = Vec::with_capacity(buckets);
    let mut points = points.iter().peekable();
    let mut last: Option<(f64, f64)> = None;
    for bucket in 0..buckets {
        let end = start + step * (bucket + 1) as f64;
        while let Some(point) = points.next_if(|point| point.at.as_secs_f64() <= end) {
            let value = point.values.and_then(|values| values[metric as usize]);
            last = value.map(|value| (point.at.as_secs_f64(), f64::from(value)));
        }
        let recent = last.filter(|(at, _)| end - at <= GAP.as_secs_f64().max(step));
        series.push(recent.map(|(_, value)| value));
    }
    series
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
        assert_eq!(history.series([&a, &b], Metric::Cpu, at(900), 90).last(), Some(&Some(15.0)));
    }

    #[test]
    fn an_outage_is_a_gap_in_the_chart() {
        let mut history = History::default();
        let id = ContainerId::new("a");
        history.push(&id, at(100), &usage(10.0));
        history.gap(at(105));
        history.push(&id, at(200), &usage(20.0));
        let series = history.series([&id], Metric::Cpu, at(900), 900);
        let of = |second: usize| series[second - 1];
        assert_eq!((of(100), of(106), of(199), of(200)), (Some(10.0), None, None, Some(20.0)));
    }

    #[test]
    fn what_is_older_than_the_chart_is_forgotten() {
        let mut history = History::default();
        let id = ContainerId::new("a");
        for second in (0..3600).step_by(2) {
            history.push(&id, at(second), &usage(1.0));
        }
        assert!(history.points[&id].len() <= 452, "{}", history.points[&id].len());
    }
}
