//! Limits. Each limit carries its unit and the reason for its value.

use {
    anchor_lang::{address, prelude::Address},
    trestle_core::program_ids,
};

/// Layout version that every account of this program is written with.
pub const VERSION: u8 = 1;

/// The program that pays operators and their delegators.
pub const REWARDS_ID: Address = Address::new_from_array(program_ids::REWARDS_ID);

/// The program that owns the rings of final roots.
pub const PROOFS_ID: Address = Address::new_from_array(program_ids::PROOFS_ID);

/// The address by whose signature the proofs program orders a bond slash: its PDA of `slasher`.
/// A constant, because a search costs 1,500 CU a try (a test derives it).
pub const SLASHER: Address = address!("Euaq9JXse7mRCfFC9hFBEexGJ62qz8LDLgwW6wiweY6M");
/// Bump of that address.
pub const SLASHER_BUMP: u8 = 255;

/// The address by whose signature the rewards program pays delegators: its PDA of `distributor`.
/// A constant for the same reason.
pub const DISTRIBUTOR: Address = address!("9HDaESXgXKyFqHt4NocZma2edvk6DufTRvLJHEism1YH");
/// Bump of that address.
pub const DISTRIBUTOR_BUMP: u8 = 255;

/// Seconds. Below a minute a proposal and its attestations do not fit into an epoch.
pub const EPOCH_SECONDS_MIN: u32 = 60;
/// Seconds (a week). Longer epochs would leave operators unpaid for longer than they plan.
pub const EPOCH_SECONDS_MAX: u32 = 604_800;
/// Seconds. Below this a challenge cannot land on a busy chain.
pub const CHALLENGE_WINDOW_SECONDS_MIN: u32 = 10;
/// Epochs. A root that waits longer than this would fall behind the ring of final roots.
pub const CHALLENGE_WINDOW_EPOCHS_MAX: u32 = 4;
/// Seconds (a year). Longer is a confiscation, not a lock.
pub const UNBONDING_SECONDS_MAX: u32 = 31_536_000;
/// Decimals of the stablecoin: credits are priced in micro-dollars.
pub const STABLE_DECIMALS: u8 = 6;

/// Services in one network. Clients list them by index, so the number stays small.
pub const SERVICES_MAX: u16 = 1_024;
/// The kind of service that stores shards.
pub const SERVICE_KIND_STORAGE: u8 = 1;
/// Basis points of missing data that a service can promise to find, at least: together with
/// [`DETECT_BPS_MAX`] this keeps the number of challenges within what nodes answer in an epoch.
/// (Counting the challenges on chain would cost more compute than a transaction has.)
pub const MISSING_BPS_MIN: u16 = 100;
/// Basis points. Certainty would need endless challenges.
pub const DETECT_BPS_MAX: u16 = 9_999;
/// Epochs. An operator who gives notice must be free within a season of daily epochs.
pub const NOTICE_EPOCHS_MAX: u16 = 90;
/// Milliseconds. Below this the round trip to another continent counts as a miss.
pub const ANSWER_DEADLINE_MS_MIN: u32 = 250;
/// Milliseconds. Above this a node could fetch the shard from elsewhere before it answers.
pub const ANSWER_DEADLINE_MS_MAX: u32 = 60_000;
/// Times a proven dishonesty costs what an interruption costs, at least.
pub const DISHONESTY_FACTOR: u16 = 3;

/// GiB (a pebibyte). More than one operator identity can hold behind one node.
pub const CAPACITY_GIB_MAX: u64 = 1_048_576;
/// Base units. Above this the stake for the largest capacity would not fit into an amount.
pub const STAKE_PER_GIB_MAX: u64 = u64::MAX / CAPACITY_GIB_MAX;
/// Bytes of an operator's endpoint URL.
pub const ENDPOINT_BYTES_MAX: usize = 95;
/// Withdrawals an operator can have unbonding at once.
pub const TICKETS_MAX: usize = 4;

/// Seconds (a day) of the first jail: as long as it takes to notice and mend what cost stake.
pub const JAIL_SECONDS: i64 = 86_400;
/// Slashes after which the jail no longer doubles: the sixth lasts 32 days. Longer would only make
/// the operator register anew, with a clean record.
pub const JAIL_COUNT_MAX: u32 = 5;

/// Verifiers in one network: as many as one `u32` of attestation bits can name.
pub const VERIFIERS_MAX: usize = 32;

/// Numbers that a network with displacement keeps free of registrations: a displaced verifier holds
/// its own until its bond is out, and the newcomer needs another.
pub const DISPLACEMENT_SEATS: u32 = 8;

/// An issuer signs clearances of this program.
pub const ISSUER_NATIVE: u8 = 1;
/// An issuer is a credential of the Solana Attestation Service.
pub const ISSUER_ATTESTATIONS: u8 = 2;
/// Bytes of an issuer's name.
pub const ISSUER_NAME_BYTES_MAX: usize = 31;
/// Seconds (five years). What was checked longer ago says little about today.
pub const CLEARANCE_SECONDS_MAX: i64 = 157_680_000;

/// The Solana Attestation Service.
pub const ATTESTATION_SERVICE_ID: Address =
    Address::new_from_array(trestle_core::attestation::ATTESTATION_SERVICE_ID);

#[cfg(test)]
mod tests {
    use {
        super::*,
        anchor_lang::find_program_address,
        trestle_core::{
            seeds::{SEED_DISTRIBUTOR, SEED_SLASHER},
            storage::{challenge_count, CHALLENGES_MAX},
            units::{Bps, BPS_ONE},
        },
    };

    #[test]
    fn detection_within_its_bounds_needs_no_more_challenges_than_there_can_be() {
        // More to find and less certainty need fewer challenges, so the corner is the worst case.
        for missing in [MISSING_BPS_MIN, MISSING_BPS_MIN + 1, 5_000, BPS_ONE] {
            for detect in [1, 9_500, DETECT_BPS_MAX] {
                let bps = |value| Bps::new(value).unwrap();
                let count = challenge_count(bps(missing), bps(detect)).unwrap();
                assert!(
                    (1..=CHALLENGES_MAX).contains(&count),
                    "{missing} {detect}: {count}"
                );
            }
        }
    }

    #[test]
    fn the_slasher_is_the_proofs_programs_address_of_that_seed() {
        assert_eq!(
            (SLASHER, SLASHER_BUMP),
            find_program_address(&[SEED_SLASHER], &PROOFS_ID)
        );
    }
    #[test]
    fn the_distributor_is_the_rewards_programs_address_of_that_seed() {
        assert_eq!(
            (DISTRIBUTOR, DISTRIBUTOR_BUMP),
            find_program_address(&[SEED_DISTRIBUTOR], &REWARDS_ID)
        );
    }

    #[test]
    fn the_longest_jail_lasts_thirty_two_days() {
        assert_eq!(JAIL_SECONDS << JAIL_COUNT_MAX, 32 * 86_400);
    }
}
