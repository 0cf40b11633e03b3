//! A 128-bit number as two 64-bit halves, and the operations on it that need no wider type.

const HALF: u64 = 0xffff_ffff;

#[derive(Clone, Copy)]
pub struct Wide {
    hi: u64,
    lo: u64,
}

impl Wide {
    #[inline(always)]
    pub fn split(value: u128) -> Self {
        Self {
            hi: (value >> 64) as u64,
            lo: value as u64,
        }
    }

    #[inline(always)]
    pub fn join(self) -> u128 {
        ((self.hi as u128) << 64) | self.lo as u128
    }

    #[inline(always)]
    pub fn is_negative(self) -> bool {
        (self.hi as i64) < 0
    }

    #[inline(always)]
    pub fn complement(self) -> Self {
        Self {
            hi: !self.hi,
            lo: !self.lo,
        }
    }

    #[inline(always)]
    pub fn negate_if(self, negate: bool) -> Self {
        if !negate {
            return self;
        }
        let (lo, carry) = (!self.lo).overflowing_add(1);
        Self {
            hi: (!self.hi).wrapping_add(carry as u64),
            lo,
        }
    }

    #[inline(always)]
    pub fn magnitude(self) -> Self {
        self.negate_if(self.is_negative())
    }

    #[inline(always)]
    pub fn wrapping_mul(self, other: Self) -> Self {
        let low = full_product(self.lo, other.lo);
        let cross = self
            .lo
            .wrapping_mul(other.hi)
            .wrapping_add(self.hi.wrapping_mul(other.lo));
        Self {
            hi: low.hi.wrapping_add(cross),
            lo: low.lo,
        }
    }

    #[inline(always)]
    pub fn shl(self, bits: u32) -> Self {
        match bits {
            0 => self,
            1..=63 => Self {
                hi: (self.hi << bits) | (self.lo >> (64 - bits)),
                lo: self.lo << bits,
            },
            _ => Self {
                hi: self.lo << (bits & 63),
                lo: 0,
            },
        }
    }

    #[inline(always)]
    pub fn shr(self, bits: u32) -> Self {
        match bits {
            0 => self,
            1..=63 => Self {
                hi: self.hi >> bits,
                lo: (self.lo >> bits) | (self.hi << (64 - bits)),
            },
            _ => Self {
                hi: 0,
                lo: self.hi >> (bits & 63),
            },
        }
    }

    #[inline(always)]
    fn wrapping_sub(self, other: Self) -> Self {
        let (lo, borrow) = self.lo.overflowing_sub(other.lo);
        Self {
            hi: self.hi.wrapping_sub(other.hi).wrapping_sub(borrow as u64),
            lo,
        }
    }

    #[inline(always)]
    fn at_least(self, other: Self) -> bool {
        self.hi > other.hi || (self.hi == other.hi && self.lo >= other.lo)
    }
}

/// The 128-bit product of two 64-bit numbers, from four 32-bit products.
#[inline(always)]
fn full_product(a: u64, b: u64) -> Wide {
    let (a1, a0) = (a >> 32, a & HALF);
    let (b1, b0) = (b >> 32, b & HALF);
    let low = a0 * b0;
    let middle = a1 * b0 + (low >> 32);
    let middle_low = a0 * b1 + (middle & HALF);
    Wide {
        hi: a1 * b1 + (middle >> 32) + (middle_low >> 32),
        lo: (middle_low << 32) | (low & HALF),
    }
}

/// `(n / d, n % d)`. A zero divisor never arrives here: Rust checks it before the call.
#[inline(always)]
pub fn quotient_remainder(n: Wide, d: Wide) -> (Wide, Wide) {
    if d.hi != 0 {
        return divide_by_wide(n, d);
    }
    if n.hi == 0 {
        return (
            Wide {
                hi: 0,
                lo: n.lo / d.lo,
            },
            Wide {
                hi: 0,
                lo: n.lo % d.lo,
            },
        );
    }
    let (hi, rest) = (n.hi / d.lo, n.hi % d.lo);
    let (lo, remainder) = divide_narrow(Wide { hi: rest, lo: n.lo }, d.lo);
    (
        Wide { hi, lo },
        Wide {
            hi: 0,
            lo: remainder,
        },
    )
}

/// Division by a divisor of more than 64 bits: the quotient of the leading digits is at most one
/// too large (Hacker's Delight, 9-5).
fn divide_by_wide(n: Wide, d: Wide) -> (Wide, Wide) {
    let shift = d.hi.leading_zeros();
    let estimate = divide_narrow(n.shr(1), d.shl(shift).hi).0;
    let quotient = (estimate >> (63 - shift)).saturating_sub(1);
    let product = Wide {
        hi: 0,
        lo: quotient,
    }
    .wrapping_mul(d);
    let rest = n.wrapping_sub(product);
    if rest.at_least(d) {
        (
            Wide {
                hi: 0,
                lo: quotient + 1,
            },
            rest.wrapping_sub(d),
        )
    } else {
        (
            Wide {
                hi: 0,
                lo: quotient,
            },
            rest,
        )
    }
}

/// `n / d` and `n % d` where the quotient fits 64 bits (`n.hi < d`), in base 2^32 (Knuth's
/// algorithm D with two digits).
fn divide_narrow(n: Wide, d: u64) -> (u64, u64) {
    let shift = d.leading_zeros();
    let d = d << shift;
    let n = n.shl(shift);
    let (q1, rest) = divide_digit(n.hi, n.lo >> 32, d);
    let (q0, rest) = divide_digit(rest, n.lo & HALF, d);
    ((q1 << 32) | q0, rest >> shift)
}

/// One digit of the quotient of `high * 2^32 + next` by the normalised `d`, and what is left.
#[inline(always)]
fn divide_digit(high: u64, next: u64, d: u64) -> (u64, u64) {
    let (d1, d0) = (d >> 32, d & HALF);
    let mut digit = high / d1;
    let mut rest = high % d1;
    while digit > HALF || digit * d0 > ((rest << 32) | next) {
        digit -= 1;
        rest += d1;
        if rest > HALF {
            break;
        }
    }
    let left = ((high << 32) | next).wrapping_sub(digit.wrapping_mul(d));
    (digit, left)
}
