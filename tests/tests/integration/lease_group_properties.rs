//! Properties of lease groups: whatever happens, every credit is somewhere, and a group never costs
//! more than k operators.

use {
    proptest::prelude::*,
    solana_signer::Signer,
    trestle_core::maintenance::MAINTENANCE_LEAD_EPOCHS,
    trestle_credits::{
        commitment,
        constants::GROUP_TIMEOUT_EPOCHS,
        state::{GroupTerms, LeaseGroup, LeaseTerms, NextRecord, SlaStep, DEEPER_STEPS},
    },
    trestle_proofs::state::Commitment,
    trestle_sdk::{
        event::{is_truncated, logged_events},
        invoice::{self, Record},
    },
    trestle_tests::{
        credits::CreditsWorld,
        final_roots::any_leaf,
        lease_groups::{settled, Group},
    },
};

/// Operators that want to join.
const OPERATORS: usize = 4;
/// Epochs of the longest notice.
const NOTICE_MAX: u16 = 3;

#[derive(Clone, Debug)]
enum Step {
    /// The running epoch ends with a root in which each operator has so many more good windows, and
    /// windows.
    Publish([(u32, u32); OPERATORS]),
    /// An operator joins while the group runs.
    Join {
        who: usize,
    },
    /// An operator declares an epoch of maintenance, so many epochs after the earliest possible.
    Declare {
        who: usize,
        later: u64,
    },
    Record {
        who: usize,
    },
    Settle,
    /// Records all and settles.
    Round,
    End,
    Close,
    /// A commitment ends with the running epoch.
    Leave {
        who: usize,
        by_customer: bool,
    },
    /// The account of a commitment that has ended goes away.
    Remove {
        who: usize,
    },
    /// Epochs without a root.
    Wait(u64),
}

fn terms() -> impl Strategy<Value = GroupTerms> {
    let sizes = (1..=4_u8).prop_flat_map(|members| (1..=members, Just(members)));
    (
        sizes,
        1..4_u64,
        (1..500_u64, 1..8_u64, 1..4_u32),
        prop::array::uniform3(0..=10_000_u16),
        0..=NOTICE_MAX,
    )
        .prop_map(
            |((needed, members_max), start_epoch, price, shares, notice)| {
                let (rate_per_epoch, epochs, period_epochs) = price;
                let [sla_bps, credit_bps, credit_cap_bps] = shares;
                GroupTerms {
                    needed,
                    members_max,
                    start_epoch,
                    lease: LeaseTerms {
                        rate_per_epoch,
                        epochs,
                        period_epochs,
                        sla_bps,
                        credit_bps,
                        deeper_steps: [SlaStep::default(); DEEPER_STEPS],
                        credit_cap_bps,
                        notice_epochs: notice,
                        renewal_epochs: 0,
                        renewal_rate: 0,
                    },
                }
            },
        )
}

fn step() -> impl Strategy<Value = Step> {
    let who = 0..OPERATORS;
    let windows = (0..4_u32, 0..3_u32).prop_map(|(ok, bad)| (ok, ok + bad));
    prop_oneof![
        6 => prop::array::uniform4(windows).prop_map(Step::Publish),
        4 => who.clone().prop_map(|who| Step::Record { who }),
        2 => who.clone().prop_map(|who| Step::Join { who }),
        1 => (who.clone(), 0..2_u64).prop_map(|(who, later)| Step::Declare { who, later }),
        2 => Just(Step::Settle),
        5 => Just(Step::Round),
        1 => Just(Step::End),
        1 => Just(Step::Close),
        1 => (who.clone(), any::<bool>())
            .prop_map(|(who, by_customer)| Step::Leave { who, by_customer }),
        1 => who.prop_map(|who| Step::Remove { who }),
        1 => (1..4_u64).prop_map(Step::Wait),
    ]
}

struct Model {
    world: CreditsWorld,
    group: Group,
    terms: GroupTerms,
    counters: Vec<(u32, u32)>,
}

impl Model {
    fn new(terms: GroupTerms) -> Self {
        let mut world = CreditsWorld::new();
        let mut group = world.group_without_members(terms);
        for number in 0..OPERATORS {
            let deal = world.deal(&format!("operator {number}"), &group.customer);
            let joined = world.join(&group, &deal, terms);
            assert_eq!(joined.is_ok(), number < usize::from(terms.members_max));
            group.members.push(deal);
        }
        Self {
            world,
            group,
            terms,
            counters: vec![(0, 0); OPERATORS],
        }
    }

    fn state(&self) -> Option<LeaseGroup> {
        let exists = self.world.svm.raw(&self.group.address).is_some();
        exists.then(|| self.world.group_state(&self.group))
    }

    /// Does it, if the program lets it happen.
    fn run(&mut self, step: &Step) {
        let (world, group) = (&mut self.world, &self.group);
        match step {
            Step::Publish(more) => {
                for (counter, (ok, total)) in self.counters.iter_mut().zip(more) {
                    *counter = (counter.0 + ok, counter.1 + total);
                }
                let epoch = world.epoch();
                world.publish(epoch, &group.leaves(&self.counters));
            }
            Step::Join { who } => {
                let _ = world.join(group, &group.members[*who], self.terms);
            }
            Step::Declare { who, later } => {
                let first = world.epoch() + MAINTENANCE_LEAD_EPOCHS + 1 + later;
                let _ = world.declare(&group.members[*who].operator, first, 1);
            }
            Step::Record { who } => self.record(*who),
            Step::Settle => self.settle(),
            Step::Round => {
                // An end, a baseline and the period.
                for who in (0..OPERATORS).flat_map(|who| [who; 3]) {
                    self.record(who);
                }
                self.settle();
            }
            Step::End => {
                let customer = &group.customer.key;
                let ix = world.lease_group_end(customer.pubkey(), group, 1);
                let _ = world.svm.send(&[ix], &[customer]);
            }
            Step::Close => {
                let ix = world.lease_group_close(group);
                let _ = world.svm.send(&[ix], &[]);
            }
            Step::Leave { who, by_customer } => {
                let (deal, epoch) = (&group.members[*who], world.epoch());
                let is_there = world.svm.raw(&deal.commitment).is_some();
                if is_there && world.svm.get::<Commitment>(&deal.commitment).status == 1 {
                    if *by_customer {
                        world.leave_commitment(deal, epoch);
                    } else {
                        world.end_commitment(deal, epoch + 1);
                    }
                }
            }
            Step::Remove { who } => {
                let deal = &group.members[*who];
                let is_there = world.svm.raw(&deal.commitment).is_some();
                if is_there && world.svm.get::<Commitment>(&deal.commitment).status == 2 {
                    world.remove_commitment(deal);
                }
            }
            Step::Wait(epochs) => {
                let epoch = world.epoch() + epochs;
                world.reach(epoch);
            }
        }
    }

    /// Records what the group says is next of an operator, if anything is.
    fn record(&mut self, who: usize) {
        let deal = &self.group.members[who];
        let Some(mut state) = self.state() else {
            return;
        };
        let Ok(place) = state.place_of(&deal.commitment) else {
            return;
        };
        let served = self.world.svm.raw(&deal.commitment).map(|_| {
            let commitment: Commitment = self.world.svm.get(&deal.commitment);
            bytemuck::cast::<_, commitment::Commitment>(commitment)
        });
        let (ring, epoch) = (self.world.roots.ring(), self.world.epoch());
        let Ok(next) = state.next_record(place, served.as_ref(), ring, epoch) else {
            return;
        };
        let leaf = match next {
            NextRecord::End | NextRecord::Later(_) => any_leaf(),
            NextRecord::Baseline(root) | NextRecord::Period(root) => {
                self.world.roots.leaf(root.epoch, &deal.operator.address)
            }
        };
        let ix = self.world.lease_group_record(&self.group, deal, leaf);
        let outcome = self.world.svm.send(&[ix], &[]);
        outcome.expect("what the group says is next is recorded");
    }

    fn settle(&mut self) {
        let before = self.state().map_or(0, |state| state.consumed);
        let Ok(sent) = self.world.settle_group(&self.group) else {
            return;
        };
        let event = settled(&sent);
        let lease = &self.terms.lease;
        let most = u64::from(self.terms.needed) * lease.rate_per_epoch * event.epochs;
        assert!(event.consumed <= most && event.credit <= event.refunded);
        assert_eq!(event.earned.iter().sum::<u64>(), event.consumed);
        let one = lease.rate_per_epoch * event.epochs;
        assert!(event.earned.iter().all(|earned| *earned <= one));
        assert_eq!(
            self.world.group_state(&self.group).consumed,
            before + event.consumed
        );
    }

    fn check(&self) {
        if self.state().is_some() {
            self.world.check_group_sums(&self.group);
        }
        let account = self.world.account_state(&self.group.customer);
        let sum = account.balance + account.escrowed + account.consumed;
        assert_eq!(sum, 100_000);
        assert_eq!(self.world.market_state().consumed, account.consumed);
    }

    /// The events alone tell what the customer has.
    fn check_invoice(&self) {
        let history = self.world.svm.history.iter();
        let records: Vec<Record> = history
            .map(|(at, logs)| Record {
                at: *at,
                events: logged_events(logs),
                is_truncated: is_truncated(logs),
            })
            .collect();
        let customer = invoice::Customer {
            account: self.group.customer.account,
            wallet: self.group.customer.key.pubkey(),
        };
        let whole = invoice::invoice(&customer, &records, &(0..i64::MAX));
        assert!(whole.is_complete() && whole.is_balanced(), "{whole:?}");
        let account = self.world.account_state(&self.group.customer);
        let closing = (whole.closing.free, whole.closing.escrowed);
        assert_eq!(closing, (account.balance, account.escrowed));
        assert_eq!(whole.used(), account.consumed);
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 12, ..ProptestConfig::default() })]

    #[test]
    fn every_credit_is_somewhere_and_none_is_trapped(
        terms in terms(),
        steps in prop::collection::vec(step(), 1..60),
    ) {
        let mut model = Model::new(terms);
        for step in &steps {
            model.run(step);
            model.check();
        }
        model.check_invoice();
        model.run(&Step::End);
        let last = GROUP_TIMEOUT_EPOCHS + u64::from(NOTICE_MAX) + terms.lease.epochs;
        model.run(&Step::Wait(last + 4));
        model.run(&Step::Close);
        model.check();
        model.check_invoice();
        let account = model.world.account_state(&model.group.customer);
        prop_assert_eq!((account.escrowed, account.lease_count), (0, 0));
    }
}
