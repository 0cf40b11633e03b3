//! Whatever happens to delegated stake and to its rewards, in whatever order, no token appears or
//! disappears.

use {
    proptest::prelude::*,
    solana_signer::Signer,
    trestle_tests::{
        delegation::{delegating, DelegatorKeys},
        final_roots::Roots,
        staking::{OperatorKeys, World, PURSE},
        tokens::TOKEN,
    },
};

const DELEGATORS: usize = 3;

#[derive(Clone, Debug)]
enum Step {
    Stake(u64),
    Deposit(usize, u64),
    /// Unbonds so many basis points of the shares.
    Unbond(usize, u64),
    Withdraw(usize),
    Claim(usize),
    Fund(u64, u64),
    Slash(u64),
    /// Lets time pass and has the operator released.
    Wait(i64),
}

fn step() -> impl Strategy<Value = Step> {
    let who = 0..DELEGATORS;
    let amount = prop_oneof![1..9_u64, 1..50 * TOKEN];
    prop_oneof![
        1 => amount.clone().prop_map(Step::Stake),
        4 => (who.clone(), amount.clone()).prop_map(|(who, amount)| Step::Deposit(who, amount)),
        3 => (who.clone(), 0..=10_000_u64).prop_map(|(who, bps)| Step::Unbond(who, bps)),
        2 => who.clone().prop_map(Step::Withdraw),
        2 => who.prop_map(Step::Claim),
        2 => (0..TOKEN, 0..1_000_u64).prop_map(|(tokens, stable)| Step::Fund(tokens, stable)),
        2 => amount.prop_map(Step::Slash),
        3 => (1..200_000_i64).prop_map(Step::Wait),
    ]
}

struct Model {
    world: World,
    operator: OperatorKeys,
    delegators: Vec<DelegatorKeys>,
    roots: Roots,
    slashed: u64,
    epoch: u64,
    funded: (u64, u64),
}

impl Model {
    fn new() -> Self {
        let (mut world, operator) = delegating(100 * TOKEN, 0);
        let delegators = (0..DELEGATORS)
            .map(|number| world.delegator(&format!("delegator {number}")))
            .collect();
        let roots = Roots::new(&mut world.svm, world.service);
        Self {
            world,
            operator,
            delegators,
            roots,
            slashed: 0,
            epoch: 0,
            funded: (0, 0),
        }
    }

    /// Runs a step. Refusals are fine: what matters is what holds afterwards.
    fn run(&mut self, step: &Step) {
        let (world, operator) = (&mut self.world, &self.operator);
        let refused = match *step {
            Step::Stake(amount) => {
                let owner = operator.authority.pubkey();
                let ix = world.stake_deposit(operator.address, owner, operator.purse, amount);
                world.svm.send(&[ix], &[&operator.authority])
            }
            Step::Deposit(who, amount) => world.delegate(&self.delegators[who], operator, amount),
            Step::Unbond(who, bps) => {
                let keys = &self.delegators[who];
                if world
                    .svm
                    .raw(&world.delegation_of(keys, operator))
                    .is_none()
                {
                    return;
                }
                let held = world.delegation(keys, operator).shares;
                let shares = u128::from(held) * u128::from(bps) / 10_000;
                world.unbond(keys, operator, shares as u64)
            }
            Step::Withdraw(who) => world.withdraw(&self.delegators[who], operator),
            Step::Claim(who) => world.claim(&self.delegators[who], operator),
            Step::Fund(tokens, stable) => {
                self.funded.0 += tokens;
                self.funded.1 += stable;
                let outcome = world.fund(operator, tokens, stable);
                assert!(
                    outcome.is_ok(),
                    "a payment must never be refused: {outcome:?}"
                );
                outcome
            }
            Step::Slash(amount) => {
                self.slashed += amount;
                self.epoch += 1;
                let counters = trestle_core::leaf::LeafCounters {
                    slashed: self.slashed,
                    ..Default::default()
                };
                let leaves = [(operator.address, counters)];
                self.roots.publish(&mut world.svm, self.epoch, &leaves, 1);
                let leaf = self.roots.leaf(self.epoch, &operator.address);
                let ix = world.slash_apply(operator.address, self.roots.ring, leaf);
                world.svm.send(&[ix], &[])
            }
            Step::Wait(seconds) => {
                world.svm.advance(seconds);
                let ix = world.operator_release(operator);
                world.svm.send(&[ix], &[&operator.authority])
            }
        };
        drop(refused);
    }

    fn check(&self) -> Result<(), TestCaseError> {
        let (world, operator) = (&self.world, &self.operator);
        let (pool, state) = (world.pool(operator), world.operator_state(operator));
        prop_assert!(pool.invariant().is_ok() && state.invariant().is_ok());
        prop_assert!(state.slashed_applied <= self.slashed);
        let owed = pool.slashable().expect("a sum") + state.slashable().expect("a sum");
        prop_assert_eq!(world.network().total_stake, owed);
        prop_assert_eq!(
            world.svm.tokens(&world.stake_vault),
            owed,
            "all stake is there"
        );
        let vaults = world.delegator_vaults();
        prop_assert_eq!(
            (vaults.owed_tokens, vaults.owed_stable),
            (pool.tokens.owed, pool.stable.owed)
        );
        prop_assert_eq!(world.svm.tokens(&vaults.token_vault), pool.tokens.owed);
        prop_assert_eq!(world.svm.tokens(&vaults.stable_vault), pool.stable.owed);
        self.check_delegations()
    }

    /// What delegators could take out is never more than what is there for them.
    fn check_delegations(&self) -> Result<(), TestCaseError> {
        let (world, operator) = (&self.world, &self.operator);
        let mut pool = world.pool(operator);
        pool.advance(world.svm.now()).expect("a pool that goes on");
        let (mut shares, mut unbonding, mut unpaid) = (0, 0, (0, 0));
        let mut claimed_stable = 0;
        for keys in &self.delegators {
            claimed_stable += world.svm.tokens(&keys.stable);
            if world
                .svm
                .raw(&world.delegation_of(keys, operator))
                .is_none()
            {
                continue;
            }
            let mut delegation = world.delegation(keys, operator);
            prop_assert!(delegation.invariant(&pool).is_ok());
            delegation.accrue(&pool).expect("rewards that fit");
            shares += delegation.shares;
            unbonding += delegation
                .tickets
                .iter()
                .map(|ticket| ticket.shares_now(&pool))
                .sum::<u64>();
            unpaid.0 += delegation.tokens.unpaid;
            unpaid.1 += delegation.stable.unpaid;
        }
        prop_assert_eq!(shares, pool.shares);
        prop_assert!(unbonding <= pool.unbonding_shares);
        prop_assert!(unpaid.0 + pool.tokens.left <= pool.tokens.owed);
        prop_assert!(unpaid.1 + pool.stable.left <= pool.stable.owed);
        prop_assert_eq!(claimed_stable + pool.stable.owed, self.funded.1);
        Ok(())
    }

    /// In the end everybody leaves, and what is left is dust.
    fn leave(&mut self) -> Result<(), TestCaseError> {
        let (world, operator) = (&mut self.world, &self.operator);
        for _ in 0..2 {
            world.svm.advance(86_400);
            for keys in &self.delegators {
                if world
                    .svm
                    .raw(&world.delegation_of(keys, operator))
                    .is_none()
                {
                    continue;
                }
                let _ = world.withdraw(keys, operator);
                let _ = world.claim(keys, operator);
                let _ = world.unbond_all(keys, operator);
            }
        }
        world.svm.advance(86_400);
        for keys in &self.delegators {
            let _ = world.withdraw(keys, operator);
        }
        let pool = world.pool(operator);
        prop_assert_eq!((pool.amount, pool.shares), (0, 0));
        prop_assert!(pool.unbonding_amount <= 64, "{}", pool.unbonding_amount);
        let dust = pool.tokens.owed - pool.tokens.left;
        prop_assert!(dust <= 256, "{dust}");
        let purses = self
            .delegators
            .iter()
            .map(|keys| world.svm.tokens(&keys.purse));
        let most = DELEGATORS as u64 * PURSE + self.funded.0;
        prop_assert!(purses.sum::<u64>() + pool.tokens.owed <= most);
        Ok(())
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 12, max_shrink_iters: 64, ..Default::default() })]

    #[test]
    fn delegated_stake_and_rewards_are_conserved(steps in prop::collection::vec(step(), 1..40)) {
        let mut model = Model::new();
        for step in &steps {
            model.run(step);
            model.check()?;
        }
        model.leave()?;
    }
}
