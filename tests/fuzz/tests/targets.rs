//! Off chain: each reader takes its samples, and survives what they are changed into.
//!
//! `make test` feeds each the same few thousand inputs. `make fuzz` feeds fresh ones for as long as
//! it is told to (`TRESTLE_FUZZ_MINUTES`), prints how many, and writes an input that a reader does
//! not survive into `TRESTLE_FUZZ_SEEDS`.

use {
    rand::{rngs::StdRng, Rng, SeedableRng},
    std::{
        env, fs,
        panic::catch_unwind,
        path::PathBuf,
        time::{Duration, Instant},
    },
    trestle_fuzz::{targets, Target},
};

/// Inputs of each reader that `make test` tries.
const INPUTS: usize = 2_000;
/// Inputs between two looks at the clock.
const BATCH: usize = 500;
/// Bytes of an input that is not made of a sample.
const RANDOM_BYTES_MAX: usize = 600;
/// Changes of a sample in one input.
const CHANGES_MAX: usize = 6;

/// An input: random bytes, or a sample that was changed.
fn input(rng: &mut StdRng, samples: &[Vec<u8>]) -> Vec<u8> {
    if samples.is_empty() || rng.gen_bool(0.05) {
        let len = rng.gen_range(0..RANDOM_BYTES_MAX);
        return (0..len).map(|_| rng.gen()).collect();
    }
    let mut bytes = samples[rng.gen_range(0..samples.len())].clone();
    for _ in 0..rng.gen_range(0..=CHANGES_MAX) {
        change(rng, &mut bytes);
    }
    bytes
}

fn change(rng: &mut StdRng, bytes: &mut Vec<u8>) {
    let at = rng.gen_range(0..=bytes.len());
    let end = rng.gen_range(at..=bytes.len().min(at + 40));
    match rng.gen_range(0..7) {
        0 => bytes.truncate(at),
        1 => bytes.insert(at, rng.gen()),
        2 => drop(bytes.drain(at..end)),
        // What is there once more.
        3 => {
            let part = bytes[at..end].to_vec();
            bytes.splice(at..at, part);
        }
        // Numbers at the edges, where there are lengths and digits.
        4 => {
            let edge = [0, 1, 0x7f, 0x80, 0xff, b'0', b'9'][rng.gen_range(0..7)];
            bytes[at..end].fill(edge);
        }
        _ => {
            if let Some(byte) = bytes.get_mut(at) {
                *byte = rng.gen();
            }
        }
    }
}

/// Feeds one input and returns whether it was taken; panics with it if the reader does.
#[track_caller]
fn feed(target: &Target, bytes: &[u8]) -> bool {
    let read = target.read;
    catch_unwind(|| read(bytes)).unwrap_or_else(|_| {
        if let Some(seeds) = env::var_os("TRESTLE_FUZZ_SEEDS") {
            let path = PathBuf::from(seeds).join(format!("{}.bin", target.name));
            fs::write(path, bytes).expect("a place for inputs");
        }
        panic!("{} does not survive {}", target.name, hex::encode(bytes));
    })
}

#[test]
fn readers_survive_whatever_they_are_fed() {
    let minutes = env::var("TRESTLE_FUZZ_MINUTES").ok();
    let minutes: Option<f64> = minutes.map(|text| text.parse().expect("a number of minutes"));
    let targets = targets();
    for (number, target) in targets.iter().enumerate() {
        let samples = (target.samples)();
        // Else what follows never comes further than the first check.
        let is_taken = samples.iter().filter(|sample| feed(target, sample)).count() > 0;
        assert!(is_taken, "{} takes none of its samples", target.name);
        let Some(minutes) = minutes else {
            let mut rng = StdRng::seed_from_u64(number as u64);
            for _ in 0..INPUTS {
                feed(target, &input(&mut rng, &samples));
            }
            continue;
        };
        let (mut rng, mut count, begin) = (StdRng::from_entropy(), 0, Instant::now());
        let share = Duration::from_secs_f64(60.0 * minutes / targets.len() as f64);
        while begin.elapsed() < share {
            for _ in 0..BATCH {
                feed(target, &input(&mut rng, &samples));
            }
            count += BATCH;
        }
        eprintln!("{:<16} {count:>10} inputs", target.name);
    }
}
