//! What a list request may ask for.

use super::Status;

/// Which part of a list: pages are counted from 1.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Page {
    /// Number of the page.
    pub current: u64,
    /// Entries on a page.
    pub size: u64,
}

impl Page {
    /// Entries on a page when nobody says.
    pub const DEFAULT_SIZE: u64 = 10;
    /// The most entries on a page.
    pub const MAX_SIZE: u64 = 100;

    /// A page, moved into the bounds when it is outside.
    pub fn clamped(current: Option<u64>, size: Option<u64>) -> Self {
        Self { current: current.unwrap_or(1).max(1), size: size.unwrap_or(Self::DEFAULT_SIZE).clamp(1, Self::MAX_SIZE) }
    }

    /// How many entries come before it.
    pub fn offset(self) -> u64 {
        (self.current - 1).saturating_mul(self.size)
    }
}

impl Default for Page {
    fn default() -> Self {
        Self::clamped(None, None)
    }
}

/// One page of something, with the number of all entries.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Paged<T> {
    /// The entries of the page.
    pub data: Vec<T>,
    /// How many there are on all pages.
    pub total: u64,
}

/// Filter, order and page of a list of todos.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct TodoQuery {
    /// The page.
    pub page: Page,
    /// Text that the name contains.
    pub name: Option<String>,
    /// Text that the description contains.
    pub desc: Option<String>,
    /// Text that the name or the description contains.
    pub keyword: Option<String>,
    /// One of these statuses; empty = any.
    pub statuses: Vec<Status>,
    /// The order.
    pub order: Order,
}

/// An order. Without one, the newest todo comes first, so that a new one shows on page 1.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Order {
    /// By what.
    pub by: OrderBy,
    /// Which way.
    pub direction: Direction,
}

impl Default for Order {
    fn default() -> Self {
        Self { by: OrderBy::CreatedAt, direction: Direction::Descending }
    }
}

impl Order {
    /// Reads `updatedAt_ascend` and its like. Anything else is the default order: the seed's page sends
    /// `updatedAt_undefined` when sorting is switched off.
    pub fn from_sorter(text: &str) -> Self {
        let parsed = text.rsplit_once('_').and_then(|(by, direction)| {
            let by = match by {
                "createdAt" => OrderBy::CreatedAt,
                "updatedAt" => OrderBy::UpdatedAt,
                "name" => OrderBy::Name,
                _ => return None,
            };
            let direction = match direction {
                "ascend" => Direction::Ascending,
                "descend" => Direction::Descending,
                _ => return None,
            };
            Some(Self { by, direction })
        });
        parsed.unwrap_or_default()
    }
}

/// What todos are ordered by.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[expect(missing_docs, reason = "the names say it all")]
pub enum OrderBy {
    CreatedAt,
    UpdatedAt,
    Name,
}

/// Which way an order goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[expect(missing_docs, reason = "the names say it all")]
pub enum Direction {
    Ascending,
    Descending,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pages_stay_in_their_bounds() {
        assert_eq!(Page::clamped(None, None), Page { current: 1, size: 10 });
        assert_eq!(Page::clamped(Some(0), Some(0)), Page { current: 1, size: 1 });
        assert_eq!(Page::clamped(Some(3), Some(1000)), Page { current: 3, size: 100 });
        assert_eq!(Page::clamped(Some(3), Some(20)).offset(), 40);
        assert_eq!(Page::clamped(Some(u64::MAX), Some(100)).offset(), u64::MAX);
    }

    #[test]
    fn sorters_are_read_or_ignored() {
        let order = |by, direction| Order { by, direction };
        assert_eq!(Order::from_sorter("updatedAt_ascend"), order(OrderBy::UpdatedAt, Direction::Ascending));
        assert_eq!(Order::from_sorter("name_descend"), order(OrderBy::Name, Direction::Descending));
        for off in ["", "updatedAt_undefined", "updatedAt", "key_ascend", "_"] {
            assert_eq!(Order::from_sorter(off), Order::default(), "{off}");
        }
    }
}
