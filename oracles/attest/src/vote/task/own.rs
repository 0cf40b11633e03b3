//! What a verifier knows of an epoch.

use super::{Interruption, Step, Voter};
use crate::chain::ChainView;
use crate::epoch::{allotted, OperatorHistory, OwnView, ServiceHistory};

impl Voter {
    /// All that this verifier knows of an epoch, or why it is not ready.
    pub(super) async fn own_view(
        &self,
        view: &ChainView,
        epoch: u64,
    ) -> Result<Result<OwnView, Step>, Interruption> {
        let Some(opened) = self.shared.store.opened(epoch).await? else {
            // Nobody can score an epoch without a seed, and this verifier none that it did not see.
            return Ok(Err(Step::Done));
        };
        let wait = |reason: &str| Ok(Err(Step::Wait(reason.into())));
        if view.registry.epoch <= epoch {
            return wait("a list of operators from after its end");
        }
        if view
            .registry
            .operators
            .iter()
            .all(|(_, one)| one.registered_epoch > epoch)
        {
            return Ok(Err(Step::Done));
        }
        if self.shared.status.is_unsettled(epoch) {
            return wait("answers of nodes");
        }
        let Some(allotted) = allotted(view, epoch) else {
            return wait("its allotment");
        };
        let since = view.epoch_start(epoch.saturating_sub(1));
        let services = self.shared.store.services_since(since).await?;
        let services = ServiceHistory::new(services, view, epoch);
        let Some(params) = services.at_start() else {
            // Neither can one that did not see what it is scored by.
            return Ok(Err(Step::Done));
        };
        let seen = self.shared.store.operators_since(since).await?;
        let keys = view.registry.certain_keys(epoch);
        Ok(Ok(OwnView {
            network: view.network_address.to_bytes(),
            service: view.service_address.to_bytes(),
            params,
            services,
            allotted,
            previous: self.book.previous(view.latest_final()).await?,
            opened,
            operators: OperatorHistory::new(&seen, view.epoch_start(epoch), &keys),
            maintenance: view.registry.maintenance.clone(),
        }))
    }
}
