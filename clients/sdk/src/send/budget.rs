//! Compute limit and priority fee.

use std::collections::BTreeSet;

use solana_compute_budget_interface::ComputeBudgetInstruction;
use solana_instruction::Instruction;
use solana_pubkey::Pubkey;
use solana_rpc_client::nonblocking::rpc_client::RpcClient;
use solana_transaction::versioned::VersionedTransaction;

use super::LAMPORTS_PER_SIGNATURE;

/// Compute units a transaction can ask for at most.
pub const UNIT_LIMIT_MAX: u32 = 1_400_000;
/// A tenth on top of what was measured: the state may change until the transaction lands.
const LIMIT_MARGIN_DIVISOR: u64 = 10;
/// Compute units that the price instruction costs, which the simulation did not carry.
const PRICE_INSTRUCTION_UNITS: u64 = 150;
/// Which of the recent fees to match, in percent: three of four competitors pay less.
const AUTO_PERCENTILE: usize = 75;
/// Accounts that `getRecentPrioritizationFees` takes at most.
const AUTO_ACCOUNTS_MAX: usize = 128;
/// Micro-lamports a unit. A whole transaction of 1.4 million units then costs 0.0014 SOL at most.
const AUTO_PRICE_MAX: u64 = 1_000_000;
/// Micro-lamports in a lamport.
const MICRO: u128 = 1_000_000;

/// What to pay for each compute unit.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum PriorityFee {
    /// As much as was paid recently for the same accounts, up to a limit.
    #[default]
    Auto,
    /// This many micro-lamports a compute unit.
    MicroLamports(u64),
}

pub(super) fn limit_instruction(units: u32) -> Instruction {
    ComputeBudgetInstruction::set_compute_unit_limit(units)
}

pub(super) fn price_instruction(micro_lamports: u64) -> Instruction {
    ComputeBudgetInstruction::set_compute_unit_price(micro_lamports)
}

pub(super) fn instructions(unit_limit: u32, unit_price: u64) -> Vec<Instruction> {
    let mut instructions = vec![limit_instruction(unit_limit)];
    if unit_price > 0 {
        instructions.push(price_instruction(unit_price));
    }
    instructions
}

pub(super) fn limit_for(units_consumed: u64) -> u32 {
    let margin = units_consumed.div_ceil(LIMIT_MARGIN_DIVISOR);
    let limit = units_consumed
        .saturating_add(margin)
        .saturating_add(PRICE_INSTRUCTION_UNITS);
    u32::try_from(limit).map_or(UNIT_LIMIT_MAX, |limit| limit.min(UNIT_LIMIT_MAX))
}

pub(super) fn fee_lamports(signatures: u8, unit_limit: u32, unit_price: u64) -> u64 {
    let priority = u128::from(unit_limit)
        .saturating_mul(u128::from(unit_price))
        .div_ceil(MICRO);
    LAMPORTS_PER_SIGNATURE
        .saturating_mul(u64::from(signatures))
        .saturating_add(u64::try_from(priority).unwrap_or(u64::MAX))
}

/// A node that cannot tell recent fees must not stop a payment: then the price is zero.
pub(super) async fn price(
    rpc: &RpcClient,
    fee: &PriorityFee,
    transaction: &VersionedTransaction,
) -> u64 {
    match fee {
        PriorityFee::MicroLamports(price) => *price,
        PriorityFee::Auto => {
            let accounts = writable_accounts(transaction);
            let fees = rpc.get_recent_prioritization_fees(&accounts).await;
            let recent = fees.map_or_else(
                |_| Vec::new(),
                |fees| fees.iter().map(|fee| fee.prioritization_fee).collect(),
            );
            percentile(recent).min(AUTO_PRICE_MAX)
        }
    }
}

fn writable_accounts(transaction: &VersionedTransaction) -> Vec<Pubkey> {
    let message = &transaction.message;
    let reserved = None::<&BTreeSet<Pubkey>>;
    let keys = message.static_account_keys().iter();
    keys.enumerate()
        .filter(|(index, _)| message.is_maybe_writable_with_reserved_addresses(*index, reserved))
        .map(|(_, key)| *key)
        .take(AUTO_ACCOUNTS_MAX)
        .collect()
}

fn percentile(mut fees: Vec<u64>) -> u64 {
    fees.sort_unstable();
    let rank = fees.len().saturating_mul(AUTO_PERCENTILE).div_ceil(100);
    fees.get(rank.saturating_sub(1)).copied().unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn limit_leaves_a_tenth_and_never_passes_the_maximum() {
        assert_eq!(limit_for(10_000), 11_150);
        assert_eq!(limit_for(1_399_999), UNIT_LIMIT_MAX);
        assert_eq!(limit_for(u64::MAX), UNIT_LIMIT_MAX);
    }

    #[test]
    fn fee_counts_signatures_and_rounds_the_priority_up() {
        assert_eq!(fee_lamports(2, 11_150, 0), 10_000);
        assert_eq!(fee_lamports(1, 11_150, 100), 5_002);
        assert_eq!(fee_lamports(1, UNIT_LIMIT_MAX, u64::MAX), u64::MAX);
    }

    #[test]
    fn percentile_is_the_nearest_rank() {
        assert_eq!(percentile(vec![]), 0);
        assert_eq!(percentile(vec![9]), 9);
        assert_eq!(percentile(vec![4, 1, 3, 2]), 3);
    }

    #[test]
    fn no_price_means_no_instruction() {
        assert_eq!(instructions(1, 0).len(), 1);
        assert_eq!(instructions(1, 1).len(), 2);
    }
}
