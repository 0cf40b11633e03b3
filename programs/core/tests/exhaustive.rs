//! Runs off chain: the money kernels over every combination of small numbers, against what the
//! definitions say in wider integers. What random inputs miss at the edges cannot hide here.

use std::cmp::Reverse;
use trestle_core::{
    breaker::Breaker,
    emission::{epoch_emission, stable_release, Emission, EmissionRule, EpochFacts, ScheduleStep},
    lease::{self, settle, LeaseTerms, SlaStep, SLA_STEPS_MAX},
    math::{mul_div_ceil, mul_div_floor, split_largest_remainder, MathError},
    payout::{releasable, split_pay},
    price::{tokens_for_credits, tokens_worth, Price},
    slash::{take, SlashShares},
    units::{Bps, Credits, TokenAmount, UnixSeconds},
};

fn bps(share: u16) -> Bps {
    Bps::new(share).unwrap()
}

/// Every array of numbers up to `max`.
fn arrays<const N: usize>(max: u64) -> impl Iterator<Item = [u64; N]> {
    let base = max + 1;
    (0..base.pow(N as u32)).map(move |mut number| {
        [(); N].map(|()| {
            let digit = number % base;
            number /= base;
            digit
        })
    })
}

#[test]
fn products() {
    for [a, b, d] in arrays::<3>(255) {
        if d == 0 {
            assert_eq!(mul_div_floor(a, b, d), Err(MathError::DivisionByZero));
            assert_eq!(mul_div_ceil(a, b, d), Err(MathError::DivisionByZero));
        } else {
            assert_eq!(mul_div_floor(a, b, d), Ok(a * b / d));
            assert_eq!(mul_div_ceil(a, b, d), Ok((a * b).div_ceil(d)));
        }
    }
}

#[test]
fn products_at_the_largest_numbers() {
    for [a, b, d] in arrays::<3>(63).map(|small| small.map(|small| u64::MAX - small)) {
        let product = u128::from(a) * u128::from(b);
        let floor = product / u128::from(d);
        let ceil = product.div_ceil(u128::from(d));
        assert_eq!(mul_div_floor(a, b, d).ok(), u64::try_from(floor).ok());
        assert_eq!(mul_div_ceil(a, b, d).ok(), u64::try_from(ceil).ok());
    }
}

/// The split as the definition has it.
fn split_by_sorting<const N: usize>(total: u64, weights: &[u64; N]) -> [u64; N] {
    let sum: u64 = weights.iter().sum();
    if sum == 0 {
        return [0; N];
    }
    let mut shares = weights.map(|weight| total * weight / sum);
    let mut order: Vec<usize> = (0..N).collect();
    order.sort_by_key(|index| (Reverse(total * weights[*index] % sum), *index));
    let left = total - shares.iter().sum::<u64>();
    for index in order.into_iter().take(left as usize) {
        shares[index] += 1;
    }
    shares
}

#[test]
fn splits_by_largest_remainder() {
    for total in 0..=64 {
        for weights in arrays::<4>(9) {
            let mut shares = [99; 4];
            split_largest_remainder(total, &weights, &mut shares).unwrap();
            assert_eq!(
                shares,
                split_by_sorting(total, &weights),
                "{total} {weights:?}"
            );
        }
    }
}

#[test]
fn the_breaker() {
    for [capacity, window] in arrays::<2>(5) {
        for calls in arrays::<6>(5) {
            let mut breaker = Breaker::default();
            let (mut now, mut paid) = (0, 0);
            for call in calls.chunks(2) {
                now += call[0];
                let at = UnixSeconds(now as i64);
                let available = breaker.available(capacity, window as u32, at);
                let granted = breaker.grant(capacity, window as u32, at, call[1]);
                assert_eq!(granted, call[1].min(available));
                assert!(breaker.value <= capacity);
                paid += granted;
            }
            let drained = (capacity * now).checked_div(window);
            assert!(paid <= drained.map_or(0, |drained| capacity + drained));
            // After a whole window everything is available again.
            let later = UnixSeconds((now + window) as i64);
            let whole = if window == 0 { 0 } else { capacity };
            assert_eq!(breaker.available(capacity, window as u32, later), whole);
        }
    }
}

#[test]
fn emission() {
    let shares = [0, 1_428, 5_000, 10_000];
    for [scheduled, base, revenue] in arrays::<3>(9) {
        for [rho, mantissa, reemit, cap] in arrays::<4>(3) {
            for [burned, before] in arrays::<2>(15) {
                let rule = EmissionRule {
                    base,
                    rho: bps(shares[rho as usize]),
                    reemit_share: bps(shares[reemit as usize]),
                    reemit_cap: cap,
                    token_decimals: 0,
                };
                let steps = [ScheduleStep {
                    first_epoch: 5,
                    tokens_per_epoch: scheduled,
                }];
                let facts = EpochFacts {
                    revenue: Credits(revenue),
                    burned: TokenAmount(burned),
                    smoothed_burn: before,
                    // A token is worth as many credits.
                    price: Price {
                        mantissa: mantissa + 1,
                        exponent: -5,
                    },
                };
                let by_revenue = revenue * u64::from(rule.rho.get()) / 10_000 / (mantissa + 1);
                let smoothed_burn = (before * 6 + burned) / 7;
                let reemitted =
                    cap.min(smoothed_burn * u64::from(rule.reemit_share.get()) / 10_000);
                let expected = |scheduled: u64| Emission {
                    scheduled,
                    by_revenue,
                    reemitted,
                    granted: scheduled.min(base + by_revenue) + reemitted,
                    smoothed_burn,
                };
                let at = |epoch| epoch_emission(&steps, &rule, epoch, &facts).unwrap();
                assert_eq!(at(5), expected(scheduled));
                assert_eq!(at(4), expected(0));
            }
        }
    }
}

#[test]
fn re_emission_never_passes_the_burns() {
    for burns in arrays::<6>(9) {
        let (mut smoothed, mut reemitted) = (0, 0);
        for (index, burned) in burns.into_iter().enumerate() {
            smoothed = (smoothed * 6 + burned) / 7;
            reemitted += smoothed;
            let burnt: u64 = burns[..=index].iter().sum();
            assert!(reemitted + 6 * smoothed <= burnt);
        }
    }
}

#[test]
fn releases() {
    for [vault, outstanding, one, other] in arrays::<4>(31) {
        if one + other > outstanding {
            assert!(stable_release(one + other, outstanding, vault) <= vault);
            continue;
        }
        let whole = stable_release(one + other, outstanding, vault);
        assert_eq!(
            whole,
            (vault * (one + other))
                .checked_div(outstanding)
                .unwrap_or(0)
        );
        let first = stable_release(one, outstanding, vault);
        let second = stable_release(other, outstanding - one, vault - first);
        assert!(first + second <= vault);
        assert!(whole.abs_diff(first + second) <= 1);
        let later = stable_release(
            one,
            outstanding - other,
            vault - stable_release(other, outstanding, vault),
        );
        assert!(first.abs_diff(later) <= 1);
    }
}

#[test]
fn prices_of_credits() {
    for [credits, mantissa, shift] in arrays::<3>(60) {
        let shift = shift % 5;
        let price = Price {
            mantissa,
            exponent: -4 - shift as i32,
        };
        // With 2 decimals a credit is 10^(shift + 1) units of the mantissa.
        let burnt = tokens_for_credits(Credits(credits), price, 2);
        let emitted = tokens_worth(Credits(credits), price, 2);
        if mantissa == 0 {
            assert_eq!(burnt, Err(MathError::DivisionByZero));
            assert_eq!(emitted, Err(MathError::DivisionByZero));
            continue;
        }
        let numerator = credits * 10_u64.pow(shift as u32 + 1);
        assert_eq!(burnt, Ok(TokenAmount(numerator.div_ceil(mantissa))));
        assert_eq!(emitted, Ok(TokenAmount(numerator / mantissa)));
    }
}

#[test]
fn settlements_of_leases() {
    for [rate, epochs, ok, total, escrow] in arrays::<5>(7) {
        for [sla, credit] in arrays::<2>(2).map(|parts| parts.map(|part| part as u16 * 5_000)) {
            let mut steps = [SlaStep::default(); SLA_STEPS_MAX];
            steps[0] = SlaStep {
                below: bps(sla),
                credit: bps(credit),
            };
            let terms = LeaseTerms {
                steps,
                credit_left: u64::MAX,
            };
            let price = lease::Price {
                whole: rate * epochs,
                payable: rate * epochs,
            };
            let out = settle(&terms, &price, ok as u32, total as u32, escrow);
            assert_eq!(out.due, (rate * epochs).min(escrow));
            assert_eq!(out.consumed + out.refunded, out.due);
            let ok = ok.min(total);
            let earned = (out.due * ok).checked_div(total).unwrap_or(0);
            let given_back = if ok * 10_000 < total * u64::from(sla) {
                earned * u64::from(credit) / 10_000
            } else {
                0
            };
            assert_eq!(out.credit, given_back);
            assert_eq!(out.consumed, earned - given_back);
        }
    }
}

#[test]
fn slashes() {
    for amount in 0..=255 {
        for [a, b] in arrays::<2>(20).map(|parts| parts.map(|part| part as u16 * 500)) {
            let Some(rest) = 10_000_u16.checked_sub(a + b) else {
                continue;
            };
            let shares = SlashShares::new(bps(a), bps(b), bps(rest)).unwrap();
            for split in [shares.split(amount), shares.split_unchallenged(amount)] {
                assert_eq!(split.burn + split.insurance + split.challenger, amount);
                assert!(split.burn >= bps(a).apply_floor(amount));
            }
        }
    }
    for [stake, first, second, wanted] in arrays::<4>(15) {
        let taken = take(stake, &[first, second], wanted);
        assert_eq!(taken.total, wanted.min(stake + first + second));
        assert_eq!(taken.from_stake, wanted.min(stake));
        assert_eq!(
            taken.from_stake + taken.from_tickets.iter().sum::<u64>(),
            taken.total
        );
        assert!(taken.from_tickets[0] <= first && taken.from_tickets[1] <= second);
        assert!(taken.from_tickets[1] == 0 || taken.from_tickets[0] == first);
    }
}

#[test]
fn pay_and_what_is_held_of_it() {
    for amount in 0..=255 {
        for [delegators, held] in arrays::<2>(20).map(|parts| parts.map(|part| part as u16 * 500)) {
            let split = split_pay(amount, bps(delegators), bps(held)).unwrap();
            assert_eq!(split.operator + split.delegators + split.held, amount);
            // At the same rate nothing can be released; at a rate of zero everything.
            let held_now = TokenAmount(split.held);
            let base = TokenAmount(split.own());
            assert_eq!(releasable(held_now, base, bps(held)), TokenAmount(0));
            assert_eq!(releasable(held_now, base, Bps::ZERO), held_now);
        }
    }
}
