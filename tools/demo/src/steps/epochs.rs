//! Step 3: two epochs pass. The shards made in an epoch are first challenged in the next.

use anyhow::{ensure, Result};

use crate::{stage::OPERATORS, Demo};

/// Epochs to pass.
const EPOCHS: u64 = 2;

/// Returns the last epoch whose root is final.
pub async fn run(demo: &mut Demo) -> Result<u64> {
    let first = demo.epoch().await? + 1;
    demo.travel_to_epoch(first).await?;
    for epoch in first..first + EPOCHS {
        demo.wait_until_challenged(epoch).await?;
        demo.travel_to_epoch(epoch + 1).await?;
        let root = demo.wait_until_final(epoch).await?;
        demo.report.line(format!(
            "epoch {epoch}: {} leaves, {} base units paid, {} KiB served, root {}",
            root.leaf_count,
            root.totals.tokens,
            root.totals.units,
            bs58::encode(root.tree_root).into_string()
        ));
        ensure!(
            root.leaf_count as usize == OPERATORS,
            "every operator has a leaf"
        );
        ensure!(root.totals.tokens > 0, "work was done and nothing was paid");
        ensure!(
            root.totals.slashed == 0,
            "nobody cheated and somebody was slashed"
        );
    }
    Ok(first + EPOCHS - 1)
}
