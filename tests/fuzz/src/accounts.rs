//! What programs and clients read of accounts that others wrote, and of other instructions.

use {
    crate::Target,
    trestle_core::{
        attestation::{is_authorized, Attestation, SchemaReading},
        device::{DeviceKey, DEVICE_BYTES},
        evidence::{EvidenceRecord, EVIDENCE_BYTES},
        market::{MarketState, MARKET_DISCRIMINATOR},
        pool::{PoolState, POOL_DISCRIMINATOR},
        precompile::{instruction_at, Scheme},
        price::{
            conservative_price, emission_price, tokens_for_credits, PriceUpdate, VerificationLevel,
        },
        root::{RootRing, ROOT_RING_DISCRIMINATOR},
        storage::CacheFile,
        units::{Bps, Credits, UnixSeconds},
        usage::{receipt, signed_message},
    },
};

/// A key of somebody.
const KEY: [u8; 32] = [7; 32];

pub fn targets() -> Vec<Target> {
    vec![
        Target {
            name: "price",
            read: price,
            samples: prices,
        },
        Target {
            name: "attestation",
            read: attestation,
            samples: attestations,
        },
        Target {
            name: "credential",
            read: credential,
            samples: credentials,
        },
        Target {
            name: "instructions",
            read: instructions,
            samples: sysvars,
        },
        Target {
            name: "signature",
            read: signature,
            samples: signatures,
        },
        Target {
            name: "records",
            read: records,
            samples: || vec![[1; EVIDENCE_BYTES].to_vec(), [1; DEVICE_BYTES].to_vec()],
        },
        Target {
            name: "states",
            read: states,
            samples: state_samples,
        },
        Target {
            name: "cache",
            read: cache,
            samples: caches,
        },
    ]
}

fn price(data: &[u8]) -> bool {
    let Ok(update) = PriceUpdate::parse(data) else {
        return false;
    };
    assert_eq!(PriceUpdate::parse(&update.encode()), Ok(update));
    let (now, conf) = (UnixSeconds(update.publish_time), Bps::ONE);
    let feed = update.feed_id;
    let low = conservative_price(&update, &feed, now, 60, conf);
    let high = emission_price(&update, &feed, now, 60, conf);
    if let (Ok(low), Ok(high)) = (low, high) {
        // They meet where the feed is certain.
        assert!(low.mantissa <= high.mantissa, "the prices changed places");
        let _ = tokens_for_credits(Credits(u64::MAX), low, 9);
    }
    true
}

fn prices() -> Vec<Vec<u8>> {
    let update = |verification_level| PriceUpdate {
        write_authority: KEY,
        verification_level,
        feed_id: KEY,
        price: 210_000_000,
        conf: 300_000,
        exponent: -8,
        publish_time: 1_800_000_000,
        prev_publish_time: 1_799_999_999,
        ema_price: 200_000_000,
        ema_conf: 200_000,
        posted_slot: 1,
    };
    let levels = [VerificationLevel::Full, VerificationLevel::Partial(5)];
    levels
        .into_iter()
        .map(|level| update(level).encode().to_vec())
        .collect()
}

fn attestation(data: &[u8]) -> bool {
    let Some(attestation) = Attestation::parse(data) else {
        return false;
    };
    assert!(attestation.data.len() < data.len());
    for at in [0, 1, 31, u16::MAX - 1, u16::MAX] {
        let view = attestation.view(&SchemaReading {
            kinds: 1,
            jurisdiction_at: at,
            tier_at: at,
        });
        assert_eq!(view.kinds, 1);
    }
    true
}

fn attestations() -> Vec<Vec<u8>> {
    let fields: [&[u8]; 9] = [
        &[2],
        &KEY,
        &[8; 32],
        &[9; 32],
        &3_u32.to_le_bytes(),
        b"DE\x02",
        &[1; 32],
        &0_i64.to_le_bytes(),
        &[0; 32],
    ];
    vec![fields.concat()]
}

fn credential(data: &[u8]) -> bool {
    let is_authorized = is_authorized(data, &KEY);
    if is_authorized {
        let is_in_it = data.windows(KEY.len()).any(|part| part == KEY);
        assert!(is_in_it, "a signer that is not there");
    }
    is_authorized
}

fn credentials() -> Vec<Vec<u8>> {
    let fields: [&[u8]; 6] = [
        &[0],
        &[8; 32],
        &4_u32.to_le_bytes(),
        b"name",
        &1_u32.to_le_bytes(),
        &KEY,
    ];
    vec![fields.concat()]
}

fn instructions(sysvar: &[u8]) -> bool {
    for index in [0, 1, 2, u16::MAX] {
        if let Some((program, data)) = instruction_at(sysvar, index) {
            assert!(program.len() + data.len() <= sysvar.len());
        }
    }
    let mut is_any = false;
    for scheme in [Scheme::Ed25519, Scheme::Secp256r1] {
        let key = &[7; 33][..scheme.key_bytes()];
        if scheme.is_verified(sysvar, key, b"message") {
            let is_in_it = sysvar.windows(7).any(|part| part == b"message");
            assert!(is_in_it, "a message that is not there");
            is_any = true;
        }
    }
    is_any
}

/// One instruction of the ed25519 program without accounts, as the runtime lays it out.
fn sysvars() -> Vec<Vec<u8>> {
    let data = Scheme::Ed25519
        .data(&KEY, &[3; 64], b"message")
        .expect("a short message");
    let len = u16::try_from(data.len()).expect("short data");
    let fields: [&[u8]; 7] = [
        &1_u16.to_le_bytes(),
        &4_u16.to_le_bytes(),
        &0_u16.to_le_bytes(),
        Scheme::Ed25519.program_id(),
        &len.to_le_bytes(),
        &data,
        &0_u16.to_le_bytes(),
    ];
    vec![fields.concat()]
}

fn signature(data: &[u8]) -> bool {
    if let Some((key, message)) = signed_message(data) {
        assert!(key.len() + message.len() <= 2 * data.len());
    }
    let mut is_any = false;
    for scheme in [Scheme::Ed25519, Scheme::Secp256r1] {
        let Some(verified) = scheme.read(data) else {
            continue;
        };
        // There is one way only to say it, so that nothing is read twice with two meanings.
        let at = data.len() - verified.message.len() - 64;
        let signature = data[at..at + 64].try_into().expect("64 bytes");
        let again = scheme.data(verified.key, signature, verified.message);
        assert_eq!(again.as_deref(), Some(data));
        is_any = true;
    }
    is_any
}

fn signatures() -> Vec<Vec<u8>> {
    let message = receipt(&KEY, 1, 2);
    let schemes = [(Scheme::Ed25519, 32), (Scheme::Secp256r1, 33)];
    schemes
        .into_iter()
        .filter_map(|(scheme, len)| scheme.data(&[7; 33][..len], &[3; 64], &message))
        .collect()
}

fn records(data: &[u8]) -> bool {
    let mut is_any = false;
    if let Some(bytes) = data.first_chunk::<EVIDENCE_BYTES>() {
        if let Some(record) = EvidenceRecord::decode(bytes) {
            assert_eq!(record.encode(), *bytes);
            is_any = true;
        }
    }
    if let Some(bytes) = data.first_chunk::<DEVICE_BYTES>() {
        if let Some(key) = DeviceKey::decode(bytes) {
            assert_eq!(key.encode(), *bytes);
            is_any = true;
        }
    }
    is_any
}

fn states(data: &[u8]) -> bool {
    let pool = PoolState::read_account_data(data);
    if let Some(pool) = &pool {
        let _ = (pool.allotted_through(1), pool.latest_allotment().copied());
    }
    let ring = RootRing::read_account_data(data);
    if let Some(ring) = &ring {
        let _ = (ring.find(1).is_some(), ring.latest_digest());
    }
    let market = MarketState::read_account_data(data);
    pool.is_some() || ring.is_some() || market.is_some()
}

/// Accounts of these sizes, full of ones.
fn state_samples() -> Vec<Vec<u8>> {
    let of = |discriminator: &[u8], len| [discriminator, &vec![1; len]].concat();
    vec![
        of(&POOL_DISCRIMINATOR, size_of::<PoolState>()),
        of(&ROOT_RING_DISCRIMINATOR, size_of::<RootRing>()),
        of(&MARKET_DISCRIMINATOR, size_of::<MarketState>()),
    ]
}

fn cache(data: &[u8]) -> bool {
    use trestle_core::storage::SubtreeNodes;
    let Ok(mut file) = CacheFile::open(std::io::Cursor::new(data)) else {
        return false;
    };
    for (level, position) in [(6, 0), (7, 1), (40, u32::MAX), (255, 0)] {
        let _ = file.node(level, position);
    }
    true
}

/// Nodes of data of a hundred thousand bytes.
fn caches() -> Vec<Vec<u8>> {
    let size = 100_000_u64.to_le_bytes();
    vec![[b"TRSTSUB1".as_slice(), &size, &[1; 32], &[2; 64]].concat()]
}
