//! What was acknowledged is there after the process was killed, and nothing else.

use crate::{
    challenges::{check, Question},
    process::Process,
    world::Shard,
};
use solana_signer::Signer;
use std::{
    fs,
    sync::{Arc, Mutex},
    time::Duration,
};
use tokio::{io::AsyncWriteExt, net::TcpStream};
use trestle_core::{evidence::Outcome, storage::challenge_index};
use trestle_sdk::{
    node::{ChallengeRequest, NodeClient},
    request::{body_digest, sign, RequestTarget},
};

async fn upload(process: &Process, client: &NodeClient, shard: &Shard) -> bool {
    let file = process.dir.path().join(format!("{}.shard", shard.root));
    fs::write(&file, &shard.data).unwrap();
    let digest = body_digest(&shard.data);
    let put = client
        .put_shard(&process.customer, &shard.root.0, &file, &digest, |_| {})
        .await;
    put.is_ok()
}

async fn download(process: &Process, client: &NodeClient, shard: &Shard) -> Vec<u8> {
    let mut data = Vec::new();
    let size = shard.data.len() as u64;
    let sink = |piece: &[u8]| {
        data.extend_from_slice(piece);
        Ok(())
    };
    client
        .get_shard(&process.customer, &shard.root.0, size, sink)
        .await
        .unwrap();
    data
}

fn leftovers(process: &Process) -> usize {
    fs::read_dir(process.data_dir().join("tmp"))
        .unwrap()
        .count()
}

/// Begins an upload by hand and leaves it half done.
async fn begin_upload(process: &Process, shard: &Shard) -> TcpStream {
    let path = shard.path();
    let target = RequestTarget {
        audience: &process.node_key,
        method: "PUT",
        path_and_query: &path,
    };
    let headers = sign(&process.customer, &target, &body_digest(&shard.data)).unwrap();
    let mut head = format!(
        "PUT {path} HTTP/1.1\r\nhost: node\r\ncontent-length: {}\r\n",
        shard.data.len()
    );
    for (name, value) in headers.pairs() {
        head.push_str(&format!("{name}: {value}\r\n"));
    }
    let mut stream = TcpStream::connect(process.url.trim_start_matches("http://"))
        .await
        .unwrap();
    stream
        .write_all(format!("{head}\r\n").as_bytes())
        .await
        .unwrap();
    stream
        .write_all(&shard.data[..shard.data.len() / 2])
        .await
        .unwrap();
    stream
}

#[tokio::test(flavor = "multi_thread")]
async fn a_killed_node_keeps_what_it_acknowledged_and_nothing_else() {
    let mut process = Process::start().await;
    let shards = [
        Shard::new(1, 1),
        Shard::new(50_000, 2),
        Shard::new(200_000, 3),
    ];
    for shard in &shards {
        assert!(upload(&process, &process.client(), shard).await);
    }
    let half = Shard::new(500_000, 4);
    let stream = begin_upload(&process, &half).await;
    for _ in 0..200 {
        if leftovers(&process) > 0 {
            break;
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    process.kill();
    drop(stream);
    assert_eq!(leftovers(&process), 1);
    process.spawn();
    assert_eq!(leftovers(&process), 0);
    let client = process.client();
    assert_eq!(client.health().await.unwrap().stored_bytes, 250_001);
    process.rpc.seed(7, [3; 32]);
    for shard in &shards {
        assert_eq!(download(&process, &client, shard).await, shard.data);
        assert_opens(&process, &client, shard).await;
    }
    assert!(upload(&process, &client, &half).await);
    assert_eq!(process.terminate(), Some(0));
}

/// The shard answers a challenge, by a chain read over JSON-RPC.
async fn assert_opens(process: &Process, client: &NodeClient, shard: &Shard) {
    let size = shard.data.len() as u64;
    let customer = process.customer.pubkey();
    let commitment = process
        .rpc
        .commit(customer, shard.root.0, size, shard.leaf_count);
    let index =
        |number| challenge_index(&[3; 32], &commitment.to_bytes(), number, shard.leaf_count);
    let question = Question {
        service: process.rpc.service,
        epoch: 7,
        commitment,
        root: shard.root.to_string(),
        numbers: (0..5).map(|number| (number, index(number))).collect(),
    };
    let request = ChallengeRequest {
        service: question.service,
        epoch: question.epoch,
        commitment,
        root: shard.root.0,
        numbers: question.numbers.clone(),
    };
    let answers = client.challenge(&process.verifier, &request).await.unwrap();
    assert_eq!(answers.len(), 5);
    for answer in answers {
        let answer = serde_json::to_value(answer).unwrap();
        assert_eq!(
            check(&process.node_key, shard, &question, &answer),
            Outcome::Ok
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn killed_at_any_moment_nothing_acknowledged_is_lost() {
    let mut process = Process::start().await;
    let mut acknowledged: Vec<Shard> = Vec::new();
    for round in 0_u8..4 {
        let client = process.client();
        let done = Arc::new(Mutex::new(Vec::new()));
        let uploads = async {
            for number in 0..=u8::MAX {
                let shard = Shard::new(3_000 + 10 * usize::from(number), round * 64 + number % 64);
                if upload(&process, &client, &shard).await {
                    done.lock().unwrap().push(shard);
                }
            }
        };
        let moment = Duration::from_millis(60 + 70 * u64::from(round));
        assert!(tokio::time::timeout(moment, uploads).await.is_err());
        process.kill();
        acknowledged.append(&mut done.lock().unwrap());
        process.spawn();
        assert_eq!(leftovers(&process), 0);
        let client = process.client();
        for shard in &acknowledged {
            assert_eq!(download(&process, &client, shard).await, shard.data);
        }
    }
    assert!(!acknowledged.is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn sigterm_lets_an_upload_finish() {
    let mut process = Process::start().await;
    let shard = Shard::new(300_000, 1);
    let mut stream = begin_upload(&process, &shard).await;
    tokio::time::sleep(Duration::from_millis(200)).await;
    let rest = shard.data[shard.data.len() / 2..].to_vec();
    let finish = async move {
        tokio::time::sleep(Duration::from_millis(200)).await;
        stream.write_all(&rest).await.unwrap();
        let mut answer = String::new();
        tokio::io::AsyncReadExt::read_to_string(&mut stream, &mut answer)
            .await
            .unwrap();
        answer
    };
    let (answer, (process, code)) = tokio::join!(finish, async {
        tokio::task::spawn_blocking(move || {
            let code = process.terminate();
            (process, code)
        })
        .await
        .unwrap()
    });
    assert!(answer.starts_with("HTTP/1.1 201"), "{answer}");
    assert_eq!(code, Some(0));
    assert_eq!(leftovers(&process), 0);
    let name = shard.root.to_string();
    assert!(process
        .data_dir()
        .join("shards")
        .join(&name[..2])
        .join(&name)
        .exists());
}
