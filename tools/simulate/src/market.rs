//! The world around the protocol: the token's price, its feed, and demand.

use crate::{
    noise::Noise,
    parameters::{Parameters, EPOCH_SECONDS, GENESIS, OPEN},
    scenario::{Scenario, CRASH_FACTOR},
};
use trestle_core::{
    epoch::epoch_end,
    price::{
        conservative_price, emission_price, Price, PriceError, PriceUpdate, VerificationLevel,
    },
    units::{Epoch, UnixSeconds},
};

const FEED: [u8; 32] = [7; 32];
const FEED_EXPONENT: i32 = -8;
const FEED_UNITS_PER_USD: f64 = 100_000_000.0;
/// Confidence interval of the feed as a share of the price.
const CONFIDENCE: f64 = 0.003;
/// The feed's average is as old as this share of a day.
const AVERAGE_LAG: f64 = 1.0 / 24.0;

const SPOT_START_USD: f64 = 0.1;
const TREND_FACTOR: f64 = 1.000_5;
/// What is drawn back to the trend in a day.
const REVERSION: f64 = 0.01;
const SPOT_NOISE: f64 = 0.03;
const DEMAND_NOISE: f64 = 0.05;

/// Dollars a day: at first, and where growth ends.
const DEMAND_USD: [(f64, f64); OPEN.len()] = [(1_500.0, 120_000.0), (500.0, 60_000.0)];
const DEMAND_GROWTH: [f64; OPEN.len()] = [0.004, 0.003_5];

/// What programs can know of the price.
#[derive(Clone, Copy, Debug)]
pub(crate) struct SeenPrice {
    /// At which burnt tokens are valued.
    pub(crate) conservative: Price,
    /// At which tokens are emitted.
    pub(crate) emission: Price,
}

/// A day of the market.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Day {
    pub(crate) epoch: u64,
    /// End of the epoch.
    pub(crate) now: UnixSeconds,
    /// Dollars of a whole token.
    pub(crate) spot: f64,
    /// `None` while the feed's last price is too old.
    pub(crate) seen: Option<SeenPrice>,
    /// Dollars that customers would spend on each service.
    pub(crate) demand: [f64; OPEN.len()],
}

pub(crate) struct Market {
    noise: Noise,
    trend: f64,
    spot: f64,
    demand: [f64; OPEN.len()],
    published: PriceUpdate,
}

impl Market {
    pub(crate) fn new(scenario: &Scenario) -> Self {
        Self {
            noise: Noise::new(scenario.seed, u64::MAX),
            trend: SPOT_START_USD,
            spot: SPOT_START_USD,
            demand: DEMAND_USD.map(|(first, _)| first),
            published: update(SPOT_START_USD, SPOT_START_USD, UnixSeconds(GENESIS)),
        }
    }

    pub(crate) fn next(
        &mut self,
        epoch: u64,
        scenario: &Scenario,
        parameters: &Parameters,
    ) -> anyhow::Result<Day> {
        let before = self.spot;
        let crash = if scenario.crash.contains(&epoch) {
            CRASH_FACTOR
        } else {
            1.0
        };
        self.trend *= TREND_FACTOR * crash;
        self.spot *= crash;
        self.spot +=
            (self.trend - self.spot) * REVERSION + self.spot * SPOT_NOISE * self.noise.normal();
        self.spot = self.spot.max(self.trend / 10.0);

        let now = epoch_end(UnixSeconds(GENESIS), EPOCH_SECONDS, Epoch(epoch))?;
        if !scenario.outage.contains(&epoch) {
            let average = before * AVERAGE_LAG + self.spot * (1.0 - AVERAGE_LAG);
            self.published = update(self.spot, average, now);
        }
        let mut demand = [0.0; OPEN.len()];
        for (service, wanted) in demand.iter_mut().enumerate() {
            let (_, most) = DEMAND_USD[service];
            let now = self.demand[service];
            self.demand[service] += DEMAND_GROWTH[service] * now * (1.0 - now / most);
            *wanted = (self.demand[service] * (1.0 + DEMAND_NOISE * self.noise.normal())).max(0.0);
        }
        Ok(Day {
            epoch,
            now,
            spot: self.spot,
            seen: self.see(now, parameters)?,
            demand,
        })
    }

    /// Reads the feed's account as the programs do.
    fn see(
        &self,
        now: UnixSeconds,
        parameters: &Parameters,
    ) -> Result<Option<SeenPrice>, PriceError> {
        let update = PriceUpdate::parse(&self.published.encode())?;
        let (age, conf) = (parameters.max_age_seconds, parameters.max_conf);
        let conservative = match conservative_price(&update, &FEED, now, age, conf) {
            Err(PriceError::Stale) => return Ok(None),
            price => price?,
        };
        let emission = emission_price(&update, &FEED, now, age, conf)?;
        Ok(Some(SeenPrice {
            conservative,
            emission,
        }))
    }
}

fn update(spot: f64, average: f64, now: UnixSeconds) -> PriceUpdate {
    let units = |usd: f64| (usd * FEED_UNITS_PER_USD) as u64;
    PriceUpdate {
        write_authority: [0; 32],
        verification_level: VerificationLevel::Full,
        feed_id: FEED,
        price: units(spot) as i64,
        conf: units(spot * CONFIDENCE),
        exponent: FEED_EXPONENT,
        publish_time: now.0,
        prev_publish_time: now.0 - 1,
        ema_price: units(average) as i64,
        ema_conf: units(average * CONFIDENCE),
        posted_slot: 0,
    }
}
