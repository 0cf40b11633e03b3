use super::*;
use anchor_lang::Discriminator;
use bytemuck::Zeroable;
use solana_rpc_client_api::request::RpcResponseErrorData;

#[test]
fn an_account_of_another_version_is_no_value() {
    let network = Network {
        version: Network::VERSION,
        ..Network::zeroed()
    };
    let mut data = [Network::DISCRIMINATOR, bytemuck::bytes_of(&network)].concat();
    assert!(parse::<Network>(&data).is_some());
    assert!(parse::<Service>(&data).is_none());
    for version in [0, Network::VERSION + 1] {
        data[DISCRIMINATOR_BYTES] = version;
        assert!(parse::<Network>(&data).is_none(), "{version}");
    }
}

fn refusal(code: i64) -> ClientError {
    let error = RpcError::RpcResponseError {
        code,
        message: String::new(),
        data: RpcResponseErrorData::Empty,
    };
    error.into()
}

#[test]
fn a_list_can_ask_for_a_slot_and_a_node_that_is_behind_says_so() {
    let asked = |min_slot| {
        let config = list_config::<Operator>(&[], min_slot);
        config.account_config.min_context_slot
    };
    assert_eq!((asked(None), asked(Some(7))), (None, Some(7)));

    let told = |code, min_slot| FetchError::rpc_since("operator", min_slot)(refusal(code));
    let behind = told(JSON_RPC_SERVER_ERROR_MIN_CONTEXT_SLOT_NOT_REACHED, Some(7));
    assert!(matches!(behind, FetchError::Behind { slot: 7, .. }));
    assert!(behind.to_string().contains("slot 7"), "{behind}");
    assert!(matches!(told(-32_005, Some(7)), FetchError::Rpc { .. }));
    let unasked = told(JSON_RPC_SERVER_ERROR_MIN_CONTEXT_SLOT_NOT_REACHED, None);
    assert!(matches!(unasked, FetchError::Rpc { .. }));
}
