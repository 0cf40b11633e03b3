//! Off chain: a chain with everybody in it whom the model knows, and the transaction of each step.

use {
    crate::{
        model_books, model_changes, model_clearance_books, model_clearances::ISSUERS,
        model_credit_books, model_group_books, model_groups, model_mutations::Mutation,
        model_refusals, model_rewards, model_round_books, model_steps::EPOCH,
    },
    bytemuck::Zeroable,
    solana_address::Address,
    solana_keypair::Keypair,
    solana_signer::Signer,
    spl_token_interface::state::Mint,
    std::{collections::BTreeMap, rc::Rc},
    trestle_core::leaf::LeafCounters,
    trestle_model::{
        Actor, Asset, Change, Commitment, DelegationPool, Holder, Leaf, Operator, Rules, Step,
        World,
    },
    trestle_proofs::{
        address::{load_address, seeds_address},
        state::{OperatorLoad, SeedRing},
    },
    trestle_staking::{constants::PROOFS_ID, leaf::LeafProof},
    trestle_tests::{
        billing::{market_terms, CHARGEBACK, DAILY_CAP},
        credits::{CreditsWorld, Deal, DOLLARS},
        delegation::DelegatorKeys,
        final_roots::Roots,
        rewards::RewardsWorld,
        staking::{self, network_params, service_params, OperatorKeys, BOND_MIN, PURSE},
        svm::key,
        tokens::TOKEN,
    },
};

/// Operators; the last one takes no delegations.
pub const OPERATORS: u8 = 3;
pub const DELEGATORS: u8 = 3;
pub const VERIFIERS: u8 = 4;
pub const CUSTOMERS: u8 = 2;
/// GiB that each operator offers: for which little stake is asked, so that jails end.
const CAPACITY_GIB: u64 = 10;

/// The chain, and what the model says about it.
pub struct Chain {
    pub world: CreditsWorld,
    pub model: World,
    purses: BTreeMap<Actor, Purses>,
    pub operators: BTreeMap<u8, Address>,
    /// Builds the instructions of the rewards program: its addresses are those of `world`.
    pub rewards: Rc<RewardsWorld>,
    /// What the next transaction is changed by.
    pub mutation: Option<Mutation>,
    /// By customer and operator.
    pub deals: BTreeMap<(u8, u8), Deal>,
}

/// Token accounts of an actor.
#[derive(Clone, Copy)]
pub struct Purses {
    pub tokens: Address,
    pub stable: Address,
}

/// Everybody who has a purse.
pub fn actors() -> Vec<Actor> {
    let mut actors = vec![
        Actor::Authority,
        Actor::Guardian,
        Actor::Challenger,
        Actor::Stranger,
        Actor::Biller,
    ];
    actors.extend((0..OPERATORS).map(Actor::Operator));
    actors.extend((0..DELEGATORS).map(Actor::Delegator));
    actors.extend((0..VERIFIERS).map(Actor::Verifier));
    actors.extend((0..CUSTOMERS).map(Actor::Customer));
    actors.extend((0..ISSUERS).map(Actor::Issuer));
    actors
}

/// The key of an actor.
pub fn key_of(actor: Actor) -> Keypair {
    match actor {
        Actor::Authority => key("authority"),
        Actor::Guardian => key("guardian"),
        other => key(&format!("{other:?}")),
    }
}

/// The key of an operator's machine.
pub fn node_of(operator: u8) -> Keypair {
    key(&format!("node {operator}"))
}

fn rules(genesis: i64) -> Rules {
    let (network, service) = (network_params(), service_params());
    Rules {
        genesis,
        epoch_seconds: network.epoch_seconds,
        unbonding_seconds: network.unbonding_seconds,
        window_seconds: network.challenge_window_seconds,
        bond_min: network.verifier_bond_min,
        bond_slash_bps: network.bond_slash_bps,
        insurance_bps: network.insurance_bps,
        challenger_bps: network.challenger_bps,
        displacement_margin_bps: network.displacement_margin_bps,
        stake_per_gib: service.stake_per_gib,
        notice_epochs: service.notice_epochs,
        leaf_order: Vec::new(),
    }
}

impl Chain {
    /// A network with everybody in it, before anything happened, and a pool that somebody funds.
    pub fn new() -> Self {
        Self::with_pool(false)
    }

    /// The same with a pool that mints.
    pub fn minting() -> Self {
        Self::with_pool(true)
    }

    fn with_pool(mints: bool) -> Self {
        let mut world = CreditsWorld::new();
        for name in ["proofs", "rewards"] {
            world.svm.add_program(name);
        }
        let mut rewards = RewardsWorld::without_pool();
        rewards.sales.price_account = world.price_account;
        if mints {
            let mut mint: Mint = world.svm.packed(&world.token_mint);
            mint.mint_authority = Some(rewards.minter).into();
            let address = world.token_mint;
            world.svm.put_packed(address, &mint);
        }
        // The addresses by which one program orders another sign as if that program did.
        world.svm.trust_signatures();
        let mut chain = Self {
            model: World::new(rules(world.network().genesis)),
            purses: BTreeMap::new(),
            operators: BTreeMap::new(),
            deals: BTreeMap::new(),
            mutation: None,
            rewards: Rc::new(rewards),
            world,
        };
        for actor in actors() {
            chain.enter(actor);
        }
        let authority = key_of(Actor::Authority);
        let open = chain.world.delegator_vaults_open(authority.pubkey());
        chain.world.svm.must(&[open], &[&authority]);
        for operator in 0..OPERATORS {
            chain.register(operator);
        }
        chain.open_market(mints);
        chain.open_proofs();
        chain.open_to_newcomers();
        chain
    }

    /// Changes the rules so that verifiers can be displaced.
    fn open_to_newcomers(&mut self) {
        let rules = &self.model.rules;
        let change = Change::Network {
            unbonding_seconds: rules.unbonding_seconds,
            window_seconds: rules.window_seconds,
            bond_min: rules.bond_min,
            bond_slash_bps: rules.bond_slash_bps,
            insurance_bps: rules.insurance_bps,
            challenger_bps: rules.challenger_bps,
            displacement_margin_bps: 1_000,
        };
        let (by, target) = (Actor::Authority, change.target());
        for step in [
            Step::ChangePropose { by, change },
            Step::Wait(4 * EPOCH),
            Step::ChangeApply { target },
        ] {
            assert_eq!(self.run(&step), Ok(true), "{step:?}");
        }
    }

    /// The same with verifiers, operators at work and tokens for them.
    pub fn at_work() -> Self {
        let mut chain = Self::new();
        let verifiers = (0..VERIFIERS).map(|number| Step::VerifierRegister {
            by: Actor::Verifier(number),
            admitted_by: Actor::Authority,
            bond: BOND_MIN + u64::from(number) * TOKEN,
        });
        let operators = (0..OPERATORS).map(|operator| Step::StakeDeposit {
            by: Actor::Operator(operator),
            operator,
            amount: 100 * TOKEN,
        });
        let fund = Step::PoolFund {
            by: Actor::Stranger,
            amount: 100_000 * TOKEN,
        };
        for step in verifiers.chain(operators).chain([fund]) {
            assert_eq!(chain.run(&step), Ok(true), "{step:?}");
        }
        chain
    }

    /// Opens what the proofs program keeps of a service, and what it counts of its operators.
    fn open_proofs(&mut self) {
        let (seeds, bump) = seeds_address(&self.world.service);
        let mut ring: Box<SeedRing> = Box::new(Zeroable::zeroed());
        ring.create(bump, self.world.service);
        self.world.svm.put_pod(seeds, PROOFS_ID, ring.as_ref());
        for operator in self.operators.values().copied().collect::<Vec<_>>() {
            let (address, bump) = load_address(&operator);
            let load = OperatorLoad {
                version: 1,
                bump,
                _pad: [0; 2],
                commitments: u32::from(CUSTOMERS),
                operator,
                committed_kib: u64::from(CUSTOMERS),
            };
            self.world.svm.put_pod(address, PROOFS_ID, &load);
        }
    }

    /// Opens the accounts of customers, a biller and where revenue goes.
    fn open_market(&mut self, mints: bool) {
        let authority = key_of(Actor::Authority);
        let open = self.world.treasury_open(authority.pubkey());
        self.world.svm.must(&[open], &[&authority]);
        self.open_pool(mints);
        let terms = market_terms();
        let credits = &mut self.model.credits;
        credits.protocol_fee_bps = terms.protocol_fee_bps;
        credits.insurance_fee_bps = terms.insurance_fee_bps;
        credits.biller.market_cap = terms.biller_cap;
        credits.biller.chargeback_seconds = CHARGEBACK;
        let bill = Step::BillerSet {
            by: Actor::Authority,
            daily_cap: DAILY_CAP,
        };
        self.send_credits(&bill).expect("a biller");
        self.model.apply(&bill).expect("a biller");
        for number in 0..CUSTOMERS {
            let customer = self.customer(number);
            let create = self.world.wallet_create(&customer);
            let open = self.world.account_open(&customer);
            self.world.svm.must(&[create, open], &[&customer.key]);
            let account = trestle_model::Customer::default();
            self.model.credits.customers.insert(number, account);
            for operator in 0..OPERATORS {
                let keys = self.as_operator(Actor::Operator(operator), operator);
                let deal = self.world.commit(keys, &customer);
                self.deals.insert((number, operator), deal);
                let commitment = Commitment {
                    size_bytes: 100,
                    registered_epoch: 0,
                    ended: None,
                };
                let parties = (number, operator);
                self.model.commitments.insert(parties, commitment);
            }
        }
        let post = Step::PricePost { price: 200_000_000 };
        self.post_price(200_000_000);
        self.model.apply(&post).expect("a price");
    }

    /// The same chain once more.
    pub fn fork(&self) -> Self {
        let (world, credits) = (&self.world.staking, &self.world);
        let mut staking = staking::World {
            svm: world.svm.fork(),
            authority: world.authority.insecure_clone(),
            guardian: world.guardian.insecure_clone(),
            ..*world
        };
        let world = CreditsWorld {
            roots: Roots::new(&mut staking.svm, staking.service),
            staking,
            ..*credits
        };
        let mut chain = Self {
            world,
            model: self.model.clone(),
            purses: self.purses.clone(),
            operators: self.operators.clone(),
            rewards: Rc::clone(&self.rewards),
            deals: BTreeMap::new(),
            mutation: None,
        };
        for (customer, operator) in self.deals.keys() {
            let deal = self.deal(*customer, *operator);
            chain.deals.insert((*customer, *operator), deal);
        }
        chain
    }

    fn enter(&mut self, actor: Actor) {
        let owner = key_of(actor).pubkey();
        let world = &mut self.world.staking;
        world.svm.fund(&owner);
        let purses = Purses {
            tokens: world.svm.put_tokens(world.token_mint, owner, PURSE),
            stable: world.svm.put_tokens(world.stable_mint, owner, DOLLARS),
        };
        self.purses.insert(actor, purses);
        let purse = Holder::Purse(actor);
        let ledger = &mut self.model.ledger;
        ledger.mint(Asset::Token, purse, PURSE).expect("a purse");
        ledger.mint(Asset::Stable, purse, DOLLARS).expect("a purse");
    }

    fn register(&mut self, operator: u8) {
        let actor = Actor::Operator(operator);
        let owner = key_of(actor).pubkey();
        let address = trestle_staking::address::operator_address(&self.world.service, &owner).0;
        self.operators.insert(operator, address);
        let keys = self.as_operator(actor, operator);
        let mut profile = staking::profile(keys.node.pubkey());
        profile.capacity_gib = CAPACITY_GIB;
        let register = self.world.operator_register(&keys, profile);
        self.world.svm.must(&[register], &[&keys.authority]);
        let takes_delegations = operator + 1 < OPERATORS;
        if takes_delegations {
            let open = self.world.delegation_pool_open(&keys, 0);
            self.world.svm.must(&[open], &[&keys.authority]);
        }
        let pool = takes_delegations.then(|| DelegationPool {
            advanced_at: self.model.now,
            ..DelegationPool::default()
        });
        let state = Operator {
            capacity_gib: CAPACITY_GIB,
            pool,
            ..Operator::default()
        };
        self.model.operators.insert(operator, state);
    }

    pub fn purses(&self, actor: Actor) -> Purses {
        self.purses[&actor]
    }

    pub fn operator_address(&self, operator: u8) -> Address {
        self.operators[&operator]
    }

    /// The keys with which `by` acts for an operator, rightfully or not.
    pub fn as_operator(&self, by: Actor, operator: u8) -> OperatorKeys {
        OperatorKeys {
            authority: key_of(by),
            node: node_of(operator),
            address: self.operators[&operator],
            purse: self.purses[&by].tokens,
        }
    }

    pub fn as_delegator(&self, by: Actor) -> DelegatorKeys {
        let Purses { tokens, stable } = self.purses[&by];
        DelegatorKeys {
            key: key_of(by),
            purse: tokens,
            stable,
        }
    }

    /// Does a step on the chain and in the model: both must agree on it and on what it makes of
    /// everything. Returns whether it was accepted.
    pub fn run(&mut self, step: &Step) -> Result<bool, String> {
        let told = self.model.clone().apply(step);
        // What no transaction does happens only where it can.
        let accepted = match *step {
            Step::Wait(seconds) => {
                self.world.svm.advance(seconds);
                true
            }
            Step::RootPublish { .. } => told.is_ok(),
            Step::PricePost { price } => {
                self.post_price(price);
                true
            }
            _ => {
                let outcome = self.send(step);
                match (&outcome, told) {
                    (Ok(_), Err(refusal)) => return Err(format!("accepted against {refusal:?}")),
                    (Err(refused), Ok(())) => {
                        let logs = refused.logs.join("\n");
                        return Err(format!("refused: {:?}\n{logs}", refused.error));
                    }
                    (Err(refused), Err(refusal)) => {
                        model_refusals::agree(refused, refusal)?;
                        false
                    }
                    (Ok(sent), Ok(())) => {
                        model_groups::agree_on_pay(self, step, sent)?;
                        true
                    }
                }
            }
        };
        let _ = self.model.apply(step);
        match step {
            Step::RootPublish { .. } if accepted => self.publish(),
            Step::EpochFinalize { .. } if accepted => self.remember(),
            _ => {}
        }
        self.model.check()?;
        model_books::compare(self)?;
        model_credit_books::compare(self)?;
        model_group_books::compare(self)?;
        model_rewards::compare(self)?;
        model_round_books::compare(self)?;
        model_changes::compare(self)?;
        model_clearance_books::compare(self)?;
        Ok(accepted)
    }

    /// Makes the model's newest root final.
    fn publish(&mut self) {
        let root = self.model.roots.last().expect("a root");
        let leaves: Vec<_> = root
            .leaves
            .iter()
            .map(|(operator, leaf)| (self.operators[operator], counters(leaf)))
            .collect();
        let CreditsWorld { staking, roots, .. } = &mut self.world;
        roots.read(&staking.svm);
        roots.publish(&mut staking.svm, root.epoch, &leaves, leaves.len());
    }

    /// Keeps the leaves of the root that verifiers have made final.
    fn remember(&mut self) {
        let root = self.model.roots.last().expect("a root");
        let leaves = self.tree(root);
        self.world.roots.remember(root.epoch, leaves);
    }

    /// The leaf of an operator in a root; without such a root, one that never was.
    pub fn shown_leaf(&self, operator: u8, back: u8) -> LeafProof {
        match self.model.leaf(operator, back) {
            Ok((epoch, _)) => self.world.roots.leaf(epoch, &self.operators[&operator]),
            Err(_) => unproven(),
        }
    }
}

/// A leaf of no root.
pub fn unproven() -> LeafProof {
    LeafProof {
        epoch: u64::MAX,
        index: 0,
        counters: counters(&Leaf {
            slashed: TOKEN,
            ..Leaf::default()
        })
        .into(),
        proof: Vec::new(),
    }
}

/// Counters as leaves of a tree carry them.
pub fn counters(leaf: &Leaf) -> LeafCounters {
    LeafCounters {
        tokens: leaf.tokens,
        stable: leaf.stable,
        slashed: leaf.slashed,
        units: leaf.units,
        windows_ok: leaf.windows_ok,
        windows_total: leaf.windows_total,
    }
}
