//! How much a minting pool mints: a schedule, tied to what customers paid, and the record of every
//! allotment.

use {
    crate::{
        constants::{EMISSION_RECORDS_MAX, EMISSION_STEPS_MAX, VERSION},
        error::RewardsError,
        ID,
    },
    anchor_lang::{address_eq, prelude::*},
    bytemuck::{Pod, Zeroable},
    core::mem::{offset_of, size_of},
    trestle_core::{
        emission::{
            epoch_emission, rule_is_sound, schedule_is_sound, EmissionRule, EpochFacts,
            ScheduleStep,
        },
        price::{Price, PriceError},
        seeds::SEED_EMISSION,
        units::{Bps, Credits, TokenAmount},
    },
    trestle_staking::versioned::Layout,
};

/// PDA `["emission", pool]`.
#[account]
pub struct Emission {
    /// Layout version.
    pub version: u8,
    /// Bump of this account's own address.
    pub bump: u8,
    /// Steps in use.
    pub step_count: u8,
    /// Decimals of the network's token.
    pub token_decimals: u8,
    /// Share of the revenue whose worth in tokens is emitted.
    pub rho_bps: u16,
    /// Share of the burnt tokens that is emitted again.
    pub reemit_bps: u16,
    /// 1 if burnt tokens can be emitted again here: burns are the network's, so that only the pool
    /// of its first service counts them.
    pub counts_burns: u8,
    /// Zero.
    pub _pad: [u8; 7],
    /// The pool that mints.
    pub pool: Address,
    /// The network's market: says what was burned and what a token is worth.
    pub market: Address,
    /// What customers paid for the pool's service.
    pub revenue: Address,
    /// Tokens that an epoch gets whatever was sold, in base units.
    pub base: u64,
    /// Burnt tokens that an epoch emits again at most, in base units.
    pub reemit_cap: u64,
    /// The schedule, by ascending first epoch.
    pub steps: [EmissionStep; EMISSION_STEPS_MAX],
    /// Credits of the service's revenue that earned emission already.
    pub revenue_counted: u64,
    /// Burnt tokens of the market that are counted already, in base units.
    pub burned_counted: u64,
    /// Burns an epoch, smoothed, in base units.
    pub smoothed_burn: u64,
    /// Records ever written.
    pub record_count: u64,
    /// What the allotments were computed from; number n stands at n modulo 64.
    pub records: [EmissionRecord; EMISSION_RECORDS_MAX],
    /// What the market was sure to keep of every sale at the last allotment.
    pub fee_counted_bps: u16,
    /// Zero; room for parameters to come.
    pub _reserved: [u8; 62],
}

impl Layout for Emission {
    const VERSION: u8 = VERSION;
}

/// What a schedule grants from an epoch on, until the next step.
#[repr(C)]
#[derive(
    Clone,
    Copy,
    Debug,
    Default,
    PartialEq,
    Eq,
    Pod,
    Zeroable,
    AnchorSerialize,
    AnchorDeserialize,
    IdlType,
)]
pub struct EmissionStep {
    /// First epoch of the step.
    pub first_epoch: u64,
    /// Most that an epoch is granted, in base units.
    pub tokens_per_epoch: u64,
}

/// What one allotment was computed from, and what came out.
#[repr(C)]
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Pod, Zeroable, IdlType)]
pub struct EmissionRecord {
    /// The epoch.
    pub epoch: u64,
    /// Credits of revenue that earned emission.
    pub revenue: u64,
    /// Tokens that were burned since the record before and count, in base units.
    pub burned: u64,
    /// Smoothed burns before these, in base units.
    pub smoothed_burn: u64,
    /// Price of a token: this many times ten to the exponent dollars. 0 if there was no usable
    /// one; the revenue then waits.
    pub price_mantissa: u64,
    /// Most that base and revenue could grant, in base units.
    pub scheduled: u64,
    /// What the epoch gets whatever was sold, in base units.
    pub base: u64,
    /// Worth of the revenue's share, in base units.
    pub by_revenue: u64,
    /// Burnt tokens that were emitted again, in base units.
    pub reemitted: u64,
    /// What was minted, in base units.
    pub granted: u64,
    /// What the schedule would have allowed and was not minted, in base units.
    pub withheld: u64,
    /// Power of ten of the price.
    pub price_exponent: i32,
    /// Version of the pool's parameters.
    pub params_version: u32,
    /// Share of the revenue that counted.
    pub rho_bps: u16,
    /// Share of the burns that counted.
    pub reemit_bps: u16,
    /// Why there was no usable price: 0 there was one, 1 no price account, 2 malformed, 3 not
    /// fully verified, 4 another feed, 5 stale, 6 from the future, 7 too wide, 8 not positive,
    /// 9 exponent out of range.
    pub price_problem: u8,
    /// Zero.
    pub _pad: [u8; 3],
}

const _: () = {
    assert!(size_of::<EmissionStep>() == 16);
    assert!(size_of::<EmissionRecord>() == 104);
    assert!(size_of::<Emission>() == 7_008);
    assert!(offset_of!(Emission, pool) == 16);
    assert!(offset_of!(Emission, base) == 112);
    assert!(offset_of!(Emission, steps) == 128);
    assert!(offset_of!(Emission, records) == 288);
    assert!(offset_of!(Emission, fee_counted_bps) == 6_944);
};

/// How a minting pool emits. All of it can be changed, with a delay.
#[derive(Clone, Debug, PartialEq, Eq, AnchorSerialize, AnchorDeserialize, IdlType)]
pub struct EmissionParams {
    /// Tokens that an epoch gets whatever was sold, in base units: at most the pool's tokens an
    /// epoch.
    pub base: u64,
    /// Share of the revenue whose worth in tokens is emitted: together with the next one below the
    /// market's protocol fee.
    pub rho_bps: u16,
    /// Share of the burnt tokens that is emitted again: zero but for the network's first service.
    pub reemit_bps: u16,
    /// Burnt tokens that an epoch emits again at most, in base units.
    pub reemit_cap: u64,
    /// The schedule: 1 to 8 steps by ascending first epoch. Each, together with the cap, stays
    /// within the pool's tokens an epoch.
    pub steps: Vec<EmissionStep>,
}

/// What parameters of an emission must stay within.
pub struct EmissionBounds {
    /// Most that the pool ever allots to an epoch, in base units.
    pub ceiling: u64,
    /// What the market is sure to keep of every sale.
    pub protocol_fee_bps: u16,
    /// Whether burns can be emitted again here.
    pub counts_burns: bool,
}

impl EmissionParams {
    pub fn validate(&self, bounds: &EmissionBounds) -> Result<()> {
        let steps = steps_of(&self.steps);
        require!(
            !steps.is_empty() && schedule_is_sound(&steps),
            RewardsError::BadSteps
        );
        let highest = steps.iter().map(|step| step.tokens_per_epoch).max();
        let most = highest.and_then(|tokens| tokens.checked_add(self.reemit_cap));
        require!(
            self.base <= bounds.ceiling && most.is_some_and(|most| most <= bounds.ceiling),
            RewardsError::AboveCeiling
        );
        let (rho, reemit) = shares(self.rho_bps, self.reemit_bps)?;
        let fee = Bps::new(bounds.protocol_fee_bps).ok_or(RewardsError::InvariantViolated)?;
        let is_nothing = rho == Bps::ZERO && reemit == Bps::ZERO;
        require!(
            is_nothing || rule_is_sound(rho, reemit, fee),
            RewardsError::RhoNotBelowFee
        );
        require!(
            bounds.counts_burns || self.reemit_bps == 0,
            RewardsError::BurnsElsewhere
        );
        Ok(())
    }
}

fn steps_of(steps: &[EmissionStep]) -> Vec<ScheduleStep> {
    let step = |step: &EmissionStep| ScheduleStep {
        first_epoch: step.first_epoch,
        tokens_per_epoch: step.tokens_per_epoch,
    };
    steps.iter().map(step).collect()
}

fn shares(rho_bps: u16, reemit_bps: u16) -> Result<(Bps, Bps)> {
    let bps = |value| Bps::new(value).ok_or(RewardsError::RhoNotBelowFee);
    Ok((bps(rho_bps)?, bps(reemit_bps)?))
}

/// Addresses, the bump and the counters that are found while an emission is opened.
pub struct EmissionOrigin {
    pub bump: u8,
    pub token_decimals: u8,
    pub counts_burns: bool,
    pub pool: Address,
    pub market: Address,
    pub revenue: Address,
    /// Credits of revenue so far: they earn nothing any more.
    pub revenue_before: u64,
    /// Tokens burned so far: they earn nothing any more.
    pub burned_before: u64,
    /// What the market is sure to keep of every sale.
    pub protocol_fee_bps: u16,
}

/// What is seen on the chain at an allotment.
pub struct EmissionFacts {
    /// Credits ever used up by delivered work.
    pub consumed: u64,
    /// Tokens ever burned for credits.
    pub burned: u64,
    /// What the market is sure to keep of every sale.
    pub protocol_fee_bps: u16,
    /// What a token is worth, `None` if the price account is not a price account at all.
    pub price: core::result::Result<Price, Option<PriceError>>,
}

impl Emission {
    /// Writes a fresh emission that has granted nothing.
    pub fn open(&mut self, origin: &EmissionOrigin, params: &EmissionParams) -> Result<()> {
        self.version = VERSION;
        self.bump = origin.bump;
        self.token_decimals = origin.token_decimals;
        self.counts_burns = u8::from(origin.counts_burns);
        self.pool = origin.pool;
        self.market = origin.market;
        self.revenue = origin.revenue;
        self.revenue_counted = origin.revenue_before;
        self.burned_counted = origin.burned_before;
        self.fee_counted_bps = origin.protocol_fee_bps;
        self.set(params)
    }

    /// Takes over parameters that were validated.
    pub fn set(&mut self, params: &EmissionParams) -> Result<()> {
        self.base = params.base;
        self.rho_bps = params.rho_bps;
        self.reemit_bps = params.reemit_bps;
        self.reemit_cap = params.reemit_cap;
        self.steps = [EmissionStep::default(); EMISSION_STEPS_MAX];
        self.steps
            .get_mut(..params.steps.len())
            .ok_or(RewardsError::BadSteps)?
            .copy_from_slice(&params.steps);
        self.step_count = u8::try_from(params.steps.len()).map_err(|_| RewardsError::BadSteps)?;
        Ok(())
    }

    /// Whether `address` is the one that the pool gives.
    #[inline(never)]
    pub fn is_at(&self, address: &Address) -> bool {
        let seeds = [SEED_EMISSION, self.pool.as_ref()];
        address_eq(
            address,
            &Address::derive_address(&seeds, Some(self.bump), &ID),
        )
    }

    /// The steps in use.
    pub fn schedule(&self) -> &[EmissionStep] {
        self.steps
            .get(..usize::from(self.step_count))
            .unwrap_or_default()
    }

    /// Grants an epoch what the rule gives, and keeps the record. Without a usable price the
    /// revenue waits for one. While the market keeps no more than revenue and burns would earn,
    /// they earn nothing, also later: what was sold since the last allotment can have paid the
    /// fee of then.
    #[inline(never)]
    pub fn grant(
        &mut self,
        epoch: u64,
        facts: &EmissionFacts,
        params_version: u32,
    ) -> Result<EmissionRecord> {
        let since = |now: u64, counted: u64| {
            now.checked_sub(counted)
                .ok_or(RewardsError::InvariantViolated)
        };
        let fee_bps = facts.protocol_fee_bps.min(self.fee_counted_bps);
        let (rule, is_sound) = self.rule(fee_bps)?;
        let waits = is_sound && facts.price.is_err();
        let revenue = if waits {
            self.revenue_counted
        } else {
            facts.consumed
        };
        let revenue = since(revenue, self.revenue_counted)?;
        let burned = since(facts.burned, self.burned_counted)?;
        let burned = if is_sound { burned } else { 0 };
        let price = facts.price.unwrap_or(Price {
            mantissa: 0,
            exponent: 0,
        });
        let emission = epoch_emission(
            &steps_of(self.schedule()),
            &rule,
            epoch,
            &EpochFacts {
                revenue: Credits(revenue),
                burned: TokenAmount(burned),
                smoothed_burn: self.smoothed_burn,
                price,
            },
        )
        .map_err(|_| RewardsError::MathOverflow)?;
        let by_rule = since(emission.granted, emission.reemitted)?;
        let record = EmissionRecord {
            epoch,
            revenue,
            burned,
            smoothed_burn: self.smoothed_burn,
            price_mantissa: price.mantissa,
            scheduled: emission.scheduled,
            base: rule.base,
            by_revenue: emission.by_revenue,
            reemitted: emission.reemitted,
            granted: emission.granted,
            withheld: since(emission.scheduled, by_rule)?,
            price_exponent: price.exponent,
            params_version,
            rho_bps: rule.rho.get(),
            reemit_bps: rule.reemit_share.get(),
            price_problem: facts.price.err().map_or(0, price_problem),
            _pad: [0; 3],
        };
        self.smoothed_burn = emission.smoothed_burn;
        self.burned_counted = facts.burned;
        self.fee_counted_bps = facts.protocol_fee_bps;
        self.keep(&record)?;
        Ok(record)
    }

    /// The rule under this fee, and whether revenue and burns earn anything under it.
    fn rule(&self, protocol_fee_bps: u16) -> Result<(EmissionRule, bool)> {
        let (rho, reemit_share) = shares(self.rho_bps, self.reemit_bps)?;
        let fee = Bps::new(protocol_fee_bps).ok_or(RewardsError::InvariantViolated)?;
        let is_sound = rule_is_sound(rho, reemit_share, fee);
        let if_sound = |share| if is_sound { share } else { Bps::ZERO };
        let rule = EmissionRule {
            base: self.base,
            rho: if_sound(rho),
            reemit_share: if_sound(reemit_share),
            reemit_cap: self.reemit_cap,
            token_decimals: self.token_decimals,
        };
        Ok((rule, is_sound))
    }

    fn keep(&mut self, record: &EmissionRecord) -> Result<()> {
        let sum =
            |counted: u64, more: u64| counted.checked_add(more).ok_or(RewardsError::MathOverflow);
        self.revenue_counted = sum(self.revenue_counted, record.revenue)?;
        let slot = usize::try_from(self.record_count)
            .ok()
            .and_then(|count| count.checked_rem(EMISSION_RECORDS_MAX))
            .and_then(|slot| self.records.get_mut(slot))
            .ok_or(RewardsError::InvariantViolated)?;
        *slot = *record;
        self.record_count = sum(self.record_count, 1)?;
        Ok(())
    }

    /// The record of an epoch, if it is still kept.
    pub fn record(&self, epoch: u64) -> Option<&EmissionRecord> {
        let kept = usize::try_from(self.record_count).unwrap_or(EMISSION_RECORDS_MAX);
        let records = self.records.get(..kept.min(EMISSION_RECORDS_MAX))?;
        records.iter().find(|record| record.epoch == epoch)
    }

    /// What holds after every instruction that changes an emission.
    ///
    /// - It has this layout and a schedule.
    /// - Burns are counted where they may be, or nowhere.
    #[inline(always)]
    pub fn invariant(&self) -> Result<()> {
        let holds = self.version == VERSION
            && (1..=EMISSION_STEPS_MAX).contains(&usize::from(self.step_count))
            && (self.counts_burns == 1 || self.reemit_bps == 0);
        require!(holds, RewardsError::InvariantViolated);
        Ok(())
    }
}

/// The number that a record keeps of why there was no usable price.
fn price_problem(problem: Option<PriceError>) -> u8 {
    match problem {
        None => 1,
        Some(PriceError::Malformed) => 2,
        Some(PriceError::NotFull) => 3,
        Some(PriceError::WrongFeed) => 4,
        Some(PriceError::Stale) => 5,
        Some(PriceError::Future) => 6,
        Some(PriceError::TooWide) => 7,
        Some(PriceError::NotPositive) => 8,
        Some(PriceError::Exponent) => 9,
    }
}
