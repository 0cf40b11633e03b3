//! Properties of the rewards program: whatever the order of claims and pushes, each operator gets
//! exactly its newest leaf.

use {
    proptest::prelude::*,
    trestle_core::leaf::LeafCounters,
    trestle_rewards::state::PoolParams,
    trestle_tests::{
        final_roots::earned,
        rewards::{pool_params, Payee, RewardsWorld},
        staking::PURSE,
        tokens::TOKEN,
    },
};

const OPERATORS: usize = 4;
/// Hours that the slowest breaker of these tests takes to let everything out.
const ROUNDS_MAX: usize = 400;

#[derive(Clone, Debug)]
enum Step {
    /// The next root: what each operator earned more.
    Publish([u64; OPERATORS]),
    /// One operator claims by the root so many epochs back.
    Claim { operator: usize, back: u64 },
    /// The operators of this mask are pushed by the root so many epochs back.
    Push { mask: u8, back: u64 },
    /// Time passes and the breaker drains.
    Wait(i64),
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        2 => prop::array::uniform4(0..20 * TOKEN).prop_map(Step::Publish),
        4 => (0..OPERATORS, 0..3_u64).prop_map(|(operator, back)| Step::Claim { operator, back }),
        3 => (1..16_u8, 0..3_u64).prop_map(|(mask, back)| Step::Push { mask, back }),
        2 => (1..3_600_i64).prop_map(Step::Wait),
    ]
}

struct Model {
    world: RewardsWorld,
    payees: Vec<Payee>,
    earned: [u64; OPERATORS],
    epoch: Option<u64>,
}

impl Model {
    fn new(capacity: u64) -> Self {
        let mut world = RewardsWorld::with(PoolParams {
            breaker_capacity: capacity,
            ..pool_params()
        });
        let payees = (0..OPERATORS)
            .map(|n| world.payee(&format!("operator {n}")))
            .collect();
        world.allow(2_000 * TOKEN);
        Self {
            world,
            payees,
            earned: [0; OPERATORS],
            epoch: None,
        }
    }

    fn run(&mut self, step: &Step) {
        match *step {
            Step::Publish(more) => {
                for (sum, more) in self.earned.iter_mut().zip(more) {
                    *sum += more;
                }
                let leaves: Vec<(_, LeafCounters)> = self
                    .payees
                    .iter()
                    .zip(self.earned)
                    .map(|(payee, tokens)| (payee.keys.address, earned(tokens)))
                    .collect();
                let epoch = self.epoch.map_or(0, |epoch| epoch + 1);
                self.world.publish(epoch, &leaves, 9);
                self.epoch = Some(epoch);
            }
            Step::Claim { operator, back } => {
                if let Some(epoch) = self.epoch {
                    let payee = &self.payees[operator];
                    // What is refused here is checked below: nothing moved.
                    let _ = self.world.claim(payee, epoch.saturating_sub(back));
                }
            }
            Step::Push { mask, back } => {
                if let Some(epoch) = self.epoch {
                    let chosen: Vec<&Payee> = (0..OPERATORS)
                        .filter(|n| mask & (1 << n) != 0)
                        .map(|n| &self.payees[n])
                        .collect();
                    let ix = self.world.reward_push(epoch.saturating_sub(back), &chosen);
                    let _ = self.world.svm.send(&[ix], &[]);
                }
            }
            Step::Wait(seconds) => self.world.svm.advance(seconds),
        }
    }

    /// What was paid is what claims say, what the pool says, and never more than was earned.
    fn check(&self) {
        let mut sum = 0;
        for (payee, earned) in self.payees.iter().zip(self.earned) {
            let claimed = self.world.claim_state(payee).claimed_tokens;
            assert_eq!(self.world.svm.tokens(&payee.keys.purse), PURSE + claimed);
            assert!(claimed <= earned);
            sum += claimed;
        }
        let pool = self.world.pool_state();
        assert_eq!(pool.paid_total, sum);
        let vault = self.world.svm.tokens(&self.world.vault);
        assert_eq!(vault + sum, pool.funded_total);
        assert!(vault >= pool.allotted_total - pool.paid_total);
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 12, ..ProptestConfig::default() })]

    #[test]
    fn any_order_of_claims_and_pushes_pays_exactly_the_newest_leaf(
        steps in prop::collection::vec(step(), 1..24),
        capacity in 5 * TOKEN..30 * TOKEN,
    ) {
        let mut model = Model::new(capacity);
        model.run(&Step::Publish([TOKEN; OPERATORS]));
        for step in &steps {
            model.run(step);
            model.check();
        }
        // Given enough time, everybody has exactly what the newest leaf says.
        let earned: u64 = model.earned.iter().sum();
        for _ in 0..ROUNDS_MAX {
            if model.world.pool_state().paid_total == earned {
                break;
            }
            model.world.svm.advance(3_600);
            model.run(&Step::Push { mask: 15, back: 0 });
        }
        model.check();
        prop_assert_eq!(model.world.pool_state().paid_total, earned);
    }
}
