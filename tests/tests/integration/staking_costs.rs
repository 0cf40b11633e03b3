//! What the staking program's instructions may cost at most.

use trestle_tests::costs;

/// Compute units of a deposit of stake, token transfer included.
const STAKE_DEPOSIT_MAX: u64 = 6_000;
/// Compute units of a delegator's claim of both assets, both token transfers included.
const DELEGATION_CLAIM_MAX: u64 = 8_000;

#[test]
fn every_instruction_is_measured_and_deposit_and_claim_stay_within_their_targets() {
    let costs = costs::staking();
    for cost in &costs {
        println!("{}: {}", cost.instruction, cost.sent.compute_units);
    }
    assert_eq!(costs.len(), 48);
    let limits = [
        ("stake_deposit", STAKE_DEPOSIT_MAX),
        ("delegation_claim", DELEGATION_CLAIM_MAX),
    ];
    for (instruction, max) in limits {
        let cost = costs
            .iter()
            .find(|cost| cost.instruction == instruction)
            .expect("a measured instruction");
        assert!(cost.sent.compute_units <= max, "{cost:?}");
    }
}
