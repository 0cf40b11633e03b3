//! Changes of the rules, which everybody can see before they take effect.

use crate::{require, Actor, Refusal, Rules, Told, World};

/// Whole epochs of notice, and epochs after which a change that nobody applied lapses.
const DELAY_EPOCHS: u64 = 2;
const LAPSE_EPOCHS: u64 = 30;
/// The bounds of what can be asked for.
const WINDOW_SECONDS_MIN: u32 = 10;
const WINDOW_EPOCHS_MAX: u32 = 4;
const UNBONDING_SECONDS_MAX: u32 = 31_536_000;
const NOTICE_EPOCHS_MAX: u16 = 90;
const TOKENS_PER_EPOCH_MAX: u64 = 1 << 44;
const MONTH_EPOCHS_MAX: u32 = 44_640;
const PROTOCOL_FEE_MAX: u16 = 2_000;
const INSURANCE_FEE_MAX: u16 = 1_000;
const BILLER_CAP_MAX: u64 = 100_000_000_000;

/// Whose rules change.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Target {
    Network,
    Service,
    Pool,
    Market,
}

/// Rules to come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Change {
    Network {
        unbonding_seconds: u32,
        window_seconds: u32,
        bond_min: u64,
        bond_slash_bps: u16,
        insurance_bps: u16,
        challenger_bps: u16,
        displacement_margin_bps: u16,
    },
    Service {
        stake_per_gib: u64,
        notice_epochs: u16,
    },
    Pool {
        tokens_per_epoch: u64,
        tokens_at_once: u64,
        stable_at_once: u64,
        epochs_per_month: u32,
    },
    Market {
        protocol_fee_bps: u16,
        insurance_fee_bps: u16,
        biller_cap: u64,
    },
}

impl Target {
    /// The instructions that propose, apply and cancel a change of it.
    pub(crate) fn names(&self) -> (&'static str, &'static str, &'static str) {
        match self {
            Self::Network => (
                "network_change_propose",
                "network_change_apply",
                "network_change_cancel",
            ),
            Self::Service => (
                "service_change_propose",
                "service_change_apply",
                "service_change_cancel",
            ),
            Self::Pool => (
                "pool_change_propose",
                "pool_change_apply",
                "pool_change_cancel",
            ),
            Self::Market => (
                "market_change_propose",
                "market_change_apply",
                "market_change_cancel",
            ),
        }
    }
}

impl Change {
    pub fn target(&self) -> Target {
        match self {
            Self::Network { .. } => Target::Network,
            Self::Service { .. } => Target::Service,
            Self::Pool { .. } => Target::Pool,
            Self::Market { .. } => Target::Market,
        }
    }

    fn validate(&self, rules: &Rules) -> Told {
        let whole = 10_000;
        let is_sane = match *self {
            Self::Network {
                unbonding_seconds,
                window_seconds,
                bond_min,
                bond_slash_bps,
                insurance_bps,
                challenger_bps,
                displacement_margin_bps,
            } => {
                let windows = WINDOW_SECONDS_MIN..=WINDOW_EPOCHS_MAX * rules.epoch_seconds;
                windows.contains(&window_seconds)
                    && unbonding_seconds > rules.reach_seconds(window_seconds)
                    && unbonding_seconds <= UNBONDING_SECONDS_MAX
                    && bond_min > 0
                    && (1..=whole).contains(&bond_slash_bps)
                    && insurance_bps + challenger_bps <= whole
                    && displacement_margin_bps <= whole
            }
            Self::Service {
                stake_per_gib,
                notice_epochs,
            } => stake_per_gib > 0 && (1..=NOTICE_EPOCHS_MAX).contains(&notice_epochs),
            Self::Pool {
                tokens_per_epoch,
                tokens_at_once,
                stable_at_once,
                epochs_per_month,
            } => {
                (1..=TOKENS_PER_EPOCH_MAX).contains(&tokens_per_epoch)
                    && tokens_at_once > 0
                    && stable_at_once > 0
                    && epochs_per_month <= MONTH_EPOCHS_MAX
            }
            Self::Market {
                protocol_fee_bps,
                insurance_fee_bps,
                biller_cap,
            } => {
                protocol_fee_bps <= PROTOCOL_FEE_MAX
                    && insurance_fee_bps <= INSURANCE_FEE_MAX
                    && biller_cap <= BILLER_CAP_MAX
            }
        };
        require(is_sane, "no such rules")
    }
}

impl Rules {
    /// Seconds for which bonds must stay within reach: an epoch, the window, and the vote on a
    /// dispute.
    fn reach_seconds(&self, window_seconds: u32) -> u32 {
        self.epoch_seconds + window_seconds + window_seconds.min(self.epoch_seconds)
    }
}

impl World {
    /// Whether these rules of network or service hold already.
    fn is_in_force(&self, change: &Change) -> bool {
        let rules = &self.rules;
        let network = Change::Network {
            unbonding_seconds: rules.unbonding_seconds,
            window_seconds: rules.window_seconds,
            bond_min: rules.bond_min,
            bond_slash_bps: rules.bond_slash_bps,
            insurance_bps: rules.insurance_bps,
            challenger_bps: rules.challenger_bps,
            displacement_margin_bps: rules.displacement_margin_bps,
        };
        let service = Change::Service {
            stake_per_gib: rules.stake_per_gib,
            notice_epochs: rules.notice_epochs,
        };
        *change == network || *change == service
    }

    /// Epochs besides the delay that a change waits for what is under way.
    fn more_epochs(&self, target: Target) -> u64 {
        let rules = &self.rules;
        match target {
            Target::Network => u64::from(rules.window_seconds.div_ceil(rules.epoch_seconds)),
            Target::Service => u64::from(rules.notice_epochs),
            Target::Pool | Target::Market => 0,
        }
    }

    /// A pool changes only while rewards are not paused.
    fn require_changeable(&self, target: Target) -> Told {
        match target {
            Target::Pool => self.require_running(Rules::REWARDS),
            _ => Ok(()),
        }
    }

    pub(crate) fn change_propose(&mut self, by: Actor, change: Change) -> Told {
        let target = change.target();
        require(by == Actor::Authority, "not the authority")?;
        let is_free = !self.changes.contains_key(&target);
        require(is_free, "a change already")?;
        self.require_changeable(target)?;
        change.validate(&self.rules)?;
        require(!self.is_in_force(&change), "rules that hold already")?;
        if let Change::Network { window_seconds, .. } = change {
            let reach = self.rules.reach_seconds(window_seconds);
            let outlasts = reach < self.rules.unbonding_seconds;
            require(outlasts, "a window that bonds do not outlast")?;
        }
        self.require_mintable(&change)?;
        let due = self.epoch() + DELAY_EPOCHS + 1 + self.more_epochs(target);
        self.changes.insert(target, (due, change));
        Ok(())
    }

    fn change(&self, target: Target) -> Told<(u64, Change)> {
        let change = self.changes.get(&target).copied();
        change.ok_or(Refusal("no such change"))
    }

    pub(crate) fn change_cancel(&mut self, by: Actor, target: Target) -> Told {
        self.change(target)?;
        require(by == Actor::Authority, "not the authority")?;
        self.changes.remove(&target);
        Ok(())
    }

    pub(crate) fn change_apply(&mut self, target: Target) -> Told {
        let epoch = self.epoch();
        let (due, change) = self.change(target)?;
        self.require_changeable(target)?;
        require(epoch >= due, "a change that waits")?;
        require(epoch < due + LAPSE_EPOCHS, "a change that has lapsed")?;
        if target == Target::Pool {
            let is_allotted = self.pool.next_epoch > epoch;
            require(is_allotted, "an epoch that has no allotment")?;
        }
        self.require_mintable(&change)?;
        self.changes.remove(&target);
        self.take_over(&change);
        Ok(())
    }

    /// What a minting pool grants at most is fixed, and its shares stay below the market's fee.
    fn require_mintable(&self, change: &Change) -> Told {
        let Change::Pool {
            tokens_per_epoch, ..
        } = *change
        else {
            return Ok(());
        };
        let is_fixed = self.pool.minting.is_some();
        let is_same = tokens_per_epoch == self.pool.tokens_per_epoch;
        require(!is_fixed || is_same, "a ceiling that is fixed")?;
        self.require_sound()
    }

    fn take_over(&mut self, change: &Change) {
        let (rules, pool, credits) = (&mut self.rules, &mut self.pool, &mut self.credits);
        match *change {
            Change::Network {
                unbonding_seconds,
                window_seconds,
                bond_min,
                bond_slash_bps,
                insurance_bps,
                challenger_bps,
                displacement_margin_bps,
            } => {
                rules.unbonding_seconds = unbonding_seconds;
                rules.window_seconds = window_seconds;
                rules.bond_min = bond_min;
                rules.bond_slash_bps = bond_slash_bps;
                rules.insurance_bps = insurance_bps;
                rules.challenger_bps = challenger_bps;
                rules.displacement_margin_bps = displacement_margin_bps;
            }
            Change::Service {
                stake_per_gib,
                notice_epochs,
            } => {
                rules.stake_per_gib = stake_per_gib;
                rules.notice_epochs = notice_epochs;
            }
            Change::Pool {
                tokens_per_epoch,
                tokens_at_once,
                stable_at_once,
                epochs_per_month,
            } => {
                pool.tokens_per_epoch = tokens_per_epoch;
                pool.epochs_per_month = epochs_per_month;
                pool.tokens.resize(tokens_at_once, self.now);
                pool.stable.resize(stable_at_once, self.now);
            }
            Change::Market {
                protocol_fee_bps,
                insurance_fee_bps,
                biller_cap,
            } => {
                credits.protocol_fee_bps = protocol_fee_bps;
                credits.insurance_fee_bps = insurance_fee_bps;
                credits.biller.market_cap = biller_cap;
            }
        }
    }
}
