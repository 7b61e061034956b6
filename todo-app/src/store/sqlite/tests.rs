//! The store against real files.

use std::sync::Arc;

use jiff::ToSpan;

use super::*;
use crate::{
    account::PasswordHash,
    board::{Description, Draft, Order, Status, Title},
    events::Action,
};

fn open(folder: &tempfile::TempDir) -> SqliteStore {
    SqliteStore::open(&folder.path().join("deep/er/todo.db")).unwrap()
}

fn todo(name: &str, desc: &str, status: Status, minute: i64) -> Todo {
    let draft = Draft { name: Title::parse(name).unwrap(), desc: Description::parse(desc).unwrap(), status };
    draft.into_todo("ann", Timestamp::from_second(minute * 60).unwrap())
}

async fn names(store: &SqliteStore, board: &BoardId, query: TodoQuery) -> Vec<String> {
    let page = store.todos(board, query).await.unwrap();
    page.data.into_iter().map(|todo| todo.name.as_str().to_owned()).collect()
}

async fn fill(store: &SqliteStore, board: &BoardId) {
    for (minute, (name, desc, status)) in [
        ("100% wool", "warm", Status::InProgress),
        ("100 socks", "from a_b", Status::Completed),
        ("Alpha", "from axb", Status::Paused),
        ("beta", "WARM socks", Status::Closed),
    ]
    .into_iter()
    .enumerate()
    {
        store.add_todo(board, todo(name, desc, status, minute as i64)).await.unwrap();
    }
}

#[tokio::test]
async fn filters_take_percent_and_underscore_as_they_are() {
    let folder = tempfile::tempdir().unwrap();
    let (store, board) = (open(&folder), BoardId::guests());
    fill(&store, &board).await;
    let by_name = |name: &str| TodoQuery { name: Some(name.into()), ..TodoQuery::default() };
    let by_desc = |desc: &str| TodoQuery { desc: Some(desc.into()), ..TodoQuery::default() };
    assert_eq!(names(&store, &board, by_name("100%")).await, ["100% wool"]);
    assert_eq!(names(&store, &board, by_name("ALPH")).await, ["Alpha"]);
    assert_eq!(names(&store, &board, by_desc("a_b")).await, ["100 socks"]);
    assert_eq!(names(&store, &board, by_desc("%")).await, [""; 0]);
    let keyword = TodoQuery { keyword: Some("socks".into()), ..TodoQuery::default() };
    assert_eq!(names(&store, &board, keyword).await, ["beta", "100 socks"]);
    let statuses = TodoQuery { statuses: vec![Status::Closed, Status::Paused], ..TodoQuery::default() };
    assert_eq!(names(&store, &board, statuses).await, ["beta", "Alpha"]);
    let nothing = TodoQuery { name: Some("'; DROP TABLE todo; --".repeat(5000)), ..TodoQuery::default() };
    assert_eq!(names(&store, &board, nothing).await, [""; 0]);
}

#[tokio::test]
async fn lists_are_sorted_and_paged() {
    let folder = tempfile::tempdir().unwrap();
    let (store, board) = (open(&folder), BoardId::guests());
    fill(&store, &board).await;
    let sorted = |sorter: &str| TodoQuery { order: Order::from_sorter(sorter), ..TodoQuery::default() };
    assert_eq!(names(&store, &board, TodoQuery::default()).await, ["beta", "Alpha", "100 socks", "100% wool"]);
    assert_eq!(names(&store, &board, sorted("name_ascend")).await, ["100 socks", "100% wool", "Alpha", "beta"]);
    assert_eq!(names(&store, &board, sorted("updatedAt_ascend")).await, ["100% wool", "100 socks", "Alpha", "beta"]);
    let page = |current, size| TodoQuery { page: Page::clamped(Some(current), Some(size)), ..TodoQuery::default() };
    let second = store.todos(&board, page(2, 3)).await.unwrap();
    assert_eq!((second.total, second.data.len(), second.data[0].name.as_str()), (4, 1, "100% wool"));
    assert_eq!(store.todos(&board, page(u64::MAX, 100)).await.unwrap(), Paged { data: vec![], total: 4 });
}

#[tokio::test]
async fn boards_do_not_touch_each_other() {
    let folder = tempfile::tempdir().unwrap();
    let store = open(&folder);
    let (ours, theirs) = (BoardId::named("a"), BoardId::named("b"));
    let mine = todo("mine", "", Status::InProgress, 0);
    store.add_todo(&ours, mine.clone()).await.unwrap();
    let edit = Edit { status: Some(Status::Closed), ..Edit::default() };
    assert_eq!(store.edit_todo(&theirs, &mine.key, edit, Timestamp::now()).await.unwrap(), None);
    assert_eq!(store.remove_todos(&theirs, vec![mine.key.clone()]).await.unwrap(), []);
    assert_eq!(store.todos(&ours, TodoQuery::default()).await.unwrap().data, std::slice::from_ref(&mine));
    let part = TodoKey::given(&mine.key.as_str()[..8]).unwrap();
    assert_eq!(store.remove_todos(&ours, vec![part]).await.unwrap(), [], "a part of a key is no key");
    assert_eq!(store.remove_todos(&ours, vec![mine.key.clone(), mine.key.clone()]).await.unwrap(), [mine]);
}

#[tokio::test]
async fn everything_is_there_after_a_restart() {
    let folder = tempfile::tempdir().unwrap();
    let board = BoardId::guests();
    let store = open(&folder);
    let before = todo("tea", "green", Status::Paused, 7);
    store.add_todo(&board, before.clone()).await.unwrap();
    store.close().await.unwrap();
    assert!(store.add_todo(&board, before.clone()).await.is_err(), "a closed store says so");
    drop(store);
    assert_eq!(open(&folder).todos(&board, TodoQuery::default()).await.unwrap().data, [before]);
}

#[cfg(unix)]
#[tokio::test]
async fn nobody_else_may_read_the_file() {
    use std::os::unix::fs::PermissionsExt;
    let folder = tempfile::tempdir().unwrap();
    let store = open(&folder);
    store.add_todo(&BoardId::guests(), todo("x", "", Status::Closed, 0)).await.unwrap();
    for name in ["todo.db", "todo.db-wal"] {
        let mode = std::fs::metadata(folder.path().join("deep/er").join(name)).unwrap().permissions().mode();
        assert_eq!(mode & 0o077, 0, "{name}");
    }
}

#[tokio::test]
async fn two_processes_may_share_the_file() {
    let folder = tempfile::tempdir().unwrap();
    let board = BoardId::guests();
    let stores = [Arc::new(open(&folder)), Arc::new(open(&folder))];
    let shared = todo("shared", "", Status::InProgress, 0);
    stores[0].add_todo(&board, shared.clone()).await.unwrap();
    let mut tasks = tokio::task::JoinSet::new();
    for number in 0..40 {
        let (store, board, key) = (Arc::clone(&stores[number % 2]), board.clone(), shared.key.clone());
        tasks.spawn(async move {
            let edit = Edit { desc: Some(Description::parse(number.to_string()).unwrap()), ..Edit::default() };
            store.edit_todo(&board, &key, edit, Timestamp::now()).await.unwrap();
        });
    }
    tasks.join_all().await;
    let revision = stores[1].todos(&board, TodoQuery::default()).await.unwrap().data[0].revision;
    assert_eq!(revision, 41, "no change was lost");
}

#[tokio::test]
async fn a_failing_job_is_undone_and_the_next_one_runs() {
    let folder = tempfile::tempdir().unwrap();
    let (store, board) = (open(&folder), BoardId::guests());
    let twice = todo("twice", "", Status::InProgress, 0);
    let both = vec![twice.clone(), twice];
    assert!(store.import_todos(&board, "file", both, Timestamp::now()).await.is_err());
    assert_eq!(store.todos(&board, TodoQuery::default()).await.unwrap().total, 0);
    let panicking: Answer<'_, ()> = store.write("panic", |_| panic!("on purpose"));
    assert!(panicking.await.is_err());
    assert!(store.import_todos(&board, "file", vec![], Timestamp::now()).await.unwrap(), "it was not marked as done");
    assert!(!store.import_todos(&board, "file", vec![], Timestamp::now()).await.unwrap());
}

#[tokio::test]
async fn only_what_was_completed_long_ago_is_purged() {
    let folder = tempfile::tempdir().unwrap();
    let store = open(&folder);
    let (ann, bob) = (BoardId::named("ann"), BoardId::named("bob"));
    for (board, name, status, minute) in [
        (&ann, "old and done", Status::Completed, 1),
        (&bob, "old and done too", Status::Completed, 2),
        (&ann, "old and open", Status::InProgress, 1),
        (&ann, "new and done", Status::Completed, 60),
    ] {
        store.add_todo(board, todo(name, "", status, minute)).await.unwrap();
    }
    let limit = Timestamp::UNIX_EPOCH + 30.minutes();
    assert_eq!(store.remove_completed(limit, 1).await.unwrap().len(), 1);
    assert_eq!(store.remove_completed(limit, 10).await.unwrap().len(), 1);
    assert_eq!(store.remove_completed(limit, 10).await.unwrap(), []);
    assert_eq!(names(&store, &ann, TodoQuery::default()).await, ["new and done", "old and open"]);
}

#[tokio::test]
async fn a_name_belongs_to_one_account() {
    let folder = tempfile::tempdir().unwrap();
    let store = open(&folder);
    let account = |name: &str| Account {
        id: AccountId::random(),
        name: UserName::parse(name).unwrap(),
        password: PasswordHash::stored("$argon2id$…"),
        created_at: Timestamp::from_second(5).unwrap(),
    };
    let ann = account("Ann");
    assert!(store.add_account(ann.clone()).await.unwrap());
    assert!(!store.add_account(account("ann")).await.unwrap());
    assert_eq!(store.account(&ann.id).await.unwrap().as_ref(), Some(&ann));
    assert_eq!(store.account_named(&UserName::parse("aNN").unwrap()).await.unwrap().as_ref(), Some(&ann));
    assert_eq!(store.account_named(&UserName::parse("bob").unwrap()).await.unwrap(), None);
    assert_eq!(store.accounts().await.unwrap(), [ann]);
}

#[tokio::test]
async fn an_activity_is_kept_once() {
    let folder = tempfile::tempdir().unwrap();
    let (store, board) = (open(&folder), BoardId::guests());
    let activity = |id: &str, minute: i64| Activity {
        id: id.into(),
        board: board.clone(),
        todo: TodoKey::random(),
        name: "tea".into(),
        action: Action::Completed,
        at: Timestamp::from_second(minute * 60).unwrap(),
    };
    let (first, second) = (activity("1", 1), activity("2", 2));
    store.add_activities(vec![first.clone(), second.clone()]).await.unwrap();
    store.add_activities(vec![activity("1", 3)]).await.unwrap();
    let list = store.activities(&board, Page::default()).await.unwrap();
    assert_eq!(list, Paged { data: vec![second, first], total: 2 });
}
