//! The release of revenue, and receipts of metered usage.

use proptest::prelude::*;
use trestle_core::{
    release::{release, split_release, Release, ReleaseFacts},
    units::{Bps, Credits, StableAmount},
    usage::{pay_usage, receipt, signed_message},
};

/// A market whose services used up credits, and what its vault holds.
#[derive(Clone, Debug)]
struct Sales {
    by_stable: u64,
    by_card: u64,
    by_burn: u64,
    consumed: Vec<u64>,
}

impl Sales {
    fn outstanding(&self) -> u64 {
        self.by_stable + self.by_card + self.by_burn
    }
}

fn sales() -> impl Strategy<Value = Sales> {
    let amount = || prop_oneof![0_u64..20, 0_u64..1_000_000_000];
    let services = prop::collection::vec(0_u64..1_000, 1..5);
    (amount(), amount(), amount(), services, 0_u64..=1_000).prop_map(
        |(by_stable, by_card, by_burn, weights, used)| {
            let mut sales = Sales {
                by_stable,
                by_card,
                by_burn,
                consumed: Vec::new(),
            };
            let total = sales.outstanding() / 1_000 * used;
            let sum: u64 = weights.iter().sum::<u64>().max(1);
            sales.consumed = weights.iter().map(|weight| total / sum * weight).collect();
            sales
        },
    )
}

/// Releases services in this order; what each got, and what is left of credits and vault.
fn release_all(sales: &Sales, pending: u64, order: &[usize]) -> (Vec<Release>, u64, u64) {
    let mut outstanding = sales.outstanding();
    let mut vault = (sales.by_stable + sales.by_card) * 10;
    let mut got = vec![Release::default(); sales.consumed.len()];
    for index in order {
        let released = release(&ReleaseFacts {
            consumed: Credits(sales.consumed[*index]),
            outstanding: Credits(outstanding),
            pending: Credits(pending),
            vault: StableAmount(vault),
        })
        .unwrap();
        outstanding -= released.credits.0;
        vault -= released.stable.0;
        got[*index] = released;
    }
    (got, outstanding, vault)
}

proptest! {
    #[test]
    fn never_more_is_released_than_the_vault_holds_beyond_the_card_sales(sales in sales()) {
        let order: Vec<usize> = (0..sales.consumed.len()).collect();
        let (got, outstanding, vault) = release_all(&sales, sales.by_card, &order);
        prop_assert!(vault >= sales.by_card * 10);
        prop_assert!(outstanding >= sales.by_card);
        for (released, consumed) in got.iter().zip(&sales.consumed) {
            prop_assert!(released.credits.0 <= *consumed);
            // A credit never brings more than it cost.
            prop_assert!(released.stable.0 <= released.credits.0 * 10);
        }
    }

    #[test]
    fn the_order_of_services_matters_no_more_than_the_rounding(sales in sales()) {
        let forth: Vec<usize> = (0..sales.consumed.len()).collect();
        let back: Vec<usize> = forth.iter().rev().copied().collect();
        let (first, left, vault) = release_all(&sales, 0, &forth);
        let (second, left_too, vault_too) = release_all(&sales, 0, &back);
        prop_assert_eq!(left, left_too);
        let services = sales.consumed.len() as u64;
        prop_assert!(vault.abs_diff(vault_too) <= services);
        for (one, other) in first.iter().zip(&second) {
            prop_assert_eq!(one.credits, other.credits);
            // Each release rounds down by less than one unit, which the others share.
            prop_assert!(one.stable.0.abs_diff(other.stable.0) <= services);
        }
    }

    #[test]
    fn releasing_bit_by_bit_gives_no_more_than_at_once(sales in sales(), parts in 1_u64..6) {
        let consumed: u64 = sales.consumed.iter().sum();
        let once = Sales { consumed: vec![consumed], ..sales.clone() };
        let mut bits = vec![consumed / parts; parts as usize];
        bits[0] += consumed % parts;
        let pieces = Sales { consumed: bits, ..sales };
        let order: Vec<usize> = (0..parts as usize).collect();
        let (whole, _, _) = release_all(&once, 0, &[0]);
        let (bits, _, _) = release_all(&pieces, 0, &order);
        let sum: u64 = bits.iter().map(|released| released.stable.0).sum();
        prop_assert!(sum <= whole[0].stable.0);
        prop_assert!(whole[0].stable.0 - sum <= parts);
    }

    #[test]
    fn the_parts_add_up_and_none_is_off_by_more_than_one(
        stable: u64,
        protocol in 0_u16..=2_000,
        insurance in 0_u16..=1_000,
    ) {
        let bps = |value| Bps::new(value).unwrap();
        let parts = split_release(StableAmount(stable), bps(protocol), bps(insurance));
        let parts = parts.unwrap().unwrap();
        let sum = u128::from(parts.protocol)
            + u128::from(parts.insurance)
            + u128::from(parts.operators);
        prop_assert_eq!(sum, u128::from(stable));
        prop_assert!(parts.protocol.abs_diff(bps(protocol).apply_floor(stable)) <= 1);
        prop_assert!(parts.insurance.abs_diff(bps(insurance).apply_floor(stable)) <= 1);
    }

    #[test]
    fn usage_is_paid_in_whole_units_within_what_is_allowed(units: u64, price: u64, allowed: u64) {
        let paid = pay_usage(units, price, allowed);
        prop_assert!(paid.units <= units && paid.credits <= allowed);
        prop_assert_eq!(paid.units.checked_mul(price), Some(paid.credits));
        // Another unit would not have fit.
        if paid.units < units && price > 0 {
            prop_assert!(allowed - paid.credits < price);
        }
    }

    #[test]
    fn garbage_is_no_signed_message(data in prop::collection::vec(any::<u8>(), 0..200)) {
        if let Some((_, message)) = signed_message(&data) {
            prop_assert!(message.len() <= data.len());
        }
    }
}

#[test]
fn fees_of_more_than_the_whole_have_no_split() {
    let bps = |value| Bps::new(value).unwrap();
    assert!(split_release(StableAmount(1), bps(6_000), bps(4_001)).is_none());
}

#[test]
fn a_signed_message_is_found_and_only_in_its_own_instruction() {
    let message = receipt(&[7; 32], 3, 99);
    let mut data = vec![1, 0];
    for field in [16, u16::MAX, 80, u16::MAX, 112, 60, u16::MAX] {
        data.extend_from_slice(&field.to_le_bytes());
    }
    data.extend_from_slice(&[1; 64]);
    data.extend_from_slice(&[2; 32]);
    data.extend_from_slice(&message);
    assert_eq!(signed_message(&data), Some((&[2; 32], message.as_slice())));
    for (place, value) in [(0, 0), (0, 2), (4, 0), (8, 0), (14, 0)] {
        let mut other = data.clone();
        other[place] = value;
        assert_eq!(signed_message(&other), None, "{place}");
    }
    assert_eq!(signed_message(&data[..data.len() - 1]), None);
}

#[test]
fn receipts_differ_in_meter_number_and_units() {
    let one = receipt(&[7; 32], 3, 99);
    assert_ne!(one, receipt(&[8; 32], 3, 99));
    assert_ne!(one, receipt(&[7; 32], 4, 99));
    assert_ne!(one, receipt(&[7; 32], 3, 98));
}
