//! The inputs of an epoch as this verifier sees them.

use crate::chain::ChainView;
use crate::epoch::service::ServiceHistory;
use crate::store::{OpenedEpoch, OperatorSeen};
use std::collections::BTreeMap;
use trestle_core::maintenance::EpochRange;
use trestle_verify::storage::{
    Allotted, EpochInputs, MaintenanceInput, OperatorInput, PreviousRoot, ServiceParams,
};

/// States of each operator, oldest first.
///
/// Stake, zone and node key can change while an epoch runs, and verifiers look at different
/// moments. The rule: score by what held at the epoch's start; accept from others what held at any
/// moment since the start of the epoch before, as far as one has seen. The look of another verifier
/// may lag behind a change, but not by more than an epoch.
///
/// A node key that the chain convicts by (`is_key_certain`) is the only one that counts, whatever
/// was seen before: the last look of a verifier that was down may be older than the chain forgives.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct OperatorHistory {
    start: i64,
    states: BTreeMap<[u8; 32], Vec<(i64, OperatorInput)>>,
}

impl OperatorHistory {
    /// From the rows of the store since the epoch before, in their order. `start` is the chain time
    /// at which the epoch began, `certain` are the node keys that the chain convicts by.
    pub fn new(seen: &[OperatorSeen], start: i64, certain: &BTreeMap<[u8; 32], [u8; 32]>) -> Self {
        let mut states: BTreeMap<[u8; 32], Vec<(i64, OperatorInput)>> = BTreeMap::new();
        for one in seen {
            let mut input = input_of(one);
            if let Some(key) = certain.get(&one.operator) {
                input.node_key = *key;
            }
            let entry = (one.seen_at, input);
            states.entry(one.operator).or_default().push(entry);
        }
        Self { start, states }
    }

    /// The state that counts for operators registered by `epoch`, by address: the last one seen
    /// before the epoch began, or else the first one seen in it.
    pub fn at_start(&self, epoch: u64) -> Vec<OperatorInput> {
        let counts = |states: &Vec<(i64, OperatorInput)>| {
            let before = states
                .iter()
                .rev()
                .find(|(seen_at, _)| *seen_at <= self.start);
            before.or(states.first()).map(|(_, input)| *input)
        };
        self.states
            .values()
            .filter_map(counts)
            .filter(|input| input.registered_epoch <= epoch)
            .collect()
    }

    /// Whether the operator was ever seen like this. Maintenance is no part of it: what counts for
    /// an epoch was fixed before it began.
    pub fn held(&self, input: &OperatorInput) -> bool {
        let input = OperatorInput {
            maintenance: None,
            ..*input
        };
        let states = self.states.get(&input.address);
        states.is_some_and(|states| states.iter().any(|(_, state)| *state == input))
    }
}

fn input_of(seen: &OperatorSeen) -> OperatorInput {
    OperatorInput {
        address: seen.operator,
        node_key: seen.node_key,
        zone: seen.zone,
        stake: seen.stake,
        active_stake: seen.active_stake,
        min_stake: seen.min_stake,
        registered_epoch: seen.registered_epoch,
        maintenance: None,
    }
}

/// What was allotted to the epochs after the newest final root, up to and with `epoch`. `None`
/// while the epoch is not allotted yet, or when the pool no longer remembers.
pub fn allotted(view: &ChainView, epoch: u64) -> Option<Allotted> {
    let Some(pool) = &view.pool else {
        return Some(Allotted {
            tokens: 0,
            stable: 0,
        });
    };
    // Before its first epoch a pool allots nothing, and nothing has to be waited for.
    let complete =
        epoch < pool.first_epoch || (pool.allot_count > 0 && pool.last_allotted_epoch >= epoch);
    let after = view.latest_final().map(|latest| latest.epoch);
    let sums = complete
        .then(|| pool.allotted_between(after, epoch))
        .flatten()?;
    Some(Allotted {
        tokens: sums.tokens,
        stable: sums.stable,
    })
}

/// All that this verifier knows of an epoch but the evidence.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OwnView {
    /// Network account.
    pub network: [u8; 32],
    /// Service account.
    pub service: [u8; 32],
    /// Schedule of the service that counts for the epoch.
    pub params: ServiceParams,
    /// Schedules that it had around the epoch.
    pub services: ServiceHistory,
    /// Pay to hand out.
    pub allotted: Allotted,
    /// The newest final root and what it stands for.
    pub previous: Option<PreviousRoot>,
    /// Seed and commitments.
    pub opened: OpenedEpoch,
    /// Operators.
    pub operators: OperatorHistory,
    /// What operators declared, by operator. Windows are declared two whole epochs ahead and
    /// remembered for 90, so that every verifier that looks after the epoch sees the same.
    pub maintenance: BTreeMap<[u8; 32], Vec<EpochRange>>,
}

impl OwnView {
    /// The inputs that this verifier would propose.
    pub fn inputs(&self) -> EpochInputs {
        EpochInputs {
            network: self.network,
            service: self.service,
            epoch: self.opened.epoch,
            seed: self.opened.seed,
            params: self.params,
            allotted: self.allotted,
            previous: self.previous.clone(),
            operators: self.operators(),
            commitments: self.opened.commitments.clone(),
        }
    }

    fn operators(&self) -> Vec<OperatorInput> {
        let epoch = self.opened.epoch;
        let mut operators = self.operators.at_start(epoch);
        for operator in &mut operators {
            let windows = self.maintenance.get(&operator.address);
            operator.maintenance = windows.and_then(|windows| MaintenanceInput::of(windows, epoch));
        }
        operators
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn seen(operator: u8, stake: u64, registered_epoch: u64, seen_at: i64) -> OperatorSeen {
        OperatorSeen {
            operator: [operator; 32],
            node_key: [operator; 32],
            zone: 0,
            stake,
            active_stake: stake,
            min_stake: 1,
            registered_epoch,
            seen_at,
        }
    }

    #[test]
    fn the_state_at_the_start_counts_and_those_around_it_are_accepted() {
        let rows = [
            seen(1, 5, 0, 10),
            seen(1, 10, 0, 40),
            seen(1, 20, 0, 150),
            seen(2, 7, 4, 160),
            seen(3, 7, 5, 170),
        ];
        let history = OperatorHistory::new(&rows, 100, &BTreeMap::new());
        let start = history.at_start(4);
        let stakes: Vec<_> = start
            .iter()
            .map(|one| (one.address[0], one.stake))
            .collect();
        assert_eq!(stakes, [(1, 10), (2, 7)]);
        for row in &rows {
            assert!(history.held(&input_of(row)));
        }
        let never = OperatorInput {
            stake: 15,
            ..input_of(&rows[1])
        };
        assert!(!history.held(&never));
        let unknown = OperatorInput {
            address: [9; 32],
            ..input_of(&rows[1])
        };
        assert!(!history.held(&unknown));
    }

    #[test]
    fn a_key_that_is_certain_counts_whatever_was_seen_before() {
        let old = seen(1, 10, 0, 40);
        let new = OperatorSeen {
            node_key: [9; 32],
            stake: 20,
            seen_at: 150,
            ..old
        };
        let certain = BTreeMap::from([(old.operator, new.node_key)]);
        let history = OperatorHistory::new(&[old, new], 100, &certain);
        let renewed = OperatorInput {
            node_key: new.node_key,
            ..input_of(&old)
        };
        assert_eq!(history.at_start(4), [renewed]);
        assert!(history.held(&renewed) && history.held(&input_of(&new)));
        assert!(!history.held(&input_of(&old)));
        // Without certainty the chain convicts nobody, and what was seen counts.
        let history = OperatorHistory::new(&[old, new], 100, &BTreeMap::new());
        assert_eq!(history.at_start(4), [input_of(&old)]);
        assert!(history.held(&input_of(&old)) && history.held(&input_of(&new)));
    }
}
