//! Poseidon for builders: the same function as the syscall's, in less than half the time.
//!
//! In a partial round only the first element of the state passes the S-box. The linear layer of
//! such a round factors into a sparse matrix and one that leaves the first element alone, so the
//! latter commutes with the S-box and moves on to the next round, and with it the constants of the
//! other elements (Grassi et al., "Poseidon", appendix B). A partial round then takes 2t - 1
//! products in place of t * t. Round constants and matrix are light-poseidon's; tests compare every
//! result with the syscall's crate.
// Field arithmetic is modular and cannot overflow.
#![allow(clippy::arithmetic_side_effects)]

use super::PoseidonError;
use crate::hash::Hash;
use ark_bn254::{Fr, FrConfig};
use ark_ff::{BigInt, BigInteger, Field, MontConfig, PrimeField, Zero};
use light_poseidon::parameters::bn254_x5::get_poseidon_parameters;
use std::{sync::OnceLock, vec::Vec};

/// A field element in the form that hashes without conversion.
pub type Element = Fr;

type Matrix<const T: usize> = [[Fr; T]; T];

/// Hashes field elements with constants that are derived once a process.
#[derive(Clone, Copy)]
pub struct Hasher {
    two: &'static Permutation<3>,
    four: &'static Permutation<5>,
}

impl Hasher {
    /// A hasher; cheap after the first one of the process.
    pub fn new() -> Result<Self, PoseidonError> {
        static TWO: OnceLock<Option<Permutation<3>>> = OnceLock::new();
        static FOUR: OnceLock<Option<Permutation<5>>> = OnceLock::new();
        let two = TWO.get_or_init(Permutation::derive).as_ref();
        let four = FOUR.get_or_init(Permutation::derive).as_ref();
        match (two, four) {
            (Some(two), Some(four)) => Ok(Self { two, four }),
            _ => Err(PoseidonError::Parameters),
        }
    }

    /// Hash of two elements: an inner node.
    pub fn hash2(&self, left: Element, right: Element) -> Element {
        self.two.hash([Fr::zero(), left, right])
    }

    /// Hash of four elements: a leaf of storage.
    pub fn hash4(&self, [a, b, c, d]: [Element; 4]) -> Element {
        self.four.hash([Fr::zero(), a, b, c, d])
    }

    /// The element of 32 big-endian bytes; an error unless below the modulus.
    pub fn element(bytes: &Hash) -> Result<Element, PoseidonError> {
        let number = big_endian(bytes);
        if number >= Fr::MODULUS {
            return Err(PoseidonError::NotCanonical);
        }
        Fr::from_bigint(number).ok_or(PoseidonError::NotCanonical)
    }

    /// The element of up to 31 big-endian bytes of data, which always is below the modulus.
    pub fn data_element(bytes: &[u8; 31]) -> Element {
        let mut padded = [0; 32];
        for (slot, byte) in padded.iter_mut().skip(1).zip(bytes) {
            *slot = *byte;
        }
        Fr::new(big_endian(&padded))
    }

    /// The element as 32 big-endian bytes.
    pub fn bytes(element: &Element) -> Hash {
        let limbs = element.into_bigint().0;
        let mut bytes = [0; 32];
        for (chunk, limb) in bytes.rchunks_exact_mut(8).zip(limbs) {
            chunk.copy_from_slice(&limb.to_be_bytes());
        }
        bytes
    }
}

pub(super) fn two(left: &Hash, right: &Hash) -> Result<Hash, PoseidonError> {
    let hasher = Hasher::new()?;
    let hash = hasher.hash2(Hasher::element(left)?, Hasher::element(right)?);
    Ok(Hasher::bytes(&hash))
}

pub(super) fn four([a, b, c, d]: &[Hash; 4]) -> Result<Hash, PoseidonError> {
    let hasher = Hasher::new()?;
    let elements = [
        Hasher::element(a)?,
        Hasher::element(b)?,
        Hasher::element(c)?,
        Hasher::element(d)?,
    ];
    Ok(Hasher::bytes(&hasher.hash4(elements)))
}

fn big_endian(bytes: &Hash) -> BigInt<4> {
    let mut limbs = [0; 4];
    for (limb, chunk) in limbs.iter_mut().zip(bytes.rchunks_exact(8)) {
        *limb = chunk
            .iter()
            .fold(0_u64, |limb, byte| (limb << 8) | u64::from(*byte));
    }
    BigInt(limbs)
}

/// A partial round: one constant and a sparse matrix, whose first row is `row` and whose first
/// column below it is the tail of `column`; the rest is the identity.
struct SparseRound<const T: usize> {
    constant: Fr,
    row: [Fr; T],
    column: [Fr; T],
}

/// The permutation of `T` elements, prepared for speed.
struct Permutation<const T: usize> {
    first: Vec<[Fr; T]>,
    partial: Vec<SparseRound<T>>,
    /// What the partial rounds left to do at their end.
    deferred: Matrix<T>,
    last: Vec<[Fr; T]>,
    mds: Matrix<T>,
}

impl<const T: usize> Permutation<T> {
    fn hash(&self, mut state: [Fr; T]) -> Fr {
        for constants in &self.first {
            full_round(&mut state, constants, &self.mds);
        }
        for round in &self.partial {
            sparse_round(&mut state, round);
        }
        state = multiply(&self.deferred, &state);
        for constants in &self.last {
            full_round(&mut state, constants, &self.mds);
        }
        let [hash, ..] = state.as_slice() else {
            return Fr::zero();
        };
        *hash
    }

    fn derive() -> Option<Self> {
        let parameters = get_poseidon_parameters::<Fr>(u8::try_from(T).ok()?).ok()?;
        let half = parameters.full_rounds / 2;
        let (constants, _) = parameters.ark.as_chunks::<T>();
        let (first, constants) = constants.split_at_checked(half)?;
        let (dense, constants) = constants.split_at_checked(parameters.partial_rounds)?;
        let mut last = constants.get(..half)?.to_vec();
        let rows: Option<Vec<[Fr; T]>> = parameters
            .mds
            .iter()
            .map(|row| row.as_slice().try_into().ok())
            .collect();
        let mds: Matrix<T> = rows?.try_into().ok()?;

        // What the rounds before left to do; it never touches the first element.
        let mut deferred = identity::<T>();
        let mut carried = [Fr::zero(); T];
        let mut partial = Vec::with_capacity(dense.len());
        for constants in dense {
            let mut constants = multiply(&invert(&deferred)?, constants);
            constants
                .iter_mut()
                .zip(carried)
                .for_each(|(constant, carry)| *constant += carry);
            let (round, rest) = factor(&product(&mds, &deferred), constants)?;
            carried = apply_sparse(&round, rest);
            deferred = block(&product(&mds, &deferred));
            partial.push(round);
        }
        let carried = multiply(&deferred, &carried);
        let next = last.first_mut()?;
        next.iter_mut()
            .zip(carried)
            .for_each(|(constant, carry)| *constant += carry);
        Some(Self {
            first: first.to_vec(),
            partial,
            deferred,
            last,
            mds,
        })
    }
}

/// Splits off the sparse factor of a round's matrix. Also returns the constants that are still to
/// be added: all but the first element's.
fn factor<const T: usize>(
    matrix: &Matrix<T>,
    mut constants: [Fr; T],
) -> Option<(SparseRound<T>, [Fr; T])> {
    let row = *matrix.first()?;
    let mut below = matrix.map(|row| row.first().copied().unwrap_or_default());
    *below.first_mut()? = Fr::zero();
    let column = multiply(&invert(&block(matrix))?, &below);
    let constant = core::mem::take(constants.first_mut()?);
    Some((
        SparseRound {
            constant,
            row,
            column,
        },
        constants,
    ))
}

#[inline(always)]
fn sbox(value: Fr) -> Fr {
    let square = value.square();
    square.square() * value
}

#[inline(always)]
fn full_round<const T: usize>(state: &mut [Fr; T], constants: &[Fr; T], mds: &Matrix<T>) {
    for (value, constant) in state.iter_mut().zip(constants) {
        *value = sbox(*value + constant);
    }
    *state = multiply(mds, state);
}

#[inline(always)]
fn sparse_round<const T: usize>(state: &mut [Fr; T], round: &SparseRound<T>) {
    if let Some(first) = state.first_mut() {
        *first = sbox(*first + round.constant);
    }
    *state = apply_sparse(round, *state);
}

#[inline(always)]
fn apply_sparse<const T: usize>(round: &SparseRound<T>, state: [Fr; T]) -> [Fr; T] {
    let first = state.first().copied().unwrap_or_default();
    let mut next = state;
    for (value, factor) in next.iter_mut().zip(&round.column).skip(1) {
        *value += first * factor;
    }
    if let Some(value) = next.first_mut() {
        *value = dot(&round.row, &state);
    }
    next
}

/// Sum of products with one reduction a limb for all of them (Montgomery form).
///
/// With p < 0.19 * 2^256 and at most 5 products the running sum stays below 6 p after each shift
/// and below 0.95 * 2^320 before each reduction: five limbs hold it. At the end it is below 2 p.
#[inline(always)]
// The loops run over the arrays' own lengths, two of them at once.
#[allow(clippy::indexing_slicing, clippy::needless_range_loop)]
fn dot<const T: usize>(a: &[Fr; T], b: &[Fr; T]) -> Fr {
    const { assert!(T <= 5) };
    let modulus = Fr::MODULUS.0;
    let mut sum = [0_u64; 5];
    for i in 0..4 {
        for (a, b) in a.iter().zip(b) {
            let mut carry = 0;
            for j in 0..4 {
                (sum[j], carry) = multiply_add(sum[j], a.0 .0[i], b.0 .0[j], carry);
            }
            sum[4] = sum[4].wrapping_add(carry);
        }
        let factor = sum[0].wrapping_mul(FrConfig::INV);
        let (_, mut carry) = multiply_add(sum[0], factor, modulus[0], 0);
        for j in 1..4 {
            (sum[j - 1], carry) = multiply_add(sum[j], factor, modulus[j], carry);
        }
        let (limb, overflow) = sum[4].overflowing_add(carry);
        sum[3] = limb;
        sum[4] = u64::from(overflow);
    }
    let [limbs @ .., _] = sum;
    let mut result = BigInt(limbs);
    if result >= Fr::MODULUS {
        result.sub_with_borrow(&Fr::MODULUS);
    }
    Fr::new_unchecked(result)
}

/// Low and high limb of `sum + a * b + carry`, which two limbs always hold.
#[inline(always)]
fn multiply_add(sum: u64, a: u64, b: u64, carry: u64) -> (u64, u64) {
    let product = u128::from(a).wrapping_mul(u128::from(b));
    let wide = product
        .wrapping_add(u128::from(sum))
        .wrapping_add(u128::from(carry));
    (wide as u64, (wide >> 64) as u64)
}

#[inline(always)]
fn multiply<const T: usize>(matrix: &Matrix<T>, vector: &[Fr; T]) -> [Fr; T] {
    let mut result = [Fr::zero(); T];
    for (value, row) in result.iter_mut().zip(matrix) {
        *value = dot(row, vector);
    }
    result
}

fn identity<const T: usize>() -> Matrix<T> {
    core::array::from_fn(|i| core::array::from_fn(|j| Fr::from(u8::from(i == j))))
}

/// The matrix with its first row and column replaced by the identity's.
fn block<const T: usize>(matrix: &Matrix<T>) -> Matrix<T> {
    let mut result = identity::<T>();
    for (target, source) in result.iter_mut().zip(matrix).skip(1) {
        for (value, entry) in target.iter_mut().zip(source).skip(1) {
            *value = *entry;
        }
    }
    result
}

fn product<const T: usize>(a: &Matrix<T>, b: &Matrix<T>) -> Matrix<T> {
    a.map(|row| {
        let mut result = [Fr::zero(); T];
        for (factor, other) in row.iter().zip(b) {
            result
                .iter_mut()
                .zip(other)
                .for_each(|(value, entry)| *value += *factor * entry);
        }
        result
    })
}

/// Gauss-Jordan elimination; `None` for a singular matrix.
fn invert<const T: usize>(matrix: &Matrix<T>) -> Option<Matrix<T>> {
    let mut left = *matrix;
    let mut right = identity::<T>();
    for pivot in 0..T {
        let found = (pivot..T).find(|row| {
            left.get(*row)
                .and_then(|row| row.get(pivot))
                .is_some_and(|entry| !entry.is_zero())
        })?;
        left.swap(pivot, found);
        right.swap(pivot, found);
        let scale = left.get(pivot)?.get(pivot)?.inverse()?;
        left.get_mut(pivot)?
            .iter_mut()
            .for_each(|entry| *entry *= scale);
        right
            .get_mut(pivot)?
            .iter_mut()
            .for_each(|entry| *entry *= scale);
        let (left_pivot, right_pivot) = (*left.get(pivot)?, *right.get(pivot)?);
        for row in (0..T).filter(|row| *row != pivot) {
            let factor = *left.get(row)?.get(pivot)?;
            let subtract = |target: &mut [Fr; T], source: &[Fr; T]| {
                target
                    .iter_mut()
                    .zip(source)
                    .for_each(|(value, entry)| *value -= factor * entry);
            };
            subtract(left.get_mut(row)?, &left_pivot);
            subtract(right.get_mut(row)?, &right_pivot);
        }
    }
    Some(right)
}

#[cfg(test)]
mod tests;
