//! `trestle meter`, `trestle card`, `trestle credits topup` and their like.

use serde_json::Value;
use trestle_localnet::EPOCH_SECONDS;

use crate::cluster::Cluster;

fn credits(value: &Value) -> u64 {
    value["credits"].as_str().unwrap().parse().unwrap()
}

/// A customer with credits in its account.
async fn customer(cluster: &Cluster) -> (String, String) {
    let (wallet, address) = cluster.wallet("customer").await;
    let buy = ["credits", "buy", "400000", "--with", "stable"];
    cluster.does(&wallet, &buy);
    cluster.does(&wallet, &["credits", "deposit", "200000"]);
    (wallet, address.to_string())
}

/// After 200,000 credits were deposited, of which a meter used up 2,000.
fn the_invoice_ends_where_the_account_is(cluster: &Cluster, wallet: &str) {
    let invoice = cluster.does(wallet, &["credits", "invoice"]);
    assert_eq!(invoice["complete"], true);
    assert_eq!(credits(&invoice["deposited"]), 200_000);
    assert_eq!(credits(&invoice["used"]), 2_000);
    let balance = cluster.does(wallet, &["credits", "balance"]);
    assert_eq!(invoice["closing"]["free"], balance["account"]);
    let [line] = invoice["lines"].as_array().unwrap().as_slice() else {
        panic!("one line: {invoice}");
    };
    assert_eq!(
        (&line["kind"], &line["units"]),
        (&"meter".into(), &20.into())
    );
    assert_eq!(credits(&line["funded"]), 7_000);
    assert_eq!(credits(&line["refunded"]), 5_000);
    // Nothing lies before the opening of the account, and everything after it is another period.
    let nothing = cluster.does(wallet, &["credits", "invoice", "--to", "1"]);
    assert_eq!(credits(&nothing["closing"]["free"]), 0);
}

/// Of 2,000 credits that a meter used up.
fn revenue_is_released(cluster: &Cluster, wallet: &str, customer: &str) {
    let shown = cluster.does(wallet, &["revenue", "show"]);
    assert_eq!(credits(&shown["used"]), 2_000);
    let authority = cluster.authority();
    cluster.refused(wallet, &["treasury", "open"], "AccountAlreadyInUse");
    let breaker = [
        "--breaker-capacity",
        "100",
        "--breaker-window-seconds",
        "60",
    ];
    let open = [&["pool", "open-stable"], &breaker[..]].concat();
    cluster.refused(&authority, &open, "AccountAlreadyInUse");
    let released = cluster.does(wallet, &["revenue", "release"]);
    assert_eq!(credits(&released["released"]["credits"]), 2_000);
    let treasury = cluster.does(wallet, &["treasury", "show"]);
    let due = &released["released"]["treasury"];
    assert_eq!(&treasury["balance"], due);
    cluster.refused(
        wallet,
        &["treasury", "withdraw", "ALL"],
        "NotNetworkAuthority",
    );
    let taken = cluster.does(&authority, &["treasury", "withdraw", "ALL"]);
    assert_eq!(&taken["amount"], due);
    insurance_pays(cluster, &authority, wallet, customer);
    let pool = cluster.does(wallet, &["pool", "show"]);
    assert_eq!(pool["stable"]["vault"], released["released"]["operators"]);
}

/// All that it holds, as credits.
fn insurance_pays(cluster: &Cluster, authority: &str, wallet: &str, customer: &str) {
    let held = cluster.does(wallet, &["treasury", "show"]);
    let before = cluster.does(wallet, &["credits", "balance"]);
    let pay = ["insurance", "pay", customer, "ALL"];
    cluster.refused(wallet, &pay, "NotNetworkAuthority");
    let first = [&pay[..], &["--payment", "0"]].concat();
    let paid = cluster.does(authority, &first);
    assert_eq!(&paid["cost"], &held["insuranceBalance"]);
    // Sent again, it pays nothing, whatever the insurance holds.
    let again = [&pay[..3], &["1", "--payment", "0"]].concat();
    cluster.refused(authority, &again, "WrongPayment");
    let held = cluster.does(wallet, &["treasury", "show"]);
    assert_eq!(held["insurancePayments"], "1");
    let after = cluster.does(wallet, &["credits", "balance"]);
    let came = credits(&after["account"]) - credits(&before["account"]);
    assert_eq!(came, credits(&paid["credits"]));
}

fn market_is_changed(cluster: &Cluster, authority: &str, wallet: &str) {
    let propose = ["market", "change", "propose", "--biller-cap", "1000000"];
    let proposed = cluster.does(authority, &propose);
    assert_eq!(proposed["parameters"].as_array().unwrap().len(), 1);
    let pending = cluster.does(wallet, &["market", "change", "show"]);
    assert_eq!(pending["parameters"], proposed["parameters"]);
    cluster.does(authority, &["market", "change", "cancel"]);
    cluster.does(authority, &propose);
    cluster.refused(wallet, &["market", "change", "apply"], "ChangeNotDue");
    cluster.travel(3 * EPOCH_SECONDS);
    cluster.does(wallet, &["market", "change", "apply"]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_meter_pays_by_receipts_and_ends_with_notice() {
    let cluster = Cluster::start().await;
    let (wallet, customer) = customer(&cluster).await;
    let (operator_wallet, node, operator) = cluster.operator("operator").await;
    let operator = operator.to_string();
    let of = ["--operator", operator.as_str()];
    let terms = ["--price", "100", "--epoch-cap", "5000", "--deposit", "6000"];
    let with_node = ["--node-key", node.as_str()];
    let open = [&["meter", "open"], &of[..], &terms[..], &with_node[..]].concat();
    let wrong = [
        &["meter", "open"],
        &of[..],
        &terms[..],
        &["--node-key", &operator_wallet],
    ]
    .concat();
    cluster.refused(&wallet, &wrong, "NotNodeKey");
    cluster.does(&wallet, &open);
    cluster.does(&wallet, &[&["meter", "deposit", "1000"], &of[..]].concat());

    let receipt = cluster.run(&wallet, &[&["meter", "sign", "20"], &of[..]].concat());
    assert_eq!(receipt.code, Some(0), "{}", receipt.stderr);
    let file = cluster.write("receipt.json", &receipt.stdout.to_string());
    let settled = cluster.does(&operator_wallet, &["meter", "settle", &file]);
    assert_eq!(
        (credits(&settled["credits"]), &settled["units"]),
        (2_000, &"20".into())
    );
    cluster.refused(&operator_wallet, &["meter", "settle", &file], "NothingUsed");

    let mut forged = receipt.stdout.clone();
    forged["units"] = "21".into();
    let forged = cluster.write("forged.json", &forged.to_string());
    let refused = cluster.run(&operator_wallet, &["meter", "settle", &forged]);
    assert_eq!(refused.code, Some(1), "{}", refused.stderr);

    let shown = cluster.does(&wallet, &[&["meter", "show"], &of[..]].concat());
    assert_eq!(credits(&shown["left"]), 5_000);
    let listed = cluster.does(&wallet, &[&["meter", "list"], &of[..]].concat());
    assert_eq!(listed["meters"][0], shown);
    let whole = cluster.does(&wallet, &["meter", "list"]);
    assert_eq!(whole, listed);

    let ended = cluster.does(&wallet, &[&["meter", "end"], &of[..]].concat());
    let for_customer = ["--customer", customer.as_str()];
    let close = [&["meter", "close"], &of[..], &for_customer[..]].concat();
    cluster.refused(&operator_wallet, &close, "MeterNotEnded");
    cluster.travel(4 * EPOCH_SECONDS);
    let shown = cluster.does(&wallet, &[&["meter", "show"], &of[..]].concat());
    assert_eq!(shown["endEpoch"], ended["endEpoch"]);
    let closed = cluster.does(&operator_wallet, &close);
    assert_eq!(credits(&closed["credits"]), 5_000);
    let balance = cluster.does(&wallet, &["credits", "balance"]);
    assert_eq!(credits(&balance["account"]), 198_000);

    the_invoice_ends_where_the_account_is(&cluster, &wallet);
    revenue_is_released(&cluster, &wallet, &customer);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_delegate_spends_and_an_account_fills_itself() {
    let cluster = Cluster::start().await;
    let (wallet, customer) = customer(&cluster).await;
    let (_, node, operator) = cluster.operator("operator").await;
    let (delegate, key) = cluster.wallet("delegate").await;
    let (operator, key) = (operator.to_string(), key.to_string());
    let limits = ["--epoch-limit", "3000", "--total-limit", "9000"];
    let until = ["--last-epoch", "1000"];
    let set = [
        &["credits", "delegate", "set", &key],
        &limits[..],
        &until[..],
    ]
    .concat();
    cluster.does(&wallet, &set);
    let open = |deposit| {
        let of = ["--operator", &operator, "--customer", &customer];
        let terms = ["--price", "10", "--epoch-cap", "100", "--deposit", deposit];
        let with_node = ["--node-key", node.as_str()];
        let parts = [&["meter", "open"], &of[..], &terms[..], &with_node[..]];
        let words = parts.concat();
        words.into_iter().map(String::from).collect::<Vec<_>>()
    };
    let too_much = open("3001");
    let words: Vec<&str> = too_much.iter().map(String::as_str).collect();
    cluster.refused(&delegate, &words, "DelegateEpochLimit");
    let enough = open("3000");
    let words: Vec<&str> = enough.iter().map(String::as_str).collect();
    cluster.does(&delegate, &words);
    let listed = cluster.does(&wallet, &["credits", "delegate", "list"]);
    assert_eq!(credits(&listed["delegates"][0]["totalSpent"]), 3_000);
    cluster.does(&wallet, &["credits", "delegate", "remove", &key]);
    let listed = cluster.does(&wallet, &["credits", "delegate", "list"]);
    assert_eq!(listed["delegates"], Value::Array(Vec::new()));

    let rules = [
        "--floor",
        "1000000",
        "--amount",
        "50000",
        "--allowance",
        "2",
    ];
    cluster.does(
        &wallet,
        &[&["credits", "topup", "set"], &rules[..]].concat(),
    );
    let ran = cluster.does(&delegate, &["credits", "topup", "run", &customer]);
    assert_eq!(ran["stable"]["uiAmount"], "0.5");
    cluster.refused(
        &delegate,
        &["credits", "topup", "run", &customer],
        "TopupTooEarly",
    );
    let shown = cluster.does(&wallet, &["credits", "topup", "show"]);
    assert_eq!(shown["allowance"]["uiAmount"], "1.5");
    assert_eq!(credits(&shown["bought"]), 50_000);
    cluster.does(&wallet, &["credits", "topup", "remove"]);
    let gone = cluster.run(&wallet, &["credits", "topup", "show"]);
    assert_eq!(gone.code, Some(1), "{}", gone.stderr);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_card_sells_refunds_and_is_charged_back() {
    let cluster = Cluster::start().await;
    let (wallet, customer) = customer(&cluster).await;
    let (biller, key) = cluster.wallet("biller").await;
    let (authority, key) = (cluster.authority(), key.to_string());
    market_is_changed(&cluster, &authority, &wallet);
    let set = [
        "card",
        "biller",
        "set",
        "--key",
        &key,
        "--daily-cap",
        "500000",
    ];
    cluster.does(
        &authority,
        &[&set[..], &["--chargeback-days", "30"]].concat(),
    );

    let sell = |payment| {
        let of = ["--payment", payment, "--customer", &customer];
        let sell = [&["card", "sell"], &of[..], &["--credits", "100000"]].concat();
        cluster.does(&biller, &sell)
    };
    sell("pi_1");
    sell("pi_1");
    sell("a payment whose name is longer than 32 bytes");
    sell("pi_3");
    let biller_now = cluster.does(&wallet, &["card", "biller", "show"]);
    assert_eq!(
        credits(&biller_now["sold"]),
        300_000,
        "a payment sells once"
    );
    let listed = cluster.does(&wallet, &["card", "list", "--customer", &customer]);
    assert_eq!(listed["sales"].as_array().unwrap().len(), 3);
    let market = cluster.does(&wallet, &["market", "show"]);
    assert_eq!(credits(&market["reversible"]), 300_000);

    let of = ["--payment", "pi_1"];
    let refund = [&["card", "refund"], &of[..], &["--customer", &wallet]].concat();
    cluster.does(&biller, &refund);
    let shown = cluster.does(&wallet, &[&["card", "show"], &of[..]].concat());
    assert_eq!(shown["status"], "reversed");
    cluster.refused(
        &wallet,
        &[&["card", "close"], &of[..]].concat(),
        "SaleNotFinal",
    );
    charged_back(&cluster, &biller, &wallet);
}

/// Of two sales one is kept and one is lost.
fn charged_back(cluster: &Cluster, biller: &str, wallet: &str) {
    let of = ["--payment", "a payment whose name is longer than 32 bytes"];
    cluster.does(biller, &[&["card", "chargeback"], &of[..]].concat());
    let lost = [&["card", "resolve"], &of[..], &["--lost"]].concat();
    cluster.refused(biller, &lost, "DecisionNotDue");
    cluster.does(
        biller,
        &[&["card", "resolve"], &of[..], &["--kept"]].concat(),
    );
    cluster.does(
        biller,
        &[&["card", "chargeback"], &["--payment", "pi_3"][..]].concat(),
    );
    cluster.travel(4 * 86_400);
    let lost = ["card", "resolve", "--payment", "pi_3", "--lost"];
    cluster.does(biller, &lost);
    let shown = cluster.does(wallet, &["card", "show", "--payment", "pi_3"]);
    assert_eq!(shown["status"], "reversed");
    cluster.travel(31 * 86_400);
    cluster.does(wallet, &[&["card", "close"], &of[..]].concat());
    let listed = cluster.does(wallet, &["card", "list"]);
    assert_eq!(listed["sales"].as_array().unwrap().len(), 2);
}
