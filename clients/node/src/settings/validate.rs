//! What values make sense.

use super::{ChainSettings, Limits, Retention, Settings, Terms};
use solana_pubkey::Pubkey;
use std::ops::RangeInclusive;
use trestle_core::storage::SIZE_MAX_BYTES;
use trestle_credits::constants::{LEASE_EPOCHS_MAX, LEASE_NOTICE_EPOCHS_MAX};

/// Longest duration that a setting may name: 30 days.
const DURATION_MAX_MS: u64 = 30 * 24 * 3_600 * 1_000;
/// Largest count that a setting may name.
const COUNT_MAX: u64 = 16_777_216;
/// Largest capacity that a setting may name: 1 EiB.
const CAPACITY_BYTES_MAX: u64 = 1 << 60;
/// Largest price of a GiB in credits: with it the price of the largest shard still fits.
const PRICE_MAX: u64 = u64::MAX >> 36;
/// 100 % in basis points.
const BPS_WHOLE: u64 = 10_000;

/// Everything that is wrong, each with what would be right.
pub(super) fn problems(settings: &Settings) -> Vec<String> {
    let mut problems = Problems(Vec::new());
    check_chain(&settings.chain, &mut problems);
    check_terms(&settings.terms, &mut problems);
    check_limits(&settings.limits, &mut problems);
    check_retention(&settings.retention, &mut problems);
    check_relations(settings, &mut problems);
    problems.0
}

struct Problems(Vec<String>);

impl Problems {
    fn range(&mut self, key: &str, value: u64, range: RangeInclusive<u64>) {
        let (least, most) = (range.start(), range.end());
        if !range.contains(&value) {
            self.0.push(format!(
                "- `{key}` is {value}; set it from {least} to {most}"
            ));
        }
    }

    fn demand(&mut self, holds: bool, problem: &str) {
        if !holds {
            self.0.push(format!("- {problem}"));
        }
    }
}

fn check_chain(chain: &ChainSettings, check: &mut Problems) {
    check.range("chain.timeout_ms", chain.timeout_ms, 100..=DURATION_MAX_MS);
    check.range(
        "chain.cache_ttl_ms",
        chain.cache_ttl_ms,
        100..=DURATION_MAX_MS,
    );
    check.range(
        "chain.cache_absent_ttl_ms",
        chain.cache_absent_ttl_ms,
        0..=DURATION_MAX_MS,
    );
    check.range(
        "chain.cache_stale_max_ms",
        chain.cache_stale_max_ms,
        0..=DURATION_MAX_MS,
    );
    check.range(
        "chain.cache_entries_max",
        chain.cache_entries_max,
        16..=COUNT_MAX,
    );
    check.range("chain.lookups_max", chain.lookups_max, 1..=1_024);
}

fn check_terms(terms: &Terms, check: &mut Problems) {
    check.range(
        "terms.credits_per_gib_epoch",
        terms.credits_per_gib_epoch,
        0..=PRICE_MAX,
    );
    check.range("terms.epochs_min", terms.epochs_min, 1..=COUNT_MAX);
    check.range("terms.epochs_max", terms.epochs_max, 1..=COUNT_MAX);
    check.range(
        "terms.sla_bps_max",
        u64::from(terms.sla_bps_max),
        0..=BPS_WHOLE,
    );
    check.range(
        "terms.credit_bps_max",
        u64::from(terms.credit_bps_max),
        0..=BPS_WHOLE,
    );
    check.range(
        "terms.notice_epochs_min",
        u64::from(terms.notice_epochs_min),
        0..=u64::from(LEASE_NOTICE_EPOCHS_MAX),
    );
    check.range(
        "terms.renewal_epochs_max",
        terms.renewal_epochs_max,
        0..=LEASE_EPOCHS_MAX,
    );
}

fn check_limits(limits: &Limits, check: &mut Problems) {
    check.range(
        "limits.shard_bytes_max",
        limits.shard_bytes_max,
        1..=SIZE_MAX_BYTES,
    );
    check.range(
        "limits.capacity_bytes",
        limits.capacity_bytes,
        1..=CAPACITY_BYTES_MAX,
    );
    check.range("limits.uploads_max", limits.uploads_max, 1..=1_024);
    check.range(
        "limits.uploads_per_key_max",
        limits.uploads_per_key_max,
        1..=1_024,
    );
    check.range("limits.downloads_max", limits.downloads_max, 1..=COUNT_MAX);
    check.range("limits.challenges_max", limits.challenges_max, 1..=1_024);
    check.range(
        "limits.queue_wait_ms",
        limits.queue_wait_ms,
        0..=DURATION_MAX_MS,
    );
    check.range(
        "limits.connections_max",
        limits.connections_max,
        1..=COUNT_MAX,
    );
    check.range(
        "limits.json_body_bytes_max",
        limits.json_body_bytes_max,
        4_096..=16 << 20,
    );
    check.range(
        "limits.header_timeout_ms",
        limits.header_timeout_ms,
        100..=DURATION_MAX_MS,
    );
    check.range(
        "limits.body_idle_timeout_ms",
        limits.body_idle_timeout_ms,
        100..=DURATION_MAX_MS,
    );
    check.range(
        "limits.requests_per_second",
        limits.requests_per_second,
        1..=COUNT_MAX,
    );
    check.range(
        "limits.requests_burst",
        limits.requests_burst,
        1..=COUNT_MAX,
    );
    check.range("limits.keys_max", limits.keys_max, 16..=COUNT_MAX);
    check.range("limits.nonces_max", limits.nonces_max, 16..=COUNT_MAX);
    check.range(
        "limits.shutdown_grace_ms",
        limits.shutdown_grace_ms,
        0..=DURATION_MAX_MS,
    );
}

fn check_retention(retention: &Retention, check: &mut Problems) {
    check.range(
        "retention.uncommitted_seconds",
        retention.uncommitted_seconds,
        60..=COUNT_MAX,
    );
    check.range(
        "retention.sweep_interval_seconds",
        retention.sweep_interval_seconds,
        1..=COUNT_MAX,
    );
}

fn check_relations(settings: &Settings, check: &mut Problems) {
    let (chain, terms, limits) = (&settings.chain, &settings.terms, &settings.limits);
    check.demand(
        terms.epochs_min <= terms.epochs_max,
        "`terms.epochs_min` is above `terms.epochs_max`; swap or change them",
    );
    check.demand(
        limits.shard_bytes_max <= limits.capacity_bytes,
        "`limits.shard_bytes_max` is above `limits.capacity_bytes`; lower the first",
    );
    check.demand(
        limits.upload_bytes_per_second_min > 0,
        "`limits.upload_bytes_per_second_min` is 0; an upload could last for ever",
    );
    check.demand(
        chain.cache_stale_max_ms >= chain.cache_ttl_ms,
        "`chain.cache_stale_max_ms` is below `chain.cache_ttl_ms`; raise the first",
    );
    check.demand(
        chain.operator != Pubkey::default(),
        "`chain.operator` is the system program; `trestle operator show` prints the account",
    );
    check.demand(
        !settings.data_dir.as_os_str().is_empty(),
        "`data_dir` is empty; name a directory on the disk that is offered",
    );
}
