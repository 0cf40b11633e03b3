//! Final roots, and the leaves behind them.

use crate::{require, sum, Refusal, Told, World};

/// Roots that stay usable.
pub(crate) const ROOTS: usize = 64;

/// The cumulative counters of one operator.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Leaf {
    pub tokens: u64,
    pub stable: u64,
    pub slashed: u64,
    pub units: u64,
    pub windows_ok: u32,
    pub windows_total: u32,
}

/// Sums over leaves.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Totals {
    pub tokens: u64,
    pub stable: u64,
    pub slashed: u64,
    pub units: u64,
}

/// What somebody says that everybody has earned and lost up to the end of an epoch.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Root {
    pub epoch: u64,
    /// Operators with their counters, in the order of the tree.
    pub leaves: Vec<(u8, Leaf)>,
    /// What the leaves are said to come to.
    pub totals: Totals,
}

impl Leaf {
    pub(crate) fn grown(&self, by: &Self) -> Told<Self> {
        let small = |a: u32, b: u32| a.checked_add(b).ok_or(Refusal("too much"));
        Ok(Self {
            tokens: sum(self.tokens, by.tokens)?,
            stable: sum(self.stable, by.stable)?,
            slashed: sum(self.slashed, by.slashed)?,
            units: sum(self.units, by.units)?,
            windows_ok: small(self.windows_ok, by.windows_ok)?,
            windows_total: small(self.windows_total, by.windows_total)?,
        })
    }

    /// Whether any counter is lower than it was.
    pub(crate) fn fell_since(&self, older: &Self) -> bool {
        self.tokens < older.tokens
            || self.stable < older.stable
            || self.slashed < older.slashed
            || self.units < older.units
            || self.windows_ok < older.windows_ok
            || self.windows_total < older.windows_total
    }

    /// Whether stake was forfeited since although no window was bad.
    pub(crate) fn slashed_without_fault(&self, older: &Self) -> bool {
        let bad = |leaf: &Self| i64::from(leaf.windows_total) - i64::from(leaf.windows_ok);
        let is_sound = bad(self) >= 0 && bad(older) >= 0;
        is_sound && self.slashed > older.slashed && bad(self) <= bad(older)
    }
}

impl Totals {
    /// What these leaves come to.
    pub(crate) fn of(leaves: &[(u8, Leaf)]) -> Told<Self> {
        leaves.iter().try_fold(Self::default(), |total, (_, leaf)| {
            Ok(Self {
                tokens: sum(total.tokens, leaf.tokens)?,
                stable: sum(total.stable, leaf.stable)?,
                slashed: sum(total.slashed, leaf.slashed)?,
                units: sum(total.units, leaf.units)?,
            })
        })
    }

    /// Of both the larger, sum by sum.
    pub(crate) fn max(&self, other: &Self) -> Self {
        Self {
            tokens: self.tokens.max(other.tokens),
            stable: self.stable.max(other.stable),
            slashed: self.slashed.max(other.slashed),
            units: self.units.max(other.units),
        }
    }

    /// Whether any sum is lower than in the other.
    pub(crate) fn fell_since(&self, older: &Self) -> bool {
        *self != self.max(older)
    }
}

impl Root {
    /// The leaf of an operator.
    pub fn leaf(&self, operator: u8) -> Option<&Leaf> {
        let mut leaves = self.leaves.iter();
        leaves.find(|(of, _)| *of == operator).map(|(_, leaf)| leaf)
    }
}

impl World {
    /// Totals of the newest root, zero before the first.
    pub(crate) fn newest_totals(&self) -> Totals {
        let newest = self.roots.last();
        newest.map_or_else(Totals::default, |root| root.totals)
    }

    /// Each operator's leaf of the newest root, grown by so much.
    pub(crate) fn grown_leaves(&self, growth: &[Leaf]) -> Told<Vec<(u8, Leaf)>> {
        let newest = self.roots.last();
        let mut leaves = Vec::new();
        for operator in &self.rules.leaf_order {
            let before = newest.and_then(|root| root.leaf(*operator));
            let by = growth.get(usize::from(*operator));
            let before = before.copied().unwrap_or_default();
            let leaf = before.grown(&by.copied().unwrap_or_default())?;
            leaves.push((*operator, leaf));
        }
        Ok(leaves)
    }

    /// A root of the running epoch becomes final without anybody's doing.
    pub(crate) fn root_publish(&mut self, growth: &[Leaf]) -> Told {
        let epoch = self.epoch();
        let newest = self.roots.last();
        require(newest.is_none_or(|last| last.epoch < epoch), "an old epoch")?;
        let leaves = self.grown_leaves(growth)?;
        let totals = Totals::of(&leaves)?;
        self.root_push(Root {
            epoch,
            leaves,
            totals,
        });
        Ok(())
    }

    /// A root is final now, and the service goes on.
    pub(crate) fn root_push(&mut self, root: Root) {
        self.stalled = false;
        self.final_in.insert(root.epoch, self.epoch());
        self.roots.push(root);
        if self.roots.len() > ROOTS {
            self.roots.remove(0);
            self.roots_forgotten += 1;
        }
    }

    /// Roots that ever were final.
    pub(crate) fn roots_ever(&self) -> u64 {
        self.roots_forgotten + self.roots.len() as u64
    }

    /// The epoch of a root and the leaf of an operator in it.
    pub fn leaf(&self, operator: u8, back: u8) -> Told<(u64, Leaf)> {
        let mut newer = self.roots.iter().rev();
        let root = newer.nth(usize::from(back));
        let root = root.ok_or(Refusal("no such root"))?;
        let leaf = root.leaf(operator).ok_or(Refusal("no such leaf"))?;
        Ok((root.epoch, *leaf))
    }
}
