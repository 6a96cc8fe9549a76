//! What the charts show.

use super::*;
use crate::model::Metric;

/// Memory that the charts show as of now, in bytes.
fn charted(desk: &Desk) -> Option<f64> {
    let charted = desk.model.detail.charted.as_ref()?;
    *charted.course.series(Metric::Memory, 90).last()?
}

fn measured(desk: &mut Desk, containers: &[Container], second: i64) {
    let samples = containers.iter().map(|container| sample(&container.id, second, 0)).collect();
    desk.tell(Msg::Engine(Observation::Samples(samples)));
}

#[test]
fn the_charts_are_of_the_selection() {
    let mut desk = Desk::showing(shop());
    measured(&mut desk, &shop(), 1);
    assert_eq!(charted(&desk), Some(3.0));
    desk.keys("j");
    assert_eq!((desk.selected().as_str(), charted(&desk)), ("db", Some(1.0)));
}

#[test]
fn the_charts_show_what_was_measured_since() {
    let mut desk = Desk::showing(shop());
    measured(&mut desk, &shop()[..1], 1);
    desk.tell(Msg::Tick);
    assert_eq!(charted(&desk), Some(1.0));
    measured(&mut desk, &shop(), 4);
    desk.tell(Msg::Tick);
    assert_eq!(charted(&desk), Some(3.0));
}
