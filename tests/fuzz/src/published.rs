//! What verifiers publish, and anybody recomputes.

use {
    crate::Target,
    trestle_verify::{
        published::{parse_evidence_line, parse_inputs, parse_root, EpochFiles, EpochTexts},
        storage::{
            check_evidence, recompute, score, Allotted, EpochInputs, OperatorInput, ServiceParams,
        },
        text::{parse_base58, parse_hex, parse_u64, Base58, Hex},
    },
};

/// Stands between the files of an epoch.
const BREAK: char = '\0';

pub fn targets() -> Vec<Target> {
    vec![
        Target {
            name: "epoch_files",
            read: epoch_files,
            samples: epochs,
        },
        Target {
            name: "epoch_file",
            read: epoch_file,
            samples: files,
        },
        Target {
            name: "values",
            read: values,
            samples: texts,
        },
    ]
}

fn epoch_files(data: &[u8]) -> bool {
    let Ok(text) = std::str::from_utf8(data) else {
        return false;
    };
    let mut parts = text.split(BREAK).map(str::to_owned);
    let mut part = || parts.next().unwrap_or_default();
    let texts = EpochTexts {
        inputs: part(),
        evidence: part(),
        leaves: part(),
        root: part(),
    };
    let Ok(files) = EpochFiles::parse(&texts) else {
        return false;
    };
    let again = files.render().expect("what was read can be written");
    assert_eq!(EpochFiles::parse(&again).as_ref(), Ok(&files));
    recompute(&files).is_ok()
}

fn epoch_file(data: &[u8]) -> bool {
    let Ok(text) = std::str::from_utf8(data) else {
        return false;
    };
    let is_line = parse_evidence_line(text).is_ok();
    is_line || parse_inputs(text).is_ok() || parse_root(text).is_ok()
}

fn values(data: &[u8]) -> bool {
    let Ok(text) = std::str::from_utf8(data) else {
        return false;
    };
    let (key, hash) = (parse_base58::<32>(text), parse_hex::<32>(text));
    if let Ok(bytes) = key {
        assert_eq!(Base58(&bytes).to_string(), text);
    }
    if let Ok(bytes) = hash {
        assert_eq!(Hex(&bytes).to_string(), text);
    }
    let number = parse_u64(text);
    if let Ok(number) = number {
        assert_eq!(number.to_string(), text);
    }
    key.is_ok() || hash.is_ok() || number.is_ok()
}

fn inputs() -> EpochInputs {
    EpochInputs {
        network: [0xa1; 32],
        service: [0xa2; 32],
        epoch: 9,
        seed: [0xa3; 32],
        params: ServiceParams {
            missing_bps: 5_000,
            detect_bps: 9_000,
            miss_slash_bps: 100,
            lost_slash_bps: 1_000,
        },
        allotted: Allotted {
            tokens: 1_000,
            stable: 100,
        },
        previous: None,
        operators: vec![OperatorInput {
            address: [1; 32],
            node_key: [2; 32],
            zone: 7,
            stake: 10,
            active_stake: 8,
            min_stake: 5,
            registered_epoch: 1,
            maintenance: None,
        }],
        commitments: Vec::new(),
    }
}

/// An epoch in which there was nothing to ask.
fn sound() -> EpochTexts {
    let inputs = inputs();
    let outcome = {
        let checked = check_evidence(&inputs, &[]).expect("no evidence");
        score(&checked).expect("a score")
    };
    let files = EpochFiles::new(inputs, Vec::new(), &outcome);
    files.render().expect("texts")
}

fn epochs() -> Vec<Vec<u8>> {
    let texts = sound();
    let whole: Vec<&str> = texts.named().iter().map(|(_, text)| *text).collect();
    vec![whole.join(&BREAK.to_string()).into_bytes()]
}

fn files() -> Vec<Vec<u8>> {
    let texts = sound();
    let named = texts.named();
    named
        .iter()
        .map(|(_, text)| text.as_bytes().to_vec())
        .collect()
}

fn texts() -> Vec<Vec<u8>> {
    [
        Base58(&[1; 32]).to_string(),
        Base58(&[0; 32]).to_string(),
        Hex(&[0xab; 32]).to_string(),
        u64::MAX.to_string(),
        "01".to_owned(),
    ]
    .map(String::into_bytes)
    .to_vec()
}
