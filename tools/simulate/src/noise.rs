//! Random numbers that no release of a library changes: SplitMix64.

/// Numbers that a seed fixes.
pub(crate) struct Noise(u64);

impl Noise {
    /// Seeds that differ in any bit give streams that have nothing in common.
    pub(crate) fn new(seed: u64, stream: u64) -> Self {
        let mut seeded = Self(seed);
        let mixed = seeded.next() ^ stream;
        let mut seeded = Self(mixed);
        Self(seeded.next())
    }

    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    /// Evenly between 0 and 1.
    pub(crate) fn uniform(&mut self) -> f64 {
        (self.next() >> 11) as f64 / (1_u64 << 53) as f64
    }

    /// About normal, with a deviation of one: twelve even draws need no transcendental function,
    /// which every machine rounds in its own way.
    pub(crate) fn normal(&mut self) -> f64 {
        (0..12).map(|_| self.uniform()).sum::<f64>() - 6.0
    }
}
