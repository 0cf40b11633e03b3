//! Whatever happens, in whatever order: programs and model agree on what is accepted, and on every
//! balance, supply and claim afterwards.
//!
//! `make test` runs the same few sequences each time. `make fuzz` runs fresh ones for as long as
//! it is told to (`TRESTLE_FUZZ_MINUTES`), prints what it did, and writes the seed of a failure
//! into `TRESTLE_FUZZ_SEEDS`; `TRESTLE_FUZZ_SEED` runs such a seed again.

use {
    crate::{
        model_chain::Chain,
        model_mutations::{attack, Mutation},
        model_resolve::resolved,
        model_steps::{all, clearances, credits, groups, guarded, rewards, rounds, staking},
    },
    proptest::{
        prelude::*,
        test_runner::{RngAlgorithm, TestError, TestRng, TestRunner},
    },
    std::{
        cell::RefCell,
        collections::BTreeMap,
        env, fs,
        path::PathBuf,
        time::{Duration, Instant},
    },
    trestle_core::hash::sha256,
    trestle_model::{Step, World},
};

/// Sequences that `make test` runs of each kind of world.
const CASES: u32 = 6;
/// Sequences that the fuzzer runs of one seed.
const CASES_A_SEED: u32 = 8;
/// Steps of the longest sequence.
const STEPS: usize = 100;
/// The same for the fuzzer.
const STEPS_OF_A_SEED: usize = 250;
/// Steps after which each kind must have been accepted and refused once.
const STEPS_OF_A_LONG_RUN: usize = 20_000;
/// Steps from which one is chosen that goes through, if there is any: most would not, since little
/// is due at any moment. Where one must be taken as it comes it is mostly refused.
const CHOICES: usize = 8;
/// Tries to make a failing sequence shorter.
const SHRINKS: u32 = 2_000;
/// Milliseconds that they may take.
const SHRINK_TIME: u32 = 60_000;

/// How often each kind of step was accepted and refused.
#[derive(Default)]
struct Coverage {
    sequences: usize,
    steps: usize,
    kinds: BTreeMap<&'static str, (usize, usize)>,
}

impl Coverage {
    fn count(&mut self, step: &Step, accepted: bool) {
        self.steps += 1;
        let (ok, refused) = self.kinds.entry(step.name()).or_default();
        *(if accepted { ok } else { refused }) += 1;
    }

    fn report(&self, name: &str) -> String {
        let mut text = format!(
            "{name}: {} sequences, {} steps\n",
            self.sequences, self.steps
        );
        for (kind, (accepted, refused)) in &self.kinds {
            text += &format!("  {kind:<24} {accepted:>8} accepted {refused:>8} refused\n");
        }
        text
    }

    /// Kinds that were never accepted, although not these.
    fn untried(&self, impossible: &[&str]) -> Vec<&'static str> {
        let kinds = self.kinds.iter();
        kinds
            .filter(|(_, (accepted, _))| *accepted == 0)
            .map(|(kind, _)| *kind)
            .filter(|kind| !impossible.contains(kind))
            .collect()
    }
}

/// A kind of world, and the steps that happen in it.
pub struct Arena {
    name: &'static str,
    base: Chain,
    step: BoxedStrategy<Step>,
    /// What is sent besides when a sequence is over, with changes.
    changed: BoxedStrategy<Vec<(Step, Mutation)>>,
    /// Kinds of steps that cannot go through in it.
    impossible: &'static [&'static str],
    /// Whether every other kind must go through in a long run.
    is_complete: bool,
    coverage: RefCell<Coverage>,
}

impl Arena {
    pub fn new(name: &'static str, base: Chain, step: BoxedStrategy<Step>) -> Self {
        Self {
            name,
            base,
            step,
            changed: Just(Vec::new()).boxed(),
            impossible: &[],
            is_complete: true,
            coverage: RefCell::default(),
        }
    }

    /// The same, with changed transactions at the end of each sequence.
    pub fn attacked_by(self, changed: BoxedStrategy<Vec<(Step, Mutation)>>) -> Self {
        Self { changed, ..self }
    }

    /// The same, in which steps of these kinds are always refused.
    pub fn without(self, impossible: &'static [&'static str]) -> Self {
        Self { impossible, ..self }
    }

    /// The same with so many kinds of steps that some may never go through. Each has an arena of
    /// its own besides.
    pub fn sampled(self) -> Self {
        Self {
            is_complete: false,
            ..self
        }
    }

    /// Runs the sequences of one seed.
    #[track_caller]
    fn run(&self, seed: &[u8; 32], cases: u32, steps: usize) {
        let config = ProptestConfig {
            cases,
            max_shrink_iters: SHRINKS,
            max_shrink_time: SHRINK_TIME,
            failure_persistence: None,
            ..ProptestConfig::default()
        };
        let rng = TestRng::from_seed(RngAlgorithm::ChaCha, seed);
        let mut runner = TestRunner::new_with_rng(config, rng);
        let choices = prop::collection::vec(self.step.clone(), 1..=CHOICES);
        let sequences = prop::collection::vec(choices, 1..=steps);
        let cases = (sequences, self.changed.clone());
        let result = runner.run(&cases, |(choices, changed)| {
            let (_, result) = self.sequence(&choices, &changed);
            result.map_err(TestCaseError::fail)
        });
        match result {
            Ok(()) => {}
            Err(TestError::Abort(reason)) => panic!("{}: {reason}", self.name),
            Err(TestError::Fail(_, (choices, changed))) => {
                let (steps, result) = self.sequence(&choices, &changed);
                self.fail(seed, &result.expect_err("a failure"), &steps)
            }
        }
    }

    /// Runs a sequence up to its first failure. Returns the steps that were chosen.
    fn sequence(
        &self,
        choices: &[Vec<Step>],
        changed: &[(Step, Mutation)],
    ) -> (Vec<Step>, Result<(), String>) {
        let mut chain = self.base.fork();
        let mut coverage = self.coverage.borrow_mut();
        let (mut steps, mut tally) = (Vec::new(), BTreeMap::new());
        coverage.sequences += 1;
        for choices in choices {
            let step = choose(choices, &chain.model, &tally);
            steps.push(step.clone());
            match chain.run(&step) {
                Ok(accepted) => {
                    coverage.count(&step, accepted);
                    *tally.entry(step.name()).or_default() += usize::from(accepted);
                }
                Err(reason) => return (steps, Err(reason)),
            }
        }
        let result = attack(&mut chain, changed);
        (steps, result)
    }

    #[track_caller]
    fn fail(&self, seed: &[u8; 32], reason: &str, steps: &[Step]) -> ! {
        let seed = hex::encode(seed);
        if let Some(seeds) = env::var_os("TRESTLE_FUZZ_SEEDS") {
            let path = PathBuf::from(seeds).join(format!("{}-{seed}", self.name));
            let lines: Vec<String> = steps.iter().map(|step| format!("{step:?}\n")).collect();
            fs::write(&path, lines.concat() + reason).expect("a place for seeds");
        }
        let lines: Vec<String> = steps.iter().map(|step| format!("  {step:?}")).collect();
        panic!(
            "{} of seed {seed}: {reason}\nafter\n{}",
            self.name,
            lines.join("\n")
        );
    }

    /// What `make test` runs: the same each time, or as long as the fuzzer is told to.
    #[track_caller]
    pub fn test(&self) {
        let Some(minutes) = env::var("TRESTLE_FUZZ_MINUTES").ok() else {
            self.run(
                &sha256(&[b"trestle-model", self.name.as_bytes()]),
                CASES,
                STEPS,
            );
            return;
        };
        if let Ok(seed) = env::var("TRESTLE_FUZZ_SEED") {
            let seed: Vec<u8> = hex::decode(seed).expect("a seed in hex");
            self.run(
                &seed.try_into().expect("32 bytes"),
                CASES_A_SEED,
                STEPS_OF_A_SEED,
            );
            return;
        }
        let minutes: f64 = minutes.parse().expect("a number of minutes");
        let (begin, length) = (Instant::now(), Duration::from_secs_f64(60.0 * minutes));
        while begin.elapsed() < length {
            self.run(&rand::random(), CASES_A_SEED, STEPS_OF_A_SEED);
        }
        let coverage = self.coverage.borrow();
        eprintln!("{}", coverage.report(self.name));
        let untried = coverage.untried(self.impossible);
        let is_long = self.is_complete && coverage.steps >= STEPS_OF_A_LONG_RUN;
        assert!(
            !is_long || untried.is_empty(),
            "never accepted: {untried:?}"
        );
    }
}

/// How often a step is to happen that others wait for.
const OFTEN: usize = 16;

/// How often a step is to happen beside others: what brings things about more often than what ends
/// them for good.
fn frequency(step: &Step) -> usize {
    match step {
        Step::Wait(_)
        | Step::RootPublish { .. }
        | Step::EpochAttest { .. }
        | Step::EpochAllot { .. } => OFTEN,
        Step::EpochFinalize { .. }
        | Step::DisputeVote { .. }
        | Step::EpochSeedRecord { .. }
        | Step::AccountDeposit { .. }
        | Step::CreditsBuyStable { .. }
        | Step::ClearanceGrant { .. }
        | Step::GroupJoin { .. }
        | Step::GroupRecord { .. } => 8,
        Step::EpochPropose { .. }
        | Step::VerifierBondAdd { .. }
        | Step::StakeDeposit { .. }
        | Step::PricePost { .. }
        | Step::LeaseOpen { .. }
        | Step::GroupOpen { .. }
        | Step::GroupSettle { .. }
        | Step::MeterOpen { .. } => 4,
        Step::OperatorExit { .. }
        | Step::VerifierExit { .. }
        | Step::VerifierRemove { .. }
        | Step::GroupEnd { .. }
        | Step::IssuerRevoke { .. }
        | Step::ClearanceRevoke { .. }
        | Step::PolicyCancel { .. }
        | Step::BondSlash { .. } => 1,
        _ => 2,
    }
}

/// Of the steps that go through the one whose kind did so least often; the last one if none does.
fn choose(choices: &[Step], model: &World, tally: &BTreeMap<&'static str, usize>) -> Step {
    let mut steps: Vec<Step> = choices.iter().map(|step| resolved(step, model)).collect();
    let count = |step: &Step| {
        let count = tally.get(step.name()).copied().unwrap_or_default();
        count * OFTEN / frequency(step)
    };
    let due = (0..steps.len())
        .filter(|place| model.clone().apply(&steps[*place]).is_ok())
        .min_by_key(|place| count(&steps[*place]));
    steps.swap_remove(due.unwrap_or(steps.len() - 1))
}

#[test]
fn stake_delegations_and_bonds_are_what_the_model_says() {
    Arena::new("stake", Chain::new(), staking()).test();
}

#[test]
fn credits_revenue_and_escrows_are_what_the_model_says() {
    Arena::new("credits", Chain::at_work(), credits()).test();
}

#[test]
fn groups_of_operators_are_paid_what_the_model_says() {
    Arena::new("groups", Chain::at_work(), groups()).test();
}

#[test]
fn whom_a_policy_admits_is_what_the_model_says() {
    Arena::new("clearances", Chain::with_credits(), clearances()).test();
}

#[test]
fn a_policy_keeps_nobody_from_leaving_or_from_pay_as_the_model_says() {
    Arena::new("guarded", Chain::guarded(), guarded())
        .without(&[
            "commitment_register",
            "lease_open",
            "lease_renew",
            "lease_transfer",
            "lease_group_join",
        ])
        .sampled()
        .test();
}

#[test]
fn allotments_claims_and_pay_of_delegators_are_what_the_model_says() {
    Arena::new("rewards", Chain::new(), rewards()).test();
}

#[test]
fn what_is_minted_is_what_the_model_says() {
    Arena::new("minting", Chain::minting(), rewards())
        .without(&["pool_fund"])
        .test();
}

#[test]
fn roots_bonds_and_disputes_are_what_the_model_says() {
    Arena::new("rounds", Chain::at_work(), rounds())
        .without(&["reward_claim_stable"])
        .test();
}

#[test]
fn stake_credits_and_rewards_together_are_what_the_model_says() {
    Arena::new("all", Chain::at_work(), all()).sampled().test();
}
