//! Off chain: steps at random that concern credits.

use {
    crate::{
        model_chain::{CUSTOMERS, OPERATORS},
        model_credits::PAYMENTS,
        model_steps::{mostly, ALL},
    },
    proptest::{prelude::*, sample::select},
    trestle_model::{Actor, Delegate, LeaseDeal, MeterDeal, Step, Topup},
};

const DAY: i64 = 86_400;

/// Numbers of credits: round ones that meet one another, and the edges.
fn credits() -> impl Strategy<Value = u64> {
    prop_oneof![
        1 => select(vec![0, 1, u64::MAX]),
        6 => (1..50_u64).prop_map(|hundreds| hundreds * 100),
        3 => 1..20_000_u64,
        1 => 1..2_000_000_u64,
    ]
}

/// What is taken out of the treasury: mostly all.
fn withdrawn() -> impl Strategy<Value = u64> {
    prop_oneof![3 => Just(ALL), 1 => credits()]
}

/// What the fee on some sales can buy, mostly.
fn insured() -> impl Strategy<Value = u64> {
    prop_oneof![4 => 1..200_u64, 1 => credits()]
}

fn customer() -> std::ops::Range<u8> {
    0..CUSTOMERS
}

fn most() -> impl Strategy<Value = u64> {
    prop_oneof![8 => Just(u64::MAX), 1 => 0..100_000_u64]
}

/// A customer, or now and then the one that may spend for it.
fn spender() -> BoxedStrategy<(Actor, u8)> {
    customer()
        .prop_flat_map(|number| {
            let by = prop_oneof![
                2 => Just(Actor::Customer(number)),
                2 => Just(Actor::Stranger),
            ];
            (mostly(by), Just(number))
        })
        .boxed()
}

/// A customer and an operator, and mostly one of them acting.
pub fn parties() -> BoxedStrategy<(Actor, u8, u8)> {
    (customer(), 0..OPERATORS)
        .prop_flat_map(|(number, operator)| {
            let by = prop_oneof![
                Just(Actor::Customer(number)),
                Just(Actor::Operator(operator)),
            ];
            (mostly(by), Just(number), Just(operator))
        })
        .boxed()
}

fn meter_deal() -> impl Strategy<Value = MeterDeal> {
    let sane = (1..20_u64, 20..900_u64, credits(), 1..5_u32);
    let edge = (
        0..3_u64,
        0..3_u64,
        0..3_u64,
        prop_oneof![0..2_u32, 31..35_u32],
    );
    prop_oneof![8 => sane.boxed(), 1 => edge.boxed()].prop_map(
        |(price, epoch_cap, deposit, notice)| MeterDeal {
            price,
            epoch_cap,
            deposit,
            notice,
        },
    )
}

pub fn lease_deal() -> impl Strategy<Value = LeaseDeal> {
    let epochs = prop_oneof![8 => 1..12_u64, 1 => select(vec![0, 3_650, 3_651])];
    let bps = || prop_oneof![6 => 0..=10_000_u16, 1 => Just(10_001)];
    let rate = prop_oneof![8 => 1..300_u64, 1 => select(vec![0, u64::MAX])];
    let (period, notice) = (1..4_u32, 0..4_u16);
    let renewal = prop_oneof![
        4 => (1..9_u64, 1..300_u64),
        4 => Just((0, 0)),
        1 => select(vec![(0, 1), (1, 0), (3_651, 1)]),
    ];
    let shares = (bps(), bps(), bps());
    (rate, epochs, period, shares, notice, renewal).prop_map(
        |(rate, epochs, period, (sla_bps, credit_bps, cap_bps), notice, renewal)| LeaseDeal {
            rate,
            epochs,
            period,
            sla_bps,
            credit_bps,
            cap_bps,
            notice,
            renewal_epochs: renewal.0,
            renewal_rate: renewal.1,
        },
    )
}

/// Steps by which credits are bought and come into accounts, with their weights.
pub fn accounts() -> Vec<(u32, BoxedStrategy<Step>)> {
    vec![
        (
            3,
            (100_000_000..400_000_000_u64)
                .prop_map(|price| Step::PricePost { price })
                .boxed(),
        ),
        (
            4,
            (customer(), credits(), most())
                .prop_map(|(customer, credits, most)| Step::CreditsBuyBurn {
                    customer,
                    credits,
                    most,
                })
                .boxed(),
        ),
        (
            5,
            (customer(), credits(), most())
                .prop_map(|(customer, credits, most)| Step::CreditsBuyStable {
                    customer,
                    credits,
                    most,
                })
                .boxed(),
        ),
        (
            7,
            (customer(), credits())
                .prop_map(|(customer, credits)| Step::AccountDeposit { customer, credits })
                .boxed(),
        ),
        (
            2,
            (customer(), credits())
                .prop_map(|(customer, credits)| Step::AccountWithdraw { customer, credits })
                .boxed(),
        ),
        (3, Just(Step::RevenueRelease).boxed()),
        (
            2,
            (mostly(Just(Actor::Authority)), withdrawn())
                .prop_map(|(by, amount)| Step::TreasuryWithdraw { by, amount })
                .boxed(),
        ),
        (
            2,
            (
                mostly(Just(Actor::Authority)),
                customer(),
                insured(),
                prop::bool::weighted(0.9),
            )
                .prop_map(|(by, customer, credits, is_next)| Step::InsurancePay {
                    by,
                    customer,
                    credits,
                    is_next,
                })
                .boxed(),
        ),
    ]
}

fn meters() -> Vec<(u32, BoxedStrategy<Step>)> {
    vec![
        (
            4,
            (spender(), 0..OPERATORS, meter_deal())
                .prop_map(|((by, customer), operator, deal)| Step::MeterOpen {
                    by,
                    customer,
                    operator,
                    deal,
                })
                .boxed(),
        ),
        (
            3,
            (spender(), 0..OPERATORS, credits())
                .prop_map(|((by, customer), operator, credits)| Step::MeterDeposit {
                    by,
                    customer,
                    operator,
                    credits,
                })
                .boxed(),
        ),
        (
            7,
            (spender(), 0..OPERATORS, credits())
                .prop_map(
                    |((signed_by, customer), operator, units)| Step::MeterSettle {
                        customer,
                        operator,
                        units,
                        signed_by,
                    },
                )
                .boxed(),
        ),
        (
            2,
            parties()
                .prop_map(|(by, customer, operator)| Step::MeterEnd {
                    by,
                    customer,
                    operator,
                })
                .boxed(),
        ),
        (
            3,
            (customer(), 0..OPERATORS)
                .prop_map(|(customer, operator)| Step::MeterClose { customer, operator })
                .boxed(),
        ),
    ]
}

fn limits() -> Vec<(u32, BoxedStrategy<Step>)> {
    let limits =
        (credits(), credits(), 0..100_u64).prop_map(|(epoch_limit, total_limit, last_epoch)| {
            Delegate {
                epoch_limit,
                total_limit,
                last_epoch,
                ..Delegate::default()
            }
        });
    let rules = (credits(), credits(), 0..4_u32, credits()).prop_map(
        |(floor, amount, period, approved)| Topup {
            floor,
            amount,
            period,
            approved,
            ..Topup::default()
        },
    );
    vec![
        (
            2,
            (customer(), mostly(Just(Actor::Stranger)), limits)
                .prop_map(|(customer, to, limits)| Step::DelegateSet {
                    customer,
                    to,
                    limits,
                })
                .boxed(),
        ),
        (
            1,
            (customer(), mostly(Just(Actor::Stranger)))
                .prop_map(|(customer, to)| Step::DelegateRemove { customer, to })
                .boxed(),
        ),
        (
            2,
            (customer(), rules)
                .prop_map(|(customer, rules)| Step::TopupSet { customer, rules })
                .boxed(),
        ),
        (
            3,
            customer()
                .prop_map(|customer| Step::TopupRun { customer })
                .boxed(),
        ),
        (
            1,
            customer()
                .prop_map(|customer| Step::TopupRemove { customer })
                .boxed(),
        ),
    ]
}

/// Time to the edges of what can be done with a sale.
fn card_wait() -> BoxedStrategy<Step> {
    prop_oneof![
        (3 * DAY - 1)..=(3 * DAY + 1),
        (30 * DAY - 1)..=(30 * DAY + 1),
        (90 * DAY - 1)..=(90 * DAY + 1),
    ]
    .prop_map(Step::Wait)
    .boxed()
}

fn cards() -> Vec<(u32, BoxedStrategy<Step>)> {
    let biller = || mostly(Just(Actor::Biller));
    let age = prop_oneof![
        6 => 0..DAY,
        1 => select(vec![-601, -600, 3 * DAY, 3 * DAY + 1]),
    ];
    let sale = || (biller(), customer(), 0..PAYMENTS);
    vec![
        (
            1,
            (mostly(Just(Actor::Authority)), credits())
                .prop_map(|(by, daily_cap)| Step::BillerSet { by, daily_cap })
                .boxed(),
        ),
        (
            4,
            (sale(), credits(), age)
                .prop_map(|((by, customer, payment), credits, age)| Step::CardSell {
                    by,
                    customer,
                    payment,
                    credits,
                    age,
                })
                .boxed(),
        ),
        (
            2,
            sale()
                .prop_map(|(by, customer, payment)| Step::CardChargeback {
                    by,
                    customer,
                    payment,
                })
                .boxed(),
        ),
        (
            4,
            (sale(), any::<bool>())
                .prop_map(|((by, customer, payment), lost)| Step::CardResolve {
                    by,
                    customer,
                    payment,
                    lost,
                })
                .boxed(),
        ),
        (
            1,
            sale()
                .prop_map(|(by, customer, payment)| Step::CardRefund {
                    by,
                    customer,
                    payment,
                })
                .boxed(),
        ),
        (
            3,
            (0..PAYMENTS)
                .prop_map(|payment| Step::CardClose { payment })
                .boxed(),
        ),
        (1, card_wait()),
    ]
}

/// Steps of leases with their weights.
pub fn leases() -> Vec<(u32, BoxedStrategy<Step>)> {
    vec![
        (
            5,
            (customer(), 0..OPERATORS, lease_deal())
                .prop_map(|(customer, operator, deal)| Step::LeaseOpen {
                    customer,
                    operator,
                    deal,
                })
                .boxed(),
        ),
        (
            9,
            (customer(), 0..OPERATORS, 0..4_u8)
                .prop_map(|(customer, operator, back)| Step::LeaseSettle {
                    customer,
                    operator,
                    back,
                })
                .boxed(),
        ),
        (
            2,
            parties()
                .prop_map(|(by, customer, operator)| Step::LeaseEnd {
                    by,
                    customer,
                    operator,
                })
                .boxed(),
        ),
        (
            3,
            (customer(), 0..OPERATORS)
                .prop_map(|(customer, operator)| Step::LeaseClose { customer, operator })
                .boxed(),
        ),
        (4, renewal()),
        (
            2,
            (customer(), 0..OPERATORS, 0..OPERATORS, lease_deal())
                .prop_map(|(customer, from, to, deal)| Step::LeaseTransfer {
                    customer,
                    from,
                    to,
                    deal,
                })
                .boxed(),
        ),
    ]
}

/// A renewal, as often at the rate that the lease names for it as at another.
fn renewal() -> BoxedStrategy<Step> {
    let rate = prop_oneof![
        3 => Just(ALL),
        3 => 1..300_u64,
        1 => select(vec![0, u64::MAX]),
    ];
    let epochs = prop_oneof![8 => 1..9_u64, 1 => select(vec![0, 3_651])];
    (customer(), 0..OPERATORS, epochs, rate, any::<bool>())
        .prop_map(
            |(customer, operator, epochs, rate, by_node)| Step::LeaseRenew {
                customer,
                operator,
                epochs,
                rate,
                by_node,
            },
        )
        .boxed()
}

/// Steps that bring stablecoin to operators, with their weights.
pub fn sales() -> Vec<(u32, BoxedStrategy<Step>)> {
    [accounts(), meters()].concat()
}

/// Steps that concern credits, with their weights.
pub fn credit_steps() -> Vec<(u32, BoxedStrategy<Step>)> {
    [accounts(), meters(), limits(), cards(), leases()].concat()
}
