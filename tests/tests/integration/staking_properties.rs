//! Whatever happens to stake, in whatever order, no token appears or disappears.

use {
    proptest::prelude::*,
    solana_signer::Signer,
    trestle_core::leaf::LeafCounters,
    trestle_tests::{
        final_roots::Roots,
        staking::{OperatorKeys, World, PURSE},
        tokens::TOKEN,
    },
};

const OPERATORS: usize = 2;

#[derive(Clone, Debug)]
enum Step {
    Deposit {
        operator: usize,
        amount: u64,
    },
    Unbond {
        operator: usize,
        amount: u64,
    },
    Withdraw {
        operator: usize,
    },
    /// The next root slashes an operator by so much more; it is applied once, or twice.
    Slash {
        operator: usize,
        amount: u64,
        times: usize,
    },
    Wait {
        seconds: i64,
    },
}

fn step() -> impl Strategy<Value = Step> {
    let operator = 0..OPERATORS;
    let amount = prop_oneof![Just(0), Just(1), 1..50 * TOKEN, Just(u64::MAX)];
    prop_oneof![
        3 => (operator.clone(), amount.clone())
            .prop_map(|(operator, amount)| Step::Deposit { operator, amount }),
        3 => (operator.clone(), amount)
            .prop_map(|(operator, amount)| Step::Unbond { operator, amount }),
        2 => operator.clone().prop_map(|operator| Step::Withdraw { operator }),
        2 => (operator, 1..30 * TOKEN, 1..3_usize)
            .prop_map(|(operator, amount, times)| Step::Slash { operator, amount, times }),
        2 => (1..86_401_i64).prop_map(|seconds| Step::Wait { seconds }),
    ]
}

struct Model {
    world: World,
    operators: Vec<OperatorKeys>,
    roots: Roots,
    slashed: [u64; OPERATORS],
    epoch: u64,
    supply: u64,
}

impl Model {
    fn new() -> Self {
        let mut world = World::new(&[]);
        let operators = vec![world.operator("a", 0), world.operator("b", 0)];
        let roots = Roots::new(&mut world.svm, world.service);
        let supply = world.svm.supply(&world.token_mint);
        Self {
            world,
            operators,
            roots,
            slashed: [0; OPERATORS],
            epoch: 0,
            supply,
        }
    }

    /// Runs a step. Refusals are fine: what matters is what holds afterwards.
    fn run(&mut self, step: &Step) {
        let Self {
            world, operators, ..
        } = self;
        match *step {
            Step::Deposit { operator, amount } => {
                let keys = &operators[operator];
                let depositor = keys.authority.pubkey();
                let ix = world.stake_deposit(keys.address, depositor, keys.purse, amount);
                let _ = world.svm.send(&[ix], &[&keys.authority]);
            }
            Step::Unbond { operator, amount } => {
                let keys = &operators[operator];
                let ix = world.stake_unbond(keys, amount);
                let _ = world.svm.send(&[ix], &[&keys.authority]);
            }
            Step::Withdraw { operator } => {
                let keys = &operators[operator];
                let ix = world.stake_withdraw(keys, keys.purse);
                let _ = world.svm.send(&[ix], &[&keys.authority]);
            }
            Step::Slash {
                operator,
                amount,
                times,
            } => self.slash(operator, amount, times),
            Step::Wait { seconds } => world.svm.advance(seconds),
        }
    }

    fn slash(&mut self, operator: usize, amount: u64, times: usize) {
        self.slashed[operator] += amount;
        self.epoch += 1;
        let leaves: Vec<_> = self
            .operators
            .iter()
            .zip(self.slashed)
            .map(|(keys, slashed)| {
                let counters = LeafCounters {
                    slashed,
                    ..LeafCounters::default()
                };
                (keys.address, counters)
            })
            .collect();
        let count = leaves.len();
        self.roots
            .publish(&mut self.world.svm, self.epoch, &leaves, count);
        for _ in 0..times {
            let address = self.operators[operator].address;
            let leaf = self.roots.leaf(self.epoch, &address);
            let ix = self.world.slash_apply(address, self.roots.ring, leaf);
            let _ = self.world.svm.send(&[ix], &[]);
        }
    }

    fn check(&self) -> Result<(), TestCaseError> {
        let world = &self.world;
        let mut owed = 0;
        let mut purses = 0;
        for (keys, slashed) in self.operators.iter().zip(self.slashed) {
            let state = world.operator_state(keys);
            prop_assert!(state.invariant().is_ok());
            prop_assert!(
                state.slashed_applied <= slashed,
                "never more than the leaf says"
            );
            owed += state.slashable().expect("a sum");
            purses += world.svm.tokens(&keys.purse);
        }
        let vault = world.svm.tokens(&world.stake_vault);
        prop_assert_eq!(world.network().total_stake, owed);
        prop_assert_eq!(vault, owed, "the vault holds exactly what it owes");
        let insured = world.svm.tokens(&world.insurance_vault);
        let supply = world.svm.supply(&world.token_mint);
        prop_assert_eq!(purses + vault + insured, supply, "every token is somewhere");
        let burned = self.supply - supply;
        let taken = OPERATORS as u64 * PURSE - purses - vault;
        prop_assert_eq!(
            taken,
            burned + insured,
            "what was taken was burned or insured"
        );
        prop_assert!(burned >= insured, "half is burned, and the odd unit too");
        Ok(())
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 12, max_shrink_iters: 64, ..Default::default() })]

    #[test]
    fn stake_is_conserved(steps in prop::collection::vec(step(), 1..25)) {
        let mut model = Model::new();
        for step in &steps {
            model.run(step);
            model.check()?;
        }
    }
}
