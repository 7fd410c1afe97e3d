//! The selection of a poll's probes: each kind gets its share, each name its turn. Pure: sends nothing.

/// Most probes (`connectionState`) of one poll: some 0.1 s of a server's time.
const PROBES: usize = 128;
/// Probes reserved for each kind. What one kind leaves the others take, the urgent ones first.
const SHARE: usize = PROBES / KINDS;
/// Most probes of a calm kind, unless the last of them showed a change.
const CALM: usize = 32;

/// The reason to probe a name, in the order of urgency.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum ProbeReason {
    /// Somebody looks at the name, or a hint names it.
    Asked,
    /// Somebody pairs the instance.
    Pairing,
    /// The list differs from the row, and no probe has come since.
    Odd,
    /// The list differs from the row, which has the result of a probe.
    Answered,
    /// The list says `open`, as it would for some time after the socket dropped.
    Sweep,
}

/// The number of [`ProbeReason`]s.
pub(super) const KINDS: usize = 5;
const ALL: [ProbeReason; KINDS] =
    [ProbeReason::Asked, ProbeReason::Pairing, ProbeReason::Odd, ProbeReason::Answered, ProbeReason::Sweep];

impl ProbeReason {
    /// Whether names of the kind are spread over many polls.
    pub(super) fn is_calm(self) -> bool {
        matches!(self, Self::Answered | Self::Sweep)
    }
}

/// A name that could be probed: its index in the rows of the poll, and its `rowid`, by which rows are
/// ordered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Candidate {
    pub at: usize,
    pub row_id: i64,
}

/// The candidates of a poll, by reason.
pub(super) type Candidates = [Vec<Candidate>; KINDS];

/// The rows at which earlier polls ended, by reason.
pub(super) type LastRowIds = [i64; KINDS];

/// The probes in their order: one of each kind in turn, so that a poll that is cut short has begun with
/// all of them. `hurried`: the calm kinds are limited by the budget alone.
pub(super) fn probes(
    wanted: Candidates,
    last_row_ids: &LastRowIds,
    hurried: bool,
) -> Vec<(ProbeReason, Candidate)> {
    let most = shares(wanted.each_ref().map(Vec::len), hurried);
    let rotated: Vec<_> =
        ALL.iter().zip(wanted).map(|(reason, w)| rotate(w, last_row_ids[*reason as usize])).collect();
    let rounds = most.into_iter().max().unwrap_or(0);
    let nth = |n| {
        let of_each = ALL.iter().zip(&rotated).zip(most);
        of_each.filter(move |(_, most)| n < *most).map(move |((reason, all), _)| (*reason, all[n]))
    };
    (0..rounds).flat_map(nth).collect()
}

/// Orders the candidates to begin after the row at which the last poll ended.
fn rotate(mut wanted: Vec<Candidate>, after: i64) -> Vec<Candidate> {
    let next = wanted.partition_point(|c| c.row_id <= after);
    if next < wanted.len() {
        wanted.rotate_left(next);
    }
    wanted
}

/// The number of probes of each kind.
fn shares(wanted: [usize; KINDS], hurried: bool) -> [usize; KINDS] {
    let mut wanted = wanted;
    for reason in ALL.into_iter().filter(|reason| reason.is_calm() && !hurried) {
        wanted[reason as usize] = wanted[reason as usize].min(CALM);
    }
    let mut shares = wanted.map(|n| n.min(SHARE));
    let mut left = PROBES - shares.iter().sum::<usize>();
    for (share, wanted) in shares.iter_mut().zip(wanted) {
        let more = (wanted - *share).min(left);
        *share += more;
        left -= more;
    }
    shares
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rows(places: std::ops::Range<i64>) -> Vec<Candidate> {
        places.map(|row_id| Candidate { at: usize::try_from(row_id).expect("small"), row_id }).collect()
    }

    #[test]
    fn no_kind_takes_it_all() {
        assert_eq!(shares([0; KINDS], false), [0; KINDS]);
        assert_eq!(shares([1, 2, 3, 4, 5], false), [1, 2, 3, 4, 5]);
        for n in [512, 10_000] {
            assert_eq!(shares([n; KINDS], false), [28, 25, 25, 25, 25], "a full budget");
            assert_eq!(shares([n, 0, 0, 0, n], false), [103, 0, 0, 0, 25], "what one leaves the others take");
            assert_eq!(shares([0, 0, n, 0, n], false), [0, 0, 103, 0, 25]);
            assert_eq!(shares([0, 0, 0, n, n], false), [0, 0, 0, 32, 32], "no hurry");
            assert_eq!(shares([0, 0, 0, n, n], true), [0, 0, 0, 103, 25], "there is news");
            assert_eq!(shares([0, 0, 0, 0, n], true), [0, 0, 0, 0, 128]);
        }
    }

    #[test]
    fn every_name_gets_its_turn_and_a_short_poll_begins_with_all_kinds() {
        let mut last_row_ids = LastRowIds::default();
        let mut asked = std::collections::HashSet::new();
        for _ in 0..50 {
            let wanted = [rows(0..300), vec![], rows(300..900), rows(900..901), rows(1000..1600)];
            // Cut short each time.
            for (reason, candidate) in probes(wanted, &last_row_ids, false).into_iter().take(70) {
                last_row_ids[reason as usize] = candidate.row_id;
                asked.insert(candidate.at);
            }
        }
        assert_eq!(asked.len(), 300 + 600 + 1 + 600);
        let wanted = || [rows(1..4), vec![], rows(4..6), vec![], rows(7..8)];
        let order = |last_row_ids| {
            probes(wanted(), &last_row_ids, false).iter().map(|(_, c)| c.row_id).collect::<Vec<_>>()
        };
        assert_eq!(order([0; KINDS]), [1, 4, 7, 2, 5, 3]);
        assert_eq!(order([2, 0, 4, 0, 9]), [3, 5, 7, 1, 4, 2]);
    }
}
