//! When the next backup is due: at slots of the wall clock, so that a slow run does not move those behind it.

use std::{fmt, time::Duration};

use jiff::{SignedDuration, Span, Timestamp, ToSpan, Zoned, civil::Weekday, tz::TimeZone};
use serde::{Deserialize, Serialize};

/// Slots of the wall clock.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub enum Schedule {
    /// Every so many minutes, counted from midnight.
    Every(u32),
    /// Each day.
    Daily(At),
    /// Each week.
    Weekly(Day, At),
    /// Each month, on a day that every month has.
    Monthly(i8, At),
}

/// A time of day, to the minute.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct At {
    hour: i8,
    minute: i8,
}

/// A day of the week.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Day(Weekday);

const DAYS: [(&str, Weekday); 7] = [
    ("mon", Weekday::Monday),
    ("tue", Weekday::Tuesday),
    ("wed", Weekday::Wednesday),
    ("thu", Weekday::Thursday),
    ("fri", Weekday::Friday),
    ("sat", Weekday::Saturday),
    ("sun", Weekday::Sunday),
];

const MINUTES_A_DAY: u32 = 24 * 60;

impl Schedule {
    /// Reads `every 6h`, `every 30m`, `daily 03:00`, `weekly sun 03:00`, `monthly 1 03:00`.
    ///
    /// # Errors
    /// A sentence that says what is understood.
    pub fn parse(text: &str) -> Result<Self, String> {
        let words: Vec<&str> = text.split_whitespace().collect();
        let read = match words.as_slice() {
            ["every", span] => minutes(span).map(Self::Every),
            ["daily", at] => At::parse(at).map(Self::Daily),
            ["weekly", day, at] => Day::parse(day).zip(At::parse(at)).map(|(day, at)| Self::Weekly(day, at)),
            ["monthly", day, at] => {
                let day = day.parse().ok().filter(|day| (1..=28).contains(day));
                day.zip(At::parse(at)).map(|(day, at)| Self::Monthly(day, at))
            }
            _ => None,
        };
        read.ok_or_else(|| {
            format!(
                "`{text}` is no schedule; write `every 6h` (a span that divides a day), `daily 03:00`, \
                 `weekly sun 03:00` or `monthly 1 03:00` (a day up to 28)"
            )
        })
    }

    /// The newest slot that is not after `now`.
    #[must_use]
    pub fn newest_slot(&self, now: Timestamp, zone: &TimeZone) -> Timestamp {
        let now = now.to_zoned(zone.clone());
        let slot = match self {
            Self::Every(minutes) => every(&now, *minutes),
            Self::Daily(at) => latest(&now, 1.day(), |day| at.on(day)),
            Self::Weekly(day, at) => latest(&now, 1.week(), |date| at.on(&day.of_week(date)?)),
            Self::Monthly(day, at) => {
                latest(&now, 1.month(), |date| at.on(&date.with().day(*day).build().ok()?))
            }
        };
        slot.map_or(Timestamp::MIN, |slot| slot.timestamp())
    }

    /// The longest time between two slots, but for days that are longer.
    #[must_use]
    pub fn period(&self) -> Duration {
        const DAY: u64 = 86_400;
        Duration::from_secs(match self {
            Self::Every(minutes) => u64::from(*minutes) * 60,
            Self::Daily(_) => DAY,
            Self::Weekly(..) => 7 * DAY,
            Self::Monthly(..) => 31 * DAY,
        })
    }

    /// Whether a run is due: the newest slot has had none. However many slots were missed, one run makes up for them.
    #[must_use]
    pub fn is_due(&self, last_run: Option<Timestamp>, now: Timestamp, zone: &TimeZone) -> bool {
        last_run.is_none_or(|last| last < self.newest_slot(now, zone))
    }
}

/// The slot of the current period, or of the one before where that is yet to come.
fn latest(now: &Zoned, period: Span, slot: impl Fn(&Zoned) -> Option<Zoned>) -> Option<Zoned> {
    slot(now)
        .filter(|slot| slot <= now)
        .or_else(|| slot(&now.checked_sub(period).ok()?).filter(|slot| slot <= now))
}

fn every(now: &Zoned, minutes: u32) -> Option<Zoned> {
    let midnight = now.start_of_day().ok()?;
    let period = SignedDuration::from_mins(i64::from(minutes));
    let passed = now.duration_since(&midnight).as_mins() / i64::from(minutes);
    midnight.checked_add(period.checked_mul(i32::try_from(passed).ok()?)?).ok()
}

/// Minutes in `30m` or `6h`, if a day is made of such spans.
fn minutes(span: &str) -> Option<u32> {
    let (number, unit) = span.split_at_checked(span.len().checked_sub(1)?)?;
    let factor = match unit {
        "m" => 1,
        "h" => 60,
        _ => return None,
    };
    let minutes = number.parse::<u32>().ok()?.checked_mul(factor)?;
    (minutes > 0 && MINUTES_A_DAY.is_multiple_of(minutes)).then_some(minutes)
}

impl At {
    fn parse(text: &str) -> Option<Self> {
        let (hour, minute) = text.split_once(':')?;
        let (hour, minute): (i8, i8) = (hour.parse().ok()?, minute.parse().ok()?);
        ((0..24).contains(&hour) && (0..60).contains(&minute)).then_some(Self { hour, minute })
    }

    /// That time on a day; where the clock is put forward over it, the first moment after.
    fn on(self, day: &Zoned) -> Option<Zoned> {
        let at = day.date().at(self.hour, self.minute, 0, 0);
        at.to_zoned(day.time_zone().clone()).ok()
    }
}

impl Day {
    fn parse(text: &str) -> Option<Self> {
        DAYS.iter().find(|(name, _)| *name == text).map(|(_, day)| Self(*day))
    }

    /// That day of the week, which begins on Monday, in which `date` is.
    fn of_week(self, date: &Zoned) -> Option<Zoned> {
        let back = date.weekday().to_monday_zero_offset() - self.0.to_monday_zero_offset();
        date.checked_sub(i64::from(back).days()).ok()
    }
}

impl fmt::Display for At {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:02}:{:02}", self.hour, self.minute)
    }
}

impl fmt::Display for Schedule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Every(minutes) if minutes.is_multiple_of(60) => write!(f, "every {}h", minutes / 60),
            Self::Every(minutes) => write!(f, "every {minutes}m"),
            Self::Daily(at) => write!(f, "daily {at}"),
            Self::Weekly(day, at) => {
                let name = DAYS.iter().find(|(_, weekday)| *weekday == day.0).map_or("mon", |(name, _)| name);
                write!(f, "weekly {name} {at}")
            }
            Self::Monthly(day, at) => write!(f, "monthly {day} {at}"),
        }
    }
}

impl TryFrom<String> for Schedule {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        Self::parse(&text)
    }
}

impl From<Schedule> for String {
    fn from(schedule: Schedule) -> Self {
        schedule.to_string()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn slot(schedule: &str, now: &str) -> String {
        Schedule::parse(schedule).unwrap().newest_slot(now.parse().unwrap(), &TimeZone::UTC).to_string()
    }

    #[test]
    fn slots_are_those_of_the_wall_clock() {
        for (schedule, now, wanted) in [
            ("every 6h", "2026-03-04T05:59:59Z", "2026-03-04T00:00:00Z"),
            ("every 6h", "2026-03-04T06:00:00Z", "2026-03-04T06:00:00Z"),
            ("every 30m", "2026-03-04T06:45:00Z", "2026-03-04T06:30:00Z"),
            ("daily 03:00", "2026-03-04T02:59:00Z", "2026-03-03T03:00:00Z"),
            ("daily 03:00", "2026-03-04T03:00:00Z", "2026-03-04T03:00:00Z"),
            ("weekly sun 03:00", "2026-03-04T12:00:00Z", "2026-03-01T03:00:00Z"),
            ("weekly wed 13:00", "2026-03-04T12:00:00Z", "2026-02-25T13:00:00Z"),
            ("monthly 1 03:00", "2026-03-01T02:00:00Z", "2026-02-01T03:00:00Z"),
            ("monthly 28 03:00", "2026-03-31T02:00:00Z", "2026-03-28T03:00:00Z"),
        ] {
            assert_eq!(slot(schedule, now), wanted, "{schedule} at {now}");
        }
    }

    #[test]
    fn a_missed_slot_is_caught_up_once() {
        let schedule = Schedule::parse("every 6h").unwrap();
        let at = |text: &str| -> Timestamp { text.parse().unwrap() };
        let due = |last, now| schedule.is_due(Some(at(last)), at(now), &TimeZone::UTC);
        assert!(due("2026-03-01T00:00:02Z", "2026-03-04T05:00:00Z"), "three days were missed");
        assert!(!due("2026-03-04T05:00:00Z", "2026-03-04T05:59:00Z"));
        assert!(due("2026-03-04T05:00:00Z", "2026-03-04T06:00:00Z"));
        assert!(schedule.is_due(None, at("2026-03-04T05:00:00Z"), &TimeZone::UTC));
    }

    #[test]
    fn a_day_on_which_the_clock_is_put_forward_has_its_slot() {
        let zone = TimeZone::posix("CET-1CEST,M3.5.0,M10.5.0/3").unwrap();
        let schedule = Schedule::parse("daily 02:30").unwrap();
        let slot = schedule.newest_slot("2026-03-29T12:00:00Z".parse().unwrap(), &zone);
        assert_eq!(slot.to_string(), "2026-03-29T01:30:00Z");
    }

    #[test]
    fn what_is_written_can_be_read() {
        for text in ["every 6h", "every 15m", "daily 03:00", "weekly sun 03:05", "monthly 1 00:00"] {
            assert_eq!(Schedule::parse(text).unwrap().to_string(), text);
        }
    }

    #[test]
    fn what_is_no_schedule_is_explained() {
        for text in [
            "",
            "every 7h",
            "every 0h",
            "every h",
            "daily 24:00",
            "weekly 03:00",
            "monthly 31 03:00",
            "every ½h",
        ] {
            assert!(Schedule::parse(text).unwrap_err().contains("write `every 6h`"), "{text}");
        }
    }
}
