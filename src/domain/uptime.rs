//! Availability: what a number or a server was, moment by moment, from what was noted of it. Pure: it reads neither
//! a clock nor the database.
//!
//! What was not seen is unknown, and counts neither as up nor as down.

use std::ops::Range;

use super::Millis;

/// What a number or a server was.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Availability {
    /// A phone was connected, the server answered.
    Up,
    /// The number was in use and no phone was connected; the server did not answer.
    Down,
    /// Nobody knows.
    Unknown,
}

impl Availability {
    /// The word on the wire.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Up => "up",
            Self::Down => "down",
            Self::Unknown => "unknown",
        }
    }
}

/// A stretch of time without a change.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Segment {
    pub span: Range<Millis>,
    pub state: Availability,
}

/// A change of a number: whether a phone was connected before it, and after.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct StatusChange {
    pub at: Millis,
    pub was_up: bool,
    pub is_up: bool,
    /// Whether somebody moved it to another server.
    pub is_move: bool,
}

/// What was noted of a number.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StatusHistory {
    /// The changes, the oldest first. Their times may go back where the clock was set back.
    pub changes: Vec<StatusChange>,
    /// Whether a phone is connected now.
    pub is_up: bool,
    /// Whether it had moved before the oldest of them while a phone was connected, and none has been since.
    pub was_moved: bool,
    /// From when on it counts: a phone had been connected, and its history is kept; `None`: not yet.
    pub known_from: Option<Millis>,
}

/// A span in which a server was asked, and whether it answered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AskedSpan {
    pub span: Range<Millis>,
    pub answered: bool,
}

/// Where a number was until then; `None`: on no server.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stay {
    pub until: Millis,
    pub server: Option<String>,
}

/// What a number was within a window. `seen` are the spans in which its server answered, one after the other.
pub fn number_segments(
    history: &StatusHistory,
    seen: &[Range<Millis>],
    window: &Range<Millis>,
) -> Vec<Segment> {
    let mut timeline = Timeline::new(window);
    let known_from = history.known_from.unwrap_or(window.end);
    for (span, state) in statuses(history, window) {
        let first = seen.partition_point(|part| part.end <= span.start);
        for part in seen[first..].iter().take_while(|part| part.start < span.end) {
            timeline.add(part.start.max(span.start).max(known_from)..part.end.min(span.end), state);
        }
    }
    timeline.finish()
}

/// What a server was within a window. Where spans overlap, since the clock was set back, the one that began first counts.
pub fn server_segments(asked: &[AskedSpan], window: &Range<Millis>) -> Vec<Segment> {
    let mut timeline = Timeline::new(window);
    for AskedSpan { span, answered } in by_start(asked.iter().cloned()) {
        timeline.add(span, if answered { Availability::Up } else { Availability::Down });
    }
    timeline.finish()
}

fn by_start(asked: impl Iterator<Item = AskedSpan>) -> Vec<AskedSpan> {
    let mut asked: Vec<_> = asked.collect();
    asked.sort_by_key(|asked| asked.span.start);
    asked
}

/// The spans in which the server answered that a number was on, one after the other. The last of `stays` is where it is.
pub fn seen_spans<'a>(stays: &[Stay], asked: impl Fn(&str) -> &'a [AskedSpan]) -> Vec<Range<Millis>> {
    let (mut seen, mut begin): (Vec<Range<Millis>>, _) = (Vec::new(), Millis::MIN);
    for Stay { until, server } in stays {
        let spans = server.as_deref().map_or(&[][..], &asked).iter().filter(|asked| asked.answered);
        let within = spans.map(|AskedSpan { span, answered }| AskedSpan {
            span: span.start.max(begin)..span.end.min(*until),
            answered: *answered,
        });
        for AskedSpan { span, .. } in by_start(within) {
            let start = seen.last().map_or(span.start, |last| span.start.max(last.end));
            seen.extend((start < span.end).then_some(start..span.end));
        }
        begin = begin.max(*until);
    }
    seen
}

/// The window cut at the changes of a number. A change that seems to come after the next one, since the clock was set
/// back in between, is taken to have come just before that.
fn statuses(history: &StatusHistory, window: &Range<Millis>) -> Vec<(Range<Millis>, Availability)> {
    let (mut pieces, mut end) = (Vec::with_capacity(history.changes.len() + 1), window.end);
    let (first, states) = states(history);
    for (change, state) in history.changes.iter().zip(states).rev() {
        let at = change.at.min(end).max(window.start);
        pieces.push((at..end, state));
        end = at;
    }
    pieces.push((window.start..end, first));
    pieces.reverse();
    pieces
}

/// What a number was before its changes, and after each of them. From a move until a phone is connected anew nobody
/// knows: its phone stays connected to the server that it left, which is not asked.
fn states(history: &StatusHistory) -> (Availability, Vec<Availability>) {
    let state = |is_up, was_moved| match (is_up, was_moved) {
        (true, _) => Availability::Up,
        (false, true) => Availability::Unknown,
        (false, false) => Availability::Down,
    };
    let mut was_moved = history.was_moved;
    let first = history.changes.first().map_or(history.is_up, |first| first.was_up);
    let states = history.changes.iter().map(|change| {
        was_moved = !change.is_up && (was_moved || (change.was_up && change.is_move));
        state(change.is_up, was_moved)
    });
    (state(first, history.was_moved), states.collect())
}

/// Segments of a window, put in from its start to its end; what is left out is unknown.
struct Timeline {
    segments: Vec<Segment>,
    reached: Millis,
    end: Millis,
}

impl Timeline {
    fn new(window: &Range<Millis>) -> Self {
        Self { segments: Vec::new(), reached: window.start, end: window.end }
    }

    fn add(&mut self, span: Range<Millis>, state: Availability) {
        let (from, to) = (span.start.max(self.reached), span.end.min(self.end));
        if from < to {
            self.reach(from, Availability::Unknown);
            self.reach(to, state);
        }
    }

    fn reach(&mut self, to: Millis, state: Availability) {
        if to <= self.reached {
            return;
        }
        match self.segments.last_mut().filter(|last| last.state == state) {
            Some(last) => last.span.end = to,
            None => self.segments.push(Segment { span: self.reached..to, state }),
        }
        self.reached = to;
    }

    fn finish(mut self) -> Vec<Segment> {
        self.reach(self.end, Availability::Unknown);
        self.segments
    }
}

/// How long something was what, and how often it went down.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Uptime {
    pub up: Millis,
    pub down: Millis,
    pub unknown: Millis,
    /// Times that it was down where it had last been known to be up.
    pub drops: u32,
}

impl Uptime {
    /// The sum of segments that follow each other.
    pub fn of(segments: &[Segment]) -> Self {
        let (mut sum, mut was_up) = (Self::default(), false);
        for Segment { span, state } in segments {
            let length = span.end - span.start;
            match state {
                Availability::Up => sum.up += length,
                Availability::Down => {
                    sum.down += length;
                    sum.drops += u32::from(was_up);
                }
                Availability::Unknown => sum.unknown += length,
            }
            was_up = *state == Availability::Up || (was_up && *state == Availability::Unknown);
        }
        sum
    }

    /// Of each part of a window, whose bounds are given.
    pub fn of_parts(segments: &[Segment], bounds: &[Millis]) -> Vec<Self> {
        let part = |bounds: &[Millis]| {
            let clipped = segments.iter().map(|Segment { span, state }| Segment {
                span: span.start.max(bounds[0])..span.end.min(bounds[1]),
                state: *state,
            });
            Self::of(&clipped.filter(|segment| !segment.span.is_empty()).collect::<Vec<_>>())
        };
        bounds.windows(2).map(part).collect()
    }

    /// Adds that of something else.
    pub fn add(&mut self, other: &Self) {
        self.up += other.up;
        self.down += other.down;
        self.unknown += other.unknown;
        self.drops += other.drops;
    }

    /// How much of what is known it was up, in hundredths of a percent, rounded down: nothing that was ever down has
    /// all of them. `None` where nothing is known.
    pub fn basis_points(&self) -> Option<u16> {
        let known = self.up + self.down;
        (known > 0).then(|| u16::try_from(self.up * 10_000 / known).unwrap_or(10_000))
    }
}

/// The availability of several numbers together.
#[derive(Clone, Copy, Debug, Default)]
pub struct UptimeSum {
    pub numbers: u32,
    pub uptime: Uptime,
}

impl UptimeSum {
    /// Adds that of one more.
    pub fn add(&mut self, uptime: &Uptime) {
        self.numbers += 1;
        self.uptime.add(uptime);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const WINDOW: Range<Millis> = 100..200;

    /// As `up 100-120, down 120-200`.
    fn say(segments: &[Segment]) -> String {
        let say = |s: &Segment| format!("{} {}-{}", s.state.as_str(), s.span.start, s.span.end);
        segments.iter().map(say).collect::<Vec<_>>().join(", ")
    }

    fn spans(bounds: &[(Millis, Millis)]) -> Vec<Range<Millis>> {
        bounds.iter().map(|(from, to)| *from..*to).collect()
    }

    /// A number that was connected at first, and changed each time.
    fn toggled(first: bool, times: &[Millis], known_from: Option<Millis>) -> StatusHistory {
        let change = |(n, at): (usize, &Millis)| {
            let was_up = first == n.is_multiple_of(2);
            StatusChange { at: *at, was_up, is_up: !was_up, is_move: false }
        };
        StatusHistory {
            changes: times.iter().enumerate().map(change).collect(),
            is_up: first == times.len().is_multiple_of(2),
            was_moved: false,
            known_from,
        }
    }

    #[test]
    fn a_number_is_what_its_history_says_where_its_server_was_seen() {
        let (all, always): (&[(Millis, Millis)], _) = (&[(0, 999)], Some(0));
        for (name, first, changes, seen, known_from, segments) in [
            ("no change, up", true, &[][..], all, always, "up 100-200"),
            ("no change, down", false, &[], all, always, "down 100-200"),
            ("a drop", true, &[150], all, always, "up 100-150, down 150-200"),
            ("a drop and back", true, &[120, 130], all, always, "up 100-120, down 120-130, up 130-200"),
            ("changes before the window", true, &[50, 60], all, always, "up 100-200"),
            ("changes after the window", true, &[300], all, always, "up 100-200"),
            ("at its bounds", false, &[100, 200], all, always, "up 100-200"),
            ("never connected", false, &[], all, None, "unknown 100-200"),
            ("first connected", false, &[150], all, Some(150), "unknown 100-150, up 150-200"),
            (
                "first connected, then down",
                false,
                &[150, 160],
                all,
                Some(150),
                "unknown 100-150, up 150-160, down 160-200",
            ),
            ("the history is cut", true, &[170], all, Some(160), "unknown 100-160, up 160-170, down 170-200"),
            ("never seen", true, &[150], &[], always, "unknown 100-200"),
            ("seen at last", true, &[], &[(180, 250)], always, "unknown 100-180, up 180-200"),
            (
                "not seen for a while",
                true,
                &[],
                &[(0, 120), (130, 200)],
                always,
                "up 100-120, unknown 120-130, up 130-200",
            ),
            ("not seen since", false, &[], &[(0, 120)], always, "down 100-120, unknown 120-200"),
            (
                "dropped while nobody looked",
                true,
                &[130],
                &[(0, 120), (130, 200)],
                always,
                "up 100-120, unknown 120-130, down 130-200",
            ),
            (
                "there and back unseen",
                true,
                &[122, 128],
                &[(0, 121), (129, 200)],
                always,
                "up 100-121, unknown 121-129, up 129-200",
            ),
            (
                "spans without length",
                true,
                &[],
                &[(110, 110), (150, 160)],
                always,
                "unknown 100-150, up 150-160, unknown 160-200",
            ),
            ("a clock that was ahead", true, &[900, 150, 160], all, always, "up 100-160, down 160-200"),
            ("a clock that was set back", true, &[180, 140], all, always, "up 100-200"),
        ] {
            let history = toggled(first, changes, known_from);
            assert_eq!(say(&number_segments(&history, &spans(seen), &WINDOW)), segments, "{name}");
        }
        assert_eq!(
            number_segments(&toggled(true, &[], Some(0)), &spans(&[(0, 9)]), &(5..5)),
            [],
            "no window"
        );
    }

    #[test]
    fn nobody_knows_what_a_number_that_moved_is_until_it_is_connected_anew() {
        let moved = |first, was_moved, times: &[Millis], moves: &[usize]| {
            let mut history = StatusHistory { was_moved, ..toggled(first, times, Some(0)) };
            for at in moves {
                history.changes[*at].is_move = true;
            }
            say(&number_segments(&history, &spans(&[(0, 999)]), &WINDOW))
        };
        assert_eq!(
            moved(true, false, &[120, 150, 160], &[0]),
            "up 100-120, unknown 120-150, up 150-160, down 160-200"
        );
        assert_eq!(
            moved(true, false, &[120, 150, 160], &[2]),
            "up 100-120, down 120-150, up 150-160, unknown 160-200"
        );
        assert_eq!(moved(false, true, &[], &[]), "unknown 100-200");
        assert_eq!(moved(false, true, &[130, 150], &[]), "unknown 100-130, up 130-150, down 150-200");
        // Other things that happen meanwhile are no news of the phone; what had dropped before it moved stays down.
        let still_down = |at, is_move| StatusChange { at, was_up: false, is_up: false, is_move };
        let mut history = toggled(true, &[120], Some(0));
        history.changes.push(still_down(140, true));
        assert_eq!(say(&number_segments(&history, &spans(&[(0, 999)]), &WINDOW)), "up 100-120, down 120-200");
        history.changes[0].is_move = true;
        assert_eq!(
            say(&number_segments(&history, &spans(&[(0, 999)]), &WINDOW)),
            "up 100-120, unknown 120-200"
        );
    }

    #[test]
    fn a_server_is_what_it_was_when_it_was_asked() {
        let asked = |span: Range<Millis>, answered| AskedSpan { span, answered };
        for (spans, segments) in [
            (vec![], "unknown 100-200"),
            (vec![asked(0..300, true)], "up 100-200"),
            (
                vec![asked(0..120, true), asked(120..150, false), asked(150..160, true)],
                "up 100-120, down 120-150, up 150-160, unknown 160-200",
            ),
            // Set back from 150 to 110: what was known first stays.
            (
                vec![asked(100..150, true), asked(110..170, false)],
                "up 100-150, down 150-170, unknown 170-200",
            ),
            (
                vec![asked(150..160, true), asked(0..110, false)],
                "down 100-110, unknown 110-150, up 150-160, unknown 160-200",
            ),
        ] {
            assert_eq!(say(&server_segments(&spans, &WINDOW)), segments);
        }
    }

    #[test]
    fn a_number_was_seen_by_the_server_it_was_on() {
        let stay = |until, server: Option<&str>| Stay { until, server: server.map(str::to_owned) };
        let asked = |span: Range<Millis>, answered| AskedSpan { span, answered };
        let a = [asked(0..50, true), asked(50..60, false), asked(60..300, true)];
        let b = [asked(100..140, true), asked(120..160, true)];
        let seen = |stays: &[Stay]| {
            seen_spans(stays, |server| match server {
                "a" => &a,
                "b" => &b,
                _ => &[],
            })
        };
        let last = Millis::MAX;
        for (stays, spans) in [
            (vec![stay(last, Some("a"))], vec![0..50, 60..300]),
            (vec![stay(last, Some("b"))], vec![100..140, 140..160]),
            (vec![stay(last, None)], vec![]),
            (vec![stay(last, Some("gone"))], vec![]),
            (vec![stay(110, Some("a")), stay(last, Some("b"))], vec![0..50, 60..110, 110..140, 140..160]),
            (
                vec![stay(40, Some("a")), stay(130, None), stay(last, Some("b"))],
                vec![0..40, 130..140, 140..160],
            ),
            // Times that go back: the later move counts from where the one before had come to.
            (
                vec![stay(150, Some("b")), stay(120, Some("a")), stay(last, Some("a"))],
                vec![100..140, 140..150, 150..300],
            ),
        ] {
            assert_eq!(seen(&stays), spans, "{stays:?}");
        }
    }

    #[test]
    fn sums_leave_out_what_is_unknown() {
        let sum = |history: &StatusHistory, seen: &[(Millis, Millis)]| {
            let segments = number_segments(history, &spans(seen), &WINDOW);
            (Uptime::of(&segments), Uptime::of_parts(&segments, &[100, 150, 200]))
        };
        let (whole, parts) = sum(&toggled(true, &[140, 160], Some(0)), &[(0, 190)]);
        assert_eq!(whole, Uptime { up: 70, down: 20, unknown: 10, drops: 1 });
        assert_eq!(whole.basis_points(), Some(7777));
        assert_eq!(parts[0], Uptime { up: 40, down: 10, unknown: 0, drops: 1 });
        assert_eq!(parts[1], Uptime { up: 30, down: 10, unknown: 10, drops: 0 });
        let mut both = parts[0];
        both.add(&parts[1]);
        assert_eq!(both, whole);
        let (unseen, _) = sum(&toggled(true, &[130], Some(0)), &[(0, 120), (130, 200)]);
        assert_eq!(unseen.drops, 1, "it was up when it was last seen");
        assert_eq!(sum(&toggled(true, &[], None), &[]).0.basis_points(), None);
        let nearly = Uptime { up: 2_591_999_999, down: 1, ..Uptime::default() };
        assert_eq!(nearly.basis_points(), Some(9999), "what was down is never all");
    }
}
