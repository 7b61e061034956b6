//! The brake on guessing passwords, and on making accounts by the thousand.

use std::{net::IpAddr, sync::Arc};

use jiff::{SignedDuration, Timestamp};

use super::UserName;
use crate::store::{Store, StoreError};

/// Counts attempts before the password is looked at, so that a burst of parallel guesses gains nothing, and takes them
/// back when the password was right. The counts are in the store: all instances share them and a restart keeps them.
///
/// Three counts, from narrow to wide. The narrow one stops somebody who guesses, without locking out the owner of the
/// name, who comes from elsewhere. The wide ones stop guesses spread over many addresses or many names; they are far
/// higher, because a whole office may share one address.
#[derive(Clone)]
pub struct Throttle {
    store: Arc<dyn Store>,
}

impl Throttle {
    /// The time in which attempts are counted together.
    pub const WINDOW: SignedDuration = SignedDuration::from_mins(15);
    /// Attempts for one name from one address.
    pub const PER_NAME_AND_ADDRESS: u32 = 10;
    /// Attempts for one name.
    pub const PER_NAME: u32 = 60;
    /// Attempts from one address.
    pub const PER_ADDRESS: u32 = 200;

    /// Registrations from one address, refused ones included. More than any office makes; each costs the hashing of a password.
    pub const REGISTRATIONS: u32 = 100;

    /// Counts in this store.
    pub fn new(store: Arc<dyn Store>) -> Self {
        Self { store }
    }

    /// Counts an attempt; `false`: there were too many.
    pub async fn admit(&self, name: &UserName, address: Option<IpAddr>, now: Timestamp) -> Result<bool, StoreError> {
        let mut admitted = true;
        for (subject, limit) in subjects(name, address) {
            // An attempt that a narrow count refuses does not count in the wider ones.
            admitted = admitted && self.store.count_attempt(&subject, now, Self::WINDOW).await? <= limit;
        }
        Ok(admitted)
    }

    /// Counts a registration; `false`: there were too many. Where the platform does not say who calls, all share one count.
    pub async fn admit_registration(&self, address: Option<IpAddr>, now: Timestamp) -> Result<bool, StoreError> {
        let subject = match address.map(network) {
            Some(address) => format!("registers from {address}"),
            None => "registers".to_owned(),
        };
        Ok(self.store.count_attempt(&subject, now, Self::WINDOW).await? <= Self::REGISTRATIONS)
    }

    /// The password was right: the name starts anew, and the address has one attempt less.
    pub async fn forgive(&self, name: &UserName, address: Option<IpAddr>) -> Result<(), StoreError> {
        for (subject, limit) in subjects(name, address) {
            let how_many = (limit == Self::PER_ADDRESS).then_some(1);
            self.store.forgive_attempts(&subject, how_many).await?;
        }
        Ok(())
    }
}

fn subjects(name: &UserName, address: Option<IpAddr>) -> Vec<(String, u32)> {
    let folded = name.folded();
    let mut subjects = Vec::with_capacity(3);
    match address.map(network) {
        Some(address) => {
            subjects.push((format!("from {address} for {folded}"), Throttle::PER_NAME_AND_ADDRESS));
            subjects.push((format!("for {folded}"), Throttle::PER_NAME));
            subjects.push((format!("from {address}"), Throttle::PER_ADDRESS));
        }
        // Where the platform does not say who calls, the name alone must do.
        None => subjects.push((format!("for {folded}"), Throttle::PER_NAME_AND_ADDRESS)),
    }
    subjects
}

/// Whoever has one IPv6 address has its whole /64.
fn network(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V6(v6) => IpAddr::V6((u128::from(v6) & !u128::from(u64::MAX)).into()),
        v4 => v4,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::sqlite::SqliteStore;

    fn throttle(folder: &tempfile::TempDir) -> Throttle {
        Throttle::new(Arc::new(SqliteStore::open(&folder.path().join("todo.db")).unwrap()))
    }

    #[tokio::test]
    async fn the_guesser_is_stopped_and_the_owner_is_not() {
        let folder = tempfile::tempdir().unwrap();
        let throttle = throttle(&folder);
        let (ann, bob) = (UserName::parse("Ann").unwrap(), UserName::parse("bob").unwrap());
        let (here, there) = (Some(IpAddr::from([192, 0, 2, 1])), Some(IpAddr::from([192, 0, 2, 2])));
        let now = Timestamp::now();
        for _ in 0..Throttle::PER_NAME_AND_ADDRESS {
            assert!(throttle.admit(&ann, here, now).await.unwrap());
        }
        assert!(!throttle.admit(&ann, here, now).await.unwrap());
        assert!(!throttle.admit(&UserName::parse("ANN").unwrap(), here, now).await.unwrap(), "capitals are no way out");
        assert!(throttle.admit(&ann, there, now).await.unwrap());
        assert!(throttle.admit(&bob, here, now).await.unwrap());
        assert!(throttle.admit(&ann, here, now + Throttle::WINDOW).await.unwrap(), "it ends by itself");
    }

    #[tokio::test]
    async fn the_right_password_makes_up_for_it() {
        let folder = tempfile::tempdir().unwrap();
        let throttle = throttle(&folder);
        let ann = UserName::parse("ann").unwrap();
        let now = Timestamp::now();
        for _ in 0..Throttle::PER_ADDRESS + 20 {
            let address = Some(IpAddr::from([192, 0, 2, 1]));
            assert!(throttle.admit(&ann, address, now).await.unwrap());
            throttle.forgive(&ann, address).await.unwrap();
        }
    }

    #[tokio::test]
    async fn guesses_from_everywhere_are_stopped_too() {
        let folder = tempfile::tempdir().unwrap();
        let throttle = throttle(&folder);
        let ann = UserName::parse("ann").unwrap();
        let mut admitted = 0;
        for last in 0..=255 {
            admitted +=
                u32::from(throttle.admit(&ann, Some([198, 51, 100, last].into()), Timestamp::now()).await.unwrap());
        }
        assert_eq!(admitted, Throttle::PER_NAME);
    }

    #[test]
    fn neighbours_in_ipv6_are_one() {
        let first: IpAddr = "2001:db8::1".parse().unwrap();
        let second: IpAddr = "2001:db8::2".parse().unwrap();
        assert_eq!(network(first), network(second));
        assert_eq!(network("::ffff:192.0.2.1".parse().unwrap()), IpAddr::from([192, 0, 2, 1]));
    }
}
