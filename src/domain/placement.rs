//! Where a number goes that has no server, or whose server is being drained. Pure.

/// Whether a server takes numbers. The words are those of the API and of `integration_credentials.intake`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Intake {
    /// Numbers without a server are placed there.
    #[default]
    Open,
    /// None is; those that it has stay.
    Closed,
    /// Those that it has move away when they are connected next.
    Draining,
}

impl Intake {
    /// Every one.
    pub const ALL: [Self; 3] = [Self::Open, Self::Closed, Self::Draining];

    /// Its word.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Closed => "closed",
            Self::Draining => "draining",
        }
    }

    /// Reads the word, letter for letter.
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|intake| intake.as_str() == word)
    }
}

/// The largest weight that a server may have.
pub const MAX_WEIGHT: u32 = 100;

/// What an administrator set of where numbers go.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PlacementRule {
    /// Most numbers that are placed there; `None`: no bound.
    pub capacity: Option<u32>,
    /// How many numbers the server is given for each one of a server of weight 1.
    pub weight: u32,
    pub intake: Intake,
}

impl Default for PlacementRule {
    fn default() -> Self {
        Self { capacity: None, weight: 1, intake: Intake::Open }
    }
}

/// What to change of it; `None` in a field leaves that as it is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct PlacementChange {
    /// The bound; `Some(None)` takes it away.
    pub capacity: Option<Option<u32>>,
    pub weight: Option<u32>,
    pub intake: Option<Intake>,
}

/// A server in use, as far as it matters to a number that needs one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ServerRoom {
    pub rule: PlacementRule,
    /// How many numbers it has.
    pub instances: u32,
    /// Whether it failed when it was last asked.
    pub is_failing: bool,
}

impl ServerRoom {
    /// Whether there is room for another number, whoever chose the server.
    pub fn has_room(&self) -> bool {
        self.rule.capacity.is_none_or(|capacity| self.instances < capacity)
    }

    /// What share of its weight the server would have with another number, as a fraction of two whole numbers.
    fn share(&self) -> (u64, u64) {
        (u64::from(self.instances) + 1, u64::from(self.rule.weight.max(1)))
    }
}

/// The server for a number that has none: of the open ones with room one that answers, if any does, then that with
/// the fewest numbers for its weight; of equals the first.
pub fn roomiest(servers: &[ServerRoom]) -> Option<usize> {
    let open = |(_, server): &(usize, &ServerRoom)| server.rule.intake == Intake::Open && server.has_room();
    let better = |a: &ServerRoom, b: &ServerRoom| {
        let ((count_a, weight_a), (count_b, weight_b)) = (a.share(), b.share());
        a.is_failing.cmp(&b.is_failing).then((count_a * weight_b).cmp(&(count_b * weight_a)))
    };
    servers.iter().enumerate().filter(open).min_by(|(_, a), (_, b)| better(a, b)).map(|(at, _)| at)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_goes_where_there_is_most_room_for_its_weight() {
        use Intake::{Closed, Draining, Open};
        type Case = (Option<u32>, u32, Intake, u32, bool);
        const FREE: Case = (None, 1, Open, 0, false);
        let cases: &[(&[Case], Option<usize>)] = &[
            (&[], None),
            (&[FREE], Some(0)),
            (&[FREE, FREE], Some(0)),
            (&[(None, 1, Open, 2, false), (None, 1, Open, 1, false)], Some(1)),
            // Weight: three to one.
            (&[FREE, (None, 3, Open, 0, false)], Some(1)),
            (&[FREE, (None, 3, Open, 2, false)], Some(0)),
            (&[FREE, (None, 3, Open, 3, false)], Some(0)),
            (&[(None, 1, Open, 1, false), (None, 3, Open, 3, false)], Some(1)),
            (&[(None, 0, Open, 0, false)], Some(0)),
            // Capacity, and what does not take any.
            (&[(Some(5), 1, Open, 5, false), (None, 1, Open, 90, false)], Some(1)),
            (&[(Some(5), 1, Open, 4, false), (None, 1, Open, 90, false)], Some(0)),
            (&[(Some(0), 1, Open, 0, false)], None),
            (&[(None, 1, Closed, 0, false), (None, 1, Open, 9, false)], Some(1)),
            (&[(None, 1, Closed, 0, false), (None, 1, Draining, 0, false)], None),
            // One that fails is better than none, and than a closed one.
            (&[(None, 1, Open, 0, true), (None, 1, Open, 9, false)], Some(1)),
            (&[(None, 1, Open, 0, true), (Some(9), 1, Open, 9, false)], Some(0)),
            (&[(None, 1, Open, 0, true), (None, 1, Closed, 0, false)], Some(0)),
            (&[(None, u32::MAX, Open, u32::MAX, false), (None, 1, Open, 0, false)], Some(1)),
        ];
        for (servers, chosen) in cases {
            let server = |&(capacity, weight, intake, instances, is_failing): &Case| {
                let rule = PlacementRule { capacity, weight, intake };
                ServerRoom { rule, instances, is_failing }
            };
            let servers: Vec<_> = servers.iter().map(server).collect();
            assert_eq!(roomiest(&servers), *chosen, "{servers:?}");
        }
    }
}
