//! All there is, and what happens to it.

use {
    crate::{
        bps, require, Actor, Change, Clearances, Commitment, Credits, Delegation, Ledger, Operator,
        Pool, Root, Rounds, Target, Told, Verifier, Window, VERIFIERS,
    },
    std::collections::BTreeMap,
};

/// What the authority has decided.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rules {
    /// Unix seconds at which epoch 0 began.
    pub genesis: i64,
    pub epoch_seconds: u32,
    pub unbonding_seconds: u32,
    /// The challenge window.
    pub window_seconds: u32,
    pub bond_min: u64,
    pub bond_slash_bps: u16,
    pub insurance_bps: u16,
    pub challenger_bps: u16,
    /// By how much a bond must exceed the smallest to displace it; zero: none does.
    pub displacement_margin_bps: u16,
    pub stake_per_gib: u64,
    /// Epochs of notice of an operator that ends a lease.
    pub notice_epochs: u16,
    /// Operators in the order of their leaves.
    pub leaf_order: Vec<u8>,
}

impl Rules {
    /// The area of a pause that stops what brings in stake.
    pub const STAKING: u8 = 1;
    /// The one that stops sales, deposits and new leases.
    pub const CREDITS: u8 = 8;
    /// The one that stops funding and allotments.
    pub const REWARDS: u8 = 4;
    /// The one that stops new commitments.
    pub const PROOFS: u8 = 2;
    /// All areas.
    const AREAS: u8 = 15;

    /// What of a slash is burnt, insured and given to who challenged. The dust is burnt.
    pub(crate) fn split(&self, taken: u64) -> (u64, u64, u64) {
        let insured = bps(taken, self.insurance_bps);
        let rewarded = bps(taken, self.challenger_bps);
        (taken - insured - rewarded, insured, rewarded)
    }
}

/// A network with one service.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct World {
    pub rules: Rules,
    /// Unix seconds.
    pub now: i64,
    /// Mask of the areas that are paused.
    pub paused: u8,
    pub ledger: Ledger,
    pub operators: BTreeMap<u8, Operator>,
    pub delegations: BTreeMap<(Actor, u8), Delegation>,
    pub verifiers: [Option<Verifier>; VERIFIERS],
    /// The final roots that are held, oldest first.
    pub roots: Vec<Root>,
    /// The epochs in which roots became final, by those of the roots.
    pub final_in: BTreeMap<u64, u64>,
    /// Roots that were final and are not held any more.
    pub roots_forgotten: u64,
    /// Rules to come, and the first epoch in which they can be applied.
    pub changes: BTreeMap<Target, (u64, Change)>,
    pub clearances: Clearances,
    /// Whether the service is declared stalled.
    pub stalled: bool,
    pub rounds: Rounds,
    /// By customer and operator.
    pub commitments: BTreeMap<(u8, u8), Commitment>,
    /// What operators declared, oldest first.
    pub maintenance: BTreeMap<u8, Vec<Window>>,
    pub credits: Credits,
    pub pool: Pool,
}

impl World {
    /// A network without anybody in it.
    pub fn new(rules: Rules) -> Self {
        Self {
            now: rules.genesis,
            rules,
            paused: 0,
            ledger: Ledger::default(),
            operators: BTreeMap::new(),
            delegations: BTreeMap::new(),
            verifiers: [None; VERIFIERS],
            roots: Vec::new(),
            final_in: BTreeMap::new(),
            roots_forgotten: 0,
            changes: BTreeMap::new(),
            clearances: Clearances::default(),
            stalled: false,
            rounds: Rounds::default(),
            commitments: BTreeMap::new(),
            maintenance: BTreeMap::new(),
            credits: Credits::default(),
            pool: Pool::default(),
        }
    }

    /// What must hold whatever has happened.
    pub fn check(&self) -> Result<(), String> {
        self.ledger.check()?;
        self.check_stake()?;
        self.check_bonds()?;
        self.check_rounds()?;
        self.check_delegations()?;
        self.check_credits()?;
        self.check_escrows()?;
        self.check_rewards()
    }

    /// The epoch that runs.
    pub fn epoch(&self) -> u64 {
        let passed = u64::try_from(self.now - self.rules.genesis).unwrap_or_default();
        passed / u64::from(self.rules.epoch_seconds)
    }

    pub(crate) fn unlock_at(&self) -> i64 {
        self.now + i64::from(self.rules.unbonding_seconds)
    }

    pub(crate) fn require_running(&self, area: u8) -> Told {
        require(self.paused & area == 0, "a paused area")
    }

    pub(crate) fn network_pause(&mut self, by: Actor, areas: u8, paused: bool) -> Told {
        require(areas != 0 && areas <= Rules::AREAS, "no such area")?;
        let may = by == Actor::Authority || (paused && by == Actor::Guardian);
        require(may, "neither authority nor guardian")?;
        let after = if paused {
            self.paused | areas
        } else {
            self.paused & !areas
        };
        require(after != self.paused, "nothing that changes")?;
        self.paused = after;
        Ok(())
    }
}
