//! What the staking program's instructions may cost at most.

use trestle_tests::costs;

/// Compute units of a deposit of stake, token transfer included.
const STAKE_DEPOSIT_MAX: u64 = 6_000;

#[test]
fn every_instruction_is_measured_and_a_deposit_stays_within_its_target() {
    let costs = costs::staking();
    for cost in &costs {
        println!("{cost:?}");
    }
    assert_eq!(costs.len(), 27);
    let deposit = costs
        .iter()
        .find(|cost| cost.instruction == "stake_deposit")
        .expect("a deposit");
    assert!(deposit.compute_units <= STAKE_DEPOSIT_MAX, "{deposit:?}");
}
