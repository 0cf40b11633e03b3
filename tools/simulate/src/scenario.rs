//! What can happen to a network.

use std::ops::Range;

/// A run of days, and what goes wrong in them.
#[derive(Clone, Debug)]
pub struct Scenario {
    /// Name of its files.
    pub name: &'static str,
    /// Heading.
    pub title: &'static str,
    /// What happens, in a sentence or two.
    pub story: &'static str,
    /// Days in which the price falls by [`CRASH_FACTOR`].
    pub(crate) crash: Range<u64>,
    /// Days in which seven in ten operators leave.
    pub(crate) exit: Range<u64>,
    /// Days without a new price.
    pub(crate) outage: Range<u64>,
    /// Days without a final root.
    pub(crate) halt: Range<u64>,
    /// Share of the customers' purchases that is paid by burning.
    pub(crate) burn_mix: f64,
    /// Dollars that an attacker can have at work at a time.
    pub(crate) capital: f64,
    /// Seed of the noise.
    pub(crate) seed: u64,
}

/// What a day of a crash leaves of the price: a tenth after sixty of them.
pub(crate) const CRASH_FACTOR: f64 = 0.962_35;
/// Of ten operators so many leave in a mass exit.
pub(crate) const EXIT_IN_TEN: u64 = 7;

const NEVER: Range<u64> = 0..0;

const CALM: Scenario = Scenario {
    name: "growth",
    title: "Growth",
    story: "Demand grows for ten years and nothing goes wrong.",
    crash: NEVER,
    exit: NEVER,
    outage: NEVER,
    halt: NEVER,
    burn_mix: 0.25,
    capital: 2_000.0,
    seed: 1,
};

/// Every scenario.
pub const SCENARIOS: [Scenario; 7] = [
    CALM,
    Scenario {
        name: "crash",
        title: "Crash of the token",
        story: "The token loses 90 % in 60 days in the fourth year.",
        crash: 1_200..1_260,
        seed: 2,
        ..CALM
    },
    Scenario {
        name: "wash-trading",
        title: "Wash trading",
        story:
            "An operator cycles 100,000 $ a day through his own service, in a market where every \
                credit is paid in stablecoin, so that all of it comes back but the fee.",
        burn_mix: 0.0,
        capital: 100_000.0,
        seed: 3,
        ..CALM
    },
    Scenario {
        name: "burn-farming",
        title: "Burn farming",
        story: "Somebody burns tokens for 500 $ a day and leases from himself, in a market where \
                all others pay in stablecoin. His credits release theirs, and he is too small to \
                dilute much of what he takes: a larger one loses more of each dollar.",
        burn_mix: 0.0,
        capital: 500.0,
        seed: 4,
        ..CALM
    },
    Scenario {
        name: "mass-exit",
        title: "Mass exit",
        story: "Seven in ten operators leave within ten days of the fifth year.",
        exit: 1_500..1_510,
        seed: 5,
        ..CALM
    },
    Scenario {
        name: "price-outage",
        title: "Outage of the price feed",
        story: "No price is published for 30 days of the fifth year.",
        outage: 1_500..1_530,
        seed: 6,
        ..CALM
    },
    Scenario {
        name: "verifier-halt",
        title: "Halt of the verifiers",
        story: "No root becomes final for 21 days of the fifth year.",
        halt: 1_500..1_521,
        seed: 7,
        ..CALM
    },
];
